//! `losscape record`: a picture or a film without a window.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use image::{RgbImage, RgbaImage};

use super::experiment::ExperimentArguments;
use super::interrupt::Interrupt;
use super::number::{finite, whole};
use super::progress::{FilmProgress, Told};
use super::tell_data;
use super::terminal::{complain, say};
use super::{Failure, file_to_write};
use crate::app::{Overlay, device};
use crate::core::data::DatasetConfig;
use crate::core::experiment::checked::MAX_STEPS;
use crate::core::experiment::{Experiment, Shape, Theme};
use crate::core::formats::run::{RecordedRun, read_run};
use crate::core::num::CancelToken;
use crate::core::script::Tour;
use crate::core::text::Measured;
use crate::disk::output::Output;
use crate::record::film::frames_of;
use crate::record::sink::{self, Encoder, Encoding, FilmSpec, Format, Partial, Quality, SinkError};
use crate::record::{self, Film, FilmRequest, Picture, PictureRequest, picture::SIDES};

/// A picture or a film as typed.
#[derive(Debug, Args)]
pub struct RecordArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    /// The file: .png for a picture; .mp4, .webm, .gif, .apng or a folder of numbered pictures for a film.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// Width and height in pixels. A film of odd sides is made one pixel larger.
    #[arg(long, value_name = "WxH", default_value = "1280x720", allow_hyphen_values = true)]
    size: String,
    /// Of a picture: the step that training is at; without it, the end.
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = whole(0..=MAX_STEPS))]
    at_step: Option<u64>,
    /// Where the plane stands.
    #[arg(long, value_name = "A", allow_hyphen_values = true, value_parser = finite)]
    alpha3: Option<f64>,
    /// Show the volume as a cube with the slice in it.
    #[arg(long)]
    cube: bool,
    /// Dark stage or light.
    #[arg(long, value_enum, value_name = "WHICH")]
    theme: Option<ThemeName>,
    #[command(flatten)]
    film: FilmArguments,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Frames a second, unless others are asked for.
const USUAL_FPS: u32 = 30;
/// Where a film begins, unless told otherwise.
const USUAL_FROM: &str = "0";

/// What is asked of a film beyond what is asked of a picture.
#[derive(Debug, Args)]
pub struct FilmArguments {
    /// Frames a second, 1 to 240.
    #[arg(long, value_name = "N", default_value_t = USUAL_FPS, allow_hyphen_values = true,
        value_parser = whole(1..=240_u32))]
    fps: u32,
    /// Where to begin: 2 or 2s are seconds, 2f frames. A picture of a tour is taken there.
    #[arg(long, value_name = "TIME", default_value = USUAL_FROM, allow_hyphen_values = true)]
    from: String,
    /// Where to end; what is shown then is no part of it any more.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,
    /// Pixels drawn for each that is shown, along both sides: smooth edges on any device.
    #[arg(long, value_name = "1..4", default_value_t = 1, allow_hyphen_values = true,
        value_parser = whole(1..=4_u32))]
    supersample: u32,
    /// Of .mp4 and .webm: 0 (small files) to 100 (hardly any loss); without it, 75.
    #[arg(long, value_name = "0..100", allow_hyphen_values = true, value_parser = whole(0..=100_u8))]
    quality: Option<u8>,
    /// Leave out the chapters' titles and captions.
    #[arg(long, overrides_with = "caption")]
    no_caption: bool,
    /// Show the chapters' titles and captions, as is usual.
    #[arg(long, overrides_with = "no_caption")]
    caption: bool,
    /// Show the panels.
    #[arg(long)]
    panels: bool,
    /// A run that losscape train wrote: it is followed instead of training anew, so that the film is the
    /// same on every machine.
    #[arg(long, value_name = "RUN.npz")]
    run: Option<PathBuf>,
    /// What encodes: the program itself, or ffmpeg.
    #[arg(long, value_enum, value_name = "WHO")]
    encoder: Option<EncoderName>,
    /// Keep what there is of the film when it is interrupted.
    #[arg(long)]
    keep_partial: bool,
    /// How progress is told: a bar on a terminal, or a line DONE/ALL for each frame. With lines, the end of
    /// standard input interrupts.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    progress: Told,
}

