//! What was opened last, and whether it is still that.

use std::sync::{Arc, LazyLock};

use crate::core::experiment::settings::Touches;
use crate::core::experiment::{ExperimentFile, Setting, builtin};

/// What was opened last.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    name: String,
    file: Arc<ExperimentFile>,
}

/// The built-in experiments by name.
static BUILT_IN: LazyLock<Vec<(&str, ExperimentFile)>> =
    LazyLock::new(|| builtin::names().filter_map(|name| Some((name, builtin::load(name)?.ok()?))).collect());

impl Opened {
    /// A file that is opened: by the name of the built-in experiment that it is, else by its title, or what it computes.
    pub fn new(file: &ExperimentFile) -> Self {
        let built_in = BUILT_IN.iter().find(|(_, known)| is_same(known, file)).map(|(name, _)| *name);
        let name = built_in.map_or_else(|| file.heading(), str::to_owned);
        Self { name, file: Arc::new(file.clone()) }
    }

    /// The same after another file was opened: one that still has its title is this one, changed.
    pub fn or_new(&self, file: &ExperimentFile) -> Self {
        let is_this = !file.title.is_empty() && file.title == self.file.title;
        if is_this { self.clone() } else { Self::new(file) }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether something else is computed by now; how it is looked at does not count.
    pub fn is_changed(&self, now: &ExperimentFile) -> bool {
        !is_same(&self.file, now)
    }
}

/// Whether the same is computed.
fn is_same(a: &ExperimentFile, b: &ExperimentFile) -> bool {
    let is_computed =
        |setting: Setting| !matches!(setting.row().touches, Touches::Name | Touches::Look | Touches::Passage);
    !Setting::differing(a, b).any(is_computed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_opened_keeps_its_name_when_it_is_changed() {
        let file = builtin::load("rosenbrock").unwrap().unwrap();
        let opened = Opened::new(&file);
        assert_eq!((opened.name(), opened.is_changed(&file)), ("rosenbrock", false));
        let mut lit = file.clone();
        lit.view.opacity = 0.5;
        assert!(!opened.is_changed(&lit), "it is looked at otherwise");
        let mut changed = ExperimentFile { title: String::new(), ..file.clone() };
        changed.seed += 1;
        assert!(opened.is_changed(&changed));
        let reloaded = ExperimentFile { steps: 7, ..file.clone() };
        assert_eq!(opened.or_new(&reloaded).name(), "rosenbrock", "only its start was read from a file");
        let other = ExperimentFile { title: "mine".into(), ..file };
        assert_eq!(opened.or_new(&other).name(), "rosenbrock", "what it computes is that");
        let other = ExperimentFile { title: "mine".into(), seed: 5, ..ExperimentFile::default() };
        assert_eq!(opened.or_new(&other).name(), "mine");
        assert_eq!(Opened::new(&ExperimentFile { seed: 5, ..other }.clone()).name(), "mine");
        let bare = ExperimentFile { seed: 5, ..ExperimentFile::default() };
        assert_eq!(Opened::new(&bare).name(), "model3 on xor");
    }
}
