//! A chart on screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use bevy_egui::egui::{self, Color32, TextureHandle};
use egui_plot::{
    Bar, BarChart, GridInput, GridMark, HLine, HoverPosition, Line, Plot, PlotBounds, PlotImage, PlotPoint,
    PlotPoints, Points, Text, VLine,
};

use super::super::field::fitted;
use super::{Chart, Mark, Ticks, ink_on, middles, stretches};

/// Share of the screen's height that a chart takes at most.
const HIGHEST: f32 = 0.8;
/// Points between two numbers along an axis, at least.
const X_APART: f32 = 62.0;
const Y_APART: f32 = 30.0;
/// Signs of a number that the pointer tells of.
const SIGNS: usize = 8;
/// How opaque lines at the numbers are; a picture is not crossed by any.
const GRID: f32 = 0.15;
/// Points for the numbers along y, at least.
const Y_ROOM: f32 = 36.0;

/// What the pointer does with a chart, in the units of its axes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hand {
    /// Where it clicks or drags to.
    pub touched: Option<Spot>,
    /// Where it is in the first part of either landscape.
    pub over: Option<Spot>,
}

/// A place in a chart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// In which part of its landscape's, from 0.
    pub part: usize,
    /// Where, in that part's own units.
    pub at: [f64; 2],
    /// Whether that is of the second of two landscapes.
    pub is_of_second: bool,
}

impl Hand {
    /// Takes note of what it does in the part of that number, of a chart in which the first `first` parts are the first
    /// landscape's.
    pub(super) fn note(
        &mut self,
        (i, first): (usize, usize),
        touched: Option<[f64; 2]>,
        over: Option<[f64; 2]>,
    ) {
        let is_of_second = i >= first;
        let part = if is_of_second { i - first } else { i };
        let spot = |at| Spot { part, at, is_of_second };
        self.touched = self.touched.or(touched.map(spot));
        self.over = self.over.or(over.filter(|_| part == 0).map(spot));
    }
}

/// Draws a chart; what the pointer does with it.
pub fn chart_ui(ui: &mut egui::Ui, name: &str, chart: &Chart) -> Hand {
    let mut hand = Hand::default();
    for (i, part) in chart.parts().enumerate() {
        let name = if i == 0 { name.to_owned() } else { format!("{name}, part {}", i + 1) };
        let (touched, over) = part_ui(ui, &name, part);
        hand.note((i, chart.parts_of_first()), touched, over);
    }
    note_ui(ui, name, &chart.note);
    hand
}

/// The words below. What they say follows the pointer: they keep the room of the longest so far, or the
/// charts below would go up and down.
fn note_ui(ui: &mut egui::Ui, name: &str, note: &str) {
    let width = ui.available_width();
    let id = egui::Id::new((name, "height of the note"));
    let (_, least) =
        ui.data(|data| data.get_temp::<(f32, f32)>(id)).filter(|known| known.0 == width).unwrap_or_default();
    let top = ui.cursor().top();
    if !note.is_empty() {
        ui.add(egui::Label::new(egui::RichText::new(note).weak().small()).wrap());
    }
    let taken = ui.cursor().top() - top;
    ui.add_space((least - taken).max(0.0));
    ui.data_mut(|data| data.insert_temp(id, (width, taken.max(least))));
}

/// Names with their colours, where they cover nothing.
fn legend_ui(ui: &mut egui::Ui, chart: &Chart) {
    let names = chart.names();
    if names.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (name, color) in names {
            // The swatch and its name stay together.
            let mut text = egui::text::LayoutJob::default();
            let font = egui::TextStyle::Small.resolve(ui.style());
            let ink = ui.visuals().text_color();
            text.append("⏺ ", 0.0, egui::TextFormat::simple(font.clone(), color));
            text.append(&name.replace(' ', "\u{a0}"), 0.0, egui::TextFormat::simple(font, ink));
            ui.add(egui::Label::new(text).extend());
        }
    });
}

