//! Scenes with an animation, read back by a reader that is not ours and held against the program's own frames.

use std::collections::BTreeMap;
use std::path::Path;

use bevy::prelude::*;
use gltf::animation::{Interpolation, Property};
use losscape::core::experiment::Theme;
use losscape::core::formats::scene::Manner;
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::io::folder::Reach;
use losscape::core::num::CancelToken;
use losscape::core::script::{Script, Tour};
use losscape::disk;
use losscape::record::{Gathering, Scenery, SceneryRequest};
use losscape::scene::camera::{SceneCamera, seen};
use losscape::scene::frame::{Placement, Stand, from_vec3};
use losscape::scene::landscape::Landscape;
use losscape::scene::marker::{self, Marker};
use losscape::scene::session::SessionState;
use losscape::scene::slice::Shown;
use losscape::scene::theme::Palette;
use losscape::scene::trail::Trails;

const SIZE: [u32; 2] = [960, 540];
const FPS: u32 = 10;

/// Trains while the plane moves and the camera goes around; then another landscape, seen from elsewhere.
const TOUR: &str = r#"(title: "Two <\"places\">", chapters: [
    (title: "One", experiment: "a.ron", secs: 2, cues: [
        (when: at(0), command: run(speed(30))),
        (when: at(0), command: run(play)),
        (when: at(0.5), command: slice(alpha3(0.6)), ease: smooth(1)),
    ], camera: [
        (secs: 0, pose: (target: (0, 0.2, 0), yaw: 0.4, pitch: -0.5, distance: 3.4)),
        (secs: 2, pose: (target: (0.1, 0.2, -0.2), yaw: 2.9, pitch: -0.8, distance: 2.2)),
    ]),
    (title: "Two", experiment: "b.ron", secs: 1, camera: [
        (secs: 0, pose: (target: (0, 0.1, 0.1), yaw: -2.9, pitch: -0.3, distance: 4)),
        (secs: 1, pose: (target: (0, 0.1, 0.1), yaw: -3.4, pitch: -0.3, distance: 4)),
    ]),
])"#;
const FIRST: &str = "(dataset: xor(points: 30), steps: 60, slice: (grid: [15, 11], volume: [9, 9, 5], \
                     range: [(-1, 2), (-2, 2), (-1, 1)]), view: (colors: cividis, clip: 0.4))";
const SECOND: &str =
    "(dataset: xor(points: 20), seed: 4, steps: 40, slice: (grid: [9, 9], volume: [5, 5, 3]))";

