//! The ends of a small and a large batch that come with the program: what the tour says of them.

use std::path::Path;

use losscape::core::data::{BatchSize, Dataset};
use losscape::core::experiment::{Experiment, builtin};
use losscape::core::io::npy;
use losscape::core::io::sources::{Shelf, Sources};

fn shipped(name: &str) -> Vec<f64> {
    let shelf: &dyn Sources = &Shelf::default();
    npy::read_theta(shelf, Path::new(&format!("built-in:{name}.npy")), 205).unwrap()
}

fn experiment() -> Experiment {
    Experiment::new(builtin::load("small-batch").unwrap().unwrap()).unwrap()
}

/// What the network answers, written out: two hidden layers of 12 tanhs.
fn logit(theta: &[f64], x: &[f64]) -> f64 {
    let (mut input, mut rest) = (x.to_vec(), theta);
    let mut layer = |outputs: usize, bend: fn(f64) -> f64| {
        let (weights, after) = rest.split_at(outputs * input.len());
        let (biases, after) = after.split_at(outputs);
        let sums = weights.chunks(input.len()).zip(biases);
        let sums = sums.map(|(row, bias)| row.iter().zip(&input).map(|(w, x)| w * x).sum::<f64>() + bias);
        input = sums.map(bend).collect();
        rest = after;
        input[0]
    };
    layer(12, f64::tanh);
    layer(12, f64::tanh);
    layer(1, |z| z)
}

/// The cross-entropy over some examples.
fn loss(theta: &[f64], data: &Dataset) -> f64 {
    let of = |(x, y): (&[f64], &f64)| {
        let z = logit(theta, x);
        (1.0 + (-z.abs()).exp()).ln() + z.max(0.0) - y * z
    };
    data.x().chunks(2).zip(data.y()).map(of).sum::<f64>() / data.rows() as f64
}

#[test]
fn at_equal_epochs_the_large_batch_is_less_far() {
    let small = experiment();
    let full = small.with(|file| file.batch = BatchSize::Full).unwrap();
    let data = small.supervised().unwrap().train();
    assert_eq!((data.rows(), 750 * 8 / data.rows()), (150, 40), "epochs");
    for (experiment, steps, stated) in [(&small, 750, 0.142), (&full, 40, 0.305)] {
        let mut run = experiment.start_run().unwrap();
        run.advance(steps);
        let found = loss(&run.latest().theta, data);
        assert!((found - stated).abs() < 5e-3, "{found}");
    }
    assert!((loss(&shipped("batch-8"), data) - 0.142).abs() < 5e-4);
}

#[test]
fn between_ends_of_equal_loss_lies_no_hill() {
    let small = experiment();
    let (train, held_out) =
        (small.supervised().unwrap().train(), small.supervised().unwrap().held_out().unwrap());
    for pair in ["batch", "decayed"] {
        let [before, from, to, beyond] =
            ["before", "8", "full", "beyond"].map(|name| shipped(&format!("{pair}-{name}")));
        let at = |t: f64| from.iter().zip(&to).map(|(a, b)| a + t * (b - a)).collect::<Vec<f64>>();
        let is_near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(is_near(&before, &at(-0.5)) && is_near(&beyond, &at(1.5)));
        let losses: Vec<f64> = (0..=20).map(|i| loss(&at(f64::from(i) / 20.0), train)).collect();
        assert!(losses[0] < 0.15 && losses[20] < 0.15 && losses[0] > 0.14);
        assert!(losses.iter().all(|loss| *loss <= losses[0].max(losses[20])), "{losses:?}");
        // Training and held-out loss hardly change.
        for data in [train, held_out] {
            let all: Vec<f64> = (-10..=30).map(|i| loss(&at(f64::from(i) / 20.0), data)).collect();
            let [low, high] = [f64::min, f64::max].map(|pick| all.iter().copied().reduce(pick).unwrap());
            assert!(high - low < 0.02, "{pair}: {low} to {high}");
        }
    }
}
