//! A chart as a lecture and a film show it: within a rectangle, legible from the last row.
//!
//! It is laid out in one pass and knows nothing of the frame before: what a film shows of it is whole in the frame in
//! which it is opened, and in each in which it moves.

use bevy_egui::egui::{self, Align2, Color32, FontId, Galley, Pos2, Rect, Shape, Stroke, Vec2};
use std::sync::Arc;

use super::screen::{Hand, textures};
use super::svg::equal;
use super::{Bounds, Chart, Mark, ink_on, middles, stretches};
use crate::core::text::{Phrases, visible};
use crate::scene::theme::Palette;
use crate::ui::style::color32;

/// Share of the picture's height that text has, and the thinnest line.
pub(super) const TEXT: f32 = 1.0 / 30.0;
pub(super) const LINE: f32 = 3.0 / 1080.0;
/// Points of text in a chart among the panels, against which lines and points grow.
const USUAL_TEXT: f32 = 13.0;
/// A title, against other text, and a row of text.
const TITLE: f32 = 1.15;
const ROW: f32 = 1.2;
/// Rows of text between the names and the axes: half of the topmost number.
const ABOVE: f32 = 0.55;
/// Signs of text between two numbers along x, and rows between two along y.
const X_APART: f32 = 4.6;
const Y_APART: f32 = 2.0;
/// Rows of text that axes are high at least, of a part as high as it is wide.
const LEAST_AXES: f32 = 2.0;
/// How opaque the lines at the numbers are; a picture is not crossed by any.
const GRID: f32 = 0.15;
/// Radius of a dot of a grid, as a share of the way to the next.
const GRID_DOT: f32 = 0.42;

/// Where and in what a chart is drawn.
#[derive(Clone, Copy)]
pub struct Large<'a> {
    /// The room that it has, in points.
    pub rect: Rect,
    /// The height of the whole picture, by which text and lines are measured.
    pub height: f32,
    /// The colours of everything that stands for no number.
    pub palette: &'a Palette,
    /// The language of its title; the chart's own words are in it already.
    pub phrases: &'a Phrases,
}

/// Draws a chart; what the pointer does with it.
pub fn large_ui(ui: &mut egui::Ui, large: Large, name: &str, chart: &Chart) -> Hand {
    let sheet = Sheet::new(ui, large);
    let inner = large.rect.shrink(0.5 * sheet.text);
    ui.painter().rect_filled(large.rect, 0.0, color32(large.palette.stage));
    let note = sheet.lay(&chart.note, sheet.text, inner.width());
    let below = if chart.note.is_empty() { 0.0 } else { note.size().y };
    let title = |words: &str| sheet.lay(words, TITLE * sheet.text, inner.width());
    let (count, all) = (sheet.fitting(chart, inner.size() - egui::vec2(0.0, below)), chart.parts().count());
    let title = match count < all {
        true => title(&large.phrases.tell(&format!("{name}: {count} of {all} parts, for lack of room"))),
        false => title(&large.phrases.tell(name)),
    };
    let top = inner.top() + title.size().y;
    sheet.painter.galley(inner.min, title, sheet.ink);
    let room = Rect::from_min_max(egui::pos2(inner.left(), top), inner.max - egui::vec2(0.0, below));
    sheet.painter.galley(egui::pos2(inner.left(), inner.bottom() - below), note, sheet.ink);
    let mut hand = Hand::default();
    for (i, (part, rect)) in sheet.parts(chart, count, room).into_iter().enumerate() {
        let axes = Axes::of(&sheet, part, rect);
        axes.paint(&sheet, name);
        let response = ui.interact(axes.frame, ui.id().with((name, i)), egui::Sense::click_and_drag());
        let label = format!("{name} chart");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &label));
        let is_touched = response.clicked() || response.dragged();
        let touched = response.interact_pointer_pos().filter(|_| is_touched).map(|at| axes.value(at));
        hand.note((i, chart.parts_of_first()), touched, response.hover_pos().map(|at| axes.value(at)));
    }
    hand
}

