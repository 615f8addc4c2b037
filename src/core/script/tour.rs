//! Tours: chapters with captions, cues and a camera path, in one file for lectures, demos and films.
//!
//! A chapter has a clock that runs from 0 to its `secs`. Its cues send commands at their times, and its
//! camera passes each key at the key's time. In a film the clock runs through and the next chapter
//! follows; before an audience it holds at every cue that waits for a key, and at the chapter's end.
//!
//! A tour is checked as it is read, so that a mistake is told with its line and column.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::chapters;
use super::chapters::{ChapterFile, LONGEST_SECS, TourFile, When};
use super::demand::{Demand, check_counts};
use crate::core::command::{Command, ViewCommand};
use crate::core::experiment::file::{parse_ron, to_pretty_ron};
use crate::core::experiment::paths::{ReadError, fields, is_ron, place_of};
use crate::core::experiment::{CameraMode, Change, Experiment, ExperimentFile, FileError, builtin};
use crate::core::geometry::path::CameraKey;
use crate::core::io::folder::{Folder, seen_from};
use crate::core::io::sources::Sources;
use crate::core::session::{Now, Session};
use crate::core::text::{Measured, Phrases};

/// A tour that has been checked. Only [`Tour::parse`] and [`Tour::new`] make one.
#[derive(Clone, Debug, PartialEq)]
pub struct Tour {
    file: Arc<TourFile>,
    /// The experiment that each chapter begins with, where it names one.
    experiments: Vec<Option<Experiment>>,
    /// The program's own words, in the language that it is told in.
    phrases: Arc<Phrases>,
}

impl Tour {
    /// Reads a tour. `name` is the file's name for errors; what it names by file is seen from `folder`.
    ///
    /// # Errors
    /// If the text is no tour, or anything in it makes no sense: with line and column.
    pub fn parse(text: &str, name: &str, folder: &Folder) -> Result<Self, FileError> {
        let file: TourFile = parse_ron(text, name)?;
        Self::new(file, folder).map_err(|TourError { named, message, outside }| {
            let at = match &named {
                Some(Named::Text(part)) => text.find(part.as_str()),
                Some(Named::Cue(number)) => fields(text, "when").nth(*number),
                None => None,
            };
            let (line, column) = place_of(text, at);
            FileError { file: name.to_owned(), line, column, message, outside }
        })
    }

    /// Checks a tour.
    ///
    /// # Errors
    /// If it has no chapter, the first one names no experiment and loads none, or an experiment is not
    /// there or makes no sense.
    pub fn new(mut file: TourFile, folder: &Folder) -> Result<Self, TourError> {
        let cues = file.chapters.iter().map(|chapter| chapter.cues.len()).sum();
        check_counts(file.chapters.len(), cues).map_err(|message| TourError::of(&message))?;
        for (i, chapter) in file.chapters.iter().enumerate() {
            chapters::chapter(i, chapter).map_err(|message| TourError::of(&message))?;
        }
        folder.resolve(file.paths_mut()).map_err(|error| {
            let named =
                error.named.first().map(|path| Named::Text(format!("{:?}", path.display().to_string())));
            TourError { named, message: error.to_string(), outside: error.files }
        })?;
        file.listen(&*folder.access().sources)?;
        let sources = &folder.access().sources;
        let (mut experiments, mut taken, mut demand) = (Vec::new(), Vec::new(), Demand::default());
        for (i, chapter) in file.chapters.iter_mut().enumerate() {
            // One that is loaded before anything else is the chapter's.
            let loaded = if chapter.experiment.is_none() { take_loaded(chapter) } else { None };
            taken.push(usize::from(loaded.is_some()));
            experiments.push(match (&chapter.experiment, loaded) {
                (Some(name), _) => Some(named_experiment(name, folder)?),
                (None, Some(file)) => Some(Experiment::reading(file, sources).map_err(|why| {
                    TourError::of(&format!("chapter {}: the experiment that it loads: {why}", i + 1))
                })?),
                (None, None) => None,
            });
            if let Some(Some(experiment)) = experiments.last() {
                demand.add(experiment).map_err(|why| TourError::of(&format!("chapter {}: {why}", i + 1)))?;
            }
        }
        match experiments.first() {
            None => return Err(TourError::of("no chapters; expected one")),
            Some(None) => {
                return Err(TourError::of("chapter 1 has no experiment; expected the name of one"));
            }
            Some(Some(_)) => {}
        }
        let tour = Self { file: Arc::new(file), experiments, phrases: Arc::default() };
        tour.rehearse(&taken)?;
        Ok(tour)
    }

