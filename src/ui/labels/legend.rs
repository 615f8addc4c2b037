//! The legends: what a colour stands for, what is cut off, and whose trail is whose.

use bevy_egui::egui;

use super::LabelSources;
use crate::core::experiment::TrailColors;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::{HeightBlend, HeightScale};
use crate::core::geometry::labels::LabelBox;
use crate::core::geometry::ticks::plain;
use crate::core::text::Measured;
use crate::scene::floor::loss_ticks;
use crate::scene::landscape::Known;
use crate::ui::style::{color32, loss_text};

/// Text size in points on a picture 720 points high.
const TEXT: f32 = 13.0;

/// Draws the legends at the right edge, and returns the room they take.
pub(super) fn draw(
    painter: &egui::Painter,
    told: &LabelSources,
    screen: egui::Rect,
    unit: f32,
) -> Vec<LabelBox> {
    let (Some(known), Some(placed)) = (told.landscape.known(), told.placement.first()) else {
        return Vec::new();
    };
    let losses = losses(painter, told, known, &placed.frame.heights, screen, unit);
    std::iter::once(losses).chain(runs(painter, told, known, screen, unit)).collect()
}

fn losses(
    painter: &egui::Painter,
    told: &LabelSources,
    known: &Known,
    heights: &HeightBlend,
    screen: egui::Rect,
    unit: f32,
) -> LabelBox {
    let palette = &told.palette;
    let (ink, faint) = (color32(palette.ink), color32(palette.faint));
    let height = 0.42 * screen.height();
    let bar = egui::Rect::from_min_size(
        egui::pos2(screen.max.x - 80.0 * unit, screen.center().y - 0.5 * height),
        egui::vec2(14.0 * unit, height),
    );
    // Flown through the landscape, the legend may stand over a bright slope.
    let ground = painter.add(egui::Shape::Noop);
    paint_bar(painter, bar, told.session.look().colors);
    let font = egui::FontId::proportional(TEXT * unit);
    for (value, text) in loss_ticks(&heights.to) {
        let y = bar.max.y - heights.fraction(value).clamp(0.0, 1.0) as f32 * height;
        painter.hline(bar.max.x..=bar.max.x + 4.0 * unit, y, egui::Stroke::new(1.0, faint));
        let at = egui::pos2(bar.max.x + 7.0 * unit, y);
        painter.text(at, egui::Align2::LEFT_CENTER, text, font.clone(), ink);
    }
    let right = screen.max.x - 12.0 * unit;
    let above = egui::pos2(right, bar.min.y - 8.0 * unit);
    let quantity = known.plan.quantity;
    let title = match quantity.is_mean_loss() {
        true => format!("{} · {}", quantity.title(), loss_name(told)),
        false => quantity.title().into_owned(),
    };
    let title = painter.text(above, egui::Align2::RIGHT_BOTTOM, title, font.clone(), ink);
    let mut foot = bar.max.y + 10.0 * unit;
    let mut left = bar.min.x.min(title.min.x);
    for line in notes(told, known, heights) {
        let galley = painter.layout_no_wrap(line, font.clone(), faint);
        let at = egui::pos2(right - galley.size().x, foot);
        painter.galley(at, galley, faint);
        (foot, left) = (foot + 17.0 * unit, left.min(at.x));
    }
    let room = egui::Rect::from_min_max(
        egui::pos2(left - 8.0 * unit, bar.min.y - 30.0 * unit),
        egui::pos2(screen.max.x, foot + 6.0 * unit),
    );
    painter.set(ground, egui::Shape::rect_filled(room, 6.0 * unit, color32(palette.shade)));
    LabelBox { min: room.min.into(), max: room.max.into() }
}

fn loss_name(told: &LabelSources) -> &'static str {
    let experiment = told.session.experiment();
    match experiment.surface {
        _ if experiment.is_imported() => "as recorded",
        Some(_) => "value",
        None => experiment.loss.name(),
    }
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

