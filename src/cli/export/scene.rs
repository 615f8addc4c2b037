//! A film as a scene with an animation: camera, surfaces, trails and markers.

use anyhow::anyhow;
use clap::Args;

use super::{ExportArguments, USUAL_LAYERS};
use crate::cli::Failure;
use crate::cli::interrupt::Interrupt;
use crate::cli::number::{finite, whole};
use crate::cli::progress::{FilmProgress, ProgressManner};
use crate::cli::record::size;
use crate::cli::tell_notes;
use crate::cli::terminal::complain;
use crate::core::formats::scene::{MOST_TARGETS, Manner};
use crate::core::script::{Language, Tour};
use crate::disk::output::Output;
use crate::record::film::frames_of;
use crate::record::{Gathering, Scenery, SceneryRequest};

/// What is asked of a scene alone.
#[derive(Debug, Args)]
pub struct SceneArguments {
    /// Width and height of the film's frames, for the camera.
    #[arg(long, value_name = "WxH", default_value = USUAL_SIZE, allow_hyphen_values = true)]
    size: String,
    /// Frames a second, 1 to 240: the keys of the animation.
    #[arg(long, value_name = "N", default_value_t = USUAL_FPS, allow_hyphen_values = true,
        value_parser = whole(1..=240_u32))]
    fps: u32,
    /// Where the plane stands.
    #[arg(long, value_name = "A", allow_hyphen_values = true, value_parser = finite)]
    alpha3: Option<f64>,
    /// Let a moving surface be one mesh that morphs, not a mesh for each moment: many importers ignore the
    /// colours of morph targets.
    #[arg(long)]
    morph: bool,
    /// Name the chapters in another language, such as de or es (losscape list names them).
    #[arg(long)]
    lang: Option<Language>,
    /// How progress is told: a bar on a terminal, or a line DONE/ALL for each frame. With lines, the end of
    /// standard input interrupts.
    #[arg(long, value_enum, default_value_t, value_name = "HOW")]
    progress: ProgressManner,
}

/// The shape of the frames, unless another is asked for.
const USUAL_SIZE: &str = "1280x720";
/// Frames a second, unless others are asked for.
const USUAL_FPS: u32 = 30;

impl SceneArguments {
    /// How surfaces are to follow one another, so many at most.
    fn manner(&self, layers: usize) -> Result<Manner, Failure> {
        match self.morph {
            false => Ok(Manner::Steps),
            true if layers <= MOST_TARGETS => Ok(Manner::Morphs),
            true => Err(Failure::request(anyhow!(
                "--layers {layers} with --morph: expected at most {MOST_TARGETS}, the morph targets that viewers take"
            ))),
        }
    }

    /// Sees to it that nothing of this was asked for.
    pub(super) fn refuse(&self) -> Result<(), Failure> {
        let asked = [
            ("--size", self.size != USUAL_SIZE),
            ("--fps", self.fps != USUAL_FPS),
            ("--alpha3", self.alpha3.is_some()),
            ("--morph", self.morph),
            ("--lang", self.lang.is_some()),
            ("--progress", self.progress != ProgressManner::Bar),
        ];
        match asked.into_iter().find(|(_, is_asked)| *is_asked) {
            Some((flag, _)) => {
                Err(Failure::request(anyhow!("{flag}: expected with .glb, and not with .pvd")))
            }
            None => Ok(()),
        }
    }
}

/// Goes through the film and writes its scene.
pub(super) fn export(arguments: ExportArguments) -> Result<(), Failure> {
    let tour = tour(&arguments)?;
    let ExportArguments { output, layers, scene, force, .. } = arguments;
    let manner = scene.manner(layers)?;
    let size = size(&scene.size).map_err(Failure::Request)?;
    let output = Output::new(&output, force).map_err(Failure::request)?;
    let interrupt = Interrupt::listen()?;
    let progress = FilmProgress::begin(scene.progress, &interrupt, frames_of(&tour, scene.fps));
    let request = SceneryRequest { tour, size, fps: scene.fps, layers };
    let token = interrupt.token();
    let made = interrupt.work(move || -> Result<Scenery, Failure> {
        let gathering = Gathering::open(request, &token).map_err(Failure::Work)?;
        let mut gathering = gathering.ok_or(Failure::Interrupted)?;
        while gathering.advance().map_err(Failure::Work)? {
            progress.tell()?;
        }
        progress.end();
        Ok(gathering.finish())
    })?;
    let Scenery { scene, surfaces, warnings } = made?;
    warnings.iter().for_each(|warning| complain(warning));
    if manner == Manner::Morphs {
        complain(
            "--morph: many importers ignore the colours of morph targets, and keep those of the first surface",
        );
    }
    let bytes = scene.bytes(manner).map_err(Failure::work)?;
    tell_size(&output, bytes, (scene.sheets.len(), surfaces), layers);
    interrupt.write(&output, |file| scene.write_glb(file, manner))
}

/// How large the file becomes, where more was asked for than is usual; and how many surfaces stand for how many.
fn tell_size(output: &Output, bytes: usize, (kept, all): (usize, usize), layers: usize) {
    let megabytes = |bytes: usize| format!("{:.1} MB", bytes as f64 / 1e6);
    let path = output.path().display();
    if layers > USUAL_LAYERS {
        complain(&format!("{path}: {kept} surfaces, {}", megabytes(bytes)));
    }
    if kept < all {
        let whole = megabytes(bytes / kept.max(1) * all);
        complain(&format!(
            "{path}: {kept} surfaces stand for the {all} that the film shows; --layers {all} would take about {whole}"
        ));
    }
}

/// The tour that is named, or one of the experiment.
fn tour(arguments: &ExportArguments) -> Result<Tour, Failure> {
    let (experiment, scene) = (&arguments.experiment, &arguments.scene);
    match experiment.tour_in(scene.lang.as_ref()).map_err(Failure::Request)? {
        Some(tour) => {
            experiment.refuse_overrides().map_err(Failure::Request)?;
            match scene.alpha3 {
                Some(_) => Err(Failure::request(anyhow!("--alpha3: a tour says itself how it is shown"))),
                None => Ok(tour),
            }
        }
        None => {
            let experiment = arguments.checked_experiment(scene.alpha3)?;
            tell_notes(&experiment);
            Tour::of_experiment(experiment).map_err(Failure::request)
        }
    }
}
