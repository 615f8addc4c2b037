//! What the device has drawn, back in main memory.
//!
//! Apart from Bevy's own screenshots because a film needs every frame, in order and at once: those come
//! some frames late, each through a texture of its own.

use anyhow::{Context, Result, anyhow};
use bevy::asset::{AssetId, Handle};
use bevy::ecs::world::World;
use bevy::image::Image;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    Buffer, BufferDescriptor, BufferUsages, CommandEncoderDescriptor, MapMode, PollType, TexelCopyBufferInfo,
    TexelCopyBufferLayout,
};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use image::RgbaImage;

/// A buffer that pictures come back through, made anew where their size changes.
#[derive(Default)]
pub struct Readback(Option<(AssetId<Image>, Buffer)>);

impl Readback {
    /// Reads an image of four bytes a pixel.
    ///
    /// # Errors
    /// If it was not drawn, or the device does not give it back.
    pub fn read(&mut self, render: &World, target: &Handle<Image>, picture: &mut RgbaImage) -> Result<()> {
        self.read_rows(render, target, |[width, height], rows| {
            if picture.dimensions() != (width, height) {
                *picture = RgbaImage::new(width, height);
            }
            let lines = picture.chunks_exact_mut(width as usize * 4);
            lines.zip(rows).for_each(|(to, from)| to.copy_from_slice(from));
        })
    }

    /// Reads the bytes of an image of any kind, row by row; its size.
    ///
    /// # Errors
    /// As [`Readback::read`].
    pub fn read_bytes(
        &mut self,
        render: &World,
        target: &Handle<Image>,
        bytes: &mut Vec<u8>,
    ) -> Result<[u32; 2]> {
        let mut read = [0; 2];
        self.read_rows(render, target, |size, rows| {
            bytes.clear();
            rows.for_each(|row| bytes.extend_from_slice(row));
            read = size;
        })?;
        Ok(read)
    }

    /// Hands over the size of an image and its rows.
    fn read_rows(
        &mut self,
        render: &World,
        target: &Handle<Image>,
        take: impl FnOnce([u32; 2], &mut dyn Iterator<Item = &[u8]>),
    ) -> Result<()> {
        let device = render.get_resource::<RenderDevice>().context("there is no graphics device")?;
        let queue = render.get_resource::<RenderQueue>().context("there is no graphics device")?;
        let images =
            render.get_resource::<RenderAssets<GpuImage>>().context("there is no graphics device")?;
        let image = images.get(target.id()).context("nothing has been drawn yet")?;
        let size = image.texture_descriptor.size;
        let format = image.texture_descriptor.format;
        let row = (size.width * format.block_copy_size(None).context("an image of no pixels")?) as usize;
        let padded = RenderDevice::align_copy_bytes_per_row(row);
        let buffer = self.buffer(device, target.id(), (padded * size.height as usize) as u64);
        let mut encoder = device.create_command_encoder(&CommandEncoderDescriptor::default());
        let layout =
            TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(padded as u32), rows_per_image: None };
        let into = TexelCopyBufferInfo { buffer: &buffer, layout };
        encoder.copy_texture_to_buffer(image.texture.as_image_copy(), into, size);
        queue.submit([encoder.finish()]);
        let slice = buffer.slice(..);
        let (done, mapped) = std::sync::mpsc::channel();
        slice.map_async(MapMode::Read, move |result| {
            // Whoever asked waits for it below.
            let _ = done.send(result);
        });
        device
            .wgpu_device()
            .poll(PollType::Wait { submission_index: None, timeout: None })
            .map_err(|error| anyhow!("the device did not finish a frame: {error}"))?;
        mapped.recv().context("the device did not give the picture back")??;
        let bytes = slice.get_mapped_range();
        take([size.width, size.height], &mut bytes.chunks_exact(padded).map(|line| &line[..row]));
        drop(bytes);
        buffer.unmap();
        Ok(())
    }

    fn buffer(&mut self, device: &RenderDevice, target: AssetId<Image>, bytes: u64) -> Buffer {
        match &self.0 {
            Some((of, buffer)) if *of == target && buffer.size() == bytes => buffer.clone(),
            _ => {
                let usage = BufferUsages::COPY_DST | BufferUsages::MAP_READ;
                let descriptor = BufferDescriptor {
                    label: Some("readback"),
                    size: bytes,
                    usage,
                    mapped_at_creation: false,
                };
                let buffer = device.create_buffer(&descriptor);
                self.0 = Some((target, buffer.clone()));
                buffer
            }
        }
    }
}
