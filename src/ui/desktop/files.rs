//! Files of the overlay: experiments, data and charts, by dialog, by drop, and by the clipboard.

use std::path::{Path, PathBuf};

use bevy::ecs::message::MessageReader;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::FileDragAndDrop;
use bevy_egui::{EguiContexts, egui};
use egui_file_dialog::{DialogState, FileDialog};

use super::desk::{Asking, Errand, FilmOrder, Order, Paper};
use super::writing::{folder_of, write};
use crate::core::command::Command;
use crate::core::data::DatasetConfig;
use crate::core::data::table::is_table;
use crate::core::experiment::{Change, ChartKind, ExperimentFile, Theme, command_line};
use crate::core::geometry::camera::Pose;
use crate::core::imports::is_import;
use crate::core::io::folder::Reach;
use crate::core::script::{Script, Tour};
use crate::disk::output::is_there;
use crate::disk::{self, access};
use crate::scene::session::{Ask, SessionState};
use crate::scene::tour::Presenter;
use crate::ui::Dialog;
use crate::ui::act::DeskAct;
use crate::ui::charts::Charts;
use crate::ui::desk::Desk;
use crate::ui::source::Source;
use crate::ui::view::PanelView;

/// The dialog that asks for a file, and what it is asked for.
#[derive(Resource, Default)]
pub struct Files {
    dialog: FileDialog,
    errand: Option<Errand>,
    shot: Option<PendingPicture>,
}

/// A picture that is taken once the dialog has left the screen.
struct PendingPicture {
    path: PathBuf,
    /// When the dialog was closed, in seconds of egui's time, and passes since then.
    closed_at: f64,
    passes: u32,
}

/// Seconds and passes that a dialog takes to fade from the screen.
const FADE_SECS: f64 = 0.3;
const FADE_PASSES: u32 = 3;

impl PendingPicture {
    /// Whether the dialog is gone; otherwise another pass is asked for.
    fn is_due(&mut self, ctx: &egui::Context) -> bool {
        self.passes += 1;
        ctx.request_repaint();
        self.passes > FADE_PASSES && ctx.input(|input| input.time) > self.closed_at + FADE_SECS
    }
}

/// Sees to what the desk asks for.
pub(super) fn run_errands(
    mut contexts: EguiContexts,
    source: Source,
    charts: Res<Charts>,
    mut files: ResMut<Files>,
    mut desk: ResMut<Desk>,
    mut ask: MessageWriter<Ask>,
    mut presenter: MessageWriter<Presenter>,
    mut acts: MessageReader<DeskAct>,
    mut orders: MessageWriter<Order>,
    mut commands: Commands,
) -> Result {
    let ctx = contexts.ctx_mut()?;
    let files = &mut *files;
    if let Some(shot) = files.shot.take_if(|shot| shot.is_due(ctx)) {
        save_picture(&mut commands, shot.path);
    }
    let errands = acts.read().filter_map(|act| match act {
        DeskAct::Errand(errand) => Some(*errand),
        _ => None,
    });
    match errands.last() {
        Some(Errand::CopyLine) => copy_line(ctx, &source.view(), &mut desk),
        Some(errand) => files.begin(errand),
        None => {}
    }
    let Some((path, errand)) = files.picked(ctx) else { return Ok(()) };
    let shown = source.view();
    match with_ending(path, errand) {
        Err(why) => desk.notice = Some(Err(why)),
        Ok(path) => match errand {
            Errand::Open => match open(&path, &shown.experiment, Reach::Below) {
                Ok(opened) => {
                    desk.notice = None;
                    opened.show(&mut ask, &mut presenter, &mut desk);
                }
                Err(why) => desk.notice = Some(Err(why)),
            },
            Errand::SavePicture => {
                desk.notice = None;
                files.shot =
                    Some(PendingPicture { path, closed_at: ctx.input(|input| input.time), passes: 0 });
            }
            Errand::Save => desk.notice = Some(saved(&path, Ok(experiment_in(&path, &shown)))),
            Errand::SaveChart(kind, paper) => {
                let bytes = on_paper(&charts, kind, paper, shown.experiment.view.theme);
                desk.notice = Some(saved(&path, bytes));
            }
            Errand::SaveTour | Errand::Film { .. } | Errand::Picture { .. } | Errand::CopyLine => {
                orders.write_batch(order_of(errand, path));
            }
        },
    }
    Ok(())
}

/// What takes longer, and is done elsewhere.
fn order_of(errand: Errand, path: PathBuf) -> Option<Order> {
    match errand {
        Errand::SaveTour => Some(Order::Tour(path)),
        Errand::Film { size, fps } => Some(Order::Film(FilmOrder { path, size, fps })),
        Errand::Picture { size } => Some(Order::Picture(FilmOrder { path, size, fps: 30 })),
        _ => None,
    }
}

