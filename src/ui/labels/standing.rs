//! Where labels stand: each where it stood, while there is room for it.

use bevy::platform::collections::HashMap;
use bevy::prelude::Resource;
use bevy_egui::egui;

use super::fades::Fades;
use super::label::{Label, SHORT, WAYS, Written as Drawn};
use crate::core::geometry::labels::{Crowd, LabelBox, place};

/// Points around a thing over the surface within which few are named, on a picture 720 points high.
pub(crate) const CROWD: f32 = 130.0;

/// Where labels stood. They stay there while they can.
#[derive(Resource, Default)]
pub struct Standing {
    /// Of each the number of its place.
    numbers: HashMap<egui::Id, usize>,
    /// The room that there was for all of them.
    area: Option<LabelBox>,
    /// How far each has come or gone.
    fades: Fades,
    /// What was written.
    #[cfg(all(test, feature = "desktop"))]
    pub(crate) written: Vec<Written>,
    /// The rooms of the legends.
    #[cfg(all(test, feature = "desktop"))]
    pub(crate) legends: Vec<LabelBox>,
    /// How often labels began anew, all of them or those that were short of words.
    #[cfg(all(test, feature = "desktop"))]
    pub(crate) renewals: usize,
}

/// What was written.
#[cfg(all(test, feature = "desktop"))]
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Of which label.
    pub(crate) id: egui::Id,
    pub(crate) text: String,
    /// Where the thing is that it names, if that stands over the surface.
    pub(crate) spot: Option<[f32; 2]>,
    /// Where it stands.
    pub(crate) bounds: LabelBox,
}

impl Standing {
    /// Begins anew where the picture is another one, or the room for it.
    pub(super) fn begin(&mut self, area: &LabelBox, is_other: bool) {
        if is_other || self.area.as_ref() != Some(area) {
            self.numbers.clear();
            self.fades = Fades::default();
            self.area = Some(area.clone());
            #[cfg(all(test, feature = "desktop"))]
            {
                self.renewals += 1;
            }
        }
    }

    /// Forgets which words were short: in a picture at rest nobody sees them come and go.
    pub(super) fn lengthen(&mut self) {
        #[cfg(all(test, feature = "desktop"))]
        {
            self.renewals += usize::from(self.numbers.values().any(|number| *number >= SHORT));
        }
        self.numbers.retain(|_, number| *number < SHORT);
    }

