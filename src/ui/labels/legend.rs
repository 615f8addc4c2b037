//! The legends: what a colour stands for, what is cut off, and whose trail is whose.

use bevy_egui::egui;

use super::LabelSources;
use crate::core::experiment::TrailColors;
use crate::core::geometry::colormap::ColorMap;
use crate::core::geometry::heights::HeightScale;
use crate::core::geometry::labels::LabelBox;
use crate::core::geometry::ticks::plain;
use crate::core::session::Session;
use crate::core::text::{Measured, Phrases};
use crate::scene::floor::loss_ticks;
use crate::scene::frame::Placed;
use crate::scene::landscape::Known;
use crate::scene::side::{First, Second, Side};
use crate::ui::style::{color32, loss_text};

/// Text size in points on a picture 720 points high.
const TEXT: f32 = 13.0;

/// What a legend tells of.
struct Told<'a, 'w, S: Side> {
    sources: &'a LabelSources<'w, S>,
    session: &'a Session,
    known: &'a Known,
    placed: Placed,
}

impl<S: Side> Clone for Told<'_, '_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Side> Copy for Told<'_, '_, S> {}

impl<'a, 'w, S: Side> Told<'a, 'w, S> {
    fn of(sources: &'a LabelSources<'w, S>) -> Option<Self> {
        let (session, known) = (sources.session.as_ref()?, sources.landscape.known()?);
        Some(Self { sources, session, known, placed: sources.placement.first()? })
    }
}

/// Where legends stand.
#[derive(Clone, Copy)]
struct Room<'a> {
    painter: &'a egui::Painter,
    phrases: &'a Phrases,
    screen: egui::Rect,
    unit: f32,
    /// How much larger than usual its text is, beside the unit.
    grown: f32,
    is_left: bool,
    /// Points below the screen's top at which it begins, where it is a row.
    top: f32,
}

impl Room<'_> {
    /// Whether a legend is a row above the landscape: a tall picture has room there and none beside it.
    fn is_row(&self) -> bool {
        self.screen.height() > self.screen.width()
    }

    fn font(&self) -> egui::FontId {
        egui::FontId::proportional(TEXT * self.grown * self.unit)
    }
}

/// Draws the legends, and returns the room they take: one at the right edge, and where two landscapes have scales of
/// their own the first's at the left.
pub(super) fn draw(
    painter: &egui::Painter,
    first: &LabelSources<First>,
    second: &LabelSources<Second>,
    screen: egui::Rect,
    (unit, least): (f32, f32),
    phrases: &Phrases,
) -> Vec<LabelBox> {
    let Some(told) = Told::of(first) else { return Vec::new() };
    let grown = (least / (TEXT * unit)).max(1.0);
    let right = Room { painter, phrases, screen, unit, grown, is_left: false, top: 0.0 };
    let own = notes(told);
    let mut legends: Vec<LabelBox> = match Told::of(second) {
        None => vec![losses(right, told, own)],
        Some(other) if other.placed_apart() => {
            let one = losses(Room { is_left: true, ..right }, told, own);
            let below = Room { top: one.max[1] - screen.min.y, ..right };
            vec![one, losses(below, other, notes(other))]
        }
        Some(other) => {
            let others = notes(other).into_iter().filter(|note| !own.contains(note));
            let others: Vec<String> = others.map(|note| format!("right: {note}")).collect();
            vec![losses(right, told, own.into_iter().chain(others).collect())]
        }
    };
    let below = legends.last().filter(|_| right.is_row()).map_or(0.0, |last| last.max[1] - screen.min.y);
    legends.extend(runs(Room { top: below, ..right }, told));
    legends
}

impl<S: Side> Told<'_, '_, S> {
    /// Whether its heights have a scale of their own.
    fn placed_apart(&self) -> bool {
        self.sources.placement.has_own_scale
    }
}

/// A legend of the losses with what else must be known of the picture.
fn losses<S: Side>(room: Room, told: Told<S>, mut notes: Vec<String>) -> LabelBox {
    if told.placed_apart() {
        notes.insert(0, "a scale of its own".to_owned());
    }
    if room.is_row() { row(room, told, notes) } else { column(room, told, notes) }
}

/// What the colours stand for.
fn title<S: Side>(told: Told<S>) -> String {
    let quantity = told.known.plan.quantity;
    match quantity.is_mean_loss() {
        true => format!("{} · {}", quantity.title(), loss_name(told)),
        false => quantity.title().into_owned(),
    }
}

/// Points from the edges of the picture to a row, and of its bar's height.
const ROW_MARGIN: f32 = 22.0;
const BAR: f32 = 14.0;

