//! `losscape export`: series for ParaView, read back by a reader of XML; what is refused, told and replaced.

use std::path::Path;

use super::{losscape, read, refused};

/// A film of a second.
#[cfg(feature = "viewer")]
const SHORT: [&str; 9] = ["export", "diagonal-model1", "--steps", "20", "--grid", "9x9", "--fps", "5", "-o"];

#[test]
#[cfg(feature = "viewer")]
fn a_scene_is_written_once_and_replaced_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scene.GLB");
    let path = path.to_str().unwrap();
    let export = |more: &[&str]| {
        let output = losscape(&[&SHORT[..], &[path], more].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(export(&[]), (Some(0), String::new()));
    let first = std::fs::read(path).unwrap();
    assert!(first.starts_with(b"glTF\x02\0\0\0"));
    refused(&[&SHORT[..], &[path]].concat(), &["scene.GLB exists already", "--force"]);
    assert_eq!(export(&["--force", "--set", "view.colors=magma"]).0, Some(0));
    assert!(std::fs::read(path).unwrap() != first);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
#[cfg(feature = "viewer")]
fn how_much_is_left_out_and_how_large_it_becomes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.glb");
    // The heights glide to another scale: each frame has another surface.
    let tour = folder.path().join("tour.ron");
    std::fs::write(
        folder.path().join("a.ron"),
        "(dataset: xor(points: 20), steps: 20, slice: (grid: [9, 9], volume: [3, 3, 3]))",
    )
    .unwrap();
    let text = "(chapters: [(experiment: \"a.ron\", secs: 1, cues: [
        (when: at(0), command: slice(alpha3(0.4)), ease: linear(1)),
        (when: at(0), command: view(isosurface(0.2))),
    ])])";
    std::fs::write(&tour, text).unwrap();
    let export = |more: &[&str]| {
        let fixed =
            ["export", tour.to_str().unwrap(), "--fps", "10", "--force", "-o", path.to_str().unwrap()];
        let output = losscape(&[&fixed[..], more].concat());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        told
    };
    let few = export(&["--layers", "4"]);
    assert!(few.contains("the film shows what a scene does not have: the isosurface"), "{few}");
    assert!(few.contains("4 surfaces stand for the ") && few.contains("would take about"), "{few}");
    let usual = export(&[]);
    assert!(!usual.contains("surfaces"), "{usual}");
    let morphed = export(&["--morph"]);
    assert!(morphed.contains("--morph: many importers ignore the colours of morph targets"), "{morphed}");
    let many = export(&["--layers", "100"]);
    assert!(many.contains(" surfaces, ") && many.contains(" MB"), "{many}");
}

/// A structured grid of ParaView's: points, and arrays by name.
struct Vts {
    points: Vec<[f64; 3]>,
    loss: Vec<f64>,
    more: Vec<f64>,
}

fn numbers(bytes: &[u8], offset: usize) -> Vec<f64> {
    let length = u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap()) as usize;
    let numbers = bytes[offset + 8..][..length].as_chunks::<8>().0;
    numbers.iter().map(|number| f64::from_le_bytes(*number)).collect()
}

/// Reads one, with the array of that name.
fn read_vts(path: &Path, name: Option<&str>) -> Vts {
    let bytes = std::fs::read(path).unwrap();
    let begin = b"<AppendedData encoding=\"raw\">";
    let at = bytes.windows(begin.len()).position(|window| window == begin).unwrap() + begin.len();
    let xml = format!("{}</AppendedData></VTKFile>", std::str::from_utf8(&bytes[..at]).unwrap());
    let document = roxmltree::Document::parse(&xml).unwrap();
    let data = &bytes[at + bytes[at..].iter().position(|byte| *byte == b'_').unwrap() + 1..];
    let array = |name: &str| {
        let is_it = |node: &roxmltree::Node| {
            node.tag_name().name() == "DataArray" && node.attribute("Name") == Some(name)
        };
        let node = document.descendants().find(is_it).unwrap();
        numbers(data, node.attribute("offset").unwrap().parse().unwrap())
    };
    let points = array("Points").as_chunks::<3>().0.to_vec();
    Vts { points, loss: array("loss"), more: name.map(array).unwrap_or_default() }
}