/// What all parts of a chart are drawn with.
struct Sheet {
    painter: egui::Painter,
    ink: Color32,
    text: f32,
    line: f32,
    scale: f32,
}

impl Sheet {
    fn new(ui: &egui::Ui, Large { rect, height, palette, .. }: Large) -> Self {
        let text = TEXT * height;
        let painter = ui.painter().with_clip_rect(rect);
        Self { painter, ink: color32(palette.ink), text, line: LINE * height, scale: text / USUAL_TEXT }
    }

    fn lay(&self, text: &str, size: f32, width: f32) -> Arc<Galley> {
        self.painter.layout(visible(text).into_owned(), FontId::proportional(size), self.ink, width)
    }

    fn word(&self, text: &str, color: Color32) -> Arc<Galley> {
        self.painter.layout_no_wrap(visible(text).into_owned(), FontId::proportional(self.text), color)
    }

    /// A line's width, of so many points among the panels.
    fn width(&self, width: f32) -> f32 {
        (self.scale * width).max(self.line)
    }

    /// How many of its parts, the first ones, have room for axes on which something is seen; one is drawn in any
    /// case. `room` is what the title and they have.
    fn fitting(&self, chart: &Chart, room: Vec2) -> usize {
        let has_room = |count: &usize| {
            let (mut words, mut axes) = (TITLE * ROW * self.text, 0.0);
            for part in chart.parts().take(*count) {
                words += self.words(part, room.x);
                axes += part.height() as f32;
            }
            room.y - words >= LEAST_AXES * self.text * axes
        };
        (1..=chart.parts().count()).rev().find(has_room).unwrap_or(1)
    }

    /// The room of each of so many parts: for its words what they take, for its axes as they are high.
    fn parts<'a>(&self, chart: &'a Chart, count: usize, room: Rect) -> Vec<(&'a Chart, Rect)> {
        let parts: Vec<&Chart> = chart.parts().take(count).collect();
        let words: Vec<f32> = parts.iter().map(|part| self.words(part, room.width())).collect();
        let left = (room.height() - words.iter().sum::<f32>()).max(0.0);
        let all: f64 = parts.iter().map(|part| part.height()).sum();
        let mut top = room.top();
        let placed = parts.into_iter().zip(words).map(|(part, words)| {
            let height = words + left * (part.height() / all) as f32;
            let rect = Rect::from_min_size(egui::pos2(room.left(), top), egui::vec2(room.width(), height));
            top += height;
            (part, rect)
        });
        placed.collect()
    }

    /// What the words about a part's axes take of its height.
    fn words(&self, part: &Chart, width: f32) -> f32 {
        let below = if part.x.is_empty() { 1 } else { 2 };
        self.text * ROW * (self.legend(part, width).len() + below) as f32
    }

    /// The names above the axes, in lines: first that of y.
    fn legend<'a>(&self, part: &'a Chart, width: f32) -> Vec<Vec<(&'a str, Option<Color32>)>> {
        let y = Some((&part.y[..], None)).filter(|(name, _)| !name.is_empty());
        let names = part.names().into_iter().map(|(name, color)| (name, Some(color)));
        let mut lines: Vec<Vec<_>> = Vec::new();
        let mut left = 0.0;
        for name in y.into_iter().chain(names) {
            let taken = self.extent(name);
            if taken > left || lines.is_empty() {
                lines.push(Vec::new());
                left = width;
            }
            left -= taken;
            if let Some(line) = lines.last_mut() {
                line.push(name);
            }
        }
        lines
    }

    /// The width of a name with its swatch, and the room behind.
    fn extent(&self, (name, color): (&str, Option<Color32>)) -> f32 {
        let swatch = if color.is_some() { self.text } else { 0.0 };
        swatch + self.word(name, self.ink).size().x + self.text
    }
}

/// The axes of a part: where they lie, and what they show.
struct Axes<'a> {
    chart: &'a Chart,
    room: Rect,
    frame: Rect,
    bounds: Bounds,
}

