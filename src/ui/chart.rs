//! A chart as plain data: drawn by egui_plot, written as SVG or CSV.
//!
//! What a chart says is decided in [`super::charts`], without egui; how it looks is decided here once
//! for all of them.

use std::fmt::Write;

use bevy_egui::egui::{self, Color32, TextureHandle};
use egui_plot::{
    Bar, BarChart, Corner, HLine, Legend, Line, Plot, PlotImage, PlotPoint, PlotPoints, Points, VLine,
};

use crate::core::geometry::ticks::plain;
use crate::core::text::visible;

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What is along x.
    pub x: String,
    /// What is along y.
    pub y: String,
    /// What is drawn, the first at the bottom.
    pub marks: Vec<Mark>,
    /// Whether y is logarithmic; values of 0 and below are then left out.
    pub is_log: bool,
    /// Whether a unit is as long along x as along y: where angles mean something.
    pub is_equal: bool,
    /// What it says in words, below it.
    pub note: String,
    /// Another part of it with axes of its own, below it.
    pub below: Option<Box<Self>>,
}

/// Something in a chart.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Points joined by a line; what is not finite interrupts it.
    Line {
        /// What it is, for the legend; nothing leaves it out.
        name: String,
        /// Its colour.
        color: Color32,
        /// Its width in points.
        width: f32,
        /// Points x, y.
        points: Vec<[f64; 2]>,
    },
    /// Points by themselves.
    Points {
        /// What they are, for the legend.
        name: String,
        /// Their colour.
        color: Color32,
        /// Their radius in points.
        radius: f32,
        /// Points x, y.
        points: Vec<[f64; 2]>,
    },
    /// Bars from 0.
    Bars {
        /// What they are, for the legend.
        name: String,
        /// Their colour.
        color: Color32,
        /// Width along x.
        width: f64,
        /// Middle and height of each.
        bars: Vec<[f64; 2]>,
    },
    /// Colours of cells between two corners, row by row from the lowest y.
    Picture {
        /// Its corners.
        corners: [[f64; 2]; 2],
        /// Cells along x and y.
        size: [usize; 2],
        /// Their colours.
        pixels: Vec<[u8; 3]>,
    },
    /// A line straight up at an x.
    Upright {
        /// Where.
        at: f64,
        /// Its colour.
        color: Color32,
    },
    /// A line straight across at a y.
    Level {
        /// Where.
        at: f64,
        /// Its colour.
        color: Color32,
    },
}

/// Points that a chart is high.
const HEIGHT: f32 = 210.0;

/// Draws a chart; the place in its first part that is clicked or dragged to.
pub fn chart_ui(ui: &mut egui::Ui, name: &str, chart: &Chart) -> Option<[f64; 2]> {
    let (mut rect, at) = plot_ui(ui, name, chart);
    for (i, part) in chart.parts().enumerate().skip(1) {
        rect |= plot_ui(ui, &format!("{name}, part {}", i + 1), part).0;
    }
    if !chart.note.is_empty() {
        ui.add(egui::Label::new(egui::RichText::new(&chart.note).weak().small()).wrap());
    }
    ui.data_mut(|data| data.insert_temp(rect_id(name), Some(rect)));
    at
}

