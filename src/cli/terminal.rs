//! What the program says: lines on standard output, complaints on standard error. Nothing else prints.
//!
//! Much of what is said came from outside (names of files, cells of tables, titles), so every line passes
//! [`visible`] on its way out: whoever writes a message need not think of it.

use std::io::{self, Write};

use super::Failure;
use crate::core::text::visible;

/// Says a line. Who has stopped reading, as `head` does, misses nothing.
///
/// # Errors
/// If it cannot be written.
pub fn say(line: &str) -> Result<(), Failure> {
    say_page(&format!("{}\n", visible(line)))
}

/// Says a text of our own as it is, line ends and all.
///
/// # Errors
/// As [`say`].
pub fn say_page(page: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(page.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::work(anyhow::anyhow!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says on standard error what went wrong or should be known. Where that takes nothing the exit code still
/// tells.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(format!("losscape: {}\n", visible(text)).as_bytes());
}
