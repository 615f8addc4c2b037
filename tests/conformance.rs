//! Every grid backend against losses evaluated one by one: the reference to the bit, the kernel with each
//! instruction set that this machine has to 2·10⁻⁶.
//!
//! Five activations, four losses, skips off, half and on, lines, planes and volumes of unequal counts, with
//! ranges through 0; pre-activations of ±90 and beyond; cells that diverge.

use std::sync::Arc;

use losscape::core::data::Dataset;
use losscape::core::grid::kernel::InstructionSet;
use losscape::core::grid::{
    Axis, Evaluator, GridBackend, GridJob, GridSpec, InProcess, KernelBackend, LossGrid, Precision,
    ReferenceBackend,
};
use losscape::core::loss::Loss;
use losscape::core::model::{Activation, Layer, Model, Skip};
use losscape::core::num::Stream;
use losscape::core::objective::{Objective, Supervised};
use losscape::core::subspace::Subspace;

/// A way to evaluate a grid, and how far from the plain losses it may be.
type Backend<'a> = (String, f64, Box<dyn Fn(&GridSpec) -> Box<dyn GridBackend> + 'a>);

fn backends<'a>(objective: &'a Arc<dyn Objective>, subspace: &'a Subspace) -> Vec<Backend<'a>> {
    let reference = |spec: &GridSpec| -> Box<dyn GridBackend> {
        Box::new(ReferenceBackend::new(objective.clone(), subspace.clone(), spec.clone()))
    };
    let mut all: Vec<Backend> = vec![("reference".into(), 0.0, Box::new(reference))];
    for set in InstructionSet::available() {
        let kernel = move |spec: &GridSpec| -> Box<dyn GridBackend> {
            let (objective, subspace) = (objective.clone(), subspace.clone());
            Box::new(KernelBackend::with_instructions(objective, subspace, spec.clone(), set).unwrap())
        };
        all.push((format!("kernel {set:?}"), 2e-6, Box::new(kernel)));
    }
    all
}

/// The largest logit of a cross-entropy at theta: the logits themselves are no better than 2⁻²⁴ of it in
/// single length, whatever is made of them. For other losses 0.
fn largest_logit(objective: &dyn Objective, theta: &[f64]) -> f64 {
    let learned = objective.supervised();
    let Some(learned) = learned.filter(|learned| learned.loss_function() == Loss::CrossEntropy) else {
        return 0.0;
    };
    let logits = learned.predict(theta, learned.train().x());
    logits.iter().fold(0.0, |largest, z| largest.max(z.abs()))
}

/// Every backend gives every cell its own loss, within `slack` times its tolerance: more than 1 where
/// predictions are small differences of weights in the thousands.
fn assert_conforming(
    objective: &Arc<dyn Objective>,
    subspace: &Subspace,
    spec: &GridSpec,
    what: &str,
    slack: f64,
) -> LossGrid {
    let [n1, n2, n3] = spec.counts();
    let mut expected = Vec::with_capacity(spec.cells());
    for i3 in 0..n3 {
        for i2 in 0..n2 {
            for i1 in 0..n1 {
                let theta = subspace.lift(&spec.alpha([i1, i2, i3]));
                expected.push((objective.loss(&theta), largest_logit(&**objective, &theta)));
            }
        }
    }
    for (name, tolerance, backend) in backends(objective, subspace) {
        let found = GridJob::new(spec.clone(), backend(spec)).finish();
        for (at, (found, (expected, logit))) in found.loss.iter().zip(&expected).enumerate() {
            let is_right = match expected.is_finite() {
                true => (found - expected).abs() <= slack * tolerance * expected.max(*logit).max(1.0),
                false => !found.is_finite(),
            };
            assert!(is_right, "{what}, {name}, cell {at} of {:?}: {found}, not {expected}", spec.counts());
        }
    }
    LossGrid { spec: spec.clone(), loss: expected.into_iter().map(|(loss, _)| loss).collect() }
}

fn spec(ranges: &[(f64, f64)], counts: &[usize]) -> GridSpec {
    let axis = |(&(low, high), &count): (&(f64, f64), &usize)| Axis { low, high, count };
    GridSpec::new(ranges.iter().zip(counts).map(axis).collect()).unwrap()
}

/// Random examples that suit a loss.
fn data(loss: Loss, rows: usize, stream: &mut Stream) -> Dataset {
    let x = (0..2 * rows).map(|_| stream.uniform()).collect();
    let y = |stream: &mut Stream| match loss {
        Loss::Mse | Loss::Huber => stream.uniform_in(-2.0, 2.0),
        Loss::BceWithLogits => stream.below(2) as f64,
        Loss::CrossEntropy => stream.below(3) as f64,
    };
    let y: Vec<f64> = (0..rows).map(|_| y(stream)).collect();
    match loss {
        Loss::CrossEntropy => Dataset::with_classes("test", x, y, 2, 3).unwrap(),
        _ => Dataset::new("test", x, y, 2, 1).unwrap(),
    }
}

struct Case {
    objective: Arc<dyn Objective>,
    subspace: Subspace,
}

