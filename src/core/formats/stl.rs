//! Planes as meshes of bare triangles, binary.
//!
//! The surface is that of [`super::surface`], with z upward. It is a sheet and encloses nothing: a
//! program that prints it has to give it thickness. The format knows neither colours nor losses.

use std::io::{self, Write};

use super::slice::Slice;
use super::surface::{SurfaceMesh, unit_or, z_up};
use crate::core::objective::Quantity;

/// Bytes that the file begins with. They must not begin with `solid`, which is how texts begin.
const HEADER_BYTES: usize = 80;

fn header(quantity: Quantity) -> Vec<u8> {
    let mut header = format!("x = alpha1, y = alpha2, z = {}", quantity.ascii_title()).into_bytes();
    header.resize(HEADER_BYTES, b' ');
    header
}

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written, or everything diverged.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let surface = SurfaceMesh::new(slice)?;
    file.write_all(&header(slice.quantity()))?;
    // A grid has too few cells for more triangles than 32 bits count.
    file.write_all(&(surface.triangles.len() as u32).to_le_bytes())?;
    for triangle in &surface.triangles {
        let [a, b, c] = surface.corners(*triangle).map(z_up);
        for vector in [normal([a, b, c]), a, b, c] {
            file.write_all(vector.map(f32::to_le_bytes).as_flattened())?;
        }
        file.write_all(&[0; 2])?;
    }
    Ok(())
}

fn normal([a, b, c]: [[f32; 3]; 3]) -> [f32; 3] {
    let from_a = |p: [f32; 3]| -> [f64; 3] { std::array::from_fn(|i| f64::from(p[i]) - f64::from(a[i])) };
    let ([ux, uy, uz], [vx, vy, vz]) = (from_a(b), from_a(c));
    let cross = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    unit_or(cross, [0.0, 0.0, 1.0]).map(|v| v as f32)
}
