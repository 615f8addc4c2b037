//! Whoever needs long work done hands a job to the executor, and looks once a frame what has come of it.
//!
//! A job runs on a thread, or, where there are none to be had, in pieces on the main thread, for so long in each
//! frame; films and stills wait for its end. What it finds is the same each time. Dropping its task cancels it:
//! it ends after the piece that it is at. A job that panics ends as well, and the executor tells why.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bevy::ecs::system::SystemParam;
use bevy::platform::time::Instant;
use bevy::prelude::*;

use super::Pacing;
use super::mishap::{Mishap, catching};
use super::worker::{self, Worker};
use crate::core::num::parallel::{self, Crew};
use crate::core::num::{Advance, CancelToken, Job, Progress};

/// Where jobs run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// On threads.
    #[default]
    Threads,
    /// On the main thread, for about so long in each frame: a piece of each job at least.
    Budget(Duration),
}

/// What all jobs have in common.
#[derive(Resource, Default)]
pub struct Jobs {
    mode: Mode,
    /// What is left of this frame's time.
    left: Mutex<Duration>,
    mishap: Mutex<Option<Mishap>>,
    /// Jobs that were put on a thread so far.
    on_threads: AtomicUsize,
}

impl Jobs {
    /// Jobs that run there.
    pub fn new(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }

    /// The first job that ended by a mistake since somebody last asked for anything.
    pub fn mishap(&self) -> Option<Mishap> {
        locked(&self.mishap).clone()
    }

    /// How many jobs were put on a thread so far.
    pub fn on_threads(&self) -> usize {
        self.on_threads.load(Ordering::Relaxed)
    }
}

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Jobs>().add_systems(First, begin_frame);
}

fn begin_frame(jobs: Res<Jobs>) {
    if let Mode::Budget(time) = jobs.mode {
        *locked(&jobs.left) = time;
    }
}

/// Has jobs done.
#[derive(SystemParam)]
pub struct Executor<'w> {
    pacing: Res<'w, Pacing>,
    jobs: Res<'w, Jobs>,
}

/// A job is away for at least so long, however quick the frames are.
const SHORTEST_ERRAND: Duration = Duration::from_millis(4);

impl Executor<'_> {
    /// Whether frames wait for work.
    pub fn pacing(&self) -> Pacing {
        *self.pacing
    }

    /// Whether frames go on while jobs are at work.
    pub fn is_beside(&self) -> bool {
        self.jobs.mode == Mode::Threads && !self.pacing.waits()
    }

    /// Forgets a mishap.
    pub(super) fn forgive(&self) {
        *locked(&self.jobs.mishap) = None;
    }

    /// How long a job may work that is to be back in the next frame, where a frame takes `dt`; `None` where its
    /// end is waited for.
    pub fn errand_time(&self, dt: Duration) -> Option<Duration> {
        match self.jobs.mode {
            _ if self.pacing.waits() => None,
            Mode::Threads => Some(dt.mul_f64(0.7).max(SHORTEST_ERRAND)),
            Mode::Budget(time) => Some(time),
        }
    }

    /// Starts a job; the name says what it is about.
    pub fn start<J: Job + 'static>(&self, name: &'static str, job: J) -> Task<J> {
        let (cancel, progress) = (CancelToken::default(), Arc::new(Mutex::new(job.progress())));
        let job = Box::new(job);
        let place = match self.worker() {
            Some(worker) => {
                let (teller, news) = channel();
                let (cancel, progress) = (cancel.clone(), Arc::clone(&progress));
                worker.work(move || drive(name, job, &teller, &cancel, &progress));
                JobPlace::Thread(Mutex::new(news))
            }
            None => JobPlace::Here(Mutex::new(job)),
        };
        Task { name, place, cancel, progress }
    }

    /// A thread, where there are any.
    fn worker(&self) -> Option<Worker> {
        let worker = Some(self.jobs.mode).filter(|mode| *mode == Mode::Threads).and_then(|_| Worker::idle());
        self.jobs.on_threads.fetch_add(usize::from(worker.is_some()), Ordering::Relaxed);
        worker
    }

    /// Does something that nobody waits for.
    pub fn aside(&self, work: impl FnOnce() + Send + 'static) {
        match self.worker() {
            Some(worker) => worker.work(work),
            None => work(),
        }
    }
}

/// A job under way. Dropping it cancels the job.
pub struct Task<J: Job> {
    name: &'static str,
    place: JobPlace<J>,
    cancel: CancelToken,
    progress: Arc<Mutex<Progress>>,
}

/// Where a job is. Only one thread at a time may look at either, which Bevy's resources do not promise.
enum JobPlace<J: Job> {
    Thread(Mutex<Receiver<News<J>>>),
    Here(Mutex<Box<J>>),
    Over,
}

