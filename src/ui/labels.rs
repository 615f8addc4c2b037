//! Text over the picture: axis names, ticks, flags, markers, isolines, and what lies under the pointer.

use bevy::camera::Camera;
use bevy::ecs::system::SystemParam;
use bevy::platform::collections::HashMap;
use bevy::prelude::{GlobalTransform, Res, ResMut, Resource, Single, Vec2, With};
use bevy_egui::{EguiContexts, egui};

use super::chosen::alpha_text;
use super::slice::band_text;
use super::style::{color32, loss_text};
use super::{legend, room};
use crate::core::geometry::labels::{Crowd, LabelBox, place};
use crate::core::geometry::picking::Ray;
use crate::core::geometry::ticks::plain;
use crate::core::subspace::AxisMeaning;
use crate::core::text::{Measured, visible};
use crate::scene::Pacing;
use crate::scene::arrows::{self, Arrow};
use crate::scene::camera::{SceneCamera, eye_of, seen};
use crate::scene::cube;
use crate::scene::flags::{Flag, POLE};
use crate::scene::floor::{Facings, name_places, ticks};
use crate::scene::frame::{Placed, Placement, Stand};
use crate::scene::landscape::{Known, Landscape};
use crate::scene::levels::Levels;
use crate::scene::lowest::Lowest;
use crate::scene::marker;
use crate::scene::pointer::{Hover, loss_at, ray_through};
use crate::scene::readout::Readout;
use crate::scene::relief::Relief;
use crate::scene::session::SessionState;
use crate::scene::slice::Shown;
use crate::scene::taken::Insets;
use crate::scene::theme::{Palette, Weight};
use crate::scene::tour::Touring;
use crate::scene::trail::Dotted;
use crate::scene::training::Training;

/// Where labels stood: of each the number of its place. They stay there while they can.
#[derive(Resource, Default)]
pub struct Standing(HashMap<egui::Id, usize>);

/// What is written.
struct Words {
    /// The same in every frame.
    id: egui::Id,
    text: String,
    /// What is written where there is no room for all of it.
    short: Option<String>,
    /// In points, on a picture 720 points high until it is a label.
    size: f32,
    color: egui::Color32,
}

impl Words {
    fn new(id: impl egui::AsId, text: impl Into<String>, size: f32, color: egui::Color32) -> Self {
        Self { id: egui::Id::new(id), text: text.into(), short: None, size, color }
    }

    /// The same, or where there is no room for it this.
    fn or(self, short: &str) -> Self {
        Self { short: Some(short.to_owned()), ..self }
    }
}

/// A text and where it may stand, in points: numbered places, the best first.
struct Label {
    words: Words,
    places: Vec<(usize, [f32; 2])>,
    /// Which way from its place it stands, as a share of half its size: 0 is its middle.
    lean: [f32; 2],
    /// Whether it stands over the surface and needs a ground of its own.
    is_shaded: bool,
    /// What is told of it where the pointer rests on it.
    hint: Option<String>,
}

/// What the labels tell.
#[derive(SystemParam)]
pub struct Told<'w> {
    pub(super) landscape: Res<'w, Landscape>,
    pub(super) placement: Res<'w, Placement>,
    pub(super) session: Res<'w, SessionState>,
    pub(super) training: Res<'w, Training>,
    pub(super) shown: Res<'w, Shown>,
    pub(super) palette: Res<'w, Palette>,
    pub(super) dotted: Res<'w, Dotted>,
    facings: Res<'w, Facings>,
    insets: Res<'w, Insets>,
    levels: Res<'w, Levels>,
    lowest: Res<'w, Lowest>,
    hover: Res<'w, Hover>,
    readout: Res<'w, Readout>,
}

