//! Text over the picture: axis names, ticks, flags, markers, isolines, and what lies under the pointer.

mod collector;
mod fades;
mod kept_clear;
mod label;
mod legend;
mod standing;

use bevy::camera::Camera;
use bevy::ecs::system::SystemParam;
use bevy::prelude::{GlobalTransform, Res, ResMut, Single, Time, Vec2, With};
use bevy_egui::{EguiContexts, egui};

use self::collector::Screen;
use self::kept_clear::KeptClear;
use self::label::{Label, bounds, hint_ui, paint, paint_leader};
pub(crate) use self::standing::CROWD;
pub use self::standing::Standing;
#[cfg(all(test, feature = "desktop"))]
pub(crate) use self::standing::Written;
use super::room;
use crate::core::experiment::Labels;
use crate::core::geometry::labels::LabelBox;
use crate::core::geometry::picking::Ray;
use crate::scene::Pacing;
use crate::scene::camera::{SceneCamera, eye_of, seen};
use crate::scene::cube;
use crate::scene::floor::Facings;
use crate::scene::frame::{Placed, Placement, Stand};
use crate::scene::landscape::Landscape;
use crate::scene::levels::Levels;
use crate::scene::lowest::Lowest;
use crate::scene::motion::Motion;
use crate::scene::pointer::{Hover, ray_through};
use crate::scene::readout::Readout;
use crate::scene::relief::Relief;
use crate::scene::session::SessionState;
use crate::scene::side::{First, Second, Side};
use crate::scene::slice::Shown;
use crate::scene::surface::Fog;
use crate::scene::taken::Insets;
use crate::scene::theme::{Palette, Weight};
use crate::scene::tour::Touring;
use crate::scene::trail::{Dotted, Trails};
use crate::scene::training::Training;

/// What the labels of a side tell.
#[derive(SystemParam)]
pub struct LabelSources<'w, S: Side> {
    pub(in crate::ui) landscape: Res<'w, Landscape<S>>,
    pub(in crate::ui) placement: Res<'w, Placement<S>>,
    pub(in crate::ui) session: Option<Res<'w, SessionState<S>>>,
    pub(in crate::ui) training: Res<'w, Training<S>>,
    pub(in crate::ui) shown: Res<'w, Shown<S>>,
    pub(in crate::ui) palette: Res<'w, Palette>,
    pub(in crate::ui) dotted: Res<'w, Dotted<S>>,
    trails: Res<'w, Trails<S>>,
    facings: Res<'w, Facings<S>>,
    insets: Res<'w, Insets>,
    levels: Res<'w, Levels<S>>,
    lowest: Res<'w, Lowest<S>>,
    hover: Res<'w, Hover>,
    readout: Res<'w, Readout<S>>,
    fog: Res<'w, Fog<S>>,
}

impl<S: Side> LabelSources<'_, S> {
    /// Whether a place of the slice is out of the fog.
    fn is_lit(&self, placed: &Placed, alpha: [f64; 2]) -> bool {
        let axes = placed.frame.axes();
        let share = |i: usize| (alpha[i] - axes[i].low) / (axes[i].high - axes[i].low);
        self.fog.is_lit([share(0), share(1)])
    }
}

/// The edges of the cubes on both sides, on the screen.
fn cube_lines(
    first: &LabelSources<First>,
    second: &LabelSources<Second>,
    project: &dyn Fn([f64; 3]) -> Option<[f32; 2]>,
) -> Vec<[[f32; 2]; 2]> {
    let cubes = [first.placement.get(Stand::Cube), second.placement.get(Stand::Cube)];
    cubes.into_iter().flatten().flat_map(|placed| cube_edges(placed, project)).collect()
}

/// Where each label may stand.
fn free_boxes(
    painter: &egui::Painter,
    labels: &[Label],
    edges: &[[[f32; 2]; 2]],
    kept_clear: &KeptClear,
) -> Vec<Vec<(usize, LabelBox)>> {
    // Lines strike through what has no ground of its own.
    let is_clear = |at: &LabelBox| !edges.iter().any(|edge| at.is_crossed(*edge));
    let free = |label: &Label| {
        let all = bounds(painter, label).into_iter();
        all.filter(|(_, at)| (label.is_shaded || is_clear(at)) && kept_clear.allows(at)).collect()
    };
    labels.iter().map(free).collect()
}

