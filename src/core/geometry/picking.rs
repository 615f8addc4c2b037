//! Which point of the surface lies under the pointer, and which points of the world it hides.
//!
//! The surface is met as it is drawn: two triangles a cell, at the heights that are shown. So a point
//! is right to rounding on every scale of heights and from every camera.

use super::frame::WorldFrame;

type V = nalgebra::Vector3<f64>;

/// A half line in the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ray {
    /// Where it begins.
    pub origin: [f64; 3],
    /// Where it goes; of any length above 0.
    pub direction: [f64; 3],
}

/// A point of the surface under a ray.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its place in the slice.
    pub alpha: [f64; 2],
    /// Its place in the world.
    pub world: [f64; 3],
    /// How far along the ray, in lengths of its direction.
    pub distance: f64,
}

/// A surface over the floor, as it is drawn.
pub struct HeightField<'a> {
    /// Where it lies.
    pub frame: &'a WorldFrame,
    /// Its points along alpha1 and alpha2, at least 2 each.
    pub counts: [usize; 2],
    /// World height of a point, from 0 to `top`.
    pub height: &'a dyn Fn([usize; 2]) -> f64,
    /// World height of the box that holds it.
    pub top: f64,
}

impl HeightField<'_> {
    /// The first point of the surface on a ray; `None` if the ray misses it.
    pub fn pick(&self, ray: &Ray) -> Option<Hit> {
        let (origin, direction) = (V::from(ray.origin), V::from(ray.direction));
        let (enter, leave) = self.span(&origin, &direction)?;
        let mut walk = CellWalk::new(self, &(origin + direction * enter), &direction);
        let mut at = enter;
        while at <= leave {
            if let Some(distance) = self.meet(walk.cell, &origin, &direction) {
                let world: [f64; 3] = (origin + direction * distance).into();
                let alpha = self.frame.alpha(world[0], world[2]);
                return Some(Hit { alpha, world, distance });
            }
            at = enter + walk.step()?;
        }
        None
    }

    /// Whether the surface stands between an eye and a point of the world.
    pub fn hides(&self, eye: [f64; 3], point: [f64; 3]) -> bool {
        let way = V::from(point) - V::from(eye);
        let hit = self.pick(&Ray { origin: eye, direction: way.into() });
        // What lies on the surface is not hidden by the cell it lies in.
        hit.is_some_and(|hit| (1.0 - hit.distance) * way.norm() > HAIR)
    }

    /// The part of a ray within the box that holds the surface.
    fn span(&self, origin: &V, direction: &V) -> Option<(f64, f64)> {
        let [hx, hz] = self.frame.half_extent();
        let bounds = [(-hx, hx), (-HAIR, self.top + HAIR), (-hz, hz)];
        let mut span = (0.0_f64, f64::INFINITY);
        for (axis, (low, high)) in bounds.into_iter().enumerate() {
            let (from, along) = (origin[axis], direction[axis]);
            if along == 0.0 {
                if !(low..=high).contains(&from) {
                    return None;
                }
                continue;
            }
            let (a, b) = ((low - from) / along, (high - from) / along);
            span = (span.0.max(a.min(b)), span.1.min(a.max(b)));
        }
        (span.0 <= span.1).then_some(span)
    }

    /// Where a ray meets the two triangles of a cell, the nearer place.
    fn meet(&self, [i, j]: [usize; 2], origin: &V, direction: &V) -> Option<f64> {
        let [a, b, c, d] = [[i, j], [i + 1, j], [i, j + 1], [i + 1, j + 1]].map(|at| self.point(at));
        let first = triangle(origin, direction, [&a, &b, &c]);
        let second = triangle(origin, direction, [&c, &b, &d]);
        match (first, second) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn point(&self, [i, j]: [usize; 2]) -> V {
        let [hx, hz] = self.frame.half_extent();
        let share = |i: usize, axis: usize| 2.0 * i as f64 / (self.counts[axis] - 1) as f64 - 1.0;
        V::new(share(i, 0) * hx, (self.height)([i, j]), -share(j, 1) * hz)
    }
}

