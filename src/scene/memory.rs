//! Memory that is no longer needed goes back to the system, and nobody waits for it.
//!
//! A long run is a million small pieces: to free them takes most of a second, and the allocator of the
//! GNU C library keeps their pages for later unless it is told not to.

/// Bytes of checkpoints from which it takes time to free them.
pub const LARGE_BYTES: usize = 8 << 20;

/// Drops something large on a thread of its own.
pub fn let_go<T: Send + 'static>(thing: T) {
    let work = move || {
        drop(thing);
        give_back();
    };
    // Where there is no thread to be had it has been dropped here.
    let _ = std::thread::Builder::new().name("letting go".to_owned()).spawn(work);
}

/// Returns free pages to the system, where the allocator keeps them.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes no pointer, and any thread may call it at any time.
    unsafe {
        libc::malloc_trim(0);
    }
}
