//! The experiments that come with the program, from `assets/experiments`.

use super::file::{ExperimentFile, FileError};

/// The experiment shown when none is named.
pub const DEFAULT: &str = "xor-model3";

/// Name and text of each, in the order a list shows them.
const FILES: [(&str, &str); 21] = [
    (DEFAULT, include_str!("../../../assets/experiments/xor-model3.ron")),
    ("sinking-low", include_str!("../../../assets/experiments/sinking-low.ron")),
    ("diagonal-model1", include_str!("../../../assets/experiments/diagonal-model1.ron")),
    ("diagonal-valley", include_str!("../../../assets/experiments/diagonal-valley.ron")),
    ("diagonal-model2", include_str!("../../../assets/experiments/diagonal-model2.ron")),
    ("stability-limit", include_str!("../../../assets/experiments/stability-limit.ron")),
    ("edge-of-stability", include_str!("../../../assets/experiments/edge-of-stability.ron")),
    ("moons", include_str!("../../../assets/experiments/moons.ron")),
    ("spirals", include_str!("../../../assets/experiments/spirals.ron")),
    ("digits", include_str!("../../../assets/experiments/digits.ron")),
    ("sine", include_str!("../../../assets/experiments/sine.ron")),
    ("li-plain", include_str!("../../../assets/experiments/li-plain.ron")),
    ("li-skip", include_str!("../../../assets/experiments/li-skip.ron")),
    ("small-batch", include_str!("../../../assets/experiments/small-batch.ron")),
    ("between-batches", include_str!("../../../assets/experiments/between-batches.ron")),
    ("three-copies", include_str!("../../../assets/experiments/three-copies.ron")),
    ("connecting-curve", include_str!("../../../assets/experiments/connecting-curve.ron")),
    ("rescaled", include_str!("../../../assets/experiments/rescaled.ron")),
    ("li-both", include_str!("../../../assets/experiments/li-both.ron")),
    ("rosenbrock", include_str!("../../../assets/experiments/rosenbrock.ron")),
    ("himmelblau", include_str!("../../../assets/experiments/himmelblau.ron")),
];