/// Who encodes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EncoderName {
    /// The program itself.
    Builtin,
    /// The ffmpeg that is found on PATH.
    Ffmpeg,
}

/// A theme as typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeName {
    /// Light things on a dark stage.
    Dark,
    /// Dark things on a light ground.
    Light,
}

impl From<ThemeName> for Theme {
    fn from(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => Self::Dark,
            ThemeName::Light => Self::Light,
        }
    }
}

/// Draws the picture or the film and writes it.
///
/// # Errors
/// If the request makes no sense, there is nothing to draw with, the file cannot be written, or somebody
/// interrupts.
pub fn record(arguments: RecordArguments) -> Result<(), Failure> {
    let is_picture = has_ending(&arguments.output, "png");
    match (is_picture, arguments.experiment.tour().map_err(Failure::Request)?) {
        (true, None) if arguments.film.run.is_none() => arguments.picture_of_experiment(),
        (true, tour) => arguments.picture_of_tour(tour),
        (false, tour) => arguments.film(tour),
    }
}

/// A disk that is full or not writable is no mistake in the request.
fn refused(error: SinkError) -> Failure {
    if error.is_of_the_disk() { Failure::work(error) } else { Failure::request(error) }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending))
}

impl RecordArguments {
    fn picture_of_experiment(self) -> Result<(), Failure> {
        self.film.refuse_all()?;
        let size = size(&self.size).map_err(Failure::Request)?;
        let experiment = self.looked(&self.experiment.checked_picture(self.alpha3, None)?)?;
        let planned = experiment.steps;
        if let Some(step) = self.at_step.filter(|step| *step > planned) {
            return Err(Failure::request(anyhow!(
                "--at-step {step}: expected at most the {planned} steps of training"
            )));
        }
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        tell_data(&experiment);
        let request = PictureRequest { experiment, size, at_step: self.at_step };
        let picture = Interrupt::listen()?.work(move || record::picture(&request))?;
        let Picture { image, warning } = picture.map_err(Failure::Work)?;
        warning.iter().for_each(|warning| complain(warning));
        write_png(&output, &image)
    }

    /// An experiment with what was asked of its look.
    fn looked(&self, experiment: &Experiment) -> Result<Experiment, Failure> {
        let looked = experiment.with(|file| {
            let view = &mut file.view;
            view.alpha3 = self.alpha3.unwrap_or(view.alpha3);
            view.theme = self.theme.map_or(view.theme, Theme::from);
            view.shape = if self.cube { Shape::Cube } else { view.shape };
        });
        looked.map_err(Failure::request)
    }

    /// The tour that is to be filmed: the one named, or one of the experiment.
    fn checked_tour(&self, tour: Option<Tour>) -> Result<Tour, Failure> {
        let read = |path: &Path| read_run(path, &self.experiment.access());
        let recorded = self.film.run.as_deref().map(read).transpose().map_err(Failure::request)?;
        let tour = match (tour, &recorded) {
            (Some(tour), _) => self.adapted(tour)?,
            (None, Some(recorded)) if self.experiment.is_bare() => {
                Tour::of_experiment(self.looked(&recorded.experiment)?).map_err(Failure::request)?
            }
            (None, recorded) => {
                let experiment = self.experiment.checked_picture(self.alpha3, recorded.as_ref())?;
                let experiment = self.looked(&experiment)?;
                tell_data(&experiment);
                Tour::of_experiment(experiment).map_err(Failure::request)?
            }
        };
        if let Some(step) = self.at_step {
            return Err(Failure::request(anyhow!(
                "--at-step {step}: expected for pictures of an experiment only"
            )));
        }
        match recorded {
            Some(recorded) => along(&tour, recorded, self.film.run.as_deref().unwrap_or(Path::new(""))),
            None => Ok(tour),
        }
    }

