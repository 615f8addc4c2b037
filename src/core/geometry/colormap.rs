//! Colour maps: how a number between 0 and 1 becomes a colour.
//!
//! Viridis, magma (Smith and van der Walt 2015) and cividis (Nuñez, Anderton and Renslow 2018) are
//! perceptually even and come from the crate `colorous`; `batlow` runs through the ten colours that its
//! author gives of it (Crameri 2018, doi 10.5281/zenodo.1243862); `post` is the ramp of the post's
//! figures.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// A colour map by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ColorMap {
    /// Dark violet over green to yellow; readable with any colour vision.
    #[default]
    Viridis,
    /// Dark blue over grey to yellow; the same to people with and without red-green blindness.
    Cividis,
    /// Black over red to light yellow.
    Magma,
    /// Dark blue over olive and orange to rose; evenly lighter, readable with any colour vision.
    Batlow,
    /// The post's: violet and blue for low losses, grey to black for high ones.
    Post,
}

/// Entries of a look-up table.
pub const ENTRIES: usize = 256;

/// Ten evenly spaced colours of batlow.
const BATLOW: [[u8; 3]; 10] = [
    [1, 25, 89],
    [16, 63, 96],
    [28, 90, 98],
    [60, 109, 86],
    [104, 123, 62],
    [157, 137, 43],
    [210, 147, 67],
    [248, 161, 123],
    [253, 183, 188],
    [250, 204, 250],
];

/// The post's ramp: position and sRGB colour.
const POST: [(f64, [u8; 3]); 7] = [
    (0.0, [0x65, 0x33, 0xa2]),
    (0.1, [0x5e, 0x52, 0xff]),
    (0.25, [0x23, 0x9c, 0xff]),
    (0.5, [0x52, 0x93, 0xc9]),
    (0.75, [0x83, 0x8a, 0x93]),
    (0.9, [0x36, 0x38, 0x3c]),
    (1.0, [0x02, 0x02, 0x02]),
];

impl ColorMap {
    /// Every map, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and flags use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The sRGB colour at `t`, which is held to 0..1; NaN counts as 0.
    pub fn at(self, t: f64) -> [u8; 3] {
        let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) };
        let gradient = match self {
            Self::Viridis => colorous::VIRIDIS,
            Self::Cividis => colorous::CIVIDIS,
            Self::Magma => colorous::MAGMA,
            Self::Batlow => return batlow(t),
            Self::Post => return post(t),
        };
        gradient.eval_continuous(t).into_array()
    }

    /// All colours from 0 to 1, [`ENTRIES`] of them, as sRGB.
    pub fn table(self) -> Vec<[u8; 3]> {
        (0..ENTRIES).map(|i| self.at(i as f64 / (ENTRIES - 1) as f64)).collect()
    }
}

fn batlow(t: f64) -> [u8; 3] {
    let place = t * (BATLOW.len() - 1) as f64;
    let below = (place as usize).min(BATLOW.len() - 2);
    mixed(BATLOW[below], BATLOW[below + 1], place - below as f64)
}

fn post(t: f64) -> [u8; 3] {
    let above = POST.iter().position(|(at, _)| *at >= t).unwrap_or(POST.len() - 1).max(1);
    let ((low, from), (high, to)) = (POST[above - 1], POST[above]);
    mixed(from, to, (t - low) / (high - low))
}

fn mixed(from: [u8; 3], to: [u8; 3], share: f64) -> [u8; 3] {
    std::array::from_fn(|i| {
        let (a, b) = (f64::from(from[i]), f64::from(to[i]));
        (a + share * (b - a)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_knots_are_the_maps_own() {
        assert_eq!(ColorMap::Post.at(0.0), [0x65, 0x33, 0xa2]);
        assert_eq!(ColorMap::Post.at(0.25), [0x23, 0x9c, 0xff]);
        assert_eq!(ColorMap::Post.at(2.0), [0x02, 0x02, 0x02]);
        assert_eq!(ColorMap::Viridis.at(0.0), [68, 1, 84]);
        assert_eq!(ColorMap::Viridis.at(f64::NAN), [68, 1, 84]);
        for &map in ColorMap::ALL {
            assert_eq!(map.table().len(), ENTRIES);
            assert_eq!(map.table()[ENTRIES - 1], map.at(1.0));
        }
    }

    #[test]
    fn perceptual_maps_grow_lighter_all_the_way() {
        for map in [ColorMap::Viridis, ColorMap::Cividis, ColorMap::Magma, ColorMap::Batlow] {
            let luma = |[r, g, b]: [u8; 3]| 0.3 * f64::from(r) + 0.59 * f64::from(g) + 0.11 * f64::from(b);
            let lights: Vec<f64> = map.table().into_iter().map(luma).collect();
            assert!(lights.windows(2).all(|pair| pair[1] > pair[0] - 1.0), "{map:?}");
            assert!(lights[ENTRIES - 1] > lights[0] + 120.0, "{map:?}");
        }
    }
}