/// Draws one part; where it is, and the place in it that is clicked or dragged to.
fn plot_ui(ui: &mut egui::Ui, name: &str, chart: &Chart) -> (egui::Rect, Option<[f64; 2]>) {
    let is_log = chart.is_log;
    let textures = textures(ui, name, chart);
    // Where curves that fall leave room.
    let corner = if is_log { Corner::LeftBottom } else { Corner::RightTop };
    let mut plot = Plot::new(name)
        .height(HEIGHT)
        .x_axis_label(chart.x.clone())
        .y_axis_label(chart.y.clone())
        .legend(Legend::default().position(corner))
        .allow_scroll(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .sense(egui::Sense::click_and_drag());
    if chart.is_equal {
        plot = plot.data_aspect(1.0);
    }
    if is_log {
        plot = plot.y_axis_formatter(|mark, _| short(10_f64.powf(mark.value)));
    }
    let response = plot.show(ui, |plot| {
        let mut textures = textures.into_iter();
        for mark in &chart.marks {
            draw(plot, mark, is_log, &mut textures);
        }
    });
    let label = format!("{name} chart");
    response.response.widget_info(|| egui::WidgetInfo::labeled(egui::WidgetType::Image, true, &label));
    let pointer = response.response.interact_pointer_pos();
    let is_touched = response.response.clicked() || response.response.dragged();
    let at = pointer.filter(|_| is_touched).map(|at| response.transform.value_from_position(at));
    let at = at.map(|at| [at.x, if is_log { 10_f64.powf(at.y) } else { at.y }]);
    (response.response.rect, at)
}

/// Where a chart was drawn last, in points.
pub fn rect(ctx: &egui::Context, name: &str) -> Option<egui::Rect> {
    ctx.data(|data| data.get_temp(rect_id(name))).flatten()
}

fn rect_id(name: &str) -> egui::Id {
    egui::Id::new((name, "rect"))
}

fn draw(
    plot: &mut egui_plot::PlotUi<'_>,
    mark: &Mark,
    is_log: bool,
    textures: &mut impl Iterator<Item = TextureHandle>,
) {
    match mark {
        Mark::Line { name, color, width, points } => {
            // One line for each stretch that can be drawn.
            for (i, stretch) in stretches(points, is_log).into_iter().enumerate() {
                let name = if i == 0 { name.as_str() } else { "" };
                plot.line(Line::new(name, PlotPoints::from(stretch)).color(*color).width(*width));
            }
        }
        Mark::Points { name, color, radius, points } => {
            let points = stretches(points, is_log).concat();
            plot.points(Points::new(name.clone(), points).color(*color).radius(*radius));
        }
        Mark::Bars { name, color, width, bars } => {
            let bars = bars.iter().map(|[x, height]| Bar::new(*x, *height).width(*width)).collect();
            plot.bar_chart(BarChart::new(name.clone(), bars).color(*color));
        }
        Mark::Picture { corners: [low, high], .. } => {
            let Some(texture) = textures.next() else { return };
            let middle = PlotPoint::new(0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1]));
            let size = egui::vec2((high[0] - low[0]) as f32, (high[1] - low[1]) as f32);
            plot.image(PlotImage::new("", &texture, middle, size));
        }
        Mark::Upright { at, color } => plot.vline(VLine::new("", *at).color(*color)),
        Mark::Level { at, color } => {
            plot.hline(HLine::new("", if is_log { at.log10() } else { *at }).color(*color));
        }
    }
}

/// A number in two digits, since a logarithmic axis is marked at uneven ones.
fn short(value: f64) -> String {
    plain(format!("{value:.1e}").parse().unwrap_or(value))
}

/// The points that can be drawn, in the stretches that they form.
fn stretches(points: &[[f64; 2]], is_log: bool) -> Vec<Vec<[f64; 2]>> {
    let drawn = |[x, y]: &[f64; 2]| -> Option<[f64; 2]> {
        let y = if is_log { y.log10() } else { *y };
        (x.is_finite() && y.is_finite()).then_some([*x, y])
    };
    let mut found = vec![Vec::new()];
    for point in points {
        match (drawn(point), found.last_mut()) {
            (Some(point), Some(last)) => last.push(point),
            (None, Some(last)) if !last.is_empty() => found.push(Vec::new()),
            _ => {}
        }
    }
    found.retain(|stretch| !stretch.is_empty());
    found
}

/// The textures of a chart's pictures: made anew only when their colours change.
fn textures(ui: &egui::Ui, name: &str, chart: &Chart) -> Vec<TextureHandle> {
    let pictures = chart.marks.iter().filter_map(|mark| match mark {
        Mark::Picture { size, pixels, .. } => Some((*size, pixels)),
        _ => None,
    });
    let made = pictures.enumerate().map(|(i, ([width, height], pixels))| {
        let id = egui::Id::new((name, "picture", i));
        let known = ui.data(|data| data.get_temp::<(std::sync::Arc<Vec<[u8; 3]>>, TextureHandle)>(id));
        if let Some((_, texture)) = known.filter(|(known, _)| **known == *pixels) {
            return texture;
        }
        // Rows of an image run downwards.
        let rows = pixels.chunks_exact(width).rev().take(height);
        let bytes: Vec<u8> = rows.flatten().flatten().copied().collect();
        let image = egui::ColorImage::from_rgb([width, height], &bytes);
        let texture = ui.ctx().load_texture(name, image, egui::TextureOptions::LINEAR);
        let kept = (std::sync::Arc::new(pixels.clone()), texture.clone());
        ui.data_mut(|data| data.insert_temp(id, kept));
        texture
    });
    made.collect()
}

