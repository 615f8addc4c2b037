//! Same experiment, same seed, same numbers, to the bit.

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::optim::OptimizerConfig;
use losscape::core::train::Checkpoint;

fn experiment(fields: &str) -> Experiment {
    let text = format!("(seed: 3, {fields})");
    Experiment::new(ExperimentFile::parse(&text, "test.ron").unwrap()).unwrap()
}

/// Each optimizer, with full and with mini-batches, under a schedule.
fn trainings() -> Vec<Experiment> {
    let mut all = Vec::new();
    for optimizer in OptimizerConfig::all() {
        for batch in ["full", "size(7)"] {
            let fields = format!("dataset: xor(points: 50), batch: {batch}, schedule: cosine(t_max: 150)");
            all.push(experiment(&fields).with(|file| file.optimizer = optimizer.clone()).unwrap());
        }
    }
    all
}

/// Every step's checkpoint of a run taken in one piece.
fn straight(experiment: &Experiment, steps: u64) -> Vec<Checkpoint> {
    let mut run = experiment.start_run().unwrap();
    run.advance(steps);
    let checkpoints = run.trajectory().checkpoints().to_vec();
    assert_eq!(checkpoints.len() as u64, steps + 1, "nothing was thinned");
    checkpoints
}

#[test]
fn grids_do_not_depend_on_the_number_of_threads() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let experiment = experiment("steps: 150, slice: (grid: [33, 17], volume: [9, 8, 5])");
        pool.install(|| pipeline::run(&experiment).unwrap())
    };
    let alone = on(1);
    for threads in [2, 5] {
        let together = on(threads);
        assert_eq!(together.plan.trajectory, alone.plan.trajectory);
        assert_eq!(together.plane, alone.plane);
        assert_eq!(together.volume, alone.volume);
    }
}

#[test]
fn a_run_cut_into_pieces_is_the_same_run() {
    for experiment in trainings() {
        let whole = straight(&experiment, 200);
        let mut run = experiment.start_run().unwrap();
        for piece in [1, 63, 2, 70, 64] {
            assert_eq!(run.advance(piece), piece);
            assert_eq!(run.latest(), whole[run.step() as usize], "{}", experiment.optimizer.name());
        }
        assert_eq!(run.trajectory().checkpoints(), whole);
    }
}

#[test]
fn a_diverging_run_ends_at_the_same_step_however_it_is_cut() {
    for batch in ["full", "size(7)"] {
        let model = "mlp(widths: [4], activation: relu)";
        let experiment = experiment(&format!("batch: {batch}, model: {model}, optimizer: sgd(lr: 300.0)"));
        let mut whole = experiment.start_run().unwrap();
        whole.advance(1000);
        let end = whole.diverged_at().expect("a learning rate of 300 runs away");
        assert!((2..1000).contains(&end), "{end}");
        let mut pieces = experiment.start_run().unwrap();
        while pieces.advance(1) == 1 {}
        assert_eq!((pieces.diverged_at(), pieces.step()), (Some(end), end));
        assert_eq!(pieces.trajectory().checkpoints().len(), whole.trajectory().checkpoints().len());
        pieces.seek(end - 1);
        assert_eq!(pieces.diverged_at(), None);
        assert_eq!(pieces.advance(10), 1);
        assert_eq!(pieces.diverged_at(), Some(end));
    }
}

#[test]
fn any_step_is_reached_again_back_and_forth() {
    for experiment in trainings() {
        let whole = straight(&experiment, 200);
        let mut run = experiment.start_run().unwrap();
        for step in [150, 149, 64, 65, 0, 200, 63, 128, 1, 199] {
            run.seek(step);
            assert_eq!(run.latest(), whole[step as usize], "{} step {step}", experiment.optimizer.name());
            let gradients = experiment.optimizer.gradients_a_step();
            assert_eq!(run.evaluations(), gradients * step, "{}", experiment.optimizer.name());
            assert_eq!(run.checkpoint_at(step / 2).as_ref(), Some(&whole[step as usize / 2]));
        }
        assert_eq!(run.checkpoint_at(200), None, "what lies ahead is not known");
    }
}

#[test]
fn a_thinned_run_resumes_from_its_key_checkpoints_to_the_bit() {
    for experiment in trainings() {
        let whole = straight(&experiment, 300);
        let mut plan = experiment.start_run().unwrap().plan().clone();
        // Room for the fewest checkpoints there may be: most steps have to be taken again.
        plan.budget_bytes = 0;
        let objective = experiment.objective().unwrap().clone();
        let mut run = losscape::core::train::TrainingRun::new(objective, plan);
        run.advance(300);
        assert!(run.trajectory().checkpoints().len() < 10);
        for step in [299, 257, 130, 127, 66, 5] {
            assert_eq!(run.checkpoint_at(step).as_ref(), Some(&whole[step as usize]));
        }
        run.seek(131);
        run.advance(169);
        assert_eq!(run.latest(), whole[300], "{}", experiment.optimizer.name());
    }
}

#[test]
fn what_a_run_keeps_does_not_depend_on_how_far_it_had_once_gone() {
    for experiment in trainings() {
        let run = || experiment.start_run().unwrap().within(0);
        let mut back = run();
        for step in [300, 299, 131, 140, 5, 64, 200, 63, 300, 7, 90] {
            back.seek(step);
            let mut straight = run();
            straight.advance(step);
            let name = experiment.optimizer.name();
            assert_eq!(back.trajectory(), straight.trajectory(), "{name} step {step}");
            assert_eq!(back.closed_trajectory(), straight.closed_trajectory(), "{name} step {step}");
            assert_eq!(back.latest(), straight.latest(), "{name} step {step}");
        }
    }
}

#[test]
fn a_way_back_can_be_left_before_its_end() {
    let experiment = trainings().swap_remove(1);
    let run = || experiment.start_run().unwrap().within(0);
    let mut back = run();
    back.advance(300);
    // It would go on from the start; somebody changes their mind on the way.
    back.rewind(130);
    assert_eq!(back.step(), 0, "what was dropped is taken again");
    back.advance(40);
    for step in [120, 20, 260, 100] {
        back.rewind(step);
        assert!(back.latest().loss.is_finite() && back.step() <= step);
        back.advance(step - back.step());
        let mut straight = run();
        straight.advance(step);
        assert_eq!(back.trajectory(), straight.trajectory(), "{step}");
    }
}

#[test]
fn the_seed_decides_points_start_and_batches_each_by_itself() {
    let fields = "dataset: xor(points: 50), batch: size(7)";
    let (one, same) = (experiment(fields), experiment(fields));
    assert_eq!(straight(&one, 20), straight(&same, 20));
    let other = one.with(|file| file.seed = 4).unwrap();
    assert_ne!(one.supervised().unwrap().train(), other.supervised().unwrap().train());
    assert_ne!(one.start_run().unwrap().latest().theta, other.start_run().unwrap().latest().theta);
    let noisy = one.with(|file| file.dataset = ron_dataset("xor(points: 50, noise: 0.1)")).unwrap();
    assert_eq!(
        one.start_run().unwrap().latest().theta,
        noisy.start_run().unwrap().latest().theta,
        "noise is no start"
    );
}

fn ron_dataset(text: &str) -> losscape::core::data::DatasetConfig {
    experiment(&format!("dataset: {text}")).dataset.clone()
}
