//! A panic is a mistake in the program: it ends the program, and is told in one sentence.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

use super::terminal::complain;
#[cfg(feature = "viewer")]
use crate::app::stage::{self, Window};
#[cfg(feature = "viewer")]
use crate::scene::mishap;

/// Has every panic from now on told in one sentence, on whatever thread it is, and end the program: going on
/// would show half of a picture, and unwinding through the engine says each of its systems' names. Only a job of
/// the scene ends alone, and whoever waits for it tells of it.
pub fn tell_in_one_sentence() {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    std::panic::set_hook(Box::new(|panic| {
        #[cfg(feature = "viewer")]
        if mishap::is_caught(panic) {
            return;
        }
        if IS_TOLD.swap(true, Ordering::SeqCst) {
            // Another thread is telling of what made this one panic as well, and ends the program.
            loop {
                std::thread::park();
            }
        }
        complain(&sentence(panic));
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            trace.to_string().lines().for_each(complain);
        }
        std::process::exit(1)
    }));
}

fn sentence(panic: &PanicHookInfo) -> String {
    let why = panic.payload_as_str().unwrap_or("for an unknown reason");
    let at = panic.location().map(|at| format!(" (at {}:{})", at.file(), at.line())).unwrap_or_default();
    #[cfg(feature = "viewer")]
    let rescue = match stage::window() {
        Window::Opening => return format!("the window cannot be opened ({why}); {BEFORE_IT_IS_OPEN}"),
        Window::Open(Some(file)) => format!("what was not saved is in {}; ", file.display()),
        Window::None | Window::Open(None) => String::new(),
    };
    #[cfg(not(feature = "viewer"))]
    let rescue = "";
    format!("a mistake in the program ended it: {why}{at}; {rescue}{REPORT}")
}

/// Where the display and what draws do not go together, the engine finds it out only as it draws.
#[cfg(feature = "viewer")]
const BEFORE_IT_IS_OPEN: &str =
    "losscape doctor names the display and what draws, losscape record draws without a window";

/// How a mistake comes to the ears of those who can mend it.
const REPORT: &str = "please report it with this line, what was done before, and what losscape doctor says";