impl Chart {
    /// Itself, and what is below it.
    fn parts(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |part| part.below.as_deref())
    }

    /// Its numbers, a line for each point: what it belongs to, x, y.
    pub fn to_csv(&self) -> String {
        let mut text = String::from("series,x,y\n");
        for mark in self.parts().flat_map(|part| &part.marks) {
            let (name, points): (&str, Vec<[f64; 2]>) = match mark {
                Mark::Line { name, points, .. } | Mark::Points { name, points, .. } => (name, points.clone()),
                Mark::Bars { name, bars, .. } => (name, bars.clone()),
                Mark::Upright { at, .. } => ("upright", vec![[*at, f64::NAN]]),
                Mark::Level { at, .. } => ("level", vec![[f64::NAN, *at]]),
                // A picture's numbers are those of the slice, which has files of its own.
                Mark::Picture { .. } => continue,
            };
            for [x, y] in points {
                let _ = writeln!(text, "\"{}\",{x},{y}", name.replace('"', "\"\""));
            }
        }
        text
    }

    /// A drawing of it, 640 × 420 for each part.
    pub fn to_svg(&self) -> String {
        let whole = 420 * self.parts().count();
        let [left, top, width, height] = FRAME;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"{whole}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"640\" height=\"{whole}\" fill=\"white\"/>\n<clipPath id=\"p\"><rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/></clipPath>"
        );
        for (i, part) in self.parts().enumerate() {
            let _ = writeln!(svg, "<g transform=\"translate(0,{})\">", 420 * i);
            part.write_part(&mut svg);
            svg += "</g>\n";
        }
        svg += "</svg>\n";
        svg
    }

    fn write_part(&self, svg: &mut String) {
        let [left, top, width, height] = FRAME;
        let bounds = self.bounds();
        let [low, high] = bounds;
        let scale = |v: f64, axis: usize| (v - low[axis]) / (high[axis] - low[axis]);
        let x = |v: f64| left + width * scale(v, 0);
        let y = |v: f64| top + height * (1.0 - scale(v, 1));
        svg.push_str("<g clip-path=\"url(#p)\">\n");
        for mark in &self.marks {
            self.write_mark(svg, mark, &x, &y, bounds);
        }
        let _ = writeln!(
            svg,
            "</g><rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"#888\"/>"
        );
        for (value, text) in crate::core::geometry::ticks::round_ticks(low[0], high[0], 7) {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{text}</text>",
                x(value),
                top + height + 16.0
            );
        }
        for (value, text) in crate::core::geometry::ticks::round_ticks(low[1], high[1], 7) {
            let text = if self.is_log { short(10_f64.powf(value)) } else { text };
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
                left - 6.0,
                y(value) + 4.0
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            left + 0.5 * width,
            top + height + 38.0,
            escaped(&self.x)
        );
        let _ = writeln!(
            svg,
            "<text transform=\"translate(16,{}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            top + 0.5 * height,
            escaped(&self.y)
        );
    }

    fn write_mark(
        &self,
        svg: &mut String,
        mark: &Mark,
        x: &dyn Fn(f64) -> f64,
        y: &dyn Fn(f64) -> f64,
        [low, high]: [[f64; 2]; 2],
    ) {
        let hex = |color: &Color32| format!("#{:02x}{:02x}{:02x}", color.r(), color.g(), color.b());
        let written = match mark {
            Mark::Line { color, width, points, .. } => {
                stretches(points, self.is_log).iter().try_for_each(|stretch| {
                    let path: Vec<String> =
                        stretch.iter().map(|[a, b]| format!("{:.1},{:.1}", x(*a), y(*b))).collect();
                    writeln!(
                        svg,
                        "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" points=\"{}\"/>",
                        hex(color),
                        path.join(" ")
                    )
                })
            }
            Mark::Points { color, radius, points, .. } => {
                stretches(points, self.is_log).concat().iter().try_for_each(|[a, b]| {
                    writeln!(
                        svg,
                        "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\" fill=\"{}\"/>",
                        x(*a),
                        y(*b),
                        hex(color)
                    )
                })
            }
            Mark::Bars { color, width, bars, .. } => bars.iter().try_for_each(|[at, value]| {
                let (left, right) = (x(at - 0.5 * width), x(at + 0.5 * width));
                let (a, b) = (y(*value), y(0.0));
                writeln!(
                    svg,
                    "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{}\"/>",
                    a.min(b),
                    right - left,
                    (a - b).abs(),
                    hex(color)
                )
            }),
            Mark::Picture { corners: [from, to], size: [columns, rows], pixels } => {
                let cell = |i: usize, n: usize, axis: usize| {
                    from[axis] + (to[axis] - from[axis]) * i as f64 / n as f64
                };
                (0..*rows).flat_map(|j| (0..*columns).map(move |i| (i, j))).try_for_each(|(i, j)| {
                    let [r, g, b] = pixels[j * columns + i];
                    let (left, right) = (x(cell(i, *columns, 0)), x(cell(i + 1, *columns, 0)));
                    let (bottom, top) = (y(cell(j, *rows, 1)), y(cell(j + 1, *rows, 1)));
                    writeln!(svg, "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#{r:02x}{g:02x}{b:02x}\"/>", right - left + 0.3, bottom - top + 0.3)
                })
            }
            Mark::Upright { at, color } => {
                writeln!(
                    svg,
                    "<path d=\"M{0:.1} {1:.1}V{2:.1}\" stroke=\"{3}\"/>",
                    x(*at),
                    y(low[1]),
                    y(high[1]),
                    hex(color)
                )
            }
            Mark::Level { at, color } => {
                let at = if self.is_log { at.log10() } else { *at };
                writeln!(
                    svg,
                    "<path d=\"M{1:.1} {0:.1}H{2:.1}\" stroke=\"{3}\"/>",
                    y(at),
                    x(low[0]),
                    x(high[0]),
                    hex(color)
                )
            }
        };
        written.unwrap_or_else(|error| unreachable!("a text takes whatever is written: {error}"));
    }

    /// The lowest and the highest of x and y, with some room; of y its logarithm where it is
    /// logarithmic.
    fn bounds(&self) -> [[f64; 2]; 2] {
        let mut points: Vec<[f64; 2]> = Vec::new();
        for mark in &self.marks {
            match mark {
                Mark::Line { points: more, .. } | Mark::Points { points: more, .. } => {
                    points.extend(stretches(more, self.is_log).concat());
                }
                Mark::Bars { bars, width, .. } => {
                    points.extend(
                        bars.iter().flat_map(|[x, y]| [[x - 0.5 * width, 0.0], [x + 0.5 * width, *y]]),
                    );
                }
                Mark::Picture { corners, .. } => points.extend(corners),
                Mark::Upright { .. } | Mark::Level { .. } => {}
            }
        }
        let end = |axis: usize, pick: fn(f64, f64) -> f64, from: f64| {
            points.iter().map(|p| p[axis]).fold(from, pick)
        };
        let range = |axis| {
            let (low, high) = (end(axis, f64::min, f64::INFINITY), end(axis, f64::max, f64::NEG_INFINITY));
            match low <= high {
                true => {
                    let room = (0.04 * (high - low)).max(1e-9 * high.abs()).max(1e-12);
                    (low - room, high + room)
                }
                false => (0.0, 1.0),
            }
        };
        let (x, y) = (range(0), range(1));
        [[x.0, y.0], [x.1, y.1]]
    }
}

