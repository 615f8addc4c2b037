//! What commands will lead to, found out before they are sent: the session after them, and the long part of each.

use std::collections::VecDeque;

use super::preparation::Prepared;
use super::{Now, Session};
use crate::core::command::Command;
use crate::core::experiment::Experiment;
use crate::core::num::{Advance, Job};

/// Finds out what commands will lead to. Its units are commands; it finds nothing where one of them makes no sense.
pub struct Foresight {
    commands: VecDeque<Command>,
    seen: Option<Prospect>,
}

/// What commands will lead to.
#[derive(Debug)]
pub struct Prospect {
    /// The session after them.
    pub session: Session,
    prepared: Vec<Foreseen>,
}

/// The long part of a command.
#[derive(Debug)]
struct Foreseen {
    command: Command,
    /// What it is posed on.
    before: Option<Experiment>,
    prepared: Prepared,
}

impl Foresight {
    /// Of these commands, sent to a session one after the other.
    pub fn new(session: Session, commands: impl IntoIterator<Item = Command>) -> Self {
        let seen = Some(Prospect { session, prepared: Vec::new() });
        Self { commands: commands.into_iter().collect(), seen }
    }
}

impl Job for Foresight {
    type Finding = Prospect;

    fn advance(&mut self, _units: u64) -> Advance<Prospect> {
        let (Some(seen), Some(command)) = (&mut self.seen, self.commands.pop_front()) else {
            return self.seen.take().map_or(Advance::Ended, Advance::Found);
        };
        if !seen.send(command) {
            self.seen = None;
        }
        Advance::Working
    }
}

impl Prospect {
    /// Whether it made sense.
    fn send(&mut self, command: Command) -> bool {
        let prepared = self.session.preparation(&command).and_then(|mut job| job.advance(1).found());
        if let Some(prepared) = prepared.clone() {
            let before = posed_on(&self.session, &command).cloned();
            self.prepared.push(Foreseen { command: command.clone(), before, prepared });
        }
        self.session.apply_prepared(command, Now::default(), prepared).is_ok()
    }

    /// The long part of a command that is now sent to a session, if it was foreseen there.
    pub fn prepared(&mut self, session: &Session, command: &Command) -> Option<Prepared> {
        let is_it =
            |seen: &Foreseen| seen.command == *command && seen.before.as_ref() == posed_on(session, command);
        let at = self.prepared.iter().position(is_it)?;
        Some(self.prepared.swap_remove(at).prepared)
    }
}

/// What the answer to a command depends on.
fn posed_on<'a>(session: &'a Session, command: &Command) -> Option<&'a Experiment> {
    match command {
        Command::Load(_) => session.recorded.as_ref(),
        _ => Some(session.experiment()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{Change, ExperimentFile};

    fn looked_ahead(session: &Session, commands: &[Command]) -> Option<Prospect> {
        let mut job = Foresight::new(session.clone(), commands.to_vec());
        loop {
            match job.advance(1) {
                Advance::Working => {}
                Advance::Found(prospect) => return Some(prospect),
                Advance::Ended => return None,
            }
        }
    }

    #[cfg(feature = "viewer")]
    #[test]
    fn what_was_foreseen_needs_no_examples_drawn_when_it_comes() {
        use crate::core::data::config::generated;
        use crate::core::experiment::builtin;

        let session = Session::new(Experiment::new(ExperimentFile::default()).unwrap());
        let moons = Box::new(builtin::load("moons").unwrap().unwrap());
        let commands = [Command::Load(moons), Command::Set(Change::Seed(7))];
        let mut prospect = looked_ahead(&session, &commands).unwrap();
        let (mut now, before) = (session, generated());
        for command in commands {
            let prepared = prospect.prepared(&now, &command);
            assert!(prepared.is_some(), "{command:?}");
            now.apply_prepared(command, Now::default(), prepared).unwrap();
        }
        assert_eq!(generated(), before, "examples drawn anew");
        assert_eq!(now.experiment(), prospect.session.experiment());
    }

    #[test]
    fn what_is_posed_on_something_else_was_not_foreseen() {
        let session = Session::new(Experiment::new(ExperimentFile::default()).unwrap());
        let command = Command::Set(Change::Seed(7));
        let mut prospect = looked_ahead(&session, std::slice::from_ref(&command)).unwrap();
        let mut other = session.clone();
        other.apply(Command::Set(Change::Seed(8)), Now::default()).unwrap();
        assert!(prospect.prepared(&other, &command).is_none());
        assert!(prospect.prepared(&session, &command).is_some());
    }

    #[test]
    fn nothing_is_foreseen_of_what_makes_no_sense() {
        let session = Session::new(Experiment::new(ExperimentFile::default()).unwrap());
        assert!(looked_ahead(&session, &[Command::Set(Change::Speed(-1.0))]).is_none());
    }
}
