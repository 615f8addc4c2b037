//! The formats that a slice can be written in.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use strum::VariantArray;

use super::slice::Slice;
use super::{cells, glb, npz, obj, ply, png, stl, vts};

/// A format, known by the extension of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum SliceFormat {
    /// A numpy archive with all that is needed to compute the losses again.
    Npz,
    /// A table with a row for each cell.
    Csv,
    /// A structured grid for ParaView and VTK.
    Vts,
    /// A Wavefront mesh with colours.
    Obj,
    /// A Stanford mesh with colours and losses.
    Ply,
    /// A mesh without colours, for printers.
    Stl,
    /// A glTF 2.0 mesh with colours, for browsers and game engines.
    Glb,
    /// A picture seen from above.
    Png,
}

/// A name whose extension stands for no format.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{path}: expected a name that ends in {}", alternatives(SliceFormat::ALL))]
pub struct UnknownFormat {
    /// The file.
    pub path: PathBuf,
}

/// A grid that a format cannot hold.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum UnsuitableFormat {
    /// It has too few or too many axes.
    #[error(
        "{format} holds planes only, and this is a {shape}; expected N1xN2 cells, or a name that ends in {}",
        alternatives(&SliceFormat::of_axes(*axes)),
        format = format.suffix(),
        shape = shape(*axes)
    )]
    Axes {
        /// The format.
        format: SliceFormat,
        /// Axes of the grid.
        axes: usize,
    },
    /// It has too many cells.
    #[error("{} holds at most {most} cells, not {cells}", format.suffix())]
    Cells {
        /// The format.
        format: SliceFormat,
        /// Cells of the grid.
        cells: usize,
        /// Cells the format can hold.
        most: usize,
    },
}

impl SliceFormat {
    /// Every format.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The format of a file's name, by its extension in upper or lower case.
    ///
    /// # Errors
    /// If there is no format of that extension.
    pub fn of_path(path: &Path) -> Result<Self, UnknownFormat> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let is_meant = |format: &Self| extension.as_deref() == Some(format.extension());
        Self::ALL.iter().copied().find(is_meant).ok_or_else(|| UnknownFormat { path: path.to_owned() })
    }

    /// The extension, in lower case and without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Npz => "npz",
            Self::Csv => "csv",
            Self::Vts => "vts",
            Self::Obj => "obj",
            Self::Ply => "ply",
            Self::Stl => "stl",
            Self::Glb => "glb",
            Self::Png => "png",
        }
    }

    fn suffix(self) -> String {
        format!(".{}", self.extension())
    }

    /// Whether it holds lines and volumes as well as planes.
    fn holds_every_shape(self) -> bool {
        matches!(self, Self::Npz | Self::Csv | Self::Vts)
    }

    fn of_axes(axes: usize) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|format| axes == 2 || format.holds_every_shape()).collect()
    }

    /// Whether it can hold a grid of so many cells along each axis: to be asked before any work.
    ///
    /// # Errors
    /// If the format holds planes only and this is none, or the file would become too long for it.
    pub fn accepts(self, counts: &[usize]) -> Result<(), UnsuitableFormat> {
        let axes = counts.len();
        if axes != 2 && !self.holds_every_shape() {
            return Err(UnsuitableFormat::Axes { format: self, axes });
        }
        let (cells, most) = (counts.iter().product(), glb::MAX_CELLS);
        if self == Self::Glb && cells > most {
            return Err(UnsuitableFormat::Cells { format: self, cells, most });
        }
        Ok(())
    }

    /// Writes a slice.
    ///
    /// # Errors
    /// If the format does not accept its grid, a mesh would be empty, or the file cannot be written.
    pub fn write(self, file: impl Write, slice: &Slice) -> io::Result<()> {
        let counts = slice.grid.spec.counts();
        self.accepts(&counts[..slice.grid.spec.axes().len()])
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let mut file = BufWriter::new(file);
        match self {
            Self::Npz => npz::write(&mut file, slice),
            Self::Csv => cells::write(&mut file, slice),
            Self::Vts => vts::write(&mut file, slice),
            Self::Obj => obj::write(&mut file, slice),
            Self::Ply => ply::write(&mut file, slice),
            Self::Stl => stl::write(&mut file, slice),
            Self::Glb => glb::write(&mut file, slice),
            Self::Png => png::write(&mut file, slice),
        }?;
        // A buffer that is dropped keeps silent about a full disk.
        file.flush()
    }
}

fn shape(axes: usize) -> &'static str {
    match axes {
        1 => "line",
        2 => "plane",
        _ => "volume",
    }
}

/// `.a, .b or .c`.
fn alternatives(formats: &[SliceFormat]) -> String {
    let suffixes: Vec<String> = formats.iter().map(|format| format.suffix()).collect();
    match suffixes.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => suffixes.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_known_in_any_case_and_others_refused_with_all_that_would_do() {
        for &format in SliceFormat::ALL {
            for extension in [format.extension().to_owned(), format.extension().to_uppercase()] {
                let path = PathBuf::from(format!("a.b/x.y.{extension}"));
                assert_eq!(SliceFormat::of_path(&path), Ok(format));
            }
        }
        for name in ["x.abc", "npz", "x.", "x.npz.gz"] {
            let error = SliceFormat::of_path(Path::new(name)).unwrap_err().to_string();
            let expected = "a name that ends in .npz, .csv, .vts, .obj, .ply, .stl, .glb or .png";
            assert_eq!(error, format!("{name}: expected {expected}"));
        }
    }

    #[test]
    fn a_format_takes_what_it_can_hold() {
        let suits = |format: SliceFormat, counts: &[usize]| format.accepts(counts).is_ok();
        for &format in SliceFormat::ALL {
            assert!(suits(format, &[3, 4]), "{format:?}");
            let is_data = matches!(format, SliceFormat::Npz | SliceFormat::Csv | SliceFormat::Vts);
            assert_eq!([suits(format, &[3]), suits(format, &[3, 4, 5])], [is_data; 2], "{format:?}");
        }
        assert_eq!(
            SliceFormat::Obj.accepts(&[3]).unwrap_err().to_string(),
            ".obj holds planes only, and this is a line; expected N1xN2 cells, or a name that ends in \
             .npz, .csv or .vts"
        );
        assert!(SliceFormat::Png.accepts(&[2, 2, 2]).unwrap_err().to_string().contains("a volume"));
        let large = [11_000, 10_000];
        assert!(suits(SliceFormat::Ply, &large) && !suits(SliceFormat::Glb, &large));
    }
}
