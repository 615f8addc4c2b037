//! Meshes of planes, each read by another crate and held against the same truths.

use std::io::Cursor;

use losscape::core::formats::SliceFormat;
use losscape::core::geometry::colormap::ColorMap;
use losscape::core::grid::{Axis, GridSpec};
use ply_rs_bw::parser::Parser;
use ply_rs_bw::ply::{DefaultElement, Property};

use super::{CLIP, Made};

type Vector = [f64; 3];

/// A mesh as read, with y upward.
#[derive(Default)]
struct Mesh {
    positions: Vec<Vector>,
    triangles: Vec<[usize; 3]>,
    /// One for each position, or none at all.
    normals: Vec<Vector>,
    /// sRGB from 0 to 1; one for each position, or none at all.
    colors: Vec<Vector>,
}

fn vectors(numbers: &[f32]) -> Vec<Vector> {
    numbers.as_chunks().0.iter().map(|v: &[f32; 3]| v.map(f64::from)).collect()
}

fn y_up([x, y, z]: Vector) -> Vector {
    [x, z, -y]
}

fn read_obj(bytes: &[u8]) -> Mesh {
    let options = tobj::LoadOptions { single_index: true, ..Default::default() };
    let no_material = |_: &std::path::Path| Err(tobj::LoadError::OpenFileFailed);
    let (models, _) = tobj::load_obj_buf(&mut Cursor::new(bytes), &options, no_material).unwrap();
    assert_eq!(models.len(), 1);
    let mesh = &models[0].mesh;
    assert!(mesh.face_arities.is_empty(), "triangles only");
    let indices: Vec<usize> = mesh.indices.iter().map(|index| *index as usize).collect();
    Mesh {
        positions: vectors(&mesh.positions),
        triangles: indices.as_chunks().0.to_vec(),
        normals: vectors(&mesh.normals),
        colors: vectors(&mesh.vertex_color),
    }
}

/// The mesh, and the loss at each vertex.
fn read_ply(bytes: &[u8]) -> (Mesh, Vec<f64>) {
    let ply = Parser::<DefaultElement>::new().read_ply(&mut Cursor::new(bytes)).unwrap();
    let number = |vertex: &DefaultElement, name: &str| match vertex[name] {
        Property::Float(v) => f64::from(v),
        Property::Double(v) => v,
        Property::UChar(v) => f64::from(v) / 255.0,
        ref other => panic!("{name} is {other:?}"),
    };
    let vertices = &ply.payload["vertex"];
    let all = |names: [&str; 3]| -> Vec<Vector> {
        vertices.iter().map(|vertex| names.map(|name| number(vertex, name))).collect()
    };
    let corners = |face: &DefaultElement| match &face["vertex_indices"] {
        Property::ListInt(list) => <[i32; 3]>::try_from(list.as_slice()).unwrap().map(|i| i as usize),
        other => panic!("vertex_indices are {other:?}"),
    };
    let mesh = Mesh {
        positions: all(["x", "y", "z"]).into_iter().map(y_up).collect(),
        normals: all(["nx", "ny", "nz"]).into_iter().map(y_up).collect(),
        colors: all(["red", "green", "blue"]),
        triangles: ply.payload["face"].iter().map(corners).collect(),
    };
    (mesh, vertices.iter().map(|vertex| number(vertex, "loss")).collect())
}

/// The mesh, and the normal of each triangle.
fn read_stl(bytes: &[u8]) -> (Mesh, Vec<Vector>) {
    let mesh = stl_io::read_stl(&mut Cursor::new(bytes)).unwrap();
    let vector = |v: [f32; 3]| y_up(v.map(f64::from));
    let read = Mesh {
        positions: mesh.vertices.iter().map(|v| vector((*v).into())).collect(),
        triangles: mesh.faces.iter().map(|face| face.vertices).collect(),
        ..Mesh::default()
    };
    (read, mesh.faces.iter().map(|face| vector(face.normal.into())).collect())
}