/// The names of all built-in experiments.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The built-in experiment of that name; `None` if there is none.
///
/// # Errors
/// If its file is broken, which a test rules out.
pub fn load(name: &str) -> Option<Result<ExperimentFile, FileError>> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    Some(ExperimentFile::parse(text, &format!("{name}.ron")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::resolution::Resolution;
    use crate::core::experiment::{Experiment, Setting, pipeline};
    use crate::core::grid::LossGrid;
    use crate::core::train::TrainingRun;

    #[test]
    fn every_built_in_experiment_is_sound_and_titled() {
        for name in names() {
            let file = load(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
            assert!(!file.title.is_empty(), "{name}");
            Experiment::new(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(load("nonsense").is_none());
    }

    /// The run of one at its end, with its loss and accuracy on training examples and on those held out.
    fn learnt(name: &str) -> (TrainingRun, [f64; 2], [Option<f64>; 2]) {
        let experiment = Experiment::new(load(name).unwrap().unwrap()).unwrap();
        let mut run = experiment.start_run().unwrap();
        run.advance(experiment.steps);
        let (theta, learned) = (run.latest().theta, experiment.supervised().unwrap());
        let losses = [run.latest().loss, learned.held_out_loss(&theta).unwrap()];
        (run, losses, [learned.accuracy(&theta), learned.held_out_accuracy(&theta)])
    }

    #[test]
    fn what_a_teacher_asks_for_is_learnt() {
        let (_, [loss, _], right) = learnt("spirals");
        assert!(loss < 0.01 && right.iter().all(|share| share.unwrap() > 0.98), "{loss} {right:?}");
        let (_, [loss, held_out], right) = learnt("digits");
        assert!(loss < 0.05 && held_out < 0.2 && right[1].unwrap() > 0.95, "{loss} {held_out} {right:?}");
        let (_, [loss, held_out], _) = learnt("sine");
        assert!(loss < 0.0025 && (0.0015..0.0035).contains(&held_out), "{loss} {held_out}");
    }

    /// The share of second differences along both axes that are negative.
    fn negative_bends(grid: &LossGrid) -> f64 {
        let [n1, n2, _] = grid.spec.counts();
        let at = |i: usize, j: usize| grid.at([i, j, 0]);
        let bend = |a: f64, b: f64, c: f64| a - 2.0 * b + c;
        let along1 = (0..n2).flat_map(|j| (1..n1 - 1).map(move |i| (i, j)));
        let along2 = (1..n2 - 1).flat_map(|j| (0..n1).map(move |i| (i, j)));
        let bends: Vec<f64> = along1
            .map(|(i, j)| bend(at(i - 1, j), at(i, j), at(i + 1, j)))
            .chain(along2.map(|(i, j)| bend(at(i, j - 1), at(i, j), at(i, j + 1))))
            .collect();
        bends.iter().filter(|bend| **bend < 0.0).count() as f64 / bends.len() as f64
    }

    #[test]
    fn skips_smooth_the_country_around_an_end_that_is_as_good() {
        let file = load("li-both").unwrap().unwrap();
        let both =
            Experiment::new(file).unwrap().with(|file| file.slice.grid = Resolution([51, 51])).unwrap();
        // The last losses of the runs of li-skip and li-plain.
        let ends = [0.012_844_943_902_839_27, 0.005_397_482_577_452_454];
        let shares = [&both, both.second().unwrap()].into_iter().zip(ends).map(|(side, end)| {
            let learned = side.supervised().unwrap();
            let theta = side.problem().start();
            assert_eq!((side.objective().unwrap().loss(theta), learned.accuracy(theta)), (end, Some(0.996)));
            negative_bends(pipeline::run(side).unwrap().plane.as_ref().unwrap())
        });
        // 0.201 and 0.349 by numpy.
        let shares: Vec<f64> = shares.collect();
        assert!((shares[0] - 0.201).abs() < 0.0006 && (shares[1] - 0.349).abs() < 0.0006, "{shares:?}");
        let [plain, skip] = ["li-plain", "li-skip"].map(|name| load(name).unwrap().unwrap());
        let apart: Vec<_> = Setting::differing(&plain, &skip).map(|setting| setting.row().path).collect();
        assert_eq!(apart, ["title", "model"]);
    }

    #[test]
    fn the_held_out_loss_of_the_moons_turns_up_while_the_training_loss_falls() {
        let (run, [loss, held_out], _) = learnt("moons");
        let early = run.checkpoint_at(100).unwrap();
        let then = run.objective().supervised().unwrap().held_out_loss(&early.theta).unwrap();
        assert!(loss < 0.5 * early.loss && held_out > 1.5 * then, "{loss} {held_out} {then}");
    }

    /// The lowest height at which water rising in one cell of a plane reaches the other.
    fn pass_between(grid: &LossGrid, from: [usize; 3], to: [usize; 3]) -> f64 {
        let [n1, n2, _] = grid.spec.counts();
        let mut reached = vec![f64::INFINITY; n1 * n2];
        let mut open = vec![from];
        reached[grid.spec.offset(from)] = grid.at(from);
        while let Some(here) = open.pop() {
            let height = reached[grid.spec.offset(here)];
            let [i, j, _] = here;
            for next in [[i + 1, j, 0], [i.wrapping_sub(1), j, 0], [i, j + 1, 0], [i, j.wrapping_sub(1), 0]] {
                if next[0] < n1 && next[1] < n2 {
                    let through = height.max(grid.at(next));
                    if through < reached[grid.spec.offset(next)] {
                        reached[grid.spec.offset(next)] = through;
                        open.push(next);
                    }
                }
            }
        }
        reached[grid.spec.offset(to)]
    }

    #[test]
    fn the_default_experiment_shows_a_second_low_point() {
        let experiment = Experiment::new(load(DEFAULT).unwrap().unwrap()).unwrap();
        let outcome = pipeline::run(&experiment).unwrap();
        let end = outcome.plan.trajectory.last().unwrap();
        assert!(end.loss < 0.09, "training ends at {}", end.loss);
        let plane = outcome.plane.as_ref().unwrap();
        assert_eq!((plane.spec.axes()[0].low, plane.spec.axes()[1].high), (-4.0, 5.0));
        let minima = plane.local_minima();
        let (deepest, _) = minima[0];
        let near_end = plane.spec.alpha(deepest);
        assert!(
            (near_end[0] - 1.0).hypot(near_end[1]) < 0.3,
            "the deepest low is where training ended: {near_end:?}"
        );
        let is_second =
            |&&(at, low): &&([usize; 3], f64)| low <= 0.2 && pass_between(plane, deepest, at) >= low + 0.03;
        let (second, low) = minima[1..].iter().find(is_second).expect("a second low point behind a pass");
        let alpha = plane.spec.alpha(*second);
        assert!((alpha[0] - 1.0).hypot(alpha[1]) > 1.0, "{low} at {alpha:?}");
    }
}