/// Draws all labels that fit.
pub fn draw_labels(
    mut contexts: EguiContexts,
    (first, second): (LabelSources<First>, LabelSources<Second>),
    weight: Res<Weight>,
    camera: Option<Single<(&Camera, &GlobalTransform), With<SceneCamera>>>,
    (pacing, touring, motion, time): (Res<Pacing>, Res<Touring>, Res<Motion>, Res<Time>),
    mut standing: ResMut<Standing>,
) -> bevy::ecs::error::Result {
    let ctx = contexts.ctx_mut()?;
    let look = first.session.as_ref().map(|session| session.look());
    let is_hidden = look.is_some_and(|look| look.hides_landscape() || look.labels == Labels::None);
    let is_seen = first.placement.first().is_some() && !is_hidden;
    let Some(camera) = camera.filter(|_| is_seen) else { return Ok(()) };
    let (camera, transform) = camera.into_inner();
    let points_per_unit = 1.0 / ctx.zoom_factor();
    let project = |world: [f64; 3]| {
        let at = seen(camera, transform, world)?;
        Some([at.x * points_per_unit, at.y * points_per_unit])
    };
    let scale = camera.target_scaling_factor().unwrap_or(1.0) * ctx.zoom_factor();
    let screen = free_rect(ctx.viewport_rect(), &first.insets, scale);
    let unit = unit(screen.height(), ctx.zoom_factor(), weight.lecture);
    let least = if touring.told().is_some() { screen.height() / LEAST_IN_TOURS } else { 0.0 };
    let painter = ctx.layer_painter(egui::LayerId::background()).with_clip_rect(screen);
    let mut legends = legend::draw(&painter, &first, &second, screen, (unit, least), touring.phrases());
    #[cfg(all(test, feature = "desktop"))]
    standing.legends.clone_from(&legends);
    let rooms = room::taken(ctx).into_iter();
    legends.extend(rooms.map(|room| LabelBox { min: room.min.into(), max: room.max.into() }));
    let ray = |[x, y]: [f32; 2]| ray_through(camera, transform, Vec2::new(x, y) / points_per_unit);
    let screen_of = Screen { project: &project, ray: &ray, eye: eye_of(transform), unit, least };
    let [one, other] = titles(&first, &second);
    let titles = [collector::title(&first, &screen_of, one), collector::title(&second, &screen_of, other)];
    let mut labels: Vec<Label> = titles.into_iter().flatten().collect();
    labels.extend(collector::labels(&first, &screen_of));
    labels.extend(collector::labels(&second, &screen_of));
    labels.iter_mut().for_each(|label| label.tell(touring.phrases()));
    let kept_clear = KeptClear::new(&first, &second, &project, unit);
    let boxes = free_boxes(&painter, &labels, &cube_lines(&first, &second, &project), &kept_clear);
    let area = LabelBox { min: screen.min.into(), max: screen.max.into() };
    standing.begin(&area, pacing.rests() || touring.is_cut());
    if !motion.0 {
        standing.lengthen();
    }
    // Of few things no more are named on the whole surface than of all in a crowd.
    let is_few = look.is_some_and(|look| look.labels == Labels::Few);
    let radius = if is_few { f32::INFINITY } else { CROWD * unit };
    let placed = standing.arrange(&labels, &boxes, legends, &area, (unit, radius));
    #[cfg(all(test, feature = "desktop"))]
    standing.note(&labels, &placed);
    let is_over =
        |bounds: &LabelBox| is_over_surface(&first, bounds, ray) || is_over_surface(&second, bounds, ray);
    let secs = if pacing.rests() { f32::INFINITY } else { time.delta_secs() };
    let written = standing.fade(&labels, &boxes, &placed, secs);
    let written = || labels.iter().zip(&written).filter_map(|(label, at)| Some((label, at.as_ref()?)));
    written().for_each(|(label, written)| paint_leader(&painter, label, written));
    for (label, written) in written() {
        let has_ground = label.is_shaded || is_over(written.bounds);
        paint(&painter, label, written, has_ground, &first.palette);
        hint_ui(ctx, label, written.bounds);
    }
    if standing.is_fading() {
        ctx.request_repaint();
    }
    Ok(())
}