impl<'a> Axes<'a> {
    fn of(sheet: &Sheet, chart: &'a Chart, rect: Rect) -> Self {
        let text = sheet.text;
        let rows = sheet.legend(chart, rect.width()).len() as f32;
        let below = sheet.words(chart, rect.width()) - ROW * text * rows;
        let (top, bottom) = (rect.top() + (ROW * rows + ABOVE) * text, rect.bottom() - below);
        let bottom = bottom.max(top + 1.0);
        let [low, high] = chart.bounds();
        let ticks = chart.y_ticks(low[1], high[1], most(bottom - top, Y_APART * text));
        let widths = ticks.iter().map(|(_, text)| sheet.word(text, sheet.ink).size().x);
        let room = widths.fold(0.0, f32::max) + 0.4 * text;
        let frame = Rect::from_min_max(
            egui::pos2(rect.left() + room, top),
            egui::pos2((rect.right() - text).max(rect.left() + room + 1.0), bottom),
        );
        if !chart.is_equal {
            return Self { chart, room: rect, frame, bounds: [low, high] };
        }
        // What it shows has its own shape, and no room beside it.
        let share = chart.height() as f32;
        let size =
            egui::vec2(frame.width().min(frame.height() / share), frame.height().min(frame.width() * share));
        let frame = egui::Align2::CENTER_TOP.align_size_within_rect(size, frame);
        let bounds = equal([low, high], f64::from(frame.height() / frame.width()));
        Self { chart, room: rect, frame, bounds }
    }

    fn at(&self, [x, y]: [f64; 2]) -> Pos2 {
        let [low, high] = self.bounds;
        let share = |value: f64, axis: usize| ((value - low[axis]) / (high[axis] - low[axis])) as f32;
        egui::pos2(
            self.frame.left() + share(x, 0) * self.frame.width(),
            self.frame.bottom() - share(y, 1) * self.frame.height(),
        )
    }

    /// The place in the axes' units at a point.
    fn value(&self, at: Pos2) -> [f64; 2] {
        let [low, high] = self.bounds;
        let x = f64::from((at.x - self.frame.left()) / self.frame.width());
        let y = f64::from((self.frame.bottom() - at.y) / self.frame.height());
        let value = |share: f64, axis: usize| low[axis] + share * (high[axis] - low[axis]);
        let y = value(y, 1);
        [value(x, 0), if self.chart.is_log { 10_f64.powf(y) } else { y }]
    }

    fn paint(&self, sheet: &Sheet, name: &str) {
        self.paint_legend(sheet);
        self.paint_numbers(sheet);
        let textures = textures(sheet.painter.ctx(), &format!("{name}, large"), self.chart);
        let mut textures = textures.into_iter();
        let painter = sheet.painter.with_clip_rect(self.frame.expand(sheet.line));
        for mark in &self.chart.marks {
            self.paint_mark(sheet, &painter, mark, &mut textures);
        }
        let stroke = Stroke::new(sheet.line, sheet.ink.gamma_multiply(0.5));
        sheet.painter.rect_stroke(self.frame, 0.0, stroke, egui::StrokeKind::Middle);
    }

    fn paint_legend(&self, sheet: &Sheet) {
        let text = sheet.text;
        for (row, line) in sheet.legend(self.chart, self.room.width()).into_iter().enumerate() {
            let mut at = self.room.min + egui::vec2(0.0, ROW * text * row as f32);
            for (name, color) in line {
                let taken = sheet.extent((name, color));
                if let Some(color) = color {
                    let middle = at + egui::vec2(0.4 * text, 0.6 * text);
                    sheet.painter.circle_filled(middle, 0.32 * text, color);
                    at.x += text;
                }
                sheet.painter.galley(at, sheet.word(name, sheet.ink), sheet.ink);
                at.x += taken - if color.is_some() { text } else { 0.0 };
            }
        }
    }

