//! A bar that shows how far long work is: on a terminal, and nothing on a pipe.

use indicatif::{ProgressBar, ProgressStyle};

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