/// The entries of a collection: time, part and file.
fn read_pvd(path: &Path) -> Vec<(f64, usize, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("type"), Some("Collection"));
    let sets = document.descendants().filter(|node| node.tag_name().name() == "DataSet");
    let entry = |node: roxmltree::Node| {
        let number = |name| node.attribute(name).unwrap();
        let (time, part) = (number("timestep").parse().unwrap(), number("part").parse().unwrap());
        (time, part, node.attribute("file").unwrap().to_owned())
    };
    sets.map(entry).collect()
}

const RUN: [&str; 8] =
    ["--points", "30", "--steps", "80", "--set", "slice.volume=[7,7,5]", "--range", "-1:2,-2:2,-0.5:0.5"];

fn exported(path: &Path, more: &[&str]) -> String {
    let output = losscape(&[&["export", "-o", path.to_str().unwrap()][..], &RUN, more].concat());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    told
}

/// The losses of the plane at an alpha3, as `losscape slice` writes them.
fn sliced(folder: &Path, alpha3: f64) -> Vec<f64> {
    let path = folder.join("slice.npz");
    let alpha3 = format!("--alpha3={alpha3}");
    let slice = ["slice", "--force", "-o", path.to_str().unwrap(), "--grid", "9x6", &alpha3];
    let output = losscape(&[&slice[..], &RUN].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read(&path, "loss").1
}

#[test]
fn a_series_holds_each_plane_of_the_volume_at_its_alpha3() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a & b.pvd");
    assert_eq!(exported(&path, &["--grid", "9x6x5"]), "");
    let entries = read_pvd(&path);
    let times: Vec<f64> = entries.iter().filter(|entry| entry.1 == 0).map(|entry| entry.0).collect();
    assert_eq!(times, [-0.5, -0.25, 0.0, 0.25, 0.5]);
    let mut heights = Vec::new();
    for (alpha3, part, file) in &entries {
        assert!(file.starts_with("a & b/"), "{file}");
        let vts = read_vts(&folder.path().join(file), None);
        if *part == 1 {
            assert_eq!(vts.points.len(), 81, "the whole trail");
            continue;
        }
        assert_eq!(vts.loss, sliced(folder.path(), *alpha3), "{alpha3}");
        for (at, point) in vts.points.iter().enumerate() {
            let expected = [-1.0 + 3.0 * (at % 9) as f64 / 8.0, -2.0 + 4.0 * (at / 9) as f64 / 5.0];
            assert!((0..2).all(|i| (point[i] - expected[i]).abs() < 1e-12), "{point:?}");
            heights.push((vts.loss[at], point[2]));
        }
    }
    // All planes stand in one picture: what is higher in one is higher than in another.
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(heights.windows(2).all(|pair| pair[0].1 <= pair[1].1));
    let highest = heights.last().unwrap().1;
    assert!((highest - 1.5).abs() < 1e-12, "0.75 of half the longer side, which is 4: {highest}");
}

#[test]
fn at_a_step_of_training_the_plane_is_the_one_that_it_is_in_and_the_trail_ends_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("steps.pvd");
    exported(&path, &["--grid", "9x6", "--time", "step", "--layers", "5"]);
    // A volume's file has the whole place of each step, a plane's two numbers of it.
    let volume = folder.path().join("volume.npz");
    let slice = ["slice", "-o", volume.to_str().unwrap(), "--grid", "2x2x2"];
    assert!(losscape(&[&slice[..], &RUN].concat()).status.success());
    let (_, steps) = crate::support::array_of_file::<u64>(&volume, "trajectory_step");
    let (shape, alphas) = read(&volume, "trajectory_alpha");
    let (_, losses) = read(&volume, "trajectory_loss");
    assert_eq!(shape, [81, 3]);
    let entries = read_pvd(&path);
    let times: Vec<f64> = entries.iter().filter(|entry| entry.1 == 0).map(|entry| entry.0).collect();
    assert_eq!(times, [0.0, 20.0, 40.0, 60.0, 80.0]);
    for (step, part, file) in &entries {
        let at = steps.iter().position(|known| *known as f64 == *step).unwrap();
        let alpha = &alphas[3 * at..][..3];
        let path = folder.path().join(file);
        if *part == 0 {
            assert_eq!(read_vts(&path, None).loss, sliced(folder.path(), alpha[2]), "{step}");
        } else {
            let trail = read_vts(&path, Some("step"));
            assert_eq!((trail.points.len(), trail.more.last()), (at + 1, Some(step)));
            let end = trail.points[at];
            assert!((end[0] - alpha[0]).abs() + (end[1] - alpha[1]).abs() < 1e-12, "{end:?} {alpha:?}");
            assert_eq!(trail.loss[at], losses[at], "its true loss");
        }
    }
    assert!(entries.iter().any(|entry| entry.1 == 1));
}

