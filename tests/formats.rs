//! Files of slices, read back by readers that are not ours.

use losscape::disk::sources;
use std::io;
use std::process::Command;

use losscape::core::experiment::pipeline::{Plan, prepare};
use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::formats::{Slice, SliceFormat};
use losscape::core::grid::{Axis, GridJob, GridSpec, LossGrid, Precision, ReferenceBackend};
use losscape::core::num::Job;
use losscape::core::subspace::Subspace;

mod meshes;
mod numbers;
#[cfg(target_os = "linux")]
mod numpy;
mod picture;

/// Low and high of alpha1, alpha2, alpha3 of every slice here: no two alike.
const RANGES: [(f64, f64); 3] = [(-1.0, 2.0), (-2.0, 2.0), (0.0, 0.5)];

/// Losses above this are cut off in every slice here.
const CLIP: f64 = 0.4;

const TITLE: &str = "Größe <\"&>\nof a loss";

/// A slice that owns its parts.
struct Made {
    experiment: Experiment,
    plan: Plan,
    subspace: Subspace,
    grid: LossGrid,
}

impl Made {
    /// A slice with that many cells along each axis.
    fn new(counts: &[usize]) -> Self {
        let text = "(dataset: xor(points: 30), steps: 60, view: (colors: cividis, clip: 0.4))";
        let mut file = ExperimentFile::parse(text, "x.ron").unwrap();
        file.title = TITLE.to_owned();
        let experiment = Experiment::reading(file, &sources()).unwrap();
        let plan = prepare(&experiment, |_| {}).unwrap();
        let axes = counts.iter().zip(RANGES).map(|(&count, (low, high))| Axis { low, high, count });
        let spec = GridSpec::new(axes.collect()).unwrap();
        let whole = &plan.plane.subspace;
        let subspace = if counts.len() == 2 { whole.plane_at(0.25) } else { whole.clone() };
        let backend =
            ReferenceBackend::new(plan.objective().unwrap().clone(), subspace.clone(), spec.clone());
        let mut job = GridJob::new(spec, Box::new(backend));
        while !job.is_finished() {
            job.advance(1000);
        }
        Self { experiment, plan, subspace, grid: job.finish() }
    }

    /// A plane of 7 by 5 cells in which two losses diverged and two are far above the picture.
    fn broken() -> Self {
        let mut made = Self::new(&[7, 5]);
        for (cell, loss) in [([0, 0], f64::NAN), ([3, 2], f64::INFINITY), ([6, 4], 1e300), ([5, 0], 50.0)] {
            let at = made.grid.spec.offset([cell[0], cell[1], 0]);
            made.grid.loss[at] = loss;
        }
        made
    }

    fn slice(&self) -> Slice<'_> {
        Slice {
            experiment: &self.experiment,
            plan: &self.plan,
            subspace: &self.subspace,
            grid: &self.grid,
            precision: Precision::F64,
        }
    }

    fn written(&self, format: SliceFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        format.write(&mut bytes, &self.slice()).unwrap();
        bytes
    }

    /// The loss at a cell's alphas, without the grid.
    fn loss_at(&self, alpha: &[f64]) -> f64 {
        self.plan.objective().unwrap().loss(&self.subspace.lift(alpha))
    }

    /// The loss at the picture's floor: the lowest of grid and trail.
    fn low(&self) -> f64 {
        let trail = self.plan.trajectory.checkpoints().iter().map(|point| point.loss);
        let all = self.grid.loss.iter().copied().chain(trail);
        all.filter(|loss| loss.is_finite()).fold(f64::INFINITY, f64::min)
    }

    /// Whether a finite loss is above the picture: by more than a hundredth of its height.
    fn cuts_off(&self, loss: f64) -> bool {
        loss - CLIP > 0.01 * (CLIP - self.low())
    }
}

fn error(format: SliceFormat, made: &Made) -> String {
    format.write(io::sink(), &made.slice()).unwrap_err().to_string()
}

#[test]
fn what_a_format_cannot_hold_is_an_error_and_no_file() {
    for format in [SliceFormat::Obj, SliceFormat::Ply, SliceFormat::Stl, SliceFormat::Glb, SliceFormat::Png] {
        assert!(error(format, &Made::new(&[4])).contains("this is a line"), "{format:?}");
        assert!(error(format, &Made::new(&[2, 3, 2])).contains("this is a volume"), "{format:?}");
    }
    let mut nowhere = Made::new(&[4, 3]);
    nowhere.grid.loss.fill(f64::NAN);
    for format in [SliceFormat::Obj, SliceFormat::Ply, SliceFormat::Stl, SliceFormat::Glb] {
        assert!(error(format, &nowhere).contains("there is no surface"), "{format:?}");
    }
    assert!(!nowhere.written(SliceFormat::Png).is_empty(), "a picture shows that everything diverged");
}

#[test]
fn a_full_disk_is_an_error_wherever_it_fills_up() {
    let made = Made::new(&[7, 5]);
    for &format in SliceFormat::ALL {
        let whole = made.written(format).len();
        for room in [0, 1, whole / 2, whole - 1] {
            let mut disk = vec![0; room];
            let failed = format.write(disk.as_mut_slice(), &made.slice()).map_err(|error| error.kind());
            assert_eq!(failed, Err(io::ErrorKind::WriteZero), "{format:?} {room}");
        }
        let mut disk = vec![0; whole];
        format.write(disk.as_mut_slice(), &made.slice()).unwrap();
    }
}

#[test]
fn the_executable_writes_each_format_and_refuses_before_it_works() {
    let folder = tempfile::tempdir().unwrap();
    let slice = |name: &str, grid: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_losscape"));
        let path = folder.path().join(name);
        // More steps than anybody waits for, unless they are needed.
        let steps = if grid == "7x5" { "50" } else { "10000000" };
        let fixed = ["slice", "--points", "30", "--steps", steps, "--grid", grid, "-o"];
        let output = command.args(fixed).arg(&path).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), error, std::fs::read(&path).ok())
    };
    for &format in SliceFormat::ALL {
        let (code, error, bytes) = slice(&format!("plane.{}", format.extension().to_uppercase()), "7x5");
        assert_eq!((code, error.as_str()), (Some(0), ""), "{format:?}");
        let beginning: &[u8] = match format {
            SliceFormat::Npz => b"PK",
            SliceFormat::Csv => b"alpha1,alpha2,loss\n",
            SliceFormat::Vts => b"<?xml",
            SliceFormat::Obj => b"# x",
            SliceFormat::Ply => b"ply\n",
            SliceFormat::Stl => b"x = ",
            SliceFormat::Glb => b"glTF\x02\0\0\0",
            SliceFormat::Png => b"\x89PNG",
        };
        assert!(bytes.unwrap().starts_with(beginning), "{format:?}");
    }
    for (name, grid, words) in [
        ("line.obj", "9", [".obj holds planes only", "a line", ".npz, .csv or .vts"]),
        ("volume.png", "4x3x2", [".png holds planes only", "a volume", ".npz, .csv or .vts"]),
        ("plane.xyz", "9x9", ["plane.xyz", ".npz", ".glb or .png"]),
    ] {
        let (code, error, bytes) = slice(name, grid);
        assert_eq!((code, error.lines().count(), bytes), (Some(2), 1, None), "{error}");
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
}