    /// Numbers along both axes, with lines at them, and the name of x.
    fn paint_numbers(&self, sheet: &Sheet) {
        let (text, [low, high]) = (sheet.text, self.bounds);
        let has_picture = self.chart.marks.iter().any(|mark| matches!(mark, Mark::Picture { .. }));
        let faint = Stroke::new(sheet.line, sheet.ink.gamma_multiply(GRID));
        let write = |at: Pos2, anchor: Align2, words: &str| {
            let galley = sheet.word(words, sheet.ink);
            let rect = anchor.anchor_size(at, galley.size());
            sheet.painter.galley(rect.min, galley, sheet.ink);
        };
        for (value, words) in self.chart.x_ticks(low[0], high[0], most(self.frame.width(), X_APART * text)) {
            let x = self.at([value, low[1]]).x;
            if !has_picture {
                sheet.painter.vline(x, self.frame.y_range(), faint);
            }
            write(egui::pos2(x, self.frame.bottom() + 0.1 * text), Align2::CENTER_TOP, &words);
        }
        // On a logarithmic scale there may be more of them than a low frame has room for.
        let mut written = f32::INFINITY;
        for (value, words) in self.chart.y_ticks(low[1], high[1], most(self.frame.height(), Y_APART * text)) {
            let y = self.at([low[0], value]).y;
            if !has_picture {
                sheet.painter.hline(self.frame.x_range(), y, faint);
            }
            if (written - y).abs() < text {
                continue;
            }
            written = y;
            write(egui::pos2(self.frame.left() - 0.25 * text, y), Align2::RIGHT_CENTER, &words);
        }
        let foot = egui::pos2(self.frame.center().x, self.frame.bottom() + ROW * text);
        write(foot, Align2::CENTER_TOP, &self.chart.x);
    }

    fn paint_mark(
        &self,
        sheet: &Sheet,
        painter: &egui::Painter,
        mark: &Mark,
        textures: &mut impl Iterator<Item = egui::TextureHandle>,
    ) {
        let is_log = self.chart.is_log;
        let line = |color| Stroke::new(sheet.line, color);
        match mark {
            Mark::Line { color, width, points, .. } => {
                for stretch in stretches(points, is_log) {
                    let points = stretch.into_iter().map(|at| self.at(at)).collect();
                    painter.add(Shape::line(points, Stroke::new(sheet.width(*width), *color)));
                }
            }
            Mark::Points { color, radius, points, .. } => {
                for at in stretches(points, is_log).concat() {
                    painter.circle_filled(self.at(at), sheet.scale * radius, *color);
                }
            }
            Mark::Dots { radius, points, colors, is_grid, .. } => {
                let radius = self.dot_radius(sheet.scale * radius, *is_grid, points);
                for (point, [r, g, b]) in points.iter().zip(colors) {
                    for at in stretches(&[*point], is_log).concat() {
                        let color = Color32::from_rgb(*r, *g, *b);
                        painter.circle_filled(self.at(at), radius, color);
                    }
                }
            }
            Mark::Label { at, text, color, is_before } => {
                for at in stretches(&[*at], is_log).concat() {
                    self.paint_label(sheet, painter, self.at(at), sheet.word(text, *color), *is_before);
                }
            }
            Mark::Bars { color, width, bars, .. } => {
                for [x, height] in bars {
                    let ends = [[x - 0.5 * width, 0.0], [x + 0.5 * width, *height]].map(|at| self.at(at));
                    painter.rect_filled(Rect::from_two_pos(ends[0], ends[1]), 0.0, *color);
                }
            }
            Mark::Picture { corners, size, pixels, values, is_table } => {
                let Some(texture) = textures.next() else { return };
                let rect = Rect::from_two_pos(self.at(corners[0]), self.at(corners[1]));
                let whole = Rect::from_min_max(Pos2::ZERO, egui::pos2(1.0, 1.0));
                painter.image(texture.id(), rect, whole, Color32::WHITE);
                if *is_table {
                    let cell = rect.size() / egui::vec2(size[0] as f32, size[1] as f32);
                    let font = FontId::proportional(sheet.text.min(0.8 * cell.y).min(0.5 * cell.x));
                    for ((at, value), pixel) in middles(corners, *size).zip(values).zip(pixels) {
                        let at = self.at(at);
                        painter.text(at, Align2::CENTER_CENTER, value, font.clone(), ink_on(*pixel));
                    }
                }
            }
            Mark::Upright { at, color } => {
                painter.vline(self.at([*at, 0.0]).x, self.frame.y_range(), line(*color));
            }
            Mark::Level { at, color } => {
                let at = if is_log { at.log10() } else { *at };
                painter.hline(self.frame.x_range(), self.at([0.0, at]).y, line(*color));
            }
        }
    }

