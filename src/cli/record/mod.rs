//! `losscape record`: a picture or a film without a window.

mod along;
mod arguments;
mod drawing;
mod presets;
mod subtitles;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use image::{DynamicImage, RgbaImage};

use self::along::along;
use self::arguments::{FilmArguments, frames};
use self::drawing::film;
use self::presets::{Preset, preset};
use self::subtitles::{SubtitleFile, subtitle_files};
use super::evaluator::EvaluatorArguments;
use super::experiment::ExperimentArguments;
use super::interrupt::Interrupt;
use super::number::{finite, whole};
use super::progress::FilmProgress;
use super::tell_notes;
use super::terminal::complain;
use super::{Failure, file_to_write};
use crate::app::{Overlay, device};
use crate::core::experiment::checked::MAX_STEPS;
use crate::core::experiment::{Experiment, Labels, Shape, Theme, ViewFile};
use crate::core::formats::run::read_run;
use crate::core::script::{Language, Mark, Spoken, Tour, marks, spoken};
use crate::disk::output::Output;
use crate::record::film::frames_of;
use crate::record::picture::{SAMPLES, SIDES};
use crate::record::sink::{self, Chapter, Encoding, FilmSpec, Format, Quality, SinkError, Sound};
use crate::record::{self, Background, Film, FilmRequest, Page, Picture, PictureRequest};

/// A picture or a film as typed.
#[derive(Debug, Args)]
pub struct RecordArguments {
    #[command(flatten)]
    experiment: ExperimentArguments,
    #[command(flatten)]
    evaluator: EvaluatorArguments,
    /// The file: .png for a picture; .mp4, .webm, .mov, .gif, .apng or a folder of numbered pictures for a film.
    #[arg(short, long, value_name = "FILE", value_parser = file_to_write())]
    output: PathBuf,
    /// What it is made for: slides, shorts, 4k, readme or paper. Each sets size, rate, quality, text, safe area and
    /// theme, and each of these options sets one otherwise.
    #[arg(long = "for", value_name = "WHERE", value_parser = preset)]
    preset: Option<&'static Preset>,
    /// Width and height in pixels; without it, 1280x720. A film of odd sides is made one pixel larger.
    #[arg(long, value_name = "WxH", allow_hyphen_values = true)]
    size: Option<String>,
    /// How much larger than usual text is, and how much wider lines are: 0.5 to 3.
    #[arg(long, value_name = "TIMES", allow_hyphen_values = true, value_parser = times)]
    text: Option<f32>,
    /// Percent of the picture at its top, right, bottom and left edge that neither text nor the landscape's middle is
    /// in, each 0 to 40.
    #[arg(long, value_name = "T,R,B,L", allow_hyphen_values = true, value_parser = safe_area)]
    safe_area: Option<SafeArea>,
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
    /// What stands behind the scene: stage, the theme's; a colour such as #ffffff; or none, for .png, folders of
    /// .png, .apng, .webm and .mov, whose alpha is straight and blended by sRGB numbers, as editors, browsers and
    /// slides do.
    #[arg(long, value_name = "WHAT", default_value = "stage")]
    background: Background,
    /// What is written over the landscape: all that has room, few things, or none (the captions of a tour stay:
    /// --no-caption).
    #[arg(long, value_enum, value_name = "WHICH")]
    labels: Option<LabelsName>,
    /// Tell the tour in another language, such as de or es (losscape list names them).
    #[arg(long)]
    lang: Option<Language>,
    #[command(flatten)]
    film: FilmArguments,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

/// Shares of a picture at its edges, as typed.
#[derive(Clone, Copy, Debug)]
struct SafeArea([f32; 4]);

fn safe_area(text: &str) -> Result<SafeArea, &'static str> {
    let share = |text: &str| text.trim().parse().ok().filter(|percent: &f32| (0.0..=40.0).contains(percent));
    let shares: Option<Vec<f32>> =
        text.split(',').map(|text| share(text).map(|percent| percent / 100.0)).collect();
    let shares = shares.and_then(|shares| <[f32; 4]>::try_from(shares).ok());
    shares.map(SafeArea).ok_or("expected four numbers from 0 to 40, such as 8,0,20,0")
}

