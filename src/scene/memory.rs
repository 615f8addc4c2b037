//! Memory that is no longer needed goes back to the system, and nobody waits for it.
//!
//! A long run is a million small pieces: to free them takes most of a second, and the allocator of the
//! GNU C library keeps their pages for later unless it is told not to.

use super::executor::Executor;

/// Bytes of checkpoints from which it takes time to free them.
pub const LARGE_BYTES: usize = 8 << 20;

/// Drops something large beside the frames.
pub fn let_go<T: Send + 'static>(executor: &Executor, thing: T) {
    executor.aside(move || {
        drop(thing);
        give_back();
    });
}

/// Returns free pages to the system, where the allocator keeps them.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes no pointer, and any thread may call it at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
