//! A job that panics is a mistake in the program. It ends that job alone, and is told to whoever waits for it.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// A job that ended by a mistake in the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mistake in the program ended the {job}: {cause}; please report it")]
pub struct Mishap {
    /// What the job was about.
    pub job: &'static str,
    /// Why, and where, if that is known.
    pub cause: String,
}

thread_local! {
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Where panics happened that are about to be caught, by what they said.
static PLACES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// Says that whoever waits for this thread catches its panics.
pub(super) fn catch_all_here() {
    IS_CAUGHT.set(true);
}

/// Does a piece of a job.
///
/// # Errors
/// If it panics.
pub(super) fn catching<R>(job: &'static str, work: impl FnOnce() -> R) -> Result<R, Mishap> {
    let before = IS_CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(before);
    done.map_err(|payload| {
        let why = said(&*payload);
        let place = PLACES.lock().unwrap_or_else(PoisonError::into_inner).remove(&why);
        Mishap { job, cause: why + &place.unwrap_or_default() }
    })
}

/// Takes note of a panic, for a hook; whether it is caught, so that the program goes on.
pub fn is_caught(panic: &PanicHookInfo) -> bool {
    if let (true, Some(at)) = (IS_CAUGHT.get(), panic.location()) {
        let place = format!(" (at {}:{})", at.file(), at.line());
        PLACES.lock().unwrap_or_else(PoisonError::into_inner).insert(said(panic.payload()), place);
    }
    IS_CAUGHT.get()
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "for an unknown reason".to_owned())
}
