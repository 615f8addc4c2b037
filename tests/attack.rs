//! Attacks: inputs, commands and moments drawn at random, each by a seed that is told when something breaks.
//!
//! Every theme runs with a small number of draws in each run of the tests, and with a large one in
//! `cargo test --release -- --ignored attack`. `LOSSCAPE_ATTACKS` sets another number, `LOSSCAPE_SEED` the first
//! seed: what broke at seed 7 is seen again with `LOSSCAPE_SEED=7 LOSSCAPE_ATTACKS=1`.

mod commands;
mod draw;
mod kills;
mod mutations;
mod pipeline;
mod ranges;
#[cfg(all(feature = "viewer", target_os = "linux"))]
mod soak;

use draw::Draw;

/// A number from the environment, or the usual one.
fn asked(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
}

/// Tells the seed of a draw that broke something.
struct Telling(u64);

impl Drop for Telling {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("broke at LOSSCAPE_SEED={} LOSSCAPE_ATTACKS=1", self.0);
        }
    }
}

/// Attacks so many times, each time with draws of their own.
fn attack(usual: u64, mut once: impl FnMut(&mut Draw)) {
    let first = asked("LOSSCAPE_SEED", 0);
    for seed in first..first + asked("LOSSCAPE_ATTACKS", usual) {
        let _telling = Telling(seed);
        once(&mut Draw::new(seed));
    }
}