/// Draws all labels that fit.
pub fn draw_labels(
    mut contexts: EguiContexts,
    told: Told,
    weight: Res<Weight>,
    camera: Option<Single<(&Camera, &GlobalTransform), With<SceneCamera>>>,
    (pacing, touring): (Res<Pacing>, Res<Touring>),
    mut standing: ResMut<Standing>,
) -> bevy::ecs::error::Result {
    let ctx = contexts.ctx_mut()?;
    let Some(camera) = camera.filter(|_| told.placement.first().is_some()) else { return Ok(()) };
    let (camera, transform) = camera.into_inner();
    let points_per_unit = 1.0 / ctx.zoom_factor();
    let project = |world: [f64; 3]| {
        let at = seen(camera, transform, world)?;
        Some([at.x * points_per_unit, at.y * points_per_unit])
    };
    let scale = camera.target_scaling_factor().unwrap_or(1.0) * ctx.zoom_factor();
    let screen = free_rect(ctx.viewport_rect(), &told.insets, scale);
    let unit = unit(screen.height(), ctx.zoom_factor(), weight.lecture);
    let painter = ctx.layer_painter(egui::LayerId::background()).with_clip_rect(screen);
    let mut legends = legend::draw(&painter, &told, screen, unit);
    let rooms = room::taken(ctx).into_iter();
    legends.extend(rooms.map(|room| LabelBox { min: room.min.into(), max: room.max.into() }));
    let ray = |[x, y]: [f32; 2]| ray_through(camera, transform, Vec2::new(x, y) / points_per_unit);
    let mut collector =
        Collector { told: &told, project, ray, eye: eye_of(transform), unit, labels: Vec::new() };
    collector.collect();
    let labels = collector.labels;
    // Lines strike through what has no ground of its own.
    let edges = cube_edges(&told, project);
    let is_clear = |at: &LabelBox| !edges.iter().any(|edge| at.is_crossed(*edge));
    let boxes: Vec<Vec<(usize, LabelBox)>> = labels
        .iter()
        .map(|label| {
            let all = bounds(&painter, label).into_iter();
            all.filter(|(_, at)| label.is_shaded || is_clear(at)).collect()
        })
        .collect();
    if pacing.rests() || touring.is_cut() {
        standing.0.clear();
    }
    let area = LabelBox { min: screen.min.into(), max: screen.max.into() };
    let placed = standing.arrange(&labels, &boxes, legends, &area, unit);
    for (label, (number, bounds)) in labels.iter().zip(placed).filter_map(|(label, at)| Some((label, at?))) {
        let has_ground = label.is_shaded || is_over_surface(&told, bounds, ray);
        paint(&painter, label, *number, bounds, has_ground, &told.palette);
        hint_ui(ctx, label, bounds);
    }
    Ok(())
}

impl Standing {
    /// The place that each label takes of the numbered ones that it has, beside what is reserved. Short words
    /// come after all others.
    fn arrange<'a>(
        &mut self,
        labels: &[Label],
        boxes: &'a [Vec<(usize, LabelBox)>],
        reserved: Vec<LabelBox>,
        area: &LabelBox,
        unit: f32,
    ) -> Vec<Option<&'a (usize, LabelBox)>> {
        let mut placed: Vec<Option<&(usize, LabelBox)>> = vec![None; labels.len()];
        for is_short in [false, true] {
            let taken: Vec<LabelBox> = placed.iter().flatten().map(|(_, at)| at.clone()).collect();
            let fixed: Vec<LabelBox> = reserved.iter().cloned().chain(taken).collect();
            let is_chip = |i: usize| i >= fixed.len() && labels[i - fixed.len()].is_shaded;
            let crowd = Crowd { is_chip: &is_chip, radius: CROWD * unit };
            let open: Vec<Vec<&(usize, LabelBox)>> = boxes
                .iter()
                .zip(&placed)
                .map(|(boxes, placed)| {
                    let is_open = |(number, _): &&_| placed.is_none() && (*number >= SHORT) == is_short;
                    boxes.iter().filter(is_open).collect()
                })
                .collect();
            let before = self.before(labels, &open);
            let before: Vec<Option<usize>> = fixed.iter().map(|_| None).chain(before).collect();
            let unnumbered = open.iter().map(|boxes| boxes.iter().map(|(_, at)| at.clone()).collect());
            let all: Vec<Vec<LabelBox>> = fixed.iter().map(|at| vec![at.clone()]).chain(unnumbered).collect();
            let places = place(&all, &before, area, 2.0 * unit, &crowd);
            for ((placed, open), at) in placed.iter_mut().zip(&open).zip(&places[fixed.len()..]) {
                *placed = at.map(|at| open[at]).or(*placed);
            }
        }
        self.0 = self.numbers(labels, &placed);
        placed
    }

    /// Which of its open places each label stood at.
    fn before(&self, labels: &[Label], open: &[Vec<&(usize, LabelBox)>]) -> Vec<Option<usize>> {
        let stood = labels.iter().zip(open).map(|(label, open)| {
            let number = self.0.get(&label.words.id)?;
            open.iter().position(|(place, _)| place == number)
        });
        stood.collect()
    }

    /// Where each label stands now, or stood when there was room for it last.
    fn numbers(&self, labels: &[Label], placed: &[Option<&(usize, LabelBox)>]) -> HashMap<egui::Id, usize> {
        let numbers = labels.iter().zip(placed).filter_map(|(label, at)| {
            let id = label.words.id;
            Some((id, at.map(|at| at.0).or(self.0.get(&id).copied())?))
        });
        numbers.collect()
    }
}

