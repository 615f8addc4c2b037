//! The surface in a volume at which the loss has a given value.
//!
//! Surface nets (Gibson 1998): every cell that the level passes through gets one vertex, in the middle
//! of the crossings on its edges, and every crossed edge joins the vertices of the four cells around
//! it. A cell with a corner that diverged holds no vertex: the surface ends there.

use std::ops::Deref;

use crate::core::grid::LossGrid;
use crate::core::num::range::share;
use crate::core::num::work::finish;
use crate::core::num::{Advance, Job, Progress};

/// A triangle mesh in a box with one corner at the origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IsoMesh {
    /// Along alpha1, alpha2, alpha3, from 0 to the extent of the box.
    pub positions: Vec<[f32; 3]>,
    /// Unit length, toward higher losses.
    pub normals: Vec<[f32; 3]>,
    /// Three for each triangle; seen from the higher losses they turn counter-clockwise.
    pub indices: Vec<u32>,
}

/// On which side of the level a cell of the grid lies.
const BELOW: u8 = 0;
const ABOVE: u8 = 1;
const DIVERGED: u8 = 4;

/// The surface at `level` in a volume that is drawn as a box of that extent.
///
/// # Panics
/// If the grid is no volume.
pub fn isosurface(volume: &LossGrid, level: f64, extent: [f64; 3]) -> IsoMesh {
    finish(Nets::new(volume, level, extent)).unwrap_or_default()
}

/// The surface in the making. Its units are layers of the volume; what it finds is the whole mesh.
pub struct Nets<V> {
    volume: V,
    level: f64,
    /// Of the cells so far.
    sides: Vec<u8>,
    /// From a cell of the grid to the next along each axis.
    strides: [usize; 3],
    /// World length of a cell along each axis.
    scale: [f64; 3],
    /// The vertex in each cell so far.
    vertices: Vec<u32>,
    mesh: IsoMesh,
    /// The layer that comes next.
    layer: usize,
}

/// In place of a vertex where there is none.
const NONE: u32 = u32::MAX;

impl<V: Deref<Target = LossGrid>> Nets<V> {
    /// The surface at `level` in a volume that is drawn as a box of that extent, before its first layer.
    ///
    /// # Panics
    /// If the grid is no volume.
    pub fn new(volume: V, level: f64, extent: [f64; 3]) -> Self {
        assert_eq!(volume.spec.axes().len(), 3, "an isosurface lies in a volume");
        let counts = volume.spec.counts();
        Self {
            strides: [1, counts[0], counts[0] * counts[1]],
            scale: std::array::from_fn(|i| extent[i] / (counts[i] - 1) as f64),
            volume,
            level,
            sides: Vec::new(),
            vertices: Vec::new(),
            mesh: IsoMesh::default(),
            layer: 0,
        }
    }

    /// The vertices between a layer and the next, and the triangles that they complete.
    fn add_layer(&mut self, i3: usize) {
        let [n1, n2, _] = self.volume.spec.counts();
        self.tell_sides(i3 + 2);
        self.vertices.resize((i3 + 1) * self.strides[2], NONE);
        for i2 in 0..n2 - 1 {
            for i1 in 0..n1 - 1 {
                let cell = [i1, i2, i3];
                let at = self.volume.spec.offset(cell);
                if self.is_crossed(at) {
                    self.vertices[at] = self.mesh.positions.len() as u32;
                    self.push_vertex(cell, at);
                    (0..3).for_each(|axis| self.push_quad(cell, at, axis));
                }
            }
        }
    }

    /// Tells the sides of the cells of so many layers.
    fn tell_sides(&mut self, layers: usize) {
        let level = self.level;
        let side = |loss: &f64| match loss {
            loss if !loss.is_finite() => DIVERGED,
            loss if *loss >= level => ABOVE,
            _ => BELOW,
        };
        let new = self.sides.len()..layers * self.strides[2];
        self.sides.extend(self.volume.loss[new].iter().map(side));
    }

    fn corner(&self, at: usize, corner: usize) -> usize {
        let [s1, s2, s3] = self.strides;
        at + (corner & 1) * s1 + (corner >> 1 & 1) * s2 + (corner >> 2) * s3
    }

    fn is_crossed(&self, at: usize) -> bool {
        let sum: u8 = (0..8).map(|corner| self.sides[self.corner(at, corner)]).sum();
        // Eight of a kind make 0 or 8; a single diverged corner must not look like some above.
        sum != 0 && sum != 8 && (0..8).all(|corner| self.sides[self.corner(at, corner)] != DIVERGED)
    }

    fn push_vertex(&mut self, cell: [usize; 3], at: usize) {
        let loss: [f64; 8] = std::array::from_fn(|corner| self.volume.loss[self.corner(at, corner)]);
        let (mut sum, mut crossings) = ([0.0; 3], 0.0);
        for axis in 0..3 {
            for corner in (0..8).filter(|corner| corner >> axis & 1 == 0) {
                let (a, b) = (loss[corner], loss[corner | 1 << axis]);
                if (a >= self.level) != (b >= self.level) {
                    let place = |i: usize| {
                        if i == axis { share(a, b, self.level) } else { (corner >> i & 1) as f64 }
                    };
                    (0..3).for_each(|i| sum[i] += place(i));
                    crossings += 1.0;
                }
            }
        }
        let place = sum.map(|v| v / crossings);
        let normal = nalgebra::Vector3::from(self.slope(&loss, place)).try_normalize(0.0).unwrap_or_default();
        let position = std::array::from_fn(|i| ((cell[i] as f64 + place[i]) * self.scale[i]) as f32);
        self.mesh.positions.push(position);
        self.mesh.normals.push(std::array::from_fn(|i| normal[i] as f32));
    }

