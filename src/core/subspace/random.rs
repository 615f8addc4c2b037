//! The plane of random directions, each filter as long as that filter of theta.
//!
//! Filter normalisation (Li, Xu, Taylor, Studer, Goldstein 2018, section 4): in a dense layer a filter
//! is what leads *into* a neuron, a row of its weight `[out, in]`; in a convolution what leads into a channel.
//! Without it the scale of a layer,
//! which a network of rectified units can trade with the next at no change of the loss, would decide
//! how sharp a picture looks.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fit::{DIRECTIONS, Fitted};
use crate::core::num::principal;
use crate::core::num::vector::{add_scaled, dot, norm};
use crate::core::num::{ParamBlock, ParamLayout, Stream};

/// What a random direction does with the biases, and with the scales of normalisations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Biases {
    /// Leaves them where they are.
    #[default]
    Frozen,
    /// Moves them by their own values, as the code of Li et al. does.
    Copied,
}

/// How long a random direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lengths {
    /// Each filter as long as that filter of theta.
    #[default]
    Filters,
    /// All of it together of length 1, whatever theta's.
    Unit,
}

/// How random directions are drawn.
pub(super) struct Drawn {
    pub(super) biases: Biases,
    /// Whether each direction's filter is at right angles to the same filters of the directions before it, as far as the
    /// filter has entries enough.
    pub(super) orthogonal: bool,
    pub(super) lengths: Lengths,
}

/// The plane about `theta`.
pub(super) fn fit(theta: Vec<f64>, layout: &ParamLayout, drawn: &Drawn, stream: &mut Stream) -> Fitted {
    let mut directions: Vec<Vec<f64>> = Vec::with_capacity(DIRECTIONS);
    let mut units: Vec<Vec<f64>> = Vec::with_capacity(DIRECTIONS);
    for _ in 0..DIRECTIONS {
        let mut raw: Vec<f64> = (0..theta.len()).map(|_| stream.normal()).collect();
        if drawn.orthogonal {
            orthogonalise_filters(&mut raw, &directions, layout);
        }
        let direction = match drawn.lengths {
            Lengths::Filters => filter_normalised(&raw, &theta, layout, drawn.biases),
            Lengths::Unit => unit_length(&raw, &theta, layout, drawn.biases),
        };
        // Rows of one weight leave only signs to choose, and so perhaps the same direction twice.
        let Some(unit) = principal::orthonormal_to(direction.clone(), &units) else { break };
        units.push(unit);
        directions.push(direction);
    }
    let names = (1..=directions.len()).map(|i| format!("random {i}")).collect();
    let completion = directions.first().map_or(1.0, |direction| norm(direction));
    Fitted { origin: theta, directions, names, about: None, completion, filled_up: 0 }
}

/// Each filter of the direction at the length of the same filter of theta; biases as asked.
pub fn filter_normalised(raw: &[f64], theta: &[f64], layout: &ParamLayout, biases: Biases) -> Vec<f64> {
    let mut direction = vec![0.0; raw.len()];
    for filter in filters(layout) {
        let (raw, like) = (&raw[filter.clone()], &theta[filter.clone()]);
        let length = norm(raw);
        let scale = if length > 0.0 { norm(like) / length } else { 0.0 };
        direction[filter].iter_mut().zip(raw).for_each(|(entry, raw)| *entry = scale * raw);
    }
    move_biases(&mut direction, theta, layout, biases);
    direction
}

/// All filters of the direction together at length 1; biases as asked.
fn unit_length(raw: &[f64], theta: &[f64], layout: &ParamLayout, biases: Biases) -> Vec<f64> {
    let mut direction = vec![0.0; raw.len()];
    filters(layout).for_each(|filter| direction[filter.clone()].copy_from_slice(&raw[filter]));
    let length = norm(&direction);
    if length > 0.0 {
        direction.iter_mut().for_each(|entry| *entry /= length);
    }
    move_biases(&mut direction, theta, layout, biases);
    direction
}

fn move_biases(direction: &mut [f64], theta: &[f64], layout: &ParamLayout, biases: Biases) {
    if biases == Biases::Copied {
        for block in layout.blocks().iter().filter(|block| block.is_elementwise()) {
            direction[block.range()].copy_from_slice(&theta[block.range()]);
        }
    }
}