    /// Sends every command to a session, to find out what makes no sense before anybody waits for it.
    /// `taken` tells how many of each chapter's cues were taken out of it.
    fn rehearse(&self, taken: &[usize]) -> Result<(), TourError> {
        let mut session = Session::new(self.first_experiment());
        let (mut number, mut demand) = (0, Demand::default());
        for (i, chapter) in self.chapters().iter().enumerate() {
            number += taken[i];
            for command in self.opening(i) {
                let refused = |why| TourError::of(&format!("chapter {}: {why}", i + 1));
                session.apply(command, Now::default()).map_err(refused)?;
            }
            for (k, cue) in chapter.cues.iter().enumerate() {
                let refused = |why: String| TourError {
                    named: Some(Named::Cue(number)),
                    message: format!("chapter {}: cue {}: {why}", i + 1, k + 1 + taken[i]),
                    outside: Vec::new(),
                };
                session.apply(cue.command.clone(), Now::default()).map_err(|why| refused(why.to_string()))?;
                demand.add(session.experiment()).map_err(refused)?;
                number += 1;
            }
        }
        Ok(())
    }

    /// What a chapter begins with.
    pub(super) fn opening(&self, chapter: usize) -> Vec<Command> {
        let mut commands = Vec::new();
        if let Some(experiment) = self.experiment(chapter) {
            commands.push(Command::Load(Box::new(experiment.file().clone())));
        }
        let keys = &self.chapters()[chapter].camera;
        if !keys.is_empty() {
            commands.push(Command::View(ViewCommand::Keys(keys.clone())));
            commands.push(Command::Set(Change::Camera(CameraMode::Path)));
        }
        commands
    }

    /// A tour of one experiment, told by its title: it trains to its planned end while the camera goes
    /// around it, and is looked at for a moment.
    ///
    /// # Errors
    /// If it would last longer than a chapter may: with what to change.
    pub fn of_experiment(experiment: Experiment) -> Result<Self, TourError> {
        let view = &experiment.view;
        let secs = experiment.steps as f64 / view.steps_per_second + MOMENT_SECS;
        let around = |at: f64| CameraKey { secs: at * secs, pose: around(view.eye, at) };
        let chapter = ChapterFile {
            caption: experiment.heading(),
            secs,
            camera: if view.camera == Default::default() {
                vec![around(0.0), around(0.5), around(1.0)]
            } else {
                vec![]
            },
            ..ChapterFile::default()
        };
        if secs > LONGEST_SECS {
            return Err(TourError::of(&format!(
                "{} steps at {} a second take {} s; expected at most {LONGEST_SECS} s \
                 (--set view.steps_per_second={})",
                experiment.steps,
                Measured(view.steps_per_second),
                Measured(secs),
                (experiment.steps as f64 / 20.0).ceil()
            )));
        }
        let file = TourFile { title: experiment.heading(), chapters: vec![chapter] };
        Ok(Self { file: Arc::new(file), experiments: vec![Some(experiment)], phrases: Arc::default() })
    }

    /// What was checked.
    pub fn file(&self) -> &TourFile {
        &self.file
    }

    /// The chapters; at least one.
    pub fn chapters(&self) -> &[ChapterFile] {
        &self.file.chapters
    }

    /// The experiment that a chapter begins with, where it names one.
    pub fn experiment(&self, chapter: usize) -> Option<&Experiment> {
        self.experiments.get(chapter)?.as_ref()
    }

    /// The experiment that the tour begins with.
    pub fn first_experiment(&self) -> Experiment {
        match &self.experiments[0] {
            Some(experiment) => experiment.clone(),
            None => unreachable!("the first chapter of a checked tour has an experiment"),
        }
    }

    /// An experiment that follows a recorded run, if any does.
    pub fn recorded(&self) -> Option<&Experiment> {
        self.experiments.iter().flatten().find(|experiment| experiment.is_recorded())
    }

    /// The same tour of other experiments: each chapter's is changed by `change`.
    ///
    /// # Errors
    /// As `change`.
    pub fn with_experiments<E>(
        &self,
        change: impl Fn(&Experiment) -> Result<Experiment, E>,
    ) -> Result<Self, E> {
        let changed = |experiment: &Option<Experiment>| experiment.as_ref().map(&change).transpose();
        let experiments = self.experiments.iter().map(changed).collect::<Result<_, E>>()?;
        Ok(Self { experiments, ..self.clone() })
    }

