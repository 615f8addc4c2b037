//! A scene as glTF 2.0 in its binary form, with one animation.
//!
//! What is shown for a while has a track of scales in steps, 1 while it is shown and 0 while it is not: every
//! importer that reads animations reads these. Nodes stand as they do at the beginning.

use std::io::{self, Write};
use std::ops::Range;

use serde_json::{Value, json};

use super::{Exhibit, Scene, Shape};
use crate::core::formats::gltf::{Document, MOST_BYTES, Use, material, mesh};
use crate::core::geometry::camera::Pose;

/// The nearest that the eye sees, in metres.
const NEAR: f64 = 0.01;

/// Bytes of JSON that a thing takes at most.
const BYTES_OF_JSON: usize = 4096;

/// How surfaces follow one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Each is a mesh of its own, which comes and goes.
    #[default]
    Steps,
    /// Those of a landscape are one mesh and its morph targets, as far as they have the same holes.
    Morphs,
}

/// A scene that is too large for a file.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "the scene would take {} MB; expected less than 4294, which is what a .glb can hold: fewer --layers, or a coarser slice",
    *bytes / 1_000_000
)]
pub struct TooLarge {
    /// What it would take.
    pub bytes: usize,
}

impl TooLarge {
    /// Whether a file can have so many bytes.
    ///
    /// # Errors
    /// If it cannot.
    pub fn check(bytes: usize) -> Result<(), Self> {
        if bytes > MOST_BYTES { Err(Self { bytes }) } else { Ok(()) }
    }
}

impl Scene {
    /// Bytes that its file will have, a little more or less.
    ///
    /// # Errors
    /// If they are more than a file can have.
    pub fn bytes(&self, manner: Manner) -> Result<usize, TooLarge> {
        let written = Written::new(self, manner);
        let things = self.sheets.len() + self.others.len();
        let bytes = written.document.bytes();
        TooLarge::check(bytes + things * BYTES_OF_JSON)?;
        Ok(bytes)
    }

    /// Writes it as a `.glb`.
    ///
    /// # Errors
    /// If the file cannot be written, or would be longer than the format can say.
    pub fn write_glb(&self, file: impl Write, manner: Manner) -> io::Result<()> {
        let mut file = io::BufWriter::new(file);
        Written::new(self, manner).write(&mut file)?;
        // A buffer that is dropped keeps silent about a full disk.
        file.flush()
    }
}

/// The document in the making.
pub(super) struct Written<'a> {
    pub(super) scene: &'a Scene,
    pub(super) document: Document<'a>,
    pub(super) nodes: Vec<Value>,
    pub(super) meshes: Vec<Value>,
    samplers: Vec<Value>,
    channels: Vec<Value>,
    /// The triangles written last: sheets without holes share them.
    corners: Option<(&'a Shape, usize)>,
}

impl<'a> Written<'a> {
    fn new(scene: &'a Scene, manner: Manner) -> Self {
        let mut written = Self {
            scene,
            document: Document::default(),
            nodes: Vec::new(),
            meshes: Vec::new(),
            samplers: Vec::new(),
            channels: Vec::new(),
            corners: None,
        };
        written.add_eye();
        match manner {
            Manner::Steps => scene.sheets.iter().for_each(|sheet| written.add_exhibit(sheet)),
            Manner::Morphs => written.add_morphs(),
        }
        scene.others.iter().for_each(|exhibit| written.add_exhibit(exhibit));
        written
    }

