//! The thread that talks to an evaluator: it asks for what backends want, and hands the answers back.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::event::Event;
use super::link::Link;
use super::{Asked, Place, Run};
use crate::core::grid::talk::{self, Hello, Said};
use crate::core::grid::{Lost, TileLosses};
use crate::core::io::frames::Frame;

/// A talk with an evaluator. Dropping it ends it.
pub struct Talk {
    events: Sender<Event>,
    hello: Mutex<Receiver<Result<Hello, Lost>>>,
    is_over: Arc<AtomicBool>,
}

impl Talk {
    /// Starts or calls an evaluator, and talks to it on a thread.
    ///
    /// # Errors
    /// If it cannot be started or called.
    pub fn begin(place: &Place, patience: Duration, run: &Run) -> Result<Self, Lost> {
        let (events, news) = channel();
        let link = Link::open(place, patience, events.clone())?;
        let (heard, hello) = channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let mut talker = Talker {
            link,
            run: run.clone(),
            patience,
            hello: Some(heard),
            works: VecDeque::new(),
            in_flight: VecDeque::new(),
            plan: None,
            requests: 0,
            secs_a_loss: None,
            since: Instant::now(),
        };
        let over = Arc::clone(&is_over);
        let thread = std::thread::Builder::new().name("evaluator-talk".to_owned()).spawn(move || {
            if let Err(lost) = talker.talk(&news) {
                over.store(true, Ordering::Relaxed);
                talker.lose_all(&lost, &news);
            }
        });
        thread.map_err(|error| Lost(format!("cannot be talked to: {error}").into()))?;
        Ok(Self { events, hello: Mutex::new(hello), is_over })
    }

    /// What the evaluator says that it is, once it has said so.
    ///
    /// # Errors
    /// If it says anything else, or nothing.
    pub fn wait_for_hello(&self) -> Result<Hello, Lost> {
        let hello = self.hello.lock().unwrap_or_else(PoisonError::into_inner);
        hello.recv().unwrap_or_else(|_| Err(Lost("ended before it said what it is".into())))
    }

    /// Whether the evaluator was lost.
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Asks for a tile; its grid is told where it is lost.
    pub fn ask(&self, asked: Asked) {
        // The thread hears as long as there is a talk.
        let _ = self.events.send(Event::Asked(asked));
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Closed);
    }
}

/// A tile that is being evaluated.
struct Work {
    asked: Asked,
    /// How many of its cells were asked for.
    sent: usize,
    /// Those that were answered.
    loss: Vec<f64>,
}

/// A request that was sent.
struct Request {
    id: u64,
    cells: usize,
}

struct Talker {
    link: Link,
    run: Run,
    patience: Duration,
    /// Who waits for its hello, until it has come.
    hello: Option<Sender<Result<Hello, Lost>>>,
    /// In the order in which they were asked for.
    works: VecDeque<Work>,
    /// In the order in which they were sent, which is that of the answers.
    in_flight: VecDeque<Request>,
    /// The plan that was sent last.
    plan: Option<u64>,
    requests: u64,
    /// What a loss takes, as far as it is known.
    secs_a_loss: Option<f64>,
    /// Since when the next word of the evaluator is waited for.
    since: Instant,
}

/// What a request is to take, and how many are sent ahead: little is lost where they are not wanted any more.
const REQUEST_SECS: f64 = 0.1;
const AHEAD: usize = 3;

const NO_CHECKPOINTS: &str = "does not read the checkpoints of this run, which is so large that it is asked for combinations of them; \
                              expected serve(..., recording=...) of the same recording";