    /// The place that each label takes of the numbered ones that it has, beside what is reserved. Short words
    /// come after all others, and stay short while the picture moves: words that came and went with every
    /// frame could not be read.
    pub(super) fn arrange<'a>(
        &mut self,
        labels: &[Label],
        boxes: &'a [Vec<(usize, LabelBox)>],
        reserved: Vec<LabelBox>,
        area: &LabelBox,
        (unit, radius): (f32, f32),
    ) -> Vec<Option<&'a (usize, LabelBox)>> {
        let mut placed: Vec<Option<&(usize, LabelBox)>> = vec![None; labels.len()];
        for is_short in [false, true] {
            let taken: Vec<LabelBox> = placed.iter().flatten().map(|(_, at)| at.clone()).collect();
            let fixed: Vec<LabelBox> = reserved.iter().cloned().chain(taken).collect();
            let open: Vec<Vec<&(usize, LabelBox)>> = labels
                .iter()
                .zip(boxes)
                .zip(&placed)
                .map(|((label, boxes), placed)| {
                    let stays_short = self.numbers.get(&label.words.id).is_some_and(|at| *at >= SHORT);
                    let is_due = placed.is_none() && (is_short || !stays_short);
                    let is_open = |(number, _): &&_| is_due && (*number >= SHORT) == is_short;
                    self.by_side(label, boxes.iter().filter(is_open).collect())
                })
                .collect();
            let spot = |i: usize, at: usize| {
                let i = i.checked_sub(fixed.len())?;
                labels[i].named_at(&open[i][at].1)
            };
            let crowd = Crowd { spot: &spot, radius };
            let before = self.before(labels, &open);
            let before: Vec<Option<usize>> = fixed.iter().map(|_| None).chain(before).collect();
            let unnumbered = open.iter().map(|boxes| boxes.iter().map(|(_, at)| at.clone()).collect());
            let all: Vec<Vec<LabelBox>> = fixed.iter().map(|at| vec![at.clone()]).chain(unnumbered).collect();
            let places = place(&all, &before, area, 2.0 * unit, &crowd);
            for ((placed, open), at) in placed.iter_mut().zip(&open).zip(&places[fixed.len()..]) {
                *placed = at.map(|at| open[at]).or(*placed);
            }
        }
        self.numbers = self.numbers(labels, &placed);
        placed
    }

    /// The open places of a label, those first that lie on the side of its thing on which it stood.
    fn by_side<'a>(&self, label: &Label, mut open: Vec<&'a (usize, LabelBox)>) -> Vec<&'a (usize, LabelBox)> {
        if let Some(stood) = self.numbers.get(&label.words.id).filter(|_| label.spot.is_some()) {
            open.sort_by_key(|(number, _)| number % WAYS.len() != stood % WAYS.len());
        }
        open
    }

    /// What of each label is drawn, `secs` after the frame before; of all their places, where each is to be.
    pub(super) fn fade<'a>(
        &mut self,
        labels: &[Label],
        boxes: &'a [Vec<(usize, LabelBox)>],
        placed: &[Option<&(usize, LabelBox)>],
        secs: f32,
    ) -> Vec<Option<Drawn<'a>>> {
        let wanted = labels.iter().zip(boxes).zip(placed);
        let wanted = wanted.map(|((label, boxes), at)| (label.words.id, boxes.as_slice(), at.map(|at| at.0)));
        self.fades.follow(wanted, secs)
    }

    /// Whether some label has not yet come or gone altogether.
    pub(super) fn is_fading(&self) -> bool {
        self.fades.is_busy()
    }

    /// Which of its open places each label stood at.
    fn before(&self, labels: &[Label], open: &[Vec<&(usize, LabelBox)>]) -> Vec<Option<usize>> {
        let stood = labels.iter().zip(open).map(|(label, open)| {
            let number = self.numbers.get(&label.words.id)?;
            open.iter().position(|(place, _)| place == number)
        });
        stood.collect()
    }

    /// Keeps what is written for a test to read.
    #[cfg(all(test, feature = "desktop"))]
    pub(super) fn note(&mut self, labels: &[Label], placed: &[Option<&(usize, LabelBox)>]) {
        let written = labels.iter().zip(placed).filter_map(|(label, at)| {
            let (number, at) = (*at)?;
            let (id, text) = (label.words.id, label.text(*number).to_owned());
            let spot = label.named_at(at).map(|spot| spot.at);
            Some(Written { id, text, spot, bounds: at.clone() })
        });
        self.written = written.collect();
    }

    /// Where each label stands now, or stood when there was room for it last.
    fn numbers(&self, labels: &[Label], placed: &[Option<&(usize, LabelBox)>]) -> HashMap<egui::Id, usize> {
        let numbers = labels.iter().zip(placed).filter_map(|(label, at)| {
            let id = label.words.id;
            Some((id, at.map(|at| at.0).or(self.numbers.get(&id).copied())?))
        });
        numbers.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::labels::label::Words;

    #[test]
    fn a_label_keeps_its_place_and_is_short_of_words_only_where_it_must_be() {
        let words = Words::new("name", "α₁  start to end", 16.0, egui::Color32::WHITE).or("α₁");
        let (is_shaded, spot, side, is_asked) = (false, None, 0, false);
        let labels = [Label { words, places: Vec::new(), is_shaded, spot, side, is_asked, hint: None }];
        let at = |y, width| LabelBox::centred([50.0, y], [width, 10.0]);
        let boxes = [vec![(0, at(10.0, 80.0)), (1, at(40.0, 80.0)), (SHORT, at(10.0, 10.0))]];
        let area = LabelBox { min: [0.0; 2], max: [100.0, 50.0] };
        let number = |standing: &mut Standing, reserved: &[LabelBox]| {
            let placed = standing.arrange(&labels, &boxes, reserved.to_vec(), &area, (1.0, CROWD));
            placed[0].map(|(number, _)| *number)
        };
        let beside = |y| LabelBox::centred([80.0, y], [4.0, 4.0]);
        let standing = &mut Standing::default();
        assert_eq!(number(standing, &[]), Some(0));
        assert_eq!(number(standing, &[beside(10.0)]), Some(1), "the best is taken");
        assert_eq!(number(standing, &[]), Some(1), "and free again");
        assert_eq!(number(standing, &[beside(10.0), beside(40.0)]), Some(SHORT));
        assert_eq!(number(standing, &[at(10.0, 9.0), at(40.0, 9.0)]), None);
        assert_eq!(number(standing, &[beside(40.0)]), Some(SHORT), "while the picture moves");
        standing.lengthen();
        assert_eq!(number(standing, &[beside(40.0)]), Some(0), "there is room for all of it");
    }
}
