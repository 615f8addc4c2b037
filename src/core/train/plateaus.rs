//! Stretches of training over which the loss hardly falls.

/// Least length of a plateau, as a share of all steps.
const LENGTH: f64 = 0.08;
/// The loss of a plateau falls by less than this share of itself.
const FALL: f64 = 0.02;

/// The plateaus of a curve of (step, loss), oldest first, as stretches from step to step. The last
/// stretch counts only if the loss fell anywhere: a run that has come to rest is at its end, not on a
/// plateau.
pub fn plateaus(curve: &[(u64, f64)]) -> Vec<(u64, u64)> {
    let (Some(first), Some(last)) = (curve.first(), curve.last()) else { return Vec::new() };
    let least = LENGTH * (last.0 - first.0) as f64;
    let mut found: Vec<(u64, u64)> = Vec::new();
    let mut from = 0;
    while from < curve.len() {
        let (start, loss) = curve[from];
        let is_level = |(_, there): &&(u64, f64)| {
            there.is_finite() && *there > (1.0 - FALL) * loss && *there < (1.0 + FALL) * loss
        };
        let length = curve[from..].iter().take_while(is_level).count();
        let to = from + length.max(1) - 1;
        let is_end = to + 1 == curve.len();
        if (curve[to].0 - start) as f64 >= least && length > 1 && !is_end {
            found.push((start, curve[to].0));
        }
        from = to + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_stretch_before_a_fall_is_a_plateau_and_the_end_is_none() {
        let loss = |step: u64| match step {
            0..20 => 1.0 - 0.03 * step as f64,
            20..60 => 0.4,
            60..80 => 0.4 - 0.015 * (step - 60) as f64,
            _ => 0.1,
        };
        let curve: Vec<(u64, f64)> = (0..100).map(|step| (step, loss(step))).collect();
        assert_eq!(plateaus(&curve), [(20, 60)]);
        let falling: Vec<(u64, f64)> = (0..100).map(|step| (step, 0.9_f64.powi(step as i32))).collect();
        assert_eq!(plateaus(&falling), []);
        assert_eq!(plateaus(&[]), []);
    }
}
