//! Plays a tour: says which commands are due as its clock goes on.
//!
//! The player reads the session and never writes it. What it sends are the same commands that a person
//! sends.

use super::chapters::{ChapterFile, Cue, Ease, TOLERANCE_SECS};
use super::tour::Tour;
use crate::core::command::number::{number_of, with_number};
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::Change;
use crate::core::session::{Now, Session};

/// Who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// People, with a presenter whose key goes on: the clock holds where a cue waits and at a chapter's end.
    Live,
    /// A film: the clock runs through.
    Film,
}

/// A tour under way.
#[derive(Clone, Debug)]
pub struct Player {
    tour: Tour,
    audience: Audience,
    chapter: usize,
    /// Seconds of the chapter.
    clock: f64,
    /// The cue that comes next.
    next: usize,
    /// Whether the key was pressed for the place where the clock holds.
    is_released: bool,
    /// Whether the chapter's beginning was sent.
    has_begun: bool,
    easing: Vec<Easing>,
    /// What has to be sent before anything else, after a jump to another chapter.
    restore: Vec<Command>,
    /// A tour names runs as a new session does; this one has counted so many more.
    runs_before: Option<u64>,
}

/// A number on its way.
#[derive(Clone, Debug)]
struct Easing {
    command: Command,
    ease: Ease,
    from: f64,
    to: f64,
    began: f64,
}

impl Easing {
    /// Where the number is at a time of the chapter.
    fn number(&self, secs: f64) -> f64 {
        let past = secs - self.began;
        // Where it sets out it is where it was, to the last digit: a readout would tell of a trace.
        let share = if past <= TOLERANCE_SECS { 0.0 } else { self.ease.share(past + TOLERANCE_SECS) };
        if share < 1.0 { self.from + share * (self.to - self.from) } else { self.to }
    }
}

/// What is due.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Due {
    /// The commands, in order.
    pub commands: Vec<Command>,
    /// Whether the picture changes at once, as at the beginning of another experiment: a camera that
    /// travelled from the old picture to the new one would show neither.
    pub is_cut: bool,
}

impl Player {
    /// A tour at its beginning. The session is expected to begin with the tour's first experiment.
    pub fn new(tour: Tour, audience: Audience) -> Self {
        Self {
            tour,
            audience,
            chapter: 0,
            clock: 0.0,
            next: 0,
            is_released: false,
            has_begun: false,
            easing: Vec::new(),
            restore: Vec::new(),
            runs_before: None,
        }
    }

    /// The tour.
    pub fn tour(&self) -> &Tour {
        &self.tour
    }

    /// The number of the chapter that is on, from 0.
    pub fn chapter_number(&self) -> usize {
        self.chapter
    }

    /// The chapter that is on.
    pub fn chapter(&self) -> &ChapterFile {
        &self.tour.chapters()[self.chapter]
    }

    /// Seconds of the chapter.
    pub fn clock(&self) -> f64 {
        self.clock
    }

    /// Whether everything was played.
    pub fn is_over(&self) -> bool {
        self.chapter + 1 == self.tour.chapters().len() && self.clock >= self.chapter().secs - TOLERANCE_SECS
    }

    /// Whether the clock stands until a key is pressed.
    pub fn is_waiting(&self) -> bool {
        self.audience == Audience::Live && !self.is_released && self.has_begun && self.is_at_stop()
    }

    fn is_at_stop(&self) -> bool {
        let at_cue = self.cue().is_some_and(|cue| cue.when.waits() && self.is_reached(cue.when.secs()));
        at_cue || self.is_reached(self.chapter().secs)
    }

    fn cue(&self) -> Option<&Cue> {
        self.chapter().cues.get(self.next)
    }

    fn is_reached(&self, secs: f64) -> bool {
        self.clock >= secs - TOLERANCE_SECS
    }

    /// The presenter's key: goes on where the clock holds, and before that to the next place where it
    /// would hold.
    pub fn forward(&mut self) {
        if !self.is_waiting() {
            let stop = self.chapter().cues[self.next..].iter().find(|cue| cue.when.waits());
            self.clock = stop.map_or(self.chapter().secs, |cue| cue.when.secs());
        }
        self.is_released = true;
    }