/// The edges of the cube on the screen.
fn cube_edges(told: &Told, project: impl Fn([f64; 3]) -> Option<[f32; 2]>) -> Vec<[[f32; 2]; 2]> {
    let Some(placed) = told.placement.get(Stand::Cube) else { return Vec::new() };
    let edges = cube::edges(&placed).into_iter();
    edges
        .filter_map(|edge| Some([project(placed.world(edge[0]))?, project(placed.world(edge[1]))?]))
        .collect()
}

/// Whether a label stands over the surface: bright as that may be, text there needs a ground.
fn is_over_surface(told: &Told, bounds: &LabelBox, ray: impl Fn([f32; 2]) -> Option<Ray>) -> bool {
    let Some(known) = told.landscape.known() else { return false };
    let ([left, top], [right, bottom]) = (bounds.min, bounds.max);
    let middle = [0.5 * (left + right), 0.5 * (top + bottom)];
    let points = [middle, [left, top], [right, top], [left, bottom], [right, bottom]];
    let rays: Vec<Ray> = points.into_iter().filter_map(ray).collect();
    told.placement.iter().any(|(_, placed)| {
        let relief = Relief::new(known, &told.shown, placed);
        rays.iter().any(|ray| relief.pick(ray).is_some())
    })
}

/// How large text is, in points, beside its usual size. Pictures of any size are read as a whole: text
/// grows with them, and is never smaller than a person has chosen, but for a picture that has no room.
pub(super) fn unit(height: f32, zoom: f32, weight: f32) -> f32 {
    let of_picture = height / 720.0;
    (of_picture * weight).max((of_picture * zoom).min(1.0)).clamp(0.7, 4.0)
}

/// The part of the screen that no panel covers, in points.
pub(super) fn free_rect(screen: egui::Rect, insets: &Insets, scale: f32) -> egui::Rect {
    egui::Rect::from_min_max(
        screen.min + egui::vec2(insets.left, insets.top) / scale,
        screen.max - egui::vec2(insets.right, insets.bottom) / scale,
    )
}

/// Points within which few labels stand over the surface, on a picture 720 points high.
const CROWD: f32 = 130.0;

/// Text sizes in points on a picture 720 points high.
const NAME: f32 = 16.0;
const WORD: f32 = 14.0;
const TICK: f32 = 13.0;
const ISOLINE: f32 = 12.0;
/// Heights of a text by which it may stand farther outside than it should.
const MOST_OUTSIDE: u8 = 1;
/// Width of a digit as a share of the text's size.
const DIGIT: f32 = 0.6;

/// Gathers the labels, the important ones first.
struct Collector<'a, 'w, P, R> {
    told: &'a Told<'w>,
    /// Where on the screen a point of the world is.
    project: P,
    /// The ray through a point of the screen.
    ray: R,
    eye: [f64; 3],
    unit: f32,
    labels: Vec<Label>,
}