fn times(text: &str) -> Result<f32, &'static str> {
    let times = text.parse().ok().filter(|times: &f32| (0.5..=3.0).contains(times));
    times.ok_or("expected a number from 0.5 to 3")
}

/// A theme as typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThemeName {
    /// Light things on a dark stage.
    Dark,
    /// Dark things on a light ground.
    Light,
}

/// How much is written, as typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LabelsName {
    /// All that has room.
    All,
    /// Axes, legends, and three names on the surface.
    Few,
    /// Neither labels nor legends.
    None,
}

impl From<LabelsName> for Labels {
    fn from(name: LabelsName) -> Self {
        match name {
            LabelsName::All => Self::All,
            LabelsName::Few => Self::Few,
            LabelsName::None => Self::None,
        }
    }
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
    let tour = arguments.experiment.tour_in(arguments.lang.as_ref()).map_err(Failure::Request)?;
    if arguments.evaluator.is_given() && (tour.is_some() || arguments.film.run.is_some()) {
        return Err(Failure::request(anyhow!(
            "--evaluator: a tour and a run that was trained here say themselves what is computed; expected a run of others"
        )));
    }
    match (is_picture, tour) {
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
        let size = self.size()?;
        if self.background != Background::Stage {
            self.check_drawn(size, SAMPLES)?;
        }
        let experiment = self.looked(&self.experiment.checked_picture(self.alpha3, None)?)?;
        let planned = experiment.steps;
        if let Some(step) = self.at_step.filter(|step| *step > planned) {
            return Err(Failure::request(anyhow!(
                "--at-step {step}: expected at most the {planned} steps of training"
            )));
        }
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        tell_notes(&experiment);
        let request = PictureRequest {
            evaluators: self.evaluator.evaluators(&experiment)?,
            experiment,
            size,
            at_step: self.at_step,
            page: self.page()?,
            background: self.background,
        };
        let picture = Interrupt::listen()?.work(move || record::picture(&request))?;
        let Picture { image, warnings } = picture.map_err(Failure::Work)?;
        warnings.iter().for_each(|warning| complain(warning));
        write_png(&output, &image)
    }

