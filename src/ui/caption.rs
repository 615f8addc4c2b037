//! What a tour tells: the chapter's title and caption over the picture.

use bevy::camera::Camera;
use bevy::prelude::{Res, Single, With};
use bevy_egui::{EguiContexts, egui};

use super::labels::{free_rect, unit};
use super::room::{self, Taker};
use super::style::color32;
use crate::core::text::visible_lines;
use crate::scene::camera::SceneCamera;
use crate::scene::taken::Insets;
use crate::scene::theme::{Palette, Weight};
use crate::scene::tour::Touring;

/// Text sizes in points on a picture 720 points high: legible from the last row.
const TITLE: f32 = 30.0;
const TEXT: f32 = 24.0;
/// Points from the edge of the picture, and from the edge of the ground to the text.
const MARGIN: f32 = 22.0;
const PADDING: f32 = 14.0;
/// Share of the picture's width that a caption takes at most, and points that it may always take where
/// there are as many.
const WIDTH: f32 = 0.62;
const NARROWEST: f32 = 420.0;

/// Draws title and caption at the lower left, over a ground of their own.
pub fn draw_caption(
    mut contexts: EguiContexts,
    touring: Res<Touring>,
    palette: Res<Palette>,
    weight: Res<Weight>,
    insets: Res<Insets>,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
) -> bevy::ecs::error::Result {
    let ctx = contexts.ctx_mut()?;
    let scale = camera.and_then(|camera| camera.target_scaling_factor()).unwrap_or(1.0) * ctx.zoom_factor();
    let screen = free_rect(ctx.viewport_rect(), &insets, scale);
    let unit = unit(screen.height(), ctx.zoom_factor(), weight.lecture);
    let told = touring.told().map(|chapter| (chapter.title.as_str(), chapter.caption.as_str()));
    let rect = told.and_then(|told| paint(ctx, &palette, screen, unit, told));
    room::take(ctx, Taker::Caption, rect);
    Ok(())
}

fn paint(
    ctx: &egui::Context,
    palette: &Palette,
    screen: egui::Rect,
    unit: f32,
    (title, caption): (&str, &str),
) -> Option<egui::Rect> {
    let painter = ctx.layer_painter(egui::LayerId::background()).with_clip_rect(screen);
    let room = screen.width() - 2.0 * (MARGIN + PADDING) * unit;
    let width = (WIDTH * screen.width()).max(NARROWEST * unit).min(room);
    let lay = |text: &str, size: f32, color| {
        let font = egui::FontId::proportional(size * unit);
        painter.layout(visible_lines(text), font, color32(color), width)
    };
    let texts = [(title, TITLE, palette.ink), (caption, TEXT, palette.ink)];
    let galleys: Vec<_> = texts
        .into_iter()
        .filter(|(text, ..)| !text.is_empty())
        .map(|(text, size, color)| lay(text, size, color))
        .collect();
    let height: f32 = galleys.iter().map(|galley| galley.size().y).sum();
    let widest = galleys.iter().map(|galley| galley.size().x).reduce(f32::max)?;
    let padding = PADDING * unit;
    let size = egui::vec2(widest, height) + egui::Vec2::splat(2.0 * padding);
    let corner = screen.left_bottom() + MARGIN * unit * egui::vec2(1.0, -1.0);
    let ground = egui::Rect::from_min_size(corner - egui::vec2(0.0, size.y), size);
    painter.rect_filled(ground, 6.0 * unit, color32(palette.shade));
    let mut at = ground.min + egui::Vec2::splat(padding);
    for galley in galleys {
        let below = galley.size().y;
        painter.galley(at, galley, color32(palette.ink));
        at.y += below;
    }
    Some(ground)
}