#[test]
fn a_series_is_replaced_when_asked_and_nothing_of_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pvd");
    let text = path.to_str().unwrap();
    let small = ["--grid", "5x4x3"];
    exported(&path, &small);
    let files = || std::fs::read_dir(folder.path().join("x")).unwrap().count();
    assert_eq!(files(), 4);
    refused(&["export", "-o", text], &["x.pvd exists already", "--force"]);
    let told = exported(&path, &["--grid", "5x4x2", "--force", "--layers", "70"]);
    assert!(told.contains("3 files") && told.contains(" MB"), "{told}");
    assert_eq!(files(), 3);
    std::fs::remove_file(&path).unwrap();
    refused(&["export", "-o", text], &["the folder", "exists already", "--force"]);
    std::fs::write(folder.path().join("x/thesis.tex"), "").unwrap();
    refused(&["export", "-o", text, "--force"], &["holds thesis.tex", "would be lost"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_exported_is_told_in_one_line() {
    refused(&["export", "-o", "x.obj"], &["x.obj", "ends in .glb or .pvd"]);
    refused(&["export", "-o", "x"], &["ends in .glb or .pvd"]);
    refused(&["export", "nowhere", "-o", "x.pvd"], &["unknown experiment or tour \"nowhere\""]);
    refused(&["export", "-o", "nowhere/x.pvd"], &["no folder nowhere"]);
    refused(&["export", "-o", "x.pvd", "--layers", "0"], &["--layers 0", "from 1 to"]);
    refused(&["export", "descent", "-o", "x.pvd"], &["expected an experiment", ".glb"]);
    refused(&["export", "-o", "x.glb", "--time", "step"], &["--time", ".pvd"]);
    refused(&["export", "-o", "-"], &["nothing is written to standard output"]);
    let two = ["--points", "20", "--steps", "5"];
    let flat = ["export", "diagonal-model1", "-o", "x.pvd", "--time", "alpha3"];
    refused(&[&flat[..], &two].concat(), &["--time alpha3", "no third direction", "--time step"]);
}

#[test]
#[cfg(feature = "viewer")]
fn what_a_scene_cannot_be_is_told_in_one_line() {
    refused(&["export", "nowhere", "-o", "x.glb"], &["unknown experiment or tour \"nowhere\""]);
    refused(&["export", "-o", "nowhere/x.glb"], &["no folder nowhere"]);
    refused(&["export", "-o", "x.glb", "--size", "3x3"], &["--size 3x3"]);
    let morphs = ["export", "-o", "x.glb", "--morph", "--layers", "10000"];
    refused(&morphs, &["--layers 10000", "--morph", "at most 256", "morph targets"]);
    refused(&["export", "-o", "x.pvd", "--morph"], &["--morph", "expected with .glb"]);
    refused(&["export", "-o", "x.pvd", "--fps", "5"], &["--fps", "expected with .glb"]);
    refused(&["export", "descent", "-o", "x.glb", "--set", "steps=9"], &["--set", "a tour says itself"]);
    refused(&["export", "descent", "-o", "x.glb", "--alpha3", "1"], &["--alpha3", "a tour says itself"]);
}

#[test]
#[cfg(not(feature = "viewer"))]
fn a_build_without_the_viewer_says_that_it_has_no_camera() {
    refused(&["export", "-o", "x.glb"], &["x.glb", "without the feature viewer", "losscape slice"]);
}
