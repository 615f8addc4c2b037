//! What a person's desk keeps from one day to the next, and the experiment that a crash interrupted.
//!
//! Both are files in the folder that the system has for such things. A file that cannot be read is set
//! aside, with a notice: it must not keep anybody from working.
//!
//! Several windows share the desk, the last one closed leaving its own, but each keeps its experiment in
//! a place of its own, which it holds by a lock for as long as it lives, and clears when it is closed. A
//! place that nobody holds and that has a file was left by a crash: the next window takes that too, and
//! keeps the file until somebody has decided about it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::prelude::*;
use directories::ProjectDirs;

use super::desk::Rescue;
use crate::core::experiment::ExperimentFile;
use crate::core::experiment::file::{parse_ron, to_pretty_ron};
use crate::core::experiment::paths::read_ron;
use crate::core::io::folder::Reach;
use crate::core::text::with_causes;
use crate::disk::hold::take_hold;
use crate::disk::output::Output;
use crate::disk::{Files, access};
use crate::scene::motion::Motion;
use crate::scene::session::SessionState;
use crate::scene::tour::Touring;
use crate::ui::KeepSystems;
use crate::ui::desk::Desk;

/// The files, where there is a folder for them.
#[derive(Resource, Clone, Debug)]
pub struct Preferences {
    desk: PathBuf,
    /// `None`: every place is taken.
    own: Option<Slot>,
    /// What a crash left.
    left: Option<Slot>,
}

/// A place for an experiment that is not saved.
#[derive(Clone, Debug)]
struct Slot {
    file: PathBuf,
    /// Held until the program ends, however that is. `None`: there are no locks here, and windows go
    /// without.
    _lock: Option<Arc<File>>,
}

impl Slot {
    /// Takes hold of a place; `None` if another window has it.
    fn hold(file: PathBuf) -> Option<Self> {
        let lock = match File::create(file.with_extension("lock")) {
            Ok(lock) => Some(Arc::new(take_hold(&lock).then_some(lock)?)),
            Err(_) => None,
        };
        Some(Self { file, _lock: lock })
    }
}

/// Windows at once that keep their experiments.
const MOST_PLACES: usize = 32;

impl Preferences {
    /// The files in the system's folder; `None` where it has none, or none can be made.
    pub fn of_system() -> Option<Self> {
        let folders = ProjectDirs::from("", "", "losscape")?;
        Self::within(folders.config_dir())
    }

    /// The files in a folder, which is made if it is not there.
    pub fn within(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).ok()?;
        let file = |place: usize| folder.join(format!("unsaved-{place}.ron"));
        let (left, empty): (Vec<PathBuf>, Vec<PathBuf>) =
            (1..=MOST_PLACES).map(file).partition(|file| file.exists());
        Some(Self {
            desk: folder.join("desk.ron"),
            own: empty.into_iter().find_map(Slot::hold),
            left: left.into_iter().find_map(Slot::hold),
        })
    }

    /// Where the experiment is that is not saved yet; `None` where there is no place for it.
    pub fn rescue(&self) -> Option<&Path> {
        self.own.as_ref().map(|own| &*own.file)
    }

    /// The desk as it was left; a new one where there is none, or where its file was set aside. With a word
    /// where this window has no place for what is not saved.
    pub fn desk(&self) -> Desk {
        let mut desk = self.kept_desk();
        if self.own.is_none() && desk.notice.is_none() {
            let folder = self.desk.parent().unwrap_or(Path::new("")).display();
            desk.notice = Some(Err(format!(
                "{MOST_PLACES} experiments that were not saved lie in {folder} (unsaved-1.ron and so on): what this \
                 window does not save is lost if it ends unexpectedly, until some of them are opened or deleted"
            )));
        }
        desk
    }

    fn kept_desk(&self) -> Desk {
        let Ok(text) = read_ron(&Files, &self.desk) else { return Desk::default() };
        match parse_ron::<Desk>(&text, &self.desk.display().to_string()) {
            Ok(desk) => desk.checked(),
            Err(error) => {
                let aside = self.desk.with_extension("ron.bad");
                let kept = match std::fs::rename(&self.desk, &aside) {
                    Ok(()) => format!("set aside as {}", aside.display()),
                    Err(error) => format!("could not be set aside: {error}"),
                };
                let place = format!("line {}: {}", error.line, error.message);
                let notice =
                    Some(Err(format!("the preferences could not be read ({place}) and were {kept}")));
                Desk { notice, ..Desk::default() }
            }
        }
    }

    /// The experiment that was not saved when the program last ended without being closed.
    pub fn unsaved(&self) -> Option<ExperimentFile> {
        // What it names was opened before.
        ExperimentFile::read(&self.left.as_ref()?.file, &access(Reach::Anywhere)).ok()
    }

    /// A window that was closed leaves nothing to be rescued.
    pub fn forget(&self) {
        // There may be none.
        let _ = self.rescue().map(std::fs::remove_file);
    }

    /// Ends what a crash left: opened, it is this window's from now on.
    fn end_rescue(&self, is_opened: bool) {
        let Some(Slot { file, .. }) = &self.left else { return };
        let ended = match (is_opened, self.rescue()) {
            (true, Some(own)) => std::fs::rename(file, own),
            // It stays where it is, to be offered again.
            (true, None) => Ok(()),
            (false, _) => std::fs::remove_file(file),
        };
        if let Err(error) = ended {
            warn!("{}: {error}", file.display());
        }
    }
}

