//! Holds the axes of a plane still while it is fitted anew to a run that goes on.
//!
//! A principal direction has no sign, and two that explain about as much may turn within their span or
//! change places from one fit to the next: the picture would jump though the landscape did not.

use nalgebra::DMatrix;

use super::Subspace;
use super::fit::SlicePlane;
use crate::core::num::principal;
use crate::core::num::vector::{add_scaled, dot, norm, scaled};

/// Two directions are told apart when the share of one exceeds the other's by this factor.
const CLEAR_GAP: f64 = 1.1;

/// The fitted plane with its axes turned as near to those of the plane before it as it may be without
/// leaving its span: signs as before, and directions whose shares of the variance are too near each
/// other to be told apart turned together (orthogonal Procrustes, Schönemann 1966), so that they keep
/// their order until the gap between them is clear. Planes of other sizes are returned as they are.
pub fn align(before: &SlicePlane, fitted: SlicePlane) -> SlicePlane {
    let (old, new) = (&before.subspace, &fitted.subspace);
    if (old.k(), old.dim()) != (new.k(), new.dim()) {
        return fitted;
    }
    let old_units = principal::units(old.directions());
    let mut directions = new.directions().to_vec();
    let mut axes = fitted.axes.clone();
    for block in blocks(&fitted) {
        let (units, old_units) = (principal::units(&directions[block.clone()]), &old_units[block.clone()]);
        let turn = procrustes(&units, old_units);
        for (i, at) in block.clone().enumerate() {
            let mut turned = vec![0.0; new.dim()];
            units.iter().enumerate().for_each(|(j, unit)| add_scaled(&mut turned, turn[(i, j)], unit));
            directions[at] = scaled(&turned, norm(&new.directions()[at]));
            // Principal directions are uncorrelated, so their variances mix like this.
            let share = |j: usize| turn[(i, j)].powi(2) * fitted.axes[block.start + j].explained;
            axes[at].explained = (0..block.len()).map(share).sum();
        }
    }
    match Subspace::new(new.origin().to_vec(), directions) {
        Ok(subspace) => SlicePlane { subspace, axes, ..fitted },
        Err(_) => fitted,
    }
}

/// Runs of directions at right angles whose shares cannot be told apart, in order.
fn blocks(plane: &SlicePlane) -> Vec<std::ops::Range<usize>> {
    let k = plane.subspace.k();
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    for i in 0..k {
        let joins = i > 0 && {
            let (above, here) = (&plane.axes[i - 1], &plane.axes[i]);
            above.is_random == here.is_random
                && above.explained < CLEAR_GAP * here.explained
                && plane.subspace.cosine(i - 1, i).abs() < 1e-6
        };
        match blocks.last_mut() {
            Some(block) if joins => block.end = i + 1,
            _ => blocks.push(i..i + 1),
        }
    }
    blocks
}

/// The orthogonal matrix Q for which Q·units is nearest to `targets`.
fn procrustes(units: &[Vec<f64>], targets: &[Vec<f64>]) -> DMatrix<f64> {
    let n = units.len();
    let overlap = DMatrix::from_fn(n, n, |i, j| dot(&targets[i], &units[j]));
    let svd = overlap.svd(true, true);
    match (svd.u, svd.v_t) {
        (Some(u), Some(v_t)) => u * v_t,
        _ => DMatrix::identity(n, n),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::subspace::AxisMeaning;

    fn plane(directions: Vec<Vec<f64>>, shares: &[f64]) -> SlicePlane {
        let axes = shares
            .iter()
            .map(|&explained| AxisMeaning { name: "PC".into(), explained, is_random: false })
            .collect();
        let subspace = Subspace::new(vec![0.0; 4], directions).unwrap();
        SlicePlane { subspace, axes, explained: shares.iter().sum() }
    }

    fn unit(i: usize, sign: f64) -> Vec<f64> {
        (0..4).map(|j| if i == j { sign } else { 0.0 }).collect()
    }

    #[test]
    fn signs_are_kept() {
        let before = plane(vec![unit(0, 1.0), unit(1, 1.0)], &[0.8, 0.1]);
        let after = align(&before, plane(vec![unit(0, -1.0), unit(1, 1.0)], &[0.7, 0.2]));
        assert_eq!(after.subspace.directions(), before.subspace.directions());
        assert_eq!(after.axes[0].explained, 0.7);
    }

    #[test]
    fn order_is_held_until_the_gap_is_clear() {
        let before = plane(vec![unit(0, 1.0), unit(1, 1.0)], &[0.5, 0.45]);
        let swapped = |a, b| plane(vec![unit(1, -1.0), unit(0, 1.0)], &[a, b]);
        let held = align(&before, swapped(0.49, 0.46));
        for (found, expected) in held.subspace.directions().iter().zip(before.subspace.directions()) {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert!((held.axes[0].explained - 0.46).abs() < 1e-12, "the shares go with the directions");
        let clear = align(&before, swapped(0.7, 0.2));
        // Nothing tells the sign of a direction at right angles to the old one.
        assert!((clear.subspace.directions()[0][1].abs() - 1.0).abs() < 1e-12);
        assert_eq!(clear.axes[0].explained, 0.7);
    }

    #[test]
    fn directions_that_cannot_be_told_apart_turn_back_within_their_span() {
        let before = plane(vec![unit(0, 1.0), unit(1, 1.0), unit(2, 1.0)], &[0.34, 0.33, 0.1]);
        let (sin, cos) = 0.7_f64.sin_cos();
        let turned = vec![vec![cos, sin, 0.0, 0.1], vec![-sin, cos, 0.0, 0.0], unit(2, 1.0)];
        let after = align(&before, plane(turned, &[0.34, 0.33, 0.1]));
        let d = after.subspace.directions();
        assert!(d[0][0] > 0.98 && d[1][1] > 0.98, "{d:?}");
        assert!(dot(&d[0], &d[1]).abs() < 0.01);
    }
}