    /// Dots of a grid never cover one another.
    fn dot_radius(&self, usual: f32, is_grid: bool, points: &[[f64; 2]]) -> f32 {
        match points {
            [a, b, ..] if is_grid => usual.min(GRID_DOT * self.at(*a).distance(self.at(*b))),
            _ => usual,
        }
    }

    /// Words beside a place, within the frame.
    fn paint_label(
        &self,
        sheet: &Sheet,
        painter: &egui::Painter,
        at: Pos2,
        galley: Arc<Galley>,
        is_before: bool,
    ) {
        let apart = Vec2::new(0.3 * sheet.text, -0.15 * sheet.text);
        let corner = match is_before {
            true => at - apart - egui::vec2(galley.size().x, 0.0),
            false => at + apart - egui::vec2(0.0, galley.size().y),
        };
        let last = (self.frame.max - galley.size()).max(self.frame.min);
        painter.galley(corner.clamp(self.frame.min, last), galley, sheet.ink);
    }
}

/// How many numbers so far apart there are along an axis at most.
fn most(extent: f32, apart: f32) -> usize {
    ((extent / apart) as usize).max(2)
}

#[cfg(test)]
mod tests {
    use super::super::tests::chart;
    use super::*;
    use crate::core::experiment::Theme;
    use crate::core::text::phrases;

    /// All that is drawn of a chart in a picture of that size, and where the pointer is in it.
    fn drawn(chart: &Chart, pointer: Option<Pos2>) -> (Vec<Shape>, Hand) {
        let palette = Palette::from(Theme::Dark);
        let ctx = egui::Context::default();
        let screen = Rect::from_min_size(Pos2::ZERO, egui::vec2(1920.0, 1080.0));
        let rect = Rect::from_min_max(egui::pos2(1056.0, 0.0), egui::pos2(1920.0, 540.0));
        let (mut shapes, mut hand) = (Vec::new(), Hand::default());
        for _ in 0..2 {
            let events = pointer.map(egui::Event::PointerMoved).into_iter().collect();
            let input = egui::RawInput { screen_rect: Some(screen), events, ..Default::default() };
            let output = ctx.run_ui(input, |ui| {
                hand = large_ui(
                    ui,
                    Large { rect, height: 1080.0, palette: &palette, phrases: &phrases::NONE },
                    "Loss",
                    chart,
                );
            });
            shapes = output.shapes.into_iter().map(|shape| shape.shape).collect();
        }
        (shapes, hand)
    }

    #[test]
    fn everything_is_legible_from_the_last_row() {
        let (shapes, _) = drawn(&chart(), None);
        let mut texts = Vec::new();
        for shape in &shapes {
            match shape {
                Shape::Text(text) => {
                    let sizes = text.galley.job.sections.iter().map(|section| section.format.font_id.size);
                    // The numbers of a table have the room of their cells.
                    if !["7", "12"].contains(&text.galley.text()) {
                        assert!(sizes.fold(f32::INFINITY, f32::min) >= 36.0, "{}", text.galley.text());
                    }
                    texts.push(text.galley.text().to_owned());
                }
                Shape::Path(path) => assert!(path.stroke.width >= 3.0, "{path:?}"),
                Shape::LineSegment { stroke, .. } => assert!(stroke.width >= 3.0),
                _ => {}
            }
        }
        for text in ["Loss", "step", "loss < 1", "sgd", "0.01", "1", "7"] {
            assert!(texts.iter().any(|drawn| drawn == text), "{text}: {texts:?}");
        }
    }

