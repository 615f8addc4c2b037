//! `losscape doctor`: what this machine draws with, and what is missing.

use super::{Failure, say};
use crate::record::device;

/// Prints what is known of the program, the system and its graphics devices.
///
/// # Errors
/// If there is nothing to draw with.
pub fn doctor() -> Result<(), Failure> {
    say(&format!("losscape  {}\n", env!("CARGO_PKG_VERSION")))?;
    say("bevy      0.19.1, egui 0.36, wgpu 29\n")?;
    say(&format!("system    {} on {}\n", std::env::consts::OS, std::env::consts::ARCH))?;
    say(&format!("cores     {}\n", std::thread::available_parallelism().map_or(1, |n| n.get())))?;
    if cfg!(target_os = "linux") {
        let shown = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let display = shown("WAYLAND_DISPLAY").or_else(|| shown("DISPLAY"));
        say(&format!(
            "display   {}\n",
            display.as_deref().unwrap_or("none: losscape record still draws pictures")
        ))?;
    }
    let devices = device::devices();
    for device in &devices {
        let kind = if device.is_software { "drawn by the processor" } else { "graphics processor" };
        say(&format!("device    {} ({kind}; {}, driver {})\n", device.name, device.backend, device.driver))?;
    }
    if devices.is_empty() {
        return Err(Failure::work(anyhow::anyhow!("no graphics device was found: {}", device::remedy())));
    }
    say("missing   nothing\n")
}
