//! A window left alone for hours: alpha3 travels, training goes on as fast as it may, and memory does not grow.
//!
//! `LOSSCAPE_SOAK_SECS` says for how long, `LOSSCAPE_SOAK_RUNS` how many runs race.

use std::process::Child;
use std::time::{Duration, Instant};

use super::asked;
use crate::window::{Display, open};

/// Until then memory may grow: buffers fill that have a bound.
const SETTLING: Duration = Duration::from_secs(60);

/// What it may grow by after that, as a share.
const MOST_GROWTH: f64 = 0.02;

/// Bytes of a process that are in memory.
fn resident(program: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it is alive");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[test]
#[ignore = "minutes to hours of a real window"]
fn memory_stays_where_it_is_for_hours() {
    let (secs, runs) = (asked("LOSSCAPE_SOAK_SECS", 180), asked("LOSSCAPE_SOAK_RUNS", 1));
    let display = Display::start();
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("soak.ron");
    let text =
        "(steps: 10000000, slice: (grid: [65, 65], volume: [33, 33, 17]), view: (steps_per_second: 100000))";
    let (mut program, window) = open(&display, &experiment, text);
    std::thread::sleep(Duration::from_secs(5));
    display.xdotool(&["key", "--window", &window, "t"]);
    for _ in 1..runs {
        std::thread::sleep(Duration::from_secs(1));
        display.xdotool(&["key", "--window", &window, "ctrl+k"]);
        std::thread::sleep(Duration::from_secs(1));
        display.xdotool(&["type", "--window", &window, "Race adam"]);
        display.xdotool(&["key", "--window", &window, "Return"]);
    }
    let began = Instant::now();
    let mut settled = None;
    let mut seen = Vec::new();
    while began.elapsed() < Duration::from_secs(secs) {
        std::thread::sleep(Duration::from_secs(secs.clamp(100, 1000) / 100));
        assert_eq!(program.try_wait().unwrap(), None, "the window stays open");
        let (at, bytes) = (began.elapsed(), resident(&program));
        println!("{:7.0} s {:6.0} MiB", at.as_secs_f64(), bytes as f64 / f64::from(1 << 20));
        if at >= SETTLING {
            settled.get_or_insert(bytes);
            seen.push(bytes);
        }
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let settled = settled.expect("LOSSCAPE_SOAK_SECS of more than a minute");
    let most = seen.into_iter().max().unwrap_or(settled);
    let growth = most as f64 / settled as f64 - 1.0;
    assert!(growth <= MOST_GROWTH, "memory grew by {:.1} % after the first minute", 100.0 * growth);
}
