//! Planes as glTF 2.0 in its binary form: one mesh with normals and colours, y upward.
//!
//! The surface is that of [`super::surface`]. Colours are linear, as the format wants them. After the
//! [specification](https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html): a header, a chunk of
//! JSON and a chunk of numbers, all little-endian and in multiples of four bytes.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::paint::linear;
use super::slice::Slice;
use super::surface::{SurfaceMesh, Vertex};
use crate::core::objective::Quantity;

/// Cells a file can hold: its length has 32 bits.
pub const MAX_CELLS: usize = ((u32::MAX as usize) - (1 << 16)) / (VERTEX_BYTES + 2 * TRIANGLE_BYTES);

/// Bytes of position and normal, of a colour, of all of a vertex, and of a triangle.
const VECTOR_BYTES: usize = 12;
const COLOR_BYTES: usize = 8;
const VERTEX_BYTES: usize = 2 * VECTOR_BYTES + COLOR_BYTES;
const TRIANGLE_BYTES: usize = 12;

/// The format's numbers for component types and for what a part of the buffer is used for.
const UNSIGNED_SHORT: u32 = 5123;
const UNSIGNED_INT: u32 = 5125;
const FLOAT: u32 = 5126;
const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written, or everything diverged.
pub fn write(mut file: impl Write, slice: &Slice) -> io::Result<()> {
    let surface = SurfaceMesh::new(slice)?;
    let numbers = VERTEX_BYTES * surface.vertices.len() + TRIANGLE_BYTES * surface.triangles.len();
    let mut json = serde_json::to_vec(&document(slice, &surface, numbers))?;
    json.resize(json.len().next_multiple_of(4), b' ');
    let whole = 12 + 8 + json.len() + 8 + numbers;
    let whole = u32::try_from(whole).map_err(|_| io::ErrorKind::FileTooLarge)?;
    file.write_all(b"glTF")?;
    write_numbers(&mut file, [2, whole])?;
    write_numbers(&mut file, [json.len() as u32, u32::from_le_bytes(*b"JSON")])?;
    file.write_all(&json)?;
    write_numbers(&mut file, [numbers as u32, u32::from_le_bytes(*b"BIN\0")])?;
    for vertex in &surface.vertices {
        file.write_all(vertex.position.map(f32::to_le_bytes).as_flattened())?;
    }
    for vertex in &surface.vertices {
        file.write_all(vertex.normal.map(f32::to_le_bytes).as_flattened())?;
    }
    for vertex in &surface.vertices {
        file.write_all(color(vertex).map(u16::to_le_bytes).as_flattened())?;
    }
    surface.triangles.iter().try_for_each(|triangle| write_numbers(&mut file, *triangle))
}

fn write_numbers<const N: usize>(file: &mut impl Write, numbers: [u32; N]) -> io::Result<()> {
    file.write_all(numbers.map(u32::to_le_bytes).as_flattened())
}

/// Red, green, blue and no transparency: four of two bytes each keep every vertex on a multiple of four.
fn color(vertex: &Vertex) -> [u16; 4] {
    let [r, g, b] = vertex.color.map(|v| (linear(v) * f64::from(u16::MAX)).round() as u16);
    [r, g, b, u16::MAX]
}

fn document(slice: &Slice, surface: &SurfaceMesh, numbers: usize) -> Value {
    let (vertices, triangles) = (surface.vertices.len(), surface.triangles.len());
    let [low, high] = surface.bounds();
    let name = match slice.quantity() {
        Quantity::Loss => slice.experiment.heading(),
        quantity => format!("{}: {}", slice.experiment.heading(), quantity.title()),
    };
    let views = [
        (VECTOR_BYTES * vertices, ARRAY_BUFFER),
        (VECTOR_BYTES * vertices, ARRAY_BUFFER),
        (COLOR_BYTES * vertices, ARRAY_BUFFER),
        (TRIANGLE_BYTES * triangles, ELEMENT_ARRAY_BUFFER),
    ];
    let views = views.iter().scan(0, |offset, (length, target)| {
        *offset += length;
        let start = *offset - length;
        Some(json!({ "buffer": 0, "byteOffset": start, "byteLength": length, "target": target }))
    });
    json!({
        "asset": { "version": "2.0", "generator": "Losscape" },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "mesh": 0, "name": name }],
        "meshes": [{ "primitives": [{
            "attributes": { "POSITION": 0, "NORMAL": 1, "COLOR_0": 2 },
            "indices": 3,
            "material": 0,
        }] }],
        "materials": [{
            "doubleSided": true,
            "pbrMetallicRoughness": { "metallicFactor": 0.0, "roughnessFactor": 0.9 },
        }],
        "accessors": [
            {
                "bufferView": 0, "componentType": FLOAT, "count": vertices, "type": "VEC3",
                "min": low, "max": high,
            },
            { "bufferView": 1, "componentType": FLOAT, "count": vertices, "type": "VEC3" },
            {
                "bufferView": 2, "componentType": UNSIGNED_SHORT, "normalized": true,
                "count": vertices, "type": "VEC4",
            },
            { "bufferView": 3, "componentType": UNSIGNED_INT, "count": 3 * triangles, "type": "SCALAR" },
        ],
        "bufferViews": views.collect::<Vec<Value>>(),
        "buffers": [{ "byteLength": numbers }],
    })
}
