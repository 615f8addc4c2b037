//! The end of memory: a sentence and an exit code, as for any other work that failed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;

/// The system's allocator. Where it has nothing more to give, the program ends: what asked for it could not
/// go on, and the usual abort says nothing to people.
pub struct Memory;

// SAFETY: every call is the system's allocator's own, and a null pointer is never given to anybody.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the promises that the system's allocator asks for.
        given(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        given(unsafe { System.realloc(old, layout, size) }, size)
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(old, layout) }
    }
}

fn given(memory: *mut u8, bytes: usize) -> *mut u8 {
    if memory.is_null() { end(bytes) } else { memory }
}

/// Says so without asking for memory.
#[cold]
fn end(bytes: usize) -> ! {
    let mut text = [0_u8; 160];
    let mut left = &mut text[..];
    // The text is shorter than that, and nobody is there to hear that it could not be said.
    let _ = writeln!(
        left,
        "losscape: the memory is used up ({bytes} bytes more were asked for); expected smaller data, models or grids"
    );
    let unused = left.len();
    let _ = std::io::stderr().write_all(&text[..text.len() - unused]);
    std::process::exit(1)
}
