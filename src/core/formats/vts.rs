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
//! top, since a position must be finite. The layout is that of the
//! [VTK file formats](https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html).

use std::io::{self, Write};

use super::slice::{CellState, Slice, shown_height};
use crate::core::geometry::frame::{TOP, WorldFrame};
use crate::core::geometry::heights::HeightRange;
use crate::core::grid::GridSpec;

/// VTK's mark of a point that is hidden with all cells around it.
const HIDDEN_POINT: u8 = 2;

/// Writes a slice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let spec = &slice.grid.spec;
    let cells = spec.cells();
    let heights = slice.heights();
    write_header(&mut file, spec, &slice.quantity().column())?;
    let places = Places::new(spec, heights);
    let [n1, n2, _] = spec.counts();
    write_length(&mut file, cells * POINT_BYTES)?;
    for (at, loss) in slice.grid.loss.iter().enumerate() {
        let point = places.point([at % n1, at / n1 % n2, at / (n1 * n2)], *loss);
        file.write_all(point.map(f64::to_le_bytes).as_flattened())?;
    }
    write_length(&mut file, cells * LOSS_BYTES)?;
    for loss in &slice.grid.loss {
        file.write_all(&loss.to_le_bytes())?;
    }
    let states = slice.grid.loss.iter().map(|loss| CellState::of(*loss, &heights));
    write_length(&mut file, cells)?;
    for state in states.clone() {
        file.write_all(&[state as u8])?;
    }
    write_length(&mut file, cells)?;
    for state in states {
        file.write_all(&[if state == CellState::Diverged { HIDDEN_POINT } else { 0 }])?;
    }
    file.write_all(b"\n  </AppendedData>\n</VTKFile>\n")
}

const POINT_BYTES: usize = 24;
const LOSS_BYTES: usize = 8;
const LENGTH_BYTES: usize = 8;

/// Each appended array begins with its bytes.
fn write_length(file: &mut impl Write, bytes: usize) -> io::Result<()> {
    file.write_all(&(bytes as u64).to_le_bytes())
}

fn write_header(file: &mut impl Write, spec: &GridSpec, name: &str) -> io::Result<()> {
    let [x, y, z] = spec.counts().map(|count| format!("0 {}", count - 1));
    let cells = spec.cells();
    let loss = LENGTH_BYTES + cells * POINT_BYTES;
    let state = loss + LENGTH_BYTES + cells * LOSS_BYTES;
    let ghost = state + LENGTH_BYTES + cells;
    write!(
        file,
        r#"<?xml version="1.0"?>
<VTKFile type="StructuredGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">
  <StructuredGrid WholeExtent="{x} {y} {z}">
    <Piece Extent="{x} {y} {z}">
      <PointData Scalars="{name}">
        <DataArray type="Float64" Name="{name}" format="appended" offset="{loss}"/>
        <DataArray type="UInt8" Name="state" format="appended" offset="{state}"/>
        <DataArray type="UInt8" Name="vtkGhostType" format="appended" offset="{ghost}"/>
      </PointData>
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
        let shown = shown_height(loss, &self.heights);
        match *self.spec.alpha(at) {
            [alpha1] => [alpha1, self.heights.low + shown * (self.heights.high - self.heights.low), 0.0],
            [alpha1, alpha2] => [alpha1, alpha2, shown * self.top],
            [alpha1, alpha2, alpha3] => [alpha1, alpha2, alpha3],
            _ => unreachable!("a grid has one to three axes"),
        }
    }
}