    /// Back to the beginning of the chapter; from there to the one before.
    pub fn back(&mut self) {
        let before = if self.clock < BACK_SECS { self.chapter.saturating_sub(1) } else { self.chapter };
        self.jump_to(before);
    }

    /// To the beginning of a chapter, as the chapters before it would have left things.
    pub fn jump_to(&mut self, chapter: usize) {
        let chapter = chapter.min(self.tour.chapters().len() - 1);
        let source = (0..=chapter).rev().find(|i| self.tour.experiment(*i).is_some()).unwrap_or(0);
        self.restore.clear();
        if source == 0 {
            // Its first experiment is loaded again, and runs are counted from there.
            self.runs_before = None;
        }
        for i in source..chapter {
            self.restore.extend(self.tour.opening(i));
            self.restore.extend(self.tour.chapters()[i].cues.iter().map(|cue| cue.command.clone()));
        }
        self.enter(chapter);
    }

    /// The commands that lead from the session as it now is to the beginning of the next chapter, with everything
    /// where it comes to rest; nothing in the last one, and before this one has begun.
    pub fn coming(&self) -> Option<Vec<Command>> {
        let next = self.tour.chapters().get(self.chapter + 1).filter(|_| self.has_begun)?;
        let easing = self.easing.iter().map(|easing| &easing.command);
        let left = self.chapter().cues[self.next..].iter().map(|cue| &cue.command);
        let first = next.cues.iter().take_while(|cue| cue.when.secs() <= 0.0 && !cue.when.waits());
        let first = first.filter(|cue| cue.ease.is_none()).map(|cue| &cue.command);
        let mut commands: Vec<Command> = easing.chain(left).cloned().collect();
        commands.extend(self.tour.opening(self.chapter + 1));
        commands.extend(first.cloned());
        let before = self.runs_before.unwrap_or_default();
        commands.iter_mut().for_each(|command| rename_run(command, before));
        Some(commands)
    }

    fn enter(&mut self, chapter: usize) {
        (self.chapter, self.clock, self.next) = (chapter, 0.0, 0);
        (self.is_released, self.has_begun) = (false, false);
        self.easing.clear();
    }

    /// Lets the clock go on by `dt` seconds. What is then due is told in order; `session` and `now` say
    /// from where a number that is eased sets out.
    pub fn advance(&mut self, dt: f64, session: &Session, now: Now) -> Due {
        let mut due = Due::default();
        if !self.is_waiting() && self.has_begun {
            self.clock += dt;
        }
        loop {
            self.begin(&mut due);
            self.run_cues(&mut due, session, now);
            self.run_easing(&mut due);
            let (end, chapters) = (self.chapter().secs, self.tour.chapters().len());
            let may_go_on = self.audience == Audience::Film || self.is_released;
            if !self.is_reached(end) || !may_go_on || self.chapter + 1 == chapters {
                break;
            }
            let over = if self.audience == Audience::Film { (self.clock - end).max(0.0) } else { 0.0 };
            self.enter(self.chapter + 1);
            self.clock = over;
        }
        if self.audience == Audience::Live {
            self.hold();
        }
        let counted = session.runs_counted().saturating_sub(Session::RUNS_AT_FIRST);
        let before = *self.runs_before.get_or_insert(counted);
        due.commands.iter_mut().for_each(|command| rename_run(command, before));
        due
    }

