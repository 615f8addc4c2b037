//! The easel: charts large beside the landscape, or one in its place; the same in a window, a picture and a film.

use bevy::camera::Camera;
use bevy::ecs::system::SystemParam;
use bevy::prelude::{MessageWriter, Res, ResMut, Single, With};
use bevy_egui::{EguiContexts, egui};

use super::chart::{Large, large_ui};
use super::charts::{OpenCharts, Pointed};
use super::desk::Desk;
use super::labels::free_rect;
use super::room::{self, Taker};
use super::source::Source;
use super::style::color32;
use super::touch::asked_by;
use crate::core::experiment::ViewFile;
use crate::scene::camera::SceneCamera;
use crate::scene::session::{Ask, SessionState};
use crate::scene::taken::Insets;
use crate::scene::theme::Palette;
use crate::scene::tour::Touring;

/// What the easel tells, and whom.
#[derive(SystemParam)]
pub(super) struct EaselSources<'w> {
    session: Res<'w, SessionState>,
    charts: Res<'w, OpenCharts>,
    insets: Res<'w, Insets>,
    palette: Res<'w, Palette>,
    touring: Res<'w, Touring>,
    ask: MessageWriter<'w, Ask>,
    desk: Option<ResMut<'w, Desk>>,
}

/// Draws the large charts.
pub(super) fn draw_easel(
    mut contexts: EguiContexts,
    mut sources: EaselSources,
    source: Source,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
) -> bevy::ecs::error::Result {
    let look = sources.session.look();
    if look.large_charts().is_empty() || sources.desk.as_ref().is_some_and(|desk| desk.is_blank) {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let scale = camera.and_then(|camera| camera.target_scaling_factor()).unwrap_or(1.0) * ctx.zoom_factor();
    let screen = ctx.viewport_rect();
    let caption = room::room_of(ctx, Taker::Caption);
    let rect = easel_rect(look, screen, &sources.insets, scale, caption);
    if look.hides_landscape() {
        // The landscape would be seen about the caption, where no painter of the charts' room reaches.
        let stage = ctx.layer_painter(egui::LayerId::background());
        stage.rect_filled(screen, 0.0, color32(sources.palette.stage));
    }
    let layer = egui::UiBuilder::new().layer_id(egui::LayerId::background()).max_rect(rect);
    let mut ui = egui::Ui::new(ctx.clone(), "easel".into(), layer);
    let mut over = None;
    for (i, kind) in look.large_charts().iter().enumerate() {
        let Some((_, chart)) = sources.charts.0.iter().find(|(open, _)| open == kind) else { continue };
        let rect = place(look, rect, i);
        let phrases = sources.touring.phrases();
        let large = Large { rect, height: screen.height(), palette: &sources.palette, phrases };
        let hand = large_ui(&mut ui, large, kind.name(), chart);
        over = over.or(hand.over.map(|spot| Pointed { kind: *kind, spot }));
        if let Some(touched) = hand.touched {
            let has_shift = ui.input(|input| input.modifiers.shift);
            sources.ask.write_batch(asked_by(*kind, touched, has_shift, &source.view()).map(Ask));
        }
    }
    if let Some(desk) = &mut sources.desk
        && desk.pointed != over
    {
        desk.pointed = over;
        ctx.request_repaint();
    }
    Ok(())
}

/// Where one of the large charts stands within the room of all: in the landscape's place one beside the other, else
/// one below the other.
fn place(look: &ViewFile, room: egui::Rect, number: usize) -> egui::Rect {
    let count = look.large_charts().len() as f32;
    let (each, way) = match look.hides_landscape() {
        true => (egui::vec2(room.width() / count, room.height()), egui::Vec2::X),
        false => (egui::vec2(room.width(), room.height() / count), egui::Vec2::Y),
    };
    egui::Rect::from_min_size(room.min + each * way * number as f32, each)
}

/// Where the charts stand: beside what is left to the landscape, or in its place, over the caption.
fn easel_rect(
    look: &ViewFile,
    screen: egui::Rect,
    insets: &Insets,
    scale: f32,
    caption: Option<egui::Rect>,
) -> egui::Rect {
    let all = free_rect(screen, &Insets { charts: 0.0, ..*insets }, scale);
    match look.hides_landscape() {
        true => {
            let bottom =
                caption.map_or(all.bottom(), |caption| caption.top().clamp(all.center().y, all.bottom()));
            egui::Rect::from_min_max(all.min, egui::pos2(all.right(), bottom))
        }
        false => {
            egui::Rect::from_min_max(egui::pos2(free_rect(screen, insets, scale).right(), all.top()), all.max)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::{ChartKind, Layout};

    #[test]
    fn charts_stand_beside_the_landscape_or_in_its_place() {
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1920.0, 1080.0));
        let of = |layout, insets: Insets, caption| {
            let look = ViewFile { layout, charts: vec![ChartKind::Map], ..ViewFile::default() };
            let insets = Insets { charts: look.room_for_charts() as f32, ..insets };
            let rect = easel_rect(&look, screen, &insets, 1.0, caption);
            [rect.left(), rect.top(), rect.right(), rect.bottom()]
        };
        let beside = of(Layout::Beside, Insets::default(), None);
        assert_eq!(beside.map(f32::round), [1056.0, 0.0, 1920.0, 1080.0]);
        let panels = Insets { left: 320.0, bottom: 80.0, ..Insets::default() };
        assert_eq!(of(Layout::Beside, panels, None).map(f32::round), [1200.0, 0.0, 1920.0, 1000.0]);
        let caption = egui::Rect::from_min_max(egui::pos2(20.0, 900.0), egui::pos2(800.0, 1060.0));
        for layout in [Layout::Chart, Layout::Charts] {
            assert_eq!(of(layout, Insets::default(), Some(caption)), [0.0, 0.0, 1920.0, 900.0]);
        }
    }

    #[test]
    fn two_charts_stand_below_each_other_or_side_by_side() {
        let room = egui::Rect::from_min_size(egui::pos2(100.0, 0.0), egui::vec2(800.0, 600.0));
        let of = |layout, number| {
            let charts = vec![ChartKind::Map, ChartKind::Curves, ChartKind::Loss];
            let look = ViewFile { layout, charts, ..ViewFile::default() };
            let rect = place(&look, room, number);
            [rect.left(), rect.top(), rect.right(), rect.bottom()]
        };
        assert_eq!(of(Layout::Beside, 1), [100.0, 300.0, 900.0, 600.0]);
        assert_eq!(
            [0, 1].map(|i| of(Layout::Charts, i)),
            [[100.0, 0.0, 500.0, 600.0], [500.0, 0.0, 900.0, 600.0]]
        );
        assert_eq!(of(Layout::Chart, 0), [100.0, 0.0, 900.0, 600.0]);
    }
}
