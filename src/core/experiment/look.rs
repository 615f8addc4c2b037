//! How an experiment is shown: everything about the picture that is worth keeping.

use serde::{Deserialize, Serialize};

use super::checked::FieldError;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::text::Measured;

/// How an experiment is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewFile {
    /// Colours of the losses.
    pub colors: ColorMap,
    /// How losses become heights: `clipped`, `linear` or `log`.
    pub scale: HeightScale,
    /// Losses above this are cut off on the clipped scale; without it, twice the highest loss of the
    /// trajectory.
    pub clip: Option<f64>,
    /// Dark stage or light.
    pub theme: Theme,
    /// Surface, cube, or both side by side.
    pub shape: Shape,
    /// How the camera moves.
    pub camera: CameraMode,
    /// Whether the surface stands on a block or floats as a sheet.
    pub is_solid: bool,
    /// Whether lines of even alpha are drawn on the surface.
    pub has_grid_lines: bool,
    /// How opaque the surface is, 0.1 to 1.
    pub opacity: f64,
    /// What the trail's colour tells.
    pub trail: TrailColors,
    /// Where a slice across alpha1 cuts the cube.
    pub section1: Option<f64>,
    /// Where a slice across alpha2 cuts the cube.
    pub section2: Option<f64>,
    /// The loss of an isosurface in the cube.
    pub isosurface: Option<f64>,
    /// Where alpha3 stands at first.
    pub alpha3: f64,
    /// Training steps a second at first.
    pub steps_per_second: f64,
    /// From where it is looked at first: turn about the vertical and angle below the horizon, in
    /// degrees. At a turn of 0 alpha1 runs to the right and alpha2 away from the eye.
    pub eye: (f64, f64),
}

impl Default for ViewFile {
    fn default() -> Self {
        Self {
            colors: ColorMap::default(),
            scale: HeightScale::default(),
            clip: None,
            theme: Theme::default(),
            shape: Shape::default(),
            camera: CameraMode::default(),
            is_solid: true,
            has_grid_lines: false,
            opacity: 1.0,
            trail: TrailColors::default(),
            section1: None,
            section2: None,
            isosurface: None,
            alpha3: 0.0,
            steps_per_second: 200.0,
            eye: (35.0, 30.0),
        }
    }
}

impl ViewFile {
    /// Checks every number.
    ///
    /// # Errors
    /// On the first that makes no sense.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        if let Some(clip) = self.clip
            && !(clip.is_finite() && clip > 0.0)
        {
            return Err(FieldError::new("view.clip", clip, "a finite loss above 0"));
        }
        let places = [
            ("view.section1", self.section1),
            ("view.section2", self.section2),
            ("view.isosurface", self.isosurface),
            ("view.alpha3", Some(self.alpha3)),
        ];
        for (field, value) in places {
            if let Some(value) = value.filter(|value| !value.is_finite()) {
                return Err(FieldError::new(field, value, "a finite number"));
            }
        }
        if !(0.1..=1.0).contains(&self.opacity) {
            return Err(FieldError::new("view.opacity", self.opacity, "0.1 to 1"));
        }
        if !(1.0..=1e5).contains(&self.steps_per_second) {
            return Err(FieldError::new("view.steps_per_second", self.steps_per_second, "1 to 100000"));
        }
        let (turn, below) = self.eye;
        if !(turn.abs() <= 360.0 && below.abs() <= 88.0) {
            let expected = "a turn of at most 360 and an angle of at most 88 degrees";
            return Err(FieldError::new(
                "view.eye",
                format!("({}, {})", Measured(turn), Measured(below)),
                expected,
            ));
        }
        Ok(())
    }
}

/// A way to look at the volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    pub const ALL: [Self; 3] = [Self::Surface, Self::Cube, Self::Both];
}

/// A way to move the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    pub const ALL: [Self; 5] = [Self::Orbit, Self::Flight, Self::Map, Self::Ride, Self::Path];
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    pub const ALL: [Self; 4] = [Self::Run, Self::Loss, Self::Step, Self::Distance];

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Loss => "loss",
            Self::Step => "step",
            Self::Distance => "distance",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_sense_are_refused_by_name() {
        let refused = |change: fn(&mut ViewFile)| {
            let mut view = ViewFile::default();
            change(&mut view);
            view.check().unwrap_err().to_string()
        };
        assert!(refused(|view| view.opacity = 0.0).starts_with("view.opacity = 0: expected 0.1 to 1"));
        assert!(refused(|view| view.isosurface = Some(f64::NAN)).starts_with("view.isosurface = NaN"));
        assert!(refused(|view| view.section2 = Some(f64::INFINITY)).starts_with("view.section2 = inf"));
        assert!(refused(|view| view.eye = (0.0, 90.0)).starts_with("view.eye = (0, 90)"));
        assert_eq!(ViewFile::default().check(), Ok(()));
    }
}
