//! What a recording tells beside its run: which it is, and losses that somebody else can find again.

use std::collections::BTreeMap;

use crate::core::text::Measured;

/// What a recording tells beside its run.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// Drawn anew for each recording; empty where it tells none.
    pub id: String,
    /// The hash of the examples that its evaluations are of, where it tells.
    pub examples: Option<String>,
    /// Losses on these, by step.
    pub evaluated: BTreeMap<u64, f64>,
}

/// Losses of the same network on the same examples differ by less: by this share of the larger in single precision and on
/// graphics processors, or by as much where they are tiny.
const SHARE: f64 = 1e-3;
const LEAST: f64 = 1e-6;

const CAUSES: &str = "The commonest causes: other examples, training mode in one of the two (dropout, batch normalisation), or running \
                      statistics of other weights.";

impl Recorded {
    /// In sentences, where losses that were found at its steps, on examples of that hash, are not its own.
    pub fn contradicted(
        &self,
        examples: Option<&str>,
        found: impl IntoIterator<Item = (u64, f64)>,
    ) -> Option<String> {
        let compared: Vec<(u64, f64, f64)> = found
            .into_iter()
            .filter_map(|(step, found)| Some((step, found, *self.evaluated.get(&step)?)))
            .collect();
        let all = compared.len();
        let differing: Vec<_> = compared.into_iter().filter(|(_, a, b)| !is_same(*a, *b)).collect();
        if all > 0 && self.examples.as_deref() != examples {
            return Some(
                "The recording's evaluations are of other examples than the evaluator's losses, so they are not compared."
                    .to_owned(),
            );
        }
        let &(step, found, recorded) = differing.first()?;
        Some(format!(
            "At step {step} the evaluator finds a loss of {:.6} where the recording evaluated {:.6} ({} of {all} steps differ). {CAUSES}",
            Measured(found),
            Measured(recorded),
            differing.len()
        ))
    }
}

fn is_same(a: f64, b: f64) -> bool {
    match a.is_finite() && b.is_finite() {
        true => (a - b).abs() <= LEAST.max(SHARE * a.abs().max(b.abs())),
        false => a.is_finite() == b.is_finite(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_on_the_same_examples_that_is_another_is_told_with_its_step_and_both() {
        let evaluated = BTreeMap::from([(3, 0.5), (9, 0.25), (12, f64::NAN)]);
        let recorded = Recorded { id: "a".to_owned(), examples: Some("h".to_owned()), evaluated };
        let told = |examples, found: [f64; 3]| {
            recorded
                .contradicted(examples, [3, 7, 9, 12].into_iter().zip([found[0], 0.0, found[1], found[2]]))
        };
        assert_eq!(told(Some("h"), [0.5003, 0.25, f64::INFINITY]), None);
        let words = told(Some("h"), [0.5, 0.75, 1.0]).unwrap();
        let begins = "At step 9 the evaluator finds a loss of 0.750000 where the recording evaluated 0.250000 (2 of 3 steps differ).";
        assert!(words.starts_with(begins) && words.contains("training mode"), "{words}");
        for other in [None, Some("g")] {
            assert!(told(other, [0.5, 0.75, 1.0]).unwrap().contains("other examples"), "{other:?}");
        }
        assert_eq!(Recorded::default().contradicted(None, [(3, 1.0)]), None, "nothing was evaluated");
    }
}