fn tour_in(folder: &Path, text: &str) -> Tour {
    for (name, text) in [("a.ron", FIRST), ("b.ron", SECOND), ("tour.ron", text)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    match Script::read(&folder.join("tour.ron"), &disk::access(Reach::Below)).unwrap() {
        Script::Tour(tour) => *tour,
        Script::Experiment(_) => panic!("a tour"),
    }
}

/// The scene of the tour; `look` hears of each frame and what there is in it.
fn scenery(text: &str, layers: usize, mut look: impl FnMut(f64, &World)) -> Scenery {
    let folder = tempfile::tempdir().unwrap();
    let request = SceneryRequest { tour: tour_in(folder.path(), text), size: SIZE, fps: FPS, layers };
    let mut gathering = Gathering::open(request, &CancelToken::default()).unwrap().unwrap();
    for frame in 0.. {
        if !gathering.advance().unwrap() {
            break;
        }
        look(f64::from(frame) / f64::from(FPS), gathering.world());
    }
    gathering.finish()
}

/// A scene as it was read.
struct Read {
    gltf: gltf::Gltf,
    tracks: BTreeMap<(usize, u8), (Interpolation, Vec<f32>, Vec<Vec<f32>>)>,
}

const TRANSLATION: u8 = 0;
const ROTATION: u8 = 1;
const SCALE: u8 = 2;

impl Read {
    fn of(scenery: &Scenery) -> Self {
        let mut bytes = Vec::new();
        scenery.scene.write_glb(&mut bytes, Manner::Steps).unwrap();
        // It also checks the document against the specification.
        let gltf = gltf::Gltf::from_slice(&bytes).unwrap();
        let mut tracks = BTreeMap::new();
        let animation = gltf.animations().next().unwrap();
        for channel in animation.channels() {
            let reader = channel.reader(|_| gltf.blob.as_deref());
            let times: Vec<f32> = reader.read_inputs().unwrap().collect();
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
            let (path, keys): (u8, Vec<Vec<f32>>) = match reader.read_outputs().unwrap() {
                gltf::animation::util::ReadOutputs::Translations(keys) => {
                    (TRANSLATION, keys.map(|key| key.to_vec()).collect())
                }
                gltf::animation::util::ReadOutputs::Rotations(keys) => {
                    (ROTATION, keys.into_f32().map(|key| key.to_vec()).collect())
                }
                gltf::animation::util::ReadOutputs::Scales(keys) => {
                    (SCALE, keys.map(|key| key.to_vec()).collect())
                }
                gltf::animation::util::ReadOutputs::MorphTargetWeights(_) => panic!("there are no targets"),
            };
            assert_eq!(times.len(), keys.len());
            assert_ne!(channel.target().property(), Property::MorphTargetWeights);
            let track = (channel.sampler().interpolation(), times, keys);
            assert!(tracks.insert((channel.target().node().index(), path), track).is_none());
        }
        Self { gltf, tracks }
    }

    /// What a node's track holds at a second; what the node has, if it has none.
    fn at(&self, node: &gltf::Node, path: u8, secs: f64) -> Vec<f32> {
        let Some((manner, times, keys)) = self.tracks.get(&(node.index(), path)) else {
            let (translation, rotation, scale) = node.transform().decomposed();
            return vec![translation.to_vec(), rotation.to_vec(), scale.to_vec()]
                .swap_remove(usize::from(path));
        };
        // Of the two keys beside it, as the specification says.
        let after = times.partition_point(|time| f64::from(*time) <= secs + 1e-6).min(times.len() - 1);
        let before = times.partition_point(|time| f64::from(*time) <= secs + 1e-6).saturating_sub(1);
        let (a, b) = (&keys[before], &keys[after]);
        let extent = f64::from(times[after] - times[before]).max(1e-9);
        let share = match manner {
            Interpolation::Step => 0.0,
            _ => ((secs - f64::from(times[before])) / extent).clamp(0.0, 1.0) as f32,
        };
        if path == ROTATION {
            return Quat::from_slice(a).slerp(Quat::from_slice(b), share).to_array().to_vec();
        }
        a.iter().zip(b).map(|(a, b)| a + (b - a) * share).collect()
    }

    fn node(&self, name: &str) -> gltf::Node<'_> {
        self.gltf.nodes().find(|node| node.name() == Some(name)).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The nodes of that kind that are seen at a second.
    fn shown(&self, kind: &str, secs: f64) -> Vec<gltf::Node<'_>> {
        let is_shown = |node: &gltf::Node| {
            let scale = self.at(node, SCALE, secs);
            assert!(scale == [0.0; 3] || scale == [1.0; 3], "{scale:?}");
            node.name().unwrap().starts_with(kind) && scale == [1.0; 3]
        };
        self.gltf.nodes().filter(is_shown).collect()
    }

    fn place(&self, node: &gltf::Node, secs: f64) -> Vec3 {
        Vec3::from_slice(&self.at(node, TRANSLATION, secs))
    }

    /// The pixel at which its camera sees a point.
    fn seen(&self, point: Vec3, secs: f64) -> Vec2 {
        let node = self.node("camera");
        let camera = node.camera().unwrap();
        let gltf::camera::Projection::Perspective(lens) = camera.projection() else {
            panic!("a perspective camera")
        };
        let turn = Quat::from_slice(&self.at(&node, ROTATION, secs));
        let view = turn.inverse() * (point - self.place(&node, secs));
        let height = (0.5 * lens.yfov()).tan() * -view.z;
        let [width, tall] = SIZE.map(|side| side as f32);
        let across = 0.5 * width * (1.0 + view.x / (height * lens.aspect_ratio().unwrap()));
        Vec2::new(across, 0.5 * tall * (1.0 - view.y / height))
    }

    fn positions(&self, node: &gltf::Node) -> Vec<[f32; 3]> {
        let primitive = node.mesh().unwrap().primitives().next().unwrap();
        primitive.reader(|_| self.gltf.blob.as_deref()).read_positions().unwrap().collect()
    }

    fn colors(&self, node: &gltf::Node) -> Vec<[u8; 3]> {
        let primitive = node.mesh().unwrap().primitives().next().unwrap();
        let reader = primitive.reader(|_| self.gltf.blob.as_deref());
        let colors = reader.read_colors(0).unwrap().into_rgba_f32();
        colors.map(|[r, g, b, _]| Color::linear_rgb(r, g, b).to_srgba().to_u8_array_no_alpha()).collect()
    }
}

