//! Charts by name: which there are, and how they stand beside the landscape.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// A chart by name.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    VariantArray,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChartKind {
    /// Loss and accuracy against the step.
    Curves,
    /// The data with what the model makes of it.
    Decision,
    /// The plane as a contour map.
    Map,
    /// The loss along both axes of the plane, or along the line from start to end.
    Sections,
    /// The first two parameters.
    Parameters,
    /// How many examples get which prediction.
    Histogram,
    /// The data as the hidden units see it.
    Hidden,
    /// The loss of one example against its error.
    Loss,
    /// The eigenvalues of the Hessian.
    Spectrum,
    /// The directions of the plane, with their lengths and the angle between them.
    Directions,
    /// Curvature, gradient and distance along the training.
    Along,
    /// From which step on each example is right.
    Learned,
}

impl ChartKind {
    /// Every chart, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files use.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Where charts stand in a lecture, a picture and a film.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Layout {
    /// The landscape alone; in a window with panels the charts stand in a dock among these.
    #[default]
    Landscape,
    /// The landscape with the first two of the charts beside it.
    Beside,
    /// The first two of the charts, one beside the other, in the landscape's place.
    Charts,
    /// The first chart alone.
    Chart,
}

impl Layout {
    /// Every layout, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// How many charts it has room for.
    pub fn charts(self) -> usize {
        match self {
            Self::Landscape => 0,
            Self::Beside | Self::Charts => 2,
            Self::Chart => 1,
        }
    }
}

/// What lies under the path on the contour map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MapGround {
    /// Its losses as colours.
    #[default]
    Colors,
    /// A colour for all between one isoline and the next.
    Bands,
    /// A dot for each of the models of a grid.
    Dots,
}

impl MapGround {
    /// Every ground, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Something in the chart of the first two parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ParameterLayer {
    /// The models of a grid as dots, coloured by their losses.
    Grid,
    /// The paths of all runs as lines.
    Path,
    /// A dot for each step of the run that chose the plane, coloured by its loss.
    Steps,
    /// The directions of the plane as arrows from its origin.
    Directions,
}

impl ParameterLayer {
    /// Every layer, the lowest first.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
