//! The map from slice and loss to the world, for everything that is drawn.

use bevy::prelude::*;

use super::Stage;
use super::landscape::{Landscape, LandscapeSystems};
use super::session::SessionState;
use crate::core::geometry::frame::WorldFrame;
use crate::core::grid::Axis;
use crate::core::script::command::Shape;

/// Where things lie in the world; absent until a plane is known.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Placement(pub Option<Placed>);

/// A frame, and what its vertical stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Slice coordinates and losses.
    pub frame: WorldFrame,
    /// In the cube, the axis of alpha3, which runs upward there instead of the loss.
    pub cube: Option<Axis>,
}

/// World height of the cube.
pub const CUBE_TOP: f64 = 1.3;

impl Placed {
    /// World position of a point of training: alpha `[k]` and its true loss.
    pub fn point(&self, alpha: &[f64], loss: f64) -> Option<[f64; 3]> {
        let (alpha1, alpha2) = (*alpha.first()?, *alpha.get(1)?);
        let position = match self.cube {
            Some(_) => {
                let [x, z] = self.frame.floor(alpha1, alpha2);
                [x, self.cube_height(alpha.get(2).copied().unwrap_or(0.0)), z]
            }
            None => self.frame.world(alpha1, alpha2, loss),
        };
        let far = FARTHEST;
        position.iter().all(|v| v.is_finite() && v.abs() < far).then_some(position)
    }

    /// World height of an alpha3 in the cube.
    pub fn cube_height(&self, alpha3: f64) -> f64 {
        self.cube.map_or(0.0, |axis| (alpha3 - axis.low) / (axis.high - axis.low) * CUBE_TOP)
    }
}

/// World distance beyond which a point of a run that ran away is left out of the picture.
const FARTHEST: f64 = 30.0;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Placement>().add_systems(Update, place.in_set(Stage::Derive).after(LandscapeSystems));
}

fn place(landscape: Res<Landscape>, session: Res<SessionState>, mut placement: ResMut<Placement>) {
    let placed = landscape.known().map(|known| Placed {
        frame: WorldFrame::new(&known.plan.plane_spec, known.heights),
        cube: match (session.view().shape, &known.plan.volume_spec) {
            (Shape::Cube, Some(spec)) => Some(spec.axes()[2]),
            _ => None,
        },
    });
    placement.set_if_neq(Placement(placed));
}