/// A network with those hidden widths on random examples, and a random volume of that size around it.
fn case(widths: &[usize], activation: Activation, skip: f64, loss: Loss, rows: usize, size: f64) -> Case {
    let mut stream = Stream::new(rows as u64, "conformance");
    let data = data(loss, rows, &mut stream);
    let mut layers = Vec::new();
    let mut given = 2;
    for &width in widths {
        layers.push(Layer {
            skip: Skip::new(if width == given { skip } else { 0.0 }).unwrap(),
            ..Layer::dense(given, width, activation)
        });
        given = width;
    }
    let outputs = if loss == Loss::CrossEntropy { 3 } else { 1 };
    layers.push(Layer::dense(given, outputs, Activation::Identity));
    let model = Model::new(layers).unwrap();
    let dim = model.dim();
    let mut draw = |size: f64| (0..dim).map(|_| size * stream.normal()).collect::<Vec<f64>>();
    let origin = draw(0.5);
    let subspace = Subspace::new(origin, vec![draw(size), draw(size), draw(size)]).unwrap();
    Case { objective: Arc::new(Supervised::new(model, loss, data).unwrap()), subspace }
}

#[test]
fn every_kind_of_network_on_lines_planes_and_volumes() {
    let ranges = [(-1.0, 1.5), (-0.5, 2.0), (0.0, 1.0)];
    for &activation in Activation::ALL {
        for &loss in Loss::ALL {
            for (widths, skip) in
                [(&[3][..], 0.0), (&[2], 0.4), (&[2, 2], 1.0), (&[5, 5, 4], 0.75), (&[9, 6], 0.0)]
            {
                let Case { objective, subspace } = case(widths, activation, skip, loss, 37, 0.3);
                for counts in [&[43][..], &[270], &[19, 11], &[18, 3], &[7, 5, 4]] {
                    let what = format!("{widths:?} {activation:?} {loss:?} skip {skip}");
                    assert_conforming(&objective, &subspace, &spec(&ranges, counts), &what, 1.0);
                }
            }
        }
    }
}

#[test]
fn pre_activations_of_ninety_and_far_beyond() {
    for &activation in Activation::ALL {
        for &loss in Loss::ALL {
            for (size, slack) in [(30.0, 1.0), (300.0, 10.0)] {
                let Case { objective, subspace } = case(&[3], activation, 0.0, loss, 70, size);
                let ranges = [(-4.0, 5.0), (-4.0, 5.0)];
                let what = format!("{activation:?} {loss:?} {size}");
                for spec in [spec(&ranges[..1], &[300]), spec(&ranges, &[35, 12])] {
                    assert_conforming(&objective, &subspace, &spec, &what, slack);
                }
            }
        }
    }
}

#[test]
fn factors_of_opposite_size_meet_without_inf_times_zero() {
    // One hidden unit with a bias of 400 in the origin, taken back along alpha1: at alpha1 = 1 the two
    // exponents cancel, though neither factor is a number of single length.
    let model =
        Model::new(vec![Layer::dense(2, 1, Activation::Sigmoid), Layer::dense(1, 1, Activation::Sigmoid)])
            .unwrap();
    let data = data(Loss::Mse, 40, &mut Stream::new(3, "conformance"));
    let objective: Arc<dyn Objective> = Arc::new(Supervised::new(model, Loss::Mse, data).unwrap());
    let origin = vec![1.0, -2.0, 400.0, 3.0, -1.0];
    let directions = vec![vec![0.0, 0.0, -400.0, 0.0, 0.0], vec![1.0, 1.0, 0.0, 0.5, 0.0]];
    let subspace = Subspace::new(origin, directions).unwrap();
    let grid = assert_conforming(
        &objective,
        &subspace,
        &spec(&[(0.0, 2.0), (-1.0, 1.0)], &[33, 9]),
        "cancelling",
        1.0,
    );
    let (low, high) = grid.finite_range().unwrap();
    assert!(high - low > 0.1, "the loss changes where they cancel");
}

#[test]
fn cells_that_diverge_do_so_everywhere_and_no_others() {
    // Losses grow with the sixth power of alpha: some overflow single length only, some double as well.
    let Case { objective, subspace } = case(&[4, 4], Activation::Relu, 0.0, Loss::Mse, 20, 1.0);
    for (high, all_finite) in [(1e9, true), (1e60, false)] {
        let ranges = [(0.0, high), (0.0, 1.0)];
        let grid = assert_conforming(
            &objective,
            &subspace,
            &spec(&ranges, &[21, 4]),
            &format!("up to {high:e}"),
            1.0,
        );
        assert!(grid.loss[0].is_finite());
        assert_eq!(grid.loss.iter().all(|loss| loss.is_finite()), all_finite, "{high:e}");
        assert!(grid.loss.iter().any(|loss| *loss > f64::from(f32::MAX)), "beyond single length");
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let Case { objective, subspace } = case(&[3], Activation::Tanh, 0.0, Loss::Mse, 90, 1.0);
    let spec = spec(&[(-1.0, 1.0), (-1.0, 1.0)], &[65, 33]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let evaluator = InProcess::new(objective.clone());
        let backend = || evaluator.grid(&subspace, &spec, Precision::F32);
        pool.install(|| GridJob::new(spec.clone(), backend()).finish())
    };
    assert_eq!(on(1), on(3));
}
