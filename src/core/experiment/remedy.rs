//! What to say of a run that got out of hand: where it did, and what to try.

use super::checked::Experiment;
use crate::core::text::Measured;
use crate::core::train::BlowUp;

/// Inputs beyond this drive the first layer's gradient, and with it the whole run, out of hand.
const LARGE_INPUT: f64 = 10.0;

/// In a sentence: where the run of an experiment got out of hand, and what to try.
pub fn remedy(experiment: &Experiment, found: &BlowUp) -> String {
    let rate =
        format!("a lower learning rate, such as {}", Measured(rounded(0.1 * experiment.optimizer.lr())));
    let x = experiment.supervised().map(|learned| learned.train().x()).unwrap_or_default();
    let largest = x.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    match largest > LARGE_INPUT {
        true => {
            format!("{found}; inputs reach {}: try standardize: true, or {rate}", Measured(rounded(largest)))
        }
        false => format!("{found}; try {rate}"),
    }
}

/// A number to three digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

/// The same of a run that a plane was fitted to as far as it was sound.
pub(super) fn remedy_of_plan(experiment: &Experiment, found: &BlowUp) -> String {
    let told = remedy(experiment, found);
    format!("{told}; the plane is fitted to steps 0 to {}", found.sound_until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::pipeline::Plan;
    use crate::core::experiment::{ExperimentFile, pipeline};
    use crate::disk::sources;

    fn warned(text: &str) -> (Plan, String) {
        let experiment =
            Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
        let plan = pipeline::prepare(&experiment, |_| {}).unwrap();
        let warning = plan.warning.clone().unwrap();
        (plan, warning)
    }

    /// The network that a learning rate of 5 was not chosen for.
    const RUINED: &str = "model: mlp(widths: [8, 8]), optimizer: sgd(lr: 5.0), steps: 2000";

    #[test]
    fn a_plane_lies_where_the_run_was_sound_and_says_so() {
        let (plan, warning) = warned(&format!("({RUINED}, seed: 10)"));
        let found = plan.blow_up.unwrap();
        assert!(found.sound_until < found.step && plan.sound.last().unwrap().step == found.sound_until);
        assert!(
            warning.contains("try a lower learning rate, such as 0.5; the plane is fitted to steps 0 to ")
        );
        let highest = plan.sound.checkpoints().iter().fold(0.0_f64, |highest, at| highest.max(at.loss));
        assert!(highest <= 100.0 * found.start, "{highest}: what the heights go by");
        let ends = plan.plane_spec.axes().iter().flat_map(|axis| [axis.low, axis.high]);
        assert!(ends.into_iter().all(|end| end.abs() < 1e3), "{:?}", plan.plane_spec.axes());
    }

    #[test]
    fn large_inputs_are_named_as_what_to_mend() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        let rows: Vec<String> = (0..40).map(|i| format!("{},{},{}", i * 2, 80 - i, i % 2)).collect();
        std::fs::write(&path, rows.join("\n")).unwrap();
        let text = format!(
            "(dataset: csv(path: {:?}), model: model2, optimizer: sgd(lr: 0.1), steps: 50)",
            path.display().to_string()
        );
        let (_, warning) = warned(&text);
        assert!(warning.contains("; inputs reach 80: try standardize: true, or a lower"), "{warning}");
        assert!(warning.contains("such as 0.01"), "{warning}");
    }
}