    fn begin(&mut self, due: &mut Due) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let restore = std::mem::take(&mut self.restore);
        due.is_cut |=
            !restore.is_empty() || self.chapter == 0 || self.tour.experiment(self.chapter).is_some();
        due.commands.extend(restore);
        due.commands.extend(self.tour.opening(self.chapter));
    }

    fn run_cues(&mut self, due: &mut Due, session: &Session, now: Now) {
        while let Some(cue) = self.cue().filter(|cue| self.is_reached(cue.when.secs())).cloned() {
            if cue.when.waits() && self.audience == Audience::Live && !self.is_released {
                return;
            }
            // One press of the key is for one place.
            self.is_released &= !cue.when.waits();
            self.next += 1;
            let from = self.take_over(&cue, due).or_else(|| present(&cue.command, session, now));
            match (cue.ease, from, number_of(&cue.command)) {
                (Some(ease), Some(from), Some(to)) => {
                    let began = cue.when.secs();
                    self.easing.push(Easing { command: cue.command, ease, from, to, began });
                }
                _ => due.commands.push(cue.command),
            }
        }
    }

    /// Takes a number over from the cue before, so that two cues set it one after the other and never
    /// at once. Where it stands at the time of the cue, if not every frame says so.
    fn take_over(&mut self, cue: &Cue, due: &Due) -> Option<f64> {
        number_of(&cue.command)?;
        let at = self.easing.iter().position(|other| is_same_number(&other.command, &cue.command));
        let set = due.commands.iter().rev().find(|other| is_same_number(other, &cue.command));
        match at.map(|at| self.easing.swap_remove(at)) {
            Some(easing) => Some(easing.number(cue.when.secs())),
            None => set.and_then(number_of),
        }
    }

    fn run_easing(&mut self, due: &mut Due) {
        let clock = self.clock;
        self.easing.retain(|easing| {
            due.commands.push(with_number(&easing.command, easing.number(clock)));
            clock < easing.began + easing.ease.secs() - TOLERANCE_SECS
        });
    }

    /// A clock that ran past a place where it holds goes back there.
    fn hold(&mut self) {
        let stop =
            self.cue().filter(|cue| cue.when.waits()).map_or(self.chapter().secs, |cue| cue.when.secs());
        self.clock = self.clock.min(stop);
    }
}

/// Makes the name of a run in a new session its name in one that has counted so many more before.
fn rename_run(command: &mut Command, before: u64) {
    let Command::Run(command) = command else { return };
    match command {
        RunCommand::Retire(id) | RunCommand::Lead(id) => id.0 += before,
        RunCommand::Tune(tuning) => tuning.run.0 += before,
        _ => {}
    }
}

/// Seconds of a chapter in which the key back leads to the chapter before.
const BACK_SECS: f64 = 1.5;

/// Where the number of a command stands now; `None` where there is none.
fn present(command: &Command, session: &Session, now: Now) -> Option<f64> {
    match command {
        // It may be on its way.
        Command::Set(Change::Alpha3(_)) => Some(now.alpha3),
        Command::Set(change) => change.setting().of(session.experiment().file()).number(),
        Command::Run(RunCommand::Seek(_)) => Some(now.step as f64),
        _ => None,
    }
}

