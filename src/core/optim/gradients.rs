//! The gradients of one step: the one where it sets out, and as many more as its rule asks for.
//!
//! Sharpness-aware minimisation goes uphill first and takes the gradient there (Foret et al. 2021); line searches
//! look ahead. All are gradients over the same examples, and each costs as much as the first: so they are
//! counted.

/// Writes the gradient at a theta, both `[dim]`.
pub type Further<'a> = &'a mut dyn FnMut(&[f64], &mut [f64]);

/// The gradient where a step sets out, and the way to more of them.
pub struct Gradients<'a> {
    here: &'a [f64],
    further: Further<'a>,
    evaluations: u64,
}

impl<'a> Gradients<'a> {
    /// The gradient where the step sets out, `[dim]`, which has been evaluated, and the way to those elsewhere.
    pub fn new(here: &'a [f64], further: Further<'a>) -> Self {
        Self { here, further, evaluations: 1 }
    }

    /// The gradient where the step sets out, `[dim]`.
    pub fn here(&self) -> &'a [f64] {
        self.here
    }

    /// Writes the gradient at another theta to `grad`, both `[dim]`.
    pub fn at(&mut self, theta: &[f64], grad: &mut [f64]) {
        self.evaluations += 1;
        (self.further)(theta, grad);
    }

    /// Gradients that were evaluated for the step, the first included.
    pub fn evaluations(&self) -> u64 {
        self.evaluations
    }
}
