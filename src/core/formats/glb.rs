//! Planes as glTF 2.0 in its binary form: one mesh with normals and colours, y upward.
//!
//! The surface is that of [`super::surface`]. Colours are linear, as the format wants them.

use std::io::{self, Write};

use serde_json::json;

use super::gltf::{Document, MOST_BYTES, Use, material, mesh};
use super::paint::linear_rgba;
use super::slice::Slice;
use super::surface::SurfaceMesh;
use crate::core::objective::Quantity;

/// Bytes of a vertex's position, normal and colour, and of a triangle.
pub(super) const VERTEX_BYTES: usize = 2 * 12 + 8;
const TRIANGLE_BYTES: usize = 12;

/// Cells a file can hold.
pub const MAX_CELLS: usize = (MOST_BYTES - (1 << 16)) / (VERTEX_BYTES + 2 * TRIANGLE_BYTES);

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written, or everything diverged.
pub fn write(file: impl Write, slice: &Slice) -> io::Result<()> {
    let surface = SurfaceMesh::new(slice)?;
    let name = match slice.quantity() {
        Quantity::Loss => slice.experiment.heading(),
        quantity => format!("{}: {}", slice.experiment.heading(), quantity.title()),
    };
    let mut document = Document::default();
    let corners = document.add(Use::Corners, surface.triangles.iter().copied());
    let vertices = surface.vertices.iter();
    let mesh = mesh(
        &mut document,
        vertices.clone().map(|vertex| vertex.position),
        vertices.clone().map(|vertex| vertex.normal),
        vertices.map(|vertex| linear_rgba(vertex.color)),
        corners,
    );
    let json = json!({
        "asset": { "version": "2.0", "generator": "Losscape" },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "mesh": 0, "name": name }],
        "meshes": [mesh],
        "materials": [material()],
    });
    document.write(file, json)
}