impl<P: Fn([f64; 3]) -> Option<[f32; 2]>, R: Fn([f32; 2]) -> Option<Ray>> Collector<'_, '_, P, R> {
    fn collect(&mut self) {
        let told = self.told;
        let Some(known) = told.landscape.known() else { return };
        for (stand, placed) in told.placement.iter() {
            self.ticks(known, stand, &placed);
        }
        for (stand, placed) in told.placement.iter() {
            self.axis_names(known, stand, &placed);
        }
        if told.landscape.current().is_some() {
            self.pointed(known);
            self.markers(known);
            self.flags(known);
            self.lowest(known);
            self.arrows();
            self.isolines(known);
        }
    }

    /// Adds a label at a world position, shifted by each of some ways in points.
    fn add(&mut self, world: [f64; 3], shifts: &[[f32; 2]], words: Words, is_shaded: bool) {
        if let Some(at) = (self.project)(world) {
            let shifted = |shift: &[f32; 2]| [0, 1].map(|i| at[i] + shift[i] * self.unit);
            let places = shifts.iter().map(shifted).enumerate().collect();
            self.push(words, places, [0.0; 2], is_shaded, None);
        }
    }

    /// Adds a label that stands outside of a stand, at one of some places there: it leans away from the
    /// stand's middle.
    fn add_outside(&mut self, placed: &Placed, at: &[[f64; 3]], words: Words, hint: Option<String>) {
        let middle = [placed.shift[0], at[0][1], placed.shift[2]];
        let Some(middle) = (self.project)(middle) else { return };
        let places: Vec<[f32; 2]> = at.iter().filter_map(|at| (self.project)(*at)).collect();
        let Some(first) = places.first() else { return };
        let way = egui::vec2(first[0] - middle[0], first[1] - middle[1]).normalized();
        let size = words.size * self.unit;
        // Where there is no room a little more outside may do.
        let farther = |sizes: u8| {
            let shift = f32::from(sizes) * size * way;
            places.iter().map(move |place| [place[0] + shift.x, place[1] + shift.y])
        };
        let places = (0..=MOST_OUTSIDE).flat_map(farther).enumerate().collect();
        self.push(words, places, [way.x, way.y], false, hint);
    }

    fn push(
        &mut self,
        words: Words,
        places: Vec<(usize, [f32; 2])>,
        lean: [f32; 2],
        is_shaded: bool,
        hint: Option<String>,
    ) {
        let words = Words { size: words.size * self.unit, ..words };
        self.labels.push(Label { words, places, lean, is_shaded, hint });
    }

    fn ink(&self) -> egui::Color32 {
        color32(self.told.palette.ink)
    }

    fn axis_names(&mut self, known: &Known, stand: Stand, placed: &Placed) {
        let facing = self.told.facings.get(stand);
        let world = |places: Vec<[f64; 3]>| -> Vec<[f64; 3]> {
            places.into_iter().map(|place| placed.world(place)).collect()
        };
        let [name1, name2, upright] = name_places(placed, &facing).map(world);
        let name = |symbol, axis: usize| axis_name(symbol, known.plan.plane.axes.get(axis));
        let walk = |axis: usize| known.walks.as_ref().and_then(|walks| walks.axes.get(axis)).map(band_text);
        let ink = self.ink();
        let words = |axis: usize, text: String| Words::new(("name", stand, axis), text, NAME, ink);
        self.add_outside(placed, &name1, words(0, name("α₁", 0)).or("α₁"), walk(0));
        self.add_outside(placed, &name2, words(1, name("α₂", 1)).or("α₂"), walk(1));
        if facing.is_upright_seen {
            let words = match placed.cube {
                Some(_) => words(2, name("α₃", 2)).or("α₃"),
                None => words(2, "loss".to_owned()),
            };
            let shifts = [[0.0, 0.0], [0.0, -16.0], [30.0, -8.0]];
            self.add(upright[0], &shifts, words, false);
        }
    }

