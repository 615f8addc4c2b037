//! Recordings, films and pictures made from the window: what of them is seen and touched.
//!
//! What does the work is in [`super::filming`].

use bevy::prelude::*;
use bevy_egui::egui;

use super::desk::{Errand, Shot, StudioAct, Take};
use super::filming::Studio;
use crate::core::script::recorder;
use crate::scene::recording::{Recorded, Recording, RecordingAsk};
use crate::scene::rig::Rig;
use crate::scene::session::SessionState;
use crate::scene::training::Training;
use crate::ui::act::DeskAct;
use crate::ui::desk::Desk;
use crate::ui::style::named;
use crate::ui::view::{FilmView, PanelView};

/// Pixels along a side at most, as graphics devices allow.
pub const MOST_PIXELS: u32 = 8192;
/// Sizes of films.
const SIZES: [[u32; 2]; 3] = [[1280, 720], [1920, 1080], [3840, 2160]];
/// Frames a second of films.
const RATES: [u32; 4] = [24, 25, 30, 60];
/// How many times as large as the window pictures are.
const SCALES: [u32; 3] = [1, 2, 4];

/// Does what the desk asks of the studio, and ends a recording that is full.
pub(super) fn run_studio(
    session: Res<SessionState>,
    training: Res<Training>,
    rig: Option<Res<Rig>>,
    recording: Res<Recording>,
    mut acts: MessageReader<DeskAct>,
    mut ask: MessageWriter<RecordingAsk>,
    mut studio: ResMut<Studio>,
    mut desk: ResMut<Desk>,
) {
    let acts = acts.read().filter_map(|act| match act {
        DeskAct::Studio(act) => Some(*act),
        _ => None,
    });
    let act = acts.last().or(recording.is_full().then_some(StudioAct::Record));
    let (Some(act), Some(rig)) = (act, rig) else { return };
    match act {
        StudioAct::Record if recording.secs().is_some() => {
            ask.write(RecordingAsk::End);
        }
        StudioAct::Record if desk.files.take.is_some() => {
            desk.notice = Some(Err("put the last recording away first".to_owned()));
        }
        StudioAct::Record => {
            ask.write(RecordingAsk::Begin);
        }
        StudioAct::Picture => {
            studio.moment = Some(recorder::moment(&session, training.step(), rig.shown()));
            desk.files.shot = Some(Shot { scale: 1 });
        }
        StudioAct::Cancel => {
            if let Some(filming) = &mut studio.filming {
                filming.cancel();
            }
        }
    }
}

/// Keeps what was recorded.
pub(super) fn keep_take(
    mut recorded: MessageReader<Recorded>,
    mut studio: ResMut<Studio>,
    mut desk: ResMut<Desk>,
) {
    for Recorded { secs, tour, untold } in recorded.read() {
        if let Some(why) = untold {
            desk.notice = Some(Err(format!("the recording does not tell all that was done: {why}")));
        }
        studio.take = Some(tour.clone());
        desk.files.take = Some(Take { secs: *secs, size: Some(SIZES[0]), fps: 30 });
    }
}

/// Draws whichever of the two small windows is open.
pub fn studio_ui(ctx: &egui::Context, view: &PanelView, desk: &mut Desk) {
    let pixels = (ctx.viewport_rect().size() * ctx.pixels_per_point()).round();
    let window = [pixels.x as u32, pixels.y as u32];
    take_ui(ctx, view, window, desk);
    shot_ui(ctx, view, window, desk);
}

/// A window in a corner, where it leaves the picture to be seen.
fn small_window(title: &str, corner: egui::Align2) -> egui::Window<'_> {
    let down = if corner == egui::Align2::RIGHT_TOP { 12.0 } else { -150.0 };
    egui::Window::new(title).collapsible(false).resizable(false).anchor(corner, [-12.0, down])
}

fn take_ui(ctx: &egui::Context, view: &PanelView, window: [u32; 2], desk: &mut Desk) {
    let Some(mut take) = desk.files.take else { return };
    let mut is_over = false;
    small_window("Recording", egui::Align2::RIGHT_BOTTOM).show(ctx, |ui| {
        ui.label(format!("{} were recorded.", duration(take.secs)));
        let hover = "A text that Losscape plays again, and that can be edited.";
        if ui.button("Save as tour (.ron)…").on_hover_text(hover).clicked() {
            desk.act(DeskAct::Errand(Errand::SaveTour));
        }
        ui.separator();
        ui.horizontal(|ui| {
            ui.label("A film of");
            let sizes = SIZES.map(Some).into_iter().chain([None]);
            let name = |size: Option<[u32; 2]>| size.map_or("as the window".to_owned(), size_text);
            egui::ComboBox::from_label("pixels,").selected_text(name(take.size)).show_ui(ui, |ui| {
                for size in sizes {
                    ui.selectable_value(&mut take.size, size, name(size));
                }
            });
            let menu = egui::ComboBox::from_label("frames a second").width(40.0);
            menu.selected_text(take.fps.to_string()).show_ui(ui, |ui| {
                for fps in RATES {
                    ui.selectable_value(&mut take.fps, fps, fps.to_string());
                }
            });
        });
        let size = take.size.unwrap_or(window);
        ui.horizontal(|ui| {
            let button = ui.add_enabled(view.film.is_none(), egui::Button::new("Make a film…"));
            let hover = "It is drawn in the background, every frame complete, whatever this window does.";
            let busy = "One film at a time: wait for the one that is being made, or cancel it.";
            if button.on_hover_text(hover).on_disabled_hover_text(busy).clicked() {
                desk.act(DeskAct::Errand(Errand::Film { size, fps: take.fps }));
            }
            is_over = ui.button("Put away").on_hover_text("Forgets the recording.").clicked();
        });
    });
    desk.files.take = (!is_over).then_some(take);
}

