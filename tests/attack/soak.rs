//! A window left alone for hours: alpha3 travels, training goes on as fast as it may, and memory does not grow.
//!
//! `LOSSCAPE_SOAK_SECS` says for how long, `LOSSCAPE_SOAK_RUNS` how many runs race.

use std::time::{Duration, Instant};

use losscape::core::train::trajectory::DEFAULT_BUDGET_BYTES;

use super::asked;
use crate::window::{Display, LONG_RUN, open, resident, rest};

/// Until then memory may grow: buffers fill that have a bound.
const SETTLING: Duration = Duration::from_secs(60);

/// What it may grow by after that, as a share.
const MOST_GROWTH: f64 = 0.02;

#[test]
#[ignore = "minutes to hours of a real window"]
fn memory_stays_where_it_is_for_hours() {
    let (secs, runs) = (asked("LOSSCAPE_SOAK_SECS", 180), asked("LOSSCAPE_SOAK_RUNS", 1));
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    let (mut program, window) = open(&display, &folder.path().join("soak.ron"), LONG_RUN);
    display.xdotool(&["windowfocus", &window]);
    for _ in 1..runs {
        rest(&display, &program);
        display.xdotool(&["key", "ctrl+k", "sleep", "1", "type", "Race adam"]);
        display.xdotool(&["sleep", "1", "key", "Return"]);
    }
    rest(&display, &program);
    let first = resident(&program);
    display.xdotool(&["key", "t", "sleep", "1", "key", "space"]);
    let began = Instant::now();
    let mut seen = Vec::new();
    while began.elapsed() < Duration::from_secs(secs) {
        std::thread::sleep(Duration::from_secs(secs.clamp(100, 1000) / 100));
        assert_eq!(program.try_wait().unwrap(), None, "the window stays open");
        let (at, bytes) = (began.elapsed(), resident(&program));
        println!("{:7.0} s {:6.0} MiB", at.as_secs_f64(), bytes as f64 / f64::from(1 << 20));
        if at >= SETTLING {
            seen.push(bytes);
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let settled = *seen.first().expect("LOSSCAPE_SOAK_SECS of more than a minute");
    let is_full = settled > first + DEFAULT_BUDGET_BYTES as u64 / 10 * 9;
    assert!(is_full, "training has filled its budget: {first} bytes at rest, {settled} after a minute");
    let most = seen.into_iter().max().unwrap_or(settled);
    let growth = most as f64 / settled as f64 - 1.0;
    assert!(growth <= MOST_GROWTH, "memory grew by {:.1} % after the first minute", 100.0 * growth);
}