    /// The gradient of the loss at a place in a cell, from its corners.
    fn slope(&self, loss: &[f64; 8], place: [f64; 3]) -> [f64; 3] {
        std::array::from_fn(|axis| {
            let weight = |corner: usize| -> f64 {
                let share = |i: usize| if corner >> i & 1 == 1 { place[i] } else { 1.0 - place[i] };
                (0..3).filter(|i| *i != axis).map(share).product()
            };
            let low = (0..8).filter(|corner| corner >> axis & 1 == 0);
            low.map(|corner| weight(corner) * (loss[corner | 1 << axis] - loss[corner])).sum::<f64>()
                / self.scale[axis]
        })
    }

    /// Joins the four cells around the edge that leaves a cell's first corner along an axis.
    fn push_quad(&mut self, cell: [usize; 3], at: usize, axis: usize) {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        let (here, there) = (self.sides[at], self.sides[at + self.strides[axis]]);
        if here == there || cell[u] == 0 || cell[v] == 0 {
            return;
        }
        let [su, sv] = [self.strides[u], self.strides[v]];
        let around = [at - su - sv, at - sv, at, at - su].map(|at| self.vertices[at]);
        if around.contains(&NONE) {
            return;
        }
        let [a, b, c, d] = around;
        match here {
            BELOW => self.mesh.indices.extend([a, b, c, a, c, d]),
            _ => self.mesh.indices.extend([a, c, b, a, d, c]),
        }
    }
}

impl<V: Deref<Target = LossGrid> + Send> Job for Nets<V> {
    type Finding = IsoMesh;

    fn advance(&mut self, layers: u64) -> Advance<IsoMesh> {
        let all = self.volume.spec.counts()[2] - 1;
        if self.layer > all {
            return Advance::Ended;
        }
        let next = self.layer..all.min(self.layer.saturating_add(layers.max(1) as usize));
        next.clone().for_each(|layer| self.add_layer(layer));
        self.layer = next.end;
        if self.layer < all {
            return Advance::Working;
        }
        self.layer = all + 1;
        Advance::Found(std::mem::take(&mut self.mesh))
    }

    fn progress(&self) -> Progress {
        let all = self.volume.spec.counts()[2] - 1;
        Progress { done: self.layer.min(all) as u64, total: all as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::{Axis, GridSpec};

    type V = nalgebra::Vector3<f64>;

    fn volume(counts: [usize; 3], loss: impl Fn(V) -> f64) -> LossGrid {
        let axes = counts.map(|count| Axis { low: -1.0, high: 1.0, count });
        let spec = GridSpec::new(axes.to_vec()).unwrap();
        let loss = (0..spec.cells()).map(|i| {
            let [n1, n2, _] = counts;
            let alpha = spec.alpha([i % n1, i / n1 % n2, i / (n1 * n2)]);
            loss(V::new(alpha[0], alpha[1], alpha[2]))
        });
        LossGrid { loss: loss.collect(), spec }
    }

    fn point(mesh: &IsoMesh, i: u32) -> V {
        V::from(mesh.positions[i as usize].map(f64::from))
    }

    #[test]
    fn a_bowl_has_a_closed_sphere_that_looks_outward() {
        let volume = volume([41, 31, 21], |p| p.norm());
        let mesh = isosurface(&volume, 0.7, [2.0; 3]);
        let centre = V::new(1.0, 1.0, 1.0);
        for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
            let out = V::from(position.map(f64::from)) - centre;
            assert!((out.norm() - 0.7).abs() < 0.02, "{}", out.norm());
            assert!(out.normalize().dot(&V::from(normal.map(f64::from))) > 0.99);
        }
        let mut edges = std::collections::HashMap::new();
        let mut area = 0.0;
        for triangle in mesh.indices.chunks(3) {
            let [a, b, c] = [0, 1, 2].map(|i| point(&mesh, triangle[i]));
            let across = (b - a).cross(&(c - a));
            area += 0.5 * across.norm();
            assert!(across.dot(&(a - centre)) >= 0.0, "counter-clockwise from outside");
            for (from, to) in [(0, 1), (1, 2), (2, 0)] {
                *edges.entry((triangle[from], triangle[to])).or_insert(0) += 1;
            }
        }
        assert!(edges.iter().all(|((a, b), n)| *n == 1 && edges.get(&(*b, *a)) == Some(&1)), "closed");
        let sphere = 4.0 * std::f64::consts::PI * 0.49;
        assert!((area / sphere - 1.0).abs() < 0.02, "{area} against {sphere}");
    }

    #[test]
    fn it_ends_where_losses_diverge_and_scales_with_its_box() {
        let mut broken = volume([9, 9, 9], |p| p.x);
        assert_eq!(isosurface(&broken, 0.1, [2.0; 3]).indices.len(), 6 * 7 * 7);
        broken.loss[4 * 81 + 4 * 9 + 4] = f64::NAN;
        let mesh = isosurface(&broken, 0.1, [2.0, 1.0, 4.0]);
        assert!(mesh.indices.len() < 6 * 7 * 7);
        assert!(mesh.positions.iter().all(|p| (p[0] - 1.1).abs() < 1e-6 && p[1] < 1.0 && p[2] < 4.0));
        assert_eq!(isosurface(&broken, 7.0, [1.0; 3]), IsoMesh::default());
    }
}
