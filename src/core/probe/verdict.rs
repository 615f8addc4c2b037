//! What a point is, in a word, with the numbers that the word rests on.

use serde::Serialize;

use super::curvature::{Curvature, Extent};
use crate::core::text::Measured;

/// A predicted decrease beyond this share of the loss makes a point a slope.
pub const SLOPE_SHARE: f64 = 0.01;

/// What a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// The loss or its curvature is not finite.
    Diverged,
    /// A step downhill gets notably lower.
    Slope,
    /// Level, but the loss falls off in some direction.
    Saddle,
    /// Level, falls off in no direction, but does not rise in all.
    Flat,
    /// Level, and the loss rises in every direction.
    Minimum,
    /// Level, and no direction in which the loss falls off was found; not all were looked at.
    NoNegativeCurvature,
}

impl VerdictKind {
    /// The word, as people read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Diverged => "diverged",
            Self::Slope => "slopes",
            Self::Saddle => "saddle",
            Self::Flat => "flat",
            Self::Minimum => "minimum",
            Self::NoNegativeCurvature => "no negative curvature found",
        }
    }
}

/// A verdict in as many words as a row of numbers has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brief {
    /// The word.
    pub kind: VerdictKind,
    /// Of a slope: along how many directions most of the way down lies, and how many there are.
    pub downhill: Option<[usize; 2]>,
}

impl Brief {
    /// The words: a slope says in how many dimensions it slopes, where that is known.
    pub fn words(self) -> String {
        match self.downhill {
            Some([count, all]) => format!("slopes in {count} of {all} dimensions"),
            None => self.kind.word().to_owned(),
        }
    }
}

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The word.
    pub kind: VerdictKind,
    /// Of a slope: along how many directions most of the way down lies, and how many there are. `None` where
    /// the whole space was not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downhill: Option<[usize; 2]>,
    /// The grounds in a sentence.
    pub grounds: String,
}

impl Verdict {
    /// The same in a few words.
    pub fn brief(&self) -> Brief {
        Brief { kind: self.kind, downhill: self.downhill }
    }
}

/// Judges a point by its loss and curvature.
pub fn judge(loss: f64, curvature: Option<&Curvature>) -> Verdict {
    let Some(curvature) = curvature.filter(|_| loss.is_finite()) else {
        let grounds = "the loss or its derivatives are not finite here".to_owned();
        return Verdict { kind: VerdictKind::Diverged, downhill: None, grounds };
    };
    let Curvature { predicted_decrease: decrease, tolerance, .. } = *curvature;
    let lowest = curvature.eigenvalues.first().copied().unwrap_or_default();
    let nearest_zero =
        curvature.eigenvalues.iter().fold(f64::INFINITY, |least, value| least.min(value.abs()));
    let [told, lowest_told, bound, promised] = [loss, lowest, tolerance, decrease].map(Measured);
    let level = format!(
        "level to within {:.0} % of the loss (a step downhill promises {promised:.3} of {told:.4})",
        100.0 * SLOPE_SHARE
    );
    let (kind, grounds) = if decrease > SLOPE_SHARE * loss {
        let share = Measured(100.0 * decrease / loss);
        let text = format!(
            "a step downhill promises {promised:.3}, {share:.4} % of the loss {told:.4}; up to {:.0} % counts as level",
            100.0 * SLOPE_SHARE
        );
        (VerdictKind::Slope, text)
    } else if lowest < -tolerance {
        let text = format!("{level}, but bends down: lowest curvature {lowest_told:.4}, below −{bound:.2}");
        (VerdictKind::Saddle, text)
    } else if let Extent::Lanczos { steps } = curvature.extent {
        let text = format!(
            "{level}; no negative curvature found in {steps} steps of Lanczos, which proves no minimum"
        );
        (VerdictKind::NoNegativeCurvature, text)
    } else if nearest_zero <= tolerance {
        let text =
            format!("{level}; some direction bends by no more than {bound:.2}, a thousandth of the most");
        (VerdictKind::Flat, text)
    } else {
        let text = format!(
            "{level}; bends up in every direction: lowest curvature {lowest_told:.4}, above {bound:.2}"
        );
        (VerdictKind::Minimum, text)
    };
    let all = curvature.eigenvalues.len();
    let downhill = curvature.downhill.filter(|_| kind == VerdictKind::Slope).map(|count| [count, all]);
    Verdict { kind, downhill, grounds }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(eigenvalues: &[f64], extent: Extent, predicted_decrease: f64) -> Verdict {
        let largest = eigenvalues.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let curvature = Curvature {
            eigenvalues: eigenvalues.to_vec(),
            extent,
            largest,
            tolerance: 1e-3 * largest,
            negative: 0,
            in_plane: vec![],
            negative_in_plane: 0,
            predicted_decrease,
            downhill: (extent == Extent::Dense).then_some(1),
        };
        judge(0.5, Some(&curvature))
    }

    fn kind(eigenvalues: &[f64], extent: Extent, predicted_decrease: f64) -> VerdictKind {
        judged(eigenvalues, extent, predicted_decrease).kind
    }

    #[test]
    fn a_slope_says_in_how_many_dimensions() {
        let words = |verdict: Verdict| verdict.brief().words();
        assert_eq!(words(judged(&[-1.0, 2.0], Extent::Dense, 0.006)), "slopes in 1 of 2 dimensions");
        assert_eq!(words(judged(&[-1.0, 2.0], Extent::Lanczos { steps: 2 }, 0.006)), "slopes");
        assert_eq!(words(judged(&[-1.0, 2.0], Extent::Dense, 0.005)), "saddle");
    }

    #[test]
    fn each_word_has_its_place() {
        let lanczos = Extent::Lanczos { steps: 20 };
        assert_eq!(kind(&[-1.0, 2.0], Extent::Dense, 0.006), VerdictKind::Slope);
        assert_eq!(kind(&[-1.0, 2.0], Extent::Dense, 0.005), VerdictKind::Saddle);
        assert_eq!(kind(&[-0.0021, 2.0], lanczos, 0.0), VerdictKind::Saddle);
        assert_eq!(kind(&[-0.002, 2.0], Extent::Dense, 0.0), VerdictKind::Flat);
        assert_eq!(kind(&[0.002, 2.0], Extent::Dense, 0.0), VerdictKind::Flat);
        assert_eq!(kind(&[0.0021, 2.0], Extent::Dense, 0.0), VerdictKind::Minimum);
        assert_eq!(kind(&[0.0021, 2.0], lanczos, 0.0), VerdictKind::NoNegativeCurvature);
        assert_eq!(judge(f64::NAN, None).kind, VerdictKind::Diverged);
    }
}