    fn write(self, file: impl Write) -> io::Result<()> {
        let all: Vec<usize> = (0..self.nodes.len()).collect();
        let chapters =
            self.scene.chapters.iter().map(|(secs, title)| json!({ "secs": secs, "title": title }));
        let json = json!({
            "asset": {
                "version": "2.0",
                "generator": "Losscape",
                "extras": {
                    "axes": "x = alpha1, -z = alpha2, y = height of the loss (in a cube, of alpha3); y is up",
                    "unit": "metre; the longer side of a slice is 2, the highest loss shown stands at 0.75",
                    "time": "seconds from the beginning of the film",
                    "colors": "COLOR_0 is the colour map of the losses, linear as glTF has colours, without any light",
                },
            },
            "scene": 0,
            "scenes": [{ "name": self.scene.title, "nodes": all }],
            "nodes": self.nodes,
            "meshes": self.meshes,
            "materials": [material()],
            "cameras": [{ "type": "perspective", "perspective": {
                "yfov": self.scene.fov(), "aspectRatio": self.scene.aspect, "znear": NEAR,
            } }],
            "animations": [{
                "name": self.scene.title,
                "samplers": self.samplers,
                "channels": self.channels,
                "extras": { "secs": self.scene.secs, "chapters": chapters.collect::<Vec<Value>>() },
            }],
        });
        self.document.write(file, json)
    }

    fn add_eye(&mut self) {
        let fov = self.scene.fov();
        let poses = || self.scene.poses.iter().map(move |(secs, pose)| (*secs, pose.with_fov(fov)));
        let times: Vec<f64> = poses().map(|(secs, _)| secs).collect();
        let places: Vec<[f32; 3]> = poses().map(|(_, pose)| single(pose.eye())).collect();
        let turns = near_each_other(poses().map(|(_, pose)| turn(&pose)).collect());
        let first = (places.first().copied().unwrap_or_default(), turns.first().copied().unwrap_or(UPRIGHT));
        self.nodes.push(json!({
            "name": "camera", "camera": 0, "translation": first.0, "rotation": first.1,
        }));
        let times = self.times(&times);
        self.track(0, "translation", "LINEAR", times, places);
        self.track(0, "rotation", "LINEAR", times, turns);
    }

    pub(super) fn add_exhibit(&mut self, exhibit: &'a Exhibit) {
        let mesh = self.add_shape(&exhibit.shape);
        let node = self.add_node(exhibit, &exhibit.name, mesh, &exhibit.shown);
        if exhibit.path.len() > 1 {
            let times = self.times(&exhibit.path.iter().map(|(secs, _)| *secs).collect::<Vec<_>>());
            let places = exhibit.path.iter().map(|(_, place)| single(*place)).collect();
            self.track(node, "translation", "LINEAR", times, places);
        }
    }

    /// The number of a node where the exhibit begins, with a mesh that is shown then.
    pub(super) fn add_node(
        &mut self,
        exhibit: &Exhibit,
        name: &str,
        mesh: usize,
        shown: &[Range<f64>],
    ) -> usize {
        let node = self.nodes.len();
        let place = exhibit.path.first().map_or([0.0; 3], |(_, place)| single(*place));
        let mut json = json!({ "name": name, "mesh": mesh, "translation": place });
        if !exhibit.about.is_null() {
            json["extras"] = exhibit.about.clone();
        }
        let steps = steps(shown, self.scene.secs);
        if steps.first().is_none_or(|(_, is_shown)| !is_shown) {
            json["scale"] = json!([0, 0, 0]);
        }
        self.nodes.push(json);
        if steps.len() > 1 {
            let times = self.times(&steps.iter().map(|(secs, _)| *secs).collect::<Vec<_>>());
            let scales = steps.iter().map(|(_, is_shown)| [f32::from(u8::from(*is_shown)); 3]);
            self.track(node, "scale", "STEP", times, scales.collect());
        }
        node
    }

    /// The number of the mesh.
    pub(super) fn add_shape(&mut self, shape: &'a Shape) -> usize {
        let corners = match self.corners {
            Some((last, corners)) if last.triangles == shape.triangles => corners,
            _ => self.document.add(Use::Corners, shape.triangles.iter().copied()),
        };
        self.corners = Some((shape, corners));
        let (positions, normals) = (shape.positions.iter().copied(), shape.normals.iter().copied());
        self.meshes.push(mesh(&mut self.document, positions, normals, shape.lights(), corners));
        self.meshes.len() - 1
    }

