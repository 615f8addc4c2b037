//! One picture of an experiment, drawn without a window.

use anyhow::{Result, bail};
use bevy::prelude::*;
use image::{DynamicImage, RgbaImage};

use super::background::Background;
use super::exposure::Exposure;
use super::eye::{Eye, EyeRequest};
use super::film::{failure, warnings};
use super::page::Page;
use crate::app::Overlay;
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::Experiment;
use crate::scene::Pacing;
use crate::scene::executor::Jobs;
use crate::scene::landscape::Evaluators;
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
    /// How large things are, and where.
    pub page: Page,
    /// What stands behind the scene. Without the stage, twice as many pixels are drawn along both sides.
    pub background: Background,
    /// Who evaluates losses.
    pub evaluators: Evaluators,
}

/// A picture that was drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its pixels; they have alpha where nothing stands behind them.
    pub image: DynamicImage,
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
    let PictureRequest { background, page, .. } = *request;
    // Nobody waits for the next frame: edges may be smooth on any device. Samples of one pixel are blended
    // as light, and put onto another background as numbers (see there).
    let (msaa, supersample) = match background {
        Background::Stage => (Msaa::Sample4, 1),
        _ => (Msaa::Off, SAMPLES),
    };
    let size = request.size.map(|side| side * supersample);
    let eye = EyeRequest {
        experiment: request.experiment.clone(),
        size,
        overlay: Overlay::Labels,
        pacing: Pacing::Awaited,
        msaa,
        pixels_per_point: supersample,
    };
    let prepare = |app: &mut App| {
        app.insert_resource(request.evaluators.clone());
        Exposure::prepare(background, app);
        page.prepare(size, app);
    };
    let mut eye = Eye::open_with(eye, prepare)?;
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
    eye.frame();
    let mut image = RgbaImage::default();
    Exposure::new(background, supersample).take(&mut eye, &mut image)?;
    Ok(Picture { image: background.flattened(image), warnings })
}

/// Pixels drawn for each, along both sides, where nothing is blended with what stands behind.
pub const SAMPLES: u32 = 2;

const SETTLING_FRAMES: usize = 4;