/// The legend across the top of a tall picture.
fn row<S: Side>(room: Room, told: Told<S>, notes: Vec<String>) -> LabelBox {
    let Room { painter, phrases, screen, unit, grown, top, .. } = room;
    let palette = &told.sources.palette;
    let (ink, faint) = (color32(palette.ink), color32(palette.faint));
    let (heights, font) = (&told.placed.frame.heights, room.font());
    let line = 17.0 * grown * unit;
    let corner = screen.min + egui::vec2(ROW_MARGIN * unit, top + 0.5 * ROW_MARGIN * unit + line);
    let size = egui::vec2(screen.width() - 2.0 * ROW_MARGIN * unit, BAR * unit);
    let bar = egui::Rect::from_min_size(corner, size);
    let ground = painter.add(egui::Shape::Noop);
    let above = bar.left_top() - egui::vec2(0.0, 3.0 * unit);
    painter.text(above, egui::Align2::LEFT_BOTTOM, phrases.tell(&title(told)), font.clone(), ink);
    paint_bar(painter, bar, told.session.look().colors, [egui::Vec2::X, egui::Vec2::Y]);
    for (value, text) in loss_ticks(&heights.to) {
        let x = bar.min.x + heights.fraction(value).clamp(0.0, 1.0) as f32 * bar.width();
        painter.vline(x, bar.max.y..=bar.max.y + 4.0 * unit, egui::Stroke::new(1.0, faint));
        let at = egui::pos2(x, bar.max.y + 6.0 * unit);
        painter.text(at, egui::Align2::CENTER_TOP, text, font.clone(), ink);
    }
    let told = painter.layout(phrases.tell(&notes.join(" · ")).into_owned(), font, faint, bar.width());
    let at = egui::pos2(bar.min.x, bar.max.y + 8.0 * unit + line);
    let foot = if told.is_empty() { at.y } else { at.y + told.size().y };
    painter.galley(at, told, faint);
    let low = egui::pos2(screen.min.x, screen.min.y + top);
    let room = egui::Rect::from_min_max(low, egui::pos2(screen.max.x, foot + 0.5 * ROW_MARGIN * unit));
    painter.set(ground, egui::Shape::rect_filled(room, 0.0, color32(palette.shade)));
    LabelBox { min: room.min.into(), max: room.max.into() }
}

/// The legend beside the landscape.
fn column<S: Side>(room: Room, told: Told<S>, notes: Vec<String>) -> LabelBox {
    let Room { painter, phrases, screen, unit, grown, is_left, .. } = room;
    let heights = &told.placed.frame.heights;
    let palette = &told.sources.palette;
    let (ink, faint) = (color32(palette.ink), color32(palette.faint));
    let height = 0.42 * screen.height();
    let x = if is_left { screen.min.x + 12.0 * unit } else { screen.max.x - (21.0 + 59.0 * grown) * unit };
    let corner = egui::pos2(x, screen.center().y - 0.5 * height);
    let bar = egui::Rect::from_min_size(corner, egui::vec2(BAR * unit, height));
    // Flown through the landscape, the legend may stand over a bright slope.
    let ground = painter.add(egui::Shape::Noop);
    paint_bar(painter, bar, told.session.look().colors, [egui::Vec2::Y, egui::Vec2::X]);
    let font = room.font();
    for (value, text) in loss_ticks(&heights.to) {
        let y = bar.max.y - heights.fraction(value).clamp(0.0, 1.0) as f32 * height;
        painter.hline(bar.max.x..=bar.max.x + 4.0 * unit, y, egui::Stroke::new(1.0, faint));
        let at = egui::pos2(bar.max.x + 7.0 * unit, y);
        painter.text(at, egui::Align2::LEFT_CENTER, text, font.clone(), ink);
    }
    // Lines grow inward from the edge.
    let margin = 12.0 * unit;
    let (edge, align) = match is_left {
        true => (screen.min.x + margin, egui::Align2::LEFT_BOTTOM),
        false => (screen.max.x - margin, egui::Align2::RIGHT_BOTTOM),
    };
    let title = phrases.tell(&title(told)).into_owned();
    let title = painter.text(egui::pos2(edge, bar.min.y - 8.0 * unit), align, title, font.clone(), ink);
    let mut foot = bar.max.y + 10.0 * unit;
    let mut taken = bar.union(title);
    for line in notes {
        let galley = painter.layout_no_wrap(phrases.tell(&line).into_owned(), font.clone(), faint);
        let x = if is_left { edge } else { edge - galley.size().x };
        taken = taken.union(egui::Rect::from_min_size(egui::pos2(x, foot), galley.size()));
        painter.galley(egui::pos2(x, foot), galley, faint);
        foot += 17.0 * grown * unit;
    }
    let rim = 8.0 * unit;
    let (left, right) = match is_left {
        true => (screen.min.x, (taken.max.x + rim).max(bar.max.x + 66.0 * grown * unit)),
        false => (taken.min.x - rim, screen.max.x),
    };
    let room = egui::Rect::from_min_max(
        egui::pos2(left, bar.min.y - (13.0 + 17.0 * grown) * unit),
        egui::pos2(right, foot + 6.0 * unit),
    );
    painter.set(ground, egui::Shape::rect_filled(room, 6.0 * unit, color32(palette.shade)));
    LabelBox { min: room.min.into(), max: room.max.into() }
}

