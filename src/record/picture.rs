//! One picture of an experiment, drawn without a window.

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

use crate::app;
use crate::core::experiment::Experiment;
use crate::core::script::command::Shape;
use crate::core::script::{Command, RunCommand, SliceCommand, ViewCommand};
use crate::scene::camera::scene_camera;
use crate::scene::landscape::Landscape;
use crate::scene::session::Ask;

/// A picture to be drawn.
#[derive(Clone, Debug)]
pub struct PictureRequest {
    /// What is shown.
    pub experiment: Experiment,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The step training is at; without it, its planned end.
    pub at_step: Option<u64>,
    /// Where the plane stands; without it, where the experiment has it.
    pub alpha3: Option<f64>,
    /// Surface or cube.
    pub shape: Shape,
}

/// Sides that a picture may have.
pub const SIDES: std::ops::RangeInclusive<u32> = 64..=8192;

/// Draws a picture.
///
/// # Errors
/// If there is no graphics device, or no plane fits the experiment's run.
pub fn picture(request: &PictureRequest) -> Result<RgbImage> {
    let mut eye = Eye::open(request.experiment.clone(), request.size)?;
    eye.ask(Command::Run(RunCommand::Seek(request.at_step.unwrap_or(request.experiment.steps))));
    if let Some(alpha3) = request.alpha3 {
        eye.ask(Command::Slice(SliceCommand::Alpha3(alpha3)));
    }
    eye.ask(Command::View(ViewCommand::Shape(request.shape)));
    // The first frame asks for the work, the second shows it, and egui lays out its text in the one
    // after that: a picture is taken when nothing changes any more.
    for _ in 0..SETTLING_FRAMES {
        eye.frame();
    }
    if let Some(failure) = &eye.apps.main.world().resource::<Landscape>().failure {
        bail!("{failure}");
    }
    eye.capture()
}

const SETTLING_FRAMES: usize = 4;
/// Frames that a captured picture may take to come back.
const MOST_FRAMES_BACK: usize = 8;

/// An app that draws to an image, driven frame by frame.
struct Eye {
    apps: SubApps,
    target: Handle<Image>,
}

impl Eye {
    fn open(experiment: Experiment, size: [u32; 2]) -> Result<Self> {
        let mut app = app::headless(experiment)?;
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / 30));
        // Nobody calls `run`, which would do this.
        app.finish();
        app.cleanup();
        let mut apps = std::mem::take(app.sub_apps_mut());
        let world = apps.main.world_mut();
        let target = world.resource_mut::<Assets<Image>>().add(target_image(size));
        world.spawn((
            scene_camera(Msaa::Sample4),
            RenderTarget::Image(target.clone().into()),
            PrimaryEguiContext,
        ));
        Ok(Self { apps, target })
    }

    fn ask(&mut self, command: Command) {
        self.apps.main.world_mut().write_message(Ask(command));
    }

    /// One frame, drawn to its end.
    fn frame(&mut self) {
        self.apps.update();
        let device = self.apps.main.world().resource::<RenderDevice>().wgpu_device();
        if let Err(error) = device.poll(PollType::Wait { submission_index: None, timeout: None }) {
            warn!("the device did not finish a frame: {error}");
        }
    }

    fn capture(&mut self) -> Result<RgbImage> {
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
