//! What follows from the experiment: look-ahead run, plane, and the pictures of plane and volume.
//!
//! A job drives [`Pipeline`]; a change of the experiment starts another and drops this one.
//! The pictures of the old question stay on screen until the new plane is known.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;

use super::Step;
use super::executor::{Executor, News, Task};
use super::memory;
use super::mishap::Mishap;
use super::session::{Coming, SessionState};
use super::side::{First, Side};
use crate::core::experiment::pipeline::{self, Finding, Pipeline, PipelineError, Plan};
use crate::core::experiment::{Experiment, SliceFile, checked::TrainingQuestion};
use crate::core::grid::losses::finite_range;
use crate::core::grid::{Evaluator, Field};
use crate::core::num::{Advance, Job, Progress};
use crate::core::session::{self, Revision};
use crate::core::subspace::RandomWalks;
use crate::core::train::Trajectory;

/// What is known of the landscape.
#[derive(Resource, Default)]
pub struct Landscape<S: Side = First> {
    question: session::Derivation<Question>,
    task: Option<Task<Chain>>,
    /// What was told before the question was asked.
    early: Vec<Told>,
    /// The answers to the question that is to come, as far as that is foreseen.
    ahead: Option<Ahead>,
    /// Frames since the question was asked.
    frames_waited: u32,
    /// Where the plane stands along the third direction, as the slice last said.
    stands_at: f64,
    /// Where the plane was asked for.
    asked_alpha3: f64,
    /// What the look-ahead run of the question asked last depends on.
    trained: Option<Trained>,
    known: Option<Known>,
    /// That of the picture taken in last.
    pictures: Revision,
    /// Why there is no plane, in words.
    pub failure: Option<String>,
    /// How far the present stage of the work is; `None` when there is nothing to do.
    pub progress: Option<Progress>,
    /// What the answers to the present question took.
    pub spent: Spent,
    /// Cells of grids evaluated since the start, by anyone: nothing is to be evaluated unasked.
    pub cells_evaluated: u64,
    side: PhantomData<S>,
}

/// Who evaluates the slices of an experiment, in the quantity that it asks for; nobody where its loss is not to be
/// had. Asked on the main thread, for each new question.
#[derive(Resource, Clone)]
pub struct Evaluators(pub Arc<dyn Fn(&Experiment) -> Option<Arc<dyn Evaluator>> + Send + Sync>);

impl fmt::Debug for Evaluators {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.debug_struct("Evaluators").finish_non_exhaustive()
    }
}

impl Default for Evaluators {
    fn default() -> Self {
        Self(Arc::new(pipeline::in_process))
    }
}

/// Work, and the time it took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// On the look-ahead run; of another slice of the same training, what it took when it was run.
    pub training: Duration,
    /// On plane and volume.
    pub grids: Duration,
    /// Losses on plane and volume.
    pub losses: u64,
}

/// The answers to the question asked last, or to the one before until the new plane is known.
pub struct Known {
    /// The question they answer.
    pub revision: Revision,
    /// Trajectory and plane.
    pub plan: Arc<Plan>,
    /// The plane at some alpha3.
    pub plane: Option<PlaneAt>,
    /// The volume.
    pub volume: Option<Picture>,
    /// What random walks would explain along the plane's axes.
    pub walks: Option<RandomWalks>,
    /// The question's part that its look-ahead run answers.
    trained: Trained,
    /// The lowest and highest finite losses, or values of the quantity shown, of plane and volume.
    pub losses: Vec<f64>,
    /// The lowest and highest of its true values along the look-ahead run, as far as it is sound.
    pub trail_losses: Vec<f64>,
}

/// A field that is shown. Plane and volume have a revision each: where one changes, nothing that was made of
/// the other is made again.
pub struct Picture {
    /// Which picture it is: no two of a landscape have the same.
    pub revision: Revision,
    /// Its losses.
    pub field: Field,
}

/// Which pictures there are: of which question, of the plane and of the volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureRevisions {
    /// The question that they answer.
    pub question: Revision,
    /// The plane's.
    pub plane: Option<Revision>,
    /// The volume's.
    pub volume: Option<Revision>,
}

/// A picture of a plane, and where it lies.
pub struct PlaneAt {
    /// Its place along the third direction.
    pub alpha3: f64,
    /// How far it is on the way to the landscape beside it.
    pub between: f64,
    /// Its losses.
    pub picture: Picture,
}

/// What the look-ahead run depends on: the training and its planned steps.
type Trained = (TrainingQuestion, u64);

/// What the pictures depend on.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    trained: Trained,
    slice: SliceFile,
    /// Which numbers a slice that was evaluated elsewhere has: there may be more of them by now.
    imported: Option<usize>,
}