    /// A tour with its look as typed. What it computes is its own.
    fn adapted(&self, tour: Tour) -> Result<Tour, Failure> {
        self.experiment.refuse_overrides().map_err(Failure::Request)?;
        if self.alpha3.is_some() || self.cube {
            return Err(Failure::request(anyhow!("--alpha3 and --cube: a tour says itself how it is shown")));
        }
        let Some(theme) = self.theme.map(Theme::from) else { return Ok(tour) };
        tour.with_experiments(|experiment| experiment.with(|file| file.view.theme = theme))
            .map_err(Failure::request)
    }

    fn picture_of_tour(self, tour: Option<Tour>) -> Result<(), Failure> {
        let tour = self.checked_tour(tour)?;
        let size = size(&self.size).map_err(Failure::Request)?;
        let mut request = self.request(tour, size)?;
        request.frames.end = request.frames.start + 1;
        self.quality(None)?;
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        let interrupt = Interrupt::listen()?;
        let progress = FilmProgress::begin(self.film.progress, &interrupt, 1);
        let token = interrupt.token();
        let draw = move || -> anyhow::Result<Option<(RgbaImage, Vec<String>)>> {
            let Some(mut film) = Film::open(request, &token)? else { return Ok(None) };
            let mut picture = RgbaImage::default();
            film.draw(&mut picture)?;
            Ok(Some((picture, film.warnings().to_vec())))
        };
        let drawn = interrupt.work(draw)?.map_err(Failure::Work)?;
        let (picture, warnings) = drawn.ok_or(Failure::Interrupted)?;
        progress.tell()?;
        progress.end();
        warnings.iter().for_each(|warning| complain(warning));
        write_png(&output, &image::DynamicImage::from(picture).into_rgb8())
    }

    fn film(self, tour: Option<Tour>) -> Result<(), Failure> {
        let format = Format::of(&self.output).map_err(Failure::request)?;
        let tour = self.checked_tour(tour)?;
        let typed = size(&self.size).map_err(Failure::Request)?;
        let size = even(typed, format);
        let request = self.request(tour, size)?;
        let frames = request.frames.end - request.frames.start;
        let spec = FilmSpec {
            size,
            fps: self.film.fps,
            first: request.frames.start,
            frames,
            quality: self.quality(Some(format))?,
            keeps_partial: self.film.keep_partial,
        };
        let encoder = self.film.encoder_for(format).map_err(Failure::Request)?;
        device::require().map_err(Failure::Work)?;
        // Before anything is made that an interrupt must take away.
        let interrupt = Interrupt::listen()?;
        let sink = sink::open(&self.output, self.force, spec, format, encoder).map_err(refused)?;
        if size != typed {
            let [[w, h], [width, height]] = [typed, size];
            complain(&format!("{w}x{h} is made {width}x{height}: a film of this kind has even sides"));
        }
        let encoding = Encoding::start(sink).map_err(Failure::work)?.until(interrupt.token());
        let progress = FilmProgress::begin(self.film.progress, &interrupt, frames);
        film(request, encoding, &interrupt, progress)
    }

    /// How closely a film of that kind is kept; a picture is of none.
    fn quality(&self, format: Option<Format>) -> Result<Quality, Failure> {
        let Some(percent) = self.film.quality else { return Ok(Quality::default()) };
        let quality = Quality::new(percent)
            .ok_or_else(|| Failure::request(anyhow!("--quality {percent}: expected 0 to 100")))?;
        match format {
            Some(Format::Mp4 | Format::Webm) => Ok(quality),
            _ => Err(Failure::request(anyhow!(
                "--quality {percent}: expected for .mp4 and .webm; the other kinds keep pictures as they are"
            ))),
        }
    }

