//! Built-in tours before an audience, from a clicker: Page Down and Page Up alone, however fast they are pressed.

use std::time::Duration;

use bevy::prelude::App;
use bevy::time::TimeUpdateStrategy;
use losscape::app;
use losscape::core::command::{Command, RunCommand};
use losscape::core::experiment::Change;
use losscape::core::num::streams::Stream;
use losscape::core::script::restore::is_alike;
use losscape::core::script::{Audience, Player, Tour, builtin};
use losscape::core::session::{Now, Session};
use losscape::scene::commands::Waiting;
use losscape::scene::landscape::Landscape;
use losscape::scene::session::{Coming, Refusal, SessionState};
use losscape::scene::side::{First, Second, Side};
use losscape::scene::tour::{Presenter, Touring};
use losscape::scene::{self, Pacing};

/// A tour, and a session that keeps up with it.
struct Given {
    player: Player,
    session: Session,
    now: Now,
}

impl Given {
    fn new(tour: &Tour, audience: Audience) -> Self {
        let mut given = Self {
            player: Player::new(tour.clone(), audience),
            session: Session::new(tour.first_experiment()),
            now: Now::default(),
        };
        given.frame(0.0);
        given
    }

    fn frame(&mut self, secs: f64) {
        for command in self.player.advance(secs, &self.session, self.now).commands {
            match &command {
                Command::Load(_) => self.now = Now::default(),
                Command::Set(Change::Alpha3(alpha3)) => self.now.alpha3 = *alpha3,
                Command::Run(RunCommand::Seek(step)) => self.now.step = *step,
                _ => {}
            }
            self.session.apply(command, self.now).unwrap();
        }
    }

    /// All of it, without anybody's doing.
    fn straight(tour: &Tour) -> Self {
        let mut film = Self::new(tour, Audience::Film);
        while !film.player.is_over() {
            film.frame(0.25);
        }
        film
    }

    /// Presses Page Down until everything was told; the chapters on the way.
    fn go_through(&mut self) -> Vec<usize> {
        let mut seen = vec![self.player.chapter_number()];
        for _ in 0..presses(self.player.tour()) {
            self.player.forward();
            self.frame(0.0);
            seen.push(self.player.chapter_number());
        }
        assert!(
            self.player.is_over(),
            "chapter {} of {:?}",
            self.player.chapter_number(),
            self.player.tour().file().title
        );
        seen.dedup();
        seen
    }
}

/// So many presses lead through all of a tour: one for each place where it waits, and one for each chapter's end.
fn presses(tour: &Tour) -> usize {
    let waits = |chapter: &losscape::core::script::ChapterFile| {
        chapter.cues.iter().filter(|cue| cue.when.waits()).count() + 2
    };
    tour.chapters().iter().map(waits).sum()
}

fn tours() -> impl Iterator<Item = (&'static str, Tour)> {
    builtin::names().map(|name| (name, builtin::load(name).unwrap().unwrap()))
}

#[test]
fn page_down_alone_goes_through_every_tour_and_page_up_back() {
    for (name, tour) in tours() {
        let count = tour.chapters().len();
        let (film, mut live) = (Given::straight(&tour), Given::new(&tour, Audience::Live));
        assert_eq!(live.go_through(), (0..count).collect::<Vec<_>>(), "{name}");
        assert!(is_alike(&live.session, &film.session), "{name} ends otherwise than its film");
        // At the end a press more does nothing.
        live.player.forward();
        live.frame(0.1);
        assert!(live.player.is_over() && live.player.chapter_number() + 1 == count, "{name}");
        let mut seen = vec![];
        for _ in 0..=count {
            live.player.back();
            live.frame(0.0);
            seen.push(live.player.chapter_number());
        }
        seen.dedup();
        assert_eq!(seen, (0..count).rev().collect::<Vec<_>>(), "{name}");
        let first = Given::new(&tour, Audience::Live);
        assert!(is_alike(&live.session, &first.session), "{name} begins otherwise than it began");
    }
}

#[test]
fn from_every_chapter_the_rest_ends_where_the_tour_ends() {
    for (name, tour) in tours() {
        let film = Given::straight(&tour);
        for chapter in 0..tour.chapters().len() {
            let mut live = Given::new(&tour, Audience::Live);
            live.player.jump_to(chapter);
            live.frame(0.0);
            assert_eq!(live.go_through(), (chapter..tour.chapters().len()).collect::<Vec<_>>(), "{name}");
            assert!(is_alike(&live.session, &film.session), "{name} from chapter {}", chapter + 1);
        }
    }
}

/// What a hand on a clicker does: where it is pressed, at which pace, is anybody's guess.
#[test]
fn presses_at_random_however_fast_leave_every_tour_sound() {
    for (name, tour) in tours() {
        let film = Given::straight(&tour);
        for seed in 0..4 {
            let mut random = Stream::new(seed, "presses");
            let mut live = Given::new(&tour, Audience::Live);
            for _ in 0..40 {
                let before = live.player.chapter_number();
                match random.uniform() < 0.6 {
                    true => live.player.forward(),
                    false => live.player.back(),
                }
                live.frame([0.0, 0.0, 0.016, 0.7, 4.0][random.uniform_in(0.0, 5.0) as usize]);
                assert!(before.abs_diff(live.player.chapter_number()) <= 1, "{name} leaps, seed {seed}");
            }
            live.go_through();
            assert!(is_alike(&live.session, &film.session), "{name}, seed {seed}");
        }
    }
}