    fn ticks(&mut self, known: &Known, stand: Stand, placed: &Placed) {
        let relief = Relief::new(known, &self.told.shown, *placed);
        let faint = color32(self.told.palette.faint);
        let ticks = ticks(placed, &self.told.facings.get(stand)).into_iter().enumerate();
        for (axis, tick) in ticks.flat_map(|(axis, ticks)| ticks.into_iter().map(move |tick| (axis, tick))) {
            let outward: [f64; 3] =
                std::array::from_fn(|i| tick.end[i] + 0.5 * (tick.end[i] - tick.start[i]));
            let at = placed.world(outward);
            if !relief.hides(self.eye, at) {
                let words = Words::new(("tick", stand, axis, &tick.text), tick.text.clone(), TICK, faint);
                self.add_outside(placed, &[at], words, None);
            }
        }
    }

    fn markers(&mut self, known: &Known) {
        let told = self.told;
        let Some(placed) = told.placement.first() else { return };
        let is_race = told.training.runs().len() > 1;
        // In a race the legend tells the rest.
        for run in told.training.runs().iter().take(1) {
            let Some((place, at)) = marker::place(run, known, &placed) else { continue };
            let mut text = format!("step {} · loss {}", place.step, loss_text(place.loss));
            if let Some((distance, share)) = told.readout.off_plane() {
                let percent = Measured(100.0 * share);
                text += &format!("\noff the plane by {} ({percent:.1} % of the path)", loss_text(distance));
            }
            let color =
                if is_race { color32(marker::color(&told.palette, run.number())) } else { self.ink() };
            let shifts =
                [[0.0, 34.0], [0.0, -34.0], [90.0, 26.0], [-90.0, 26.0], [100.0, -24.0], [-100.0, -24.0]];
            self.add(placed.world(at), &shifts, Words::new("marker", text, WORD, color), true);
        }
    }

    fn flags(&mut self, known: &Known) {
        let ink = self.ink();
        for (stand, placed) in self.told.placement.iter() {
            for flag in Flag::ALL {
                if let Some(foot) = flag.place(known, &placed) {
                    let tip = placed.world([foot[0], foot[1] + f64::from(POLE), foot[2]]);
                    let shifts = [[14.0, -13.0], [14.0, -30.0], [-24.0, -8.0], [44.0, 4.0]];
                    let words = Words::new(("flag", stand, flag.word()), flag.word(), WORD, ink);
                    self.add(tip, &shifts, words, true);
                }
            }
        }
    }

    fn lowest(&mut self, known: &Known) {
        let told = self.told;
        let (Some(lowest), Some(placed)) = (told.lowest.point, told.placement.first()) else { return };
        let Some(at) = lowest.place(known, &told.shown, placed) else { return };
        let text = format!("lowest point of this slice · {}", loss_text(lowest.loss));
        let shifts = [[0.0, 24.0], [0.0, 44.0], [110.0, 12.0], [-110.0, 12.0], [0.0, -24.0], [0.0, 64.0]];
        let words = Words::new("lowest", text, ISOLINE, color32(told.palette.lowest));
        self.add(placed.world(at), &shifts, words, true);
    }

    /// What lies under the pointer, and what was chosen.
    fn pointed(&mut self, known: &Known) {
        let told = self.told;
        let ink = self.ink();
        let shifts = [[0.0, -30.0], [0.0, 30.0], [100.0, 0.0], [-100.0, 0.0]];
        if let Some(point) = &told.hover.0 {
            let about = if point.is_evaluated { "" } else { "≈ " };
            let text = format!("{} · loss {about}{}", alpha_text(&point.alpha), loss_text(point.loss));
            self.add(point.world, &shifts, Words::new("pointed", text, WORD, ink), true);
        }
        let Some((alpha, placed)) = told.session.view().selected.as_ref().zip(told.placement.first()) else {
            return;
        };
        let relief = Relief::new(known, &told.shown, placed);
        if let Some(at) = alpha.get(..2).and_then(|alpha| relief.point([alpha[0], alpha[1]])) {
            let loss =
                loss_at(known, alpha).map_or(String::new(), |loss| format!(" · loss {}", loss_text(loss)));
            let text = format!("chosen {}{loss}", alpha_text(alpha));
            let shifts = [[0.0, -44.0], [0.0, 30.0], [110.0, -20.0]];
            self.add(placed.world(at), &shifts, Words::new("chosen", text, WORD, ink), true);
        }
    }