/// Corners of the floor, a place in the air, and the middle.
const POINTS: [[f32; 3]; 5] =
    [[-1.0, 0.0, -0.5], [1.0, 0.0, 0.5], [0.3, 0.75, -0.2], [0.0, 0.0, 0.0], [-0.4, 0.3, 0.6]];

fn camera_of(world: &World) -> (Camera, GlobalTransform) {
    let all = world.iter_entities();
    let cameras = all.filter(|entity| entity.contains::<SceneCamera>());
    let mut found = cameras
        .map(|entity| (entity.get::<Camera>().unwrap().clone(), *entity.get::<GlobalTransform>().unwrap()));
    found.next().unwrap()
}

#[test]
fn its_camera_sees_points_within_a_pixel_of_where_the_film_shows_them() {
    let mut expected = Vec::new();
    let made = scenery(TOUR, 64, |secs, world| {
        let (camera, transform) = camera_of(world);
        assert_eq!(camera.physical_target_size(), Some(UVec2::from(SIZE)));
        let points = POINTS.map(|point| {
            let at = seen(&camera, &transform, from_vec3(Vec3::from(point)));
            at.expect("before the eye")
        });
        expected.push((secs, points));
    });
    assert_eq!(expected.len(), 30);
    let read = Read::of(&made);
    // The first and the last frame, one on the way, and those beside the cut.
    for (secs, points) in [0, 7, 19, 20, 29].map(|frame| &expected[frame]) {
        for (point, there) in POINTS.into_iter().zip(points) {
            let here = read.seen(Vec3::from(point), *secs);
            assert!((here - *there).length() < 1.0, "{point:?} at {secs} s: {here} and not {there}");
        }
    }
    let moved = |frames: [usize; 2]| (expected[frames[0]].1[0] - expected[frames[1]].1[0]).length();
    assert!(moved([0, 7]) > 50.0 && moved([19, 20]) > 50.0, "or this would prove nothing");
}

/// What the film shows in a frame of its first chapter.
struct Frame {
    secs: f64,
    heights: Vec<[f32; 3]>,
    colors: Vec<[u8; 3]>,
    marker: Vec3,
    trail: Vec<[f64; 3]>,
}

fn frame(secs: f64, world: &World) -> Option<Frame> {
    let known = world.resource::<Landscape>().known()?;
    let placed = world.resource::<Placement>().get(Stand::Surface)?;
    let plane = known.plane.as_ref()?;
    assert_eq!(plane.alpha3, world.resource::<Shown>().alpha3, "each frame of a film is of its own plane");
    let grid = plane.picture.field.grid();
    let [n1, n2, _] = grid.spec.counts();
    let map = world.resource::<SessionState>().look().colors;
    let (mut heights, mut colors) = (Vec::new(), Vec::new());
    for (i1, i2) in (0..n2).flat_map(|i2| (0..n1).map(move |i1| (i1, i2))) {
        let share = placed.frame.heights.fraction(grid.at([i1, i2, 0])).clamp(0.0, 1.0);
        let [axis1, axis2] = placed.frame.axes();
        let [x, z] = placed.frame.floor(axis1.value(i1 as f64), axis2.value(i2 as f64));
        heights.push([x, 0.75 * share, z].map(|v| v as f32));
        let is_cut_off = placed.frame.heights.fraction(grid.at([i1, i2, 0])) > 1.01;
        colors.push(if is_cut_off { [0; 3] } else { map.at((share * 255.0).round() / 255.0) });
    }
    let of_marker = world
        .iter_entities()
        .find(|entity| entity.get::<Marker>().is_some_and(|marker| marker.stand == Stand::Surface))?;
    let marker = of_marker.get::<Transform>()?.translation;
    let trail = world.resource::<Trails>().leader()?.path(&placed);
    Some(Frame { secs, heights, colors, marker, trail: trail.into_iter().map(|(_, at)| at).collect() })
}