/// `Gltf::from_slice` also checks the document against the specification.
fn read_glb(bytes: &[u8]) -> Mesh {
    let gltf = gltf::Gltf::from_slice(bytes).unwrap();
    let blob = gltf.blob.as_deref();
    let node = gltf.default_scene().unwrap().nodes().next().unwrap();
    let primitive = node.mesh().unwrap().primitives().next().unwrap();
    let reader = primitive.reader(|_| blob);
    let positions: Vec<Vector> = reader.read_positions().unwrap().map(|v| v.map(f64::from)).collect();
    let bounds = primitive.bounding_box();
    let extreme = |i: usize, pick: fn(f64, f64) -> f64| positions.iter().map(|p| p[i]).reduce(pick).unwrap();
    for i in 0..3 {
        assert_eq!(f64::from(bounds.min[i]), extreme(i, f64::min));
        assert_eq!(f64::from(bounds.max[i]), extreme(i, f64::max));
    }
    for accessor in gltf.accessors() {
        let start = accessor.view().unwrap().offset() + accessor.offset();
        assert_eq!(start % 4, 0, "numbers begin at multiples of four");
    }
    assert!(bytes.len().is_multiple_of(4));
    let srgb = |v: f32| {
        let v = f64::from(v);
        if v <= 0.003_130_8 { 12.92 * v } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 }
    };
    let colors = reader.read_colors(0).unwrap().into_rgba_f32();
    let indices: Vec<usize> = reader.read_indices().unwrap().into_u32().map(|i| i as usize).collect();
    Mesh {
        normals: reader.read_normals().unwrap().map(|v| v.map(f64::from)).collect(),
        colors: colors.map(|[r, g, b, _]| [r, g, b].map(srgb)).collect(),
        triangles: indices.as_chunks().0.to_vec(),
        positions,
    }
}

fn read(format: SliceFormat, made: &Made) -> Mesh {
    let bytes = made.written(format);
    match format {
        SliceFormat::Obj => read_obj(&bytes),
        SliceFormat::Ply => read_ply(&bytes).0,
        SliceFormat::Stl => read_stl(&bytes).0,
        SliceFormat::Glb => read_glb(&bytes),
        other => panic!("{other:?} is no mesh"),
    }
}

const MESHES: [SliceFormat; 4] = [SliceFormat::Obj, SliceFormat::Ply, SliceFormat::Stl, SliceFormat::Glb];

fn sub(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] - b[i])
}

fn cross([a, b, c]: Vector, [d, e, f]: Vector) -> Vector {
    [b * f - c * e, c * d - a * f, a * e - b * d]
}

/// The cell of 7 by 5 that a position stands at: alpha1 from -1 to 2 and alpha2 from -2 to 2 are drawn at
/// half their size about their middle, alpha2 away from the eye.
fn cell([x, _, z]: Vector) -> [usize; 2] {
    let (alpha1, alpha2) = (0.5 + 2.0 * x, -2.0 * z);
    let index = [(alpha1 + 1.0) / 0.5, alpha2 + 2.0];
    assert!(index.iter().all(|i| (i - i.round()).abs() < 1e-6), "{index:?} is no cell");
    index.map(|i| i.round() as usize)
}

#[test]
fn every_vertex_stands_at_the_height_and_has_the_colour_of_its_loss() {
    let made = Made::new(&[7, 5]);
    let low = made.low();
    for format in MESHES {
        let mesh = read(format, &made);
        assert_eq!(mesh.positions.len(), 35, "{format:?}");
        for (number, position) in mesh.positions.iter().enumerate() {
            let [i1, i2] = cell(*position);
            let loss = made.loss_at(&[-1.0 + 0.5 * i1 as f64, -2.0 + i2 as f64]);
            let share = ((loss - low) / (CLIP - low)).clamp(0.0, 1.0);
            assert!((position[1] - 0.75 * share).abs() < 1e-6, "{format:?} {i1} {i2}: {position:?} {share}");
            if loss < CLIP && !mesh.colors.is_empty() {
                let expected = ColorMap::Cividis.at((share * 255.0).round() / 255.0);
                let found = mesh.colors[number].map(|v| v * 255.0);
                let near = found.iter().zip(expected).all(|(a, b)| (a - f64::from(b)).abs() < 0.5);
                assert!(near, "{format:?}: {found:?} {expected:?}");
            }
        }
        let has_colors = format != SliceFormat::Stl;
        assert_eq!((mesh.colors.len(), mesh.normals.len()), if has_colors { (35, 35) } else { (0, 0) });
    }
}