/// Keeps both files up to date.
pub(super) fn plugin(app: &mut App) {
    app.add_systems(Last, (keep_desk, end_rescue, keep_unsaved).chain().in_set(KeepSystems));
}

/// Seconds between two looks at what there is to keep while anything moves: each frame of a drag would
/// wait for the disk.
const PAUSE_SECS: f32 = 2.0;

/// Whether there is time to look.
fn is_time(motion: &Motion, time: &Time<Real>, looked: &mut f32) -> bool {
    let is_time = !motion.0 || time.elapsed_secs() - *looked >= PAUSE_SECS;
    if is_time {
        *looked = time.elapsed_secs();
    }
    is_time
}

fn keep_desk(
    preferences: Option<Res<Preferences>>,
    desk: Res<Desk>,
    (session, touring): (Res<SessionState>, Res<Touring>),
    motion: Res<Motion>,
    time: Res<Time<Real>>,
    mut looked: Local<f32>,
    mut kept: Local<Option<Desk>>,
) {
    let Some(preferences) = preferences.filter(|_| is_time(&motion, &time, &mut looked)) else { return };
    let mut lasting = desk.lasting();
    // A tour's charts are its own.
    if touring.player().is_none() {
        lasting.keep_charts(session.look());
    }
    // What it was when the program began is on file already.
    if kept.as_ref().is_some_and(|kept| *kept != lasting) {
        write(&preferences.desk, &to_pretty_ron(&lasting, usize::MAX));
    }
    *kept = Some(lasting);
}

fn end_rescue(preferences: Option<Res<Preferences>>, mut desk: ResMut<Desk>) {
    let rescue = &mut desk.bypass_change_detection().files.rescue;
    let Some(decided) = rescue.take_if(|rescue| !matches!(rescue, Rescue::Offered(_))) else { return };
    if let Some(preferences) = preferences {
        preferences.end_rescue(decided == Rescue::Opened);
    }
}

fn keep_unsaved(
    preferences: Option<Res<Preferences>>,
    session: Res<SessionState>,
    motion: Res<Motion>,
    time: Res<Time<Real>>,
    mut looked: Local<f32>,
    mut kept: Local<Option<ExperimentFile>>,
) {
    let Some(preferences) = preferences.filter(|_| is_time(&motion, &time, &mut looked)) else { return };
    let file = session.experiment().file();
    if kept.as_ref() == Some(file) {
        return;
    }
    if let Some(own) = preferences.rescue().filter(|_| kept.is_some() && session.changes().0 > 0) {
        let folder = own.parent().unwrap_or(Path::new(""));
        write(own, &file.saved_in(folder).to_ron());
    }
    *kept = Some(file.clone());
}

