//! The surface of a plane as a mesh, with the heights, the cut at the top and the colours of the window.
//!
//! ```text
//!        y = height of the loss          x, z: alpha1 and -alpha2 in one scale, the longer from -1 to 1
//!        |   -z = alpha2                 y: from 0 at the lowest loss shown to 0.75 at the highest
//!        |  /
//!        | /                             seen from above, triangles turn counter-clockwise
//!        +------ x = alpha1
//! ```
//!
//! Losses above the picture are cut off at its top. Where a loss diverged there is a hole: cells whose
//! corners are not all finite have no triangles.

use std::io;

use super::paint::Paint;
use super::slice::{Slice, shown_height};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::frame::{TOP, WorldFrame};
use crate::core::geometry::heights::{HeightBlend, HeightRange};
use crate::core::grid::LossGrid;

/// What a surface is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sheet<'a> {
    /// The losses of a plane.
    pub grid: &'a LossGrid,
    /// Their heights, and with them their colours.
    pub heights: HeightBlend,
    /// The map of the colours.
    pub colors: ColorMap,
    /// Where all of it lies at one height, as in the cube: that height in the world.
    pub level: Option<f64>,
}

impl<'a> From<&Slice<'a>> for Sheet<'a> {
    fn from(slice: &Slice<'a>) -> Self {
        let (heights, colors) = (slice.heights().into(), slice.experiment.view.colors);
        Self { grid: slice.grid, heights, colors, level: None }
    }
}

/// A mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct SurfaceMesh {
    /// The grid's finite losses, alpha1 running first.
    pub vertices: Vec<Vertex>,
    /// Three vertices each.
    pub triangles: Vec<[u32; 3]>,
    /// Losses at the floor and the top.
    pub heights: HeightRange,
}

/// A point of the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vertex {
    /// World position.
    pub position: [f32; 3],
    /// Unit vector that points up from the surface.
    pub normal: [f32; 3],
    /// sRGB colour.
    pub color: [u8; 3],
    /// The loss there, not cut off.
    pub loss: f64,
}

/// A plane that has no surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no surface: no four neighbouring losses are all finite")]
pub struct NoSurface;

impl From<NoSurface> for io::Error {
    fn from(error: NoSurface) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// A vertex's number where the loss diverged.
const NONE: u32 = u32::MAX;

impl SurfaceMesh {
    /// The surface of a plane.
    ///
    /// # Errors
    /// If there is no triangle, since everything diverged.
    ///
    /// # Panics
    /// If the slice is a line.
    pub fn new<'a>(sheet: impl Into<Sheet<'a>>) -> Result<Self, NoSurface> {
        let sheet = sheet.into();
        let relief = Relief::new(&sheet);
        let paint = Paint::new(sheet.heights, sheet.colors);
        let [n1, n2, _] = sheet.grid.spec.counts();
        let (mut vertices, mut numbers) = (Vec::with_capacity(n1 * n2), Vec::with_capacity(n1 * n2));
        for at in (0..n2).flat_map(|i2| (0..n1).map(move |i1| [i1, i2])) {
            let loss = relief.loss(at);
            if !loss.is_finite() {
                numbers.push(NONE);
                continue;
            }
            numbers.push(vertices.len() as u32);
            let (position, normal) = (relief.position(at), relief.normal(at));
            let color = paint.plain(loss);
            vertices.push(Vertex {
                position: position.map(|v| v as f32),
                normal: normal.map(|v| v as f32),
                color,
                loss,
            });
        }
        let triangles = triangles(&numbers, n1);
        if triangles.is_empty() {
            Err(NoSurface)
        } else {
            Ok(Self { vertices, triangles, heights: sheet.heights.to })
        }
    }

    /// The corners of a triangle.
    pub fn corners(&self, triangle: [u32; 3]) -> [[f32; 3]; 3] {
        triangle.map(|number| self.vertices[number as usize].position)
    }
}

/// Two triangles for each four neighbours that are all finite, cut from the near right corner to the
/// far left one as in the window.
fn triangles(numbers: &[u32], n1: usize) -> Vec<[u32; 3]> {
    let mut triangles = Vec::with_capacity(2 * numbers.len());
    for (near, far) in numbers.chunks_exact(n1).zip(numbers.chunks_exact(n1).skip(1)) {
        for (near, far) in near.windows(2).zip(far.windows(2)) {
            let [a, b, c, d] = [near[0], near[1], far[0], far[1]];
            if ![a, b, c, d].contains(&NONE) {
                triangles.extend([[a, b, c], [c, b, d]]);
            }
        }
    }
    triangles
}

/// A vector that has z upward instead of y, for formats in which that is the custom.
pub fn z_up([x, y, z]: [f32; 3]) -> [f32; 3] {
    [x, 0.0 - z, y]
}

/// The heights of a plane in the world.
struct Relief<'a> {
    grid: &'a LossGrid,
    frame: WorldFrame,
    level: Option<f64>,
}

impl<'a> Relief<'a> {
    fn new(sheet: &Sheet<'a>) -> Self {
        let frame = WorldFrame::new(&sheet.grid.spec, sheet.heights);
        Self { grid: sheet.grid, frame, level: sheet.level }
    }

    fn loss(&self, [i1, i2]: [usize; 2]) -> f64 {
        self.grid.at([i1, i2, 0])
    }

    fn height(&self, at: [usize; 2]) -> f64 {
        self.level.unwrap_or_else(|| shown_height(self.loss(at), self.frame.heights) * TOP)
    }

    fn position(&self, at: [usize; 2]) -> [f64; 3] {
        let [axis1, axis2] = self.frame.axes();
        let [x, z] = self.frame.floor(axis1.value(at[0] as f64), axis2.value(at[1] as f64));
        [x, self.height(at), z]
    }

    /// From the neighbours on both sides; from one where the other is missing or diverged.
    fn normal(&self, at: [usize; 2]) -> [f64; 3] {
        let ([rise1, run1], [rise2, run2]) = (self.slope(at, 0), self.slope(at, 1));
        // Multiplied by both runs: one of them may be next to nothing beside the other.
        unit_or([-rise1 * run2, run1 * run2, rise2 * run1], [0.0, 1.0, 0.0])
    }

    /// Height gained along an axis, and over which world distance.
    fn slope(&self, at: [usize; 2], axis: usize) -> [f64; 2] {
        let spec = &self.grid.spec;
        let neighbour = |index: Option<usize>| {
            let mut there = at;
            there[axis] = index.filter(|index| *index < spec.counts()[axis])?;
            self.loss(there).is_finite().then_some(there)
        };
        let before = neighbour(at[axis].checked_sub(1)).unwrap_or(at);
        let after = neighbour(Some(at[axis] + 1)).unwrap_or(at);
        // Alone it is level, whatever the distance.
        let steps = (after[axis] - before[axis]).max(1);
        let run = steps as f64 * spec.axes()[axis].step() * self.frame.world_per_alpha();
        [self.height(after) - self.height(before), run]
    }
}

/// The vector at a length of 1; one without a length becomes `other`.
pub(super) fn unit_or(vector: [f64; 3], other: [f64; 3]) -> [f64; 3] {
    let length = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    if length > 0.0 { vector.map(|v| v / length) } else { other }
}