impl Question {
    fn of(experiment: &Experiment) -> Self {
        Self {
            trained: (experiment.training_question(), experiment.steps),
            slice: experiment.slice.clone(),
            imported: experiment.imported_slice().map(|slice| Arc::as_ptr(slice).addr()),
        }
    }
}

/// A question, asked or not yet, and who answers it.
struct Ahead {
    question: Question,
    /// Where its plane is asked for.
    alpha3: f64,
    task: Task<Chain>,
    /// What was told so far.
    news: Vec<Told>,
}

/// A piece of work that was told of, or the mishap that ended it.
type Told = Result<Worked, Mishap>;

/// A piece of work on the pictures.
struct Worked {
    /// What it brought to light.
    finding: Option<Result<Finding, PipelineError>>,
    /// How far the present stage is.
    progress: Progress,
    /// Cells of grids evaluated in it.
    cells: u64,
    /// What it took, and whether that was for the look-ahead run.
    took: Duration,
    is_training: bool,
}

/// The pipeline, which tells of each piece of work.
struct Chain {
    pipeline: Pipeline,
    /// How long the first picture is alone.
    head_start: Duration,
    /// Whether that picture has just been told of.
    is_first: bool,
    has_picture: bool,
}

impl Job for Chain {
    type Finding = Worked;

    fn advance(&mut self, losses: u64) -> Advance<Worked> {
        if std::mem::take(&mut self.is_first) && !self.head_start.is_zero() {
            std::thread::sleep(self.head_start);
        }
        let (before, is_training, began) =
            (self.pipeline.cells(), self.pipeline.is_training(), Instant::now());
        let finding = match self.pipeline.advance(losses) {
            Advance::Ended => return Advance::Ended,
            step => step.found(),
        };
        self.is_first = !self.has_picture && matches!(&finding, Some(Ok(Finding::Plane(_))));
        self.has_picture |= self.is_first;
        let cells = self.pipeline.cells() - before;
        let progress = self.pipeline.progress();
        Advance::Found(Worked { finding, progress, cells, took: began.elapsed(), is_training })
    }

    fn piece(&self) -> u64 {
        self.pipeline.piece()
    }
}

impl<S: Side> Landscape<S> {
    /// What is known, of this question or still of the one before.
    pub fn known(&self) -> Option<&Known> {
        self.known.as_ref()
    }

    /// What is known of the question asked last; nothing while its plane is not known.
    pub fn current(&self) -> Option<&Known> {
        self.known.as_ref().filter(|known| known.revision == self.question.revision())
    }

    /// The trajectory of a look-ahead run that takes the steps of that training, if it is known.
    pub fn trajectory_of(&self, training: &TrainingQuestion) -> Option<&Arc<Trajectory>> {
        let known = self.known.as_ref().filter(|known| known.trained.0 == *training);
        known.map(|known| &known.plan.trajectory)
    }

    /// Bytes that the look-ahead run's checkpoints take, with the list of a run that shares them.
    pub fn trajectory_bytes(&self) -> usize {
        let bytes = |known: &Known| known.plan.trajectory.bytes() + known.plan.trajectory.list_bytes();
        self.known.as_ref().map_or(0, bytes)
    }

    /// Whether all that there is to tell was told.
    pub fn is_settled(&self) -> bool {
        self.task.is_none() && (self.current().is_some() || self.failure.is_some())
    }

    /// Whether all is known that is to come, as far as that is foreseen.
    pub fn is_ahead_of(&self, coming: &Coming) -> bool {
        let is_known = |experiment: &Experiment| {
            let question = Question::of(experiment);
            let ahead = self.ahead.as_ref().filter(|ahead| ahead.question == question);
            self.question.asked() == Some(&question) || ahead.is_some_and(|ahead| ahead.task.is_over())
        };
        coming.of::<S>().is_none_or(is_known)
    }

    /// Says where the plane stands: there the next question begins.
    pub(super) fn stand_at(&mut self, alpha3: f64) {
        self.stands_at = alpha3;
    }

    /// Takes in a plane evaluated for another alpha3, or a place on the way to the landscape beside it.
    pub fn set_plane(&mut self, question: Revision, at: (f64, f64), field: Field, cells: u64) {
        self.cells_evaluated += cells;
        let picture = self.picture(field);
        if let Some(known) = self.known.as_mut().filter(|known| known.revision == question) {
            let (alpha3, between) = at;
            known.plane = Some(PlaneAt { alpha3, between, picture });
        }
    }

