//! Two windows over everything: the keys, and a field that finds any command by its name.

use bevy_egui::egui;

use super::actions::{Act, Action, actions, found};
use super::desk::Desk;
use super::race::rival;
use super::view::PanelView;
use crate::core::command::Command;

/// Draws whichever of the two is open.
pub fn palette_ui(ctx: &egui::Context, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    if desk.is_help_open {
        help(ctx, view, desk);
    }
    if desk.sought.is_some() {
        palette(ctx, view, desk, asked);
    }
}

/// What has no command of its own: several keys that go together, and the mouse.
const MORE: [(&str, &str); 7] = [
    ("1 to 9", "Go to the view kept under that number; with Ctrl, keep the one on screen there"),
    (
        "PageDown, PageUp",
        "Play, and a twentieth of the run back, as a presenter's clicker sends them; in a tour on, and back",
    ),
    ("Mouse: drag", "Turn the picture; with the right button, move it"),
    ("Mouse: wheel", "Nearer, and farther away, to and from the pointer"),
    ("Mouse: click", "Choose the point of the surface under the pointer"),
    ("Flying: W A S D Q E", "Ahead, left, back, right, down, up"),
    ("Flying: mouse", "Drag looks around; the wheel sets the speed"),
];

/// Points that the keys take at their usual size, with the window around them.
const HELP: egui::Vec2 = egui::vec2(780.0, 640.0);

/// All keys at once: in a lecture, or a small window, in smaller letters.
fn help(ctx: &egui::Context, view: &PanelView, desk: &mut Desk) {
    desk.is_help_open = !ctx.input(|input| input.key_pressed(egui::Key::Escape));
    let room = ctx.viewport_rect().size() / HELP;
    let share = room.min_elem().min(1.0);
    let window = egui::Window::new("Keys").open(&mut desk.is_help_open).collapsible(false).resizable(false);
    window.anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        ui.style_mut().text_styles.values_mut().for_each(|font| font.size *= share);
        ui.spacing_mut().interact_size.y *= share;
        let all: Vec<Action> = actions(view).into_iter().filter(|action| !action.key.is_empty()).collect();
        let half = all.len().div_ceil(2);
        egui::Grid::new("keys").num_columns(4).spacing([14.0, 4.0]).show(ui, |ui| {
            for row in 0..half {
                for action in [Some(&all[row]), all.get(row + half)].into_iter().flatten() {
                    ui.monospace(action.key);
                    ui.label(&action.name);
                }
                ui.end_row();
            }
        });
        ui.separator();
        egui::Grid::new("more keys").num_columns(2).spacing([14.0, 4.0]).show(ui, |ui| {
            for (hand, does) in MORE {
                ui.monospace(hand);
                ui.label(does);
                ui.end_row();
            }
        });
    });
}

/// Passes of the overlay in which nothing typed counts.
const OPENING_PASSES: u64 = 3;
/// Commands shown at once.
const MOST_FOUND: usize = 12;

fn palette(ctx: &egui::Context, view: &PanelView, desk: &mut Desk, asked: &mut Vec<Command>) {
    let Some(before) = desk.sought.clone() else { return };
    let mut sought = before.clone();
    let mut chosen = None;
    let window = egui::Window::new("Find a command").collapsible(false).resizable(false).title_bar(false);
    window.anchor(egui::Align2::CENTER_TOP, [0.0, 60.0]).show(ctx, |ui| {
        let field = egui::TextEdit::singleline(&mut sought)
            .hint_text("Type what you want to do")
            .desired_width(360.0);
        let response = ui.add(field);
        response.request_focus();
        let hits = found(actions(view), &sought);
        for (i, action) in hits.iter().take(MOST_FOUND).enumerate() {
            let text = match action.key {
                "" => action.name.clone(),
                key => format!("{}   ({key})", action.name),
            };
            if ui.selectable_label(i == 0, text).clicked() {
                chosen = Some(action.act.clone());
            }
        }
        if hits.is_empty() {
            ui.weak("nothing of that name");
        }
        if ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            chosen = hits.into_iter().next().map(|action| action.act);
        }
    });
    // The key that opened it may still be on its way as a letter.
    let (id, now) = (egui::Id::new("palette opened"), ctx.cumulative_pass_nr());
    let opened = ctx.data_mut(|data| *data.get_temp_mut_or_insert_with(id, || now));
    if now < opened + OPENING_PASSES {
        sought = before;
    }
    let is_left = ctx.input(|input| input.key_pressed(egui::Key::Escape));
    if is_left || chosen.is_some() {
        ctx.data_mut(|data| data.remove_temp::<u64>(id));
    }
    desk.sought = (!is_left && chosen.is_none()).then_some(sought);
    match chosen {
        Some(Act::Ask(command)) => asked.push(command),
        Some(Act::Race(optimizer)) => asked.push(Command::Run(rival(view, optimizer))),
        Some(Act::Desk(act)) => desk.act(act),
        None => {}
    }
}
