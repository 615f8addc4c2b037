//! Functions of two numbers with known minima, to try an optimizer or a probe on.
//!
//! | surface | f(x, y) | minima |
//! |---|---|---|
//! | `quadratic` | ½x² + 5y² | 0 at (0, 0); curvatures 1 and 10 |
//! | `rosenbrock` | (1 − x)² + 100(y − x²)² (Rosenbrock 1960) | 0 at (1, 1), at the end of a bent valley |
//! | `himmelblau` | (x² + y − 11)² + (x + y² − 7)² (Himmelblau 1972) | 0 at four points, one of them (3, 2) |

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::Objective;
use crate::core::num::{BlockKind, ParamLayout};

/// A function by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Surface {
    /// An elongated bowl.
    Quadratic,
    /// A bent valley.
    Rosenbrock,
    /// Four equal minima.
    Himmelblau,
}

impl Surface {
    /// Every surface.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The name that files and menus use.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Where descent usually starts: at some height, and for `rosenbrock` at the customary (−1.2, 1).
    pub fn start(self) -> [f64; 2] {
        match self {
            Self::Quadratic => [-4.0, 1.5],
            Self::Rosenbrock => [-1.2, 1.0],
            Self::Himmelblau => [-0.5, -1.0],
        }
    }

    fn value(self, [x, y]: [f64; 2]) -> f64 {
        match self {
            Self::Quadratic => 0.5 * x * x + 5.0 * y * y,
            Self::Rosenbrock => (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2),
            Self::Himmelblau => (x * x + y - 11.0).powi(2) + (x + y * y - 7.0).powi(2),
        }
    }

    fn gradient(self, [x, y]: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Quadratic => [x, 10.0 * y],
            Self::Rosenbrock => {
                let off = y - x * x;
                [-2.0 * (1.0 - x) - 400.0 * x * off, 200.0 * off]
            }
            Self::Himmelblau => {
                let (a, b) = (x * x + y - 11.0, x + y * y - 7.0);
                [4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b]
            }
        }
    }

    /// ∂²/∂x², ∂²/∂x∂y, ∂²/∂y².
    fn hessian(self, [x, y]: [f64; 2]) -> [f64; 3] {
        match self {
            Self::Quadratic => [1.0, 0.0, 10.0],
            Self::Rosenbrock => [2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x, 200.0],
            Self::Himmelblau => [12.0 * x * x + 4.0 * y - 42.0, 4.0 * (x + y), 12.0 * y * y + 4.0 * x - 26.0],
        }
    }
}

/// A surface as something to minimise: its parameters are `point[0,0]` (x) and `point[0,1]` (y).
#[derive(Clone, Debug)]
pub struct Analytic {
    surface: Surface,
    layout: ParamLayout,
}

impl Analytic {
    /// The objective of a surface.
    pub fn new(surface: Surface) -> Self {
        Self { surface, layout: ParamLayout::new([("point".to_owned(), BlockKind::Other, vec![1, 2])]) }
    }
}

impl Objective for Analytic {
    fn layout(&self) -> &ParamLayout {
        &self.layout
    }

    fn loss(&self, theta: &[f64]) -> f64 {
        self.surface.value([theta[0], theta[1]])
    }

    fn loss_grad(&self, theta: &[f64], grad: &mut [f64]) -> f64 {
        grad.copy_from_slice(&self.surface.gradient([theta[0], theta[1]]));
        self.loss(theta)
    }

    fn hvp(&self, theta: &[f64], v: &[f64], out: &mut [f64]) {
        let [xx, xy, yy] = self.surface.hessian([theta[0], theta[1]]);
        out.copy_from_slice(&[xx * v[0] + xy * v[1], xy * v[0] + yy * v[1]]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn minima_are_where_they_are_known_to_be() {
        let minima = [
            (Surface::Quadratic, [0.0, 0.0]),
            (Surface::Rosenbrock, [1.0, 1.0]),
            (Surface::Himmelblau, [3.0, 2.0]),
            (Surface::Himmelblau, [-2.805_118_086_952_745, 3.131_312_518_250_573]),
            (Surface::Himmelblau, [-3.779_310_253_377_747, -3.283_185_991_286_17]),
            (Surface::Himmelblau, [3.584_428_340_330_492, -1.848_126_526_964_404]),
        ];
        for (surface, point) in minima {
            assert!(surface.value(point) < 1e-20, "{surface:?} {point:?}");
            assert!(surface.gradient(point).iter().all(|g| g.abs() < 1e-10), "{surface:?} {point:?}");
            let [xx, xy, yy] = surface.hessian(point);
            assert!(xx > 0.0 && xx * yy > xy * xy, "{surface:?} {point:?}");
        }
    }

    proptest! {
        #[test]
        fn derivatives_are_those_of_central_differences(x in -3.0..3.0_f64, y in -3.0..3.0_f64) {
            let h = 1e-5;
            for &surface in Surface::ALL {
                let [gx, gy] = surface.gradient([x, y]);
                let along = |f: &dyn Fn([f64; 2]) -> f64| {
                    [(f([x + h, y]) - f([x - h, y])) / (2.0 * h), (f([x, y + h]) - f([x, y - h])) / (2.0 * h)]
                };
                let close = |a: f64, b: f64| (a - b).abs() < 1e-6 * (1.0 + a.abs().max(1e3));
                let [fx, fy] = along(&|p| surface.value(p));
                prop_assert!(close(gx, fx) && close(gy, fy), "{:?}", surface);
                let [xx, xy, yy] = surface.hessian([x, y]);
                let [fxx, fxy] = along(&|p| surface.gradient(p)[0]);
                let [fyx, fyy] = along(&|p| surface.gradient(p)[1]);
                prop_assert!(close(xx, fxx) && close(xy, fxy) && close(xy, fyx) && close(yy, fyy), "{:?}", surface);
            }
        }
    }
}
