//! The surface's mesh: a static grid, which the shader displaces.

use bevy::asset::RenderAssetUsages;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;

/// A flat grid over 0..1 in x (alpha1) and z (alpha2), and the sides of the block below it; y as in
/// `surface.wgsl`.
pub(super) fn grid_mesh([n1, n2]: [usize; 2]) -> Mesh {
    let share = |i: usize, n: usize| i as f32 / (n - 1) as f32;
    let mut positions: Vec<[f32; 3]> =
        (0..n2).flat_map(|j| (0..n1).map(move |i| [share(i, n1), 0.0, share(j, n2)])).collect();
    let mut normals = vec![[0.0, 1.0, 0.0]; positions.len()];
    let mut indices = Vec::with_capacity(6 * (n1 - 1) * (n2 - 1));
    for j in 0..n2 - 1 {
        for i in 0..n1 - 1 {
            let [a, b, c, d] = [(j * n1 + i), (j * n1 + i + 1), ((j + 1) * n1 + i), ((j + 1) * n1 + i + 1)];
            // Seen from above, with alpha2 running away from the eye, these turn counter-clockwise.
            indices.extend([a, b, c, c, b, d].map(|index| index as u32));
        }
    }
    // Along each side its points, and the way it looks; z of the world runs against alpha2.
    let along1 = |z: f32| (0..n1).map(|i| [share(i, n1), z]).collect::<Vec<_>>();
    let along2 = |x: f32| (0..n2).map(|j| [x, share(j, n2)]).collect::<Vec<_>>();
    let sides = [
        (along1(0.0), [0.0, 0.0, 1.0]),
        (along1(1.0), [0.0, 0.0, -1.0]),
        (along2(0.0), [-1.0, 0.0, 0.0]),
        (along2(1.0), [1.0, 0.0, 0.0]),
    ];
    for (points, normal) in sides {
        let first = positions.len() as u32;
        positions.extend(points.iter().flat_map(|[x, z]| [[*x, 1.0, *z], [*x, 2.0, *z]]));
        normals.resize(positions.len(), normal);
        for pair in 0..points.len() as u32 - 1 {
            let [a, b, c, d] = [0, 1, 2, 3].map(|i| first + 2 * pair + i);
            indices.extend([a, b, c, c, b, d]);
        }
    }
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_indices(Indices::U32(indices))
}

/// A mesh laid out like a grid's, of which nothing is drawn.
pub(super) fn nothing() -> Mesh {
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD)
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, vec![[0.0_f32; 3]; 3])
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, vec![[0.0, 1.0, 0.0_f32]; 3])
        .with_inserted_indices(Indices::U32(vec![0, 1, 2]))
}
