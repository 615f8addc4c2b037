//! Where something is at which second of a film: a key for each frame, but for those between which nothing moves.

use std::ops::Range;

/// The keys so far.
pub(super) struct Track<T> {
    keys: Vec<(f64, T)>,
    /// The seconds of the frames in which it was seen, as stretches from a first to a last.
    seen: Vec<[f64; 2]>,
    last: Option<(f64, T)>,
}

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self { keys: Vec::new(), seen: Vec::new(), last: None }
    }
}

/// Seconds before a cut at which the place before it still holds: less than a frame.
const CUT_SECS: f64 = 1e-3;

impl<T: Copy + PartialEq> Track<T> {
    /// It is there in a frame; where the film cuts to it, it did not go there from where it was.
    pub(super) fn add(&mut self, secs: f64, place: T, is_cut: bool) {
        match self.last {
            Some((_, last)) if is_cut => {
                self.key(secs - CUT_SECS, last);
                self.key(secs, place);
            }
            Some((at, last)) if last != place => {
                self.key(at, last);
                self.key(secs, place);
            }
            Some(_) => {}
            None => self.key(secs, place),
        }
        self.last = Some((secs, place));
        self.seen.push([secs; 2]);
    }

    fn key(&mut self, secs: f64, place: T) {
        if self.keys.last().is_none_or(|(at, _)| *at < secs) {
            self.keys.push((secs, place));
        }
    }

    /// The seconds in which it was seen, of a film with a frame every `frame` seconds and of so many.
    pub(super) fn shown(&self, frame: f64, secs: f64) -> Vec<Range<f64>> {
        let mut shown: Vec<Range<f64>> = Vec::new();
        for [first, last] in &self.seen {
            let end = (last + frame).min(secs);
            match shown.last_mut() {
                Some(before) if before.end > first - 0.5 * frame => before.end = end,
                _ => shown.push(*first..end),
            }
        }
        shown
    }

    /// The keys, to the end of a film of so many seconds.
    pub(super) fn finish(mut self, secs: f64) -> Vec<(f64, T)> {
        if let Some((_, last)) = self.last {
            self.key(secs, last);
        }
        self.keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_has_a_key_at_either_end_of_its_rest() {
        let mut track = Track::default();
        for (frame, place) in [0, 0, 0, 1, 2, 2, 2].into_iter().enumerate() {
            track.add(frame as f64, place, false);
        }
        assert_eq!(track.shown(1.0, 7.0), [0.0..7.0]);
        assert_eq!(track.finish(7.0), [(0.0, 0), (2.0, 0), (3.0, 1), (4.0, 2), (7.0, 2)]);
    }

    #[test]
    fn a_cut_is_no_way() {
        let mut track = Track::default();
        track.add(0.0, 0, true);
        track.add(1.0, 9, true);
        assert_eq!(track.finish(2.0), [(0.0, 0), (1.0 - CUT_SECS, 0), (1.0, 9), (2.0, 9)]);
    }

    #[test]
    fn it_is_shown_where_it_was_seen() {
        let mut track = Track::default();
        [0.0, 0.1, 0.4].into_iter().for_each(|secs| track.add(secs, 0, false));
        let shown = track.shown(0.1, 1.0);
        assert!(shown.len() == 2 && (shown[0].end - 0.2).abs() < 1e-9 && shown[1] == (0.4..0.5), "{shown:?}");
    }
}