    /// A picture with the next revision.
    fn picture(&mut self, field: Field) -> Picture {
        self.pictures.0 += 1;
        Picture { revision: self.pictures, field }
    }
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    app.init_resource::<Landscape<S>>()
        .init_resource::<Evaluators>()
        .add_systems(Update, (ask_pipeline::<S>, take_answers::<S>).chain().in_set(Step::Landscape.of::<S>()))
        // No step of a side's own: a second landscape may be foreseen where there is none yet.
        .add_systems(Update, look_ahead::<S>.in_set(Step::Foreseen));
}

fn ask_pipeline<S: Side>(
    session: Res<SessionState<S>>,
    evaluators: Res<Evaluators>,
    executor: Executor,
    mut landscape: ResMut<Landscape<S>>,
) {
    let experiment = session.experiment();
    let question = Question::of(experiment);
    let trained = question.trained.clone();
    let foreseen = landscape.bypass_change_detection().ahead.take_if(|ahead| ahead.question == question);
    if landscape.bypass_change_detection().question.ask(question).is_some() {
        // Another slice of the same training needs no second look-ahead run.
        let is_trained = landscape.known.as_ref().is_some_and(|known| known.trained == trained);
        let training = if is_trained { landscape.spent.training } else { Duration::ZERO };
        landscape.spent = Spent { training, ..Spent::default() };
        landscape.failure = None;
        landscape.progress = Some(Progress { done: 0, total: experiment.steps });
        landscape.frames_waited = 0;
        let stands_at = landscape.stands_at;
        let ahead =
            foreseen.unwrap_or_else(|| landscape.begin(experiment, stands_at, &evaluators, &executor));
        (landscape.asked_alpha3, landscape.early) = (ahead.alpha3, ahead.news);
        landscape.task = Some(ahead.task);
        landscape.trained = Some(trained);
    }
}

/// Begins with the answers to the question that is to come. They are taken in once it is asked.
fn look_ahead<S: Side>(
    coming: Res<Coming>,
    evaluators: Res<Evaluators>,
    executor: Executor,
    mut landscape: ResMut<Landscape<S>>,
) {
    let landscape = landscape.bypass_change_detection();
    if coming.is_changed() {
        let experiment = coming.of::<S>().filter(|experiment| landscape.is_another(experiment));
        landscape.ahead = experiment
            .map(|experiment| landscape.begin(experiment, experiment.view.alpha3, &evaluators, &executor));
    }
    if let Some(ahead) = &mut landscape.ahead {
        let news = ahead.task.take(&executor);
        ahead.news.extend(news.into_iter().filter_map(told));
    }
}

impl<S: Side> Landscape<S> {
    /// Whether that experiment asks another question than the one that was asked last.
    fn is_another(&self, experiment: &Experiment) -> bool {
        self.question.asked() != Some(&Question::of(experiment))
    }

    /// Begins with the work on the pictures of an experiment.
    fn begin(
        &self,
        experiment: &Experiment,
        alpha3: f64,
        evaluators: &Evaluators,
        executor: &Executor,
    ) -> Ahead {
        let pipeline = self.pipeline(experiment.clone(), alpha3, evaluators.0(experiment));
        let head_start = if executor.is_beside() { HEAD_START } else { Duration::ZERO };
        let chain = Chain { pipeline, head_start, is_first: false, has_picture: false };
        let (question, task) = (Question::of(experiment), executor.start("slicing", chain));
        Ahead { question, alpha3, task, news: Vec::new() }
    }

    /// The chain of an experiment, which begins with what is known of its training already.
    fn pipeline(
        &self,
        experiment: Experiment,
        alpha3: f64,
        evaluator: Option<Arc<dyn Evaluator>>,
    ) -> Pipeline {
        let trained = (experiment.training_question(), experiment.steps);
        if let Some(known) = self.known.as_ref().filter(|known| known.trained == trained) {
            return Pipeline::resliced(experiment, evaluator, alpha3, &known.plan);
        }
        let Some(shorter) = self.trajectory_of(&trained.0).cloned() else {
            return Pipeline::new(experiment, evaluator, alpha3);
        };
        // A run that is recorded elsewhere grows while it is looked at.
        let before = self.known.as_ref().filter(|_| experiment.is_imported());
        let before = before.map(|known| Arc::clone(&known.plan));
        let pipeline = Pipeline::lengthened(experiment, evaluator, alpha3, shorter);
        if let Some(plan) = before { pipeline.following(plan) } else { pipeline }
    }
}

/// How long the first picture is on its way to the screen before the work on finer ones goes on: where
/// the processor also draws, the two would only delay each other.
const HEAD_START: Duration = Duration::from_millis(40);