fn largest_gap(a: &[[f32; 3]], b: &[[f32; 3]]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn in_each_frame_one_surface_is_shown_with_its_heights_and_exact_colours() {
    let mut frames = Vec::new();
    let made = scenery(TOUR, 64, |secs, world| frames.extend(frame(secs, world)));
    assert_eq!((frames.len(), made.surfaces, made.scene.sheets.len()), (30, made.surfaces, made.surfaces));
    assert!((8..=20).contains(&made.surfaces), "the plane moves for a second: {}", made.surfaces);
    let read = Read::of(&made);
    for frame in &frames {
        let shown = read.shown("surface", frame.secs);
        assert_eq!(shown.len(), 1, "at {} s", frame.secs);
        assert!(largest_gap(&read.positions(&shown[0]), &frame.heights) < 1e-6, "at {} s", frame.secs);
        let found = read.colors(&shown[0]);
        let differing =
            found.iter().zip(&frame.colors).filter(|(found, wanted)| **wanted != [0; 3] && found != wanted);
        assert_eq!(differing.count(), 0, "at {} s", frame.secs);
    }
    assert!(frames[0].colors.iter().any(|color| *color == ColorMap::Cividis.at(1.0) || *color == [0; 3]));
    assert!(largest_gap(&frames[0].heights, &frames[19].heights) > 0.01, "or this would prove nothing");
}

#[test]
fn its_marker_goes_where_the_films_does_and_its_trail_grows_behind_it() {
    let mut frames = Vec::new();
    let made = scenery(TOUR, 64, |secs, world| frames.extend(frame(secs, world)));
    let read = Read::of(&made);
    let mut lengths = Vec::new();
    for frame in &frames[..20] {
        let [marker] = &read.shown("marker", frame.secs)[..] else { panic!("one marker") };
        assert!(read.place(marker, frame.secs).distance(frame.marker) < 1e-5, "at {} s", frame.secs);
        let run = marker::color(&Palette::from(Theme::Dark), 0).to_srgba().to_u8_array_no_alpha();
        assert!(read.colors(marker).iter().all(|color| *color == run));
        let pieces = read.shown("trail", frame.secs);
        let vertices: Vec<[f32; 3]> = pieces.iter().flat_map(|piece| read.positions(piece)).collect();
        // Each vertex of the tube lies about a point of the trail that was reached by now.
        for vertex in &vertices {
            let near = frame
                .trail
                .iter()
                .map(|at| (0..3).map(|i| (at[i] - f64::from(vertex[i])).powi(2)).sum::<f64>().sqrt());
            let nearest = near.fold(f64::INFINITY, f64::min);
            assert!(nearest < 0.02, "{nearest} at {} s", frame.secs);
        }
        lengths.push(vertices.len());
    }
    assert!(lengths.windows(2).all(|pair| pair[0] <= pair[1]), "{lengths:?}");
    assert!(lengths[0] < lengths[5] && lengths[19] > 2 * lengths[5], "{lengths:?}");
    assert!(frames[19].trail.len() > 5, "or this would prove nothing");
}

#[test]
fn a_few_surfaces_stand_for_many_and_each_landscape_has_its_own() {
    let made = scenery(TOUR, 3, |_, _| {});
    assert!(made.surfaces > 8);
    assert_eq!(made.scene.sheets.len(), 3);
    let read = Read::of(&made);
    for frame in 0..30 {
        assert_eq!(read.shown("surface", f64::from(frame) / 10.0).len(), 1, "{frame}");
    }
    let [last] = &read.shown("surface", 2.5)[..] else { panic!("one surface") };
    assert_eq!(read.positions(last).len(), 81, "of the second landscape");
    assert_eq!(read.positions(&read.shown("surface", 1.9)[0]).len(), 165, "of the first");
}

#[test]
fn the_file_says_what_its_numbers_are() {
    let made = scenery(TOUR, 2, |_, _| {});
    let mut bytes = Vec::new();
    made.scene.write_glb(&mut bytes, Manner::Steps).unwrap();
    let told = made.scene.bytes(Manner::Steps).unwrap();
    assert!(bytes.len() > told && bytes.len() < told + 50_000, "{} {told}", bytes.len());
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let json: serde_json::Value = serde_json::from_slice(&bytes[20..20 + length]).unwrap();
    let about = &json["asset"]["extras"];
    assert!(about["axes"].as_str().unwrap().contains("x = alpha1, -z = alpha2, y = height"));
    assert!(about["unit"].as_str().unwrap().contains("metre"));
    assert_eq!(json["scenes"][0]["name"], "Two <\"places\">");
    let chapters = &json["animations"][0]["extras"]["chapters"];
    assert_eq!(*chapters, serde_json::json!([{"secs": 0.0, "title": "One"}, {"secs": 2.0, "title": "Two"}]));
    let surface =
        json["nodes"].as_array().unwrap().iter().find(|node| node["name"] == "surface 001").unwrap();
    assert_eq!(surface["extras"]["alpha1"], serde_json::json!([-1.0, 2.0]));
    assert_eq!(
        (&surface["extras"]["loss_at_top"], &surface["extras"]["scale"]),
        (&0.4.into(), &"clipped".into())
    );
}

#[test]
fn on_request_the_surfaces_of_a_landscape_are_one_mesh_that_morphs() {
    let mut frames = Vec::new();
    let made = scenery(TOUR, 64, |secs, world| frames.extend(frame(secs, world)));
    let mut bytes = Vec::new();
    made.scene.write_glb(&mut bytes, Manner::Morphs).unwrap();
    let gltf = gltf::Gltf::from_slice(&bytes).unwrap();
    let surfaces: Vec<gltf::Node> =
        gltf.nodes().filter(|node| node.name().unwrap().starts_with("surface")).collect();
    assert_eq!(surfaces.len(), 2, "one of each landscape");
    let primitive = surfaces[0].mesh().unwrap().primitives().next().unwrap();
    let reader = primitive.reader(|_| gltf.blob.as_deref());
    let base: Vec<[f32; 3]> = reader.read_positions().unwrap().collect();
    let targets: Vec<Vec<[f32; 3]>> =
        reader.read_morph_targets().map(|(positions, _, _)| positions.unwrap().collect()).collect();
    assert_eq!(targets.len() + 2, made.surfaces);
    let animation = gltf.animations().next().unwrap();
    let is_it = |channel: &gltf::animation::Channel| {
        channel.target().property() == Property::MorphTargetWeights
            && channel.target().node().index() == surfaces[0].index()
    };
    let channel = animation.channels().find(is_it).unwrap();
    let track = channel.reader(|_| gltf.blob.as_deref());
    let times: Vec<f32> = track.read_inputs().unwrap().collect();
    let Some(gltf::animation::util::ReadOutputs::MorphTargetWeights(weights)) = track.read_outputs() else {
        panic!("weights")
    };
    let weights: Vec<f32> = weights.into_f32().collect();
    assert_eq!(weights.len(), times.len() * targets.len());
    // At each key the mesh is the surface of that frame.
    for (time, weights) in times.iter().zip(weights.chunks(targets.len())) {
        let mut found = base.clone();
        for (weight, target) in weights.iter().zip(&targets) {
            found.iter_mut().flatten().zip(target.as_flattened()).for_each(|(at, more)| *at += weight * more);
        }
        let shown = frames.iter().find(|frame| (frame.secs - f64::from(*time)).abs() < 1e-4).unwrap();
        assert!(largest_gap(&found, &shown.heights) < 1e-5, "at {time} s");
    }
}
