//! Planes as Stanford meshes, binary: positions, normals, sRGB colours and the loss at each vertex.
//!
//! The surface is that of [`super::surface`], with z upward as is usual for the format. The property
//! `loss`, or of another quantity its name, is the number itself, also where the surface is cut off.

use std::io::{self, Write};

use super::slice::Slice;
use super::surface::{SurfaceMesh, Vertex, z_up};

use crate::core::objective::Quantity;
use crate::core::text::Measured;

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written, or everything diverged.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let surface = SurfaceMesh::new(slice)?;
    write_header(&mut file, &surface, slice.quantity())?;
    for vertex in &surface.vertices {
        write_vertex(&mut file, vertex)?;
    }
    for triangle in &surface.triangles {
        file.write_all(&[3])?;
        write_all(&mut file, triangle.map(u32::to_le_bytes))?;
    }
    Ok(())
}

fn write_header(file: &mut impl Write, surface: &SurfaceMesh, quantity: Quantity) -> io::Result<()> {
    let heights = surface.heights;
    writeln!(file, "ply\nformat binary_little_endian 1.0")?;
    writeln!(
        file,
        "comment x = alpha1, y = alpha2, z = {} from {} at 0 to {} at 0.75",
        quantity.ascii_title(),
        Measured(heights.low),
        Measured(heights.high)
    )?;
    writeln!(file, "element vertex {}", surface.vertices.len())?;
    for name in ["x", "y", "z", "nx", "ny", "nz"] {
        writeln!(file, "property float {name}")?;
    }
    for name in ["red", "green", "blue"] {
        writeln!(file, "property uchar {name}")?;
    }
    writeln!(file, "property double {}", quantity.column())?;
    writeln!(file, "element face {}", surface.triangles.len())?;
    writeln!(file, "property list uchar int vertex_indices\nend_header")
}

fn write_vertex(file: &mut impl Write, vertex: &Vertex) -> io::Result<()> {
    write_all(file, z_up(vertex.position).map(f32::to_le_bytes))?;
    write_all(file, z_up(vertex.normal).map(f32::to_le_bytes))?;
    file.write_all(&vertex.color)?;
    file.write_all(&vertex.loss.to_le_bytes())
}

fn write_all(file: &mut impl Write, numbers: [[u8; 4]; 3]) -> io::Result<()> {
    file.write_all(numbers.as_flattened())
}