/// What a reader of the picture must know: the scale, what is cut off, and where the plane stands.
fn notes(told: &LabelSources, known: &Known, heights: &HeightBlend) -> Vec<String> {
    let mut notes = Vec::new();
    if heights.to.scale == HeightScale::Log {
        notes.push("logarithmic".to_owned());
    }
    if heights.to.is_floored {
        notes.push(format!("below {} at the floor", plain(heights.to.low)));
    }
    let is_clipped = heights.to.scale == HeightScale::Clipped;
    if is_clipped && told.session.look().clip.is_some_and(|clip| clip <= heights.to.low) {
        notes.push(format!("the clip lies below every {}: nothing is cut off", known.plan.quantity.title()));
    }
    if known.plan.volume_spec.is_some() {
        notes.push(format!("α₃ = {}", Measured(told.shown.alpha3).steady(2)).replace('-', "−"));
    }
    if let Some(loss) = told.session.look().isosurface.filter(|_| known.volume.is_some()) {
        notes.push(format!("isosurface {}", loss_text(loss)));
    }
    if !told.shown.is_exact && told.shown.blend(known).is_some() {
        notes.push("blended".to_owned());
    }
    if told.session.look().fog.is_some() {
        notes.push("fog: lit is what a run has seen".to_owned());
    }
    if told.dotted.0 {
        notes.push("earlier steps as dots".to_owned());
    }
    if let Some(found) = known.plan.blow_up {
        notes.push(format!("training blows up at step {}", found.step));
        notes.push(format!("plane of steps 0 to {}", found.sound_until));
    }
    let plane =
        known.plane.as_ref().map(|plane| &plane.picture.field.grid().loss).filter(|_| told.shown.is_exact);
    if let Some(losses) = plane {
        let share = |is: &dyn Fn(f64) -> bool| {
            100.0 * losses.iter().filter(|loss| is(**loss)).count() as f64 / losses.len() as f64
        };
        let clipped = share(&|loss| loss.is_finite() && heights.to.cuts_off(loss));
        if clipped > 0.0 {
            notes.push(format!("{clipped:.1} % cut off (striped)"));
        }
        let diverged = share(&|loss| !loss.is_finite());
        if diverged > 0.0 {
            let what = if known.plan.quantity.is_mean_loss() { "diverged" } else { "without a number" };
            notes.push(format!("{diverged:.1} % {what} (dark red)"));
        }
    }
    match told.session.look().trail {
        TrailColors::Run => {}
        TrailColors::Loss => {
            notes.push(format!("trail: true {}, the post's ramp", known.plan.quantity.title()));
        }
        TrailColors::Step => notes.push("trail: step, light is late".to_owned()),
        TrailColors::Distance => notes.push("trail: off the plane, light is far".to_owned()),
    }
    notes
}

/// In a race, each run with its colour, optimizer, step and loss, or what else the surface shows.
fn runs(
    painter: &egui::Painter,
    told: &LabelSources,
    known: &Known,
    screen: egui::Rect,
    unit: f32,
) -> Option<LabelBox> {
    let runs = told.training.runs();
    if runs.len() < 2 {
        return None;
    }
    let font = egui::FontId::proportional(TEXT * unit);
    let (mut y, mut left) = (screen.min.y + 14.0 * unit, screen.max.x);
    for live in runs {
        let name = live.id().map(|id| told.session.title(id)).unwrap_or_default();
        let title = known.plan.quantity.title();
        let value = live.latest().and_then(|latest| live.value(&known.plan, latest));
        let value = value.map_or("–".to_owned(), loss_text);
        let text = format!("{name} · step {} · {title} {value}", live.step());
        let at = egui::pos2(screen.max.x - 12.0 * unit, y);
        let drawn = painter.text(at, egui::Align2::RIGHT_TOP, text, font.clone(), color32(told.palette.ink));
        let swatch = egui::pos2(drawn.min.x - 11.0 * unit, drawn.center().y);
        painter.circle_filled(swatch, 5.0 * unit, color32(told.palette.run(live.number())));
        (y, left) = (y + 19.0 * unit, left.min(swatch.x - 8.0 * unit));
    }
    Some(LabelBox { min: [left, screen.min.y], max: [screen.max.x, y] })
}
