//! Where a run got out of hand.
//!
//! The rule: a run has blown up if its loss, from some checkpoint on and to its last, is no number or more
//! than [`GROWTH`] times the loss that it started with. A start below [`LEAST_START`] counts as that much: at
//! the bottom there is no scale to go by. A run that comes back has not blown up.

use std::fmt;

use serde::Serialize;

use super::trajectory::Checkpoint;
use crate::core::text::Measured;

/// So many times the loss at the start is out of hand.
pub const GROWTH: f64 = 100.0;
/// A start counts as no lower than this.
pub const LEAST_START: f64 = 0.01;

/// Where and how far a run got out of hand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BlowUp {
    /// The first of the steps kept from which on the loss is out of hand.
    pub step: u64,
    /// The last step before the loss went up to it: how far a plane is fitted to the run.
    pub sound_until: u64,
    /// The loss at `step`; it may be no number.
    pub loss: f64,
    /// The loss at the start.
    pub start: f64,
}

/// What became of a run with those checkpoints, oldest first: nothing, or where it blew up.
pub fn blow_up(points: &[Checkpoint]) -> Option<BlowUp> {
    let (first, last) = points.first().zip(points.last())?;
    let is_out = |point: &Checkpoint| is_out_of_hand(point.loss, first.loss);
    if !is_out(last) {
        return None;
    }
    let at = points.iter().rposition(|point| !is_out(point)).map_or(0, |sound| sound + 1);
    Some(BlowUp {
        step: points[at].step,
        sound_until: points[sound_end(points, at)].step,
        loss: points[at].loss,
        start: first.loss,
    })
}

/// Whether a loss is out of hand for a run that started with another.
fn is_out_of_hand(loss: f64, start: f64) -> bool {
    !loss.is_finite() || !start.is_finite() || loss > GROWTH * start.max(LEAST_START)
}

/// Checkpoints that a plane needs to follow the bend of a run.
const LEAST_SOUND: usize = 3;

/// The place of the last checkpoint before the run went up to the one `at` which it blew up: the last no
/// higher than the start. Where that is too early for a plane, the last before that one; and that one itself
/// where there is none but the start.
fn sound_end(points: &[Checkpoint], at: usize) -> usize {
    let before = points[..at].iter().rposition(|point| point.loss <= points[0].loss);
    match before.filter(|end| end + 1 >= LEAST_SOUND) {
        Some(end) => end,
        None if at >= 2 => at - 1,
        None => at,
    }
}

impl BlowUp {
    /// Whether it lasts to a point of the same run with that loss.
    pub fn lasts(&self, loss: f64) -> bool {
        is_out_of_hand(loss, self.start)
    }
}

impl fmt::Display for BlowUp {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { step, loss, start, .. } = self;
        match loss.is_finite() {
            true => {
                let [loss, start] = [loss, start].map(|loss| format!("{:.2}", Measured(*loss)));
                write!(
                    f,
                    "training blows up at step {step}: its loss is {loss} there, from {start} at the start"
                )
            }
            false => write!(f, "training diverges at step {step}: its loss is no number there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(losses: &[f64]) -> Vec<Checkpoint> {
        let point = |(step, &loss): (usize, &f64)| Checkpoint {
            step: 10 * step as u64,
            theta: [step as f64].into(),
            loss,
            grad_norm: 1.0,
        };
        losses.iter().enumerate().map(point).collect()
    }

    fn found(losses: &[f64]) -> Option<(u64, u64)> {
        blow_up(&run(losses)).map(|found| (found.step, found.sound_until))
    }

    #[test]
    fn a_loss_that_grows_beyond_a_hundred_times_its_start_is_out_of_hand() {
        assert_eq!(found(&[0.5, 0.4, 0.3, 0.6, 30.0, 51.0, 1e9]), Some((50, 20)));
        assert_eq!(found(&[0.5, 0.4, 0.3, 0.6, 30.0, 49.0]), None, "high, and not so high");
        assert_eq!(found(&[0.5, 1e9, 0.4]), None, "it came back");
        assert_eq!(found(&[1e-9, 1e-3, 0.5]), None, "a start at the bottom has no scale");
        assert_eq!(found(&[1e-9, 1e-9, 1e-9, 1.5]), Some((30, 20)));
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_loss_that_is_no_number_is_out_of_hand_wherever_it_began() {
        assert_eq!(found(&[0.5, 0.4, 0.3, f64::NAN]), Some((30, 20)));
        assert_eq!(found(&[0.5, 0.4, 0.3, 1e5, f64::INFINITY]), Some((30, 20)), "it began with the growth");
        assert_eq!(found(&[f64::NAN]), Some((0, 0)));
    }

    #[test]
    fn a_plane_has_enough_to_go_by_even_where_the_run_rose_from_the_start() {
        assert_eq!(found(&[0.5, 0.7, 3.0, 9.0, 80.0]), Some((40, 30)), "all that is not out of hand");
        assert_eq!(found(&[0.5, 800.0, 1e9]), Some((10, 10)), "one step is a line, no step is none");
    }

    #[test]
    fn it_is_told_in_a_sentence() {
        let told = |losses: &[f64]| blow_up(&run(losses)).unwrap().to_string();
        assert_eq!(
            told(&[0.25, 0.2, 312.0]),
            "training blows up at step 20: its loss is 312 there, from 0.25 at the start"
        );
        assert_eq!(told(&[0.25, f64::NAN]), "training diverges at step 10: its loss is no number there");
    }

    #[test]
    fn it_lasts_as_long_as_the_loss_stays_up() {
        let found = blow_up(&run(&[0.5, 1e3])).unwrap();
        assert!(found.lasts(1e9) && found.lasts(f64::NAN) && !found.lasts(0.4));
    }
}
