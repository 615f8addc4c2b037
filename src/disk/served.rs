//! An evaluator in another process: a child over its standard input and output, or a server on this machine.
//!
//! ```text
//!   backends --tiles--> the talk (a thread) --bytes--> writer --> evaluator
//!            <--losses-                     <--frames- reader <--
//! ```
//!
//! Each grid has a backend that asks and looks; one thread talks for all of them, one after another, and asks for
//! little at a time, so that who drops a grid does not pay for it. A lost evaluator ends the grids that wait for it
//! with the reason, and is started anew for the next that is asked for.

mod event;
mod grid;
mod link;
mod run;
mod talk;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::core::grid::talk::Hello;
use crate::core::grid::{
    Combinations, Evaluator, GridBackend, GridSpec, Lost, PathEvaluator, Precision, Tile, TileLosses,
};
use crate::core::subspace::Subspace;
use grid::{Cells, Grid};
pub use run::Run;
use talk::Talk;

/// Where an evaluator is.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A program and its arguments, started as a child.
    Program(Vec<String>),
    /// A server on this machine, and the token that it wants to hear.
    Port(SocketAddr, String),
}

/// An evaluator in another process.
pub struct Served {
    place: Place,
    patience: Duration,
    run: Run,
    checkpoints: Option<Arc<Combinations>>,
    hello: Hello,
    /// Grids that are at work share it.
    talk: Mutex<Arc<Talk>>,
    plans: AtomicU64,
}

impl Served {
    /// Starts it or calls it, and waits until it has said that its network is that of the run. It is waited for
    /// as long as `patience`, then and for each answer.
    ///
    /// # Errors
    /// If it is not there, does not talk as it should, refuses the token, or knows another network.
    pub fn connect(place: Place, patience: Duration, run: Run) -> Result<Self, Lost> {
        let talk = Talk::begin(&place, patience, &run)?;
        let hello = talk.wait_for_hello()?;
        let (talk, plans) = (Mutex::new(Arc::new(talk)), AtomicU64::new(1));
        let checkpoints = run.combinations();
        if run.layout.is_span() && checkpoints.is_none() {
            return Err(Lost("cannot be asked: the first checkpoint of the run is not finite".into()));
        }
        Ok(Self { place, patience, run, checkpoints, hello, talk, plans })
    }

    /// The run whose network it knows.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The talk, which is begun anew where the evaluator was lost.
    fn talk(&self) -> Result<Arc<Talk>, Lost> {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        if talk.is_over() {
            *talk = Arc::new(Talk::begin(&self.place, self.patience, &self.run)?);
        }
        Ok(Arc::clone(&talk))
    }

    fn backend(&self, cells: Cells) -> Box<dyn GridBackend> {
        // Requests have their numbers in between, so that an error tells which of all it is of.
        let grid = Arc::new(Grid::new(
            self.plans.fetch_add(1, Ordering::Relaxed) << 32,
            cells,
            self.checkpoints.clone(),
        ));
        let talk = self.talk().map_err(|error| grid.lose(&error)).ok();
        let (teller, answers) = channel();
        Box::new(ServedBackend { grid, talk, teller, answers: Mutex::new(answers) })
    }
}

impl Evaluator for Served {
    fn grid(&self, subspace: &Subspace, spec: &GridSpec, _: Precision) -> Box<dyn GridBackend> {
        self.backend(Cells::Slice(subspace.clone(), spec.clone()))
    }

    fn points(&self) -> Option<&dyn PathEvaluator> {
        Some(self)
    }
}

impl PathEvaluator for Served {
    fn path(&self, points: Vec<Arc<[f64]>>) -> Box<dyn GridBackend> {
        self.backend(Cells::Points(points))
    }

    fn examples(&self) -> Option<&str> {
        self.hello.examples()
    }
}

/// What the thread that talks is asked for.
struct Asked {
    grid: Arc<Grid>,
    tile: Tile,
    teller: Sender<TileLosses>,
}

struct ServedBackend {
    grid: Arc<Grid>,
    /// `None` where the evaluator could not be called.
    talk: Option<Arc<Talk>>,
    teller: Sender<TileLosses>,
    /// Looked at by one thread at a time, which a backend does not promise.
    answers: Mutex<Receiver<TileLosses>>,
}

/// Cells of a tile: requests are smaller where a loss takes long.
const TILE_CELLS: usize = 2048;

/// How long a look for answers waits where there are none yet: whoever looks again and again would keep the
/// evaluator from its processor.
const LOOK: Duration = Duration::from_millis(2);

impl GridBackend for ServedBackend {
    fn tile_cells(&self) -> usize {
        TILE_CELLS
    }

    fn submit(&mut self, tile: Tile) {
        let asked = Asked { grid: Arc::clone(&self.grid), tile, teller: self.teller.clone() };
        if let Some(talk) = &self.talk {
            talk.ask(asked);
        }
    }

    fn poll(&mut self, _: u64) -> Vec<TileLosses> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<TileLosses> = answers.try_iter().collect();
        if found.is_empty() && self.grid.lost().is_none() {
            found.extend(answers.recv_timeout(LOOK).ok());
        }
        found
    }

    fn failure(&self) -> Option<Lost> {
        self.grid.lost().cloned()
    }
}

impl Drop for ServedBackend {
    fn drop(&mut self) {
        self.grid.let_go();
    }
}

#[cfg(test)]
mod tests;
