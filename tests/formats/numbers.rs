//! Formats that hold numbers: every loss is at its alphas, whatever the shape.

use std::io::Cursor;

use losscape::core::formats::SliceFormat;
use roxmltree::{Document, Node};

use super::{Made, RANGES};
use crate::support::array;

const SHAPES: [&[usize]; 3] = [&[6], &[7, 5], &[4, 3, 2]];

/// A coordinate of an index, without the library's axis.
fn alpha(axis: usize, index: usize, count: usize) -> f64 {
    let (low, high) = RANGES[axis];
    low + (high - low) * index as f64 / (count - 1) as f64
}

/// The alphas of each cell in the order of the files: alpha1 runs first.
fn alphas(counts: &[usize]) -> Vec<Vec<f64>> {
    let cell = |mut at: usize| {
        let index = counts.iter().enumerate().map(|(axis, count)| {
            let index = at % count;
            at /= count;
            alpha(axis, index, *count)
        });
        index.collect()
    };
    (0..counts.iter().product()).map(cell).collect()
}

/// Compares alphas and losses, `[cells]`, with the objective itself.
fn check(made: &Made, counts: &[usize], found: &[(Vec<f64>, f64)]) {
    let expected = alphas(counts);
    assert_eq!(found.len(), expected.len());
    for ((alpha, loss), expected) in found.iter().zip(&expected) {
        assert!(alpha.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14), "{alpha:?} {expected:?}");
        let true_loss = made.loss_at(expected);
        assert!((loss - true_loss).abs() <= 1e-12 * true_loss, "{alpha:?}: {loss} {true_loss}");
    }
    let same = found.iter().zip(&made.grid.loss).all(|((_, a), b)| a.to_bits() == b.to_bits());
    assert!(same, "no digit is lost");
}

fn same_bits(a: &[f64], b: &[f64]) -> bool {
    // A text has one NaN only.
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan())
}

fn csv_rows(made: &Made) -> (Vec<String>, Vec<Vec<f64>>) {
    let bytes = made.written(SliceFormat::Csv);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
    (names, reader.deserialize().map(Result::unwrap).collect())
}

#[test]
fn csv_has_a_row_for_each_cell() {
    for counts in SHAPES {
        let made = Made::new(counts);
        let (names, rows) = csv_rows(&made);
        assert_eq!(names, [&["alpha1", "alpha2", "alpha3"][..counts.len()], &["loss"]].concat());
        let split = |row: Vec<f64>| (row[..counts.len()].to_vec(), row[counts.len()]);
        check(&made, counts, &rows.into_iter().map(split).collect::<Vec<_>>());
    }
    let broken = Made::broken();
    let losses: Vec<f64> = csv_rows(&broken).1.iter().map(|row| row[2]).collect();
    assert!(same_bits(&losses, &broken.grid.loss), "{losses:?}");
    let text = String::from_utf8(broken.written(SliceFormat::Csv)).unwrap();
    assert!(text.contains("\n-1.0,-2.0,NaN\n") && text.contains("\n0.5,0.0,inf\n"), "{text}");
}

#[test]
fn npz_has_an_array_for_each_axis_and_the_losses() {
    for counts in SHAPES {
        let made = Made::new(counts);
        let written = made.written(SliceFormat::Npz);
        let read = |name: &str| array::<f64>(Cursor::new(&written), name);
        for (axis, &count) in counts.iter().enumerate() {
            let expected: Vec<f64> = (0..count).map(|i| alpha(axis, i, count)).collect();
            let (shape, found) = read(&format!("alpha{}", axis + 1));
            assert_eq!(shape, [count as u64]);
            assert!(
                found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-14),
                "{found:?} {expected:?}"
            );
        }
        let (shape, losses) = read("loss");
        assert!(shape.iter().rev().zip(counts).all(|(a, b)| *a == *b as u64), "{shape:?}");
        check(&made, counts, &alphas(counts).into_iter().zip(losses).collect::<Vec<_>>());
        assert!(same_bits(&read("origin").1, made.subspace.origin()));
        assert!(same_bits(&read("directions").1, &made.subspace.directions().concat()));
    }
    let broken = Made::broken();
    let (_, losses) = array::<f64>(Cursor::new(broken.written(SliceFormat::Npz)), "loss");
    assert!(same_bits(&losses, &broken.grid.loss));
}

/// What a VTK file holds: cells along x, y, z, points `[cells][3]`, losses, states and ghost types.
struct Vts {
    counts: [usize; 3],
    points: Vec<[f64; 3]>,
    loss: Vec<f64>,
    state: Vec<u8>,
    ghost: Vec<u8>,
}