impl Files {
    /// Asks for the file of an errand.
    fn begin(&mut self, errand: Errand) {
        self.dialog = dialog(errand);
        self.errand = Some(errand);
        match errand {
            Errand::Open => self.dialog.pick_file(),
            _ => self.dialog.save_file(),
        }
    }

    /// Shows the dialog; the file that was chosen in it, once, and what for.
    fn picked(&mut self, ctx: &egui::Context) -> Option<(PathBuf, Errand)> {
        self.errand?;
        self.dialog.update(ctx);
        let path = self.dialog.take_picked()?;
        Some((path, self.errand.take()?))
    }
}

fn copy_line(ctx: &egui::Context, view: &PanelView, desk: &mut Desk) {
    let seen = as_seen(&view.experiment, view.camera.pose.as_ref());
    ctx.copy_text(command_line(&seen, view.run.step.min(view.experiment.steps)));
    desk.notice = Some(Ok("the command line is on the clipboard".to_owned()));
}

/// The experiment that is shown as a file at that path.
fn experiment_in(path: &Path, view: &PanelView) -> Vec<u8> {
    let file = as_seen(&view.experiment, view.camera.pose.as_ref()).saved_in(folder_of(path));
    file.to_ron().into_bytes()
}

/// Writes a file and tells so, or why not.
fn saved(path: &Path, bytes: Result<Vec<u8>, String>) -> Result<String, String> {
    let path = write(path, &bytes?)?;
    Ok(format!("saved {}", path.display()))
}

/// Tells whether the dialog is open.
pub(super) fn tell_dialog(files: Res<Files>, mut dialog: ResMut<Dialog>) {
    dialog.is_open = matches!(files.dialog.state(), DialogState::Open);
}

/// An open chart as a file.
fn on_paper(charts: &Charts, kind: ChartKind, paper: Paper, theme: Theme) -> Result<Vec<u8>, String> {
    let open = charts.open.iter().find(|(open, _)| *open == kind);
    let (_, chart) = open.ok_or_else(|| format!("the chart {} was closed", kind.name()))?;
    match paper {
        Paper::Png => chart.to_png(kind.name(), theme),
        Paper::Svg => Ok(chart.to_svg(kind.name(), theme).into_bytes()),
        Paper::Csv => Ok(chart.to_csv().into_bytes()),
    }
}

fn dialog(errand: Errand) -> FileDialog {
    let (title, name) = texts(errand);
    FileDialog::new().title(title).default_file_name(name)
}

/// What a dialog is called, and the name that it proposes.
fn texts(errand: Errand) -> (&'static str, &'static str) {
    match errand {
        Errand::Open => (
            "Open an experiment or a tour (.ron), data (.csv, .txt, …), a start (.npy) or a slice of others (.npz, .h5)",
            "",
        ),
        Errand::Save => ("Save the experiment", "experiment.ron"),
        Errand::SavePicture | Errand::Picture { .. } => ("Save the picture", "picture.png"),
        Errand::SaveTour => ("Save the tour", "tour.ron"),
        Errand::Film { .. } => ("Make a film: .mp4, .webm, .mov, .gif or .apng", "film.mp4"),
        Errand::SaveChart(_, Paper::Png) => ("Save the chart", "chart.png"),
        Errand::SaveChart(_, Paper::Svg) => ("Save the chart", "chart.svg"),
        Errand::SaveChart(_, Paper::Csv) => ("Save the chart's numbers", "chart.csv"),
        Errand::CopyLine => ("", ""),
    }
}

/// The name with the usual ending, where it was typed without one. A file that is there under that name
/// stays: the dialog has not asked about it.
fn with_ending(path: PathBuf, errand: Errand) -> Result<PathBuf, String> {
    let usual = Path::new(texts(errand).1).extension();
    let (None, Some(usual)) = (path.extension(), usual) else { return Ok(path) };
    let path = path.with_extension(usual);
    if is_there(&path) {
        return Err(format!("{} exists already; expected its whole name, or a new one", path.display()));
    }
    Ok(path)
}

/// The experiment with the eye where it is.
pub fn as_seen(file: &ExperimentFile, pose: Option<&Pose>) -> ExperimentFile {
    let mut file = file.clone();
    if let Some(pose) = pose {
        // Whole tenths of a degree: nobody sees more, and a person may read it.
        let degrees = |radians: f64| (10.0 * radians.to_degrees()).round() / 10.0;
        let below = degrees(-pose.pitch).clamp(-88.0, 88.0);
        file.view.eye = (degrees(crate::core::geometry::camera::wrapped(pose.yaw)), below);
    }
    file
}