/// Draws one part; the place in it that is clicked or dragged to, and the one that the pointer is at.
fn part_ui(ui: &mut egui::Ui, name: &str, chart: &Chart) -> (Option<[f64; 2]>, Option<[f64; 2]>) {
    legend_ui(ui, chart);
    let is_log = chart.is_log;
    let textures = textures(ui.ctx(), name, chart);
    let response = plot(ui, name, chart).show(ui, |plot| {
        let [low, high] = chart.bounds();
        plot.set_plot_bounds(PlotBounds::from_min_max(low, high));
        let mut textures = textures.into_iter();
        for mark in &chart.marks {
            draw(plot, chart, mark, &mut textures);
        }
    });
    let label = format!("{name} chart");
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &label));
    let place = |at: egui::Pos2| {
        let at = response.transform.value_from_position(at);
        [at.x, if is_log { 10_f64.powf(at.y) } else { at.y }]
    };
    let pointer = response.response.interact_pointer_pos();
    let is_touched = response.response.clicked() || response.response.dragged();
    (pointer.filter(|_| is_touched).map(place), response.response.hover_pos().map(place))
}

/// The axes. What is seen of them follows from the chart alone: no hand can lead astray, and none has to
/// find the way back.
fn plot<'a>(ui: &egui::Ui, name: &str, chart: &'a Chart) -> Plot<'a> {
    let (width, screen) = (ui.available_width(), ui.ctx().viewport_rect().height());
    let height = (width * chart.height() as f32).min(HIGHEST * screen);
    let most = move |extent: f32, apart: f32| ((extent / apart) as usize).max(2);
    let (across, up) = (most(width, X_APART), most(height, Y_APART));
    let x_ticks = move |low, high| chart.x_ticks(low, high, across);
    let y_ticks = move |low, high| chart.y_ticks(low, high, up);
    let places = Places::of(chart);
    let has_picture = chart.marks.iter().any(|mark| matches!(mark, Mark::Picture { .. }));
    let plot = Plot::new(name)
        .height(height)
        .x_axis_label(chart.x.clone())
        .show_axes([true, !chart.is_flat])
        .y_axis_label(chart.y.clone())
        .y_axis_min_width(Y_ROOM)
        .x_grid_spacer(move |input| marks(&input, &x_ticks))
        .y_grid_spacer(move |input| marks(&input, &y_ticks))
        .x_axis_formatter(move |mark, range| text(mark, *range.start(), *range.end(), &x_ticks))
        .y_axis_formatter(move |mark, range| text(mark, *range.start(), *range.end(), &y_ticks))
        .label_formatter(move |hover| places.under(hover))
        .grid_color(ui.visuals().text_color().gamma_multiply(GRID))
        .show_grid(!has_picture)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_boxed_zoom(false)
        .sense(egui::Sense::click_and_drag());
    if chart.is_equal { plot.data_aspect(1.0) } else { plot }
}

/// Marks for the numbers along an axis. egui_plot leaves out what it takes for dense, by a distance that is
/// told of each: as they are few already, that is the whole axis.
fn marks(input: &GridInput, ticks: &impl Fn(f64, f64) -> Ticks) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    if !(high - low > 0.0 && (high - low).is_finite()) {
        return Vec::new();
    }
    ticks(low, high).into_iter().map(|(value, _)| GridMark { value, step_size: high - low }).collect()
}

/// The number at a mark.
fn text(mark: GridMark, low: f64, high: f64, ticks: &impl Fn(f64, f64) -> Ticks) -> String {
    let is_at = |(value, _): &(f64, String)| (value - mark.value).abs() < 1e-9 * (high - low);
    let is_range = high - low > 0.0 && (high - low).is_finite();
    let found = is_range.then(|| ticks(low, high).into_iter().find(is_at)).flatten();
    found.map_or(String::new(), |(_, text)| text)
}

