//! Ctrl-C: long work stops at once and leaves nothing behind.
//!
//! What is computed is computed on a thread of its own: nobody has to ask in the middle of a product of
//! matrices whether to go on, since the process ends and the thread with it. What is written fails at
//! its next piece, and whoever writes takes away what there is of the file.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::Failure;
use crate::core::num::CancelToken;
use crate::disk::output::{Output, Stoppable, WriteError};

/// How often it is looked whether somebody interrupts: too short to be felt.
const LOOK: Duration = Duration::from_millis(20);

/// Hears of an interrupt. There is one in a program.
pub struct Interrupt(CancelToken);

impl Interrupt {
    /// Listens from now on.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn listen() -> Result<Self, Failure> {
        let token = CancelToken::default();
        let on_interrupt = token.clone();
        ctrlc::set_handler(move || on_interrupt.cancel()).map_err(Failure::work)?;
        Ok(Self(token))
    }

    /// Whether somebody has interrupted.
    pub fn is_heard(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Another way to interrupt.
    pub fn token(&self) -> CancelToken {
        self.0.clone()
    }

    /// Does the work, unless somebody interrupts.
    ///
    /// # Errors
    /// If somebody interrupted, or the system has no thread to give.
    pub fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
        self.work_with_grace(Duration::ZERO, work)
    }

    /// Does the work. Once somebody has interrupted, it has that long to end by itself.
    ///
    /// # Errors
    /// If somebody interrupted and it did not, or the system has no thread to give.
    pub fn work_with_grace<T: Send + 'static>(
        &self,
        grace: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (done, result) = channel();
        let thread = std::thread::Builder::new().name("work".to_owned()).spawn(move || {
            // Nobody waits for it once the work was interrupted.
            let _ = done.send(work());
        });
        let thread = thread.map_err(Failure::work)?;
        let mut patience = grace;
        loop {
            match result.recv_timeout(LOOK) {
                _ if self.0.is_cancelled() && patience.is_zero() => return Err(Failure::Interrupted),
                Ok(value) => return Ok(value),
                Err(RecvTimeoutError::Timeout) if self.0.is_cancelled() => {
                    patience = patience.saturating_sub(LOOK);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match thread.join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => return Err(Failure::work(anyhow::anyhow!("the work ended without a result"))),
                },
            }
        }
    }

    /// Writes the file, unless somebody interrupts.
    ///
    /// # Errors
    /// If somebody interrupted, or the file cannot be written.
    pub fn write(
        &self,
        output: &Output,
        fill: impl FnOnce(Stoppable) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let written = output.write_until(&self.0, fill);
        written.map_err(|error: WriteError| match self.0.is_cancelled() {
            true => Failure::Interrupted,
            false => Failure::work(error),
        })
    }
}