/// What was in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// An experiment, data or a start, by the command that shows it.
    Shown(Command),
    /// A tour.
    Tour(Box<Tour>),
    /// Something that asks for files elsewhere.
    Asking(Asking),
}

impl Opened {
    fn show(self, ask: &mut MessageWriter<Ask>, presenter: &mut MessageWriter<Presenter>, desk: &mut Desk) {
        match self {
            Self::Asking(asking) => desk.files.asking = Some(asking),
            Self::Shown(command) => {
                ask.write(Ask(command));
            }
            Self::Tour(tour) => {
                presenter.write(Presenter::Begin(tour));
            }
        }
    }
}

/// Opens a file beside the present experiment; `reach` says which others it may have read.
///
/// # Errors
/// If it cannot be read, or is neither experiment, tour, data, start nor something computed elsewhere; in words.
pub fn open(path: &Path, present: &ExperimentFile, reach: Reach) -> Result<Opened, String> {
    let name = path.display().to_string();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    // Nothing is left of what was computed elsewhere where something is computed here.
    let trained = ExperimentFile::default();
    let present = if present.import.is_some() { &trained } else { present };
    match ending.as_deref() {
        _ if ending.as_deref() != Some("ron") && is_import(&disk::Files, path) => {
            let file = ExperimentFile { import: Some(path.to_owned()), ..ExperimentFile::default() };
            Ok(Opened::Shown(Command::Load(Box::new(file))))
        }
        _ if is_table(&name) => {
            let dataset = DatasetConfig::table(name);
            let is_there = present.surface.is_none() && dataset.is_of_same_data(&present.dataset);
            Ok(Opened::Shown(match is_there {
                // It keeps what was said of it, and is read anew: somebody may have changed it.
                true => Command::Load(Box::new(present.clone())),
                false => Command::Set(Change::Dataset(dataset)),
            }))
        }
        Some("ron") => match Script::read(path, &access(reach.clone())) {
            Ok(Script::Tour(tour)) => Ok(Opened::Tour(tour)),
            Ok(Script::Experiment(file)) => Ok(Opened::Shown(Command::Load(file))),
            Err(error) if !error.outside().is_empty() => {
                let (path, files) = (path.to_owned(), error.outside().to_vec());
                Ok(Opened::Asking(Asking { path, reach, files, is_allowed: false }))
            }
            Err(error) => Err(error.to_string()),
        },
        Some("npy") => {
            let file = ExperimentFile { from: Some(path.to_owned()), ..present.clone() };
            Ok(Opened::Shown(Command::Load(Box::new(file))))
        }
        _ => Err(format!(
            "{name}: expected an experiment or a tour (.ron), data (.csv, .tsv, .txt, .data), a start (.npy), a slice of \
             others (.npz, .h5) or a recording (.lsr)"
        )),
    }
}

/// Saves what the window shows.
fn save_picture(commands: &mut Commands, path: PathBuf) {
    let save = move |shot: On<ScreenshotCaptured>, mut desk: ResMut<Desk>| {
        let written = png_of(&shot.image).and_then(|png| write(&path, &png));
        desk.notice = Some(match written {
            Ok(path) => Ok(format!("saved {}", path.display())),
            Err(why) => Err(format!("the picture could not be saved: {why}")),
        });
    };
    commands.spawn(Screenshot::primary_window()).observe(save);
}

/// A picture as a PNG.
fn png_of(image: &Image) -> Result<Vec<u8>, String> {
    let picture = image.clone().try_into_dynamic().map_err(|error| error.to_string())?;
    let mut png = std::io::Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut png, image::ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(png.into_inner())
}

