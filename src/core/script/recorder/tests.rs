//! What was recorded plays as it was.

use proptest::prelude::*;

use super::super::restore::is_alike;
use super::super::{Audience, Player, Tour};
use super::*;
use crate::core::command::{RaceStart, Ways};
use crate::core::data::{BatchSize, DatasetConfig};
use crate::core::experiment::{Change, Theme};
use crate::core::geometry::camera::FOV;
use crate::core::io::folder::{Folder, Reach};
use crate::core::optim::OptimizerConfig;
use crate::core::session::Transport;
use crate::core::session::tests::any_command;
use crate::disk::{access, sources};

const POSE: Pose = Pose { target: [0.0; 3], yaw: 0.1, pitch: -0.5, distance: 3.0, fov: FOV };

/// A session whose training keeps up with its clock.
struct Live {
    session: Session,
    secs: f64,
    step: f64,
}

impl Live {
    fn new(file: ExperimentFile) -> Self {
        let session = Session::new(Experiment::reading(file, &sources()).unwrap());
        Self { secs: 7.0, step: 0.0, session }
    }

    fn now(&self) -> Now {
        Now { step: self.step as u64, alpha3: 0.25 }
    }

    /// Whether the command went through.
    fn apply(&mut self, command: Command) -> bool {
        let before = starts(&self.session);
        let is_done = self.session.apply(command, self.now()).is_ok();
        if is_restarted(&before, &self.session) {
            self.step = 0.0;
        }
        self.settle();
        is_done
    }

    fn settle(&mut self) {
        if let Transport::Held { at } = self.session.plane_source().transport {
            self.step = at as f64;
        }
    }

    fn go(&mut self, dt: f64) {
        self.secs += dt;
        self.step += match self.session.plane_source().transport {
            Transport::Playing { until } => {
                let room = until.map_or(f64::INFINITY, |until| until as f64 - self.step).max(0.0);
                (dt * self.session.look().steps_per_second).min(room)
            }
            Transport::Converging { .. } => 5.0,
            Transport::Held { .. } => 0.0,
        };
        self.settle();
    }
}

/// A recording: what was seen, and the steps at which commands without a number went through.
#[derive(Default)]
struct Flight {
    seen: Vec<(f64, u64)>,
    steps: Vec<u64>,
}

impl Flight {
    /// Records `live` while commands come in the frames they are named with.
    fn record(live: &mut Live, commands: &[(u32, Command)], frames: u32, fps: f64) -> (Self, TourFile) {
        let began = live.secs;
        let mut recorder = Recorder::begin(&live.session, began, live.now().step, &POSE);
        let mut flight = Self::default();
        for frame in 0..frames {
            let pose = POSE.turned(0.3 * (live.secs - began), 0.0);
            recorder.see(live.secs, live.now().step, &pose);
            flight.seen.push((live.secs - began, live.now().step));
            for (_, command) in commands.iter().filter(|(when, _)| *when == frame) {
                let (step, is_plain) = (live.now().step, !is_told_otherwise(command));
                if live.apply(command.clone()) {
                    recorder.note(&live.session);
                    flight.seen.push((live.secs - began, live.now().step));
                    let is_change = !matches!(command, Command::Undo | Command::Redo);
                    if is_plain && is_change && number_of(command).is_none() {
                        flight.steps.push(step);
                    }
                }
            }
            live.go(1.0 / fps);
        }
        recorder.see(live.secs, live.now().step, &POSE.turned(0.3 * (live.secs - began), 0.0));
        assert_eq!(recorder.untold(), None);
        flight.seen.push((live.secs - began, live.now().step));
        (flight, recorder.finish())
    }

    /// The lowest and the highest step seen about a time.
    fn steps_about(&self, secs: f64, slack: f64) -> (u64, u64) {
        let near = self.seen.iter().filter(|(at, _)| (at - secs).abs() <= slack).map(|(_, step)| *step);
        near.fold((u64::MAX, 0), |(low, high), step| (low.min(step), high.max(step)))
    }
}