/// What is told of a job.
pub enum News<J: Job> {
    /// It has found something.
    Found(J::Finding),
    /// It has ended, and comes back.
    Ended(Box<J>),
    /// It ended by a mistake in the program.
    Failed(Mishap),
}

impl<J: Job> News<J> {
    fn is_last(&self) -> bool {
        !matches!(self, Self::Found(_))
    }
}

impl<J: Job> Task<J> {
    /// Whether the job has ended, and all was told of it.
    pub fn is_over(&self) -> bool {
        matches!(self.place, JobPlace::Over)
    }

    /// How far the job is.
    pub fn progress(&self) -> Progress {
        *locked(&self.progress)
    }

    /// What has come of it since the last time; where frames wait for work, all that will ever come of it.
    pub fn take(&mut self, executor: &Executor) -> Vec<News<J>> {
        self.take_within(executor, Duration::ZERO, |_| true)
    }

    /// The same, but a thread is waited for up to `patience` until something was found that is enough.
    pub fn take_within(
        &mut self,
        executor: &Executor,
        patience: Duration,
        is_enough: impl Fn(&J::Finding) -> bool,
    ) -> Vec<News<J>> {
        let waits = executor.pacing.waits();
        let news = match &mut self.place {
            JobPlace::Thread(news) => {
                let news = news.get_mut().unwrap_or_else(PoisonError::into_inner);
                if waits { news.iter().collect() } else { received(news, patience, is_enough) }
            }
            JobPlace::Here(_) => self.work_here(&executor.jobs, waits),
            JobPlace::Over => Vec::new(),
        };
        if let Some(News::Failed(mishap)) = news.last() {
            locked(&executor.jobs.mishap).get_or_insert_with(|| mishap.clone());
        }
        if news.last().is_some_and(News::is_last) {
            self.place = JobPlace::Over;
        }
        news
    }

    /// As many pieces as there is time for, on this thread.
    fn work_here(&mut self, jobs: &Jobs, waits: bool) -> Vec<News<J>> {
        let JobPlace::Here(job) = &mut self.place else { return Vec::new() };
        let job = job.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut left = locked(&jobs.left);
        let mut found = Vec::new();
        loop {
            let began = Instant::now();
            let done = piece(self.name, &Crew::Alone, &mut **job);
            *left = left.saturating_sub(began.elapsed());
            *locked(&self.progress) = job.progress();
            match done {
                Ok(Advance::Working) => {}
                Ok(Advance::Found(finding)) => found.push(News::Found(finding)),
                Ok(Advance::Ended) => break,
                Err(mishap) => {
                    found.push(News::Failed(mishap));
                    return found;
                }
            }
            if !waits && left.is_zero() {
                return found;
            }
        }
        if let JobPlace::Here(job) = std::mem::replace(&mut self.place, JobPlace::Over) {
            found.push(News::Ended(job.into_inner().unwrap_or_else(PoisonError::into_inner)));
        }
        found
    }
}

