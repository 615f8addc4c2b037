//! Which labels fit the screen: a pure function, so that it can be tested without one.

/// A label that would like to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelBox {
    /// Left, top, in points.
    pub min: [f32; 2],
    /// Right, bottom, in points.
    pub max: [f32; 2],
}

impl LabelBox {
    /// A box of that size around a centre.
    pub fn centred(centre: [f32; 2], size: [f32; 2]) -> Self {
        Self {
            min: [centre[0] - 0.5 * size[0], centre[1] - 0.5 * size[1]],
            max: [centre[0] + 0.5 * size[0], centre[1] + 0.5 * size[1]],
        }
    }

    /// Whether two boxes come closer than `gap` points.
    pub fn is_near(&self, other: &Self, gap: f32) -> bool {
        (0..2).all(|i| self.min[i] < other.max[i] + gap && other.min[i] < self.max[i] + gap)
    }

    /// Whether the box lies inside another.
    pub fn is_inside(&self, outer: &Self) -> bool {
        (0..2).all(|i| self.min[i] >= outer.min[i] && self.max[i] <= outer.max[i])
    }
}

/// Which labels are shown: in their order, each if it lies inside `screen` and keeps `gap` points
/// away from those shown before it. So the important ones come first.
pub fn place(labels: &[LabelBox], screen: &LabelBox, gap: f32) -> Vec<bool> {
    let mut shown: Vec<&LabelBox> = Vec::new();
    labels
        .iter()
        .map(|label| {
            let fits = label.is_inside(screen) && !shown.iter().any(|other| label.is_near(other, gap));
            if fits {
                shown.push(label);
            }
            fits
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_labels_win_and_none_leaves_the_screen() {
        let screen = LabelBox { min: [0.0, 0.0], max: [100.0, 50.0] };
        let at = |x, y| LabelBox::centred([x, y], [20.0, 10.0]);
        let shown = place(
            &[at(50.0, 25.0), at(60.0, 25.0), at(75.0, 25.0), at(5.0, 25.0), at(50.0, 42.0)],
            &screen,
            2.0,
        );
        assert_eq!(shown, [true, false, true, false, true]);
    }

    proptest::proptest! {
        #[test]
        fn shown_labels_never_overlap(centres in proptest::collection::vec((0.0..200.0_f32, 0.0..100.0_f32), 0..40)) {
            let screen = LabelBox { min: [0.0, 0.0], max: [200.0, 100.0] };
            let labels: Vec<LabelBox> = centres.iter().map(|(x, y)| LabelBox::centred([*x, *y], [30.0, 12.0])).collect();
            let shown = place(&labels, &screen, 1.0);
            for i in 0..labels.len() {
                for j in 0..i {
                    proptest::prop_assert!(!(shown[i] && shown[j] && labels[i].is_near(&labels[j], 0.0)));
                }
            }
        }
    }
}