fn loss_name<S: Side>(told: Told<S>) -> &'static str {
    let experiment = told.session.experiment();
    match experiment.surface {
        _ if told.known.plan.is_evaluated => "as evaluated",
        _ if experiment.is_imported() => "as recorded",
        Some(_) => "value",
        None => experiment.loss.name(),
    }
}

/// The colours along one way of a bar, to the right or up.
fn paint_bar(painter: &egui::Painter, bar: egui::Rect, colors: ColorMap, [along, across]: [egui::Vec2; 2]) {
    let mut mesh = egui::Mesh::default();
    let parts = 64;
    let size = bar.size() * egui::vec2(1.0, -1.0);
    for i in 0..=parts {
        let share = i as f32 / parts as f32;
        let [r, g, b] = colors.at(f64::from(share));
        for side in [0.0, 1.0] {
            let at = bar.left_bottom() + size * (share * along + side * across);
            mesh.colored_vertex(at, egui::Color32::from_rgb(r, g, b));
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
fn notes<S: Side>(told: Told<S>) -> Vec<String> {
    let Told { sources, session, known, placed } = told;
    let heights = &placed.frame.heights;
    let mut notes = Vec::new();
    if heights.to.scale == HeightScale::Log {
        notes.push("logarithmic".to_owned());
    }
    if heights.to.is_floored {
        notes.push(format!("below {} at the floor", plain(heights.to.low)));
    }
    let is_clipped = heights.to.scale == HeightScale::Clipped;
    if is_clipped && session.look().clip.is_some_and(|clip| clip <= heights.to.low) {
        notes.push(format!("the clip lies below every {}: nothing is cut off", known.plan.quantity.title()));
    }
    if known.plan.volume_spec.is_some() {
        notes.push(format!("α₃ = {}", Measured(sources.shown.alpha3).steady(2)).replace('-', "−"));
    }
    if let Some(loss) = session.look().isosurface.filter(|_| known.volume.is_some()) {
        notes.push(format!("isosurface {}", loss_text(loss)));
    }
    if !sources.shown.is_exact && sources.shown.blend(known).is_some() {
        notes.push("blended".to_owned());
    }
    if session.look().fog.is_some() {
        notes.push("fog: lit is what a run has seen".to_owned());
    }
    if sources.dotted.0 {
        notes.push("earlier steps as dots".to_owned());
    }
    if let Some(found) = known.plan.blow_up {
        notes.push(format!("training blows up at step {}", found.step));
        notes.push(format!("plane of steps 0 to {}", found.sound_until));
    }
    let plane =
        known.plane.as_ref().map(|plane| &plane.picture.field.grid().loss).filter(|_| sources.shown.is_exact);
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
            let is_own_loss = known.plan.quantity.is_mean_loss() && !session.experiment().is_imported();
            let what = if is_own_loss { "diverged" } else { "without a number" };
            notes.push(format!("{diverged:.1} % {what} (dark red)"));
        }
    }
    match session.look().trail {
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
fn runs<S: Side>(room: Room, told: Told<S>) -> Option<LabelBox> {
    let (Room { painter, phrases, screen, unit, grown, top, .. }, Told { sources, session, known, .. }) =
        (room, told);
    let runs = sources.training.runs();
    if runs.len() < 2 {
        return None;
    }
    let font = room.font();
    let top = screen.min.y + top;
    let (mut y, mut left) = (top + 14.0 * unit, screen.max.x);
    let ground = painter.add(egui::Shape::Noop);
    for live in runs {
        let name = live.id().map(|id| session.title(id)).unwrap_or_default();
        let title = known.plan.quantity.title();
        let value = live.latest().and_then(|latest| live.value(&known.plan, latest));
        let value = value.map_or("–".to_owned(), loss_text);
        let text = format!("{name} · step {} · {title} {value}", live.step());
        let at = egui::pos2(screen.max.x - 12.0 * unit, y);
        let drawn = painter.text(
            at,
            egui::Align2::RIGHT_TOP,
            phrases.tell(&text),
            font.clone(),
            color32(sources.palette.ink),
        );
        let swatch = egui::pos2(drawn.min.x - 11.0 * unit, drawn.center().y);
        painter.circle_filled(swatch, 5.0 * unit, color32(sources.palette.run(live.number())));
        (y, left) = (y + 19.0 * grown * unit, left.min(swatch.x - 8.0 * unit));
    }
    let room = egui::Rect::from_min_max(egui::pos2(left, top), egui::pos2(screen.max.x, y));
    painter.set(ground, egui::Shape::rect_filled(room, 6.0 * unit, color32(told.sources.palette.shade)));
    Some(LabelBox { min: room.min.into(), max: room.max.into() })
}