    fn arrows(&mut self) {
        let told = self.told;
        for arrow in Arrow::ALL {
            let color = match arrow {
                Arrow::Velocity => told.palette.velocity,
                Arrow::Descent => told.palette.descent,
            };
            if let Some(tip) = arrows::tip(arrow, &told.training, &told.landscape, &told.placement) {
                let shifts = [[0.0, -14.0], [0.0, 14.0], [60.0, 0.0], [-60.0, 0.0]];
                let words = Words::new(("arrow", arrow.word()), arrow.word(), ISOLINE, color32(color));
                self.add(tip, &shifts, words, true);
            }
        }
    }

    fn isolines(&mut self, known: &Known) {
        let told = self.told;
        let Some(placed) = told.placement.get(Stand::Surface) else { return };
        let relief = Relief::new(known, &told.shown, placed);
        let ink = self.ink();
        for level in &told.levels.lines {
            let world = |alpha: &[f64; 2]| Some(placed.world(relief.point(*alpha)?));
            let points = level.places.iter().enumerate().filter_map(|(i, alpha)| Some((i, world(alpha)?)));
            let seen = points.filter(|(_, at)| !relief.hides(self.eye, *at));
            let text = plain(level.loss);
            let size = ISOLINE * self.unit;
            // A number that stands out beyond the rim would float beside the surface.
            let reach = DIGIT * size * (text.chars().count() as f32);
            let is_on = |at: [f32; 2]| (self.ray)(at).is_some_and(|ray| relief.pick(&ray).is_some());
            let is_within =
                |[x, y]: &[f32; 2]| [x - 0.5 * reach, x + 0.5 * reach].into_iter().all(|x| is_on([x, *y]));
            let on_screen = seen.filter_map(|(i, at)| Some((i, (self.project)(at)?)));
            let places = on_screen.filter(|(_, at)| is_within(at)).collect();
            let words = Words::new(("isoline", level.loss.to_bits()), text, ISOLINE, ink);
            self.push(words, places, [0.0; 2], true, None);
        }
    }
}

/// The name of an axis with its meaning.
fn axis_name(symbol: &str, axis: Option<&AxisMeaning>) -> String {
    match axis {
        Some(axis) if axis.is_random => format!("{symbol}  random"),
        Some(axis) => {
            format!("{symbol}  {} · {:.0} % of the path", visible(&axis.name), 100.0 * axis.explained)
        }
        None => symbol.to_owned(),
    }
}

/// Numbers of places from which on a label is short of words.
const SHORT: usize = 1000;

/// Where a label may stand: its places by their numbers, and after them those of its short words.
fn bounds(painter: &egui::Painter, label: &Label) -> Vec<(usize, LabelBox)> {
    let Words { text, short, size: points, color, .. } = &label.words;
    let boxed = |text: &String, first: usize| {
        let font = egui::FontId::proportional(*points);
        let size = painter.layout_no_wrap(text.clone(), font, *color).size();
        let air = if label.is_shaded { 0.35 * points } else { 0.0 };
        let size = [size.x + 2.0 * air, size.y + air];
        let middle = move |at: &[f32; 2]| [0, 1].map(|i| at[i] + 0.5 * label.lean[i] * size[i]);
        label.places.iter().map(move |(number, at)| (first + number, LabelBox::centred(middle(at), size)))
    };
    let all = boxed(text, 0);
    all.chain(short.iter().flat_map(|short| boxed(short, SHORT))).collect()
}

fn paint(
    painter: &egui::Painter,
    label: &Label,
    number: usize,
    bounds: &LabelBox,
    has_ground: bool,
    palette: &Palette,
) {
    let Words { text, short, size, color, .. } = &label.words;
    let text = short.as_ref().filter(|_| number >= SHORT).unwrap_or(text);
    let rect = egui::Rect::from_min_max(bounds.min.into(), bounds.max.into());
    if has_ground {
        painter.rect_filled(rect, 0.28 * size, color32(palette.shade));
    }
    let font = egui::FontId::proportional(*size);
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, text, font, *color);
}