    /// The same tour with other words, and the program's own words beside them.
    pub(super) fn retold(&self, phrases: Phrases, tell: impl FnOnce(&mut TourFile)) -> Self {
        let mut file = self.file().clone();
        tell(&mut file);
        Self { file: Arc::new(file), phrases: Arc::new(phrases), ..self.clone() }
    }

    /// The program's own words in the language that the tour is told in; none in its own.
    pub fn phrases(&self) -> &Arc<Phrases> {
        &self.phrases
    }

    /// How long it lasts in a film, in seconds.
    pub fn secs(&self) -> f64 {
        self.chapters().iter().map(|chapter| chapter.secs).sum()
    }
}

impl TourFile {
    /// Writes RON that [`Tour::parse`] reads back.
    pub fn to_ron(&self) -> String {
        // A cue and a camera key are a line each.
        to_pretty_ron(self, 4)
    }

    /// The files that its cues and voices name. The experiments of its chapters are names: they may be built in.
    fn paths_mut(&mut self) -> Vec<&mut PathBuf> {
        self.chapters.iter_mut().flat_map(ChapterFile::paths_mut).collect()
    }

    /// Lets each chapter that has a voice last as long as that speaks.
    fn listen(&mut self, sources: &dyn Sources) -> Result<(), TourError> {
        for (i, chapter) in self.chapters.iter_mut().enumerate() {
            let Some(voice) = chapter.voice.clone() else { continue };
            // Whatever it is that is wrong, the tour names the file by the end of its path at least.
            let name = voice.file().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
            let error = |message| TourError { named: name.map(Named::Text), message, outside: Vec::new() };
            let secs = voice.secs(sources).map_err(|why| why.to_string());
            secs.and_then(|secs| chapter.last(i + 1, secs)).map_err(error)?;
        }
        Ok(())
    }

    /// The same as a file in `folder` says it.
    pub fn saved_in(&self, folder: &Path) -> Self {
        let mut file = self.clone();
        file.paths_mut().into_iter().for_each(|path| *path = seen_from(folder, path));
        file
    }
}

/// Whether a text means to be a tour: it has chapters, or is broken and speaks of them.
pub fn is_tour(text: &str) -> bool {
    /// All that is asked here.
    #[derive(Deserialize)]
    struct Sketch {
        #[serde(rename = "chapters")]
        _chapters: serde::de::IgnoredAny,
    }
    parse_ron::<Sketch>(text, "").is_ok()
        || ExperimentFile::parse(text, "").is_err() && text.contains("chapters")
}

/// Why a tour makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct TourError {
    /// What in the file the mistake is about.
    named: Option<Named>,
    message: String,
    /// The files that it asks for and that are neither beside it nor below, where that is what is wrong.
    outside: Vec<PathBuf>,
}

/// Something in a tour's file.
#[derive(Clone, Debug, PartialEq)]
enum Named {
    /// A text that stands in it.
    Text(String),
    /// The cue of that number in the whole file, from 0.
    Cue(usize),
}

impl TourError {
    fn of(message: &str) -> Self {
        Self { named: None, message: message.to_owned(), outside: Vec::new() }
    }
}

/// Seconds that the tour of an experiment goes on after the last step.
const MOMENT_SECS: f64 = 2.0;

/// How far the camera goes around an experiment, in radians.
const AROUND: f64 = 0.9;

/// A look at everything from where an experiment is to be looked at, `share` of the way around it.
fn around((turn, below): (f64, f64), share: f64) -> crate::core::geometry::camera::Pose {
    let yaw = turn.to_radians() + AROUND * (share - 0.5);
    let fov = crate::core::geometry::camera::FOV;
    crate::core::geometry::camera::Pose {
        target: [0.0, 0.22, 0.0],
        yaw,
        pitch: -below.to_radians(),
        distance: 3.3,
        fov,
    }
}

/// The experiment that a chapter loads by its first cue, which is taken out.
fn take_loaded(chapter: &mut ChapterFile) -> Option<ExperimentFile> {
    let first = chapter.cues.first().filter(|cue| cue.when == When::At(0.0))?;
    let Command::Load(file) = &first.command else { return None };
    let file = (**file).clone();
    chapter.cues.remove(0);
    Some(file)
}