/// The same with everything that computes: what was begun for a chapter that was left is in nobody's way.
#[test]
fn presses_at_random_leave_the_program_where_the_tour_ends() {
    for (name, tour) in tours() {
        let film = Given::straight(&tour);
        let mut random = Stream::new(5, "presses");
        let mut app = app::bare(tour.first_experiment(), Pacing::Live);
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(30)));
        scene::tour::begin(&mut app, tour.clone(), Audience::Live, true);
        for _ in 0..30 {
            let word = if random.uniform() < 0.6 { Presenter::Forward } else { Presenter::Back };
            say(&mut app, word);
            (0..random.uniform_in(0.0, 4.0) as usize).for_each(|_| app.update());
        }
        (0..presses(&tour)).for_each(|_| say(&mut app, Presenter::Forward));
        let is_there = |app: &App| {
            let player = app.world().resource::<Touring>().player().expect("a tour is on");
            player.is_over() && is_alike(app.world().resource::<SessionState>(), &film.session)
        };
        // What is prepared beside the frames comes when it is done.
        for _ in 0..20_000 {
            if is_there(&app) {
                break;
            }
            app.update();
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(is_there(&app), "{name}");
        assert_eq!(app.world().resource::<Refusal>().0, None, "{name}");
    }
}

fn say(app: &mut App, word: Presenter) {
    app.world_mut().write_message(word);
    app.update();
}

/// What a chapter shows at its beginning is found out while the one before it is on: nobody waits for it, however long
/// that takes.
#[test]
#[ignore = "minutes; whether all chapters are foreseen was not seen yet"]
fn the_next_chapter_begins_with_what_was_found_out_before() {
    let tour = builtin::load("what-is-a-loss-landscape").unwrap().unwrap();
    let mut app = app::bare(tour.first_experiment(), Pacing::Live);
    app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(30)));
    scene::tour::begin(&mut app, tour.clone(), Audience::Live, true);
    app.update();
    for chapter in 1..tour.chapters().len() {
        until(&mut app, |app| is_settled::<First>(app) && is_settled::<Second>(app) && is_foreseen(app));
        while chapter_of(&app) < chapter {
            say(&mut app, Presenter::Forward);
        }
        for _ in 0..FRAMES_AT_A_START {
            app.update();
        }
        assert!(is_settled::<First>(&app) && is_settled::<Second>(&app), "chapter {}", chapter + 1);
    }
}

/// Frames in which a chapter's beginning is on screen: its commands go through in the first.
const FRAMES_AT_A_START: usize = 2;

fn chapter_of(app: &App) -> usize {
    app.world().resource::<Touring>().player().map_or(0, |player| player.chapter_number())
}

/// Whether a side's pictures are those of the session, and complete.
fn is_settled<S: Side>(app: &App) -> bool {
    let world = app.world();
    let is_shown = world.contains_resource::<SessionState<S>>();
    !is_shown || world.resource::<Waiting>().is_empty() && world.resource::<Landscape<S>>().is_settled()
}

fn is_foreseen(app: &App) -> bool {
    let world = app.world();
    let is_last = world.resource::<Touring>().player().is_some_and(|player| player.coming().is_none());
    let coming = world.resource::<Coming>();
    let second = world.resource::<Landscape<Second>>();
    let is_ahead = world.resource::<Landscape>().is_ahead_of(coming) && second.is_ahead_of(coming);
    is_last || coming.of::<First>().is_some() && is_ahead
}

fn until(app: &mut App, is_so: impl Fn(&App) -> bool) {
    for _ in 0..600_000 {
        if is_so(app) {
            return;
        }
        app.update();
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("chapter {} waits for ever", chapter_of(app) + 1);
}

/// Words that a presenter says in a minute.
const WORDS_A_MINUTE: f64 = 130.0;

/// Minutes that a tour takes from a clicker where all of it is said aloud: while things move, and where they move first.
fn spoken_minutes(tour: &Tour) -> [f64; 2] {
    let words = |text: &str| text.split_whitespace().count() as f64;
    let of = |chapter: &losscape::core::script::ChapterFile| {
        let said = 60.0 * (words(&chapter.caption) + words(&chapter.notes)) / WORDS_A_MINUTE;
        [said.max(chapter.secs), said + chapter.secs]
    };
    let all = tour.chapters().iter().map(of);
    all.fold([0.0; 2], |sum, of| [sum[0] + of[0] / 60.0, sum[1] + of[1] / 60.0])
}

#[test]
fn the_lecture_is_told_in_12_to_20_minutes_as_its_docs_say() {
    const NAME: &str = "what-is-a-loss-landscape";
    let minutes = spoken_minutes(&builtin::load(NAME).unwrap().unwrap());
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lecture.md")).unwrap();
    let said = format!("{:.0} to {:.0} minutes", minutes[0], minutes[1]);
    assert!(docs.contains(&said), "{said}: {minutes:?}");
    let told = |language: &str| builtin::load_in(NAME, &language.parse().unwrap()).unwrap().unwrap();
    for minutes in [minutes, spoken_minutes(&told("de")), spoken_minutes(&told("es"))] {
        assert!(12.0 <= minutes[0] && minutes[1] <= 20.0, "{minutes:?}");
    }
}
