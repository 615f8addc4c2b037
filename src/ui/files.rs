//! Files of the overlay: experiments, data and charts, by dialog, by drop, and by the clipboard.

use std::path::{Path, PathBuf};

use bevy::ecs::message::MessageReader;
use bevy::prelude::*;
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use bevy::window::FileDragAndDrop;
use bevy_egui::{EguiContexts, egui};
use egui_file_dialog::FileDialog;

use super::chart;
use super::charts::{ChartKind, Charts};
use super::desk::Desk;
use super::filming::{FilmOrder, Order};
use super::view::Source;
use crate::core::data::DatasetConfig;
use crate::core::experiment::{ExperimentFile, command_line};
use crate::core::geometry::camera::Pose;
use crate::core::io::output::Output;
use crate::core::script::tour::{Tour, is_tour};
use crate::core::script::{Command, ExperimentCommand};
use crate::scene::session::Ask;
use crate::scene::tour::Presenter;

/// Something to be done with files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Open an experiment, or data.
    Open,
    /// Save the experiment as it stands.
    Save,
    /// Save the picture on screen.
    SavePicture,
    /// Copy the command line that draws what is on screen.
    CopyLine,
    /// Save the last recording as a tour.
    SaveTour,
    /// Make a film of it.
    Film {
        /// Width and height in pixels.
        size: [u32; 2],
        /// Frames a second.
        fps: u32,
    },
    /// Save a picture without panels.
    Picture {
        /// Width and height in pixels.
        size: [u32; 2],
    },
    /// Save a chart.
    SaveChart(ChartKind, Paper),
}

/// How a chart is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// As it is on screen.
    Png,
    /// As a drawing.
    Svg,
    /// As numbers.
    Csv,
}

/// The dialog that asks for a file, and what it is asked for.
#[derive(Resource, Default)]
pub struct Files {
    dialog: FileDialog,
    errand: Option<Errand>,
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
    mut commands: Commands,
) -> Result {
    let ctx = contexts.ctx_mut()?;
    let files = &mut *files;
    if let Some(errand) = desk.bypass_change_detection().errand.take() {
        if errand == Errand::CopyLine {
            let view = source.view();
            ctx.copy_text(command_line(
                &as_seen(&view.experiment, view.pose.as_ref()),
                view.step.min(view.experiment.steps),
            ));
            desk.notice = Some(Ok("the command line is on the clipboard".to_owned()));
        } else {
            files.dialog = dialog(errand);
            files.errand = Some(errand);
            match errand {
                Errand::Open => files.dialog.pick_file(),
                _ => files.dialog.save_file(),
            }
        }
    }
    if files.errand.is_none() {
        return Ok(());
    }
    files.dialog.update(ctx);
    let Some(path) = files.dialog.take_picked() else { return Ok(()) };
    let Some(errand) = files.errand.take() else { return Ok(()) };
    let view = source.view();
    let done = match errand {
        Errand::Open => open(&path).map(|opened| {
            opened.show(&mut ask, &mut presenter);
            None
        }),
        Errand::Save => {
            let text = as_seen(&view.experiment, view.pose.as_ref()).to_ron();
            write(&path, text.as_bytes()).map(Some)
        }
        Errand::SavePicture => {
            save_picture(&mut commands, path.clone(), None);
            Ok(Some(path))
        }
        Errand::SaveTour => {
            desk.order = Some(Order::Tour(path));
            return Ok(());
        }
        Errand::Film { size, fps } => {
            desk.order = Some(Order::Film(FilmOrder { path, size, fps }));
            return Ok(());
        }
        Errand::Picture { size } => {
            desk.order = Some(Order::Picture(FilmOrder { path, size, fps: 30 }));
            return Ok(());
        }
        Errand::SaveChart(kind, Paper::Png) => {
            let rect = chart::rect(ctx, kind.name()).map(|rect| rect * ctx.pixels_per_point());
            save_picture(&mut commands, path.clone(), rect);
            Ok(Some(path))
        }
        Errand::SaveChart(kind, paper) => {
            let chart = charts.open.iter().find(|(open, _)| *open == kind).map(|(_, chart)| chart);
            let text = chart.map(|chart| if paper == Paper::Svg { chart.to_svg() } else { chart.to_csv() });
            write(&path, text.unwrap_or_default().as_bytes()).map(Some)
        }
        Errand::CopyLine => Ok(None),
    };
    desk.notice = match done {
        Ok(path) => path.map(|path| Ok(format!("saved {}", path.display()))),
        Err(why) => Some(Err(why)),
    };
    Ok(())
}

fn dialog(errand: Errand) -> FileDialog {
    let (title, name) = match errand {
        Errand::Open => ("Open an experiment or a tour (.ron), or data (.csv)", ""),
        Errand::Save => ("Save the experiment", "experiment.ron"),
        Errand::SavePicture | Errand::Picture { .. } => ("Save the picture", "picture.png"),
        Errand::SaveTour => ("Save the tour", "tour.ron"),
        Errand::Film { .. } => ("Make a film: .mp4, .webm, .gif or .apng", "film.mp4"),
        Errand::SaveChart(_, Paper::Png) => ("Save the chart", "chart.png"),
        Errand::SaveChart(_, Paper::Svg) => ("Save the chart", "chart.svg"),
        Errand::SaveChart(_, Paper::Csv) => ("Save the chart's numbers", "chart.csv"),
        Errand::CopyLine => ("", ""),
    };
    FileDialog::new().title(title).default_file_name(name)
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
    /// An experiment or data, by the command that shows it.
    Shown(Command),
    /// A tour.
    Tour(Box<Tour>),
}

