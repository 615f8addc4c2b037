//! A label: its words, where it may stand, and how it is drawn.

use bevy_egui::egui;

use crate::core::geometry::labels::{LabelBox, Spot};
use crate::core::text::Phrases;
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

/// Where a label may stand.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The same in every frame.
    pub(super) number: usize,
    /// In points.
    pub(super) at: [f32; 2],
    /// Which way from there it stands, as a share of half its size: 0 is its middle.
    pub(super) lean: [f32; 2],
}

/// A text and where it may stand, the best place first.
pub(super) struct Label {
    pub(super) words: Words,
    pub(super) places: Vec<Place>,
    /// Whether it stands over the surface and needs a ground of its own.
    pub(super) is_shaded: bool,
    /// Where the thing is that it names, unless that is where it stands.
    pub(super) spot: Option<[f32; 2]>,
    /// Of which landscape.
    pub(super) side: usize,
    /// Whether somebody asks for it at this moment: it counts among no others.
    pub(super) is_asked: bool,
    /// What is told of it where the pointer rests on it.
    pub(super) hint: Option<String>,
}

impl Label {
    /// The thing that it names from such a place, if that stands over the surface.
    pub(super) fn named_at(&self, place: &LabelBox) -> Option<Spot> {
        let is_counted = self.is_shaded && !self.is_asked;
        is_counted.then(|| Spot { side: self.side, at: self.spot.unwrap_or(place.middle()) })
    }

    /// The way from what it names to where it stands, where that is not beside it.
    fn leader(&self, bounds: &LabelBox) -> Option<[egui::Pos2; 2]> {
        let spot = self.spot.filter(|_| self.is_shaded)?;
        let (from, to) = (egui::Pos2::from(spot), egui::Pos2::from(bounds.nearest(spot)));
        let way = to - from;
        let off = LEADER_OFF * self.words.size;
        (way.length() > 2.0 * off).then(|| [from + off * way.normalized(), to])
    }

    /// Tells it in another language.
    pub(super) fn tell(&mut self, phrases: &Phrases) {
        for text in std::iter::once(&mut self.words.text).chain(&mut self.words.short) {
            *text = phrases.tell(text).into_owned();
        }
    }

    /// What is written at the place of that number.
    pub(super) fn text(&self, number: usize) -> &str {
        self.words.short.as_deref().filter(|_| number >= SHORT).unwrap_or(&self.words.text)
    }
}

/// Heights of the text that a leader keeps off what it leads to.
const LEADER_OFF: f32 = 0.7;

/// Ways from a thing to its label: the shares of the label's half size by which that stands to the right and below.
pub(super) const WAYS: [[f32; 2]; 8] =
    [[1.0, -1.0], [0.0, -1.0], [-1.0, -1.0], [1.0, 0.0], [-1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 1.0]];
/// Points from a thing to its label, the nearest first, on a picture 720 points high.
const RINGS: [f32; 4] = [20.0, 46.0, 80.0, 124.0];

/// The places about a thing, those of a way of [`WAYS`] first in each ring. Of each number the remainder by their count
/// is its way.
pub(super) fn places_about(at: [f32; 2], first: usize, unit: f32) -> Vec<Place> {
    let ways = (0..WAYS.len()).map(|i| (first + i) % WAYS.len());
    let ring = |(ring, points): (usize, f32)| {
        ways.clone().map(move |way| {
            let lean = WAYS[way];
            let off = points * unit / lean[0].hypot(lean[1]);
            let at = [0, 1].map(|i| at[i] + off * lean[i]);
            Place { number: WAYS.len() * ring + way, at, lean }
        })
    };
    RINGS.into_iter().enumerate().flat_map(ring).collect()
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
        let middle = move |place: &Place| [0, 1].map(|i| place.at[i] + 0.5 * place.lean[i] * size[i]);
        label.places.iter().map(move |place| (first + place.number, LabelBox::centred(middle(place), size)))
    };
    let all = boxed(text, 0);
    all.chain(short.iter().flat_map(|short| boxed(short, SHORT))).collect()
}

/// Draws the line from what a label names to the label.
pub(super) fn paint_leader(painter: &egui::Painter, label: &Label, written: &Written) {
    if let Some(leader) = label.leader(written.bounds) {
        let color = label.words.color.gamma_multiply(LEADER_WEIGHT * written.opacity);
        painter.line_segment(leader, egui::Stroke::new(LEADER_WIDTH * label.words.size, color));
    }
}

/// How much of its label's colour a leader has, and its width as a share of the text's height.
const LEADER_WEIGHT: f32 = 0.7;
const LEADER_WIDTH: f32 = 0.08;

/// A label at the place where it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    /// Which of its places that is.
    pub(super) number: usize,
    pub(super) bounds: &'a LabelBox,
    /// 0 to 1.
    pub(super) opacity: f32,
}

pub(super) fn paint(
    painter: &egui::Painter,
    label: &Label,
    written: &Written,
    has_ground: bool,
    palette: &Palette,
) {
    let Words { size, color, .. } = &label.words;
    let Written { number, bounds, opacity } = *written;
    let rect = egui::Rect::from_min_max(bounds.min.into(), bounds.max.into());
    if has_ground {
        painter.rect_filled(rect, 0.28 * size, color32(palette.shade).gamma_multiply(opacity));
    }
    let font = egui::FontId::proportional(*size);
    let color = color.gamma_multiply(opacity);
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, label.text(number), font, color);
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
