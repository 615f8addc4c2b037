//! A label: its words, where it may stand, and how it is drawn.

use bevy_egui::egui;

use crate::core::geometry::labels::LabelBox;
use crate::scene::theme::Palette;
use crate::ui::style::color32;

/// What is written.
pub(super) struct Words {
    /// The same in every frame.
    pub(super) id: egui::Id,
    pub(super) text: String,
    /// What is written where there is no room for all of it.
    pub(super) short: Option<String>,
    /// In points, on a picture 720 points high until it is a label.
    pub(super) size: f32,
    pub(super) color: egui::Color32,
}

impl Words {
    pub(super) fn new(id: impl egui::AsId, text: impl Into<String>, size: f32, color: egui::Color32) -> Self {
        Self { id: egui::Id::new(id), text: text.into(), short: None, size, color }
    }

    /// The same, or where there is no room for it this.
    pub(super) fn or(self, short: &str) -> Self {
        Self { short: Some(short.to_owned()), ..self }
    }
}

/// A text and where it may stand, in points: numbered places, the best first.
pub(super) struct Label {
    pub(super) words: Words,
    pub(super) places: Vec<(usize, [f32; 2])>,
    /// Which way from its place it stands, as a share of half its size: 0 is its middle.
    pub(super) lean: [f32; 2],
    /// Whether it stands over the surface and needs a ground of its own.
    pub(super) is_shaded: bool,
    /// Where the thing is that it names, unless that is where it stands.
    pub(super) spot: Option<[f32; 2]>,
    /// What is told of it where the pointer rests on it.
    pub(super) hint: Option<String>,
}

impl Label {
    /// Where the thing is that it names from such a place, if that stands over the surface.
    pub(super) fn named_at(&self, place: &LabelBox) -> Option<[f32; 2]> {
        self.is_shaded.then(|| self.spot.unwrap_or(place.middle()))
    }

    /// What is written at the place of that number.
    pub(super) fn text(&self, number: usize) -> &str {
        self.words.short.as_deref().filter(|_| number >= SHORT).unwrap_or(&self.words.text)
    }
}

/// Numbers of places from which on a label is short of words.
pub(super) const SHORT: usize = 1000;

/// Where a label may stand: its places by their numbers, and after them those of its short words.
pub(super) fn bounds(painter: &egui::Painter, label: &Label) -> Vec<(usize, LabelBox)> {
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

pub(super) fn paint(
    painter: &egui::Painter,
    label: &Label,
    number: usize,
    bounds: &LabelBox,
    has_ground: bool,
    palette: &Palette,
) {
    let Words { size, color, .. } = &label.words;
    let rect = egui::Rect::from_min_max(bounds.min.into(), bounds.max.into());
    if has_ground {
        painter.rect_filled(rect, 0.28 * size, color32(palette.shade));
    }
    let font = egui::FontId::proportional(*size);
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, label.text(number), font, *color);
}

/// Tells more of a label on which the pointer rests.
pub(super) fn hint_ui(ctx: &egui::Context, label: &Label, bounds: &LabelBox) {
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
