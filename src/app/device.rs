//! The graphics device: whether there is one, and what a person can do if there is none.

use anyhow::{Result, bail};

/// What is known of a graphics device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// Name and version of its driver.
    pub driver: String,
    /// The interface it is reached through: Vulkan, Metal, DX12.
    pub backend: String,
    /// Whether the processor draws.
    pub is_software: bool,
}

/// All devices, in the order the system names them.
pub fn devices() -> Vec<Device> {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    let adapters = bevy::tasks::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    adapters
        .iter()
        .map(|adapter| {
            let info = adapter.get_info();
            Device {
                name: info.name,
                driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
                backend: info.backend.to_string(),
                is_software: info.device_type == wgpu::DeviceType::Cpu,
            }
        })
        .collect()
}

/// Makes sure that there is a device to draw with.
///
/// # Errors
/// If there is none, with what to install.
pub fn require() -> Result<()> {
    if devices().is_empty() {
        bail!("no graphics device was found: {}", remedy());
    }
    Ok(())
}

/// What to do where there is no device, in one line.
pub fn remedy() -> &'static str {
    if cfg!(target_os = "linux") {
        "install a Vulkan driver; one that needs no graphics card: sudo apt-get install libvulkan1 mesa-vulkan-drivers"
    } else if cfg!(target_os = "windows") {
        "update the graphics driver; DirectX 12 or Vulkan is needed"
    } else {
        "update the system; Metal is needed"
    }
}
