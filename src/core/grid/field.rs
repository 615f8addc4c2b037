//! A grid of losses as those who show it have it: shared, never copied for the asking.
//!
//! Readers ask a [`FieldView`], which says what a picture needs of a field and not where its losses lie. Only
//! who needs every cell (a texture, an isosurface, isolines) takes the grid.

use std::sync::Arc;

use super::{GridSpec, LossGrid};

/// Losses of a plane or a volume as far as they are known: between the known cells they are blended. Copies
/// share the losses.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    grid: Arc<LossGrid>,
    stride: usize,
    range: Option<(f64, f64)>,
}

impl Field {
    /// Losses at full resolution, of which every `stride`-th along each axis was evaluated. Looks at each
    /// once.
    pub fn new(grid: Arc<LossGrid>, stride: usize) -> Self {
        Self { range: grid.finite_range(), grid, stride }
    }

    /// All its losses.
    pub fn grid(&self) -> &Arc<LossGrid> {
        &self.grid
    }

    /// Indices between two known cells; 1 where every cell was evaluated.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// What is seen of it: of a volume its first layer.
    pub fn view(&self) -> FieldView<'_> {
        self.view_at(0.0)
    }

    /// What is seen of a volume at a fractional layer, blended between the two layers beside it.
    pub fn view_at(&self, layer: f64) -> FieldView<'_> {
        FieldView { field: self, layer }
    }
}

/// A plane's view of a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldView<'a> {
    field: &'a Field,
    layer: f64,
}

impl FieldView<'_> {
    /// Where the field's cells lie.
    pub fn spec(&self) -> &GridSpec {
        &self.field.grid.spec
    }

    /// The fractional layer that it is a view of; 0 of a plane.
    pub fn layer(&self) -> f64 {
        self.layer
    }

    /// The loss at a point between the cells, blended linearly along all axes; outside the grid the border's.
    pub fn sample(&self, [alpha1, alpha2]: [f64; 2]) -> f64 {
        let grid = &self.field.grid;
        match grid.spec.counts()[2] {
            1 => grid.sample(alpha1, alpha2),
            _ => grid.sample_volume(alpha1, alpha2, self.layer),
        }
    }

    /// The lowest and highest finite loss of the whole field; `None` if there is none.
    pub fn range(&self) -> Option<(f64, f64)> {
        self.field.range
    }

    /// The cell of lowest finite loss of the whole field, the first of equals.
    pub fn lowest(&self) -> Option<([usize; 3], f64)> {
        self.field.grid.lowest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grid::Axis;

    fn field(counts: &[usize]) -> Field {
        let axes = counts.iter().map(|&count| Axis { low: 0.0, high: 1.0, count }).collect();
        let spec = GridSpec::new(axes).unwrap();
        let loss = (0..spec.cells()).map(|at| at as f64).collect();
        Field::new(Arc::new(LossGrid { spec, loss }), 1)
    }

    #[test]
    fn copies_are_the_same_losses() {
        let volume = field(&[3, 3, 2]);
        assert!(Arc::ptr_eq(volume.clone().grid(), volume.grid()));
    }

    #[test]
    fn a_view_samples_a_plane_or_a_layer_and_knows_the_whole() {
        let (plane, volume) = (field(&[3, 3]), field(&[3, 3, 2]));
        assert_eq!(plane.view().sample([0.5, 1.0]), 7.0);
        let view = volume.view_at(0.5);
        assert_eq!((view.sample([0.5, 1.0]), view.layer()), (11.5, 0.5));
        assert_eq!(volume.view().sample([0.5, 1.0]), 7.0, "its first layer");
        assert_eq!((view.range(), view.lowest()), (Some((0.0, 17.0)), Some(([0; 3], 0.0))));
        assert_eq!(view.spec().counts(), [3, 3, 2]);
    }
}
