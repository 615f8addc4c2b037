//! The surface as it stands at this moment: its losses and heights at any point of the slice.

use super::frame::Placed;
use super::landscape::Known;
use super::side::{First, Side};
use super::slice::Shown;
use crate::core::geometry::frame::TOP;
use crate::core::geometry::picking::{HeightField, Hit, Ray};

/// The surface on one stand, as it is drawn.
pub struct Relief<'a, S: Side = First> {
    known: &'a Known,
    shown: &'a Shown<S>,
    placed: Placed,
}

impl<'a, S: Side> Relief<'a, S> {
    /// The surface of that slice.
    pub fn new(known: &'a Known, shown: &'a Shown<S>, placed: Placed) -> Self {
        Self { known, shown, placed }
    }

    /// The loss that is drawn at a point of the slice: of the plane at rest, or blended from the
    /// volume. `None` where it diverged.
    pub fn loss(&self, alpha: [f64; 2]) -> Option<f64> {
        self.shown.view(self.known).map(|view| view.sample(alpha)).filter(|loss| loss.is_finite())
    }

    /// The place on the stand of the surface over a point of the slice; `None` beside the floor.
    pub fn point(&self, alpha: [f64; 2]) -> Option<[f64; 3]> {
        if !self.placed.frame.holds(alpha[0], alpha[1]) {
            return None;
        }
        let [x, z] = self.placed.frame.floor(alpha[0], alpha[1]);
        let height = match self.placed.cube {
            Some(_) => self.placed.cube_height(self.shown.alpha3),
            None => self.height(self.loss(alpha)?),
        };
        Some([x, height, z])
    }

    fn height(&self, loss: f64) -> f64 {
        self.placed.frame.heights.fraction(loss).clamp(0.0, 1.0) * TOP
    }

    /// The point of the surface under a ray of the world.
    pub fn pick(&self, ray: &Ray) -> Option<Hit> {
        let local = Ray { origin: self.placed.local(ray.origin), ..*ray };
        let hit = self.with_field(|field| field.pick(&local))?;
        Some(Hit { world: self.placed.world(hit.world), ..hit })
    }

    /// Whether the surface stands between an eye and a point of the world.
    pub fn hides(&self, eye: [f64; 3], point: [f64; 3]) -> bool {
        self.with_field(|field| field.hides(self.placed.local(eye), self.placed.local(point)))
    }

    fn with_field<T>(&self, use_it: impl FnOnce(&HeightField) -> T) -> T {
        let frame = &self.placed.frame;
        let [n1, n2, _] = self.known.plan.plane_spec.counts();
        let flat = self.placed.cube.map(|_| self.placed.cube_height(self.shown.alpha3));
        let [axis1, axis2] = frame.axes();
        let at_rest = self.known.plane.as_ref().filter(|_| self.shown.blend(self.known).is_none());
        let height = |[i, j]: [usize; 2]| {
            if let Some(height) = flat {
                return height;
            }
            let loss = match at_rest {
                Some(plane) => Some(plane.picture.field.grid().at([i, j, 0])).filter(|loss| loss.is_finite()),
                None => self.loss([axis1.value(i as f64), axis2.value(j as f64)]),
            };
            // Where nothing around is finite the surface stands at its top.
            loss.map_or(TOP, |loss| self.height(loss))
        };
        // A flat slice needs no more than its corners.
        let counts = if flat.is_some() { [2, 2] } else { [n1, n2] };
        use_it(&HeightField { frame, counts, height: &height, top: self.placed.top() })
    }
}