impl Opened {
    fn show(self, ask: &mut MessageWriter<Ask>, presenter: &mut MessageWriter<Presenter>) {
        match self {
            Self::Shown(command) => {
                ask.write(Ask(command));
            }
            Self::Tour(tour) => {
                presenter.write(Presenter::Begin(tour));
            }
        }
    }
}

/// Opens a file.
///
/// # Errors
/// If it cannot be read, or is neither experiment, tour nor data; in words.
pub fn open(path: &Path) -> Result<Opened, String> {
    let name = path.display().to_string();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("csv") => {
            let dataset =
                DatasetConfig::by_name(&name).ok_or_else(|| format!("{name}: expected a .csv file"))?;
            Ok(Opened::Shown(Command::Experiment(ExperimentCommand::Dataset(dataset))))
        }
        Some("ron") => {
            let text =
                std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
            if is_tour(&text) {
                let folder = path.parent().unwrap_or(Path::new(""));
                let tour = Tour::parse(&text, &name, folder).map_err(|error| error.to_string())?;
                return Ok(Opened::Tour(Box::new(tour)));
            }
            let file = ExperimentFile::parse(&text, &name).map_err(|error| error.to_string())?;
            Ok(Opened::Shown(Command::Experiment(ExperimentCommand::Load(Box::new(file)))))
        }
        _ => Err(format!("{name}: expected an experiment or a tour (.ron) or data (.csv)")),
    }
}

/// Whoever chose the name in the dialog was asked whether an old file may go.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<PathBuf, String> {
    let output = Output::new(path, true).map_err(|error| error.to_string())?;
    output.write(|file| std::io::Write::write_all(file, bytes)).map_err(|error| error.to_string())?;
    Ok(path.to_owned())
}

/// Saves what the window shows, or a part of it in pixels.
fn save_picture(commands: &mut Commands, path: PathBuf, part: Option<egui::Rect>) {
    let save = move |shot: On<ScreenshotCaptured>, mut desk: ResMut<Desk>| {
        let mut png = std::io::Cursor::new(Vec::new());
        let picture = shot.image.clone().try_into_dynamic().map_err(|error| error.to_string());
        let written = picture
            .and_then(|picture| {
                let mut rgb = picture.to_rgb8();
                if let Some(part) = part {
                    let (x, y) = (part.min.x.max(0.0) as u32, part.min.y.max(0.0) as u32);
                    rgb = image::imageops::crop_imm(&rgb, x, y, part.width() as u32, part.height() as u32)
                        .to_image();
                }
                rgb.write_to(&mut png, image::ImageFormat::Png).map_err(|error| error.to_string())
            })
            .and_then(|()| write(&path, png.get_ref()));
        if let Err(why) = written {
            desk.notice = Some(Err(format!("the picture could not be saved: {why}")));
        }
    };
    commands.spawn(Screenshot::primary_window()).observe(save);
}

/// Opens what is dropped on the window.
pub(super) fn take_drops(
    mut drops: MessageReader<FileDragAndDrop>,
    mut desk: ResMut<Desk>,
    mut ask: MessageWriter<Ask>,
    mut presenter: MessageWriter<Presenter>,
) {
    for drop in drops.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = drop {
            match open(path_buf) {
                Ok(opened) => opened.show(&mut ask, &mut presenter),
                Err(why) => desk.notice = Some(Err(why)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_opened_by_its_ending_and_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let shown = |path: &Path| match open(path) {
            Ok(Opened::Shown(Command::Experiment(command))) => command,
            other => panic!("an experiment or data, not {other:?}"),
        };
        let ExperimentCommand::Load(file) = shown(&at("a.ron", "(seed: 9)")) else { panic!("an experiment") };
        assert_eq!(file.seed, 9);
        let data = shown(&at("b.CSV", "1,2\n"));
        assert!(matches!(data, ExperimentCommand::Dataset(DatasetConfig::Csv { .. })));
        let tour = open(&at("t.ron", "(chapters: [(experiment: \"a.ron\", secs: 1)])"));
        assert!(
            matches!(tour, Ok(Opened::Tour(tour)) if tour.secs() == 1.0),
            "its experiment lies beside it"
        );
        assert!(open(&at("c.ron", "(sede: 9)")).unwrap_err().contains("c.ron:1:"));
        assert!(open(&at("d.txt", "")).unwrap_err().contains("expected an experiment"));
    }

    #[test]
    fn an_experiment_is_saved_with_the_eye_where_it_is() {
        let pose = Pose { target: [0.0; 3], yaw: 0.5, pitch: -0.25, distance: 3.0, fov: 0.7 };
        let file = as_seen(&ExperimentFile::default(), Some(&pose));
        assert_eq!(file.view.eye, (28.6, 14.3));
    }
}
