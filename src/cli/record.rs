//! `losscape record`: a picture without a window.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Failure;
use super::experiment::ExperimentArguments;
use crate::core::experiment::Shape;
use crate::core::io::output::Output;
use crate::record::{self, PictureRequest, picture::SIDES};

/// A picture as typed.
#[derive(Debug, Args)]
pub struct RecordArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The picture's file: .png.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Width and height in pixels.
    #[arg(long, value_name = "WxH", default_value = "1280x720")]
    size: String,
    /// The step that training is at; without it, the end.
    #[arg(long, value_name = "N")]
    at_step: Option<u64>,
    /// Where the plane stands.
    #[arg(long, value_name = "A", allow_negative_numbers = true)]
    alpha3: Option<f64>,
    /// Show the volume as a cube with the slice in it.
    #[arg(long)]
    cube: bool,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Draws the picture and writes it.
///
/// # Errors
/// If the request makes no sense, there is nothing to draw with, or the file cannot be written.
pub fn record(arguments: RecordArguments) -> Result<(), Failure> {
    let (request, output) = arguments.checked()?;
    let picture = record::picture(&request).map_err(Failure::Work)?;
    let write = |file: &mut std::fs::File| {
        let written = picture.write_to(&mut std::io::BufWriter::new(file), image::ImageFormat::Png);
        written.map_err(std::io::Error::other)
    };
    output.write(write).map_err(Failure::work)
}

impl RecordArguments {
    fn checked(self) -> Result<(PictureRequest, Output), Failure> {
        let experiment = self.experiment.checked_picture()?;
        let size = size(&self.size).map_err(Failure::Request)?;
        if let Some(alpha3) = self.alpha3.filter(|alpha3| !alpha3.is_finite()) {
            return Err(Failure::request(anyhow!("--alpha3 {alpha3}: expected a finite number")));
        }
        let planned = experiment.steps;
        if let Some(step) = self.at_step.filter(|step| *step > planned) {
            return Err(Failure::request(anyhow!(
                "--at-step {step}: expected at most the {planned} steps of training"
            )));
        }
        if self.output.extension().is_none_or(|extension| extension != "png") {
            return Err(Failure::request(anyhow!(
                "-o {}: expected a name that ends in .png",
                self.output.display()
            )));
        }
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        let experiment = match self.cube {
            true => experiment.with(|file| file.view.shape = Shape::Cube).map_err(Failure::request)?,
            false => experiment,
        };
        let (at_step, alpha3) = (self.at_step, self.alpha3);
        Ok((PictureRequest { experiment, size, at_step, alpha3 }, output))
    }
}

fn size(text: &str) -> anyhow::Result<[u32; 2]> {
    let expected = || {
        format!("--size {text}: expected WIDTHxHEIGHT in pixels, each {} to {}", SIDES.start(), SIDES.end())
    };
    let (width, height) = text.split_once('x').with_context(expected)?;
    let side = |text: &str| text.parse::<u32>().ok().filter(|side| SIDES.contains(side));
    match (side(width), side(height)) {
        (Some(width), Some(height)) => Ok([width, height]),
        _ => bail!(expected()),
    }
}