/// Left, top, width and height of the axes in a part's drawing.
const FRAME: [f64; 4] = [64.0, 16.0, 560.0, 350.0];

/// A text within XML, which has no place for control characters, however they are written.
fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        let line = |name: &str, points: Vec<[f64; 2]>| Mark::Line {
            name: name.into(),
            color: Color32::RED,
            width: 1.0,
            points,
        };
        Chart {
            x: "step".into(),
            y: "loss < 1".into(),
            marks: vec![
                line("sgd", vec![[0.0, 1.0], [1.0, 0.1], [2.0, f64::NAN], [3.0, 0.01]]),
                Mark::Picture {
                    corners: [[0.0; 2], [3.0, 1.0]],
                    size: [2, 1],
                    pixels: vec![[255, 0, 0], [0, 0, 255]],
                },
                Mark::Upright { at: 2.0, color: Color32::BLUE },
            ],
            is_log: true,
            ..Chart::default()
        }
    }

    #[test]
    fn numbers_are_written_in_full() {
        let text = chart().to_csv();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["series,x,y", "\"sgd\",0,1", "\"sgd\",1,0.1"]);
        assert_eq!(lines.len(), 6);
    }

    #[test]
    fn a_drawing_is_well_formed_and_interrupts_lines_where_there_is_nothing() {
        let svg = chart().to_svg();
        let read = roxmltree::Document::parse(&svg).unwrap();
        let count = |name: &str| read.descendants().filter(|node| node.has_tag_name(name)).count();
        assert_eq!(count("polyline"), 2);
        assert!(svg.contains("#ff0000") && svg.contains("loss &lt; 1"));
    }

    #[test]
    fn what_cannot_be_drawn_interrupts_a_line() {
        let points = [[0.0, 1.0], [1.0, 0.0], [2.0, 10.0], [3.0, 100.0]];
        assert_eq!(stretches(&points, true), [vec![[0.0, 0.0]], vec![[2.0, 1.0], [3.0, 2.0]]]);
        assert_eq!(stretches(&points, false).len(), 1);
    }
}
