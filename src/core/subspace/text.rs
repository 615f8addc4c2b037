//! Planes as flags write them: the name of a kind, then its arguments after a colon.

use super::config::PlaneConfig;
use super::pca::About;
use super::place::Place;

/// As flags write it:
/// `pca:mean|end`, `line:A,B`, `random:A`, `hessian:A`, `points:A,B,C` with places for A, B and C;
/// `axes:fc1.weight[0,1],fc2.bias`; `angle:20`.
impl std::str::FromStr for PlaneConfig {
    type Err = PlaneTextError;

    fn from_str(text: &str) -> Result<Self, PlaneTextError> {
        let (name, arguments) = match text.split_once(':') {
            Some((name, arguments)) => (name, arguments_of(arguments)),
            None => (text, Vec::new()),
        };
        let wrong = |expected: &'static str| PlaneTextError::Arguments { text: text.to_owned(), expected };
        let place = |i: usize, expected| arguments[i].parse::<Place>().map_err(|_| wrong(expected));
        let plain = Self::by_name(name);
        const PLACE: &str = "a place: start, end, step:N, a .npy file or a run (.npz)";
        const TWO: &str = "two places, A,B, each start, end, step:N, a .npy file or a run (.npz)";
        const THREE: &str = "three places, A,B,C, each start, end, step:N, a .npy file or a run (.npz)";
        match (name, arguments.len()) {
            ("points", 3) => {
                Ok(Self::Points { a: place(0, THREE)?, b: place(1, THREE)?, c: place(2, THREE)? })
            }
            ("points", _) => Err(wrong(THREE)),
            (_, 0) => plain.ok_or_else(|| PlaneTextError::unknown(name)),
            ("pca", 1) => match arguments[0] {
                "mean" => Ok(Self::Pca { about: About::Mean }),
                "end" => Ok(Self::Pca { about: About::End }),
                _ => Err(wrong("pca:mean or pca:end")),
            },
            ("line", 2) => Ok(Self::Line { from: place(0, TWO)?, to: place(1, TWO)? }),
            ("line", _) => Err(wrong(TWO)),
            ("random", 1) => Ok(Self::random(place(0, PLACE)?)),
            ("hessian", 1) => Ok(Self::Hessian { at: place(0, PLACE)? }),
            ("axes", _) => Ok(Self::Axes { parameters: arguments.iter().map(|&a| a.to_owned()).collect() }),
            ("angle", 1) => arguments[0]
                .parse()
                .map(|degrees| Self::Angle { degrees })
                .map_err(|_| wrong("degrees, 2 to 90")),
            _ if plain.is_some() => Err(wrong("fewer arguments")),
            _ => Err(PlaneTextError::unknown(name)),
        }
    }
}

/// Why a text names no plane.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlaneTextError {
    /// No such kind.
    #[error("unknown plane {name:?}: expected {known}")]
    Unknown {
        /// The kind asked for.
        name: String,
        /// All kinds.
        known: String,
    },
    /// The arguments do not fit the kind.
    #[error("plane {text:?}: expected {expected}")]
    Arguments {
        /// All that was written.
        text: String,
        /// What its arguments should be.
        expected: &'static str,
    },
}

impl PlaneTextError {
    fn unknown(name: &str) -> Self {
        let mut known: Vec<&str> = PlaneConfig::all().iter().map(PlaneConfig::name).collect();
        known.push("points:A,B,C");
        Self::Unknown { name: name.to_owned(), known: known.join(", ") }
    }
}

/// Splits at commas that stand outside brackets: `fc1.weight[0,1],fc2.bias` is two.
fn arguments_of(text: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let is_between = |c: char| {
        depth += i32::from(c == '[') - i32::from(c == ']');
        c == ',' && depth == 0
    };
    text.split(is_between).map(str::trim).collect()
}
