use std::fs::File;

use super::*;
use crate::core::experiment::{CourseError, pipeline};
use crate::core::formats::archive::write_run;
use crate::core::io::npy;
use crate::core::subspace::{Place, PlaneConfig};
use crate::core::train::TrainingRun;
use crate::disk::{access, sources};

fn experiment(text: &str) -> Experiment {
    Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap()
}

/// A run of the experiment to its end, and the same read back.
fn baked(own: &Experiment) -> (TrainingRun, RecordedRun) {
    let run = pipeline::train(own, |_| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.npz");
    write_run(File::create(&path).unwrap(), own, &run.course()).unwrap();
    (run, read_run(&path, &access(Reach::Below)).unwrap())
}

/// All that a run has passed, to the bit: a theta may be no number.
fn bits(run: &TrainingRun) -> Vec<(u64, Vec<u64>, u64, u64)> {
    let bits = |point: &Checkpoint| {
        let theta = point.theta.iter().map(|v| v.to_bits()).collect();
        (point.step, theta, point.loss.to_bits(), point.grad_norm.to_bits())
    };
    run.closed_trajectory().checkpoints().iter().map(bits).collect()
}

#[test]
fn a_run_that_is_read_back_is_passed_to_the_bit() {
    let own = experiment("(dataset: moons(points: 40), steps: 60, batch: size(8), optimizer: adam())");
    let (run, RecordedRun { experiment: read, course, .. }) = baked(&own);
    assert_eq!(course.trajectory().checkpoints(), run.trajectory().checkpoints());
    let along = own.clone().along(&read, Arc::clone(&course)).unwrap();
    let mut again = along.start_run().unwrap();
    again.advance(60);
    assert_eq!(again.trajectory().checkpoints(), run.trajectory().checkpoints());
    again.seek(17);
    assert_eq!(Some(again.latest()), run.checkpoint_at(17));
    // Another look keeps the run, another training does not.
    let looked = along.with(|file| file.view.alpha3 = 0.5).unwrap();
    assert!(looked.start_run().unwrap().plan().course.is_some());
    let other = along.with(|file| file.optimizer.set_lr(0.5)).unwrap();
    assert!(other.start_run().unwrap().plan().course.is_none());
    let refused = other.along(&read, Arc::clone(&course)).unwrap_err();
    assert!(refused.to_string().contains("optimizer"), "{refused}");
    let longer = own.with(|file| file.steps = 61).unwrap().along(&read, course);
    assert_eq!(longer.unwrap_err(), CourseError::Short { end: 60, steps: 61 });
}

#[test]
fn the_end_of_a_run_is_a_point_like_others() {
    let own = experiment("(dataset: xor(points: 20), steps: 30, optimizer: sgd(lr: 0.5))");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.NPZ");
    let write = |own: &Experiment| {
        let run = pipeline::train(own, |_| {}).unwrap();
        write_run(File::create(&path).unwrap(), own, &run.course()).unwrap();
        run
    };
    let run = write(&own);
    let dim = run.latest().theta.len();
    let point = |dim| npy::read_theta(&crate::disk::Files, &path, dim).map_err(|error| error.expected(dim));
    assert_eq!(point(dim).unwrap(), run.latest().theta.to_vec());
    let text = point(dim + 1).unwrap_err();
    assert!(text.contains("a run of such a model (.npz)") && text.contains("shape [31, 13]"), "{text}");
    // A line from one run's end to another's: alpha1 is 0 at the one and 1 at the other.
    let line = own.with(|file| {
        let (from, to) = (Place::File(path.clone()), Place::End);
        (file.seed, file.slice.plane) = (1, PlaneConfig::Line { from, to });
    });
    let plan = pipeline::run(&line.unwrap()).unwrap().plan;
    let at = |theta: &[f64]| plan.plane.subspace.project(theta).alpha[0];
    assert!(at(&run.latest().theta).abs() < 1e-12);
    assert!((at(&plan.trajectory.last().unwrap().theta) - 1.0).abs() < 1e-12);
    // Of one that diverged it is the last point that is finite.
    let wild = write(&experiment("(surface: rosenbrock, steps: 30, optimizer: sgd(lr: 1.0))"));
    let finite = wild.trajectory().finite_thetas().last().map(|theta| theta.to_vec()).unwrap();
    assert!(wild.diverged_at().is_some());
    assert_eq!(point(2).unwrap(), finite);
}

/// Small experiments of all kinds; in most of them training runs away, in some in a step's own examples only.
/// Below `//csv:` stands the table that the path means.
fn experiments() -> Vec<String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let files = ["runs", "pipeline"].map(|name| std::fs::read_dir(data.join(name)).unwrap());
    files.into_iter().flatten().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

/// The experiment of such a text, unless it is refused; its slice plays no part.
fn wild(text: &str, folder: &Path) -> Option<Experiment> {
    let (experiment, table) = text.split_once("//csv:").unwrap_or((text, ""));
    std::fs::write(folder.join("points.csv"), table).unwrap();
    let inside = Folder::of(&folder.join("x.ron"), &access(Reach::Below));
    let file = ExperimentFile::parse_in(experiment, "x.ron", &inside).unwrap();
    let file = ExperimentFile { slice: Default::default(), view: Default::default(), ..file };
    Experiment::reading(file, &sources()).ok()
}

#[test]
fn an_experiment_follows_its_own_run_however_that_ends() {
    let (mut diverged, mut followed_runs) = (0, 0);
    let texts = experiments();
    assert!(texts.len() > 10);
    for text in &texts {
        let folder = tempfile::tempdir().unwrap();
        let Some(own) = wild(text, folder.path()) else { continue };
        let (run, read) = baked(&own);
        let along = own.clone().along(&read.experiment, Arc::clone(&read.course));
        let along = along.unwrap_or_else(|error| panic!("{text}: {error}"));
        let followed = pipeline::train(&along, |_| {}).unwrap();
        assert_eq!(bits(&followed), bits(&run), "{text}");
        assert_eq!(followed.diverged_at(), run.diverged_at(), "{text}");
        diverged += usize::from(run.diverged_at().is_some());
        followed_runs += 1;
        // A change of the look keeps the run, wherever it ended.
        let looked = along.with(|file| file.view.alpha3 = 0.5).unwrap();
        assert!(looked.is_recorded(), "{text}");
    }
    assert!(diverged >= 4 && followed_runs >= 8, "{diverged} of {followed_runs}");
}

const TABLE: &str = "0,0,0\n0,1,2\n1,0,1\n1,1,0\n2,2,2\n3,1,1\n";

#[test]
fn a_run_carries_its_data_and_points_and_opens_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("points.csv"), TABLE).unwrap();
    // One hidden unit of two features, three classes: 2 + 1 + 3 + 3 parameters.
    for (name, by) in [("a.npy", 1.0), ("b.npy", 2.0)] {
        let theta: Vec<f64> = (0..9).map(|i| by * f64::from(i).sin()).collect();
        npy::write_theta(File::create(at(name)).unwrap(), &theta).unwrap();
    }
    let text =
        "(dataset: csv(path: \"points.csv\"), model: mlp(widths: [1]), loss: cross_entropy, held_out: 0.3,
        steps: 20, slice: (plane: points(a: file(\"a.npy\"), b: file(\"b.npy\"), c: end)))";
    let inside = Folder::of(&at("my.ron"), &access(Reach::Below));
    let own =
        Experiment::reading(ExperimentFile::parse_in(text, "my.ron", &inside).unwrap(), &sources()).unwrap();
    let run = pipeline::train(&own, |_| {}).unwrap();
    let path = at("run.npz");
    write_run(File::create(&path).unwrap(), &own.saved_in(folder.path()), &run.course()).unwrap();
    for name in ["points.csv", "a.npy", "b.npy"] {
        std::fs::write(at(name), "9,9,0\n8,8,1\n").unwrap();
    }
    let read = read_run(&path, &access(Reach::Below)).unwrap();
    assert!(read.experiment.has_data_of(&own));
    assert_eq!(read.experiment.named_points(), own.named_points());
    assert_eq!(
        read.experiment.supervised().unwrap().train().target(),
        own.supervised().unwrap().train().target()
    );
    let along = read.experiment.clone().along(&read.experiment, Arc::clone(&read.course)).unwrap();
    assert_eq!(bits(&pipeline::train(&along, |_| {}).unwrap()), bits(&run));
    assert!(read.differs_today(), "another table is there, of two classes");
    std::fs::write(at("points.csv"), "0,0.5\n1,0.25\n").unwrap();
    assert!(read.differs_today(), "a table that the experiment makes no sense of");
    std::fs::write(at("points.csv"), TABLE.replace("3,1,1", "3,1,2")).unwrap();
    assert!(read.differs_today());
    std::fs::write(at("points.csv"), TABLE).unwrap();
    assert!(!read.differs_today());
    std::fs::remove_file(at("points.csv")).unwrap();
    assert!(!read.differs_today(), "there is nothing to compare");
}

/// As it was told, scaled and named in training, so it is when it is shown.
#[test]
fn labels_scaling_and_what_was_said_of_it_come_back_with_the_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flowers.csv");
    let rows: Vec<String> = (0..24)
        .map(|i| format!("{},{},{}", 10 * i, 300 - i * i, ["rose", "elder", "tulip"][i % 3]))
        .collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let own = experiment(&format!(
        "(dataset: csv(path: {path:?}), loss: cross_entropy, model: mlp(widths: [3]), held_out: 0.25,
          standardize: true, steps: 5)"
    ));
    let (_, read) = baked(&own);
    std::fs::remove_file(&path).unwrap();
    let splits = |experiment: &Experiment| {
        let objective = experiment.problem();
        objective.data().map(|data| data.unwrap().clone())
    };
    for (own, read) in splits(&own).into_iter().zip(splits(&read.experiment)) {
        assert_eq!(read.labels(), ["elder", "rose", "tulip"]);
        assert_eq!(
            (read.labels(), read.scaling(), read.target()),
            (own.labels(), own.scaling(), own.target())
        );
        assert_eq!((read.x(), read.y(), &read.name), (own.x(), own.y(), &own.name));
    }
    let scaled = "each input is brought to mean 0 and deviation 1, by the 18 rows trained on";
    for experiment in [&own, &read.experiment] {
        assert!(experiment.notes().iter().any(|note| note == scaled), "{:?}", experiment.notes());
    }
}

