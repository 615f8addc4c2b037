//! A film as a scene for other programs: what is shown, where, and when.
//!
//! ```text
//!        y = height of the loss          metres as glTF has them; the slice's longer side is 2 of them
//!        |   -z = alpha2                 and the highest loss shown stands at 0.75
//!        |  /
//!        | /                             the eye looks along its own -z, y upward
//!        +------ x = alpha1              times in seconds from the beginning of the film
//! ```
//!
//! [`strip`] makes few of the many pictures of a film; [`glb`] writes the scene.

mod glb;
mod morph;
pub mod strip;

use std::ops::Range;
use std::sync::Arc;

pub use self::glb::{Manner, TooLarge};
pub use self::morph::MOST_TARGETS;

use serde_json::Value;

use super::paint::linear_rgba;
use super::surface::SurfaceMesh;
use crate::core::geometry::camera::Pose;
use crate::core::geometry::tube::TubeMesh;

/// A film as a scene.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// What it is called.
    pub title: String,
    /// Its length in seconds, above 0.
    pub secs: f64,
    /// Seconds from one frame to the next.
    pub frame: f64,
    /// Width of its frames over their height.
    pub aspect: f64,
    /// Where the eye is at which second, at least once and in the order of time. Between them it goes evenly.
    pub poses: Vec<(f64, Pose)>,
    /// The surfaces, each as it is for a while.
    pub sheets: Vec<Exhibit>,
    /// What else there is: trails in pieces, and markers.
    pub others: Vec<Exhibit>,
    /// The titles of its chapters, and when they begin.
    pub chapters: Vec<(f64, String)>,
}

/// A thing that is shown for a while.
#[derive(Clone, Debug, Default)]
pub struct Exhibit {
    /// What it is called.
    pub name: String,
    /// Its mesh.
    pub shape: Shape,
    /// The seconds in which it is shown, in the order of time and apart from each other.
    pub shown: Vec<Range<f64>>,
    /// Where its origin is at which second, in the order of time, at least once; between them it goes evenly.
    pub path: Vec<(f64, [f64; 3])>,
    /// Which landscape it is of, if it is a surface: those of one may go over into one another.
    pub landscape: u64,
    /// What is to be said of it, for programs: an object, or null.
    pub about: Value,
}

/// A mesh with colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Positions about the exhibit's origin.
    pub positions: Vec<[f32; 3]>,
    /// Of unit length.
    pub normals: Vec<[f32; 3]>,
    /// sRGB.
    pub colors: Vec<[u8; 3]>,
    /// Three vertices each, counter-clockwise from outside. Those of many surfaces may be the same.
    pub triangles: Arc<[[u32; 3]]>,
}

impl From<SurfaceMesh> for Shape {
    fn from(surface: SurfaceMesh) -> Self {
        let vertices = surface.vertices.iter();
        Self {
            positions: vertices.clone().map(|vertex| vertex.position).collect(),
            normals: vertices.clone().map(|vertex| vertex.normal).collect(),
            colors: vertices.map(|vertex| vertex.color).collect(),
            triangles: surface.triangles.into(),
        }
    }
}

impl Shape {
    /// A tube or a ball whose points have those colours.
    pub fn of_tube(tube: TubeMesh, color_of: impl Fn(u32) -> [u8; 3]) -> Self {
        let colors = tube.point.iter().map(|point| color_of(*point)).collect();
        let triangles = tube.indices.as_chunks().0.into();
        Self { positions: tube.positions, normals: tube.normals, colors, triangles }
    }

    /// Bytes of a file that so many vertices take at least.
    pub fn bytes(vertices: usize) -> usize {
        vertices * super::glb::VERTEX_BYTES
    }

    fn lights(&self) -> impl ExactSizeIterator<Item = [u16; 4]> + Clone {
        self.colors.iter().map(|color| linear_rgba(*color))
    }
}

impl Scene {
    /// The height of the view that most of its poses have, an angle in radians: a camera of the format keeps its own.
    pub fn fov(&self) -> f64 {
        let mut all: Vec<f64> = self.poses.iter().map(|(_, pose)| pose.fov).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(crate::core::geometry::camera::FOV)
    }

    /// Whether some poses have another height of the view: from there what is looked at is as large, and nearer
    /// or farther.
    pub fn bends_view(&self) -> bool {
        let fov = self.fov();
        self.poses.iter().any(|(_, pose)| (pose.fov - fov).abs() > 1e-6)
    }
}
