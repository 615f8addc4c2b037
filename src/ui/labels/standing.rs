//! Where labels stand: each where it stood, while there is room for it.

use bevy::platform::collections::HashMap;
use bevy::prelude::Resource;
use bevy_egui::egui;

use super::label::{Label, SHORT};
use crate::core::geometry::labels::{Crowd, LabelBox, place};

/// Where labels stood: of each the number of its place. They stay there while they can.
#[derive(Resource, Default)]
pub struct Standing(HashMap<egui::Id, usize>);

/// Points within which few labels stand over the surface, on a picture 720 points high.
const CROWD: f32 = 130.0;

impl Standing {
    /// Lets every label stand where it is best.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// The place that each label takes of the numbered ones that it has, beside what is reserved. Short words
    /// come after all others.
    pub(super) fn arrange<'a>(
        &mut self,
        labels: &[Label],
        boxes: &'a [Vec<(usize, LabelBox)>],
        reserved: Vec<LabelBox>,
        area: &LabelBox,
        unit: f32,
    ) -> Vec<Option<&'a (usize, LabelBox)>> {
        let mut placed: Vec<Option<&(usize, LabelBox)>> = vec![None; labels.len()];
        for is_short in [false, true] {
            let taken: Vec<LabelBox> = placed.iter().flatten().map(|(_, at)| at.clone()).collect();
            let fixed: Vec<LabelBox> = reserved.iter().cloned().chain(taken).collect();
            let is_chip = |i: usize| i >= fixed.len() && labels[i - fixed.len()].is_shaded;
            let crowd = Crowd { is_chip: &is_chip, radius: CROWD * unit };
            let open: Vec<Vec<&(usize, LabelBox)>> = boxes
                .iter()
                .zip(&placed)
                .map(|(boxes, placed)| {
                    let is_open = |(number, _): &&_| placed.is_none() && (*number >= SHORT) == is_short;
                    boxes.iter().filter(is_open).collect()
                })
                .collect();
            let before = self.before(labels, &open);
            let before: Vec<Option<usize>> = fixed.iter().map(|_| None).chain(before).collect();
            let unnumbered = open.iter().map(|boxes| boxes.iter().map(|(_, at)| at.clone()).collect());
            let all: Vec<Vec<LabelBox>> = fixed.iter().map(|at| vec![at.clone()]).chain(unnumbered).collect();
            let places = place(&all, &before, area, 2.0 * unit, &crowd);
            for ((placed, open), at) in placed.iter_mut().zip(&open).zip(&places[fixed.len()..]) {
                *placed = at.map(|at| open[at]).or(*placed);
            }
        }
        self.0 = self.numbers(labels, &placed);
        placed
    }

    /// Which of its open places each label stood at.
    fn before(&self, labels: &[Label], open: &[Vec<&(usize, LabelBox)>]) -> Vec<Option<usize>> {
        let stood = labels.iter().zip(open).map(|(label, open)| {
            let number = self.0.get(&label.words.id)?;
            open.iter().position(|(place, _)| place == number)
        });
        stood.collect()
    }

    /// Where each label stands now, or stood when there was room for it last.
    fn numbers(&self, labels: &[Label], placed: &[Option<&(usize, LabelBox)>]) -> HashMap<egui::Id, usize> {
        let numbers = labels.iter().zip(placed).filter_map(|(label, at)| {
            let id = label.words.id;
            Some((id, at.map(|at| at.0).or(self.0.get(&id).copied())?))
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
        let places = vec![(0, [50.0, 10.0]), (1, [50.0, 40.0])];
        let labels = [Label { words, places, lean: [0.0; 2], is_shaded: false, hint: None }];
        let at = |y, width| LabelBox::centred([50.0, y], [width, 10.0]);
        let boxes = [vec![(0, at(10.0, 80.0)), (1, at(40.0, 80.0)), (SHORT, at(10.0, 10.0))]];
        let area = LabelBox { min: [0.0; 2], max: [100.0, 50.0] };
        let mut standing = Standing::default();
        let mut number = |reserved: &[LabelBox]| {
            let placed = standing.arrange(&labels, &boxes, reserved.to_vec(), &area, 1.0);
            placed[0].map(|(number, _)| *number)
        };
        let beside = |y| LabelBox::centred([80.0, y], [4.0, 4.0]);
        assert_eq!(number(&[]), Some(0));
        assert_eq!(number(&[beside(10.0)]), Some(1), "the best is taken");
        assert_eq!(number(&[]), Some(1), "and free again");
        assert_eq!(number(&[beside(10.0), beside(40.0)]), Some(SHORT));
        assert_eq!(number(&[at(10.0, 9.0), at(40.0, 9.0)]), None);
        assert_eq!(number(&[beside(40.0)]), Some(0), "there is room for all of it");
    }
}
