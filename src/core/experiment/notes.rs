//! What there is to tell of an experiment's examples beyond what was found out while they were read.

use crate::core::data::Dataset;
use crate::core::text::Measured;

/// Size of an input from which training suffers: a sigmoid of it is flat.
const LARGE: f64 = 10.0;

/// The examples with a word on how their inputs are scaled, or might be.
pub(super) fn with_scaling(train: Dataset) -> Dataset {
    let notes: Vec<String> = train.notes().iter().cloned().chain(scaling(&train)).collect();
    train.with_notes(notes)
}

fn scaling(train: &Dataset) -> Option<String> {
    if train.scaling().is_some() {
        let rows = train.rows();
        return Some(format!(
            "each input is brought to mean 0 and deviation 1, by the {rows} rows trained on"
        ));
    }
    let largest = train.x().iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    (largest > LARGE).then(|| {
        format!(
            "inputs reach {}, on which a network trains badly; standardize: true brings each to mean 0 and \
             deviation 1",
            Measured(largest)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Experiment, ExperimentFile};
    use crate::disk::sources;

    /// With the folder that the table lies in.
    fn experiment(rows: &str, settings: &str) -> (Experiment, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.csv");
        std::fs::write(&path, rows).unwrap();
        let text = format!("(dataset: csv(path: {path:?}), {settings})");
        (Experiment::reading(ExperimentFile::parse(&text, "x.ron").unwrap(), &sources()).unwrap(), folder)
    }

    const EXAM: &str = "51.5,47.25,0\n98.5,61.0,1\n75.5,-80.0,1\n35.5,49.0,0\n";

    #[test]
    fn large_inputs_are_told_unless_they_are_scaled() {
        let (plain, _) = experiment(EXAM, "");
        assert!(plain.notes()[1].starts_with("inputs reach 98.5,"), "{:?}", plain.notes());
        let (scaled, _) = experiment(EXAM, "standardize: true");
        assert_eq!(
            scaled.notes()[1],
            "each input is brought to mean 0 and deviation 1, by the 4 rows trained on"
        );
        assert_eq!(experiment("0.5,9.0,0\n-10.0,3.0,1\n", "").0.notes().len(), 1);
        let built_in = Experiment::reading(ExperimentFile::default(), &sources()).unwrap();
        assert!(built_in.notes().is_empty());
    }

    #[test]
    fn inputs_are_scaled_by_the_rows_trained_on_alone() {
        let (experiment, _folder) = experiment(EXAM, "standardize: true, held_out: 0.25, seed: 1");
        let raw = experiment.with(|file| file.standardize = false).unwrap();
        let of = |experiment: &Experiment| {
            let objective = experiment.objective().unwrap();
            (
                objective.supervised().unwrap().train().clone(),
                objective.supervised().unwrap().held_out().unwrap().clone(),
            )
        };
        let ((train, held_out), (raw_train, raw_held_out)) = (of(&experiment), of(&raw));
        let scaling = train.scaling().unwrap();
        for (scaled, raw) in [(&train, &raw_train), (&held_out, &raw_held_out)] {
            for (row, raw) in scaled.x().chunks(2).zip(raw.x().chunks(2)) {
                for i in 0..2 {
                    let mean: f64 = raw_train.x().iter().skip(i).step_by(2).sum::<f64>() / 3.0;
                    assert!((scaling.mean[i] - mean).abs() < 1e-12);
                    assert!((row[i] * scaling.scale[i] + mean - raw[i]).abs() < 1e-12);
                }
            }
        }
        assert_eq!(train.y(), raw_train.y());
        assert!(experiment.training_question() != raw.training_question());
    }
}
