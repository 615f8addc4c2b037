//! Ctrl-C: work that takes long stops at once and leaves nothing behind.
//!
//! The work is done on a thread of its own and only computes; files are written by the caller once it
//! has returned. So nobody has to ask in the middle of a product of matrices whether to go on: the
//! process ends, and the thread with it.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::Failure;
use crate::core::num::CancelToken;

/// How often it is looked whether somebody interrupts: too short to be felt.
const LOOK: Duration = Duration::from_millis(20);

/// Does the work, unless somebody interrupts.
///
/// # Errors
/// If somebody interrupted, or the system has no thread to give.
pub fn interruptible<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let interrupted = CancelToken::default();
    let on_interrupt = interrupted.clone();
    ctrlc::set_handler(move || on_interrupt.cancel()).map_err(Failure::work)?;
    let (done, result) = channel();
    let thread = std::thread::Builder::new().name("work".to_owned()).spawn(move || {
        // Nobody waits for it once the work was interrupted.
        let _ = done.send(work());
    });
    let thread = thread.map_err(Failure::work)?;
    loop {
        match result.recv_timeout(LOOK) {
            _ if interrupted.is_cancelled() => return Err(Failure::Interrupted),
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => std::panic::resume_unwind(panic),
                Ok(()) => return Err(Failure::work(anyhow::anyhow!("the work ended without a result"))),
            },
        }
    }
}