    fn request(&self, tour: Tour, size: [u32; 2]) -> Result<FilmRequest, Failure> {
        let film = &self.film;
        let most = *SIDES.end();
        if size.iter().any(|side| side * film.supersample > most) {
            return Err(Failure::request(anyhow!(
                "--supersample {} of {}x{}: expected at most {most} pixels drawn along a side",
                film.supersample,
                size[0],
                size[1]
            )));
        }
        let frames = frames(film, frames_of(&tour, film.fps)).map_err(Failure::Request)?;
        let overlay = if film.panels { Overlay::Panels } else { Overlay::Labels };
        let (fps, supersample, has_captions) = (film.fps, film.supersample, !film.no_caption);
        Ok(FilmRequest { tour, size, fps, frames, supersample, overlay, has_captions })
    }
}

/// How a film was drawn.
enum Drawn {
    /// To its end, or to where somebody interrupted.
    Through,
    /// To where it cannot be drawn any further.
    Failed(anyhow::Error),
    /// To where it cannot be encoded any further.
    Stuck(SinkError),
}

/// How long a frame may take to be finished once somebody has interrupted: most films end cleanly then. One
/// that waits for an hour of training does not, and is left where it stands.
const GRACE: Duration = Duration::from_secs(2);

/// Draws every frame and hands it to the encoder. It is drawn on a thread of its own, for a frame waits for
/// all the work it asks for, however long that takes.
fn film(
    request: FilmRequest,
    encoding: Encoding,
    interrupt: &Interrupt,
    progress: FilmProgress,
) -> Result<(), Failure> {
    let encoding = Arc::new(Mutex::new(Some(encoding)));
    let (theirs, token, progress) = (Arc::clone(&encoding), interrupt.token(), Arc::new(progress));
    let told = Arc::clone(&progress);
    let drawn = interrupt.work_with_grace(GRACE, move || draw(request, &theirs, &token, &told));
    let encoding = encoding.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    let Some(encoding) = encoding else { return Err(Failure::Interrupted) };
    match drawn {
        Ok(Ok(Drawn::Through)) if !interrupt.is_heard() => finish(encoding, interrupt, &progress),
        Ok(Ok(Drawn::Through)) | Err(Failure::Interrupted) => {
            progress.end();
            say_kept(encoding, interrupt)?;
            Err(Failure::Interrupted)
        }
        Ok(Ok(Drawn::Failed(error))) => {
            progress.end();
            say_kept(encoding, interrupt)?;
            Err(Failure::Work(error))
        }
        Ok(Ok(Drawn::Stuck(error))) => Err(Failure::work(error)),
        Ok(Err(failure)) | Err(failure) => Err(failure),
    }
}

fn draw(
    request: FilmRequest,
    encoding: &Mutex<Option<Encoding>>,
    token: &CancelToken,
    progress: &FilmProgress,
) -> Result<Drawn, Failure> {
    let mut film = match Film::open(request, token) {
        Ok(Some(film)) => film,
        Ok(None) => return Ok(Drawn::Through),
        Err(error) => return Ok(Drawn::Failed(error)),
    };
    let encoding = || encoding.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    while !token.is_cancelled() {
        // Nobody waits for the rest once the encoder was taken away.
        let Some(mut frame) = encoding().as_ref().map(|encoding| encoding.spare().unwrap_or_default()) else {
            break;
        };
        match film.draw(&mut frame) {
            Ok(true) => {
                // Held for the way alone: the frame may have to wait.
                let Some(feed) = encoding().as_ref().and_then(Encoding::feed) else { break };
                match feed.send(frame) {
                    true => progress.tell()?,
                    false => match encoding().as_mut().map(Encoding::failure) {
                        Some(Err(error)) => return Ok(Drawn::Stuck(error)),
                        Some(Ok(())) | None => break,
                    },
                }
            }
            Ok(false) => break,
            Err(error) => return Ok(Drawn::Failed(error)),
        }
    }
    film.warnings().iter().for_each(|warning| progress.note(warning));
    Ok(Drawn::Through)
}