/// A preference that cannot be written is no reason to stop.
fn write(path: &Path, text: &str) {
    let output = Output::new(path, true).map_err(|error| error.to_string());
    let written = output.and_then(|output| {
        output
            .write(|file| std::io::Write::write_all(file, text.as_bytes()))
            .map_err(|error| with_causes(&error))
    });
    if let Err(why) = written {
        warn!("{why}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::ChartKind;

    #[test]
    fn a_desk_is_kept_and_a_corrupt_one_is_set_aside_with_a_notice() {
        let folder = tempfile::tempdir().unwrap();
        let preferences = Preferences::within(&folder.path().join("new")).unwrap();
        assert_eq!(preferences.desk(), Desk::default());
        let mut desk = Desk { zoom: 1.3, window: Some([1280, 720]), ..Desk::default() };
        desk.charts.push(ChartKind::Map);
        write(&preferences.desk, &to_pretty_ron(&desk.lasting(), usize::MAX));
        assert_eq!(preferences.desk(), desk);
        write(&preferences.desk, "(zoom: 99.0)");
        assert_eq!(preferences.desk().zoom, 2.5, "nobody could read it otherwise");
        write(&preferences.desk, "(zoom: ");
        let fresh = preferences.desk();
        assert!(matches!(&fresh.notice, Some(Err(why)) if why.contains("desk.ron.bad")), "{fresh:?}");
        assert_eq!(preferences.desk(), Desk::default(), "the corrupt file is out of the way");
    }

    fn file(seed: u64) -> ExperimentFile {
        ExperimentFile { seed, ..ExperimentFile::default() }
    }

    #[test]
    fn two_windows_keep_two_experiments_and_neither_loses_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let window = || Preferences::within(folder.path()).unwrap();
        let keep = |window: &Preferences, seed| write(window.rescue().unwrap(), &file(seed).to_ron());
        let (first, second) = (window(), window());
        keep(&first, 1);
        keep(&second, 2);
        assert_eq!(window().unsaved(), None, "a third one takes neither");
        drop((first, second));
        // Both have crashed: the next two windows find one each, and keep their own beside it.
        let (third, fourth) = (window(), window());
        assert_eq!((third.unsaved(), fourth.unsaved()), (Some(file(1)), Some(file(2))));
        keep(&third, 3);
        third.end_rescue(false);
        drop((third, fourth));
        assert_eq!(window().unsaved(), Some(file(2)), "what nobody has decided about is kept");
    }

    #[test]
    fn a_window_that_is_closed_leaves_nothing_and_what_was_opened_is_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let window = || Preferences::within(folder.path()).unwrap();
        let keep = |window: &Preferences, seed| write(window.rescue().unwrap(), &file(seed).to_ron());
        keep(&window(), 1);
        let opened = window();
        opened.end_rescue(true);
        drop(opened);
        let again = window();
        assert_eq!(again.unsaved(), Some(file(1)), "opened, and lost again before anything was kept");
        keep(&again, 2);
        again.end_rescue(false);
        again.forget();
        drop(again);
        assert_eq!(window().unsaved(), None);
    }

    #[test]
    fn a_window_without_a_place_of_its_own_keeps_its_desk_and_says_what_is_in_the_way() {
        let folder = tempfile::tempdir().unwrap();
        for place in 1..=MOST_PLACES {
            std::fs::write(folder.path().join(format!("unsaved-{place}.ron")), file(7).to_ron()).unwrap();
        }
        std::fs::write(folder.path().join("desk.ron"), "(zoom: 1.5)").unwrap();
        let window = Preferences::within(folder.path()).unwrap();
        let desk = window.desk();
        assert_eq!(desk.zoom, 1.5);
        let told = desk.notice.unwrap().unwrap_err();
        assert!(told.starts_with("32 experiments that were not saved lie in "), "{told}");
        assert!(told.contains(&folder.path().display().to_string()), "{told}");
        assert_eq!((window.rescue(), window.unsaved()), (None, Some(file(7))), "what is left is offered");
        window.end_rescue(true);
        window.forget();
        drop(window);
        assert_eq!(Preferences::within(folder.path()).unwrap().unsaved(), Some(file(7)), "nothing is lost");
        Preferences::within(folder.path()).unwrap().end_rescue(false);
        let next = Preferences::within(folder.path()).unwrap();
        assert_eq!((next.rescue().is_some(), next.desk().notice), (true, None), "one was given up");
    }
}
