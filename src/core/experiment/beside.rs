//! Two experiments beside each other: one, and the settings in which the second differs.

use std::sync::Arc;

use super::assign::said_at;
use super::assignment::Assignment;
use super::checked::Experiment;
use super::comparison::{is_of_both, second_file};
use super::difference::differences;
use super::field::FieldError;
use super::look::CompareBy;
use super::problem;
use super::settings::{Change, ExperimentFile, Setting};
use crate::core::data::BatchSize;
use crate::core::io::shipped;
use crate::core::text::visible;

/// A refusal of the second experiment.
fn of_second(error: FieldError) -> FieldError {
    FieldError { field: format!("compare: {}", error.field), ..error }
}

impl Experiment {
    /// The experiment that is shown beside it, where one is: it differs in what is compared, and in nothing else.
    pub fn second(&self) -> Option<&Self> {
        self.second.as_deref()
    }

    /// The same, with the experiment beside it that its file asks for. Examples that itself or the second one `before`
    /// has are not drawn or read anew.
    ///
    /// # Errors
    /// If what is compared makes no sense.
    pub(super) fn with_second(self, before: Option<&Self>) -> Result<Self, FieldError> {
        let Some(file) = second_file(&self.file)? else {
            let alone = self.beside(None);
            alone.check_between()?;
            return Ok(alone);
        };
        let near = self.near(before, &file).unwrap_or(&self);
        let is_length_given = file.steps != self.steps;
        let mut second = near.with(|whole| *whole = file).map_err(of_second)?;
        if self.view.compare_by == CompareBy::Epoch && !is_length_given {
            let steps = self.steps_beside(&second, self.steps);
            second = second.with(|whole| whole.steps = steps).map_err(of_second)?;
        }
        let whole = self.beside(Some(Arc::new(second)));
        whole.check_between()?;
        Ok(whole)
    }

    fn beside(mut self, second: Option<Arc<Self>>) -> Self {
        self.second = second;
        self.sides = self.called().map(Arc::new);
        self
    }

    /// Of itself and another one, that which poses the problem of a file.
    fn near<'a>(&'a self, other: Option<&'a Self>, file: &ExperimentFile) -> Option<&'a Self> {
        [Some(self), other].into_iter().flatten().find(|known| problem::is_same_in(&known.file, file))
    }

    /// Whether another file poses a problem, itself or beside it, that is not posed here.
    pub(super) fn poses_none_of(&self, file: &ExperimentFile) -> bool {
        let is_new = |file: &ExperimentFile| self.near(self.second(), file).is_none();
        !problem::is_same_in(&self.file, file)
            || second_file(file).ok().flatten().is_some_and(|file| is_new(&file))
    }

    /// The step at which the second is when this one is at a step; without a second, that step.
    pub fn step_beside(&self, step: u64) -> u64 {
        match self.second() {
            Some(second) if self.view.compare_by == CompareBy::Epoch => self.steps_beside(second, step),
            _ => step,
        }
    }

    /// The change of this experiment that changes the second so: what is compared, or where both share a setting, that.
    /// The same change where there is no second.
    pub fn change_of_second(&self, change: Change) -> Change {
        let Some(second) = self.second().filter(|_| !is_of_both(change.setting())) else { return change };
        let mut wanted = second.file.clone();
        change.put(&mut wanted);
        let alone = ExperimentFile { compare: Vec::new(), title: String::new(), ..self.file.clone() };
        let differing = differences(&alone, &wanted).into_iter();
        Change::Compare(differing.map(|(path, value)| Assignment { path, text: value.to_string() }).collect())
    }

    /// Steps in which another sees as many examples as this one in so many.
    fn steps_beside(&self, other: &Self, steps: u64) -> u64 {
        let [own, others] = [self, other].map(|one| u128::from(one.steps_an_epoch()));
        let steps = (u128::from(steps) * others + own / 2) / own;
        u64::try_from(steps).unwrap_or(u64::MAX)
    }

    /// Steps in which each example is seen once, 1 at least.
    fn steps_an_epoch(&self) -> u64 {
        match self.batch {
            BatchSize::Full => 1,
            BatchSize::Size(size) => self.problem.examples().div_ceil(size.max(1)).max(1) as u64,
        }
    }

    /// What each of the two is called beside the other: where they differ, and what they say there.
    pub fn sides(&self) -> Option<&[String; 2]> {
        self.sides.as_deref()
    }

    fn called(&self) -> Option<[String; 2]> {
        let second = self.second()?;
        if !second.title.is_empty() {
            return Some([self.heading(), second.title.clone()]);
        }
        // A start that was found elsewhere, and ranges, go with what else is another.
        let is_telling = |path: &&str| {
            let own = Setting::of_path(path);
            !matches!(own, Some(Setting::Title | Setting::From | Setting::Ranges))
        };
        let paths = || self.compare.iter().map(|assignment| &assignment.path[..]);
        let telling: Vec<&str> = paths().filter(is_telling).collect();
        let telling = if telling.is_empty() { paths().collect() } else { telling };
        let titles = |said: fn(&ExperimentFile, &str) -> String| {
            [self, second]
                .map(|side| telling.iter().map(|path| said(&side.file, path)).collect::<Vec<_>>().join(" · "))
        };
        let [one, other] = titles(said_shortly);
        Some(if one == other { titles(said_at) } else { [one, other] })
    }
}

/// The same as [`said_at`], of a start from a file no more than its name.
fn said_shortly(file: &ExperimentFile, path: &str) -> String {
    match (Setting::of_path(path), &file.from) {
        (Some(Setting::From), Some(from)) => format!("from {}", visible(shipped::stem(from))),
        _ => said_at(file, path),
    }
}
