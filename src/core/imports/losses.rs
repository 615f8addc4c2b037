//! Losses as they were recorded: at checkpoints, between them and beyond.

/// Losses of a run as somebody told them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedLosses {
    /// What the training told, usually of mini-batches in training mode.
    pub told: Curve,
    /// Those on the evaluation's examples.
    pub evaluated: Curve,
}

/// Losses by step, steps rising. NaN stands for none and is not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<(u64, f64)>,
    /// How many there were in all.
    count: usize,
}

/// Losses that are held of a run; beyond, of each four the lowest and the highest.
const MOST: usize = 1 << 20;

impl RecordedLosses {
    /// Losses that a training told, by step.
    pub fn told(losses: impl IntoIterator<Item = (u64, f64)>) -> Self {
        let mut told = Curve::default();
        losses.into_iter().for_each(|(step, loss)| told.push(step, loss));
        Self { told, ..Self::default() }
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.told.count + self.evaluated.count
    }

    /// A word where not all are held.
    pub fn thinned(&self) -> Option<String> {
        let held = self.told.points.len() + self.evaluated.points.len();
        (held < self.count()).then(|| {
            format!("Of {} recorded losses {held} are drawn: the lowest and the highest of those beside each other.", self.count())
        })
    }
}

impl Curve {
    /// Takes the loss of a later step.
    pub fn push(&mut self, step: u64, loss: f64) {
        if loss.is_nan() {
            return;
        }
        if self.points.len() >= MOST {
            self.points = envelope(&self.points, 4);
        }
        self.points.push((step, loss));
        self.count += 1;
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.count
    }

    /// At most about so many of them: the lowest and the highest of those beside each other.
    pub fn outline(&self, most: usize) -> Vec<(u64, f64)> {
        envelope(&self.points, (2 * self.points.len()).div_ceil(most.max(2)))
    }
}

/// The lowest and the highest of each `bucket` beside each other, and the last; all of them where buckets hold two.
fn envelope(points: &[(u64, f64)], bucket: usize) -> Vec<(u64, f64)> {
    if bucket <= 2 {
        return points.to_vec();
    }
    let ends = |bucket: &[(u64, f64)]| {
        let by_loss = |a: &(u64, f64), b: &(u64, f64)| a.1.total_cmp(&b.1);
        let mut ends = [bucket.iter().copied().min_by(by_loss), bucket.iter().copied().max_by(by_loss)];
        ends.sort_by_key(|end| end.map(|(step, _)| step));
        ends.into_iter().flatten()
    };
    let mut kept: Vec<(u64, f64)> =
        points.chunks(bucket).flat_map(ends).chain(points.last().copied()).collect();
    kept.dedup_by_key(|(step, _)| *step);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_every_spike_and_the_last_loss() {
        let spiky = |step| if step == 7_777 { 50.0 } else { (step % 10) as f64 };
        let losses = RecordedLosses::told((0..100_000).map(|step| (step, spiky(step))));
        let outline = losses.told.outline(1000);
        assert!(outline.len() <= 1002, "{}", outline.len());
        assert!(outline.contains(&(7_777, 50.0)) && outline.is_sorted_by_key(|(step, _)| *step));
        assert_eq!((outline[0], *outline.last().unwrap()), ((0, 0.0), (99_999, 9.0)));
        assert_eq!(losses.told.outline(200_000).len(), 100_000, "there is room for all");
        assert_eq!(losses.thinned(), None);
    }

    #[test]
    fn what_is_not_known_is_no_loss_and_more_than_are_held_are_told() {
        let losses = RecordedLosses::told([(0, 1.0), (1, f64::NAN), (2, f64::INFINITY)]);
        assert_eq!((losses.count(), losses.told.outline(9)), (2, vec![(0, 1.0), (2, f64::INFINITY)]));
        let long = RecordedLosses::told((0..MOST as u64 + 5).map(|step| (step, step as f64)));
        assert!(long.thinned().unwrap().starts_with(&format!("Of {} recorded losses ", MOST + 5)));
        assert_eq!((long.told.points[0], long.told.points.len()), ((0, 0.0), MOST / 2 + 5));
    }
}