/// The session as a film of the tour leaves it; each frame's time and step, and the steps at which
/// commands without a number went through.
fn filmed(file: &TourFile, fps: u32) -> (Live, Vec<(f64, u64)>, Vec<u64>) {
    let tour =
        Tour::parse(&file.to_ron(), "x.ron", &Folder::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut live = Live::new(tour.first_experiment().file().clone());
    let frames = (tour.secs() * f64::from(fps)).round() as u32;
    let mut player = Player::new(tour, Audience::Film);
    let (mut seen, mut steps) = (Vec::new(), Vec::new());
    for frame in 0..frames {
        let dt = if frame == 0 { 0.0 } else { 1.0 / f64::from(fps) };
        for command in player.advance(dt, &live.session, live.now()).commands {
            if !is_told_otherwise(&command) && number_of(&command).is_none() {
                steps.push(live.now().step);
            }
            let text = format!("{command:?}");
            assert!(live.apply(command), "{text} was refused");
        }
        live.go(dt);
        seen.push((f64::from(frame) / f64::from(fps), live.now().step));
    }
    (live, seen, steps)
}

fn small() -> ExperimentFile {
    ExperimentFile { dataset: DatasetConfig::Xor { points: 20, noise: 0.0 }, ..ExperimentFile::default() }
}

fn optimizer(lr: f64) -> OptimizerConfig {
    let mut optimizer = OptimizerConfig::default();
    optimizer.set_lr(lr);
    optimizer
}

#[test]
fn a_flight_plays_as_it_was_at_any_frame_rate() {
    let mut live = Live::new(small());
    let run = Command::Run;
    // It begins in the middle of a race, with names of runs that no fresh session has.
    for command in [
        Command::Set(Change::Seed(3)),
        Command::Set(Change::Seed(4)),
        Command::Set(Change::Theme(Theme::Light)),
        run(RunCommand::race(optimizer(0.5), RaceStart::Same)),
        run(RunCommand::race(
            Ways { batch: Some(BatchSize::Size(8)), ..optimizer(0.25).into() },
            RaceStart::Slice(vec![0.5, 0.5]),
        )),
    ] {
        assert!(live.apply(command));
    }
    let names: Vec<RunId> = live.session.runs().iter().map(|run| run.id).collect();
    assert!(live.apply(run(RunCommand::Lead(names[1]))));
    assert!(live.apply(run(RunCommand::Seek(90))));
    let alpha3 = |frame: u32| (frame, Command::Set(Change::Alpha3(f64::from(frame) * 0.01)));
    let mut commands = vec![
        (20, run(RunCommand::Play)),
        (70, Command::Set(Change::Speed(900.0))),
        (100, Command::View(ViewCommand::Select(Some(vec![0.5, 0.25])))),
        (110, run(RunCommand::Retire(names[2]))),
        (130, Command::Undo),
        (150, run(RunCommand::Lead(names[0]))),
        (160, run(RunCommand::Seek(31))),
        (300, Command::Set(Change::Seed(9))),
        (330, run(RunCommand::Restart)),
        (400, Command::Set(Change::Theme(Theme::Dark))),
    ];
    commands.extend((200..260).map(alpha3));
    let (flight, file) = Flight::record(&mut live, &commands, 480, 60.0);
    for fps in [24, 30, 60] {
        let (film, seen, steps) = filmed(&file, fps);
        assert!(is_alike(&film.session, &live.session), "{fps}");
        assert_eq!(film.now().step, live.now().step, "{fps}");
        let opening = steps.len() - flight.steps.len() - 1;
        // The one that was taken back is told as a race that one run joins again.
        let mut told = steps[opening..].to_vec();
        told.remove(2);
        assert_eq!(told, flight.steps, "{fps}");
        for (secs, step) in seen {
            let (low, high) = flight.steps_about(secs, 0.05);
            assert!(
                low == u64::MAX || (low.saturating_sub(1)..=high + 1).contains(&step),
                "{fps}: {secs} {step} {low} {high}"
            );
        }
    }
    let cues = file.chapters[0].cues.len();
    assert!(cues < 60, "a drag is few cues, and so is training: {cues}");
    let line = "(when: at(1.667), command: view(select([0.5, 0.25]))),";
    assert!(file.to_ron().lines().any(|told| told.trim() == line), "{}", file.to_ron());
}

#[test]
fn a_tour_begins_with_the_built_in_experiment_that_it_is_about() {
    let mut live = Live::new(builtin::load(builtin::DEFAULT).unwrap().unwrap());
    assert!(live.apply(Command::Set(Change::Opacity(0.5))));
    let file = moment(&live.session, 12, &POSE);
    let chapter = &file.chapters[0];
    assert_eq!(chapter.experiment.as_deref(), Some(builtin::DEFAULT));
    let commands: Vec<&Command> = chapter.cues.iter().map(|cue| &cue.command).collect();
    assert_eq!(commands, [&Command::Set(Change::Opacity(0.5)), &seek(12.0)]);
    assert_eq!(chapter.camera.len(), 1);
    let (film, ..) = filmed(&file, 30);
    assert!(is_alike(&film.session, &live.session));
}

#[test]
fn what_is_taken_back_beyond_the_beginning_is_told_as_what_it_amounts_to() {
    let mut live = Live::new(small());
    for seed in 1..4 {
        assert!(live.apply(Command::Set(Change::Seed(seed))));
    }
    let commands = [(10, Command::Undo), (20, Command::Undo), (30, Command::Redo)];
    let (_, file) = Flight::record(&mut live, &commands, 60, 30.0);
    let seeds: Vec<&Command> = file.chapters[0].cues.iter().map(|cue| &cue.command).collect();
    let seed = |seed| Command::Set(Change::Seed(seed));
    assert!([2, 1, 2].map(seed).iter().all(|command| seeds.contains(&command)), "{seeds:?}");
    assert!(is_alike(&filmed(&file, 24).0.session, &live.session));
}

#[test]
fn a_run_that_is_gone_already_is_not_ended_under_another_name() {
    let mut live = Live::new(small());
    let race = |lr| Command::Run(RunCommand::race(optimizer(lr), RaceStart::Same));
    let name_there = {
        let (_, file) = Flight::record(&mut live, &[(0, race(0.5))], 20, 40.0);
        filmed(&file, 30).0.session.runs()[1].id
    };
    assert!(live.session.runs().iter().all(|run| run.id != name_there), "the names are told apart");
    let mut live = Live::new(small());
    let retire = Command::Run(RunCommand::Retire(name_there));
    let (_, file) = Flight::record(&mut live, &[(0, race(0.5)), (7, retire)], 40, 40.0);
    let (film, ..) = filmed(&file, 30);
    assert!(is_alike(&film.session, &live.session), "{}", file.to_ron());
    assert_eq!(film.session.runs().len(), 2);
}

/// A table of the exclusive or, as an experiment's data.
fn table(folder: &tempfile::TempDir) -> (std::path::PathBuf, DatasetConfig) {
    let path = folder.path().join("gone.csv");
    std::fs::write(&path, "0,0,0\n0,1,1\n1,0,1\n1,1,0\n").unwrap();
    let dataset = DatasetConfig::by_name(path.to_str().unwrap()).unwrap();
    (path, dataset)
}

/// The tour of a recording, which loads, and why it does not tell all.
fn told(recorder: Recorder) -> (TourFile, Option<String>) {
    let untold = recorder.untold().map(str::to_owned);
    let file = recorder.finish();
    let folder = Folder::of("x.ron".as_ref(), &access(Reach::Anywhere));
    Tour::parse(&file.to_ron(), "x.ron", &folder).unwrap_or_else(|error| panic!("{error}"));
    (file, untold)
}

#[test]
fn a_command_that_is_refused_where_the_tour_plays_is_not_told_and_the_tour_loads() {
    let folder = tempfile::tempdir().unwrap();
    let (path, dataset) = table(&folder);
    let mut live = Live::new(small());
    let mut recorder = Recorder::begin(&live.session, live.secs, 0, &POSE);
    assert!(live.apply(Command::Set(Change::Dataset(dataset.clone()))));
    std::fs::remove_file(&path).unwrap();
    recorder.note(&live.session);
    assert!(live.apply(Command::Set(Change::Opacity(0.5))));
    recorder.note(&live.session);
    let (file, untold) = told(recorder);
    let commands: Vec<&Command> = file.chapters[0].cues.iter().map(|cue| &cue.command).collect();
    assert!(!commands.contains(&&Command::Set(Change::Dataset(dataset))), "{commands:?}");
    assert!(commands.contains(&&Command::Set(Change::Opacity(0.5))), "what can be told is told");
    assert!(untold.unwrap().contains("gone.csv"));
}

#[test]
fn data_that_are_gone_and_come_back_by_undo_are_told_as_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, dataset) = table(&folder);
    let mut live = Live::new(ExperimentFile { dataset, ..ExperimentFile::default() });
    assert!(live.apply(Command::Set(Change::Dataset(small().dataset))));
    let mut recorder = Recorder::begin(&live.session, live.secs, 0, &POSE);
    assert_eq!(recorder.untold(), None);
    std::fs::remove_file(&path).unwrap();
    assert!(live.apply(Command::Undo));
    recorder.note(&live.session);
    let (_, untold) = told(recorder);
    assert!(untold.unwrap().contains("gone.csv"));
    // Begun where the data are gone already, a recording plays once they are back.
    let recorder = Recorder::begin(&live.session, live.secs, 0, &POSE);
    assert!(recorder.untold().unwrap().contains("gone.csv"));
    table(&folder);
    told(recorder);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn whatever_was_done_a_film_ends_where_it_ended(
        before in prop::collection::vec(any_command(), 0..12),
        during in prop::collection::vec((0..90_u32, any_command()), 0..30),
    ) {
        let mut live = Live::new(small());
        for command in before {
            live.apply(command);
        }
        let (_, file) = Flight::record(&mut live, &during, 100, 40.0);
        for fps in [24, 30, 60] {
            let (film, ..) = filmed(&file, fps);
            prop_assert!(is_alike(&film.session, &live.session), "{fps}\n{}", file.to_ron());
            prop_assert_eq!(film.now().step, live.now().step);
        }
    }
}