    #[test]
    fn parts_that_have_no_room_are_left_out_and_told_of() {
        let part = |below: Option<Chart>| Chart {
            x: "step".into(),
            y: "loss".into(),
            below: below.map(Box::new),
            ..chart()
        };
        let three = part(Some(part(Some(part(None)))));
        let palette = Palette::from(Theme::Dark);
        let seen = |chart: &Chart, size: Vec2| {
            let ctx = egui::Context::default();
            let screen = Rect::from_min_size(Pos2::ZERO, egui::vec2(1280.0, 540.0));
            let rect = Rect::from_min_size(Pos2::ZERO, size);
            let input = egui::RawInput { screen_rect: Some(screen), ..Default::default() };
            let output = ctx.run_ui(input, |ui| {
                large_ui(
                    ui,
                    Large { rect, height: 540.0, palette: &palette, phrases: &phrases::NONE },
                    "Along",
                    chart,
                );
            });
            let (mut frames, mut title) = (Vec::new(), String::new());
            for shape in output.shapes {
                match shape.shape {
                    Shape::Rect(rect) if rect.stroke.width > 0.0 => frames.push(rect.rect.height()),
                    Shape::Text(text) if text.galley.text().starts_with("Along") => {
                        title = text.galley.text().to_owned();
                    }
                    _ => {}
                }
            }
            (frames, title)
        };
        let (frames, title) = seen(&three, egui::vec2(576.0, 540.0));
        assert_eq!((frames.len(), &*title), (3, "Along"), "alone beside the landscape it has room");
        let (frames, title) = seen(&three, egui::vec2(576.0, 270.0));
        assert_eq!((frames.len(), &*title), (2, "Along: 2 of 3 parts, for lack of room"));
        assert!(frames.iter().all(|height| *height > 2.0 * TEXT * 540.0), "{frames:?}");
        let (frames, title) = seen(&part(None), egui::vec2(576.0, 60.0));
        assert_eq!((frames.len(), &*title), (1, "Along"), "one part is drawn in any case");
    }

    #[test]
    fn the_first_frame_is_as_every_later_one() {
        let palette = Palette::from(Theme::Light);
        let ctx = egui::Context::default();
        let rect = Rect::from_min_size(Pos2::ZERO, egui::vec2(864.0, 540.0));
        let frame = || {
            let input = egui::RawInput { screen_rect: Some(rect), ..Default::default() };
            let output = ctx.run_ui(input, |ui| {
                large_ui(
                    ui,
                    Large { rect, height: 1080.0, palette: &palette, phrases: &phrases::NONE },
                    "Loss",
                    &chart(),
                );
            });
            let rects = output.shapes.into_iter().map(|shape| shape.shape.visual_bounding_rect());
            rects.filter(|rect| rect.is_finite()).collect::<Vec<_>>()
        };
        assert_eq!(frame(), frame());
    }

    #[test]
    fn a_place_is_told_in_the_units_of_its_axes() {
        let points = vec![[0.0, 0.0], [10.0, 5.0]];
        let line = Mark::Line { name: String::new(), color: Color32::RED, width: 1.0, points };
        let chart = Chart { marks: vec![line], ..Chart::default() };
        let (shapes, _) = drawn(&chart, None);
        let path = shapes.iter().find_map(|shape| match shape {
            Shape::Path(path) => Some(path.points.clone()),
            Shape::LineSegment { points, stroke } if stroke.color == Color32::RED => Some(points.to_vec()),
            _ => None,
        });
        let path = path.expect("the line is drawn");
        let (_, hand) = drawn(&chart, Some(path[0].lerp(path[1], 0.5)));
        let [x, y] = hand.over.expect("the pointer is over it").at;
        assert!((x - 5.0).abs() < 0.02 && (y - 2.5).abs() < 0.02, "{x} {y}");
    }
}
