//! What commands do to a session.

use super::*;
use crate::core::data::DatasetConfig;
use crate::core::experiment::ExperimentFile;
use crate::core::optim::OptimizerConfig;
use crate::core::subspace::PlaneConfig;

fn session() -> Session {
    Session::new(Experiment::new(ExperimentFile::default()).unwrap())
}

fn at(step: u64) -> Now {
    Now { step, alpha3: 0.25 }
}

fn transport(session: &Session) -> Transport {
    session.plane_source().transport
}

#[test]
fn a_refused_command_changes_nothing_and_is_not_logged() {
    let mut session = session();
    let before = session.clone();
    let mut optimizer = OptimizerConfig::default();
    optimizer.set_lr(-1.0);
    let command = Command::Experiment(ExperimentCommand::Optimizer(optimizer));
    let error = session.apply(command, at(3)).unwrap_err();
    assert_eq!(error.to_string(), "optimizer.lr = -1: expected a finite number above 0");
    assert_eq!(session, before);
    assert!(session.apply(Command::Run(RunCommand::Speed(0.0)), at(3)).is_err());
    assert!(session.apply(Command::Slice(SliceCommand::Alpha3(f64::NAN)), at(3)).is_err());
    assert_eq!(session, before);
}

#[test]
fn what_changes_training_makes_a_new_run_and_what_does_not_keeps_it() {
    let mut session = session();
    let first = session.plane_source().id;
    session.apply(Command::Experiment(ExperimentCommand::Plane(PlaneConfig::Chord)), at(5)).unwrap();
    session.apply(Command::Experiment(ExperimentCommand::Steps(10)), at(5)).unwrap();
    assert_eq!(session.plane_source().id, first);
    let dataset = DatasetConfig::Diagonal { points: 50, noise: 0.0 };
    session.apply(Command::Experiment(ExperimentCommand::Dataset(dataset)), at(5)).unwrap();
    assert_ne!(session.plane_source().id, first);
    assert_eq!(session.runs().len(), 1);
}

#[test]
fn the_transport_holds_where_training_is() {
    let mut session = session();
    let planned = session.experiment().steps;
    assert_eq!(transport(&session), Transport::Playing { until: Some(planned) });
    let mut run = |command, step| {
        session.apply(Command::Run(command), at(step)).unwrap();
        transport(&session)
    };
    assert_eq!(run(RunCommand::Pause, 17), Transport::Held { at: 17 });
    assert_eq!(run(RunCommand::Step(1), 17), Transport::Held { at: 18 });
    assert_eq!(run(RunCommand::Seek(4), 18), Transport::Held { at: 4 });
    assert_eq!(run(RunCommand::Play, 4), Transport::Playing { until: Some(planned) });
    assert_eq!(run(RunCommand::Play, planned), Transport::Playing { until: None }, "on past the end");
    assert_eq!(run(RunCommand::Restart, 9), Transport::Playing { until: Some(planned) });
    assert_eq!(session.plane_source().starts, 1);
}

#[test]
fn a_sweep_is_held_where_it_stands() {
    let mut session = session();
    session.apply(Command::Slice(SliceCommand::Sweep(true)), at(0)).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Sweeping { from: 0.25 });
    session.apply(Command::Slice(SliceCommand::Sweep(false)), Now { step: 0, alpha3: 1.5 }).unwrap();
    assert_eq!(session.view().alpha3, Alpha3::Held(1.5));
}

#[test]
fn a_replay_of_the_log_makes_the_same_session() {
    let mut session = session();
    let commands = [
        Command::Run(RunCommand::Pause),
        Command::Slice(SliceCommand::Alpha3(0.1)),
        Command::Slice(SliceCommand::Alpha3(0.2)),
        Command::Experiment(ExperimentCommand::Seed(9)),
        Command::View(ViewCommand::FrameAll),
        Command::Run(RunCommand::Speed(1000.0)),
    ];
    for (step, command) in commands.into_iter().enumerate() {
        session.apply(command, at(step as u64 / 3)).unwrap();
    }
    assert_eq!(session.log().entries().len(), 5, "of a drag the last place is kept");
    let mut again = self::session();
    for entry in session.log().entries() {
        again.apply(entry.command.clone(), at(entry.step)).unwrap();
    }
    assert_eq!(again, session);
}

#[test]
fn another_dataset_brings_a_loss_that_fits_it() {
    let mut session = session();
    for (name, loss) in [("digits", "cross_entropy"), ("sine_regression", "mse"), ("moons", "mse")] {
        let dataset = DatasetConfig::by_name(name).unwrap();
        session.apply(Command::Experiment(ExperimentCommand::Dataset(dataset)), at(0)).unwrap();
        assert_eq!(session.experiment().loss.name(), loss, "{name}");
    }
}
