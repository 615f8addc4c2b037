//! What is put together by an experiment learns: every dataset, every start, every loss that fits.

use losscape::core::data::{BatchSize, DatasetConfig};
use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::loss::Loss;
use losscape::core::model::{Activation, Init, ModelConfig, Skip};
use losscape::core::optim::OptimizerConfig;

fn experiment(dataset: DatasetConfig, loss: Loss, widths: Vec<usize>, init: Init) -> Option<Experiment> {
    let mut optimizer = OptimizerConfig::by_name("adam").unwrap();
    optimizer.set_lr(0.01);
    let model = ModelConfig::Mlp {
        widths,
        activation: Activation::Tanh,
        skip: Skip::FULL,
        head: Activation::Identity,
    };
    let file = ExperimentFile { dataset, loss, model, init, optimizer, held_out: 0.25, ..Default::default() };
    Experiment::new(file).ok()
}

#[test]
fn every_dataset_is_learnt_with_every_loss_that_fits_it() {
    let mut fitting = Vec::new();
    for mut dataset in DatasetConfig::all() {
        dataset.set_points(200);
        for &loss in Loss::ALL {
            let Some(experiment) = experiment(dataset.clone(), loss, vec![12, 12], Init::Pytorch) else {
                continue;
            };
            let mut run = experiment.start_run().unwrap();
            let start = run.latest().loss;
            run.advance(400);
            let end = run.latest();
            assert!(end.loss < 0.5 * start, "{} {loss:?}: {start} {}", dataset.name(), end.loss);
            let accuracy = run.objective().supervised().unwrap().accuracy(&end.theta);
            assert!(accuracy.is_none_or(|share| share > 0.8), "{} {loss:?}: {accuracy:?}", dataset.name());
            fitting.push((dataset.name(), loss));
        }
    }
    // Five sets of two classes with all four losses, two of more with one, two functions with two.
    assert_eq!(fitting.len(), 5 * 4 + 2 + 2 * 2, "{fitting:?}");
}

#[test]
fn every_start_learns() {
    for &init in Init::ALL {
        let dataset = DatasetConfig::by_name("moons").unwrap();
        let experiment = experiment(dataset, Loss::BceWithLogits, vec![8, 8], init).unwrap();
        let mut run = experiment.start_run().unwrap();
        run.advance(300);
        let accuracy = run.objective().supervised().unwrap().held_out_accuracy(&run.latest().theta).unwrap();
        assert!(accuracy > 0.8, "{init:?}: {accuracy}");
    }
}

#[test]
fn a_network_of_100_000_parameters_learns_the_digits_by_mini_batches() {
    let digits = DatasetConfig::by_name("digits").unwrap();
    let widths = vec![256, 256, 128];
    let experiment = experiment(digits, Loss::CrossEntropy, widths, Init::Xavier).unwrap();
    let batch = BatchSize::Size(64);
    let experiment = experiment.with(|file| {
        file.batch = batch;
        file.optimizer.set_lr(0.001);
    });
    let mut run = experiment.unwrap().start_run().unwrap();
    assert_eq!(run.objective().dim(), 116_618);
    run.advance(60);
    let accuracy = run.objective().supervised().unwrap().held_out_accuracy(&run.latest().theta).unwrap();
    assert!(accuracy > 0.8, "{accuracy}");
}