impl<J: Job> Drop for Task<J> {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// A piece of a job.
fn piece<J: Job>(name: &'static str, crew: &Crew, job: &mut J) -> Result<Advance<J::Finding>, Mishap> {
    catching(name, || parallel::with(crew, || job.advance(job.piece())))
}

/// Drives a job on this thread until it has ended, or nobody wants it any more.
fn drive<J: Job>(
    name: &'static str,
    mut job: Box<J>,
    teller: &Sender<News<J>>,
    cancel: &CancelToken,
    progress: &Mutex<Progress>,
) {
    while !cancel.is_cancelled() {
        let done = piece(name, worker::crew(), &mut *job);
        *locked(progress) = job.progress();
        let told = match done {
            Ok(Advance::Working) => continue,
            Ok(Advance::Found(finding)) => teller.send(News::Found(finding)),
            Ok(Advance::Ended) => return drop(teller.send(News::Ended(job))),
            Err(mishap) => return drop(teller.send(News::Failed(mishap))),
        };
        if told.is_err() {
            return;
        }
    }
}

/// What has come in, and what comes in within that time while nothing of it is enough.
fn received<J: Job>(
    news: &Receiver<News<J>>,
    patience: Duration,
    is_enough: impl Fn(&J::Finding) -> bool,
) -> Vec<News<J>> {
    let until = Instant::now() + patience;
    let (mut received, mut has_enough) = (Vec::new(), false);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = if has_enough { Duration::ZERO } else { left };
        match news.recv_timeout(left) {
            Ok(one) => {
                has_enough |= matches!(&one, News::Found(finding) if is_enough(finding));
                received.push(one);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return received,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::mpsc::{Receiver, Sender};

    use bevy::ecs::system::SystemState;

    use super::*;

    /// Lets an executor do something.
    pub(in crate::scene) fn with<R>(mode: Mode, pacing: Pacing, work: impl FnOnce(&Executor) -> R) -> R {
        let mut world = World::new();
        world.insert_resource(pacing);
        world.insert_resource(Jobs::new(mode));
        let mut state = SystemState::<Executor>::new(&mut world);
        work(&state.get(&world).unwrap())
    }

    /// Adds up as many numbers as it is told to; tells of each tenth.
    struct Sum {
        next: u64,
        end: u64,
        sum: f64,
    }

    impl Job for Sum {
        type Finding = f64;

        fn advance(&mut self, units: u64) -> Advance<f64> {
            if self.next >= self.end {
                return Advance::Ended;
            }
            for _ in 0..units.min(self.end - self.next) {
                self.next += 1;
                assert!(self.next != 77, "on purpose");
                self.sum += (self.next as f64).sqrt();
            }
            if self.next.is_multiple_of(10) { Advance::Found(self.sum) } else { Advance::Working }
        }

        fn progress(&self) -> Progress {
            Progress { done: self.next, total: self.end }
        }
    }

    const WAYS: [(Mode, Pacing); 5] = [
        (Mode::Threads, Pacing::Live),
        (Mode::Threads, Pacing::Filmed),
        (Mode::Budget(Duration::ZERO), Pacing::Live),
        (Mode::Budget(Duration::from_millis(4)), Pacing::Live),
        (Mode::Budget(Duration::ZERO), Pacing::Awaited),
    ];

    /// All that comes of a sum of so many numbers, and the mishap that is told then.
    fn told(end: u64, (mode, pacing): (Mode, Pacing)) -> (Vec<f64>, Option<f64>, Option<Mishap>) {
        with(mode, pacing, |executor| {
            let mut task = executor.start("sum", Sum { next: 0, end, sum: 0.0 });
            let (mut found, mut result) = (Vec::new(), None);
            while !task.is_over() {
                for news in task.take(executor) {
                    match news {
                        News::Found(sum) => found.push(sum),
                        News::Ended(sum) => result = Some(sum.sum),
                        News::Failed(_) => {}
                    }
                }
            }
            assert_eq!(executor.jobs.on_threads() > 0, mode == Mode::Threads);
            assert!(result.is_none() || task.progress() == Progress { done: end, total: end });
            (found, result, executor.jobs.mishap())
        })
    }

    #[test]
    fn a_job_finds_the_same_to_the_bit_however_it_is_driven() {
        let expected = told(60, WAYS[0]);
        assert_eq!((expected.0.len(), expected.1, &expected.2), (6, expected.0.last().copied(), &None));
        for way in WAYS {
            assert_eq!(told(60, way), expected, "{way:?}");
        }
    }

    #[test]
    fn a_job_that_panics_ends_and_is_told_of_with_its_cause() {
        for way in WAYS {
            let (found, result, mishap) = told(100, way);
            assert_eq!((found.len(), result), (7, None), "{way:?}");
            let said = mishap.unwrap().to_string();
            assert!(said.starts_with("a mistake in the program ended the sum: on purpose"), "{said}");
        }
    }

    /// Waits in each piece until it may go on.
    struct Gated {
        go: Mutex<Receiver<()>>,
        pieces: Arc<AtomicUsize>,
        _gone: Sender<()>,
    }

    impl Job for Gated {
        type Finding = ();

        fn advance(&mut self, _units: u64) -> Advance<()> {
            self.pieces.fetch_add(1, Ordering::SeqCst);
            let _ = locked(&self.go).recv();
            Advance::Found(())
        }
    }

    #[test]
    fn a_job_that_is_cancelled_ends_with_the_piece_that_it_is_at() {
        let (open, go) = channel();
        let (gone, ended) = channel();
        let pieces = Arc::new(AtomicUsize::new(0));
        let job = Gated { go: Mutex::new(go), pieces: Arc::clone(&pieces), _gone: gone };
        let task = with(Mode::Threads, Pacing::Live, |executor| executor.start("wait", job));
        while pieces.load(Ordering::SeqCst) == 0 {
            std::thread::yield_now();
        }
        drop(task);
        for _ in 0..9 {
            let _ = open.send(());
        }
        assert!(ended.recv().is_err(), "it is dropped");
        assert_eq!(pieces.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn patience_ends_with_the_finding_that_is_enough() {
        let (open, go) = channel();
        let (gone, _ended) = channel();
        let job = Gated { go: Mutex::new(go), pieces: Arc::default(), _gone: gone };
        with(Mode::Threads, Pacing::Live, |executor| {
            let mut task = executor.start("wait", job);
            assert!(task.take(executor).is_empty());
            open.send(()).unwrap();
            let news = task.take_within(executor, Duration::from_secs(600), |()| true);
            assert!(matches!(news[..], [News::Found(())]) && !task.is_over());
            drop(open);
        });
    }
}