#[test]
fn triangles_turn_counter_clockwise_from_above_and_cover_the_plane_but_for_holes() {
    for (made, quads) in [(Made::new(&[7, 5]), 24), (Made::broken(), 24 - 1 - 4)] {
        for format in MESHES {
            let mesh = read(format, &made);
            assert_eq!(mesh.triangles.len(), 2 * quads, "{format:?}");
            assert!(mesh.positions.iter().chain(&mesh.normals).flatten().all(|v| v.is_finite()));
            for triangle in &mesh.triangles {
                let [a, b, c] = triangle.map(|number| mesh.positions[number]);
                // Half a grid cell: half of 0.25 by 0.5.
                let area = 0.5 * cross(sub(b, a), sub(c, a))[1];
                assert!((area - 0.0625).abs() < 1e-6, "{format:?}: {area}");
                let corners = [a, b, c].map(cell);
                assert!(corners.iter().all(|[i1, i2]| made.grid.at([*i1, *i2, 0]).is_finite()));
            }
            let mut all: Vec<_> = mesh
                .triangles
                .iter()
                .map(|t| {
                    let mut corners = t.map(|number| cell(mesh.positions[number]));
                    corners.sort_unstable();
                    corners
                })
                .collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 2 * quads, "{format:?}: no triangle comes twice");
        }
    }
}

#[test]
fn heights_rise_with_the_loss_up_to_the_cut() {
    let made = Made::broken();
    for format in MESHES {
        let mesh = read(format, &made);
        let loss = |p: &Vector| {
            let [i1, i2] = cell(*p);
            made.grid.at([i1, i2, 0])
        };
        let mut points: Vec<(f64, f64)> = mesh.positions.iter().map(|p| (loss(p), p[1])).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(points.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{format:?}");
        assert_eq!(points.last(), Some(&(1e300, 0.75)), "{format:?}");
    }
}

#[test]
fn normals_are_of_unit_length_and_stand_on_the_surface() {
    let made = Made::new(&[7, 5]);
    for format in [SliceFormat::Obj, SliceFormat::Ply, SliceFormat::Glb] {
        let mesh = read(format, &made);
        let height = |i1: usize, i2: usize| {
            let there = mesh.positions.iter().find(|p| cell(**p) == [i1, i2]);
            there.unwrap()[1]
        };
        for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
            assert!((normal.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-6 && normal[1] > 0.0);
            let [i1, i2] = cell(*position);
            let (right, left) = ((i1 + 1).min(6), i1.saturating_sub(1));
            let (far, near) = ((i2 + 1).min(4), i2.saturating_sub(1));
            let along1 = [0.25 * (right - left) as f64, height(right, i2) - height(left, i2), 0.0];
            let along2 = [0.0, height(i1, far) - height(i1, near), -0.5 * (far - near) as f64];
            for along in [along1, along2] {
                let dot: f64 = normal.iter().zip(along).map(|(a, b)| a * b).sum();
                assert!(dot.abs() < 1e-6, "{format:?} {i1} {i2}: {normal:?} {along:?}");
            }
        }
    }
    let (mesh, normals) = read_stl(&made.written(SliceFormat::Stl));
    for (triangle, normal) in mesh.triangles.iter().zip(normals) {
        let [a, b, c] = triangle.map(|number| mesh.positions[number]);
        assert!((normal.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-6 && normal[1] > 0.0);
        for side in [sub(b, a), sub(c, a)] {
            assert!(normal.iter().zip(side).map(|(n, s)| n * s).sum::<f64>().abs() < 1e-6);
        }
    }
}

#[test]
fn axes_of_very_different_length_leave_every_number_finite() {
    let mut made = Made::new(&[7, 5]);
    for [first, second] in [[1e200, 1.0], [1e-29, 1e150], [1.0, 1e9]] {
        let axis = |extent: f64, count| Axis { low: -extent, high: extent, count };
        made.grid.spec = GridSpec::new(vec![axis(first, 7), axis(second, 5)]).unwrap();
        for format in MESHES {
            let mesh = read(format, &made);
            let numbers = mesh.positions.iter().chain(&mesh.normals).flatten();
            assert!(numbers.copied().all(f64::is_finite), "{format:?} {first} {second}");
        }
        let (_, normals) = read_stl(&made.written(SliceFormat::Stl));
        assert!(normals.as_flattened().iter().all(|v| v.is_finite()), "{first} {second}");
    }
}

#[test]
fn ply_holds_the_losses_themselves() {
    let made = Made::broken();
    let (mesh, losses) = read_ply(&made.written(SliceFormat::Ply));
    assert_eq!(losses.len(), 33);
    for (position, loss) in mesh.positions.iter().zip(losses) {
        let [i1, i2] = cell(*position);
        assert_eq!(loss, made.grid.at([i1, i2, 0]));
    }
}
