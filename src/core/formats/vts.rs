//! Slices as structured grids of VTK, for ParaView: XML in front, the numbers appended as they are.
//!
//! | slice | points |
//! |---|---|
//! | line | (alpha1, loss cut off at the picture's top, 0) |
//! | plane | (alpha1, alpha2, height), with the heights of the window in the unit of the alphas |
//! | volume | (alpha1, alpha2, alpha3) |
//!
//! Each point has `loss`, or of another quantity its name (not cut off; NaN or infinite where it diverged), `state` (0 finite, 1 cut off,
//! 2 diverged) and `vtkGhostType`, by which diverged points are hidden. A diverged point stands at the
//! top, since a position must be finite. A trail is a line over a plane, each point at its true loss, with `loss`, `step` and `alpha3`.
//! The layout is that of the
//! [VTK file formats](https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html).

use std::io::{self, Write};

use super::slice::{CellState, Slice, shown_height};
use crate::core::geometry::frame::{TOP, WorldFrame};
use crate::core::geometry::heights::HeightRange;
use crate::core::grid::{GridSpec, LossGrid};
use crate::core::objective::Quantity;

/// VTK's mark of a point that is hidden with all cells around it.
const HIDDEN_POINT: u8 = 2;

/// Writes a slice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: impl Write, slice: &Slice) -> io::Result<()> {
    write_grid(file, slice.grid, slice.heights(), slice.quantity())
}

/// Writes a grid of a quantity in a picture of those heights.
///
/// # Errors
/// If the file cannot be written.
pub fn write_grid(
    mut file: impl Write,
    grid: &LossGrid,
    heights: HeightRange,
    quantity: Quantity,
) -> io::Result<()> {
    let spec = &grid.spec;
    let name = quantity.column();
    let arrays = [Array::numbers(&name), Array::marks("state"), Array::marks("vtkGhostType")];
    write_header(&mut file, spec.counts(), &arrays)?;
    let places = Places::new(spec, heights);
    let [n1, n2, _] = spec.counts();
    let places = grid
        .loss
        .iter()
        .enumerate()
        .map(|(at, loss)| places.point([at % n1, at / n1 % n2, at / (n1 * n2)], *loss));
    write_array(&mut file, places.map(|place| place.map(f64::to_le_bytes)))?;
    write_array(&mut file, grid.loss.iter().map(|loss| [loss.to_le_bytes()]))?;
    let states = grid.loss.iter().map(|loss| CellState::of(*loss, heights));
    write_array(&mut file, states.clone().map(|state| [[state as u8]]))?;
    let hidden = |state| if state == CellState::Diverged { HIDDEN_POINT } else { 0 };
    write_array(&mut file, states.map(|state| [[hidden(state)]]))?;
    file.write_all(END)
}

/// A point of training over a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailPoint {
    /// Where it lies in the slice; 0 along a direction that there is not.
    pub alpha: [f64; 3],
    /// Its true loss, or what else the slice shows: finite.
    pub loss: f64,
    /// The step.
    pub step: u64,
}

/// Writes a trail over a plane of that grid, in a picture of those heights.
///
/// # Errors
/// If the file cannot be written.
pub fn write_trail(
    mut file: impl Write,
    trail: &[TrailPoint],
    spec: &GridSpec,
    heights: HeightRange,
    quantity: Quantity,
) -> io::Result<()> {
    let name = quantity.column();
    let arrays = [Array::numbers(&name), Array::numbers("step"), Array::numbers("alpha3")];
    write_header(&mut file, [trail.len(), 1, 1], &arrays)?;
    let top = Places::new(spec, heights).top;
    let place = |point: &TrailPoint| [point.alpha[0], point.alpha[1], heights.fraction(point.loss) * top];
    write_array(&mut file, trail.iter().map(|point| place(point).map(f64::to_le_bytes)))?;
    write_array(&mut file, trail.iter().map(|point| [point.loss.to_le_bytes()]))?;
    write_array(&mut file, trail.iter().map(|point| [(point.step as f64).to_le_bytes()]))?;
    write_array(&mut file, trail.iter().map(|point| [point.alpha[2].to_le_bytes()]))?;
    file.write_all(END)
}

/// Bytes of a plane's point, without the XML in front.
pub const BYTES_OF_POINT: usize = POINT_BYTES + 8 + 1 + 1;

const POINT_BYTES: usize = 24;
const LENGTH_BYTES: usize = 8;
const END: &[u8] = b"\n  </AppendedData>\n</VTKFile>\n";

/// What there is of each point.
struct Array<'a> {
    kind: &'static str,
    name: &'a str,
    bytes: usize,
}

impl<'a> Array<'a> {
    fn numbers(name: &'a str) -> Self {
        Self { kind: "Float64", name, bytes: 8 }
    }

    fn marks(name: &'a str) -> Self {
        Self { kind: "UInt8", name, bytes: 1 }
    }
}

/// Each appended array begins with its bytes.
fn write_array<const N: usize, const M: usize>(
    file: &mut impl Write,
    items: impl ExactSizeIterator<Item = [[u8; M]; N]>,
) -> io::Result<()> {
    file.write_all(&((items.len() * N * M) as u64).to_le_bytes())?;
    items.into_iter().try_for_each(|item| file.write_all(item.as_flattened()))
}

fn write_header(file: &mut impl Write, counts: [usize; 3], arrays: &[Array]) -> io::Result<()> {
    let [x, y, z] = counts.map(|count| format!("0 {}", count - 1));
    let points: usize = counts.iter().product();
    let scalars = arrays[0].name;
    write!(
        file,
        r#"<?xml version="1.0"?>
<VTKFile type="StructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">
  <StructuredGrid WholeExtent="{x} {y} {z}">
    <Piece Extent="{x} {y} {z}">
      <PointData Scalars="{scalars}">
"#
    )?;
    let mut offset = LENGTH_BYTES + points * POINT_BYTES;
    for Array { kind, name, bytes } in arrays {
        writeln!(
            file,
            r#"        <DataArray type="{kind}" Name="{name}" format="appended" offset="{offset}"/>"#
        )?;
        offset += LENGTH_BYTES + points * bytes;
    }
    write!(
        file,
        r#"      </PointData>
      <Points>
        <DataArray type="Float64" Name="Points" NumberOfComponents="3" format="appended" offset="0"/>
      </Points>
    </Piece>
  </StructuredGrid>
  <AppendedData encoding="raw">
    _"#
    )
}

/// Where the points of a grid stand.
struct Places<'a> {
    spec: &'a GridSpec,
    heights: HeightRange,
    /// Height of the picture's top in the unit of the alphas, for a plane.
    top: f64,
}

impl<'a> Places<'a> {
    fn new(spec: &'a GridSpec, heights: HeightRange) -> Self {
        let top = match spec.axes().len() {
            2 => TOP / WorldFrame::new(spec, heights.into()).world_per_alpha(),
            _ => 0.0,
        };
        Self { spec, heights, top }
    }

    fn point(&self, at: [usize; 3], loss: f64) -> [f64; 3] {
        let shown = shown_height(loss, self.heights);
        match *self.spec.alpha(at) {
            [alpha1] => [alpha1, self.heights.low + shown * (self.heights.high - self.heights.low), 0.0],
            [alpha1, alpha2] => [alpha1, alpha2, shown * self.top],
            [alpha1, alpha2, alpha3] => [alpha1, alpha2, alpha3],
            _ => unreachable!("a grid has one to three axes"),
        }
    }
}