/// Reads by the layout that VTK documents: XML up to the underscore, then each array behind its length.
fn read_vts(bytes: &[u8]) -> Vts {
    let mark = br#"<AppendedData encoding="raw">"#;
    let start = bytes.windows(mark.len()).position(|window| window == mark).unwrap() + mark.len();
    let underscore = start + bytes[start..].iter().position(|byte| *byte == b'_').unwrap();
    let end = bytes.len() - b"\n  </AppendedData>\n</VTKFile>\n".len();
    let data = &bytes[underscore + 1..end];
    let xml = [&bytes[..underscore], &bytes[end..]].concat();
    let xml = String::from_utf8(xml).unwrap();
    let document = Document::parse(&xml).unwrap();
    let node = |name: &str| document.descendants().find(|node| node.has_tag_name(name)).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("type"), root.attribute("version")), (Some("StructuredGrid"), Some("1.0")));
    assert_eq!(root.attribute("byte_order"), Some("LittleEndian"));
    assert_eq!(root.attribute("header_type"), Some("UInt64"));
    let extent = node("StructuredGrid").attribute("WholeExtent").unwrap();
    assert_eq!(node("Piece").attribute("Extent"), Some(extent));
    let ends: Vec<usize> = extent.split(' ').map(|end| end.parse().unwrap()).collect();
    assert_eq!([ends[0], ends[2], ends[4]], [0; 3]);
    let mut told = 0;
    let mut array = |parent: &str, name: &str, kind: &str| {
        let is_it = |child: &Node| child.attribute("Name") == Some(name);
        let array = node(parent).children().find(is_it).unwrap();
        assert_eq!((array.attribute("type"), array.attribute("format")), (Some(kind), Some("appended")));
        let offset: usize = array.attribute("offset").unwrap().parse().unwrap();
        let length = u64::from_le_bytes(data[offset..][..8].try_into().unwrap()) as usize;
        told += 8 + length;
        data[offset + 8..][..length].to_vec()
    };
    let numbers = |bytes: Vec<u8>| -> Vec<f64> {
        bytes.as_chunks().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
    };
    let vts = Vts {
        counts: [ends[1] + 1, ends[3] + 1, ends[5] + 1],
        points: numbers(array("Points", "Points", "Float64")).as_chunks().0.to_vec(),
        loss: numbers(array("PointData", "loss", "Float64")),
        state: array("PointData", "state", "UInt8"),
        ghost: array("PointData", "vtkGhostType", "UInt8"),
    };
    assert_eq!(node("Points").first_element_child().unwrap().attribute("NumberOfComponents"), Some("3"));
    assert_eq!(told, data.len(), "nothing lies between the arrays");
    let cells: usize = vts.counts.iter().product();
    assert_eq!([vts.points.len(), vts.loss.len(), vts.state.len(), vts.ghost.len()], [cells; 4]);
    vts
}

#[test]
fn vts_has_a_point_for_each_cell() {
    for counts in SHAPES {
        let made = Made::new(counts);
        let vts = read_vts(&made.written(SliceFormat::Vts));
        let all = [counts, &[1, 1]].concat();
        assert_eq!(vts.counts.as_slice(), &all[..3]);
        let alpha = |point: &[f64; 3]| point[..counts.len()].to_vec();
        let found: Vec<_> = vts.points.iter().map(alpha).zip(vts.loss.iter().copied()).collect();
        check(&made, counts, &found);
        assert!(vts.ghost.iter().all(|ghost| *ghost == 0));
    }
}

#[test]
fn vts_heights_rise_with_the_loss_and_marks_say_where_there_is_none() {
    let line = Made::new(&[6]);
    for ([_, y, z], loss) in read_vts(&line.written(SliceFormat::Vts)).points.into_iter().zip(&line.grid.loss)
    {
        assert!((y - loss.min(super::CLIP)).abs() < 1e-15 && z == 0.0, "{y} {loss}");
    }
    let broken = Made::broken();
    let vts = read_vts(&broken.written(SliceFormat::Vts));
    assert!(same_bits(&vts.loss, &broken.grid.loss), "losses are not cut off");
    assert!(vts.points.as_flattened().iter().all(|v| v.is_finite()));
    let mut order: Vec<usize> = (0..vts.loss.len()).filter(|at| vts.loss[*at].is_finite()).collect();
    order.sort_by(|a, b| vts.loss[*a].total_cmp(&vts.loss[*b]));
    assert!(order.windows(2).all(|pair| vts.points[pair[0]][2] <= vts.points[pair[1]][2]));
    // The floor's longer side, 4, is 2 in the window; its picture is 0.75 high.
    assert_eq!(vts.points[order[order.len() - 1]][2], 1.5);
    for (loss, (state, ghost)) in vts.loss.iter().zip(vts.state.iter().zip(&vts.ghost)) {
        let expected = if loss.is_finite() { (u8::from(broken.cuts_off(*loss)), 0) } else { (2, 2) };
        assert_eq!((*state, *ghost), expected, "{loss}");
    }
}
