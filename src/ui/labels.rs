//! Text over the picture: ticks, axis names, flags, the marker's loss, and the legend of losses.

use bevy::camera::Camera;
use bevy::prelude::{GlobalTransform, Res, Single, With};
use bevy_egui::{EguiContexts, egui};

use super::style::{FAINT, INK, MARKER, SHADE, loss_text};
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::labels::{LabelBox, place};
use crate::core::geometry::ticks::round_ticks;
use crate::core::subspace::AxisMeaning;
use crate::scene::camera::SceneCamera;
use crate::scene::flags::{Flag, POLE};
use crate::scene::floor::{Facing, name_places, ticks};
use crate::scene::frame::{Placed, Placement};
use crate::scene::landscape::Landscape;
use crate::scene::session::SessionState;
use crate::scene::slice::Shown;
use crate::scene::trail::to_vec3;
use crate::scene::training::Live;

/// A text and where its middle belongs, in points.
struct Label {
    at: [f32; 2],
    text: String,
    size: f32,
    color: egui::Color32,
    is_shaded: bool,
}

/// What the labels tell.
#[derive(bevy::ecs::system::SystemParam)]
pub struct Told<'w> {
    landscape: Res<'w, Landscape>,
    placement: Res<'w, Placement>,
    facing: Res<'w, Facing>,
    session: Res<'w, SessionState>,
    live: Res<'w, Live>,
    shown: Res<'w, Shown>,
    insets: Res<'w, crate::scene::camera::Insets>,
}

/// Draws all labels that fit.
pub fn draw_labels(
    mut contexts: EguiContexts,
    told: Told,
    camera: Option<Single<(&Camera, &GlobalTransform), With<SceneCamera>>>,
) -> bevy::ecs::error::Result {
    let ctx = contexts.ctx_mut()?;
    let (Some(camera), Some(placed)) = (camera, told.placement.0) else { return Ok(()) };
    let (camera, transform) = camera.into_inner();
    let points_per_unit = 1.0 / ctx.zoom_factor();
    let project = |world: [f64; 3]| {
        let at = camera.world_to_viewport(transform, to_vec3(world)).ok()?;
        Some([at.x * points_per_unit, at.y * points_per_unit])
    };
    let scale = camera.target_scaling_factor().unwrap_or(1.0) * ctx.zoom_factor();
    let screen = free_rect(ctx.viewport_rect(), &told.insets, scale);
    // Pictures of any size are read as a whole: text grows with them.
    let unit = (screen.height() / 720.0).clamp(0.7, 4.0);
    let painter = ctx.layer_painter(egui::LayerId::background()).with_clip_rect(screen);
    let legend = legend(&painter, &told, screen, unit);
    let labels = labels(&told, &placed, project, unit);
    let boxes: Vec<LabelBox> = labels.iter().map(|label| bounds(&painter, label)).collect();
    let reserved: Vec<LabelBox> = std::iter::once(legend).chain(boxes.iter().cloned()).collect();
    let area = LabelBox { min: screen.min.into(), max: screen.max.into() };
    let is_shown = place(&reserved, &area, 2.0);
    for ((label, bounds), _) in labels.iter().zip(&boxes).zip(&is_shown[1..]).filter(|(_, shown)| **shown) {
        paint(&painter, label, bounds);
    }
    Ok(())
}

/// The part of the screen that no panel covers, in points.
fn free_rect(screen: egui::Rect, insets: &crate::scene::camera::Insets, scale: f32) -> egui::Rect {
    egui::Rect::from_min_max(
        screen.min + egui::vec2(insets.left, insets.top) / scale,
        screen.max - egui::vec2(insets.right, insets.bottom) / scale,
    )
}

/// All labels, the important ones first.
fn labels(
    told: &Told,
    placed: &Placed,
    project: impl Fn([f64; 3]) -> Option<[f32; 2]>,
    unit: f32,
) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut add = |world: [f64; 3], shift: [f32; 2], text: String, size: f32, color, is_shaded| {
        if let Some(at) = project(world) {
            let at = [at[0] + shift[0] * unit, at[1] + shift[1] * unit];
            labels.push(Label { at, text, size: size * unit, color, is_shaded });
        }
    };
    let Some(known) = told.landscape.known() else { return labels };
    let [name1, name2, upright] = name_places(placed, &told.facing);
    let axes = &known.plan.plane.axes;
    add(name1, [0.0, 6.0], axis_name("α₁", axes.first()), 15.0, INK, false);
    add(name2, [0.0, 6.0], axis_name("α₂", axes.get(1)), 15.0, INK, false);
    let upright_name =
        if placed.cube.is_some() { axis_name("α₃", axes.get(2)) } else { "loss".to_owned() };
    add(upright, [0.0, 0.0], upright_name, 15.0, INK, false);
    if told.landscape.current().is_some() {
        if let Some(latest) = told.live.latest() {
            let alpha = known.plan.plane.subspace.project(&latest.theta).alpha;
            if let Some(world) = placed.point(&alpha, latest.loss) {
                let text = format!("step {} · loss {}", latest.step, loss_text(latest.loss));
                add(world, [0.0, 30.0], text, 14.0, MARKER, true);
            }
        }
        for flag in Flag::ALL {
            if let Some(foot) = flag.place(known, &told.placement) {
                let tip = [foot[0], foot[1] + f64::from(POLE), foot[2]];
                add(tip, [14.0, -13.0], flag.word().to_owned(), 14.0, INK, true);
            }
        }
    }
    for tick in ticks(placed, &told.facing).into_iter().flatten() {
        let outward: [f64; 3] = std::array::from_fn(|i| tick.end[i] + 1.3 * (tick.end[i] - tick.start[i]));
        add(outward, [0.0, 0.0], tick.text, 12.0, FAINT, false);
    }
    labels
}

