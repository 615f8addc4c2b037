//! A panic, wherever it is, ends the program with one sentence.

use std::path::Path;
use std::process::{Command, Output};

use bevy::ecs::system::SystemState;
use bevy::prelude::*;
use losscape::app::stage;
use losscape::cli::panic::tell_in_one_sentence;
use losscape::core::num::{Advance, Job, parallel};
use losscape::scene::Pacing;
use losscape::scene::executor::{Executor, Jobs};

const WHERE: &str = "LOSSCAPE_TEST_PANIC";
const RESCUE: &str = "LOSSCAPE_TEST_RESCUE";

/// Run by other tests as a process; by itself there is nothing to do.
#[test]
#[ignore = "what other tests start"]
fn panics() {
    let Ok(place) = std::env::var(WHERE) else { return };
    tell_in_one_sentence();
    match &*place {
        "main" => panic!("on \u{1b}[31mthe first thread\n"),
        "thread" => drop(std::thread::spawn(|| panic!("on a thread")).join()),
        "pool" => drop(rayon::join(|| assert!(place.is_empty(), "in a pool"), || ())),
        "job" => job(),
        "opening" => window(1),
        _ => window(9),
    }
    unreachable!("a panic ends the program");
}

/// A job that does something in a pool.
struct Broken;

impl Job for Broken {
    type Finding = ();

    fn advance(&mut self, _units: u64) -> Advance<()> {
        parallel::each(vec![1, 2, 3], 1, |i| assert!(i != 2, "in a job"));
        Advance::Ended
    }
}

/// Ends with what is told of such a job.
fn job() -> ! {
    let mut world = World::new();
    world.insert_resource(Pacing::Awaited);
    world.init_resource::<Jobs>();
    let mut state = SystemState::<Executor>::new(&mut world);
    let executor = state.get(&world).unwrap();
    executor.start("sum", Broken).take(&executor);
    println!("{}", world.resource::<Jobs>().mishap().unwrap());
    std::process::exit(0)
}

/// An app whose systems panic at a frame, and with them what waits for them.
fn window(frame: u32) {
    let mut app = App::new();
    app.add_plugins(MinimalPlugins);
    stage::watch(&mut app, std::env::var_os(RESCUE).as_deref().map(Path::new));
    let fail = move |mut frames: Local<u32>| {
        *frames += 1;
        assert!(*frames < frame, "in a system");
    };
    app.add_systems(Update, (fail, fail, fail));
    app.run();
}

fn ended(place: &str, environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "panics::panics", "--nocapture"]).env_remove("RUST_BACKTRACE");
    command.env(WHERE, place).envs(environment.iter().copied()).output().unwrap()
}

/// The one line on standard error.
fn told(place: &str, environment: &[(&str, &str)]) -> String {
    let output = ended(place, environment);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{place}: {said}");
    said
}

#[test]
fn it_is_told_in_one_sentence_on_whatever_thread() {
    for (place, why) in [
        ("main", "on \\u{1b}[31mthe first thread\\n"),
        ("thread", "on a thread"),
        ("pool", "in a pool"),
        ("window", "in a system"),
    ] {
        let said = told(place, &[]);
        assert!(said.starts_with("losscape: a mistake in the program ended it: "), "{said}");
        assert!(
            said.contains(why) && said.contains("panics.rs:") && said.contains("please report"),
            "{said}"
        );
    }
}

#[test]
fn in_a_job_it_ends_that_job_alone_and_is_told_by_whoever_waits_for_it() {
    let output = ended("job", &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{said}");
    let told = "a mistake in the program ended the sum: in a job (at tests/panics.rs:";
    assert!(said.contains(told) && said.contains("please report"), "{said}");
}

#[test]
fn it_says_where_what_was_not_saved_is_if_there_is_any() {
    let folder = tempfile::tempdir().unwrap();
    let rescue = folder.path().join("unsaved-1.ron");
    let environment = [(RESCUE, rescue.to_str().unwrap())];
    assert!(!told("window", &environment).contains("not saved"));
    std::fs::write(&rescue, "()").unwrap();
    let said = told("window", &environment);
    assert!(said.contains(&format!("what was not saved is in {}", rescue.display())), "{said}");
}

#[test]
fn before_the_window_is_open_it_is_a_window_that_cannot_be_opened() {
    let said = told("opening", &[]);
    assert!(
        said.starts_with("losscape: the window cannot be opened (in a system); losscape doctor"),
        "{said}"
    );
}

#[test]
fn who_asks_for_a_backtrace_gets_one() {
    let output = ended("main", &[("RUST_BACKTRACE", "1")]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.lines().count() > 5 && said.contains("panics::panics"), "{said}");
}