fn take_answers<S: Side>(executor: Executor, mut landscape: ResMut<Landscape<S>>) {
    if landscape.task.is_none() {
        return;
    }
    let patience = landscape.patience();
    landscape.frames_waited += 1;
    let mut news = std::mem::take(&mut landscape.early);
    let Some(task) = &mut landscape.task else { return };
    let is_picture = |worked: &Worked| matches!(worked.finding, Some(Ok(Finding::Plane(_)) | Err(_)));
    news.extend(task.take_within(&executor, patience, is_picture).into_iter().filter_map(told));
    let is_over = task.is_over();
    for told in news {
        match told {
            Ok(worked) => landscape.take(worked, &executor),
            Err(mishap) => landscape.failure = Some(mishap.to_string()),
        }
    }
    if is_over {
        landscape.task = None;
        landscape.progress = None;
    }
}

fn told(news: News<Chain>) -> Option<Told> {
    match news {
        News::Found(worked) => Some(Ok(worked)),
        News::Failed(mishap) => Some(Err(mishap)),
        News::Ended(_) => None,
    }
}

/// How long a frame waits for the first picture of a new question, and in how many frames. A small
/// network has it in a few milliseconds, and the picture is then a whole frame earlier; the wait is too
/// short to be felt, and where the processor also draws it keeps the two from each other's throats.
const PATIENCE: Duration = Duration::from_millis(9);
const PATIENT_FRAMES: u32 = 2;

impl<S: Side> Landscape<S> {
    fn patience(&self) -> Duration {
        let has_picture = self.current().is_some_and(|known| known.plane.is_some());
        if has_picture || self.frames_waited >= PATIENT_FRAMES { Duration::ZERO } else { PATIENCE }
    }

    fn take(&mut self, worked: Worked, executor: &Executor) {
        let Worked { finding, progress, cells, took, is_training } = worked;
        self.cells_evaluated += cells;
        self.spent.losses += cells;
        *(if is_training { &mut self.spent.training } else { &mut self.spent.grids }) += took;
        match finding {
            Some(Ok(finding)) => self.take_finding(finding, executor),
            Some(Err(error)) => self.failure = Some(error.to_string()),
            None => self.progress = Some(progress),
        }
    }

    fn take_finding(&mut self, finding: Finding, executor: &Executor) {
        match finding {
            Finding::Planned(plan) => self.set_plan(plan, executor),
            Finding::Along(plan) => {
                self.refit(|known| {
                    known.trail_losses = trail_losses(&plan);
                    known.plan = plan;
                });
            }
            Finding::Plane(field) => {
                let (alpha3, picture) = (self.asked_alpha3, self.picture(field));
                self.refit(|known| known.plane = Some(PlaneAt { alpha3, between: 0.0, picture }));
            }
            Finding::Volume(field) => {
                let picture = self.picture(field);
                self.refit(|known| known.volume = Some(picture));
            }
            Finding::Walks(walks) => {
                if let Some(known) = &mut self.known {
                    known.walks = walks;
                }
            }
        }
    }

    fn set_plan(&mut self, plan: Arc<Plan>, executor: &Executor) {
        let trail_losses = trail_losses(&plan);
        let Some(trained) = self.trained.clone() else { return };
        let old = self.known.replace(Known {
            revision: self.question.revision(),
            plan,
            plane: None,
            volume: None,
            walks: None,
            trained,
            losses: Vec::new(),
            trail_losses,
        });
        if let Some(old) = old.filter(|old| old.plan.trajectory.bytes() > memory::LARGE_BYTES) {
            memory::let_go(executor, old);
        }
    }

    /// Takes in a picture, and the losses of all that is known then.
    fn refit(&mut self, take: impl FnOnce(&mut Known)) {
        if let Some(known) = &mut self.known {
            take(known);
            known.losses = known.ranges();
        }
    }
}

fn trail_losses(plan: &Plan) -> Vec<f64> {
    finite_range(&plan.along).map_or_else(Vec::new, |(low, high)| vec![low, high])
}

impl Known {
    /// Which pictures it has.
    pub fn pictures(&self) -> PictureRevisions {
        PictureRevisions {
            question: self.revision,
            plane: self.plane.as_ref().map(|plane| plane.picture.revision),
            volume: self.volume.as_ref().map(|volume| volume.revision),
        }
    }

    /// The lowest and highest finite losses of its pictures.
    fn ranges(&self) -> Vec<f64> {
        let pictures = [self.plane.as_ref().map(|plane| &plane.picture), self.volume.as_ref()];
        let ranges = pictures.into_iter().flatten().filter_map(|picture| picture.field.view().range());
        ranges.flat_map(|(low, high)| [low, high]).collect()
    }
}