/// How a place in a chart is told.
#[derive(Clone)]
struct Places {
    x: String,
    y: String,
    is_log: bool,
    has_whole_x: bool,
}

impl Places {
    fn of(chart: &Chart) -> Self {
        let (x, y) = (chart.x.clone(), chart.y.clone());
        Self { x, y, is_log: chart.is_log, has_whole_x: chart.has_whole_x() }
    }

    /// Of something of that name, where it has one; `y` as it is drawn.
    fn told(&self, name: &str, x: f64, y: f64) -> String {
        let y = if self.is_log { 10_f64.powf(y) } else { y };
        let x = if self.has_whole_x { format!("{x:.0}") } else { fitted(x, SIGNS) };
        let part = |axis: &str, text: String| if axis.is_empty() { text } else { format!("{axis} {text}") };
        let lines = [name.to_owned(), part(&self.x, x), part(&self.y, fitted(y, SIGNS))];
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// What the pointer is at.
    fn under(&self, hover: &HoverPosition) -> Option<String> {
        let (name, at) = match hover {
            HoverPosition::NearDataPoint { plot_name, position, .. } => (&plot_name[..], position),
            HoverPosition::Elsewhere { position } => ("", position),
        };
        Some(self.told(name, at.x, at.y))
    }
}

fn draw(
    plot: &mut egui_plot::PlotUi<'_>,
    chart: &Chart,
    mark: &Mark,
    textures: &mut impl Iterator<Item = TextureHandle>,
) {
    let is_log = chart.is_log;
    match mark {
        Mark::Line { name, color, width, points } => {
            // One line for each stretch that can be drawn.
            for stretch in stretches(points, is_log) {
                plot.line(Line::new(name.as_str(), PlotPoints::from(stretch)).color(*color).width(*width));
            }
        }
        Mark::Points { name, color, radius, points } => {
            let points = stretches(points, is_log).concat();
            plot.points(Points::new(name.clone(), points).color(*color).radius(*radius));
        }
        Mark::Dots { name, radius, points, colors, .. } => {
            let mut by_color: BTreeMap<[u8; 3], Vec<[f64; 2]>> = BTreeMap::new();
            for (point, color) in points.iter().zip(colors) {
                by_color.entry(*color).or_default().push(*point);
            }
            for ([r, g, b], points) in by_color {
                let points = Points::new(name.clone(), stretches(&points, is_log).concat());
                plot.points(points.color(Color32::from_rgb(r, g, b)).radius(*radius));
            }
        }
        Mark::Label { at: [x, y], text, color, is_before } => {
            let at = PlotPoint::new(*x, if is_log { y.log10() } else { *y });
            let text = egui::RichText::new(format!(" {text} "));
            let anchor = if *is_before { egui::Align2::RIGHT_TOP } else { egui::Align2::LEFT_BOTTOM };
            plot.text(Text::new("", at, text).color(*color).anchor(anchor));
        }
        Mark::Bars { name, color, width, bars } => {
            let bars = bars.iter().map(|[x, height]| Bar::new(*x, *height).width(*width)).collect();
            let (places, of) = (Places::of(chart), name.clone());
            let told = Box::new(move |bar: &Bar, _: &BarChart| places.told(&of, bar.argument, bar.value));
            plot.bar_chart(BarChart::new(name.clone(), bars).color(*color).element_formatter(told));
        }
        Mark::Picture { corners, size, pixels, values, is_table } => {
            let Some(texture) = textures.next() else { return };
            let [low, high] = corners;
            let middle = PlotPoint::new(0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]));
            let extent = egui::vec2((high[0] - low[0]) as f32, (high[1] - low[1]) as f32);
            plot.image(PlotImage::new("", &texture, middle, extent));
            if *is_table {
                for (([x, y], value), pixel) in middles(corners, *size).zip(values).zip(pixels) {
                    let number = egui::RichText::new(value.to_string()).small();
                    plot.text(Text::new("", PlotPoint::new(x, y), number).color(ink_on(*pixel)));
                }
            }
        }
        Mark::Upright { at, color } => plot.vline(VLine::new("", *at).color(*color)),
        Mark::Level { at, color } => {
            plot.hline(HLine::new("", if is_log { at.log10() } else { *at }).color(*color));
        }
    }
}

