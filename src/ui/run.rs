//! How training goes on, and what it has reached.

use bevy_egui::egui;

use super::dial::Dial;
use super::field::{FIELD, fitted, signs, sized};
use super::style::{loss_text, number, step_text, warning, words};
use super::view::PanelView;
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::{Change, Setting};
use crate::core::probe::Brief;
use crate::core::text::Percent;

/// Draws the panel.
pub fn run_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut ask = |command| asked.push(Command::Run(command));
    ui.horizontal(|ui| {
        let (text, hover, command) = match view.run.is_playing {
            true => ("⏸ Pause", "Hold training here (Space).", RunCommand::Pause),
            false => {
                ("▶ Play", "Go on training (Space); from the planned end, go on past it.", RunCommand::Play)
            }
        };
        if ui.add_sized([84.0, 26.0], egui::Button::new(text)).on_hover_text(hover).clicked() {
            ask(command);
        }
        if ui
            .add_sized([64.0, 26.0], egui::Button::new("Step"))
            .on_hover_text("Take one step (right arrow).")
            .clicked()
        {
            ask(RunCommand::Step(1));
        }
        let hover = "Begin again at step 0 (R). The same steps come again.";
        if ui.add_sized([76.0, 26.0], egui::Button::new("⟲ Restart")).on_hover_text(hover).clicked() {
            ask(RunCommand::Restart);
        }
    });
    speed_ui(ui, view, asked);
    if !view.is_imported {
        converge_ui(ui, asked);
    }
    let step = step_text(view.run.step, view.experiment.steps);
    number(
        ui,
        "step",
        step,
        "Where training is, of what is planned. How fast it goes stands on the timeline.",
    );
    readouts_ui(ui, view);
}

fn speed_ui(ui: &mut egui::Ui, view: &PanelView, asked: &mut Vec<Command>) {
    let mut speed = view.experiment.view.steps_per_second;
    ui.horizontal(|ui| {
        let label = ui.label("Speed");
        let range = Setting::Speed.range().unwrap_or(1.0..=1e5);
        let dial = Dial { range, is_open: false, is_log: true, decimals: 0, suffix: " /s", after: 0.0 };
        for part in dial.show(ui, &mut speed) {
            part.labelled_by(label.id).on_hover_text(Setting::Speed.row().doc);
        }
        if speed != view.experiment.view.steps_per_second {
            asked.push(Command::Set(Change::Speed(speed)));
        }
    });
}

/// Length of the gradient at which a run counts as converged, unless another is chosen.
pub const TOLERANCE: f64 = 1e-4;

fn converge_ui(ui: &mut egui::Ui, asked: &mut Vec<Command>) {
    let id = ui.id().with("tolerance");
    let mut tolerance = ui.data(|data| data.get_temp(id)).unwrap_or(TOLERANCE);
    ui.horizontal(|ui| {
        let hover = "Train on, past the planned end too, until the gradient is shorter than this.";
        if ui.button("To convergence").on_hover_text(hover).clicked() {
            asked.push(Command::Run(RunCommand::Converge { tolerance }));
        }
        let label = ui.label("below");
        let speed = 0.02 * tolerance;
        let field = egui::DragValue::new(&mut tolerance).range(1e-15..=1e3).speed(speed);
        let signs = signs(ui, FIELD);
        let field = field.custom_formatter(move |value, _| fitted(value, signs));
        sized(ui, FIELD, field).labelled_by(label.id).on_hover_text(hover);
    });
    ui.data_mut(|data| data.insert_temp(id, tolerance));
}

fn readouts_ui(ui: &mut egui::Ui, view: &PanelView) {
    let text = |value: Option<f64>| egui::RichText::new(value.map_or("–".to_owned(), loss_text));
    number(ui, "true loss", text(view.run.true_loss()).strong(), "The loss at the point where training is.");
    if view.run.is_evaluated {
        let hover =
            "The loss that the run was recorded with there: usually of a mini-batch, in training mode.";
        number(ui, "as recorded", text(view.run.loss), hover);
    }
    let accuracy = view.run.accuracy.map_or("–".to_owned(), |share| Percent(share).to_string());
    number(ui, "accuracy", accuracy, "Share of training points on the right side of 0.5.");
    number(ui, "gradient", text(view.run.grad_norm), "Length of the loss's gradient there.");
    let verdict = match view.run.diverged_at {
        Some(step) => egui::RichText::new(format!("blew up at step {step}")).color(warning(ui)),
        None => verdict_text(view.run.verdict, view.run.is_probing).into(),
    };
    words(
        ui,
        "this point",
        verdict,
        &format!("{VERDICT} At the end of training it may slope still: no step is planned beyond it."),
    );
    let title = view.experiment.slice.quantity.title();
    if !view.experiment.slice.quantity.is_loss() {
        let hover = format!("The {title} at the point where training is: what the surface shows.");
        number(ui, &format!("true {title}"), text(view.run.value).strong(), &hover);
    }
    let hover = format!(
        "The {title} of the displayed plane at the point nearest to the marker: evaluated there, not interpolated."
    );
    number(ui, &format!("surface {title} below"), text(view.run.surface_loss), &hover);
    let hover = "How far the marker's point lies outside the displayed plane, in the unit of the parameters. The surface knows nothing of it.";
    // Rounding leaves a trace where the truth is 0.
    let distance = view.run.plane_distance.map(|distance| if distance < 1e-9 { 0.0 } else { distance });
    number(ui, "distance to plane", text(distance), hover);
}

/// What a verdict is about.
pub const VERDICT: &str = "What the whole space says of this point, whatever the slice looks like. A slope is counted in the fewest dimensions that hold nine tenths of the way down; the chart Curvature tells more.";

/// What a point is, as far as that is known.
pub fn verdict_text(verdict: Option<Brief>, is_probing: bool) -> String {
    let unknown = if is_probing { "being looked at…" } else { "–" };
    verdict.map_or_else(|| unknown.to_owned(), Brief::words)
}