/// Completes a film that was drawn to its end.
fn finish(encoding: Encoding, interrupt: &Interrupt, progress: &FilmProgress) -> Result<(), Failure> {
    let finished = encoding.finish(&interrupt.token());
    progress.end();
    match finished {
        Err(error) if interrupt.is_heard() => {
            if let SinkError::Interrupted { kept, frames, .. } = error {
                drop(say(&format!("kept {frames} frames in {}", kept.display())));
            }
            Err(Failure::Interrupted)
        }
        finished => finished.map_err(Failure::work),
    }
}

/// Ends a film early, and tells what is kept of it.
fn say_kept(encoding: Encoding, interrupt: &Interrupt) -> Result<(), Failure> {
    let kept = match encoding.abandon() {
        Err(SinkError::Interrupted { kept: path, frames, .. }) if interrupt.is_heard() => {
            Some(Partial { path, frames })
        }
        Err(error) if interrupt.is_heard() => {
            complain(&error.to_string());
            None
        }
        abandoned => abandoned.map_err(Failure::work)?,
    };
    if let Some(Partial { frames, path }) = kept {
        // Why it ended early decides the exit code, whether this can be said or not.
        drop(say(&format!("kept {frames} frames in {}", path.display())));
    }
    Ok(())
}

impl FilmArguments {
    /// Sees to it that nothing was asked for that only films and tours have.
    fn refuse_all(&self) -> Result<(), Failure> {
        let asked = [
            ("--fps", self.fps != USUAL_FPS),
            ("--from", self.from != USUAL_FROM),
            ("--to", self.to.is_some()),
            ("--supersample", self.supersample != 1),
            ("--quality", self.quality.is_some()),
            ("--caption", self.caption),
            ("--no-caption", self.no_caption),
            ("--panels", self.panels),
            ("--encoder", self.encoder.is_some()),
            ("--keep-partial", self.keep_partial),
        ];
        match asked.into_iter().find(|(_, is_asked)| *is_asked) {
            Some((flag, _)) => Err(Failure::request(anyhow!(
                "{flag}: expected for films and for pictures of a tour, not for the picture of an experiment"
            ))),
            None => Ok(()),
        }
    }

    /// Who encodes that kind of film.
    fn encoder_for(&self, format: Format) -> anyhow::Result<Encoder> {
        match (self.encoder, format) {
            (Some(EncoderName::Builtin), Format::Webm) => {
                bail!(
                    "--encoder builtin: expected ffmpeg for .webm; the program itself encodes .mp4, .gif and .apng"
                )
            }
            (Some(EncoderName::Ffmpeg), Format::Gif | Format::Apng | Format::Frames) => {
                bail!(
                    "--encoder ffmpeg: expected for .mp4 and .webm; the other kinds are encoded by the program itself"
                )
            }
            (Some(EncoderName::Ffmpeg), _) | (None, Format::Webm) => Ok(Encoder::Ffmpeg),
            (Some(EncoderName::Builtin) | None, _) => Ok(Encoder::InProcess),
        }
    }
}