fn axis_name(symbol: &str, axis: Option<&AxisMeaning>) -> String {
    match axis {
        Some(axis) if axis.is_random => format!("{symbol}  random"),
        Some(axis) => format!("{symbol}  {} · {:.0} %", axis.name, 100.0 * axis.explained),
        None => symbol.to_owned(),
    }
}

fn bounds(painter: &egui::Painter, label: &Label) -> LabelBox {
    let font = egui::FontId::proportional(label.size);
    let size = painter.layout_no_wrap(label.text.clone(), font, label.color).size();
    let air = if label.is_shaded { 5.0 } else { 0.0 };
    LabelBox::centred(label.at, [size.x + 2.0 * air, size.y + air])
}

fn paint(painter: &egui::Painter, label: &Label, bounds: &LabelBox) {
    if label.is_shaded {
        let rect = egui::Rect::from_min_max(bounds.min.into(), bounds.max.into());
        painter.rect_filled(rect, 4.0, SHADE);
    }
    let font = egui::FontId::proportional(label.size);
    painter.text(label.at.into(), egui::Align2::CENTER_CENTER, &label.text, font, label.color);
}

/// Draws the legend of losses at the right edge, and returns the room it takes.
fn legend(painter: &egui::Painter, told: &Told, screen: egui::Rect, unit: f32) -> LabelBox {
    let Some(known) = told.landscape.known() else { return LabelBox::centred([0.0; 2], [0.0; 2]) };
    let heights = known.heights;
    let height = 0.42 * screen.height();
    let bar = egui::Rect::from_min_size(
        egui::pos2(screen.max.x - 74.0 * unit, screen.center().y - 0.5 * height),
        egui::vec2(14.0 * unit, height),
    );
    paint_bar(painter, bar, told.session.view().colors);
    let font = egui::FontId::proportional(12.0 * unit);
    for (value, text) in round_ticks(heights.low, heights.high, 6) {
        let y = bar.max.y - heights.fraction(value) as f32 * height;
        painter.hline(bar.max.x..=bar.max.x + 4.0 * unit, y, egui::Stroke::new(1.0, FAINT));
        let at = egui::pos2(bar.max.x + 7.0 * unit, y);
        painter.text(at, egui::Align2::LEFT_CENTER, text, font.clone(), INK);
    }
    let above = egui::pos2(bar.center().x, bar.min.y - 8.0 * unit);
    painter.text(above, egui::Align2::CENTER_BOTTOM, "loss", font.clone(), INK);
    let mut foot = bar.max.y + 10.0 * unit;
    for line in legend_notes(told) {
        let at = egui::pos2(screen.max.x - 12.0 * unit, foot);
        painter.text(at, egui::Align2::RIGHT_TOP, line, font.clone(), FAINT);
        foot += 16.0 * unit;
    }
    LabelBox { min: [bar.min.x - 8.0 * unit, bar.min.y - 26.0 * unit], max: [screen.max.x, foot] }
}

fn paint_bar(painter: &egui::Painter, bar: egui::Rect, colors: ColorMap) {
    let mut mesh = egui::Mesh::default();
    let parts = 64;
    for i in 0..=parts {
        let share = i as f32 / parts as f32;
        let [r, g, b] = colors.at(f64::from(share));
        let y = bar.max.y - share * bar.height();
        for x in [bar.min.x, bar.max.x] {
            mesh.colored_vertex(egui::pos2(x, y), egui::Color32::from_rgb(r, g, b));
        }
        if i > 0 {
            let at = 2 * i as u32;
            mesh.add_triangle(at - 2, at - 1, at);
            mesh.add_triangle(at - 1, at + 1, at);
        }
    }
    painter.add(egui::Shape::mesh(mesh));
}

/// What a reader of the picture must know: what is cut off, and where the plane stands.
fn legend_notes(told: &Told) -> Vec<String> {
    let Some(known) = told.landscape.known() else { return Vec::new() };
    let mut notes = Vec::new();
    if known.plan.volume_spec.is_some() {
        notes.push(format!("α₃ = {:.2}", told.shown.alpha3).replace('-', "−"));
    }
    if let Some(step) = known.plan.diverged_at {
        notes.push(format!("training diverged at step {step}"));
    }
    let plane = known.plane.as_ref().map(|plane| &plane.picture.grid.loss).filter(|_| told.shown.is_exact);
    if let Some(losses) = plane {
        let share = |is: &dyn Fn(f64) -> bool| {
            100.0 * losses.iter().filter(|loss| is(**loss)).count() as f64 / losses.len() as f64
        };
        let clipped = share(&|loss| loss.is_finite() && known.heights.cuts_off(loss));
        if clipped > 0.0 {
            notes.push(format!("{clipped:.1} % cut off (striped)"));
        }
        let diverged = share(&|loss| !loss.is_finite());
        if diverged > 0.0 {
            notes.push(format!("{diverged:.1} % diverged"));
        }
    }
    notes
}