/// Takes from each filter of `raw` its parts along the same filters of the directions before it.
fn orthogonalise_filters(raw: &mut [f64], before: &[Vec<f64>], layout: &ParamLayout) {
    for filter in filters(layout) {
        // In a filter that the others already fill nothing would be left.
        if filter.len() <= before.len() {
            continue;
        }
        // Twice, since one pass leaves rounding behind.
        for direction in before.iter().chain(before) {
            let along = &direction[filter.clone()];
            let square = dot(along, along);
            if square > 0.0 {
                let part = dot(along, &raw[filter.clone()]) / square;
                add_scaled(&mut raw[filter.clone()], -part, along);
            }
        }
    }
}

/// The places of all filters.
fn filters(layout: &ParamLayout) -> impl Iterator<Item = Range<usize>> + '_ {
    layout.blocks().iter().flat_map(ParamBlock::filters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> ParamLayout {
        ParamLayout::dense([
            ("fc1.weight".into(), vec![3, 4]),
            ("fc1.bias".into(), vec![3]),
            ("fc2.weight".into(), vec![2, 3]),
            ("fc2.bias".into(), vec![2]),
        ])
    }

    fn usual() -> Drawn {
        Drawn { biases: Biases::Frozen, orthogonal: true, lengths: Lengths::Filters }
    }

    #[test]
    fn directions_of_one_length_are_as_long_whatever_theta_is() {
        let layout = layout();
        for size in [0.1, 10.0] {
            let theta = vec![size; layout.dim()];
            let drawn = Drawn { lengths: Lengths::Unit, ..usual() };
            let fitted = fit(theta, &layout, &drawn, &mut Stream::new(1, "test"));
            for (i, direction) in fitted.directions.iter().enumerate() {
                assert!((norm(direction) - 1.0).abs() < 1e-12);
                assert!(fitted.directions[..i].iter().all(|other| dot(other, direction).abs() < 1e-12));
                let biases = layout.blocks().iter().filter(|block| block.is_elementwise());
                assert!(biases.into_iter().all(|bias| direction[bias.range()].iter().all(|v| *v == 0.0)));
            }
        }
    }

    #[test]
    fn each_row_has_the_length_of_thetas_and_stands_at_right_angles() {
        let layout = layout();
        let mut stream = Stream::new(3, "test");
        let theta: Vec<f64> = (0..layout.dim()).map(|_| stream.normal()).collect();
        for biases in [Biases::Frozen, Biases::Copied] {
            let fitted = fit(theta.clone(), &layout, &Drawn { biases, ..usual() }, &mut stream);
            assert_eq!(fitted.directions.len(), 3);
            for filter in filters(&layout) {
                for (i, a) in fitted.directions.iter().enumerate() {
                    assert!((norm(&a[filter.clone()]) - norm(&theta[filter.clone()])).abs() < 1e-12);
                    for b in &fitted.directions[..i] {
                        assert!(dot(&a[filter.clone()], &b[filter.clone()]).abs() < 1e-12);
                    }
                }
            }
            for bias in layout.blocks().iter().filter(|block| block.is_elementwise()) {
                let expected =
                    if biases == Biases::Copied { &theta[bias.range()] } else { &vec![0.0; bias.len()] };
                assert_eq!(&fitted.directions[0][bias.range()], expected, "a bias is never normalised");
            }
        }
    }

    #[test]
    fn a_row_of_zeros_stays_and_narrow_rows_are_left_as_they_came() {
        let layout =
            ParamLayout::dense([("fc1.weight".into(), vec![4, 1]), ("fc2.weight".into(), vec![1, 4])]);
        let theta = [0.0, 2.0, -3.0, 1.0, 0.5, 0.5, 0.5, 0.5];
        let fitted = fit(theta.to_vec(), &layout, &usual(), &mut Stream::new(0, "test"));
        for direction in &fitted.directions {
            assert_eq!(direction[0], 0.0);
            assert!((direction[1].abs() - 2.0).abs() < 1e-12 && (direction[2].abs() - 3.0).abs() < 1e-12);
        }
    }

    #[test]
    fn raw_directions_are_not_orthogonalised() {
        let layout = layout();
        let theta = vec![1.0; layout.dim()];
        let draw = |orthogonal| {
            fit(theta.clone(), &layout, &Drawn { orthogonal, ..usual() }, &mut Stream::new(1, "test"))
        };
        let (raw, straight) = (draw(false), draw(true));
        assert_eq!(raw.directions[0], straight.directions[0]);
        assert!(dot(&raw.directions[0], &raw.directions[1]).abs() > 1e-3);
        assert!(dot(&straight.directions[0], &straight.directions[1]).abs() < 1e-12);
    }
}
