//! Ways to look at an experiment.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// A way to look at the volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The plane at alpha3 as a surface over the floor.
    #[default]
    Surface,
    /// The volume as a cube, with the plane at alpha3 as a coloured slice through it.
    Cube,
    /// The surface and the cube side by side.
    Both,
}

impl Shape {
    /// Every shape, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// A way to move the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum CameraMode {
    /// Around a target.
    #[default]
    Orbit,
    /// Freely.
    Flight,
    /// Straight down, as on a contour map.
    Map,
    /// Behind the marker, the way the trail goes.
    Ride,
    /// Along the path through the camera keys.
    Path,
}

impl CameraMode {
    /// Every mode, in the order a key goes through them.
    pub const ALL: &[Self] = Self::VARIANTS;
}

/// Colours of everything that does not stand for a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light things on a dark stage.
    #[default]
    Dark,
    /// Dark things on a light ground, for a bright projector.
    Light,
}

/// What the colour of a trail tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TrailColors {
    /// Which run it is.
    #[default]
    Run,
    /// The true loss, in the post's ramp and on the scale of the heights.
    Loss,
    /// How far training has come.
    Step,
    /// The distance from the displayed plane, against the largest on the trail.
    Distance,
}

impl TrailColors {
    /// Everything it can tell, in the order a menu shows it.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How much is written over the landscape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Labels {
    /// All that has room.
    All,
    /// Axes, legends, and of what lies on the surface the three things that matter most.
    #[default]
    Few,
    /// Nothing: neither labels nor legends.
    None,
}

impl Labels {
    /// Every one, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What two trainings beside each other go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CompareBy {
    /// The same step.
    #[default]
    Step,
    /// As many examples seen: with half the batch, twice the step.
    Epoch,
}

impl CompareBy {
    /// Every one, in the order a menu shows them.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