impl Talker {
    /// Talks until nobody asks any more.
    fn talk(&mut self, news: &Receiver<Event>) -> Result<(), Lost> {
        loop {
            let is_waiting = self.hello.is_some() || !self.in_flight.is_empty();
            let event = match is_waiting {
                true => news.recv_timeout(self.patience.saturating_sub(self.since.elapsed())),
                false => news.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Asked(asked)) => self.works.push_back(Work { asked, sent: 0, loss: Vec::new() }),
                Ok(Event::Came(frame)) => self.hear(&frame)?,
                Ok(Event::Broken(words)) => return Err(Lost(words.into())),
                Ok(Event::Ended) => return Err(Lost(self.link.ending().into())),
                Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) => return Err(self.hanging()),
            }
            if self.hello.is_none() {
                self.ask();
            }
        }
    }

    fn hanging(&self) -> Lost {
        let what = if self.hello.is_some() { "has said nothing" } else { "has not answered" };
        Lost(
            format!(
                "{what} for {} s (--evaluator-timeout says how long it is waited for)",
                self.patience.as_secs_f64()
            )
            .into(),
        )
    }

    /// Sends what is wanted, some ahead.
    fn ask(&mut self) {
        while self.in_flight.len() < AHEAD {
            self.works.retain(|work| work.sent > work.loss.len() || work.asked.grid.is_wanted());
            let is_due = |work: &Work| work.sent < work.asked.tile.cells() && work.asked.grid.is_wanted();
            let Some(at) = self.works.iter().position(is_due) else { return };
            let Asked { grid, tile, .. } = &self.works[at].asked;
            let plan = grid.plan_of(tile);
            if self.plan != Some(plan) {
                match grid.plan_frame(tile) {
                    Ok(frame) => self.link.send(&frame),
                    Err(lost) => {
                        grid.lose(&lost);
                        continue;
                    }
                }
                self.plan = Some(plan);
            }
            self.request(at);
        }
    }

    fn request(&mut self, at: usize) {
        let most = self.secs_a_loss.map_or(1, |secs| (REQUEST_SECS / secs) as usize).max(1);
        let work = &mut self.works[at];
        let cells = most.min(work.asked.tile.cells() - work.sent);
        self.requests += 1;
        let id = self.requests;
        self.link.send(&work.asked.grid.request(id, &work.asked.tile, [work.sent, cells]));
        work.sent += cells;
        if self.in_flight.is_empty() {
            self.since = Instant::now();
        }
        self.in_flight.push_back(Request { id, cells });
    }

    fn hear(&mut self, frame: &Frame) -> Result<(), Lost> {
        match talk::read(frame).map_err(|error| Lost(format!("sent {error}").into()))? {
            Said::Hello(hello) if self.hello.is_some() => {
                if let Some(words) = hello.difference(&self.run.layout) {
                    return Err(Lost(format!("knows another network: {words}").into()));
                }
                if !self.run.is_known_to(&hello) {
                    return Err(Lost(NO_CHECKPOINTS.into()));
                }
                self.hello.take().into_iter().for_each(|waiting| drop(waiting.send(Ok(hello.clone()))));
                Ok(())
            }
            Said::Error { id: None, words } => Err(Lost(format!("refuses: {words}").into())),
            Said::Answer { .. } | Said::Error { .. } if self.hello.is_some() => {
                Err(Lost("answers before it has said what it is".into()))
            }
            Said::Answer { id, losses } => self.take_answer(id, losses),
            Said::Error { id: Some(id), words } => {
                self.take_error(id, &Lost(format!("says: {words}").into()));
                Ok(())
            }
            Said::Hello(_) | Said::Other => Ok(()),
        }
    }

    /// The answers of a request go to the first tile that waits for some.
    fn take_answer(&mut self, id: u64, losses: Vec<f64>) -> Result<(), Lost> {
        let request = self.in_flight.pop_front().filter(|request| request.id == id);
        let Request { cells, .. } = request.ok_or_else(|| Lost("answers what was not asked".into()))?;
        if losses.len() != cells {
            let words = format!("answered with {} losses where {cells} were asked for", losses.len());
            return Err(Lost(words.into()));
        }
        let now = Instant::now();
        self.secs_a_loss = Some((now - self.since).as_secs_f64() / cells as f64);
        self.since = now;
        self.deliver(losses);
        Ok(())
    }

    fn deliver(&mut self, losses: Vec<f64>) {
        let Some(at) = self.works.iter().position(|work| work.sent > work.loss.len()) else { return };
        let work = &mut self.works[at];
        work.loss.extend(losses);
        if work.loss.len() == work.asked.tile.cells()
            && let Some(Work { asked: Asked { grid, tile, teller }, loss, .. }) = self.works.remove(at)
        {
            // Nobody may want it any more; and what was not evaluated is no loss.
            if grid.is_wanted() {
                let _ = teller.send(TileLosses { tile, loss });
            }
        }
    }

    /// The grid whose plan or request it is of is lost, the talk goes on.
    fn take_error(&mut self, id: u64, lost: &Lost) {
        self.works
            .iter()
            .filter(|work| work.asked.grid.plan_of(&work.asked.tile) == id)
            .for_each(|work| work.asked.grid.lose(lost));
        if self.in_flight.front().is_some_and(|request| request.id == id)
            && let Some(Request { cells, .. }) = self.in_flight.pop_front()
            && let Some(work) = self.works.iter().find(|work| work.sent > work.loss.len())
        {
            work.asked.grid.lose(lost);
            self.since = Instant::now();
            self.deliver(vec![f64::NAN; cells]);
        }
    }

    /// Tells all who wait, and those who come yet, why there are no answers.
    fn lose_all(&mut self, lost: &Lost, news: &Receiver<Event>) {
        self.link.end();
        self.hello.take().into_iter().for_each(|waiting| drop(waiting.send(Err(lost.clone()))));
        self.works.drain(..).for_each(|work| work.asked.grid.lose(lost));
        for event in news {
            match event {
                Event::Asked(asked) => asked.grid.lose(lost),
                Event::Closed => return,
                Event::Came(_) | Event::Broken(_) | Event::Ended => {}
            }
        }
    }
}
