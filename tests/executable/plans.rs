//! Plans: what a cluster is to evaluate, and what is there of it.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use npyz::WriterBuilder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{losscape, read, refused, sliced};
use losscape::core::io::hash::sha256;

const RUN: [&str; 4] = ["--points", "40", "--steps", "60"];

fn planned(folder: &Path, grid: &str) -> serde_json::Value {
    let plan = ["plan", "--grid", grid, "--alpha3", "0.25", "-o", folder.to_str().unwrap()];
    let output = losscape(&[&plan[..], &RUN].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(folder.join("plan.json")).unwrap()).unwrap()
}

fn array<T: npyz::AutoSerialize>(zip: &mut ZipWriter<File>, name: &str, values: impl IntoIterator<Item = T>) {
    zip.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
    let values: Vec<T> = values.into_iter().collect();
    let options = npyz::WriteOptions::new().default_dtype();
    let mut writer = options.shape(&[values.len() as u64]).writer(zip).begin_nd().unwrap();
    writer.extend(values).unwrap();
    writer.finish().unwrap();
}

/// Writes a tile as a worker does, of losses of the whole grid.
fn work(folder: &Path, tile: &serde_json::Value, counts: &[usize], losses: &[f64], hash: &str) {
    let indices = |axis: usize| -> Vec<usize> {
        let found = tile["indices"].get(axis).and_then(|indices| indices.as_array());
        found.map_or(vec![0], |indices| indices.iter().map(|i| i.as_u64().unwrap() as usize).collect())
    };
    let (n1, n2) = (counts[0], counts[1]);
    let mut cells = Vec::new();
    for i3 in indices(2) {
        for i2 in indices(1) {
            cells.extend(indices(0).into_iter().map(|i1| (i3 * n2 + i2) * n1 + i1));
        }
    }
    let path = folder.join(format!("tiles/{:04}.npz", tile["id"].as_u64().unwrap()));
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    array(&mut zip, "indices", cells.iter().map(|cell| *cell as i64));
    array(&mut zip, "loss", cells.iter().map(|cell| losses[*cell]));
    array(&mut zip, "plan", hash.bytes());
    zip.finish().unwrap().flush().unwrap();
}

#[test]
fn a_plan_that_was_worked_on_is_the_slice_of_one_program_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, again) = (folder.path().join("whole.npz"), folder.path().join("again.npz"));
    for (grid, counts) in [("17x9", vec![17, 9]), ("6x5x4", vec![6, 5, 4])] {
        let plan = folder.path().join(grid);
        let content = planned(&plan, grid);
        let more = [&RUN[..], &["--grid", grid, "--alpha3", "0.25"]].concat();
        sliced(Path::new("xor-model3"), &whole, &more);
        let (_, losses) = read(&whole, "loss");
        let hash = sha256(&std::fs::read(plan.join("plan.json")).unwrap());
        let tiles = content["tiles"].as_array().unwrap();
        assert!(tiles.len() > 1);
        for tile in &tiles[1..] {
            work(&plan, tile, &counts, &losses, &hash);
        }
        let all = tiles.len();
        let told = sliced(&plan, &again, &[]);
        assert!(told.contains(&format!("1 of {all} tiles are not there yet: 0.")), "{told}");
        assert!(read(&again, "loss").1[0].is_nan());
        work(&plan, &tiles[0], &counts, &losses, &"0".repeat(64));
        let told = sliced(&plan, &again, &[]);
        assert!(told.contains("Tile 0 counts as missing: it is of another plan."), "{told}");
        work(&plan, &tiles[0], &counts, &losses, &hash);
        // One that is being written is none yet.
        std::fs::write(plan.join("tiles/.0001.npz"), "half").unwrap();
        let told = sliced(&plan, &again, &[]);
        assert!(!told.contains("missing") && !told.contains("not there"), "{told}");
        for name in ["alpha1", "alpha2", "loss", "trajectory_alpha", "trajectory_residual", "trajectory_loss"]
        {
            assert_eq!(read(&again, name), read(&whole, name), "{grid} {name}");
        }
    }
}

#[test]
fn directions_of_a_plan_are_those_of_the_slice() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, whole) = (folder.path().join("plan"), folder.path().join("whole.npz"));
    let content = planned(&plan, "9x9");
    sliced(Path::new("xor-model3"), &whole, &[&RUN[..], &["--grid", "9x9", "--alpha3", "0.25"]].concat());
    let bytes = std::fs::read(plan.join("directions.safetensors")).unwrap();
    assert_eq!(content["directions"], sha256(&bytes));
    let front = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let numbers: Vec<f64> =
        bytes[front..].as_chunks().0.iter().map(|eight| f64::from_le_bytes(*eight)).collect();
    assert_eq!(numbers, [read(&whole, "origin").1, read(&whole, "directions").1].concat());
    let shapes: Vec<_> = content["blocks"].as_array().unwrap().iter().map(|block| &block["shape"]).collect();
    assert_eq!(serde_json::json!(shapes), serde_json::json!([[3, 2], [3], [1, 3], [1]]));
}

#[test]
fn a_plan_is_written_over_nothing_and_of_nothing_without_parameters() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan");
    planned(&plan, "3x3");
    refused(&[&["plan", "-o", plan.to_str().unwrap()], &RUN[..]].concat(), &["plan", "there already"]);
    let other = folder.path().join("other");
    refused(&["plan", plan.to_str().unwrap(), "-o", other.to_str().unwrap()], &["no parameters"]);
    std::fs::write(plan.join("plan.json"), "{\"format\": 1}").unwrap();
    refused(&["slice", plan.to_str().unwrap(), "-o", "x.npz"], &["plan.json is none", "axes"]);
    assert!(!other.exists());
}