    /// The number of the accessor of times in seconds.
    pub(super) fn times(&mut self, secs: &[f64]) -> usize {
        let times: Vec<[f32; 1]> = secs.iter().map(|secs| [*secs as f32]).collect();
        self.document.add_bounded(Use::Keys, times.into_iter())
    }

    pub(super) fn track<const N: usize>(
        &mut self,
        node: usize,
        path: &str,
        manner: &str,
        times: usize,
        keys: Vec<[f32; N]>,
    ) {
        let output = self.document.add(Use::Keys, keys.into_iter());
        self.channels
            .push(json!({ "sampler": self.samplers.len(), "target": { "node": node, "path": path } }));
        self.samplers.push(json!({ "input": times, "output": output, "interpolation": manner }));
    }
}

/// When something comes and goes in a film of so many seconds: one entry if it is always there, or never.
fn steps(shown: &[Range<f64>], secs: f64) -> Vec<(f64, bool)> {
    let mut steps = vec![(0.0, false)];
    for Range { start, end } in shown {
        match steps.last_mut() {
            Some((at, is_shown)) if *at >= *start => *is_shown = true,
            _ => steps.push((*start, true)),
        }
        if *end < secs {
            steps.push((*end, false));
        }
    }
    steps
}

fn single<const N: usize>(numbers: [f64; N]) -> [f32; N] {
    numbers.map(|v| v as f32)
}

const UPRIGHT: [f32; 4] = [0.0, 0.0, 0.0, 1.0];

/// The turn of a pose as a quaternion: about the vertical by its yaw, then up by its pitch.
fn turn(pose: &Pose) -> [f64; 4] {
    let ((sy, cy), (sp, cp)) = ((0.5 * pose.yaw).sin_cos(), (0.5 * pose.pitch).sin_cos());
    [cy * sp, sy * cp, -sy * sp, cy * cp]
}

/// The same turns, each in that of its two spellings which is nearer to the one before: what lies between two
/// keys is then the short way.
fn near_each_other(mut turns: Vec<[f64; 4]>) -> Vec<[f32; 4]> {
    for at in 1..turns.len() {
        let dot: f64 = (0..4).map(|i| turns[at][i] * turns[at - 1][i]).sum();
        if dot < 0.0 {
            turns[at] = turns[at].map(|v| -v);
        }
    }
    turns.into_iter().map(single).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_has_a_step_each_time() {
        assert_eq!(steps(&[0.0..2.0], 2.0), [(0.0, true)]);
        assert_eq!(steps(&[], 2.0), [(0.0, false)]);
        assert_eq!(steps(&[0.0..0.5, 0.5..1.0], 2.0), [(0.0, true), (0.5, true), (1.0, false)]);
        assert_eq!(steps(&[0.5..1.0, 1.5..2.0], 2.0), [(0.0, false), (0.5, true), (1.0, false), (1.5, true)]);
    }

    #[test]
    fn a_turn_looks_where_its_pose_does() {
        for (yaw, pitch) in [(0.0, 0.0), (0.62, -0.52), (-2.9, 0.3), (3.1, -1.5)] {
            let pose = Pose { target: [0.0; 3], yaw, pitch, distance: 1.0, fov: 1.0 };
            let [x, y, z, w] = turn(&pose);
            let turned = nalgebra::UnitQuaternion::from_quaternion(nalgebra::Quaternion::new(w, x, y, z));
            let [ahead, right] = [-nalgebra::Vector3::z(), nalgebra::Vector3::x()].map(|v| turned * v);
            let gap = |a: nalgebra::Vector3<f64>, b: [f64; 3]| (a - nalgebra::Vector3::from(b)).norm();
            assert!(gap(ahead, pose.forward()) < 1e-12 && gap(right, pose.right()) < 1e-12, "{yaw} {pitch}");
        }
    }
}