/// Opens what is dropped on the window, and what may now have others read.
pub(super) fn take_drops(
    mut drops: MessageReader<FileDragAndDrop>,
    session: Res<SessionState>,
    mut desk: ResMut<Desk>,
    mut ask: MessageWriter<Ask>,
    mut presenter: MessageWriter<Presenter>,
) {
    let dropped = drops.read().filter_map(|drop| match drop {
        FileDragAndDrop::DroppedFile { path_buf, .. } => Some((path_buf.clone(), Reach::Below)),
        _ => None,
    });
    let allowed = desk.bypass_change_detection().files.asking.take_if(|asking| asking.is_allowed);
    let allowed = allowed.map(|asking| (asking.path, asking.reach.and(&asking.files)));
    for (path, reach) in dropped.chain(allowed) {
        match open(&path, session.experiment().file(), reach) {
            Ok(opened) => opened.show(&mut ask, &mut presenter, &mut desk),
            Err(why) => desk.notice = Some(Err(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_by_its_ending_and_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let present = ExperimentFile { seed: 4, ..ExperimentFile::default() };
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let shown = |path: &Path| match open(path, &present, Reach::Below) {
            Ok(Opened::Shown(command)) => command,
            other => panic!("an experiment or data, not {other:?}"),
        };
        let Command::Load(file) = shown(&at("a.ron", "(seed: 9)")) else { panic!("an experiment") };
        assert_eq!(file.seed, 9);
        for name in ["b.CSV", "b.tsv", "b.Txt", "b.data"] {
            let data = shown(&at(name, "1,2\n"));
            assert!(matches!(data, Command::Set(Change::Dataset(DatasetConfig::Csv { .. }))), "{name}");
        }
        let Command::Load(file) = shown(&at("slice.npz", "")) else { panic!("a slice") };
        assert_eq!(file.import, Some(folder.path().join("slice.npz")));
        // After it, data begin an experiment of their own.
        let after = open(&folder.path().join("b.CSV"), &file, Reach::Below);
        let Ok(Opened::Shown(Command::Set(Change::Dataset(_)))) = after else {
            panic!("data, not {after:?}")
        };
        // A table that is there already keeps what was said of it, and is read anew.
        let mut same = present.clone();
        same.dataset = DatasetConfig::table(folder.path().join("b.CSV").display().to_string());
        same.dataset.set_points(1);
        let again = open(&folder.path().join("b.CSV"), &same, Reach::Below);
        assert_eq!(again, Ok(Opened::Shown(Command::Load(Box::new(same.clone())))));
        let tour =
            open(&at("t.ron", "(chapters: [(experiment: \"a.ron\", secs: 1)])"), &present, Reach::Below);
        assert!(
            matches!(tour, Ok(Opened::Tour(tour)) if tour.secs() == 1.0),
            "its experiment lies beside it"
        );
        let data = shown(&at("UP.RON", "(dataset: csv(path: \"b.CSV\"))"));
        let Command::Load(mut file) = data else { panic!("an experiment") };
        assert_eq!(file.paths_mut(), [&mut folder.path().join("b.CSV")]);
        assert!(open(&at("c.ron", "(sede: 9)"), &present, Reach::Below).unwrap_err().contains("c.ron:1:"));
        assert!(
            open(&at("d.doc", ""), &present, Reach::Below).unwrap_err().contains("expected an experiment")
        );
    }

    #[test]
    fn a_name_gets_the_usual_ending_and_no_file_is_lost_by_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let picture = Errand::Picture { size: [640, 360] };
        assert_eq!(with_ending(at("a"), picture), Ok(at("a.png")));
        assert_eq!(with_ending(at("a"), Errand::Film { size: [640, 360], fps: 30 }), Ok(at("a.mp4")));
        assert_eq!(with_ending(at("a.webm"), picture), Ok(at("a.webm")), "what was typed is meant");
        assert_eq!(with_ending(at("a"), Errand::Open), Ok(at("a")));
        std::fs::write(at("b.png"), "mine").unwrap();
        assert!(with_ending(at("b"), picture).unwrap_err().contains("b.png exists already"));
    }

    #[test]
    fn a_start_goes_with_the_rest_of_the_experiment() {
        let present = ExperimentFile { seed: 4, ..ExperimentFile::default() };
        let expected = ExperimentFile { from: Some("x.npy".into()), ..present.clone() };
        let load = Command::Load(Box::new(expected));
        assert_eq!(open(Path::new("x.npy"), &present, Reach::Below), Ok(Opened::Shown(load)));
    }

    #[test]
    fn what_cannot_be_written_is_told_with_the_reason_and_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.ron");
        std::fs::write(&path, "old").unwrap();
        assert_eq!(write(&path, b"new"), Ok(path.clone()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        let nowhere = write(&folder.path().join("nowhere/x.ron"), b"new").unwrap_err();
        assert!(nowhere.contains("there is no folder"), "{nowhere}");
        // A folder in which nobody may write, whoever runs the tests.
        #[cfg(target_os = "linux")]
        {
            let refused = write(Path::new("/proc/x.ron"), b"new").unwrap_err();
            assert!(refused.starts_with("cannot write /proc/x.ron: ") && refused.len() > 30, "{refused}");
        }
    }

    #[test]
    fn an_experiment_is_saved_with_the_eye_where_it_is() {
        let pose = Pose { target: [0.0; 3], yaw: 0.5, pitch: -0.25, distance: 3.0, fov: 0.7 };
        let file = as_seen(&ExperimentFile::default(), Some(&pose));
        assert_eq!(file.view.eye, (28.6, 14.3));
    }
}
