//! The executable: everything is in the library.

#[global_allocator]
static MEMORY: losscape::cli::memory::Memory = losscape::cli::memory::Memory;

fn main() -> std::process::ExitCode {
    quiet_device_selection();
    outlive_file_size_limit();
    #[cfg(all(feature = "viewer", target_os = "linux"))]
    forget_stale_wayland();
    losscape::cli::main()
}

/// On Linux Mesa's Vulkan layer that orders graphics devices asks the desktop, and where there is none it
/// prints an error of its own for each question. Without a desktop session there is no order to ask for.
fn quiet_device_selection() {
    if cfg!(target_os = "linux") && std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: no other thread runs yet that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}

/// Where files may only grow to a size, writing beyond it is refused, as on a full disk. Unasked the system
/// would end the program without a word instead.
fn outlive_file_size_limit() {
    #[cfg(unix)]
    // SAFETY: no handler is installed; the signal is ignored from now on.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// A compositor that is gone leaves its name behind. Where there is an X server too, a window opens there.
#[cfg(all(feature = "viewer", target_os = "linux"))]
fn forget_stale_wayland() {
    if losscape::app::display::is_wayland_stale() {
        // SAFETY: no other thread runs yet that could read the environment.
        unsafe { std::env::remove_var("WAYLAND_DISPLAY") };
    }
}
