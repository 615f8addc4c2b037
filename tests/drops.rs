//! Files dropped on the window: what becomes of good ones and of broken ones.

use losscape::disk::sources;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy::window::FileDragAndDrop;
use losscape::app::Overlay;
use losscape::core::data::DatasetConfig;
use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::io::npy;
use losscape::record::eye::{Eye, EyeRequest};
use losscape::scene::Pacing;
use losscape::scene::session::{Refusal, SessionState};
use losscape::ui::Desk;

/// What is still to be dropped, one in a frame.
#[derive(Resource)]
struct ToDrop(Vec<PathBuf>);

/// An eye on a small experiment after files were dropped on it.
fn after(files: &[PathBuf]) -> Eye {
    after_saying(files, false)
}

/// The same where whoever is asked whether a file may read others says so, or nothing.
fn after_saying(files: &[PathBuf], is_allowed: bool) -> Eye {
    let text = "(steps: 20, dataset: xor(points: 20), slice: (grid: [5, 5], volume: [3, 3, 3]))";
    let experiment = Experiment::reading(ExperimentFile::parse(text, "x.ron").unwrap(), &sources()).unwrap();
    let (overlay, pacing) = (Overlay::Panels, Pacing::Awaited);
    let request =
        EyeRequest { experiment, size: [640, 360], overlay, pacing, msaa: Msaa::Off, pixels_per_point: 1 };
    let drop_one = |mut left: ResMut<ToDrop>, mut drops: MessageWriter<FileDragAndDrop>| {
        if let Some(path_buf) = left.0.pop() {
            drops.write(FileDragAndDrop::DroppedFile { window: Entity::PLACEHOLDER, path_buf });
        }
    };
    let files: Vec<PathBuf> = files.iter().rev().cloned().collect();
    let mut eye = Eye::undrawn_with(request, move |app| {
        let answer = move |mut desk: ResMut<Desk>| {
            desk.files.asking.iter_mut().for_each(|asking| asking.is_allowed = is_allowed);
        };
        app.insert_resource(ToDrop(files)).add_systems(First, drop_one).add_systems(Last, answer);
    });
    (0..6).for_each(|_| eye.frame());
    eye
}

fn file(eye: &Eye) -> &ExperimentFile {
    eye.world().resource::<SessionState>().experiment().file()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn an_experiment_and_data_are_opened_and_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = "(seed: 9, steps: 30, slice: (grid: [5, 5], volume: [3, 3, 3]))";
    let experiment = written(folder.path(), "mine.ron", experiment);
    assert_eq!((file(&after(&[experiment])).seed, file(&after(&[])).seed), (9, 0));

    let data = written(folder.path(), "mine.csv", "x,y,t\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n");
    let eye = after(std::slice::from_ref(&data));
    assert!(matches!(&file(&eye).dataset, DatasetConfig::Csv { path, .. } if *path == data));
    assert_eq!(eye.world().resource::<SessionState>().experiment().objective().unwrap().examples(), 4);
    assert_eq!(eye.world().resource::<SessionState>().changes().0, 1, "one change to undo");
}

#[test]
fn a_file_that_asks_for_others_elsewhere_is_opened_once_somebody_has_said_so() {
    let whole = tempfile::tempdir().unwrap();
    let inner = whole.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let data = written(whole.path(), "mine.csv", "x,y,t\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n");
    let text = "(steps: 30, dataset: csv(path: \"../mine.csv\"), slice: (grid: [5, 5], volume: [3, 3, 3]))";
    let asks = written(&inner, "asks.ron", text);
    let eye = after(std::slice::from_ref(&asks));
    assert_ne!(file(&eye).steps, 30);
    let asking = eye.world().resource::<Desk>().files.asking.clone().unwrap();
    assert_eq!((&asking.path, &asking.files[..]), (&asks, &[data.canonicalize().unwrap()][..]));
    let eye = after_saying(std::slice::from_ref(&asks), true);
    assert_eq!((file(&eye).steps, eye.world().resource::<Desk>().files.asking.clone()), (30, None));
    let examples = eye.world().resource::<SessionState>().experiment().objective().unwrap().examples();
    assert!(data.exists() && examples == 4);
}

#[test]
fn a_start_is_taken_from_a_file_of_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("start.npy");
    let theta: Vec<f64> = (0..13).map(|i| 0.1 * f64::from(i)).collect();
    npy::write_theta(std::fs::File::create(&path).unwrap(), &theta).unwrap();
    let eye = after(std::slice::from_ref(&path));
    assert_eq!(file(&eye).from, Some(path));
    let session = eye.world().resource::<SessionState>();
    assert_eq!(session.experiment().start_run().unwrap().latest().theta[..], theta);
}

#[test]
fn broken_files_are_refused_in_words_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let before = file(&after(&[])).clone();
    let told = |name: &str, text: &str| {
        let eye = after(&[written(folder.path(), name, text)]);
        assert_eq!(*file(&eye), before, "{name}");
        let notice = eye.world().resource::<Desk>().notice.clone();
        let refusal = eye.world().resource::<Refusal>().0.as_ref().map(ToString::to_string);
        notice.and_then(Result::err).or(refusal).unwrap_or_else(|| panic!("{name} was taken in silence"))
    };
    assert!(told("typo.ron", "(\n  sede: 9)").contains("typo.ron:2:"));
    assert!(told("wrong.ron", "(steps: 0)").starts_with("steps = 0: expected"));
    assert!(told("ragged.csv", "1,2,0\n3,4\n").contains("line 2"));
    assert!(told("words.csv", "1,2,0\n3,many,1\n").contains("line 2"));
    assert!(told("start.npy", "no numbers").starts_with("from = "));
    assert!(told("picture.jpg", "").contains(
        "expected an experiment or a tour (.ron), data (.csv, .tsv, .txt, .data), a start (.npy), a slice of others (.npz, \
         .h5) or a recording (.lsr)"
    ));
    let eye = after(&[folder.path().join("gone.ron")]);
    let notice = eye.world().resource::<Desk>().notice.clone();
    assert!(matches!(&notice, Some(Err(why)) if why.contains("gone.ron")), "{notice:?}");
}
