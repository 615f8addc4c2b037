use std::io::{Cursor, Write};

use npyz::WriterBuilder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::core::io::sources::Shelf;

/// An array of numbers as numpy writes it.
fn npy<T: npyz::AutoSerialize>(shape: &[u64], values: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype();
    let mut writer = options.shape(shape).writer(&mut bytes).begin_nd().unwrap();
    writer.extend(values).unwrap();
    writer.finish().unwrap();
    bytes
}

fn numbers(shape: &[u64], values: &[f64]) -> Vec<u8> {
    npy(shape, values.iter().copied())
}

fn read_arrays(arrays: &[(&str, Vec<u8>)]) -> Result<Import, SliceError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        zip.start_file(format!("{name}.npy"), SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let mut shelf = Shelf::default();
    shelf.put("x.npz", zip.finish().unwrap().into_inner());
    read(&shelf, Path::new("x.npz"))
}

fn refused(arrays: &[(&str, Vec<u8>)]) -> String {
    read_arrays(arrays).unwrap_err().to_string()
}

/// A plane of 3 by 2 cells, of single length as most write it.
fn plane_arrays() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("alpha1", npy(&[3], [-1.0f32, 0.0, 1.0])),
        ("alpha2", numbers(&[2], &[0.0, 2.0])),
        ("loss", numbers(&[2, 3], &[3.0, 1.0, 3.0, f64::NAN, 0.5, 7.0])),
    ]
}

fn with<'a>(mut arrays: Vec<(&'a str, Vec<u8>)>, more: Vec<(&'a str, Vec<u8>)>) -> Vec<(&'a str, Vec<u8>)> {
    arrays.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    arrays.extend(more);
    arrays
}

#[test]
fn a_bare_slice_is_what_its_arrays_say_and_nothing_else() {
    let import = read_arrays(&plane_arrays()).unwrap();
    let slice = import.slice.unwrap();
    let grid = slice.table.losses();
    assert_eq!((grid.spec.counts(), grid.at([1, 1, 0])), ([3, 2, 1], 0.5));
    assert!(grid.at([0, 1, 0]).is_nan());
    let first = import.course.first();
    assert!(first.step == 0 && first.loss.is_nan(), "nothing is known of a run");
    assert_eq!(import.words, [AS_EVALUATED, NO_PATH]);
    assert!(slice.plane.explained.is_nan() && slice.plane.axes[0].name.is_empty());
}

#[test]
fn a_path_keeps_its_distance_from_the_slice_and_its_losses() {
    let path = vec![
        ("trajectory_alpha", numbers(&[2, 2], &[-1.0, 0.5, 0.5, 1.0])),
        ("trajectory_loss", numbers(&[2], &[2.5, 0.25])),
        ("trajectory_residual", numbers(&[2], &[0.75, 0.0])),
        ("trajectory_step", npy(&[2], [40u64, 90])),
        ("explained_variance_ratio", numbers(&[2], &[0.75, 0.125])),
    ];
    let import = read_arrays(&with(plane_arrays(), path)).unwrap();
    let slice = import.slice.unwrap();
    let points = import.course.trajectory().checkpoints();
    let projected = slice.plane.subspace.project(&points[0].theta);
    assert_eq!((projected.alpha, projected.residual), (vec![-1.0, 0.5], 0.75));
    let told: Vec<_> = points.iter().map(|point| (point.step, point.loss)).collect();
    assert_eq!(told, [(40, 2.5), (90, 0.25)]);
    assert_eq!((slice.plane.axes[1].explained, slice.plane.explained), (0.125, 0.875));
    assert_eq!(import.words, [AS_EVALUATED]);
}

#[test]
fn a_path_without_losses_says_that_its_height_is_the_surfaces() {
    let path = vec![("trajectory_alpha", numbers(&[2, 2], &[0.0, 1.0, 5.0, 0.0]))];
    let import = read_arrays(&with(plane_arrays(), path)).unwrap();
    let losses: Vec<f64> = import.course.trajectory().checkpoints().iter().map(|point| point.loss).collect();
    assert_eq!(losses[0], 0.75, "half-way between 1 and 0.5");
    assert!(losses[1].is_nan(), "beyond the slice there is no surface");
    assert_eq!(import.words, [AS_EVALUATED, SURFACE_HEIGHTS, NO_RESIDUALS]);
}

#[test]
fn a_volume_has_three_axes() {
    let third = vec![
        ("alpha3", numbers(&[2], &[-0.5, 0.5])),
        ("loss", numbers(&[2, 2, 3], &(0..12).map(f64::from).collect::<Vec<_>>())),
    ];
    let import = read_arrays(&with(plane_arrays(), third)).unwrap();
    let slice = import.slice.unwrap();
    assert_eq!(slice.table.losses().at([2, 1, 1]), 11.0);
    assert_eq!((slice.plane.subspace.k(), import.layout.dim()), (3, 4));
}

#[test]
fn other_arrays_are_named() {
    assert_eq!(
        refused(&[("weights", numbers(&[1], &[1.0])), ("b", numbers(&[1], &[1.0]))]),
        "it has no array \"alpha1\" (it has b, weights); expected alpha1 [n1], alpha2 [n2] and loss [n2, n1], or for a \
         volume alpha3 [n3] and loss [n3, n2, n1]"
    );
    assert!(refused(&[("trajectory", numbers(&[1, 1], &[1.0]))]).contains("--run"));
    assert!(refused(&[]).contains("it has none at all"));
}