/// The experiment of that name, or in that file.
fn named_experiment(name: &str, folder: &Folder) -> Result<Experiment, TourError> {
    let named = || Some(Named::Text(format!("{name:?}")));
    let error = |message: String| TourError { named: named(), message, outside: Vec::new() };
    let file = match builtin::load(name) {
        Some(file) => file.map_err(ReadError::File),
        None if is_ron(Path::new(name)) => {
            let mut path = PathBuf::from(name);
            folder.resolve(vec![&mut path]).map_err(|error| TourError {
                named: named(),
                message: error.to_string(),
                outside: error.files,
            })?;
            ExperimentFile::read(&path, folder.access())
        }
        None => {
            let known: Vec<&str> = builtin::names().collect();
            return Err(error(format!(
                "unknown experiment {name:?}: expected {} or a .ron file",
                known.join(", ")
            )));
        }
    };
    let file = file.map_err(|why| TourError { outside: why.outside().to_vec(), ..error(why.to_string()) })?;
    let sources = &folder.access().sources;
    Experiment::reading(file, sources).map_err(|why| error(format!("{name}: {why}")))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::core::script::chapters::{Cue, Ease};

    pub(in crate::core::script) fn parsed(text: &str) -> Result<Tour, FileError> {
        Tour::parse(text, "x.ron", &Folder::default())
    }

    fn refused(text: &str) -> String {
        parsed(text).unwrap_err().to_string()
    }

    fn chapter(rest: &str) -> String {
        format!("(chapters: [\n(experiment: \"xor-model3\", secs: 4.0, {rest})])")
    }

    #[test]
    fn what_is_written_is_read_back() {
        let tour = parsed(&chapter(
            "title: \"A\", cues: [
                (when: at(0.0), command: run(restart)),
                (when: key(1.0), command: slice(alpha3(0.5)), ease: smooth(2.0)),
                (when: at(2.0), command: view(isosurface(0.2))),
            ], camera: [(secs: 0, pose: (target: (0, 0, 0), yaw: 1, pitch: -0.5, distance: 3))]",
        ))
        .unwrap();
        assert_eq!(parsed(&tour.file().to_ron()).unwrap(), tour);
        assert_eq!(tour.chapters()[0].cues[1].ease, Some(Ease::Smooth(2.0)));
        assert_eq!(tour.secs(), 4.0);
    }

    #[test]
    fn notes_of_any_length_are_read_and_written_back() {
        let notes = "First \"this\".\n\nThen\n  that: \u{e4}\u{f1}\u{bf}.\n".repeat(500);
        let tour = parsed(&chapter(&format!("notes: r#\"{notes}\"#"))).unwrap();
        assert_eq!(tour.chapters()[0].notes, notes);
        assert_eq!(parsed(&tour.file().to_ron()).unwrap(), tour);
        let without = parsed(&chapter("")).unwrap().file().to_ron();
        assert!(!without.contains("notes"), "{without}");
    }

    #[test]
    fn tours_of_before_are_read_and_written_alike() {
        let text = include_str!("../../../tests/data/tours/every-command.ron");
        let tour = parsed(text).unwrap_or_else(|error| panic!("{error}"));
        let cues: Vec<&Cue> = tour.chapters().iter().flat_map(|chapter| &chapter.cues).collect();
        assert_eq!(cues.len(), text.matches("when:").count());
        let section = Command::Set(Change::Section1(Some(0.25)));
        assert!(cues.iter().any(|cue| cue.command == section && cue.ease == Some(Ease::Linear(1.0))));
        assert_eq!(parsed(&tour.file().to_ron()).unwrap(), tour);
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let late = refused(&chapter("cues: [(when: at(5.0), command: run(restart))]"));
        assert!(late.starts_with("x.ron:2:") && late.contains("cue 1 at 5 s; expected at most 4"), "{late}");
        let order = refused(&chapter(
            "cues: [(when: at(3), command: run(restart)), (when: at(1), command: run(restart))]",
        ));
        assert!(order.contains("cue 2 at 1 s; expected not before"), "{order}");
        let nan = refused(&chapter(
            "camera: [\n(secs: 0, pose: (target: (0, NaN, 0), yaw: 1, pitch: -0.5, distance: 3))]",
        ));
        assert!(nan.starts_with("x.ron:3:") && nan.contains("camera key 1"), "{nan}");
        let missing = refused("(chapters: [\n  (experiment: \"xor-model4\", secs: 1)])");
        assert!(missing.starts_with("x.ron:2:16: unknown experiment \"xor-model4\""), "{missing}");
        let no_file = refused("(chapters: [(experiment: \"gone.ron\", secs: 1)])");
        assert!(no_file.contains("cannot read gone.ron"), "{no_file}");
        assert!(refused("(chapters: [])").contains("no chapters"));
        assert!(refused("(chapters: [(secs: 1)])").contains("no experiment"));
        assert!(refused(&chapter("capton: \"\"")).contains("capton"));
        for secs in ["0", "-1", "NaN", "inf", "1e9"] {
            let text = format!("(chapters: [(experiment: \"xor-model3\", secs: {secs})])");
            assert!(refused(&text).contains("chapter 1 lasts"), "{secs}");
        }
    }

    #[test]
    fn only_numbers_are_eased() {
        let eased = |command: &str| {
            parsed(&chapter(&format!("cues: [(when: at(0), command: {command}, ease: linear(1))]")))
        };
        for command in ["slice(rotate(30))", "view(opacity(0.5))", "run(speed(100))", "run(seek(9))"] {
            assert!(eased(command).is_ok(), "{command}: {:?}", eased(command).err());
        }
        let broken = refused(&chapter(
            "cues: [(when: at(0), command: run(restart)),\n(when: at(1), command: view(opacity(7)))]",
        ));
        assert!(broken.starts_with("x.ron:3:2: chapter 1: cue 2: view.opacity = 7"), "{broken}");
        assert!(eased("run(restart)").unwrap_err().to_string().contains("no number to ease"));
        assert!(eased("view(isosurface(None))").unwrap_err().to_string().contains("no number"));
        let at_once = refused(&chapter("cues: [(when: at(0), command: slice(alpha3(1)), ease: linear(0))]"));
        assert!(at_once.contains("eased for 0 s"), "{at_once}");
    }

    #[test]
    fn a_tour_asks_for_no_more_than_it_may() {
        let cues = |command: &str, count: usize| {
            let cue = format!("(when: at(0), command: {command}),");
            refused(&chapter(&format!("cues: [{}]", cue.repeat(count))))
        };
        assert!(cues("undo", 20_001).contains("20001 cues; expected at most 20000"));
        // Two features and a target a point.
        let large = cues("experiment(dataset(xor(points: 1000000)))), (when: at(0), command: undo", 9);
        assert!(large.contains("cue 13: it loads data of more than 20000000 numbers in all"), "{large}");
        let chapters = "(experiment: \"xor-model3\", secs: 1),".repeat(1001);
        assert!(
            refused(&format!("(chapters: [{chapters}])")).contains("1001 chapters; expected at most 1000")
        );
    }

    #[test]
    fn a_tour_is_told_from_an_experiment() {
        assert!(is_tour(&chapter("title: \"x\"")));
        assert!(is_tour("(title: \"half\", chapters: [ (secs: }"), "a broken tour is still no experiment");
        let built_in = include_str!("../../../assets/experiments/xor-model3.ron");
        assert!(!is_tour(built_in) && !is_tour("()") && !is_tour("(sede: 1)"));
    }

    #[test]
    fn the_tour_of_an_experiment_is_told_by_what_it_shows() {
        let file = ExperimentFile::parse("(title: \"Model 3 on XOR\", steps: 9)", "x.ron").unwrap();
        let mlp = crate::core::model::ModelConfig::by_name("mlp").unwrap();
        let (other, _) = Experiment::new(file.clone()).unwrap().changed(Change::Model(mlp)).unwrap();
        let untitled = ExperimentFile { title: String::new(), ..file.clone() };
        for (file, caption) in
            [(file, "Model 3 on XOR"), (other.file().clone(), "mlp on xor"), (untitled, "model3 on xor")]
        {
            let tour = Tour::of_experiment(Experiment::new(file).unwrap()).unwrap();
            assert_eq!((&tour.chapters()[0].caption[..], &tour.file().title[..]), (caption, caption));
        }
    }

    #[test]
    fn the_tour_of_an_experiment_lasts_as_long_as_its_training() {
        let experiment = |steps: &str| {
            let file = ExperimentFile::parse(&format!("(steps: {steps})"), "x.ron").unwrap();
            Experiment::new(file).unwrap()
        };
        assert_eq!(Tour::of_experiment(experiment("1000")).unwrap().secs(), 5.0 + MOMENT_SECS);
        let long = Tour::of_experiment(experiment("9000000")).unwrap_err().to_string();
        assert!(long.contains("--set view.steps_per_second=450000"), "{long}");
    }
}
