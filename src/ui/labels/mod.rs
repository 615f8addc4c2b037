//! Text over the picture: axis names, ticks, flags, markers, isolines, and what lies under the pointer.

mod collector;
mod label;
mod legend;
mod standing;

use bevy::camera::Camera;
use bevy::ecs::system::SystemParam;
use bevy::prelude::{GlobalTransform, Res, ResMut, Single, Vec2, With};
use bevy_egui::{EguiContexts, egui};

use self::collector::Collector;
use self::label::{bounds, hint_ui, paint};
pub use self::standing::Standing;
#[cfg(all(test, feature = "desktop"))]
pub(crate) use self::standing::{CROWD, Written};
use super::room;
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
use crate::scene::slice::Shown;
use crate::scene::surface::Fog;
use crate::scene::taken::Insets;
use crate::scene::theme::{Palette, Weight};
use crate::scene::tour::Touring;
use crate::scene::trail::Dotted;
use crate::scene::training::Training;

/// What the labels tell.
#[derive(SystemParam)]
pub struct LabelSources<'w> {
    pub(in crate::ui) landscape: Res<'w, Landscape>,
    pub(in crate::ui) placement: Res<'w, Placement>,
    pub(in crate::ui) session: Res<'w, SessionState>,
    pub(in crate::ui) training: Res<'w, Training>,
    pub(in crate::ui) shown: Res<'w, Shown>,
    pub(in crate::ui) palette: Res<'w, Palette>,
    pub(in crate::ui) dotted: Res<'w, Dotted>,
    facings: Res<'w, Facings>,
    insets: Res<'w, Insets>,
    levels: Res<'w, Levels>,
    lowest: Res<'w, Lowest>,
    hover: Res<'w, Hover>,
    readout: Res<'w, Readout>,
    fog: Res<'w, Fog>,
}

impl LabelSources<'_> {
    /// Whether a place of the slice is out of the fog.
    fn is_lit(&self, placed: &Placed, alpha: [f64; 2]) -> bool {
        let axes = placed.frame.axes();
        let share = |i: usize| (alpha[i] - axes[i].low) / (axes[i].high - axes[i].low);
        self.fog.is_lit([share(0), share(1)])
    }
}

/// Draws all labels that fit.
pub fn draw_labels(
    mut contexts: EguiContexts,
    told: LabelSources,
    weight: Res<Weight>,
    camera: Option<Single<(&Camera, &GlobalTransform), With<SceneCamera>>>,
    (pacing, touring, motion): (Res<Pacing>, Res<Touring>, Res<Motion>),
    mut standing: ResMut<Standing>,
) -> bevy::ecs::error::Result {
    let ctx = contexts.ctx_mut()?;
    let is_seen = told.placement.first().is_some() && !told.session.look().is_chart_alone();
    let Some(camera) = camera.filter(|_| is_seen) else { return Ok(()) };
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
    let area = LabelBox { min: screen.min.into(), max: screen.max.into() };
    standing.begin(&area, pacing.rests() || touring.is_cut());
    if !motion.0 {
        standing.lengthen();
    }
    let placed = standing.arrange(&labels, &boxes, legends, &area, unit);
    #[cfg(all(test, feature = "desktop"))]
    standing.note(&labels, &placed);
    for (label, (number, bounds)) in labels.iter().zip(placed).filter_map(|(label, at)| Some((label, at?))) {
        let has_ground = label.is_shaded || is_over_surface(&told, bounds, ray);
        paint(&painter, label, *number, bounds, has_ground, &told.palette);
        hint_ui(ctx, label, bounds);
    }
    Ok(())
}

/// The edges of the cube on the screen.
fn cube_edges(told: &LabelSources, project: impl Fn([f64; 3]) -> Option<[f32; 2]>) -> Vec<[[f32; 2]; 2]> {
    let Some(placed) = told.placement.get(Stand::Cube) else { return Vec::new() };
    let edges = cube::edges(&placed).into_iter();
    edges
        .filter_map(|edge| Some([project(placed.world(edge[0]))?, project(placed.world(edge[1]))?]))
        .collect()
}

/// Whether a label stands over the surface: bright as that may be, text there needs a ground.
fn is_over_surface(told: &LabelSources, bounds: &LabelBox, ray: impl Fn([f32; 2]) -> Option<Ray>) -> bool {
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
