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

    /// The point of it that is nearest to one.
    pub fn nearest(&self, to: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|i| to[i].clamp(self.min[i], self.max[i]))
    }

    /// Its middle, in points.
    pub fn middle(&self) -> [f32; 2] {
        [0, 1].map(|i| 0.5 * (self.min[i] + self.max[i]))
    }

    /// Whether a straight line from one point to another crosses the box, or lies in it (Liang and Barsky
    /// 1984).
    pub fn is_crossed(&self, [from, to]: [[f32; 2]; 2]) -> bool {
        let mut share = (0.0_f32, 1.0_f32);
        for i in 0..2 {
            let way = to[i] - from[i];
            let (low, high) = (self.min[i] - from[i], self.max[i] - from[i]);
            if way == 0.0 {
                if low > 0.0 || high < 0.0 {
                    return false;
                }
                continue;
            }
            let (a, b) = (low / way, high / way);
            share = (share.0.max(a.min(b)), share.1.min(a.max(b)));
        }
        share.0 <= share.1
    }

    /// Whether the box lies inside another.
    pub fn is_inside(&self, outer: &Self) -> bool {
        (0..2).all(|i| self.min[i] >= outer.min[i] && self.max[i] <= outer.max[i])
    }
}

/// How labels over a surface are kept from hiding it.
pub struct Crowd<'a> {
    /// The thing that the label of that number names from the place of that number, where it stands over the
    /// surface.
    pub spot: &'a dyn Fn(usize, usize) -> Option<Spot>,
    /// Points around a thing within which no more than [`MOST_CHIPS`] of its side are named.
    pub radius: f32,
}

/// A thing that is named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Of which landscape, from 0.
    pub side: usize,
    /// Where on the screen it is, in points.
    pub at: [f32; 2],
}

/// Labels in a crowd at most: so many can be read at a glance.
pub const MOST_CHIPS: usize = 3;

impl Crowd<'_> {
    /// Whether one more may be named beside those that are: no thing is then among too many.
    fn has_room(&self, spot: Spot, named: &[Spot]) -> bool {
        let around = |Spot { side, at: [x, y] }: Spot| {
            let of_side = named.iter().copied().filter(move |other| other.side == side);
            of_side.filter(move |other| (other.at[0] - x).hypot(other.at[1] - y) < self.radius)
        };
        let is_free = |spot| around(spot).count() < MOST_CHIPS;
        is_free(spot) && around(spot).all(is_free)
    }
}

