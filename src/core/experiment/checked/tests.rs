use super::*;
use crate::core::data::DatasetConfig;
use crate::core::experiment::builtin;
use crate::core::experiment::file::{Resolution, SliceFile};
use crate::core::num::{Advance, Job};
use crate::core::subspace::PlaneConfig;
use crate::disk::sources;

fn refused(change: impl FnOnce(&mut ExperimentFile)) -> String {
    let mut file = ExperimentFile::default();
    change(&mut file);
    Experiment::reading(file, &sources()).unwrap_err().to_string()
}

#[test]
fn values_without_sense_are_refused_by_name() {
    let cases = [
        (refused(|f| f.optimizer.set_lr(-0.1)), "optimizer.lr = -0.1: expected a finite number above 0"),
        (refused(|f| f.dataset.set_points(0)), "dataset.points = 0: expected 1 to 1000000"),
        (
            refused(|f| f.batch = BatchSize::Size(501)),
            "batch = 501: expected 1 to the 500 training points, or full",
        ),
        (refused(|f| f.steps = 0), "steps = 0: expected 1 to 10000000"),
        (refused(|f| f.view.clip = Some(f64::NAN)), "view.clip = NaN: expected a finite loss above 0"),
        (
            refused(|f| f.slice.grid = Resolution([1_000_000, 1_000_000])),
            "slice.grid = 1000000x1000000: expected at most 8192 cells a side and 16777216 in all",
        ),
        (
            refused(|f| f.slice.grid = Resolution([8193, 9])),
            "slice.grid = 8193x9: expected at most 8192 cells a side and 16777216 in all",
        ),
        (
            refused(|f| f.slice.volume = Resolution([9, 8193, 9])),
            "slice.volume = 8193: expected at most 8192 cells a side",
        ),
        (
            refused(|f| f.slice.volume = Resolution([2, 2, 257])),
            "slice.volume = 257: expected at most 256 layers along alpha3",
        ),
        (
            refused(|f| f.slice.range = Some(vec![(5.0, -4.0), (0.0, 1.0)])),
            "slice.range = 5:-4 of alpha1: expected two finite numbers, the first below the second",
        ),
        (
            refused(|f| f.slice.range = Some(vec![])),
            "slice.range = 0 ranges: expected 2 or 3 ranges, one for each axis",
        ),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

/// As [`refused`], from text that stands between the brackets of a file.
fn refused_text(fields: &str) -> String {
    let file = ExperimentFile::parse(&format!("({fields})"), "x.ron").unwrap();
    Experiment::reading(file, &sources()).unwrap_err().to_string()
}

#[test]
fn settings_without_sense_are_refused_by_their_path() {
    let cases = [
        ("dataset: spirals(arms: 9)", "dataset.arms = 9: expected 2 to 5"),
        ("dataset: moons(noise: -0.5)", "dataset.noise = -0.5: expected a finite number of at least 0"),
        (
            "optimizer: adam(betas: (0.9, 1.0))",
            "optimizer.betas = 1: expected a number of at least 0 and below 1",
        ),
        ("schedule: step(step_size: 0)", "schedule.step_size = 0: expected 1 to 1000000000 steps"),
        ("held_out: 1.0", "held_out = 1: expected a share of at least 0 and below 1"),
        (
            "dataset: xor(points: 1), held_out: 0.5",
            "held_out = 0.5: expected 0, since there is 1 example only",
        ),
        ("batch: size(376), held_out: 0.25", "batch = 376: expected 1 to the 375 training points, or full"),
    ];
    for (fields, expected) in cases {
        assert_eq!(refused_text(fields), expected, "{fields}");
    }
}

#[test]
fn parts_that_do_not_fit_together_are_refused() {
    let cases = [
        ("dataset: blobs()", "loss = mse: expected cross_entropy, since the targets of blobs are 3 classes"),
        (
            "dataset: sine_regression(), loss: bce_with_logits",
            "loss = bce_with_logits: expected mse or huber, since the targets of sine_regression are \
             real numbers",
        ),
        (
            "dataset: linear_regression(), model: model1",
            "model = model1: expected a model of at least 2 parameters, not 1",
        ),
        (
            "model: mlp(widths: [8, 0])",
            "model.widths = [8, 0]: expected 1 to 8192, but layer 2 has a width of 0",
        ),
        (
            "model: mlp(widths: [1000, 1000])",
            "model.widths = [1000, 1000]: expected at most 1000000, but a model of 1005001 parameters",
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(refused_text(fields), expected, "{fields}");
    }
}

#[test]
fn a_file_that_is_no_table_is_refused_with_its_name_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    let config = DatasetConfig::by_name(path.to_str().unwrap()).unwrap();
    let with = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Experiment::reading(ExperimentFile { dataset: config.clone(), ..Default::default() }, &sources())
    };
    let error = with("x,y,label\n1,2,0\n3,,1\n").unwrap_err().to_string();
    let place = format!("dataset.path = {}: expected a table of numbers, but", path.display());
    assert_eq!(error, format!("{place} line 3, column 2 (y) is empty; expected a number"));
    // Once checked, an experiment no longer needs the file.
    let experiment = with("1,2,0\n3,4,1\n").unwrap();
    let other = with("1,2,0\n3,4,1\n5,6,1\n").unwrap();
    assert!(experiment.training_question() != other.training_question());
    std::fs::remove_file(&path).unwrap();
    let changed = experiment.with(|file| file.steps = 7).unwrap();
    assert_eq!(changed.start_run().unwrap().objective().examples(), 2);
    assert_eq!(changed.training_question(), experiment.training_question());
}

#[test]
fn held_out_examples_come_off_the_training_split() {
    let text = "(dataset: blobs(points: 120), loss: cross_entropy, model: mlp(), held_out: 0.25)";
    let experiment = Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
    let objective = experiment.objective().unwrap();
    assert_eq!((objective.examples(), objective.supervised().unwrap().held_out().unwrap().rows()), (90, 30));
    let mut run = experiment.start_run().unwrap();
    let start = run.latest().theta;
    run.advance(200);
    let end = run.latest().theta;
    let loss = |theta: &[f64]| objective.supervised().unwrap().held_out_loss(theta).unwrap();
    assert!(loss(&end) < 0.5 * loss(&start), "{} {}", loss(&end), loss(&start));
    assert!(objective.supervised().unwrap().held_out_accuracy(&end).unwrap() > 0.8);
}

#[test]
fn a_plane_holds_the_trail_however_slanted_its_axes_are() {
    let ranges = |plane: PlaneConfig| {
        let mut file = builtin::load(builtin::DEFAULT).unwrap().unwrap();
        file.slice = SliceFile {
            plane,
            grid: Resolution([9, 9]),
            volume: Resolution([3, 3, 3]),
            ..Default::default()
        };
        let planned = crate::core::experiment::pipeline::run(&Experiment::reading(file, &sources()).unwrap())
            .unwrap()
            .plan;
        let ranges = planned.plane_spec.axes().iter().map(|axis| (axis.low, axis.high)).collect::<Vec<_>>();
        let project = |theta: &&[f64]| planned.plane.subspace.project(theta).alpha;
        let alphas: Vec<Vec<f64>> = planned.trajectory.finite_thetas().iter().map(project).collect();
        (ranges, alphas)
    };
    let (usual, _) = ranges(PlaneConfig::Chord);
    assert_eq!(usual, [(-4.0, 5.0), (-4.0, 5.0)], "the post's");
    let (wide, alphas) = ranges(PlaneConfig::Angle { degrees: 2.0 });
    assert_ne!(wide, usual);
    let length = |(low, high): (f64, f64)| high - low;
    assert!((length(wide[0]) - length(wide[1])).abs() < 1e-9, "right angles look right: {wide:?}");
    for alpha in alphas {
        assert!((0..2).all(|i| wide[i].0 < alpha[i] && alpha[i] < wide[i].1), "{alpha:?} in {wide:?}");
    }
}

#[test]
fn any_step_that_a_run_has_taken_is_a_place_whether_its_checkpoint_was_kept_or_not() {
    // Such a split is dear to evaluate, so only every 32nd step is looked at.
    let text =
        "(dataset: digits(), loss: cross_entropy, model: mlp(widths: [128]), batch: size(64), steps: 3)";
    let experiment = Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
    let mut run = experiment.start_run().unwrap();
    run.advance(2);
    let second = run.latest().theta;
    run.advance(1);
    let kept: Vec<u64> = run.closed_trajectory().checkpoints().iter().map(|point| point.step).collect();
    assert_eq!(kept, [0, 3]);
    let at = |step| experiment.theta_at(&Place::Step(step), &run);
    assert_eq!(at(2).unwrap(), second[..]);
    assert_eq!(at(3).unwrap(), experiment.theta_at(&Place::End, &run).unwrap());
    assert_eq!(at(4).unwrap_err().to_string(), "step 4 was not reached: the run ended at step 3");
}

#[test]
fn what_an_experiment_holds_is_counted_with_the_points_of_its_plane_and_shared_by_copies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    npy::write_theta(std::fs::File::create(&path).unwrap(), &[0.5; 13]).unwrap();
    let mut file = ExperimentFile::default();
    file.slice.plane = PlaneConfig::Line { from: Place::Start, to: Place::File(path) };
    let experiment = Experiment::reading(file, &sources()).unwrap();
    let [(_, data), (_, points)] = experiment.held()[..] else { panic!("nothing is beside it") };
    assert_eq!((data, points), (experiment.data_bytes(), 13 * 8));
    assert_eq!(experiment.with(|file| file.steps += 1).unwrap().held(), experiment.held());
}

