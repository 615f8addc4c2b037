//! Which examples became right when: how many are right for good from each step on, and where they lie.

use bevy_egui::egui::Color32;

use super::{About, Inks, Maker, Moment, Touched, without_examples};
use crate::core::data::{Dataset, Target};
use crate::core::geometry::colormap::ColorMap;
use crate::core::objective::Supervised;
use crate::core::session::Revision;
use crate::core::text::Percent;
use crate::scene::side::Side;
use crate::scene::training::Live;
use crate::ui::chart::{Chart, Mark};

/// What is told of it.
pub const ABOUT: About = About {
    touched: |touch| Some(Touched::Step(touch.at[0].max(0.0).round() as u64)),
    ..About::new(
        "When right",
        "From which step on each training example is predicted right for good; of two features, where they lie.",
    )
};

/// Looks at the data over a run's length so far, and in a frame.
const LOOKS: u64 = 120;
const LOOKS_A_FRAME: usize = 4;

/// It keeps what was looked at.
#[derive(Default)]
pub struct Learned {
    of: Option<(Revision, u64)>,
    /// The step of each look, and whether each example was right there.
    looks: Vec<(u64, Vec<bool>)>,
    is_behind: bool,
}

impl<S: Side> Maker<S> for Learned {
    fn draw(&mut self, moment: &Moment<S>) -> Chart {
        const SAYS: &str = "A prediction is right or wrong where the targets are classes.";
        let problem = &moment.known.plan.problem;
        let learned = problem.supervised().filter(|learned| learned.train().target() != Target::Real);
        let Some(learned) = learned else { return without_examples(problem, SAYS) };
        if let Some(live) = moment.sources.training.leader() {
            self.follow(moment.known.revision, learned, live);
        }
        chart(&self.looks, learned.train(), &moment.inks)
    }

    fn is_due(&mut self, is_news: bool, _waits: bool) -> bool {
        is_news || self.is_behind
    }

    fn is_behind(&self) -> bool {
        self.is_behind
    }
}

impl Learned {
    /// Catches up with the run that the plane goes through, a few points at a time.
    fn follow(&mut self, revision: Revision, learned: &Supervised, live: &Live) {
        let of = (revision, live.rewinds());
        if self.of != Some(of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
        let last = live.points().last().map_or(0, |last| last.step);
        let every = (last / LOOKS).max(1);
        let mut next = self.looks.last().map_or(0, |(step, _)| step + every);
        let mut left = LOOKS_A_FRAME;
        self.is_behind = false;
        for point in live.points() {
            if point.step < next {
                continue;
            }
            if left == 0 {
                self.is_behind = true;
                return;
            }
            (next, left) = (point.step + every, left - 1);
            self.looks.push((point.step, learned.rights(&point.theta)));
        }
    }
}

/// The step from which on each example is right for good; `None` of one that is wrong at the last look.
fn since(looks: &[(u64, Vec<bool>)], examples: usize) -> Vec<Option<u64>> {
    let of = |example: usize| {
        let wrong = looks.iter().rposition(|(_, right)| !right[example]);
        looks.get(wrong.map_or(0, |wrong| wrong + 1)).map(|(step, _)| *step)
    };
    (0..examples).map(of).collect()
}

fn chart(looks: &[(u64, Vec<bool>)], data: &Dataset, inks: &Inks) -> Chart {
    let since = since(looks, data.rows());
    let mut steps: Vec<u64> = since.iter().copied().flatten().collect();
    steps.sort_unstable();
    let count = data.rows() as f64;
    let points = steps.iter().enumerate().map(|(i, step)| [*step as f64, (i + 1) as f64 / count]).collect();
    let line = Mark::Line { name: "right for good".to_owned(), color: inks.runs[0], width: 2.0, points };
    Chart {
        x: "step".to_owned(),
        y: "share of the examples".to_owned(),
        marks: vec![line],
        note: note(looks, &since),
        below: (data.inputs() == 2).then(|| Box::new(places(looks, &since, data, inks))),
        ..Chart::default()
    }
}

fn note(looks: &[(u64, Vec<bool>)], since: &[Option<u64>]) -> String {
    let share = |count: usize| Percent(count as f64 / since.len() as f64);
    let wrong = since.iter().filter(|step| step.is_none()).count();
    let is_forgotten =
        |example: &usize| since[*example].is_none() && looks.iter().any(|(_, right)| right[*example]);
    let forgotten = (0..since.len()).filter(is_forgotten).count();
    let last = looks.last().map_or(0, |(step, _)| *step);
    format!(
        "At step {last}, {} of the training examples are wrong; {} of them all are wrong again. The run is looked at {} times.",
        share(wrong),
        share(forgotten),
        looks.len()
    )
}

/// Where the examples lie, by the step from which on they are right; those that are wrong are hollow.
fn places(looks: &[(u64, Vec<bool>)], since: &[Option<u64>], data: &Dataset, inks: &Inks) -> Chart {
    let last = looks.last().map_or(1, |(step, _)| (*step).max(1)) as f64;
    let color = |step: u64| {
        let [r, g, b] = ColorMap::Viridis.at(step as f64 / last);
        Color32::from_rgb(r, g, b)
    };
    let at = |row: usize| [data.x()[2 * row], data.x()[2 * row + 1]];
    let mut steps: Vec<Option<u64>> = since.to_vec();
    steps.sort_unstable();
    steps.dedup();
    let group = |step: Option<u64>| {
        let points = (0..since.len()).filter(|row| since[*row] == step).map(at).collect();
        let color = step.map_or(inks.faint, color);
        Mark::Points { name: String::new(), color, radius: if step.is_some() { 3.0 } else { 1.5 }, points }
    };
    let marks = steps.into_iter().map(group).collect();
    let legend = vec![
        ("right from the start".to_owned(), color(0)),
        ("right since late".to_owned(), color(last as u64)),
        ("wrong".to_owned(), inks.faint),
    ];
    Chart { x: "x₁".to_owned(), y: "x₂".to_owned(), marks, legend, is_equal: true, ..Chart::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_right_since_the_look_after_the_last_at_which_it_was_wrong() {
        let looks = [
            (0, vec![true, false, false, true]),
            (10, vec![true, true, false, false]),
            (20, vec![true, false, true, false]),
            (30, vec![true, true, true, false]),
        ];
        assert_eq!(since(&looks, 4), [Some(0), Some(30), Some(20), None]);
        let told = note(&looks, &since(&looks, 4));
        assert!(told.starts_with("At step 30, 25.0 % of the training examples are wrong; 25.0 %"), "{told}");
    }
}
