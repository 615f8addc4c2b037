//! Slices of others: the numbers of a file come out as they went in, and what cannot be had of them is refused.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{losscape, read, refused, sliced};
use crate::support::array_of_file;

/// A slice of our own.
fn own_slice(folder: &Path, name: &str, grid: &str) -> PathBuf {
    let path = folder.join(name);
    let run = ["slice", "--points", "40", "--steps", "60", "--grid", grid, "--alpha3", "0.25", "-o"];
    let output = losscape(&[&run[..], &[path.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

/// The same file with these arrays only, as somebody else might have written it.
fn with_arrays(path: &Path, names: &[&str]) -> PathBuf {
    let bare = path.with_file_name("of-others.npz");
    let mut from = ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut to = ZipWriter::new(File::create(&bare).unwrap());
    for name in names {
        let mut entry = from.by_name(&format!("{name}.npy")).unwrap();
        to.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        std::io::copy(&mut entry, &mut to).unwrap();
    }
    to.finish().unwrap().flush().unwrap();
    bare
}

const PATH: [&str; 4] = ["trajectory_alpha", "trajectory_loss", "trajectory_residual", "trajectory_step"];

#[test]
fn a_slice_of_others_is_written_again_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for (grid, axes) in [("7x5", 2), ("6x5x4", 3)] {
        let own = own_slice(folder.path(), "own.npz", grid);
        let alphas = ["alpha1", "alpha2", "alpha3"];
        let names = [&alphas[..axes], &["loss", "explained_variance_ratio"], &PATH].concat();
        let bare = with_arrays(&own, &names);
        let again = folder.path().join("again.npz");
        let flags = ["--grid", grid];
        let told = sliced(&bare, &again, if axes == 3 { &flags } else { &[] });
        assert!(told.contains("was evaluated elsewhere"), "{told}");
        for name in names.iter().filter(|name| **name != "trajectory_step") {
            assert_eq!(read(&again, name), read(&bare, name), "{grid} {name}");
        }
        assert!(ZipArchive::new(File::open(&again).unwrap()).unwrap().by_name("origin.npy").is_err());
        std::fs::remove_file(own).unwrap();
    }
}

#[test]
fn what_axes_stand_for_and_that_there_is_no_path_come_through() {
    let folder = tempfile::tempdir().unwrap();
    let own = own_slice(folder.path(), "own.npz", "4x3");
    let bare = with_arrays(&own, &["alpha1", "alpha2", "loss"]);
    let mut names =
        ZipWriter::new_append(File::options().read(true).write(true).open(&bare).unwrap()).unwrap();
    names.start_file("axis_names.npy", SimpleFileOptions::default()).unwrap();
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    let text = b"{'descr': '<U4', 'fortran_order': False, 'shape': (2,), }\n";
    header.extend((text.len() as u16).to_le_bytes());
    header.extend(text);
    header.extend("PC 1\u{3b1}\0\0\0".chars().flat_map(|sign| (sign as u32).to_le_bytes()));
    names.write_all(&header).unwrap();
    names.finish().unwrap();
    let again = folder.path().join("again.npz");
    sliced(&bare, &again, &[]);
    assert_eq!(array_of_file::<String>(&again, "axis_names").1, ["PC 1", "\u{3b1}"]);
    let mut archive = ZipArchive::new(File::open(&again).unwrap()).unwrap();
    assert!(
        archive.by_name("trajectory_alpha.npy").is_err() && archive.by_name("trajectory_loss.npy").is_err()
    );
}

#[test]
fn it_goes_into_every_format_as_our_own_does() {
    let folder = tempfile::tempdir().unwrap();
    let own = own_slice(folder.path(), "own.npz", "9x6");
    let bare = with_arrays(&own, &[&["alpha1", "alpha2", "loss"], &PATH[..]].concat());
    for format in ["csv", "vts", "obj", "ply", "stl", "glb", "png"] {
        let [own, others] = ["own", "others"].map(|name| folder.path().join(format!("{name}.{format}")));
        own_slice(folder.path(), own.file_name().unwrap().to_str().unwrap(), "9x6");
        sliced(&bare, &others, &[]);
        let [own, others] = [own, others].map(|path| std::fs::read(path).unwrap());
        // What a scene is called stands in front of its numbers.
        let numbers = |bytes: &[u8]| match format {
            "png" => image::load_from_memory(bytes).unwrap().to_rgba8().into_raw(),
            "glb" => bytes[20 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize..].to_vec(),
            _ => bytes.to_vec(),
        };
        assert!(numbers(&own) == numbers(&others), "{format}");
    }
}

#[test]
fn what_cannot_be_had_of_a_slice_of_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = own_slice(folder.path(), "own.npz", "4x3");
    let bare = with_arrays(&own, &["alpha1", "alpha2", "loss"]);
    let bare = bare.to_str().unwrap();
    let out = folder.path().join("x.csv");
    let slice = |more: &[&str], words: &[&str]| {
        refused(&[&["slice", bare, "-o", out.to_str().unwrap()], more].concat(), words);
    };
    slice(&["--lr", "0.5"], &["optimizer", "not trained here"]);
    for flags in [
        ["--grid", "9x9"],
        ["--range", "0:1"],
        ["--plane", "chord"],
        ["--set", "slice.rotate=20"],
        ["--set", "slice.rescale=2"],
    ] {
        slice(&flags, &["slice", "evaluated elsewhere"]);
    }
    let run = folder.path().join("run.npz");
    refused(&["train", bare, "-o", run.to_str().unwrap()], &["recorded elsewhere"]);
    refused(&["probe", bare, "--at", "end"], &["recorded elsewhere"]);
    assert!(!out.exists() && !run.exists());
}

/// Expects that what is named can be neither shown nor sliced, for that reason, in every build.
fn unshown(named: &[&str], words: &[&str]) {
    refused(&[&["slice", "-o", "never.npz"], named].concat(), words);
    if cfg!(feature = "viewer") {
        refused(&[&["view"], named].concat(), words);
    }
}

#[test]
fn a_file_that_is_no_slice_is_refused_by_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let own = own_slice(folder.path(), "own.npz", "4x3");
    let other = with_arrays(&own, &["alpha1", "trajectory_loss"]);
    unshown(&[other.to_str().unwrap()], &["no array \"alpha2\" (it has alpha1, trajectory_loss)"]);
    let none = folder.path().join("none.npz");
    unshown(&[none.to_str().unwrap()], &["none.npz", "No such file"]);
    std::fs::write(&none, "no archive").unwrap();
    unshown(&[none.to_str().unwrap()], &["none.npz", "numpy archive"]);
}

#[test]
fn checkpoints_that_make_no_run_are_refused_in_a_line() {
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/checkpoints");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_str().unwrap();
    let put = |from: &str, to: &str| std::fs::copy(known.join(from), folder.path().join(to)).unwrap();
    unshown(&[here], &["names no checkpoint", "nothing is there", ".safetensors"]);
    put("step-5.pt", "step-5.pt");
    unshown(&[here], &["names one checkpoint only", "step-5.pt"]);
    put("model.pt", "step-7.pt");
    unshown(&[here], &["step-7.pt", "asks for shop.Net to be called"]);
    put("step-10.npz", "step-7.pt");
    unshown(&[here], &["step-7.pt", "it has no data.pkl"]);
    put("step-10.safetensors", "step-5.safetensors");
    unshown(&[here], &["are both of step 5", "choose by a pattern"]);
    unshown(&[&format!("{here}/*.h5")], &["*.h5", "names no checkpoint"]);
    let own = format!("{}/step-*.safetensors", known.display());
    unshown(&[&own, "--plane", "hessian"], &["slice.plane = hessian"]);
}

#[test]
fn what_is_left_out_of_theta_is_chosen_by_patterns_and_told() {
    let known = format!("{}/tests/data/checkpoints/step-*.safetensors", env!("CARGO_MANIFEST_DIR"));
    let (folder, set) = (tempfile::tempdir().unwrap(), |patterns: &str| format!("without={patterns}"));
    let planned = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let plan = ["plan", &known, "-o", out.to_str().unwrap(), "--grid", "3x3"];
        let answer = losscape(&[&plan[..], more].concat());
        let told = String::from_utf8_lossy(&answer.stderr).into_owned();
        assert!(answer.status.success(), "{told}");
        let text = std::fs::read_to_string(out.join("plan.json")).unwrap();
        (serde_json::from_str::<serde_json::Value>(&text).unwrap()["dim"].as_u64().unwrap(), told)
    };
    let (whole, _) = planned("whole", &[]);
    let (left, told) = planned("left", &["--set", &set("[\"*.bias\"]")]);
    assert!(left < whole && told.contains("Left out of theta, as asked: "), "{told}");
    unshown(&[&known, "--set", &set("[\"*.bia\"]")], &["has no tensor as \"*.bia\"", "(fc1.weight"]);
    unshown(&[&known, "--set", &set("[\"*\"]")], &["holds no parameters besides those", "without"]);
    unshown(&[&known, "--set", &set("[\" \"]")], &["has no tensor as \" \""]);
    unshown(&["xor-model3", "--set", &set("[\"fc*\"]")], &["without = given: expected none"]);
    let recording = format!("{}/tests/data/recordings/small.lsr", env!("CARGO_MANIFEST_DIR"));
    unshown(&[&recording, "--set", &set("[\"fc*\"]")], &["no tensors that could be left out of theta"]);
}

#[test]
fn an_experiment_may_name_a_slice_of_others_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let own = own_slice(folder.path(), "own.npz", "4x3");
    with_arrays(&own, &["alpha1", "alpha2", "loss"]);
    let ron = folder.path().join("x.ron");
    std::fs::write(&ron, "(import: \"of-others.npz\", view: (scale: log))").unwrap();
    let again = folder.path().join("again.npz");
    sliced(&ron, &again, &[]);
    assert_eq!(read(&again, "loss"), read(&own, "loss"));
}
