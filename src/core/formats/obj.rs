//! Planes as Wavefront meshes: `v x y z r g b` with sRGB colours from 0 to 1, `vn` and `f`.
//!
//! The surface is that of [`super::surface`], with y upward as is usual for the format. Colours behind
//! a position are not in the format's first description; Blender, MeshLab and most others read them.

use std::io::{self, Write};

use super::slice::Slice;
use super::surface::SurfaceMesh;

use crate::core::text::Measured;

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written, or everything diverged.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let surface = SurfaceMesh::new(slice)?;
    let heights = surface.heights;
    writeln!(
        file,
        "# x = alpha1, -z = alpha2, y = {} from {} at 0 to {} at 0.75",
        slice.quantity().ascii_title(),
        Measured(heights.low),
        Measured(heights.high)
    )?;
    writeln!(file, "o surface")?;
    for vertex in &surface.vertices {
        let [x, y, z] = vertex.position;
        let [r, g, b] = vertex.color.map(|v| f32::from(v) / 255.0);
        writeln!(file, "v {x} {y} {z} {r} {g} {b}")?;
    }
    for vertex in &surface.vertices {
        let [x, y, z] = vertex.normal;
        writeln!(file, "vn {x} {y} {z}")?;
    }
    for triangle in &surface.triangles {
        // Numbers begin at 1; position and normal of a vertex have the same.
        let [a, b, c] = triangle.map(|number| u64::from(number) + 1);
        writeln!(file, "f {a}//{a} {b}//{b} {c}//{c}")?;
    }
    Ok(())
}
