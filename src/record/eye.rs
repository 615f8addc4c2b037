//! An eye without a window: the app draws to an image, driven frame by frame from outside.

use std::time::Duration;

use anyhow::{Context, Result};
use bevy::app::{AppLabel, SubApps};
use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::RenderLayers;
use bevy::camera::{Hdr, ImageRenderTarget, RenderTarget};
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::render_resource::{Extent3d, PollType, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::renderer::RenderDevice;
use bevy::time::TimeUpdateStrategy;
use bevy_egui::PrimaryEguiContext;
use image::RgbaImage;

use super::readback::Readback;
use crate::app::{self, Overlay};
use crate::core::command::Command;
use crate::core::experiment::Experiment;
use crate::scene::Pacing;
use crate::scene::camera::{SceneCamera, scene_camera};
use crate::scene::session::Ask;
use crate::scene::theme::Backdrop;

/// What an eye is to see, and how.
#[derive(Clone, Debug)]
pub struct EyeRequest {
    /// What is shown.
    pub experiment: Experiment,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What is drawn over the scene.
    pub overlay: Overlay,
    /// Whether frames wait for the work they ask for. If they do, each takes a thirtieth of a second
    /// of the scene's time; if not, the clock's.
    pub pacing: Pacing,
    /// Samples a pixel.
    pub msaa: Msaa,
    /// Pixels of a point: of 2, everything is drawn as on a screen of half the size and twice as fine.
    pub pixels_per_point: u32,
}

/// An app that draws to an image, or without a [`Backdrop`] to two: the scene, and what is drawn over it.
pub struct Eye {
    apps: SubApps,
    scene: Layer,
    /// Absent where the scene's image has it as well.
    overlay: Option<Layer>,
}

/// Tells an eye to draw light as half floats.
#[derive(Resource)]
pub struct Halves;

/// An image that is drawn to.
struct Layer {
    target: Handle<Image>,
    readback: Readback,
}

/// Scene time of a frame, unless another is set.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 30);
/// Bevy holds a longer frame for a hiccup, and shortens it.
const LONGEST_FRAME: Duration = Duration::from_secs(3600);

impl Eye {
    /// Opens an eye.
    ///
    /// # Errors
    /// If there is no graphics device.
    pub fn open(request: EyeRequest) -> Result<Self> {
        Self::open_with(request, |_| {})
    }

    /// Opens an eye on an app that `prepare` has added something to.
    ///
    /// # Errors
    /// If there is no graphics device.
    pub fn open_with(request: EyeRequest, prepare: impl FnOnce(&mut App)) -> Result<Self> {
        let app = app::headless(request.experiment.clone(), request.overlay)?;
        Ok(Self::of(app, &request, prepare))
    }

    /// Opens an eye that goes through all the motions and draws nothing: on machines without a graphics
    /// device too. It captures no picture.
    pub fn undrawn_with(request: EyeRequest, prepare: impl FnOnce(&mut App)) -> Self {
        let app = app::undrawn(request.experiment.clone(), request.overlay);
        Self::of(app, &request, prepare)
    }

    fn of(mut app: App, request: &EyeRequest, prepare: impl FnOnce(&mut App)) -> Self {
        app.insert_resource(request.pacing);
        if request.pacing.waits() {
            app.insert_resource(TimeUpdateStrategy::ManualDuration(FRAME));
        }
        prepare(&mut app);
        // Nobody calls `run`, which would do this.
        app.finish();
        app.cleanup();
        let mut apps = std::mem::take(app.sub_apps_mut());
        let world = apps.main.world_mut();
        if let Some(mut time) = world.get_resource_mut::<Time<Virtual>>().filter(|_| request.pacing.waits()) {
            time.set_max_delta(LONGEST_FRAME);
        }
        let (scene, image) = layer(world, request);
        let camera = world.spawn((scene_camera(request.msaa), image)).id();
        if world.contains_resource::<Halves>() {
            world.entity_mut(camera).insert(Hdr);
        }
        // Light adds up by other numbers than those of a picture, so what is not of the scene stays apart.
        let overlay = match world.get_resource::<Backdrop>() {
            Some(Backdrop::Absent) => {
                let (overlay, image) = layer(world, request);
                world.spawn((overlay_camera(), image));
                Some(overlay)
            }
            Some(Backdrop::Stage) | None => {
                world.entity_mut(camera).insert(PrimaryEguiContext);
                None
            }
        };
        Self { apps, scene, overlay }
    }

    /// The world that is seen.
    pub fn world(&self) -> &World {
        self.apps.main.world()
    }

    /// The same, to be changed.
    pub fn world_mut(&mut self) -> &mut World {
        self.apps.main.world_mut()
    }

    /// Sends a command, to be applied in the next frame.
    pub fn ask(&mut self, command: Command) {
        self.world_mut().write_message(Ask(command));
    }

    /// Scene time that each of the next frames takes.
    pub fn set_frame_time(&mut self, time: Duration) {
        self.world_mut().insert_resource(TimeUpdateStrategy::ManualDuration(time));
    }

    /// Whether the next frames are drawn, or only gone through.
    pub fn set_drawing(&mut self, is_drawing: bool) {
        let world = self.world_mut();
        let mut cameras =
            world.query_filtered::<&mut Camera, Or<(With<SceneCamera>, With<PrimaryEguiContext>)>>();
        cameras.iter_mut(world).for_each(|mut camera| camera.is_active = is_drawing);
    }

    /// Samples a pixel from now on.
    pub fn set_msaa(&mut self, msaa: Msaa) {
        let world = self.world_mut();
        let mut cameras = world.query_filtered::<&mut Msaa, With<SceneCamera>>();
        cameras.iter_mut(world).for_each(|mut samples| *samples = msaa);
    }

    /// One frame, drawn to its end.
    pub fn frame(&mut self) {
        self.apps.update();
        let Some(device) = self.apps.main.world().get_resource::<RenderDevice>() else { return };
        if let Err(error) =
            device.wgpu_device().poll(PollType::Wait { submission_index: None, timeout: None })
        {
            warn!("the device did not finish a frame: {error}");
        }
    }

    /// What the last frame has drawn, into a picture of its size.
    ///
    /// # Errors
    /// If the picture does not come back from the device.
    pub fn read(&mut self, picture: &mut RgbaImage) -> Result<()> {
        read(&self.apps, &mut self.scene, picture)
    }

    /// What the last frame has drawn as half floats, row by row; its size.
    ///
    /// # Errors
    /// As [`Eye::read`].
    pub fn read_halves(&mut self, halves: &mut Vec<u8>) -> Result<[u32; 2]> {
        let render = self.apps.sub_apps.get(&RenderApp.intern()).context("nothing is drawn")?;
        self.scene.readback.read_bytes(render.world(), &self.scene.target, halves)
    }

    /// What the last frame has drawn over the scene, where that is a layer of its own.
    ///
    /// # Errors
    /// If it is none, or does not come back from the device.
    pub fn read_overlay(&mut self, picture: &mut RgbaImage) -> Result<()> {
        let overlay = self.overlay.as_mut().context("the overlay is no layer of its own")?;
        read(&self.apps, overlay, picture)
    }
}

fn read(apps: &SubApps, layer: &mut Layer, picture: &mut RgbaImage) -> Result<()> {
    let render = apps.sub_apps.get(&RenderApp.intern()).context("nothing is drawn")?;
    layer.readback.read(render.world(), &layer.target, picture)
}

/// An image of the size asked for, and the way for a camera to draw to it.
fn layer(world: &mut World, request: &EyeRequest) -> (Layer, RenderTarget) {
    let is_deep = world.contains_resource::<Halves>();
    let format = if is_deep { TextureFormat::Rgba16Float } else { TextureFormat::Rgba8UnormSrgb };
    let handle = world.resource_mut::<Assets<Image>>().add(target_image(request.size, format));
    let (target, scale_factor) = (handle.clone(), request.pixels_per_point as f32);
    let layer = Layer { target, readback: Readback::default() };
    (layer, RenderTarget::Image(ImageRenderTarget { handle, scale_factor }))
}

/// The camera of the overlay alone: it sees nothing.
fn overlay_camera() -> impl Bundle {
    let camera = Camera { order: 1, clear_color: ClearColorConfig::Custom(Color::NONE), ..default() };
    (Camera3d::default(), camera, Tonemapping::None, Msaa::Off, RenderLayers::none(), PrimaryEguiContext)
}

fn target_image([width, height]: [u32; 2], format: TextureFormat) -> Image {
    let size = Extent3d { width, height, depth_or_array_layers: 1 };
    let usages = RenderAssetUsages::RENDER_WORLD;
    let mut image = Image::new_uninit(size, TextureDimension::D2, format, usages);
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
    image
}
