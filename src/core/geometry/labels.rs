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

/// Which of its places each label takes: in their order, each the first of its places that lies inside
/// `screen` and keeps `gap` points away from those shown before it; `None` where there is none. So the
/// important labels come first, and the best places of each.
pub fn place(labels: &[Vec<LabelBox>], screen: &LabelBox, gap: f32) -> Vec<Option<usize>> {
    let mut shown: Vec<&LabelBox> = Vec::new();
    labels
        .iter()
        .map(|places| {
            let fits = |place: &&LabelBox| {
                place.is_inside(screen) && !shown.iter().any(|other| place.is_near(other, gap))
            };
            let (at, place) = places.iter().enumerate().find(|(_, place)| fits(place))?;
            shown.push(place);
            Some(at)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_labels_win_others_give_way_and_none_leaves_the_screen() {
        let screen = LabelBox { min: [0.0, 0.0], max: [100.0, 50.0] };
        let at = |x, y| LabelBox::centred([x, y], [20.0, 10.0]);
        let labels = [
            vec![at(50.0, 25.0)],
            vec![at(60.0, 25.0)],
            vec![at(55.0, 25.0), at(50.0, 8.0)],
            vec![at(75.0, 25.0)],
            vec![at(5.0, 25.0)],
            vec![at(50.0, 42.0)],
            vec![],
        ];
        let shown = place(&labels, &screen, 2.0);
        assert_eq!(shown, [Some(0), None, Some(1), Some(0), None, Some(0), None]);
    }

    proptest::proptest! {
        #[test]
        fn shown_labels_never_overlap_nor_leave(
            centres in proptest::collection::vec(proptest::collection::vec((0.0..200.0_f32, 0.0..100.0_f32), 0..4), 0..40),
        ) {
            let screen = LabelBox { min: [0.0, 0.0], max: [200.0, 100.0] };
            let label = |places: &Vec<(f32, f32)>| -> Vec<LabelBox> {
                places.iter().map(|(x, y)| LabelBox::centred([*x, *y], [30.0, 12.0])).collect()
            };
            let labels: Vec<Vec<LabelBox>> = centres.iter().map(label).collect();
            let shown = place(&labels, &screen, 1.0);
            let boxes: Vec<&LabelBox> =
                labels.iter().zip(&shown).filter_map(|(places, at)| at.map(|at| &places[at])).collect();
            for i in 0..boxes.len() {
                proptest::prop_assert!(boxes[i].is_inside(&screen));
                for j in 0..i {
                    proptest::prop_assert!(!boxes[i].is_near(boxes[j], 0.0));
                }
            }
        }
    }
}