/// World length within which two places count as one.
const HAIR: f64 = 2e-3;

/// Where a ray meets a triangle (Möller and Trumbore 1997), from either side.
fn triangle(origin: &V, direction: &V, [a, b, c]: [&V; 3]) -> Option<f64> {
    let (ab, ac) = (b - a, c - a);
    let across = direction.cross(&ac);
    let det = ab.dot(&across);
    if det.abs() < 1e-15 * direction.norm() {
        return None;
    }
    let from = origin - a;
    let u = from.dot(&across) / det;
    let turned = from.cross(&ab);
    let v = direction.dot(&turned) / det;
    let distance = ac.dot(&turned) / det;
    // Rays between two triangles must not slip through.
    let rim = -1e-9;
    (u >= rim && v >= rim && u + v <= 1.0 - rim && distance >= 0.0).then_some(distance)
}

/// The cells below a ray, one after the other (Amanatides and Woo 1987).
struct CellWalk {
    cell: [usize; 2],
    counts: [usize; 2],
    /// Along which way the next cell lies on each axis; 0 for a ray that does not move along it.
    way: [isize; 2],
    /// How far along the ray the present cell ends on each axis, and the length of a cell.
    next: [f64; 2],
    length: [f64; 2],
}

impl CellWalk {
    fn new(field: &HeightField, start: &V, direction: &V) -> Self {
        let [hx, hz] = field.frame.half_extent();
        // In cells: alpha2 runs against z.
        let cells = field.counts.map(|count| (count - 1) as f64);
        let place = [(start.x / hx + 1.0) * 0.5 * cells[0], (1.0 - start.z / hz) * 0.5 * cells[1]];
        let speed = [direction.x / hx * 0.5 * cells[0], -direction.z / hz * 0.5 * cells[1]];
        let cell: [usize; 2] = std::array::from_fn(|i| place[i].floor().clamp(0.0, cells[i] - 1.0) as usize);
        let way = speed.map(|v| {
            if v > 0.0 {
                1
            } else if v < 0.0 {
                -1
            } else {
                0
            }
        });
        let next = std::array::from_fn(|i| match way[i] {
            0 => f64::INFINITY,
            1 => (cell[i] as f64 + 1.0 - place[i]) / speed[i],
            _ => (cell[i] as f64 - place[i]) / speed[i],
        });
        let length = speed.map(|v| if v == 0.0 { f64::INFINITY } else { 1.0 / v.abs() });
        Self { cell, counts: field.counts, way, next, length }
    }