#[test]
fn a_step_at_which_a_run_is_no_number_is_told_as_such() {
    let text = "(model: mlp(widths: [4], activation: relu), optimizer: sgd(lr: 300.0), steps: 1000)";
    let experiment = Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
    let mut run = experiment.start_run().unwrap();
    run.advance(1000);
    let end = run.diverged_at().unwrap();
    let at = |step| experiment.theta_at(&Place::Step(step), &run);
    assert!(at(end - 1).unwrap().iter().all(|v| v.is_finite()));
    if !run.latest().theta.iter().all(|v| v.is_finite()) {
        let expected = format!("the run is not finite at step:{end}; expected a point before it diverged");
        assert_eq!(at(end).unwrap_err().to_string(), expected);
    }
    let expected = format!("step 1000 was not reached: the run ended at step {end}");
    assert_eq!(at(1000).unwrap_err().to_string(), expected);
}

#[test]
fn a_plane_goes_through_a_step_that_was_not_kept_also_when_it_is_chosen_later() {
    use crate::core::experiment::pipeline::{self, Finding, Pipeline};
    let text =
        "(dataset: digits(), loss: cross_entropy, model: mlp(widths: [128]), batch: size(64), steps: 3,
        slice: (grid: [3, 3], volume: [2, 2, 2]))";
    let experiment = Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
    let plane = |step| PlaneConfig::Line { from: Place::Step(step), to: Place::End };
    let through = |step| experiment.with(|file| file.slice.plane = plane(step)).unwrap();
    let plan = |experiment: &Experiment| pipeline::prepare(experiment, |_| {});
    let mut run = experiment.start_run().unwrap();
    run.advance(1);
    let first = run.latest().theta;
    assert_eq!(plan(&through(1)).unwrap().plane.subspace.origin(), &first[..]);
    let known = Arc::new(plan(&through(0)).unwrap());
    let mut pipeline = Pipeline::resliced(through(1), known.evaluator.clone(), 0.0, &known);
    let found = loop {
        if let Advance::Found(Ok(Finding::Planned(found))) = pipeline.advance(1000) {
            break found;
        }
    };
    assert_eq!(found.plane.subspace.origin(), &first[..]);
    assert!(plan(&through(4)).err().unwrap().to_string().starts_with("step 4 was not kept"));
}

#[test]
fn a_plane_of_curvature_is_fitted_product_by_product() {
    use crate::core::experiment::pipeline::{self, Finding, Pipeline};
    let file = ExperimentFile::parse("(dataset: xor(points: 12), steps: 5)", "x.ron").unwrap();
    let plane = |file: &mut ExperimentFile| file.slice.plane = PlaneConfig::by_name("hessian").unwrap();
    let experiment = Experiment::new(file).unwrap().with(plane).unwrap();
    let mut pipeline = Pipeline::new(experiment.clone(), pipeline::in_process(&experiment), 0.0);
    let mut pieces = 0;
    let found = loop {
        pieces += 1;
        if let Advance::Found(Ok(Finding::Planned(found))) = pipeline.advance(pipeline.piece()) {
            break found;
        }
    };
    assert!(pieces > 13, "a product for each of 13 parameters, in {pieces} pieces");
    assert_eq!(found.plane, pipeline::prepare(&experiment, |_| {}).unwrap().plane);
}
