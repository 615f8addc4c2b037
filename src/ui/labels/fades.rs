//! Labels come and go by and by: where one is to stand elsewhere it goes first, and comes again there.

use bevy::platform::collections::HashMap;
use bevy_egui::egui;

use super::label::Written;
use crate::core::geometry::labels::LabelBox;

/// Seconds that a label takes to come, or to go.
const SECS: f32 = 0.2;

/// How far each label has come.
#[derive(Default)]
pub(super) struct Fades {
    of: HashMap<egui::Id, Fade>,
    /// Whether something was shown already: what is there at first is there at once.
    has_begun: bool,
    is_busy: bool,
}

/// How far a label has come.
#[derive(Clone, Copy)]
struct Fade {
    /// To which of its places.
    number: usize,
    /// 0 to 1.
    opacity: f32,
}

impl Fades {
    /// Goes on for `secs`. Of each label: its id, its places by their numbers, and the number of the one where it is to
    /// stand. One whose place is no more, or hides what no label may hide, is gone at once.
    pub(super) fn follow<'a>(
        &mut self,
        wanted: impl Iterator<Item = (egui::Id, &'a [(usize, LabelBox)], Option<usize>)>,
        secs: f32,
    ) -> Vec<Option<Written<'a>>> {
        let step = if self.has_begun { secs / SECS } else { 1.0 };
        (self.has_begun, self.is_busy) = (true, false);
        let before = std::mem::take(&mut self.of);
        let drawn = wanted.map(|(id, places, to)| {
            let place = |number| places.iter().find(|(known, _)| *known == number);
            let stood = before.get(&id).copied().filter(|fade| place(fade.number).is_some());
            let fade = next(stood, to, step)?;
            self.of.insert(id, fade);
            self.is_busy |= fade.opacity < 1.0;
            let (number, bounds) = place(fade.number)?;
            Some(Written { number: *number, bounds, opacity: fade.opacity })
        });
        drawn.collect()
    }

    /// Whether some label has not yet come or gone altogether.
    pub(super) fn is_busy(&self) -> bool {
        self.is_busy
    }
}

/// How far a label has come after a step, that is to stand there; `None` for one that is gone.
fn next(stood: Option<Fade>, to: Option<usize>, step: f32) -> Option<Fade> {
    let rising = |number, from: f32| Fade { number, opacity: (from + step).min(1.0) };
    match (stood, to) {
        (Some(fade), Some(number)) if fade.number == number => Some(rising(number, fade.opacity)),
        (Some(fade), _) if fade.opacity > step => Some(Fade { opacity: fade.opacity - step, ..fade }),
        (_, to) => to.map(|number| rising(number, 0.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_goes_where_it_stood_before_it_comes_elsewhere() {
        let at = |x| LabelBox::centred([x, 0.0], [4.0, 2.0]);
        let places = [(0, at(0.0)), (1, at(9.0))];
        let mut fades = Fades::default();
        let mut after = |to, secs| {
            let drawn = fades.follow([(egui::Id::new("it"), &places[..], to)].into_iter(), secs);
            drawn[0].map(|drawn| (drawn.number, (8.0 * drawn.opacity).round() / 8.0))
        };
        assert_eq!(after(Some(0), 0.0), Some((0, 1.0)), "what is there at first");
        assert_eq!(after(Some(1), 0.5 * SECS), Some((0, 0.5)), "it goes");
        assert_eq!(after(Some(1), 0.0), Some((0, 0.5)), "without time nothing changes");
        assert_eq!(after(Some(1), 0.5 * SECS), Some((1, 0.5)), "and comes elsewhere");
        assert_eq!(after(Some(1), SECS), Some((1, 1.0)));
        assert_eq!(after(None, 0.75 * SECS), Some((1, 0.25)));
        assert_eq!(after(None, 0.75 * SECS), None);
    }

    #[test]
    fn what_may_not_stand_where_it_stood_is_gone_at_once() {
        let at = |x| LabelBox::centred([x, 0.0], [4.0, 2.0]);
        let mut fades = Fades::default();
        let mut after = |places: &[(usize, LabelBox)], to| {
            let drawn = fades.follow([(egui::Id::new("it"), places, to)].into_iter(), 0.1 * SECS);
            drawn[0].map(|drawn| (drawn.number, drawn.opacity))
        };
        assert_eq!(after(&[(0, at(0.0)), (1, at(9.0))], Some(0)), Some((0, 1.0)));
        let (number, opacity) = after(&[(1, at(9.0))], Some(1)).unwrap();
        assert_eq!(number, 1);
        assert!(opacity < 0.2, "{opacity}");
    }
}
