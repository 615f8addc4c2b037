//! An eye without a window: the app draws to an image, driven frame by frame from outside.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bevy::app::SubApps;
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, PollType, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::renderer::RenderDevice;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::time::TimeUpdateStrategy;
use bevy_egui::PrimaryEguiContext;
use image::RgbImage;

use crate::app::{self, Overlay};
use crate::core::experiment::Experiment;
use crate::core::script::Command;
use crate::scene::Pacing;
use crate::scene::camera::scene_camera;
use crate::scene::session::Ask;

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
}

/// An app that draws to an image.
pub struct Eye {
    apps: SubApps,
    target: Handle<Image>,
}

/// Frames that a captured picture may take to come back.
const MOST_FRAMES_BACK: usize = 8;

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
            app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / 30));
        }
        prepare(&mut app);
        // Nobody calls `run`, which would do this.
        app.finish();
        app.cleanup();
        let mut apps = std::mem::take(app.sub_apps_mut());
        let world = apps.main.world_mut();
        let target = world.resource_mut::<Assets<Image>>().add(target_image(request.size));
        let camera = scene_camera(request.msaa);
        world.spawn((camera, RenderTarget::Image(target.clone().into()), PrimaryEguiContext));
        Self { apps, target }
    }

    /// The world that is seen.
    pub fn world(&self) -> &World {
        self.apps.main.world()
    }

    /// Sends a command, to be applied in the next frame.
    pub fn ask(&mut self, command: Command) {
        self.apps.main.world_mut().write_message(Ask(command));
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

    /// What the next frame shows.
    ///
    /// # Errors
    /// If the picture does not come back from the device.
    pub fn capture(&mut self) -> Result<RgbImage> {
        let (sender, captured): (_, Receiver<Image>) = channel();
        let shot = self.apps.main.world_mut().spawn(Screenshot::image(self.target.clone())).id();
        self.apps.main.world_mut().entity_mut(shot).observe(move |shot: On<ScreenshotCaptured>| {
            // Nobody waits any more if this fails.
            let _ = sender.send(shot.image.clone());
        });
        for _ in 0..MOST_FRAMES_BACK {
            self.frame();
            if let Ok(image) = captured.try_recv() {
                return Ok(image.try_into_dynamic().context("the picture has an unknown format")?.to_rgb8());
            }
        }
        bail!("the picture did not come back from the graphics device")
    }
}

fn target_image([width, height]: [u32; 2]) -> Image {
    let size = Extent3d { width, height, depth_or_array_layers: 1 };
    let usages = RenderAssetUsages::RENDER_WORLD;
    let mut image = Image::new_uninit(size, TextureDimension::D2, TextureFormat::Rgba8UnormSrgb, usages);
    image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC;
    image
}
