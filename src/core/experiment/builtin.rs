//! The experiments that come with the program, from `assets/experiments`.

use super::file::{ExperimentFile, FileError};

/// The experiment shown when none is named.
pub const DEFAULT: &str = "xor-model3";

/// Name and text of each, in the order a list shows them.
const FILES: [(&str, &str); 5] = [
    (DEFAULT, include_str!("../../../assets/experiments/xor-model3.ron")),
    ("diagonal-model1", include_str!("../../../assets/experiments/diagonal-model1.ron")),
    ("diagonal-model2", include_str!("../../../assets/experiments/diagonal-model2.ron")),
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
    use crate::core::experiment::{Experiment, pipeline};
    use crate::core::grid::LossGrid;

    #[test]
    fn every_built_in_experiment_is_sound_and_titled() {
        for name in names() {
            let file = load(name).unwrap().unwrap_or_else(|error| panic!("{error}"));
            assert!(!file.title.is_empty(), "{name}");
            Experiment::new(file).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert!(load("nonsense").is_none());
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