fn shot_ui(ctx: &egui::Context, view: &PanelView, window: [u32; 2], desk: &mut Desk) {
    let Some(mut shot) = desk.files.shot else { return };
    let mut is_over = ctx.input(|input| input.key_pressed(egui::Key::Escape));
    small_window("Picture without panels", egui::Align2::RIGHT_TOP).show(ctx, |ui| {
        ui.horizontal(|ui| {
            for scale in SCALES.into_iter().filter(|scale| fits(window, *scale)) {
                let text = format!("{scale}×");
                let hover = format!("{} pixels", size_text(window.map(|side| side * scale)));
                ui.selectable_value(&mut shot.scale, scale, text).on_hover_text(hover);
            }
            ui.label(size_text(window.map(|side| side * shot.scale)));
        });
        ui.horizontal(|ui| {
            let button = ui.add_enabled(view.film.is_none(), egui::Button::new("Save as…"));
            let busy = "A film is being made: wait for it, or cancel it.";
            if button.on_disabled_hover_text(busy).clicked() {
                let size = window.map(|side| side * shot.scale);
                desk.act(DeskAct::Errand(Errand::Picture { size }));
                is_over = true;
            }
            is_over |= ui.button("Cancel").clicked();
        });
    });
    desk.files.shot = (!is_over).then_some(shot);
}

fn fits(window: [u32; 2], scale: u32) -> bool {
    window.iter().all(|side| side * scale <= MOST_PIXELS)
}

fn size_text([width, height]: [u32; 2]) -> String {
    format!("{width} × {height}")
}

/// Points that the button that records is wide.
const RECORD: f32 = 76.0;

/// Draws the button that records.
pub fn record_button_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk) {
    let (text, name, hover) = match view.recording_secs {
        None => ("⏺ Record", "Record", "Records what you do and see as a tour, to be saved or filmed (F10)."),
        Some(_) => ("⏹ Stop", "Stop recording", "Ends the recording (F10)."),
    };
    let text = egui::RichText::new(text).color(red(ui.visuals().dark_mode));
    // As wide whatever it says: the buttons beside it stay where they are.
    let size = egui::vec2(RECORD, ui.spacing().interact_size.y);
    let button = ui.add_sized(size, egui::Button::new(text)).on_hover_text(hover);
    button.widget_info(|| named(name));
    if button.clicked() {
        desk.act(DeskAct::Studio(StudioAct::Record));
    }
}

/// Tells in the status line what is recorded and filmed.
pub fn studio_status_ui(ui: &mut egui::Ui, view: &PanelView, desk: &mut Desk) {
    if let Some(secs) = view.recording_secs {
        ui.colored_label(red(ui.visuals().dark_mode), format!("⏺ {}", clock(secs)))
            .on_hover_text("What you do and see is recorded. F10 ends it.");
        ui.separator();
    }
    if let Some(film) = &view.film {
        ui.label(film_text(film));
        let button = ui.add_enabled(!film.is_cancelled, egui::Button::new("Cancel").small());
        button.widget_info(|| named("Cancel the film"));
        if button.on_hover_text("Gives the film up. Nothing is left of it.").clicked() {
            desk.act(DeskAct::Studio(StudioAct::Cancel));
        }
        ui.separator();
    }
}

/// Tells it where there is no status line: small, in a corner.
pub fn recording_dot_ui(ctx: &egui::Context, view: &PanelView) {
    let Some(secs) = view.recording_secs else { return };
    let area = egui::Area::new("recording".into()).anchor(egui::Align2::RIGHT_TOP, [-10.0, 8.0]);
    area.interactable(false).show(ctx, |ui| {
        let text = egui::RichText::new(format!("⏺ {}", clock(secs))).small();
        ui.label(text.color(red(ui.visuals().dark_mode)));
    });
}

fn film_text(film: &FilmView) -> String {
    let name = &film.name;
    match (film.is_cancelled, film.progress, film.secs_left) {
        (true, ..) => format!("giving up {name}"),
        (_, None, _) => format!("preparing {name}"),
        (_, Some((done, all)), None) => format!("{name}: {done} of {all} frames"),
        (_, Some((done, all)), Some(secs)) => {
            format!("{name}: {done} of {all} frames, {} left", clock(secs))
        }
    }
}

/// Red that can be read on either ground.
fn red(is_dark: bool) -> egui::Color32 {
    if is_dark { egui::Color32::from_rgb(255, 92, 92) } else { egui::Color32::from_rgb(196, 20, 20) }
}

fn clock(secs: f64) -> String {
    let secs = secs as u64;
    format!("{}:{:02}", secs / 60, secs % 60)
}

fn duration(secs: f64) -> String {
    if secs < 60.0 { format!("{secs:.1} s") } else { format!("{} min", clock(secs)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_offered_that_can_be_drawn() {
        let offered = |window| SCALES.into_iter().filter(|scale| fits(window, *scale)).collect::<Vec<_>>();
        assert_eq!(offered([1280, 720]), [1, 2, 4]);
        assert_eq!(offered([3840, 2160]), [1, 2]);
        assert_eq!(offered([800, 4200]), [1]);
    }

    #[test]
    fn progress_is_told_in_frames_and_time() {
        let film = FilmView {
            name: "a.mp4".into(),
            progress: Some((30, 300)),
            secs_left: Some(65.0),
            is_cancelled: false,
        };
        assert_eq!(film_text(&film), "a.mp4: 30 of 300 frames, 1:05 left");
        assert_eq!(duration(12.34), "12.3 s");
    }
}
