//! The many pictures of a film as few: those that differ, each for the frames that it is shown in, and where they
//! are too many, those that stand for the others.

use std::ops::Range;

/// Pictures one after the other.
#[derive(Clone, Debug)]
pub struct Strip<K, T> {
    most: usize,
    stretches: Vec<Stretch<K, T>>,
    different: usize,
}

/// Frames in which a picture is the same.
#[derive(Clone, Debug)]
pub struct Stretch<K, T> {
    /// What the picture is of: such may stand for one another.
    pub of: K,
    /// The picture.
    pub picture: T,
    /// The frames.
    pub frames: Range<u64>,
}

/// So many times more pictures than are wanted are kept on the way, so that those that stay lie evenly.
const SPARE: usize = 4;

/// Frames that a frame counts for which would have to show what it is not of.
const FOREIGN: u64 = 1 << 20;

impl<K: PartialEq, T: PartialEq> Strip<K, T> {
    /// A strip of at most so many pictures, 1 or more.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), stretches: Vec::new(), different: 0 }
    }

    /// Shows a picture in a frame, one that follows on those shown before, and returns what is kept of it: that
    /// of its first frame.
    pub fn show(&mut self, frame: u64, of: K, picture: T) -> &mut T {
        let is_same =
            |last: &Stretch<K, T>| last.frames.end == frame && last.of == of && last.picture == picture;
        if !self.stretches.last().is_some_and(is_same) {
            self.different += 1;
            self.stretches.push(Stretch { of, picture, frames: frame..frame });
            if self.stretches.len() > SPARE * self.most {
                // The last is still on.
                self.thin(SPARE * self.most / 2, 1);
            }
        }
        let last = self.stretches.len() - 1;
        self.stretches[last].frames.end = frame + 1;
        &mut self.stretches[last].picture
    }

    /// About what the pictures will amount to that stay, each of them to so much.
    pub fn amount(&self, of: impl Fn(&T) -> usize) -> usize {
        let all: usize = self.stretches.iter().map(|stretch| of(&stretch.picture)).sum();
        if self.stretches.len() > self.most { all / self.stretches.len() * self.most } else { all }
    }

    /// The pictures, at most as many as are wanted, and how many there were.
    pub fn finish(mut self) -> (Vec<Stretch<K, T>>, usize) {
        self.thin(self.most, 0);
        (self.stretches, self.different)
    }

    /// Leaves out all but `most`, and of the last so many none.
    fn thin(&mut self, most: usize, last: usize) {
        while self.stretches.len() > most.max(1) {
            let costs = (0..self.stretches.len() - last).map(|at| self.cost(at));
            let Some((_, at)) = costs.zip(0..).min() else { return };
            self.leave_out(at);
        }
    }

    /// Frames that one picture would stand for without that one: of the same, so that all come to stand for as many.
    fn cost(&self, at: usize) -> u64 {
        let frames = |at: usize| self.stretches[at].frames.end - self.stretches[at].frames.start;
        match self.heir(at) {
            Some(heir) if self.stretches[heir].of == self.stretches[at].of => frames(at) + frames(heir),
            _ => FOREIGN * frames(at),
        }
    }

    /// The neighbour that takes over its frames: the one before it, if they are of the same.
    fn heir(&self, at: usize) -> Option<usize> {
        let stretch = &self.stretches[at];
        let touches = |other: &usize| {
            let frames = &self.stretches[*other].frames;
            frames.end == stretch.frames.start || frames.start == stretch.frames.end
        };
        let before = at.checked_sub(1).filter(touches);
        let after = Some(at + 1).filter(|after| *after < self.stretches.len()).filter(touches);
        let is_same = |other: &usize| self.stretches[*other].of == stretch.of;
        before.filter(is_same).or(after.filter(is_same)).or(before).or(after)
    }

    fn leave_out(&mut self, at: usize) {
        let heir = self.heir(at);
        let frames = self.stretches[at].frames.clone();
        if let Some(heir) = heir {
            let taken = &mut self.stretches[heir].frames;
            *taken = taken.start.min(frames.start)..taken.end.max(frames.end);
        }
        self.stretches.remove(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(most: usize, pictures: &[(char, u32)]) -> (Vec<(u32, Range<u64>)>, usize) {
        let mut strip = Strip::new(most);
        for (frame, (of, picture)) in (0..).zip(pictures) {
            strip.show(frame, *of, *picture);
        }
        let (stretches, different) = strip.finish();
        (stretches.into_iter().map(|s| (s.picture, s.frames)).collect(), different)
    }

    #[test]
    fn a_picture_that_stays_is_one_and_one_that_comes_again_is_another() {
        let shown = [('a', 1), ('a', 1), ('a', 2), ('a', 1), ('a', 1)];
        assert_eq!(strip(9, &shown), (vec![(1, 0..2), (2, 2..3), (1, 3..5)], 3));
    }

    #[test]
    fn of_many_pictures_those_that_stay_lie_evenly_and_cover_every_frame() {
        let moving: Vec<(char, u32)> = (0..1000).map(|n| ('a', n)).collect();
        let (kept, different) = strip(10, &moving);
        assert_eq!((kept.len(), different), (10, 1000));
        assert_eq!((kept[0].1.start, kept[9].1.end), (0, 1000));
        assert!(kept.windows(2).all(|pair| pair[0].1.end == pair[1].1.start), "{kept:?}");
        let lengths: Vec<u64> = kept.iter().map(|(_, frames)| frames.end - frames.start).collect();
        assert!(lengths.iter().all(|length| (50..=200).contains(length)), "{lengths:?}");
        assert!(kept.iter().all(|(picture, frames)| frames.contains(&u64::from(*picture))));
    }

    #[test]
    fn what_is_of_something_else_stays_whatever_moves_beside_it() {
        let moving = (0..200).map(|n| ('a', n));
        let shown: Vec<(char, u32)> = moving.chain([('b', 900)]).chain((0..200).map(|n| ('c', n))).collect();
        let (kept, _) = strip(5, &shown);
        assert!(kept.contains(&(900, 200..201)), "{kept:?}");
        assert_eq!(kept.len(), 5);
    }

    #[test]
    fn what_the_pictures_amount_to_is_known_before_all_are_there() {
        let mut strip = Strip::new(2);
        let amounts = [10, 10, 20, 20, 20].into_iter().zip(0..).map(|(amount, frame)| {
            strip.show(frame, 'a', (frame, amount));
            strip.amount(|(_, amount)| *amount)
        });
        assert_eq!(amounts.collect::<Vec<_>>(), [10, 20, 26, 30, 32]);
    }

    #[test]
    fn frames_in_which_nothing_is_shown_are_given_to_nobody() {
        let mut strip = Strip::new(1);
        strip.show(0, 'a', 1);
        strip.show(5, 'a', 2);
        let (kept, different) = strip.finish();
        assert_eq!((kept.len(), different), (1, 2));
        assert_eq!(kept[0].frames.end - kept[0].frames.start, 1);
    }
}
