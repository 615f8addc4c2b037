//! The run whose network is served.

use std::sync::Arc;

use crate::core::experiment::Experiment;
use crate::core::grid::Combinations;
use crate::core::grid::talk::Hello;
use crate::core::num::ParamLayout;
use crate::core::train::Course;

/// The run whose network is served.
#[derive(Clone, Debug)]
pub struct Run {
    /// Of its thetas.
    pub layout: ParamLayout,
    /// Where it is held by coordinates, its recording and its checkpoints.
    spanned: Option<(String, Arc<Course>)>,
}

impl Run {
    /// That of an experiment.
    pub fn of(experiment: &Experiment) -> Self {
        let layout = experiment.problem().layout().clone();
        let import = experiment.import().filter(|_| layout.is_span());
        match import.and_then(|import| Some((import, import.recorded.as_ref()?))) {
            Some((import, recorded)) => {
                Self::spanned(layout, recorded.id.clone(), Arc::clone(&import.course))
            }
            None => layout.into(),
        }
    }

    /// One that is told by the checkpoints of the recording of that id.
    pub fn spanned(layout: ParamLayout, id: String, course: Arc<Course>) -> Self {
        Self { layout, spanned: Some((id, course)) }
    }

    /// Whether an evaluator can read what its vectors are told by.
    pub fn is_known_to(&self, hello: &Hello) -> bool {
        match &self.spanned {
            Some((id, _)) => !id.is_empty() && Some(id) == hello.recording.as_ref(),
            None => !self.layout.is_span(),
        }
    }

    /// Whether an experiment is of the same network, and of the same checkpoints where it is told by these.
    pub fn is_of(&self, experiment: &Experiment) -> bool {
        let is_same =
            |course: &Arc<Course>| experiment.imported().is_some_and(|own| Arc::ptr_eq(own, course));
        *experiment.problem().layout() == self.layout
            && self.spanned.as_ref().is_none_or(|(_, course)| is_same(course))
    }

    /// What its vectors are made of, where it is held by coordinates.
    pub fn combinations(&self) -> Option<Arc<Combinations>> {
        self.spanned.as_ref().and_then(|(_, course)| Combinations::of(course)).map(Arc::new)
    }
}

impl From<ParamLayout> for Run {
    fn from(layout: ParamLayout) -> Self {
        Self { layout, spanned: None }
    }
}
