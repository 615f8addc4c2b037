//! The one system that writes the session: commands go through it in the order in which they came.
//!
//! A command that poses another problem waits until its examples are drawn or read, and those after it wait with it.

use std::collections::VecDeque;
use std::time::Duration;

use bevy::prelude::*;

use super::executor::{Executor, News, Task};
use super::recording::Recording;
use super::session::{Ask, Coming, Notice, Refusal, SessionState};
use super::slice::Shown;
use super::training::Training;
use crate::core::command::Command;
use crate::core::session::{Now, Preparation, Prepared, Session};

/// Commands that were not applied yet.
#[derive(Resource, Default)]
pub struct Waiting {
    commands: VecDeque<Command>,
    /// What is prepared for the first of them.
    preparation: Option<Task<Preparation>>,
}

/// How long the frame in which something is prepared waits for it: most data are there by then, and the wait is
/// too short to be felt.
const PATIENCE: Duration = Duration::from_millis(9);

impl Waiting {
    /// Whether anything is being prepared.
    pub fn is_busy(&self) -> bool {
        self.preparation.is_some()
    }

    /// Whether nothing waits to be applied.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// The next command that can be applied, with what was prepared for it, or was foreseen. One whose preparation
    /// ended by a mistake is none.
    fn next(
        &mut self,
        session: &Session,
        coming: &mut Coming,
        executor: &Executor,
    ) -> Option<(Command, Option<Prepared>)> {
        loop {
            let command = self.commands.front()?;
            let mut patience = Duration::ZERO;
            if self.preparation.is_none() {
                if let Some(prepared) = coming.0.as_mut().and_then(|seen| seen.prepared(session, command)) {
                    return Some((self.commands.pop_front()?, Some(prepared)));
                }
                let preparation = session.preparation(command);
                self.preparation = preparation.map(|job| executor.start("preparation of the data", job));
                patience = PATIENCE;
            }
            let Some(task) = &mut self.preparation else { return Some((self.commands.pop_front()?, None)) };
            match task.take_within(executor, patience, |_| true).into_iter().next() {
                None => return None,
                Some(News::Found(prepared)) => {
                    self.preparation = None;
                    return Some((self.commands.pop_front()?, Some(prepared)));
                }
                Some(News::Ended(_) | News::Failed(_)) => {
                    self.preparation = None;
                    self.commands.pop_front();
                }
            }
        }
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Waiting>().add_systems(Update, apply_commands.in_set(super::Step::Commands));
}

pub(super) fn apply_commands(
    mut asked: MessageReader<Ask>,
    executor: Executor,
    mut waiting: ResMut<Waiting>,
    mut session: ResMut<SessionState>,
    mut coming: ResMut<Coming>,
    mut refusal: ResMut<Refusal>,
    mut notice: ResMut<Notice>,
    mut recording: ResMut<Recording>,
    training: Res<Training>,
    shown: Res<Shown>,
) {
    let now = Now { step: training.step(), alpha3: shown.alpha3 };
    if !asked.is_empty() {
        executor.forgive();
    }
    let waiting = waiting.bypass_change_detection();
    waiting.commands.extend(asked.read().map(|Ask(command)| command.clone()));
    // Whoever looks ahead says so himself.
    let coming = coming.bypass_change_detection();
    let mut refused = None;
    let mut is_applied = false;
    let mut told: Option<Vec<String>> = None;
    while let Some((command, prepared)) = waiting.next(&session, coming, &executor) {
        is_applied = true;
        let answer = session.0.apply_prepared(command.clone(), now, prepared);
        if let (Ok(_), Some(recorder)) = (&answer, &mut recording.0) {
            recorder.note(&session.0);
        }
        if let Ok(words) = &answer
            && (command.is_change() || matches!(command, Command::Undo | Command::Redo))
        {
            let words = Some(words.to_string()).filter(|words| !words.is_empty());
            told.get_or_insert_default().extend(words);
        }
        refused = refused.or(answer.err());
    }
    if is_applied {
        refusal.0 = refused;
    }
    if let Some(words) = told {
        notice.set_if_neq(Notice((!words.is_empty()).then(|| words.join("; "))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::data::{DatasetConfig, config::generated};
    use crate::core::experiment::{Change, Experiment, ExperimentFile};
    use crate::scene::executor::{Jobs, Mode};
    use crate::scene::{Pacing, computing, session};

    fn app(mode: Mode) -> App {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, computing));
        app.insert_resource(Pacing::Live).insert_resource(Jobs::new(mode));
        session::begin(&mut app, Experiment::new(ExperimentFile::default()).unwrap());
        app
    }

    fn ask(app: &mut App, command: Command) {
        app.world_mut().write_message(Ask(command));
    }

    fn is_so(app: &App, dataset: &DatasetConfig, seed: u64) -> bool {
        let experiment = app.world().resource::<SessionState>().experiment().file();
        experiment.dataset == *dataset && experiment.seed == seed
    }

    #[test]
    fn examples_are_drawn_by_a_job_and_later_commands_wait_for_it() {
        for (mode, drawn_here) in [(Mode::Threads, 0), (Mode::Budget(Duration::ZERO), 2)] {
            let mut app = app(mode);
            let mut dataset = DatasetConfig::by_name("diagonal").unwrap();
            dataset.set_points(50_000);
            ask(&mut app, Command::Set(Change::Dataset(dataset.clone())));
            ask(&mut app, Command::Set(Change::Seed(7)));
            ask(&mut app, Command::Set(Change::Speed(3.0)));
            let before = generated();
            let mut frames = 0;
            while !is_so(&app, &dataset, 7) || app.world().resource::<Waiting>().is_busy() {
                let speed = app.world().resource::<SessionState>().look().steps_per_second;
                assert!(is_so(&app, &dataset, 7) || speed != 3.0, "in the order in which they came");
                // Only what applies commands: the rest of a frame is not of interest here.
                app.world_mut().run_system_cached(apply_commands).unwrap();
                frames += 1;
                assert!(frames < 100_000, "never applied");
                std::thread::sleep(Duration::from_micros(100));
            }
            assert_eq!(generated() - before, drawn_here, "{mode:?}: examples drawn by this thread");
            let session = app.world().resource::<SessionState>();
            assert_eq!(session.look().steps_per_second, 3.0);
            assert_eq!(session.log().entries().len(), 3);
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_once_that_is_known() {
        let mut app = app(Mode::Threads);
        let mut dataset = DatasetConfig::by_name("diagonal").unwrap();
        dataset.set_points(0);
        ask(&mut app, Command::Set(Change::Dataset(dataset)));
        for _ in 0..10_000 {
            app.world_mut().run_system_cached(apply_commands).unwrap();
            if let Some(refusal) = &app.world().resource::<Refusal>().0 {
                assert!(refusal.to_string().starts_with("dataset.points = 0"), "{refusal}");
                return;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        panic!("nothing was refused");
    }
}