/// Tells more of a label on which the pointer rests.
fn hint_ui(ctx: &egui::Context, label: &Label, bounds: &LabelBox) {
    let rect = egui::Rect::from_min_max(bounds.min.into(), bounds.max.into());
    let (Some(hint), Some(at)) = (&label.hint, ctx.pointer_latest_pos().filter(|at| rect.contains(*at)))
    else {
        return;
    };
    let area = egui::Area::new("hint of a label".into()).order(egui::Order::Tooltip).interactable(false);
    area.fixed_pos(at + egui::vec2(12.0, 12.0)).show(ctx, |ui| {
        egui::Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_max_width(ui.spacing().tooltip_width);
            ui.label(hint);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_grows_with_the_picture_with_the_size_chosen_and_in_a_lecture() {
        let pixels = |height: f32, zoom, weight| unit(height / zoom, zoom, weight) * zoom;
        assert_eq!(pixels(720.0, 1.0, 1.0), 1.0);
        assert_eq!(pixels(2160.0, 1.0, 1.0), 3.0);
        assert_eq!(pixels(2160.0, 2.5, 1.0), 3.0, "large enough already");
        assert_eq!(pixels(720.0, 1.25, 1.0), 1.25);
        assert_eq!(pixels(720.0, 1.6, 1.6), 1.6);
        assert!((pixels(2160.0, 1.6, 1.6) - 4.8).abs() < 1e-5);
        assert_eq!(pixels(180.0, 1.0, 1.0), 0.7);
    }

    #[test]
    fn an_axis_tells_how_much_of_the_path_lies_along_it() {
        let axis = AxisMeaning { name: "PC 1".to_owned(), explained: 0.834, is_random: false };
        assert_eq!(axis_name("α₁", Some(&axis)), "α₁  PC 1 · 83 % of the path");
        let random = AxisMeaning { is_random: true, ..axis };
        assert_eq!(axis_name("α₃", Some(&random)), "α₃  random");
    }

    #[test]
    fn a_label_keeps_its_place_and_is_short_of_words_only_where_it_must_be() {
        let words = Words::new("name", "α₁  start to end", NAME, egui::Color32::WHITE).or("α₁");
        let places = vec![(0, [50.0, 10.0]), (1, [50.0, 40.0])];
        let labels = [Label { words, places, lean: [0.0; 2], is_shaded: false, hint: None }];
        let at = |y, width| LabelBox::centred([50.0, y], [width, 10.0]);
        let boxes = [vec![(0, at(10.0, 80.0)), (1, at(40.0, 80.0)), (SHORT, at(10.0, 10.0))]];
        let area = LabelBox { min: [0.0; 2], max: [100.0, 50.0] };
        let mut standing = Standing::default();
        let mut number = |reserved: &[LabelBox]| {
            let placed = standing.arrange(&labels, &boxes, reserved.to_vec(), &area, 1.0);
            placed[0].map(|(number, _)| *number)
        };
        let beside = |y| LabelBox::centred([80.0, y], [4.0, 4.0]);
        assert_eq!(number(&[]), Some(0));
        assert_eq!(number(&[beside(10.0)]), Some(1), "the best is taken");
        assert_eq!(number(&[]), Some(1), "and free again");
        assert_eq!(number(&[beside(10.0), beside(40.0)]), Some(SHORT));
        assert_eq!(number(&[at(10.0, 9.0), at(40.0, 9.0)]), None);
        assert_eq!(number(&[beside(40.0)]), Some(0), "there is room for all of it");
    }

    /// A missing glyph would be drawn as a box.
    #[test]
    fn the_font_holds_every_sign_that_is_written() {
        let ctx = egui::Context::default();
        let input = egui::RawInput::default();
        let mut holds = Vec::new();
        let signs = "αabcz₀₁₂₃₄₅₆₇₈₉·−–≈°²³ΔΣ%()[]⏸⟲⏷⏺×";
        let _ = ctx.run_ui(input, |ui| {
            ui.ctx().fonts_mut(|fonts| {
                let font = egui::FontId::proportional(14.0);
                holds = signs.chars().filter(|sign| !fonts.has_glyph(&font, *sign)).collect();
            });
        });
        assert_eq!(holds, Vec::<char>::new());
    }
}
