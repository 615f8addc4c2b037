//! A tube around a path: the body of the trail.
//!
//! Rings are carried along the path without twist (parallel transport: each ring's frame is the one
//! before it, freed of its component along the new tangent).

/// A triangle mesh.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TubeMesh {
    /// `[SIDES · points, 3]`.
    pub positions: Vec<[f32; 3]>,
    /// Unit length, outward, `[SIDES · points, 3]`.
    pub normals: Vec<[f32; 3]>,
    /// Which point of the path each vertex belongs to.
    pub point: Vec<u32>,
    /// Three for each triangle.
    pub indices: Vec<u32>,
}

/// Corners of a ring.
pub const SIDES: u32 = 6;

type V = nalgebra::Vector3<f64>;

/// The tube of that radius around a path of world positions. Points that coincide with the one before
/// them are skipped; fewer than two distinct points give an empty mesh.
pub fn tube(path: &[[f64; 3]], radius: f64) -> TubeMesh {
    let mut points: Vec<(u32, V)> = Vec::new();
    for (index, p) in path.iter().enumerate() {
        let p = V::from(*p);
        if points.last().is_none_or(|(_, last)| (p - last).norm() > 1e-7) {
            points.push((index as u32, p));
        }
    }
    let mut mesh = TubeMesh::default();
    if points.len() < 2 {
        return mesh;
    }
    let mut side = V::zeros();
    for (ring, &(index, centre)) in points.iter().enumerate() {
        let before = points[ring.saturating_sub(1)].1;
        let after = points[(ring + 1).min(points.len() - 1)].1;
        // A path that turns back on itself has no tangent there; the way on will do.
        let tangent = (after - before).try_normalize(1e-9).unwrap_or_else(|| (centre - before).normalize());
        side = perpendicular(side, tangent);
        push_ring(&mut mesh, centre, side, tangent.cross(&side), radius, index);
        if ring > 0 {
            join_rings(&mut mesh.indices, ring as u32);
        }
    }
    mesh
}

impl TubeMesh {
    /// Adds a dot of that radius at each of some points of the path.
    pub fn add_dots(&mut self, points: impl IntoIterator<Item = (u32, [f64; 3])>, radius: f64) {
        for (index, centre) in points {
            let first = self.positions.len() as u32;
            for way in [V::x(), V::y(), V::z(), -V::x(), -V::y(), -V::z()] {
                let position = V::from(centre) + way * radius;
                self.positions.push([position.x as f32, position.y as f32, position.z as f32]);
                self.normals.push([way.x as f32, way.y as f32, way.z as f32]);
                self.point.push(index);
            }
            self.indices.extend(OCTAHEDRON.iter().flatten().map(|corner| first + corner));
        }
    }
}

/// Faces of an octahedron with its corners at +x, +y, +z, −x, −y, −z, counter-clockwise from outside.
const OCTAHEDRON: [[u32; 3]; 8] =
    [[0, 1, 2], [1, 3, 2], [3, 4, 2], [4, 0, 2], [1, 0, 5], [3, 1, 5], [4, 3, 5], [0, 4, 5]];

/// The part of `side` across the tangent at unit length; any such vector where nothing is left.
fn perpendicular(side: V, tangent: V) -> V {
    let across = |v: V| (v - tangent * tangent.dot(&v)).try_normalize(1e-6);
    across(side).or_else(|| across(V::y())).or_else(|| across(V::x())).unwrap_or_else(V::z)
}

fn push_ring(mesh: &mut TubeMesh, centre: V, side: V, up: V, radius: f64, index: u32) {
    for corner in 0..SIDES {
        let angle = std::f64::consts::TAU * f64::from(corner) / f64::from(SIDES);
        let normal = side * angle.cos() + up * angle.sin();
        let position = centre + normal * radius;
        mesh.positions.push([position.x as f32, position.y as f32, position.z as f32]);
        mesh.normals.push([normal.x as f32, normal.y as f32, normal.z as f32]);
        mesh.point.push(index);
    }
}

fn join_rings(indices: &mut Vec<u32>, ring: u32) {
    let (old, new) = ((ring - 1) * SIDES, ring * SIDES);
    for corner in 0..SIDES {
        let next = (corner + 1) % SIDES;
        indices.extend([old + corner, new + corner, old + next, old + next, new + corner, new + next]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vertex_lies_at_the_radius_from_its_point() {
        let path: Vec<[f64; 3]> = (0..50)
            .map(|t| [f64::from(t) * 0.1, (f64::from(t) * 0.3).sin(), (f64::from(t) * 0.2).cos()])
            .collect();
        let mesh = tube(&path, 0.05);
        assert_eq!(mesh.positions.len(), 50 * SIDES as usize);
        assert_eq!(mesh.indices.len(), 49 * 6 * SIDES as usize);
        for (position, point) in mesh.positions.iter().zip(&mesh.point) {
            let centre = path[*point as usize];
            let distance = (0..3).map(|i| (f64::from(position[i]) - centre[i]).powi(2)).sum::<f64>().sqrt();
            assert!((distance - 0.05).abs() < 1e-6);
        }
        assert!(mesh.indices.iter().all(|i| (*i as usize) < mesh.positions.len()));
    }

    #[test]
    fn dots_face_outward() {
        let centre = [1.0, 2.0, 3.0];
        let mut mesh = TubeMesh::default();
        mesh.add_dots([(7, centre)], 0.5);
        assert_eq!(mesh.point, [7; 6]);
        for face in mesh.indices.chunks_exact(3) {
            let corner =
                |i: usize| V::from(mesh.positions[face[i] as usize].map(f64::from)) - V::from(centre);
            let [a, b, c] = [corner(0), corner(1), corner(2)];
            assert!((b - a).cross(&(c - a)).dot(&(a + b + c)) > 0.0, "{face:?}");
        }
    }

    #[test]
    fn repeated_points_and_turns_leave_no_nan() {
        let back_and_forth = [[0.0; 3], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0; 3]];
        let mesh = tube(&back_and_forth, 0.1);
        assert_eq!(mesh.positions.len(), 3 * SIDES as usize);
        assert!(mesh.positions.iter().chain(&mesh.normals).flatten().all(|v| v.is_finite()));
        assert_eq!(tube(&[[1.0; 3], [1.0; 3]], 0.1), TubeMesh::default());
    }
}