#[test]
fn an_experiment_whose_files_are_gone_is_shown_on_what_its_run_carries() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("points.csv"), TABLE).unwrap();
    let own =
        experiment(&format!("(dataset: csv(path: {:?}), loss: cross_entropy, steps: 5)", path("points.csv")));
    let (_, read) = baked(&own);
    assert!(read.standing_in_for(own.file()).is_none(), "the table is there");
    std::fs::remove_file(path("points.csv")).unwrap();
    let mut moved = own.file().clone();
    *moved.dataset.path_mut().unwrap() = path("moved.csv");
    moved.view.alpha3 = 0.5;
    let (shown, gone) = read.standing_in_for(&moved).unwrap();
    assert_eq!((gone, shown.view.alpha3), (vec![path("moved.csv")], 0.5));
    assert!(shown.has_data_of(&own) && shown.along(&read.experiment, Arc::clone(&read.course)).is_ok());
    moved.seed += 1;
    assert!(read.standing_in_for(&moved).is_none(), "it is not the run of that");
}

#[test]
fn what_is_no_run_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npz");
    let refused = || read_run(&path, &access(Reach::Below)).unwrap_err().to_string();
    assert!(refused().contains("x.npz"), "{}", refused());
    std::fs::write(&path, "no archive").unwrap();
    assert!(refused().contains("losscape train"), "{}", refused());
}
