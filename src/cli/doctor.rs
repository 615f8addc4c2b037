//! `losscape doctor`: what this machine draws with, and what is missing.

use super::Failure;
use crate::record::device;

/// Prints what is known of the program, the system and its graphics devices.
///
/// # Errors
/// If there is nothing to draw with.
pub fn doctor() -> Result<(), Failure> {
    println!("losscape  {}", env!("CARGO_PKG_VERSION"));
    println!("bevy      0.19.1, egui 0.36, wgpu 29");
    println!("system    {} on {}", std::env::consts::OS, std::env::consts::ARCH);
    println!("cores     {}", std::thread::available_parallelism().map_or(1, |n| n.get()));
    if cfg!(target_os = "linux") {
        let shown = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let display = shown("WAYLAND_DISPLAY").or_else(|| shown("DISPLAY"));
        println!("display   {}", display.as_deref().unwrap_or("none: losscape record still draws pictures"));
    }
    let devices = device::devices();
    for device in &devices {
        let kind = if device.is_software { "drawn by the processor" } else { "graphics processor" };
        println!("device    {} ({kind}; {}, driver {})", device.name, device.backend, device.driver);
    }
    if devices.is_empty() {
        return Err(Failure::work(anyhow::anyhow!("no graphics device was found: {}", device::remedy())));
    }
    println!("missing   nothing");
    Ok(())
}