    /// An experiment with what was asked of its look.
    fn looked(&self, experiment: &Experiment) -> Result<Experiment, Failure> {
        let looked = experiment.with(|file| {
            let view = &mut file.view;
            view.alpha3 = self.alpha3.unwrap_or(view.alpha3);
            self.show(view);
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
                tell_notes(&experiment);
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

    /// Puts what was asked of the look of pictures and tours alike.
    fn show(&self, view: &mut ViewFile) {
        view.theme = self.theme().unwrap_or(view.theme);
        view.labels = self.labels.map_or(view.labels, Labels::from);
    }

    /// A tour with its look as typed. What it computes is its own.
    fn adapted(&self, tour: Tour) -> Result<Tour, Failure> {
        self.experiment.refuse_overrides().map_err(Failure::Request)?;
        if self.alpha3.is_some() || self.cube {
            return Err(Failure::request(anyhow!("--alpha3 and --cube: a tour says itself how it is shown")));
        }
        tour.with_experiments(|experiment| experiment.with(|file| self.show(&mut file.view)))
            .map_err(Failure::request)
    }

    fn picture_of_tour(self, tour: Option<Tour>) -> Result<(), Failure> {
        let tour = self.checked_tour(tour)?;
        let size = self.size()?;
        let mut request = self.request(tour, size)?;
        request.frames.end = request.frames.start + 1;
        self.quality(None)?;
        self.film.refuse_of_pictures()?;
        let output = Output::new(&self.output, self.force).map_err(Failure::request)?;
        let interrupt = Interrupt::listen()?;
        let background = self.background;
        let progress = FilmProgress::begin(self.film.progress, &interrupt, 1);
        let token = interrupt.token();
        let draw = move || -> anyhow::Result<Option<(RgbaImage, Vec<String>)>> {
            let Some(mut film) = Film::open(request, &token)? else { return Ok(None) };
            let mut picture = RgbaImage::default();
            film.draw_picture(&mut picture)?;
            Ok(Some((picture, film.warnings().to_vec())))
        };
        let drawn = interrupt.work(draw)?.map_err(Failure::Work)?;
        let (picture, warnings) = drawn.ok_or(Failure::Interrupted)?;
        progress.tell()?;
        progress.end();
        warnings.iter().for_each(|warning| complain(warning));
        write_png(&output, &background.flattened(picture))
    }

    fn film(self, tour: Option<Tour>) -> Result<(), Failure> {
        let format = Format::of(&self.output).map_err(Failure::request)?;
        let tour = self.checked_tour(tour)?;
        let typed = self.size()?;
        let size = even(typed, format);
        let mut request = self.request(tour, size)?;
        request.is_deep = self.film.is_deep(format, self.background).map_err(Failure::Request)?;
        let marks = marks(&request.tour, request.fps, request.frames.clone());
        let spec = self.spec(format, &request, &marks)?;
        let frames = spec.frames;
        let forms = self.film.subtitles();
        let subtitles = subtitle_files(&forms, &self.output, self.force, &marks, request.fps)?;
        let encoder = self.film.encoder_for(format).map_err(Failure::Request)?;
        device::require().map_err(Failure::Work)?;
        // Before anything is made that an interrupt must take away.
        let interrupt = Interrupt::listen()?;
        let sink = sink::open(&self.output, self.force, spec, format, encoder);
        // Who was asked what it can do may have been interrupted as well.
        let sink = sink.map_err(|e| if interrupt.is_heard() { Failure::Interrupted } else { refused(e) })?;
        if size != typed {
            let [[w, h], [width, height]] = [typed, size];
            complain(&format!("{w}x{h} is made {width}x{height}: a film of this kind has even sides"));
        }
        let encoding = Encoding::start(sink).map_err(Failure::work)?.until(interrupt.token());
        let progress = FilmProgress::begin(self.film.progress, &interrupt, frames);
        film(request, encoding, &interrupt, progress)?;
        subtitles.into_iter().try_for_each(SubtitleFile::write)
    }

    /// What is asked of the film's file.
    fn spec(&self, format: Format, request: &FilmRequest, marks: &[Mark]) -> Result<FilmSpec, Failure> {
        let plain = FilmSpec::plain(request.size, request.fps, request.frames.end - request.frames.start);
        Ok(FilmSpec {
            first: request.frames.start,
            quality: self.quality(Some(format))?,
            keeps_partial: self.film.keep_partial,
            has_alpha: self.has_alpha(format)?,
            is_deep: request.is_deep,
            chapters: if format.has_tracks() { chapters_of(&request.tour, marks) } else { Vec::new() },
            sounds: self.sounds(format, request),
            ..plain
        })
    }

    /// What is heard in the film.
    fn sounds(&self, format: Format, request: &FilmRequest) -> Vec<Sound> {
        let [from, to] =
            [request.frames.start, request.frames.end].map(|n| n as f64 / f64::from(request.fps));
        let spoken = spoken(&request.tour, from, to);
        if !spoken.is_empty() && !format.has_tracks() {
            complain(&format!(
                "{} is silent: expected .mp4, .webm or .mov for the tour's voices",
                self.output.display()
            ));
            return Vec::new();
        }
        spoken.into_iter().map(|Spoken { file, at, skipped }| Sound { file, at, skipped }).collect()
    }

    /// Whether a film of that kind is seen through.
    fn has_alpha(&self, format: Format) -> Result<bool, Failure> {
        match self.background {
            Background::None if format.keeps_alpha() => Ok(true),
            Background::None => Err(Failure::request(anyhow!(
                "--background none: expected .png, a folder of .png, .apng, .webm or .mov; {} cannot be seen through",
                self.output.display()
            ))),
            Background::Stage | Background::Color(_) => Ok(false),
        }
    }

    /// How closely a film of that kind is kept; a picture is of none.
    fn quality(&self, format: Option<Format>) -> Result<Quality, Failure> {
        let percent = match (self.film.quality, self.preset) {
            (Some(percent), _) => percent,
            (None, Some(preset)) => return Ok(Quality::new(preset.quality).unwrap_or_default()),
            (None, None) => return Ok(Quality::default()),
        };
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
        let (film, background) = (&self.film, self.background);
        let supersample = film.supersample_on(background);
        self.check_drawn(size, supersample)?;
        let fps = film.fps_for(self.preset);
        let frames = frames(film, fps, frames_of(&tour, fps)).map_err(Failure::Request)?;
        let page = self.page()?;
        let overlay = if film.panels { Overlay::Panels } else { Overlay::Labels };
        let has_captions = !film.no_caption;
        let evaluators = self.evaluator.evaluators(&tour.first_experiment())?;
        Ok(FilmRequest {
            tour,
            size,
            fps,
            frames,
            supersample,
            background,
            page,
            is_deep: false,
            overlay,
            has_captions,
            evaluators,
        })
    }

    /// Width and height: as typed, else as suits the place.
    fn size(&self) -> Result<[u32; 2], Failure> {
        match (&self.size, self.preset) {
            (Some(text), _) => size(text).map_err(Failure::Request),
            (None, preset) => Ok(preset.map_or(USUAL_SIZE, |preset| preset.size)),
        }
    }

    fn theme(&self) -> Option<Theme> {
        self.theme.map(Theme::from).or(self.preset.map(|preset| preset.theme))
    }

    /// The page that is drawn for.
    fn page(&self) -> Result<Page, Failure> {
        let usual = self.preset.map_or(Page::default(), |preset| preset.page);
        let safe_area = self.safe_area.map_or(usual.safe_area, |area| area.0);
        let page = Page { text: self.text.unwrap_or(usual.text), safe_area };
        if self.film.panels && page != Page::default() {
            return Err(Failure::request(anyhow!(
                "--panels: they have a layout of their own; expected without --text, --safe-area and a --for that sets them"
            )));
        }
        Ok(page)
    }

    /// Whether so many pixels can be drawn for each.
    fn check_drawn(&self, size: [u32; 2], supersample: u32) -> Result<(), Failure> {
        let most = *SIDES.end();
        if size.iter().all(|side| side * supersample <= most) {
            return Ok(());
        }
        let [width, height] = size;
        Err(Failure::request(anyhow!(
            "--supersample {supersample} of {width}x{height}: expected at most {most} pixels drawn along a side"
        )))
    }
}

/// What a film's file names; a tour of one chapter is not divided.
fn chapters_of(tour: &Tour, marks: &[Mark]) -> Vec<Chapter> {
    let marks = if tour.chapters().len() > 1 { marks } else { &[] };
    marks.iter().map(|mark| Chapter::new(mark.frames.start, &mark.name)).collect()
}

/// Width and height of a picture for no place in particular.
const USUAL_SIZE: [u32; 2] = [1280, 720];

/// Encoders take two pixels at a time: an odd side is made one pixel longer.
fn even(size: [u32; 2], format: Format) -> [u32; 2] {
    if format.needs_even_sides() { size.map(|side| side.next_multiple_of(2)) } else { size }
}

fn write_png(output: &Output, picture: &DynamicImage) -> Result<(), Failure> {
    let write = |file: &mut std::fs::File| {
        let written = picture.write_to(&mut std::io::BufWriter::new(file), image::ImageFormat::Png);
        written.map_err(std::io::Error::other)
    };
    output.write(write).map_err(Failure::work)
}

/// Width and height, as typed.
pub(super) fn size(text: &str) -> anyhow::Result<[u32; 2]> {
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
