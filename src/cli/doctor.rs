//! `losscape doctor`: what this machine draws with, and what is missing.

use super::Failure;
use super::terminal::say;
use crate::app::device;
#[cfg(target_os = "linux")]
use crate::app::display;
#[cfg(target_os = "linux")]
use crate::core::text::with_causes;

/// Prints what is known of the program, the system and its graphics devices.
///
/// # Errors
/// If there is nothing to draw with.
pub fn doctor() -> Result<(), Failure> {
    say(&format!("losscape  {}", env!("CARGO_PKG_VERSION")))?;
    say("bevy      0.19.1, egui 0.36, wgpu 29")?;
    say(&format!("system    {} on {}", std::env::consts::OS, std::env::consts::ARCH))?;
    say(&format!("cores     {}", std::thread::available_parallelism().map_or(1, |n| n.get())))?;
    #[cfg(target_os = "linux")]
    let display = display::require();
    #[cfg(target_os = "linux")]
    say(&format!("display   {}", display.as_ref().map_or_else(|error| with_causes(error), String::clone)))?;
    let devices = device::devices();
    for device in &devices {
        let kind = if device.is_software { "drawn by the processor" } else { "graphics processor" };
        say(&format!("device    {} ({kind}; {}, driver {})", device.name, device.backend, device.driver))?;
    }
    if devices.is_empty() {
        return Err(Failure::work(anyhow::anyhow!("no graphics device was found: {}", device::remedy())));
    }
    #[cfg(target_os = "linux")]
    if display.is_err() {
        return say("missing   a display to open windows on");
    }
    say("missing   nothing")
}