/// The tour with that run wherever it trains as the run was trained.
fn along(tour: &Tour, recorded: RecordedRun, path: &Path) -> Result<Tour, Failure> {
    let run = path.display();
    let (found, all) = (Cell::new(0), Cell::new(0));
    let refusal =
        RefCell::new("it is followed by no chapter; expected a chapter that trains as the run".to_owned());
    let others = RefCell::new(BTreeSet::new());
    if recorded.differs_today() {
        others.borrow_mut().insert(name_of_data(&recorded.experiment));
    }
    let followed = tour.with_experiments(|own| -> Result<Experiment, Infallible> {
        all.set(all.get() + 1);
        Ok(match own.clone().along(&recorded.experiment, Arc::clone(&recorded.course)) {
            Ok(along) => {
                found.set(found.get() + 1);
                if !own.has_data_of(&recorded.experiment) {
                    others.borrow_mut().insert(name_of_data(own));
                }
                along
            }
            Err(why) => {
                *refusal.borrow_mut() = why.to_string();
                own.clone()
            }
        })
    });
    match followed {
        Ok(tour) if found.get() > 0 => {
            if found.get() < all.get() {
                let (found, all) = (found.get(), all.get());
                complain(&format!("{run} is followed by {found} of {all} chapters; the others train anew"));
            }
            for other in others.into_inner() {
                complain(&format!("{other} differs from the data that {run} carries; these are shown"));
            }
            Ok(tour)
        }
        _ => Err(Failure::request(anyhow!("--run {run}: {}", refusal.into_inner()))),
    }
}

/// What an experiment's data are called.
fn name_of_data(experiment: &Experiment) -> String {
    match &experiment.dataset {
        DatasetConfig::Csv { path, .. } => path.display().to_string(),
        dataset => format!("the dataset {}, as this machine draws it,", dataset.name()),
    }
}

/// Encoders take two pixels at a time: an odd side is made one pixel longer.
fn even(size: [u32; 2], format: Format) -> [u32; 2] {
    if format.needs_even_sides() { size.map(|side| side.next_multiple_of(2)) } else { size }
}

fn write_png(output: &Output, picture: &RgbImage) -> Result<(), Failure> {
    let write = |file: &mut std::fs::File| {
        let written = picture.write_to(&mut std::io::BufWriter::new(file), image::ImageFormat::Png);
        written.map_err(std::io::Error::other)
    };
    output.write(write).map_err(Failure::work)
}

/// The frames between two times, of a film of so many.
fn frames(film: &FilmArguments, all: u64) -> anyhow::Result<Range<u64>> {
    let from = frame_at("--from", &film.from, film.fps)?;
    let to = film.to.as_ref().map(|to| frame_at("--to", to, film.fps)).transpose()?;
    let to = to.unwrap_or(all);
    let secs = Measured(all as f64 / f64::from(film.fps));
    if from >= all {
        bail!("--from {}: expected less than the film's {secs} s ({all}f)", film.from);
    }
    if to > all {
        bail!(
            "--to {}: expected at most the film's {secs} s ({all}f)",
            film.to.as_deref().unwrap_or_default()
        );
    }
    if to <= from {
        bail!("--to {}: expected after --from {}", film.to.as_deref().unwrap_or_default(), film.from);
    }
    Ok(from..to)
}

/// The number of the first frame at or after a time.
fn frame_at(flag: &str, text: &str, fps: u32) -> anyhow::Result<u64> {
    let expected = || format!("{flag} {text}: expected seconds (2 or 2.5s) or frames (60f)");
    if let Some(frames) = text.strip_suffix('f') {
        return frames.parse().ok().with_context(expected);
    }
    let secs: f64 = text.strip_suffix('s').unwrap_or(text).parse().ok().with_context(expected)?;
    if !(secs.is_finite() && secs >= 0.0) {
        bail!(expected());
    }
    // A time that was meant to be a frame's is that frame's, whatever the last bit says.
    Ok((secs * f64::from(fps) - 1e-6).ceil().max(0.0) as u64)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_or_frames() {
        let at = |text| frame_at("--from", text, 30).unwrap();
        assert_eq!((at("2"), at("2s"), at("2f"), at("0.1"), at("2.34"), at("0")), (60, 60, 2, 3, 71, 0));
        for text in ["", "s", "-1", "nan", "2x", "1.5f", "inf"] {
            let refused = frame_at("--from", text, 30).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("--from {text}: expected seconds")), "{refused}");
        }
    }
}