/// Whether both set the same number: the later one takes it over.
fn is_same_number(a: &Command, b: &Command) -> bool {
    with_number(a, 0.0) == with_number(b, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{CameraMode, ChartKind, ExperimentFile};
    use crate::core::script::tour::tests::parsed;
    use crate::core::subspace::PlaneConfig;

    /// The session after a tour of that text has been played for so long at a frame rate, the commands
    /// it sent, and the step training is at if it kept up.
    struct Played {
        session: Session,
        player: Player,
        commands: Vec<Command>,
        now: Now,
    }

    impl Played {
        fn new(text: &str, audience: Audience) -> Self {
            let tour = parsed(text).unwrap();
            let session = Session::new(tour.first_experiment());
            let now = Now::default();
            Self { session, player: Player::new(tour, audience), commands: Vec::new(), now }
        }

        fn play(&mut self, secs: f64, fps: u32) {
            let frames = (secs * f64::from(fps)).round() as u32;
            for i in 0..=frames {
                let dt = if i == 0 { 0.0 } else { 1.0 / f64::from(fps) };
                for command in self.player.advance(dt, &self.session, self.now).commands {
                    if let Command::Set(Change::Alpha3(alpha3)) = &command {
                        self.now.alpha3 = *alpha3;
                    }
                    self.session.apply(command.clone(), self.now).unwrap();
                    self.commands.push(command);
                }
            }
        }

        fn count(&self, command: &Command) -> usize {
            self.commands.iter().filter(|sent| *sent == command).count()
        }
    }

    const TWO: &str = "(chapters: [
        (experiment: \"xor-model3\", secs: 2, cues: [
            (when: at(0.5), command: slice(alpha3(1.0)), ease: smooth(1.0)),
            (when: key(1.7), command: view(opacity(0.5))),
        ]),
        (secs: 1, cues: [(when: at(1.0), command: view(theme(light)))]),
    ])";

    fn is_light(session: &Session) -> bool {
        session.look().theme == crate::core::experiment::Theme::Light
    }

    #[test]
    fn a_film_sends_each_cue_once_at_any_frame_rate() {
        for fps in [1, 7, 24, 30, 60] {
            let mut film = Played::new(TWO, Audience::Film);
            film.play(3.0, fps);
            assert_eq!(film.count(&Command::Set(Change::Opacity(0.5))), 1, "{fps}");
            assert_eq!(film.now.alpha3, 1.0, "{fps}");
            assert!(is_light(&film.session) && film.player.is_over(), "{fps}");
        }
    }

    #[test]
    fn a_number_that_is_eased_goes_there_evenly_and_arrives() {
        let mut film = Played::new(TWO, Audience::Film);
        film.play(0.5, 10);
        assert_eq!(film.now.alpha3, 0.0, "it sets out from where it was");
        film.play(0.5, 10);
        assert!((film.now.alpha3 - 0.5).abs() < 1e-3, "{}", film.now.alpha3);
        film.play(0.5, 10);
        assert_eq!(film.now.alpha3, 1.0);
    }

    #[test]
    fn a_dot_glides_from_start_to_end_and_an_angle_turns() {
        let text = "(chapters: [(experiment: \"xor-model3\", secs: 2, cues: [
            (when: at(0), command: view(charts([sections]))),
            (when: at(0), command: view(dot(0))),
            (when: at(0), command: experiment(plane(angle(degrees: 10)))),
            (when: at(0), command: view(dot(1)), ease: linear(1)),
            (when: at(0), command: experiment(plane(angle(degrees: 90))), ease: linear(1)),
        ])])";
        let mut film = Played::new(text, Audience::Film);
        film.play(0.5, 10);
        let angle = |session: &Session| match session.experiment().slice.plane {
            PlaneConfig::Angle { degrees } => degrees,
            _ => f64::NAN,
        };
        let dot = film.session.look().dot.unwrap();
        assert!((dot - 0.5).abs() < 1e-4 && (angle(&film.session) - 50.0).abs() < 1e-2, "{dot}");
        film.play(1.0, 10);
        assert_eq!((film.session.look().dot, angle(&film.session)), (Some(1.0), 90.0));
        assert_eq!(film.session.look().charts, [ChartKind::Sections]);
    }

    #[test]
    fn a_number_is_taken_over_where_it_stands_at_the_time_of_the_next_cue() {
        let text = "(chapters: [(experiment: \"xor-model3\", secs: 4, cues: [
            (when: at(0), command: run(seek(0))),
            (when: at(0), command: run(seek(100)), ease: linear(1)),
            (when: at(1), command: run(seek(300)), ease: linear(1)),
            (when: at(2), command: run(seek(300))),
            (when: at(2), command: slice(alpha3(1)), ease: linear(1.5)),
            (when: at(3), command: slice(alpha3(-1))),
        ])])";
        for fps in [1, 7, 24, 30, 60] {
            let mut film = Played::new(text, Audience::Film);
            film.play(4.0, fps);
            let steps: Vec<u64> = film
                .commands
                .iter()
                .filter_map(|command| match command {
                    Command::Run(RunCommand::Seek(step)) => Some(*step),
                    _ => None,
                })
                .collect();
            let course =
                |clock: f64| if clock <= 1.0 { 100.0 * clock } else { (200.0 * clock - 100.0).min(300.0) };
            let mut frames = (0..=4 * fps).map(|frame| course(f64::from(frame) / f64::from(fps)));
            assert!(
                frames.all(|step| steps.iter().any(|sent| sent.abs_diff(step.round() as u64) < 2)),
                "{fps}: {steps:?}"
            );
            assert!(steps.is_sorted(), "{fps}: {steps:?}");
            assert_eq!(film.now.alpha3, -1.0, "{fps}");
        }
    }

    #[test]
    fn before_an_audience_the_clock_holds_until_the_key() {
        let mut live = Played::new(TWO, Audience::Live);
        live.play(9.0, 30);
        assert!(live.player.is_waiting());
        assert_eq!((live.player.clock(), live.session.look().opacity), (1.7, 1.0));
        live.player.forward();
        live.play(9.0, 30);
        assert_eq!((live.player.clock(), live.session.look().opacity), (2.0, 0.5));
        assert_eq!(live.player.chapter_number(), 0);
        live.player.forward();
        live.play(9.0, 30);
        assert_eq!(live.player.chapter_number(), 1);
        assert!((live.player.clock() - 1.0).abs() < 1e-9);
        assert!(is_light(&live.session));
        live.player.forward();
        live.play(1.0, 30);
        assert!(live.player.is_over(), "there is nothing after the end");
    }

    #[test]
    fn the_key_in_the_middle_of_a_chapter_goes_to_the_next_place_at_once() {
        let mut live = Played::new(TWO, Audience::Live);
        live.play(0.2, 30);
        live.player.forward();
        live.play(0.0, 30);
        assert_eq!((live.now.alpha3, live.session.look().opacity), (1.0, 0.5));
    }

    #[test]
    fn back_is_the_chapter_as_it_began() {
        let mut live = Played::new(TWO, Audience::Live);
        live.play(2.0, 30);
        for _ in 0..2 {
            live.player.forward();
            live.play(2.0, 30);
        }
        assert!(is_light(&live.session));
        live.player.jump_to(1);
        live.play(0.0, 30);
        assert!(!is_light(&live.session), "the chapter has not come to it again");
        assert_eq!((live.session.look().opacity, live.now.alpha3), (0.5, 1.0));
        live.player.back();
        live.play(0.0, 30);
        assert_eq!((live.player.chapter_number(), live.session.look().opacity), (0, 1.0));
    }

    #[test]
    fn runs_are_meant_as_in_a_new_session_wherever_a_tour_is_given() {
        let text = "(chapters: [(experiment: \"xor-model3\", secs: 1, cues: [
            (when: at(0.2), command: run(race(optimizer: adam(), from: same))),
            (when: at(0.4), command: run(lead(2))),
        ])])";
        let mut fresh = Played::new(text, Audience::Film);
        fresh.play(1.0, 30);
        let mut used = Played::new(text, Audience::Live);
        for seed in 0..5 {
            let seed = Command::Set(Change::Seed(seed));
            used.session.apply(seed, Now::default()).unwrap();
        }
        used.play(1.0, 30);
        let leader = |played: &Played| played.session.plane_source().name();
        assert_eq!((leader(&fresh), leader(&used)), ("adam", "adam"));
        used.player.jump_to(0);
        used.play(1.0, 30);
        assert_eq!(leader(&used), "adam");
    }

    #[test]
    fn a_chapter_with_keys_leads_the_camera() {
        let mut film = Played::new(
            "(chapters: [(experiment: \"xor-model3\", secs: 2, camera: [
                (secs: 0, pose: (target: (0, 0, 0), yaw: 0, pitch: -0.5, distance: 3)),
                (secs: 2, pose: (target: (0, 0, 0), yaw: 1, pitch: -0.5, distance: 3)),
            ])])",
            Audience::Film,
        );
        film.play(0.1, 30);
        assert_eq!(film.session.look().camera, CameraMode::Path);
        assert_eq!(film.session.view().keys.len(), 2);
    }

    #[test]
    fn a_chapter_may_bring_its_experiment_along() {
        let file = ExperimentFile { seed: 77, ..ExperimentFile::default() };
        let load = Command::Load(Box::new(file));
        let cue = Cue { when: super::super::When::At(0.0), command: load, ease: None };
        let chapter = ChapterFile { secs: 1.0, cues: vec![cue], ..ChapterFile::default() };
        let tour = super::super::TourFile { title: String::new(), chapters: vec![chapter] };
        let mut film = Played::new(&tour.to_ron(), Audience::Film);
        assert_eq!(film.player.tour().experiment(0).map(|experiment| experiment.seed), Some(77));
        film.play(1.0, 30);
        assert_eq!(film.session.experiment().seed, 77);
        let loads = film.commands.iter().filter(|command| matches!(command, Command::Load(_)));
        assert_eq!(loads.count(), 1);
    }
}
