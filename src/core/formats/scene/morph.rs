//! Surfaces of a landscape that go over into one another: the first is a mesh, the others its morph targets.
//!
//! Between two surfaces the weights go evenly, while one rests they rest. Surfaces with other holes have
//! other triangles, and so a mesh of their own.

use std::ops::Range;

use serde_json::{Value, json};

use super::glb::Written;
use super::{Exhibit, Shape};
use crate::core::formats::gltf::Use;
use crate::core::formats::paint::linear_rgba;

/// Morph targets that a mesh may have: as many as the layers of a texture that WebGL promises, in which viewers keep them.
pub const MOST_TARGETS: usize = 256;

impl<'a> Written<'a> {
    /// Adds the surfaces.
    pub(super) fn add_morphs(&mut self) {
        let goes_over = |a: &Exhibit, b: &Exhibit| {
            a.landscape == b.landscape
                && a.path == b.path
                && a.shape.triangles == b.shape.triangles
                && a.shape.positions.len() == b.shape.positions.len()
        };
        for group in self.scene.sheets.chunk_by(goes_over) {
            match group {
                [] => {}
                [alone] => self.add_exhibit(alone),
                [first, others @ ..] => self.add_morph(first, others),
            }
        }
    }

    fn add_morph(&mut self, first: &'a Exhibit, others: &'a [Exhibit]) {
        let mesh = self.add_shape(&first.shape);
        let targets: Vec<Value> = others.iter().map(|to| self.add_target(&first.shape, &to.shape)).collect();
        self.meshes[mesh]["weights"] = vec![0.0; others.len()].into();
        self.meshes[mesh]["primitives"][0]["targets"] = targets.into();
        let all = || std::iter::once(first).chain(others);
        let shown = joined(all().flat_map(|sheet| sheet.shown.iter().cloned()));
        let name = match first.name.rsplit_once(' ') {
            Some((what, number)) => {
                let last = others.last().and_then(|last| last.name.rsplit(' ').next()).unwrap_or_default();
                format!("{what} {number} to {last}")
            }
            None => first.name.clone(),
        };
        let node = self.add_node(first, &name, mesh, &shown);
        let keys: Vec<(f64, usize)> = all().zip(0..).flat_map(|(sheet, at)| self.rest(sheet, at)).collect();
        let times = self.times(&keys.iter().map(|(secs, _)| *secs).collect::<Vec<_>>());
        // A weight for each target: all 0 is the mesh itself.
        let weight = |at: usize, target: usize| [f32::from(u8::from(at == target + 1))];
        let weights =
            keys.iter().flat_map(|(_, at)| (0..others.len()).map(move |target| weight(*at, target)));
        self.track(node, "weights", "LINEAR", times, weights.collect());
    }

    /// When a surface begins, and when it begins to become the next one.
    fn rest(&self, sheet: &Exhibit, at: usize) -> Vec<(f64, usize)> {
        let ends = sheet.shown.iter().flat_map(|Range { start, end }| [*start, end - self.scene.frame]);
        let mut keys: Vec<(f64, usize)> = ends.map(|secs| (secs, at)).collect();
        keys.dedup_by(|b, a| b.0 < a.0 + 0.5 * self.scene.frame);
        keys
    }

    fn add_target(&mut self, from: &'a Shape, to: &'a Shape) -> Value {
        let positions = to.positions.iter().zip(&from.positions).map(less);
        let normals = to.normals.iter().zip(&from.normals).map(less);
        let position = self.document.add_bounded(Use::Vertices, positions);
        let normal = self.document.add(Use::Vertices, normals);
        let color = self.document.add(Use::Vertices, to.colors.iter().zip(&from.colors).map(lighter));
        json!({ "POSITION": position, "NORMAL": normal, "COLOR_0": color })
    }
}

fn less((to, from): (&[f32; 3], &[f32; 3])) -> [f32; 3] {
    std::array::from_fn(|i| to[i] - from[i])
}

/// How much more light a colour is than another: numbers, since shares of 1 cannot be less.
fn lighter((to, from): (&[u8; 3], &[u8; 3])) -> [f32; 4] {
    let [to, from] = [to, from].map(|color| linear_rgba(*color).map(|v| f32::from(v) / f32::from(u16::MAX)));
    std::array::from_fn(|i| to[i] - from[i])
}

/// Ranges that follow on one another as one.
fn joined(ranges: impl Iterator<Item = Range<f64>>) -> Vec<Range<f64>> {
    let mut joined: Vec<Range<f64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.end >= range.start => last.end = range.end,
            _ => joined.push(range),
        }
    }
    joined
}