/// Which of its places each label takes: in their order, each the first of its places that lies inside
/// `screen`, keeps `gap` points away from those shown before it, and names nothing in a crowd; `None` where there
/// is none. So the important labels come first, and the best places of each. But one that stood at the place
/// `before` stays there as long as it can: what jumps about cannot be read.
pub fn place(
    labels: &[Vec<LabelBox>],
    before: &[Option<usize>],
    screen: &LabelBox,
    gap: f32,
    crowd: &Crowd,
) -> Vec<Option<usize>> {
    let (mut shown, mut named): (Vec<&LabelBox>, Vec<Spot>) = (Vec::new(), Vec::new());
    let placed = labels.iter().enumerate().map(|(i, places)| {
        let fits = |at: &usize| {
            places[*at].is_inside(screen)
                && !shown.iter().any(|other| places[*at].is_near(other, gap))
                && (crowd.spot)(i, *at).is_none_or(|spot| crowd.has_room(spot, &named))
        };
        let kept = before.get(i).copied().flatten().filter(|at| *at < places.len());
        let at = kept.into_iter().chain(0..places.len()).find(fits)?;
        shown.push(&places[at]);
        named.extend((crowd.spot)(i, at));
        Some(at)
    });
    placed.collect()
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
        let shown = place(&labels, &[], &screen, 2.0, &Crowd { spot: &|_, _| None, radius: 0.0 });
        assert_eq!(shown, [Some(0), None, Some(1), Some(0), None, Some(0), None]);
    }

    #[test]
    fn a_label_stays_where_it_stood_while_there_is_room() {
        let screen = LabelBox { min: [0.0, 0.0], max: [100.0, 50.0] };
        let at = |x, y| LabelBox::centred([x, y], [20.0, 10.0]);
        let name = vec![at(20.0, 40.0), at(50.0, 40.0), at(80.0, 40.0)];
        let none = Crowd { spot: &|_, _| None, radius: 0.0 };
        let next = |in_the_way, before| {
            let labels = [vec![in_the_way], name.clone()];
            place(&labels, &[None, before], &screen, 2.0, &none)[1]
        };
        assert_eq!(next(at(20.0, 35.0), None), Some(1), "the best is taken");
        assert_eq!(next(at(50.0, 10.0), Some(1)), Some(1), "it is free again");
        assert_eq!(next(at(50.0, 35.0), Some(1)), Some(0), "where it stood is taken");
        assert_eq!(next(at(50.0, 10.0), Some(9)), Some(0), "there is no such place any more");
    }

    #[test]
    fn no_more_than_three_things_of_one_spot_are_named_however_far_off_their_names_stand() {
        let screen = LabelBox { min: [0.0, 0.0], max: [400.0, 200.0] };
        let at = |x, y| LabelBox::centred([x, y], [20.0, 10.0]);
        let bowl = |i: usize| at(100.0, 40.0 + 20.0 * i as f32);
        let labels =
            [vec![bowl(0)], vec![bowl(1)], vec![bowl(2)], vec![bowl(3)], vec![bowl(3), at(300.0, 60.0)]];
        let spot = |at| Some(Spot { side: 0, at });
        let own = |i: usize, place: usize| spot(labels[i][place].middle());
        let named = |spot: &dyn Fn(usize, usize) -> Option<Spot>, radius| {
            place(&labels, &[], &screen, 2.0, &Crowd { spot, radius })
        };
        assert_eq!(named(&own, 70.0), [Some(0), Some(0), Some(0), None, Some(1)]);
        let two = named(&|i, place| own(i, place).filter(|_| i > 0), 70.0);
        assert_eq!(two, [Some(0), Some(0), Some(0), Some(0), Some(1)], "ticks crowd nothing");
        let one_thing = named(&|_, _| spot([100.0, 40.0]), 70.0);
        assert_eq!(one_thing, [Some(0), Some(0), Some(0), None, None], "all name what is in one spot");
        // The first has two others around it, of which the fourth would be near one.
        let in_a_row = named(&|i, _| spot([[60.0, 0.0, 120.0, 125.0, 500.0][i], 40.0]), 70.0);
        assert_eq!(in_a_row, [Some(0), Some(0), Some(0), None, Some(0)]);
        let in_all = named(&own, f32::INFINITY);
        assert_eq!(in_all, [Some(0), Some(0), Some(0), None, None], "no more than three at all");
        let two_sides = named(&|i, at| own(i, at).map(|spot| Spot { side: i % 2, ..spot }), f32::INFINITY);
        assert_eq!(two_sides, [Some(0), Some(0), Some(0), Some(0), Some(1)], "of each landscape");
    }

    #[test]
    fn a_leader_ends_on_the_rim_that_is_nearest() {
        let label = LabelBox::centred([10.0, 5.0], [8.0, 4.0]);
        assert_eq!(label.nearest([0.0, 0.0]), [6.0, 3.0]);
        assert_eq!(label.nearest([11.0, 20.0]), [11.0, 7.0]);
        assert_eq!(label.nearest([9.0, 5.0]), [9.0, 5.0], "within");
    }

    #[test]
    fn a_box_is_crossed_by_a_line_through_it_or_within_it_alone() {
        let label = LabelBox::centred([10.0, 5.0], [8.0, 4.0]);
        let crossed = |from, to| label.is_crossed([from, to]);
        assert!(crossed([0.0, 0.0], [20.0, 10.0]), "through both corners");
        assert!(crossed([9.0, 5.0], [11.0, 5.0]), "within");
        assert!(crossed([10.0, -9.0], [10.0, 9.0]), "upright");
        assert!(!crossed([0.0, 0.0], [5.0, 2.5]), "it ends before");
        assert!(!crossed([0.0, 7.0], [20.0, 13.0]), "it passes by");
        assert!(!crossed([15.0, 0.0], [15.0, 9.0]), "it passes by, upright");
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
            let spot =
                |i: usize, at: usize| i.is_multiple_of(2).then(|| Spot { side: 0, at: labels[i][at].middle() });
            let crowd = Crowd { spot: &spot, radius: 40.0 };
            let shown = place(&labels, &[], &screen, 1.0, &crowd);
            let named: Vec<[f32; 2]> =
                shown.iter().enumerate().filter_map(|(i, at)| Some(spot(i, (*at)?)?.at)).collect();
            for a in &named {
                let around = named.iter().filter(|b| (a[0] - b[0]).hypot(a[1] - b[1]) < 40.0).count();
                proptest::prop_assert!(around <= MOST_CHIPS);
            }
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