#[test]
fn arrays_that_make_no_slice_are_refused_by_what_is_wrong() {
    let told = |name: &'static str, bytes: Vec<u8>| refused(&with(plane_arrays(), vec![(name, bytes)]));
    assert_eq!(
        told("loss", numbers(&[3, 2], &[0.0; 6])),
        "its array loss has the shape [3, 2]; expected [2, 3], as its coordinates have entries"
    );
    assert!(told("alpha2", numbers(&[2, 1], &[0.0, 1.0])).contains("expected [2], a list of coordinates"));
    assert_eq!(
        told("alpha1", numbers(&[3], &[0.0, 1.0, 0.5])),
        "its coordinates alpha1 do not rise: entry 2 is 0.5 after 1; expected finite numbers that rise"
    );
    assert!(told("alpha1", numbers(&[3], &[0.0, f64::NAN, 0.5])).contains("entry 1 is NaN"));
    assert!(
        told("alpha1", numbers(&[3], &[0.0, 1.0, 9.0]))
            .contains("from entry 0 to the next it is 1, on average 4.5")
    );
    assert!(told("loss", numbers(&[2, 3], &[f64::NAN; 6])).contains("none of its 6 losses is finite"));
    assert!(told("trajectory_alpha", numbers(&[1, 3], &[0.0; 3])).contains("expected [1, 2]"));
    assert!(
        told("trajectory_alpha", numbers(&[1, 2], &[0.0, f64::INFINITY]))
            .contains("entry 0 of its trajectory")
    );
    let path = |more: (&'static str, Vec<u8>)| {
        let alphas = ("trajectory_alpha", numbers(&[2, 2], &[0.0; 4]));
        refused(&with(plane_arrays(), vec![alphas, more]))
    };
    assert!(path(("trajectory_step", numbers(&[2], &[3.0, 3.0]))).contains("does not rise at entry 1"));
    assert!(path(("trajectory_loss", numbers(&[3], &[0.0; 3]))).contains("expected [2], one for each place"));
    assert!(refused(&[("alpha1", numbers(&[1], &[1.0]))]).contains("no array \"alpha2\""));
    let single = vec![("alpha1", numbers(&[1], &[1.0])), ("loss", numbers(&[2, 1], &[0.0; 2]))];
    assert!(refused(&with(plane_arrays(), single)).contains("1 cells along alpha1; expected at least 2"));
}

/// Files as `plot_surface.py` and `projection.py` lay them out, made by `tests/data/imports/li/make.py`.
const SURFACE: &str = "weights_xnorm=filter.h5_[-1,1,5]x[-0.5,1,4].h5";
const PROJECTED: &str = "weights_xnorm=filter.h5_proj_cos.h5";

fn li(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/imports/li").join(name)).unwrap()
}

#[test]
fn a_surface_of_li_et_al_runs_along_x_first_whatever_its_shape_says() {
    let mut shelf = Shelf::default();
    shelf.put(SURFACE, li(SURFACE));
    let import = read(&shelf, Path::new(SURFACE)).unwrap();
    let slice = import.slice.unwrap();
    let grid = slice.table.losses();
    assert_eq!(grid.spec.counts(), [5, 4, 1]);
    for i2 in 0..4 {
        for i1 in 0..5 {
            let alpha = grid.spec.alpha([i1, i2, 0]);
            let expected = alpha[0].powi(2) + 10.0 * alpha[1].powi(2) + 0.25 * alpha[0] + 0.5;
            let found = grid.at([i1, i2, 0]);
            let is_right = if (i1, i2) == (2, 1) { found.is_nan() } else { (found - expected).abs() < 1e-12 };
            assert!(is_right, "{i1} {i2}: {found}, expected {expected}");
        }
    }
    let missing = "1 of its 20 losses were never evaluated (they are −1 in the file).";
    assert_eq!(import.words, [AS_EVALUATED, missing, NO_PATH]);
}

#[test]
fn a_path_of_li_et_al_is_found_beside_its_surface_and_named() {
    let mut shelf = Shelf::default();
    shelf.put(SURFACE, li(SURFACE));
    shelf.put(PROJECTED, li(PROJECTED));
    shelf.put("other_proj_cos.h5", li(PROJECTED));
    let import = read(&shelf, Path::new(SURFACE)).unwrap();
    let points = import.course.trajectory().checkpoints();
    assert_eq!((points.len(), &points[1].theta[..]), (3, &[0.4, 0.25, 0.0][..]));
    let named = format!("The path is that of {PROJECTED}.");
    assert_eq!(import.words[2..], [&named[..], SURFACE_HEIGHTS, NO_RESIDUALS]);
    shelf.put("weights_xnorm=filter.h5_proj_lstsq.h5", li(PROJECTED));
    let two = read(&shelf, Path::new(SURFACE)).unwrap();
    assert!(two.words[2].starts_with("More than one path") && two.words[3] == NO_PATH, "{:?}", two.words);
}

#[test]
fn another_hdf5_file_is_refused_by_what_it_has() {
    let mut shelf = Shelf::default();
    shelf.put("x.h5", li(PROJECTED));
    let told = read(&shelf, Path::new("x.h5")).unwrap_err().to_string();
    assert!(told.contains("no data set \"xcoordinates\" (it has proj_xcoord, proj_ycoord)"), "{told}");
    shelf.put("x.h5", b"no HDF5".to_vec());
    assert!(read(&shelf, Path::new("x.h5")).unwrap_err().to_string().contains("HDF5"));
    let surface = li(SURFACE);
    for length in (0..surface.len()).step_by(37) {
        shelf.put("x.h5", &surface[..length]);
        let _ = read(&shelf, Path::new("x.h5"));
    }
}