/// What each of two landscapes is called, and where its training is; nothing of one alone.
fn titles(first: &LabelSources<First>, second: &LabelSources<Second>) -> [Option<String>; 2] {
    let sides = first.session.as_ref().and_then(|session| session.experiment().sides());
    let Some([one, other]) = sides.filter(|_| second.session.is_some()) else { return [None, None] };
    let titled = |title: &str, step: u64| Some(format!("{title} · step {step}"));
    let between = first.session.as_ref().and_then(|session| session.experiment().said_between());
    [between.or_else(|| titled(one, first.training.step())), titled(other, second.training.step())]
}

/// The edges of a cube on the screen.
fn cube_edges(
    placed: Placed,
    project: impl Fn([f64; 3]) -> Option<[f32; 2]>,
) -> impl Iterator<Item = [[f32; 2]; 2]> {
    let edges = cube::edges(&placed).into_iter();
    edges.filter_map(move |edge| Some([project(placed.world(edge[0]))?, project(placed.world(edge[1]))?]))
}

/// Whether a label stands over the surface: bright as that may be, text there needs a ground.
fn is_over_surface<S: Side>(
    told: &LabelSources<S>,
    bounds: &LabelBox,
    ray: impl Fn([f32; 2]) -> Option<Ray>,
) -> bool {
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

/// How many times the smallest text goes into the picture's height while a tour tells something: it is read from the last row.
const LEAST_IN_TOURS: f32 = 40.0;

/// How large text is, in points, beside its usual size. Pictures of any size are read as a whole: text
/// grows with them, and is never smaller than a person has chosen, but for a picture that has no room.
pub(in crate::ui) fn unit(height: f32, zoom: f32, weight: f32) -> f32 {
    let of_picture = height / 720.0;
    (of_picture * weight).max((of_picture * zoom).min(1.0)).clamp(0.7, 4.0)
}

/// The part of the screen that neither a panel nor a chart covers, in points.
pub(in crate::ui) fn free_rect(screen: egui::Rect, insets: &Insets, scale: f32) -> egui::Rect {
    let right = insets.right_of(screen.width() * scale);
    egui::Rect::from_min_max(
        screen.min + egui::vec2(insets.left, insets.top) / scale,
        screen.max - egui::vec2(right, insets.bottom) / scale,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::script::{Tour, builtin as tours};

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

    /// All words of all built-in tours, in all languages.
    fn words_of_tours() -> String {
        let told = |name: &'static str| {
            let others = tours::languages(name)
                .map(move |language| tours::load_in(name, &language.parse().unwrap()).unwrap().unwrap());
            others.chain(tours::load(name).map(Result::unwrap))
        };
        let words = |tour: Tour| {
            let chapters = tour.chapters().iter();
            let all = chapters.map(|chapter| [&*chapter.title, &chapter.caption, &chapter.notes].concat());
            tour.file().title.clone() + &all.collect::<String>()
        };
        let all: String = tours::names().flat_map(told).map(words).collect();
        all.chars().filter(|sign| !sign.is_whitespace()).collect()
    }

    /// A missing glyph would be drawn as a box.
    #[test]
    fn the_font_holds_every_sign_that_is_written() {
        let ctx = egui::Context::default();
        let input = egui::RawInput::default();
        let mut holds = Vec::new();
        let of_panels = "αabcz₀₁₂₃₄₅₆₇₈₉·−–≈°²³ΔΣ%()[]⏸⟲⏷⏺×";
        let of_languages = "äöüÄÖÜßáéíóúüñÁÉÍÓÚÑ¿¡«»„“”‘’…—";
        let signs = [of_panels, of_languages, &words_of_tours()].concat();
        let _ = ctx.run_ui(input, |ui| {
            ui.ctx().fonts_mut(|fonts| {
                let font = egui::FontId::proportional(14.0);
                holds = signs.chars().filter(|sign| !fonts.has_glyph(&font, *sign)).collect();
            });
        });
        assert_eq!(holds, Vec::<char>::new());
    }
}