    /// Goes to the next cell; how far along the ray it begins, or `None` off the floor.
    fn step(&mut self) -> Option<f64> {
        let axis = if self.next[0] <= self.next[1] { 0 } else { 1 };
        let at = self.next[axis];
        self.cell[axis] = self.cell[axis].checked_add_signed(self.way[axis])?;
        self.next[axis] += self.length[axis];
        (self.way[axis] != 0 && self.cell[axis] + 1 < self.counts[axis]).then_some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::geometry::frame::TOP;
    use crate::core::geometry::heights::{HeightRange, HeightScale};
    use crate::core::grid::{Axis, GridSpec};
    use proptest::prelude::*;

    fn frame(counts: [usize; 2], scale: HeightScale, losses: &[f64]) -> WorldFrame {
        let axes = [
            Axis { low: -4.0, high: 5.0, count: counts[0] },
            Axis { low: -1.0, high: 3.0, count: counts[1] },
        ];
        let range = HeightRange::fit(scale, losses, &[1.0], None);
        WorldFrame::new(&GridSpec::new(axes.to_vec()).unwrap(), range.into())
    }

    fn bumpy(frame: &WorldFrame, counts: [usize; 2]) -> Vec<f64> {
        let [a, b] = frame.axes();
        let loss = |i: usize, j: usize| {
            let (x, y) = (a.value(i as f64), b.value(j as f64));
            2.0 + (1.3 * x).sin() * (0.9 * y).cos() + 0.05 * x * x
        };
        (0..counts[1]).flat_map(|j| (0..counts[0]).map(move |i| loss(i, j))).collect()
    }

    proptest! {
        #[test]
        fn a_point_is_picked_back_from_any_eye_on_any_scale(
            yaw in -3.1..3.1_f64, pitch in -1.57..-0.02_f64, distance in 1.0..400.0_f64,
            at in prop::array::uniform2(0.02..0.98_f64), scale in 0..3_usize,
        ) {
            let counts = [41, 27];
            let flat = frame(counts, HeightScale::Linear, &[0.0, 1.0]);
            let losses = bumpy(&flat, counts);
            let frame = frame(counts, HeightScale::ALL[scale], &losses);
            let height = |[i, j]: [usize; 2]| {
                frame.heights.fraction(losses[j * counts[0] + i]).clamp(0.0, 1.0) * TOP
            };
            let field = HeightField { frame: &frame, counts, height: &height, top: TOP };
            // A known point of the surface: straight down on it from above.
            let [hx, hz] = frame.half_extent();
            let above = [(2.0 * at[0] - 1.0) * hx, 10.0, (2.0 * at[1] - 1.0) * hz];
            let known = field.pick(&Ray { origin: above, direction: [0.0, -1.0, 0.0] }).unwrap();
            prop_assert!((known.world[0] - above[0]).abs() < 1e-12);
            let away = [yaw.sin() * pitch.cos(), -pitch.sin(), yaw.cos() * pitch.cos()];
            let eye: [f64; 3] = std::array::from_fn(|i| known.world[i] + distance * away[i]);
            let direction = away.map(|v| -v);
            // Something before it may hide it; else it is found again, far within a cell.
            let hit = field.pick(&Ray { origin: eye, direction }).unwrap();
            let is_hidden = hit.distance < distance - 1e-7;
            prop_assert!(hit.distance < distance + 1e-7);
            prop_assert_eq!(field.hides(eye, known.world), hit.distance < distance - HAIR);
            for i in (0..2).filter(|_| !is_hidden) {
                let cells = (hit.alpha[i] - known.alpha[i]).abs() / frame.axes()[i].step();
                prop_assert!(cells < 1e-4, "{cells} cells off");
            }
            // What is found is a point of the surface, hidden point or not.
            let above = [hit.world[0], 10.0, hit.world[2]];
            let below = field.pick(&Ray { origin: above, direction: [0.0, -1.0, 0.0] }).unwrap();
            prop_assert!((below.world[1] - hit.world[1]).abs() < 1e-6);
        }
    }

    #[test]
    fn rays_past_the_surface_miss_it() {
        let counts = [5, 5];
        let frame = frame(counts, HeightScale::Linear, &[0.0, 1.0]);
        let field = HeightField { frame: &frame, counts, height: &|_| 0.3, top: TOP };
        let ray = |origin, direction| field.pick(&Ray { origin, direction });
        assert_eq!(ray([0.0, 2.0, 0.0], [0.0, 1.0, 0.0]), None, "upward");
        assert_eq!(ray([5.0, 2.0, 0.0], [0.0, -1.0, 0.0]), None, "beside it");
        assert_eq!(ray([0.0, 0.5, 0.0], [1.0, 0.0, 0.0]), None, "over it");
        let hit = ray([0.0, 2.0, 0.0], [0.0, -2.0, 0.0]).unwrap();
        assert!((hit.distance - 0.85).abs() < 1e-12 && (hit.world[1] - 0.3).abs() < 1e-12);
        assert!(ray([0.0, -1.0, 0.0], [0.0, 1.0, 0.0]).is_some(), "from below it is met too");
    }
}