/// The textures of a chart's pictures: made anew only when their colours change.
pub(super) fn textures(ctx: &egui::Context, name: &str, chart: &Chart) -> Vec<TextureHandle> {
    let pictures = chart.marks.iter().filter_map(|mark| match mark {
        Mark::Picture { size, pixels, is_table, .. } => Some((*size, pixels, *is_table)),
        _ => None,
    });
    let made = pictures.enumerate().map(|(i, ([width, height], pixels, is_table))| {
        let id = egui::Id::new((name, "picture", i));
        let known = ctx.data(|data| data.get_temp::<(Arc<Vec<[u8; 3]>>, TextureHandle)>(id));
        if let Some((_, texture)) = known.filter(|(known, _)| **known == *pixels) {
            return texture;
        }
        // Rows of an image run downwards.
        let rows = pixels.chunks_exact(width).rev().take(height);
        let pixels_down: Vec<Color32> =
            rows.flatten().map(|[r, g, b]| Color32::from_rgb(*r, *g, *b)).collect();
        let image = egui::ColorImage::new([width, height], pixels_down);
        let options = if is_table { egui::TextureOptions::NEAREST } else { egui::TextureOptions::LINEAR };
        let texture = ctx.load_texture(name, image, options);
        let kept = (Arc::new(pixels.clone()), texture.clone());
        ctx.data_mut(|data| data.insert_temp(id, kept));
        texture
    });
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(mark: Mark, is_log: bool) -> Chart {
        Chart { x: "step".into(), y: "loss".into(), marks: vec![mark], is_log, ..Chart::default() }
    }

    fn line(points: Vec<[f64; 2]>) -> Mark {
        Mark::Line { name: String::new(), color: Color32::RED, width: 1.0, points }
    }

    #[test]
    fn places_are_told_in_the_numbers_of_everything_else() {
        let steps = Places::of(&chart(line(vec![[0.0, 1.0], [12_345_678.0, 1e-9]]), true));
        assert_eq!(steps.told("sgd", 12_345_677.6, -9.0), "sgd\nstep 12345678\nloss 1e-9");
        let halves = Places::of(&chart(line(vec![[0.5, 1.0], [1.0, 2.0]]), false));
        assert_eq!(halves.told("", 0.25, 12_345_678.9), "step 0.25\nloss 1.2346e7");
        assert_eq!(halves.told("", 1e-7, -0.0), "step 1e-7\nloss 0");
    }

    /// egui_plot asks somebody else about bars.
    #[test]
    fn bars_are_told_so_too() {
        let bars = vec![[0.125, 12_345_678.0], [0.375, 2.0]];
        let mark = Mark::Bars { name: "class 1".into(), color: Color32::RED, width: 0.25, bars };
        let chart = chart(mark, false);
        let ui = egui::Context::default();
        let mut shown = Vec::new();
        for pass in 0..3 {
            let at = egui::pos2(100.0, 150.0);
            let events = vec![egui::Event::PointerMoved(at)];
            let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(400.0, 400.0));
            let input = egui::RawInput {
                events,
                screen_rect: Some(screen),
                time: Some(f64::from(pass)),
                ..Default::default()
            };
            let output = ui.run_ui(input, |ui| {
                chart_ui(ui, "bars", &chart);
            });
            shown = output.shapes;
        }
        let texts: Vec<String> = shown
            .iter()
            .filter_map(|shape| match &shape.shape {
                egui::Shape::Text(text) => Some(text.galley.text().to_owned()),
                _ => None,
            })
            .collect();
        assert!(texts.iter().any(|text| text == "class 1\nstep 0.125\nloss 1.2346e7"), "{texts:?}");
    }
}
