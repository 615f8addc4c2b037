//! One picture of an experiment, drawn without a window.

use anyhow::{Result, bail};
use bevy::prelude::*;
use image::RgbImage;

use super::eye::{Eye, EyeRequest};
use super::film::{failure, warnings};
use crate::app::Overlay;
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::Experiment;
use crate::scene::Pacing;
use crate::scene::executor::Jobs;
use crate::ui::charts::Charts;

/// A picture to be drawn.
#[derive(Clone, Debug)]
pub struct PictureRequest {
    /// What is shown.
    pub experiment: Experiment,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// The step training is at; without it, its planned end.
    pub at_step: Option<u64>,
}

/// A picture that was drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its pixels.
    pub image: RgbImage,
    /// What is to be said of the run that it shows, if that got out of hand, and of charts that show nothing.
    pub warnings: Vec<String>,
}

/// Sides that a picture may have.
pub const SIDES: std::ops::RangeInclusive<u32> = 64..=8192;

/// Draws a picture.
///
/// # Errors
/// If there is no graphics device, or no plane fits the experiment's run.
pub fn picture(request: &PictureRequest) -> Result<Picture> {
    let mut eye = Eye::open(EyeRequest {
        experiment: request.experiment.clone(),
        size: request.size,
        overlay: Overlay::Labels,
        pacing: Pacing::Awaited,
        // Nobody waits for the next frame: edges may be smooth on any device.
        msaa: Msaa::Sample4,
        pixels_per_point: 1,
    })?;
    eye.ask(Command::Run(RunCommand::Seek(request.at_step.unwrap_or(request.experiment.steps))));
    // The first frame asks for the work, the second shows it, and egui lays out its text in the one
    // after that: a picture is taken when nothing changes any more.
    for _ in 0..SETTLING_FRAMES {
        eye.frame();
    }
    if let Some(mishap) = eye.world().resource::<Jobs>().mishap() {
        bail!("{mishap}");
    }
    if let Some(failure) = failure(eye.world()) {
        bail!("{failure}");
    }
    let warning = warnings(eye.world());
    let untold = eye.world().resource::<Charts>().untold();
    let warnings = warning.chain(untold).chain(request.experiment.view.left_out()).collect();
    Ok(Picture { image: eye.capture()?, warnings })
}

const SETTLING_FRAMES: usize = 4;
