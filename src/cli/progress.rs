//! How far long work is: a bar on a terminal, and nothing on a pipe; lines for a program that asks for them.

use std::io::Read;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use super::Failure;
use super::interrupt::Interrupt;
use super::terminal::{complain, say};
use crate::core::num::Progress;

/// A bar of that name.
pub fn bar(name: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(name);
    let style = ProgressStyle::with_template("{msg:10} {bar:40} {percent:>3} %  {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Moves the bar there.
pub fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
}

/// How the progress of a film is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressManner {
    /// A bar on a terminal.
    #[default]
    Bar,
    /// A line for each frame, for programs: frames done, a slash, and all frames.
    Lines,
}

/// The progress of a film.
pub struct FilmProgress {
    told: ProgressManner,
    bar: ProgressBar,
}

impl FilmProgress {
    /// Begins to tell of so many frames. Whoever reads lines ends the film by closing its standard input,
    /// and so does its death.
    pub fn begin(told: ProgressManner, interrupt: &Interrupt, frames: u64) -> Self {
        let bar = match told {
            ProgressManner::Bar => bar("filming"),
            ProgressManner::Lines => {
                let token = interrupt.token();
                // Without that thread the film is only not ended early.
                let _ = std::thread::Builder::new().name("standard input".to_owned()).spawn(move || {
                    while matches!(std::io::stdin().read(&mut [0; 64]), Ok(1..)) {}
                    token.cancel();
                });
                ProgressBar::hidden()
            }
        };
        bar.set_length(frames);
        Self { told, bar }
    }

    /// One frame more is done.
    ///
    /// # Errors
    /// If nothing can be told any more.
    pub fn tell(&self) -> Result<(), Failure> {
        self.bar.inc(1);
        match self.told {
            ProgressManner::Bar => Ok(()),
            ProgressManner::Lines => {
                say(&format!("{}/{}", self.bar.position(), self.bar.length().unwrap_or_default()))
            }
        }
    }

    /// Tells something beside it.
    pub fn note(&self, text: &str) {
        self.bar.suspend(|| complain(text));
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
