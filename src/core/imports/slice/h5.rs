//! Slices in the HDF5 files that the code of Li et al. (2018) writes: `plot_surface.py` and `projection.py` of
//! tomgoldstein/loss-landscape.
//!
//! | data set | shape | holds |
//! |---|---|---|
//! | `xcoordinates`, `ycoordinates` | `[nx]`, `[ny]` | coordinates |
//! | `train_loss` | `[nx, ny]` | losses, x running fastest whatever the shape says; −1 where none was evaluated |
//! | `proj_xcoord`, `proj_ycoord` | `[t]` | a path, in a file of its own that is named after the same directions |

use std::path::{Path, PathBuf};

use hdf5_reader::{Hdf5File, OpenOptions};

use super::{PathParts, SliceError, SliceParts};
use crate::core::io::sources::Sources;

/// Bytes that such a file may have.
const MOST_BYTES: u64 = 256 << 20;

/// What stands where no loss was evaluated.
const NOT_EVALUATED: f64 = -1.0;

/// Reads what a file tells of a slice, and the file beside it of the path.
pub(super) fn parts(sources: &dyn Sources, path: &Path) -> Result<SliceParts, SliceError> {
    let file = File::open(sources, path)?;
    let coordinates = vec![file.required("xcoordinates")?, file.required("ycoordinates")?];
    let losses = file.required("train_loss")?;
    let cells: usize = coordinates.iter().map(Vec::len).product();
    if losses.len() != cells {
        let [x, y] = [&coordinates[0], &coordinates[1]].map(|axis| axis.len() as u64);
        return Err(SliceError::Shape {
            name: "train_loss".to_owned(),
            found: vec![losses.len() as u64],
            expected: vec![x, y],
            why: "as its coordinates have entries",
        });
    }
    let missing = losses.iter().filter(|loss| **loss == NOT_EVALUATED).count();
    let losses = losses.iter().map(|loss| if *loss == NOT_EVALUATED { f64::NAN } else { *loss }).collect();
    let mut words = Vec::new();
    if missing > 0 {
        words
            .push(format!("{missing} of its {cells} losses were never evaluated (they are −1 in the file)."));
    }
    let path = projected(sources, path, &mut words)?;
    Ok(SliceParts { coordinates, losses, path, words, ..SliceParts::default() })
}

/// The path whose file is named after the same directions as the surface's, where there is exactly one.
fn projected(
    sources: &dyn Sources,
    path: &Path,
    words: &mut Vec<String>,
) -> Result<Option<PathParts>, SliceError> {
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let own = name(path);
    let is_of_same = |beside: &PathBuf| {
        name(beside).split_once("_proj_").is_some_and(|(directions, _)| own.starts_with(directions))
    };
    let found: Vec<PathBuf> = sources.beside(path).into_iter().filter(is_of_same).collect();
    let [found] = &found[..] else {
        if !found.is_empty() {
            let names: Vec<String> = found.iter().map(|path| name(path)).collect();
            words.push(format!(
                "More than one path is of these directions, and none is shown: {}.",
                names.join(", ")
            ));
        }
        return Ok(None);
    };
    let file = File::open(sources, found)?;
    let [x, y] = [file.required("proj_xcoord")?, file.required("proj_ycoord")?];
    if x.len() != y.len() {
        let (found, expected) = (vec![y.len() as u64], vec![x.len() as u64]);
        let name = "proj_ycoord".to_owned();
        return Err(SliceError::Shape { name, found, expected, why: "as proj_xcoord has entries" });
    }
    words.push(format!("The path is that of {}.", name(found)));
    let alphas: Vec<Vec<f64>> = x.into_iter().zip(y).map(|(x, y)| vec![x, y]).collect();
    match alphas.iter().position(|alpha| !alpha.iter().all(|v| v.is_finite())) {
        Some(at) => Err(SliceError::Path { at }),
        None => Ok((!alphas.is_empty()).then(|| PathParts { alphas, ..PathParts::default() })),
    }
}

struct File {
    file: Hdf5File,
}

impl File {
    fn open(sources: &dyn Sources, path: &Path) -> Result<Self, SliceError> {
        let bytes = sources.whole(path, MOST_BYTES)?;
        let options = OpenOptions::default().with_max_read_bytes(MOST_BYTES as usize);
        let file = Hdf5File::from_vec_with_options(bytes, options).map_err(unreadable)?;
        Ok(Self { file })
    }

    /// The numbers of a data set.
    fn required(&self, name: &'static str) -> Result<Vec<f64>, SliceError> {
        let Ok(set) = self.file.dataset(name) else {
            return Err(SliceError::MissingSet { missing: name, found: self.names() });
        };
        let single = || set.read_array::<f32>().map(|array| array.iter().map(|v| f64::from(*v)).collect());
        let double = set.read_array::<f64>().map(|array| array.iter().copied().collect());
        double.or_else(|_| single()).map_err(unreadable)
    }

    /// The names of all data sets.
    fn names(&self) -> Vec<String> {
        let members = self.file.root_group().and_then(|root| root.members());
        members.map(|(_, sets)| sets.iter().map(|set| set.name().to_owned()).collect()).unwrap_or_default()
    }
}

fn unreadable(error: hdf5_reader::error::Error) -> SliceError {
    SliceError::Hdf5(error.to_string())
}
