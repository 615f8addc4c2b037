//! A chart as a drawing.

use std::fmt::Write;

use bevy_egui::egui::Color32;

use super::super::style::color32;
use super::{Bounds, Chart, Mark, ink_on, middles, stretches};
use crate::core::experiment::Theme;
use crate::core::text::visible;
use crate::scene::theme::Palette;

/// A drawing's width, and the room around the axes at the left, above, at the right and below.
const WIDTH: f64 = 640.0;
const ROOM: [f64; 4] = [76.0, 8.0, 20.0, 50.0];
/// The height of the title, and of a line of the legend.
const TITLE: f64 = 34.0;
const LINE: f64 = 18.0;
/// About what a sign of the legend is wide, and the swatch before it with the room behind.
const SIGN: f64 = 6.4;
const SWATCH: f64 = 30.0;
/// Numbers along an axis at most.
const TICKS: usize = 7;

impl Chart {
    /// A drawing of it with a title, 640 wide and as high as it takes, in a theme's colours.
    pub fn to_svg(&self, title: &str, theme: Theme) -> String {
        let palette = Palette::from(theme);
        let [ground, ink, faint] =
            [palette.stage, palette.ink, palette.faint].map(|color| hex(color32(color)));
        let (mut body, mut top) = (String::new(), TITLE);
        for part in self.parts() {
            let sheet = Sheet::of(part, top);
            sheet.write(&mut body, [&ink, &faint]);
            top = sheet.bottom();
        }
        let size = format!("width=\"{WIDTH}\" height=\"{top:.0}\"");
        let x = ROOM[0];
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" {size} font-family=\"sans-serif\" font-size=\"12\" fill=\"{ink}\">\n<rect {size} fill=\"{ground}\"/>\n<text x=\"{x}\" y=\"23\" font-size=\"16\" font-weight=\"bold\">{}</text>\n{body}</svg>\n",
            escaped(title)
        )
    }
}

/// The room of a part, and what it shows of the numbers.
struct Sheet<'a> {
    chart: &'a Chart,
    legend: Vec<Vec<(&'a str, Color32)>>,
    top: f64,
    /// Left, top, width and height of the axes.
    frame: [f64; 4],
    bounds: Bounds,
}

impl<'a> Sheet<'a> {
    fn of(chart: &'a Chart, top: f64) -> Self {
        let legend = lines(chart.names());
        let above = top + LINE * legend.len() as f64 + ROOM[1];
        let width = WIDTH - ROOM[0] - ROOM[2];
        let frame = [ROOM[0], above, width, width * chart.height()];
        let bounds = if chart.is_equal { equal(chart.bounds(), chart.height()) } else { chart.bounds() };
        Self { chart, legend, top, frame, bounds }
    }

    fn bottom(&self) -> f64 {
        self.frame[1] + self.frame[3] + ROOM[3]
    }

    fn x(&self, value: f64) -> f64 {
        let [low, high] = self.bounds;
        self.frame[0] + self.frame[2] * (value - low[0]) / (high[0] - low[0])
    }

    fn y(&self, value: f64) -> f64 {
        let [low, high] = self.bounds;
        self.frame[1] + self.frame[3] * (high[1] - value) / (high[1] - low[1])
    }

    fn write(&self, svg: &mut String, [ink, faint]: [&str; 2]) {
        self.write_legend(svg);
        let [left, top, width, height] = self.frame;
        let name = format!("axes-{top:.0}");
        let rect = format!("x=\"{left}\" y=\"{top:.1}\" width=\"{width}\" height=\"{height:.1}\"");
        let _ = writeln!(
            svg,
            "<clipPath id=\"{name}\"><rect {rect}/></clipPath>\n<g clip-path=\"url(#{name})\">"
        );
        for mark in &self.chart.marks {
            self.write_mark(svg, mark);
        }
        let _ = writeln!(svg, "</g>\n<rect {rect} fill=\"none\" stroke=\"{faint}\"/>");
        self.write_axes(svg, ink);
    }

    fn write_legend(&self, svg: &mut String) {
        for (i, line) in self.legend.iter().enumerate() {
            let (mut x, y) = (self.frame[0], self.top + LINE * (i as f64 + 0.7));
            for (name, color) in line {
                let (middle, fill) = (y - 4.0, hex(*color));
                let _ = writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{middle:.1}\" r=\"4.5\" fill=\"{fill}\"/><text x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                    x + 5.0,
                    x + 14.0,
                    escaped(name)
                );
                x += extent(name);
            }
        }
    }

    fn write_axes(&self, svg: &mut String, ink: &str) {
        let [left, top, width, height] = self.frame;
        let [low, high] = self.bounds;
        let foot = top + height;
        for (value, text) in self.chart.x_ticks(low[0], high[0], TICKS) {
            let x = self.x(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {foot:.1}v4\" stroke=\"{ink}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
                foot + 17.0
            );
        }
        for (value, text) in self.chart.y_ticks(low[1], high[1], TICKS) {
            let y = self.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{left:.1} {y:.1}h-4\" stroke=\"{ink}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
                left - 7.0,
                y + 4.0
            );
        }
        let (x, y) = (left + 0.5 * width, top + 0.5 * height);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            foot + 38.0,
            escaped(&self.chart.x)
        );
        let _ = writeln!(
            svg,
            "<text transform=\"translate(16,{y:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escaped(&self.chart.y)
        );
    }

    fn write_mark(&self, svg: &mut String, mark: &Mark) {
        let [left, top, width, height] = self.frame;
        match mark {
            Mark::Line { color, width, points, .. } => self.write_line(svg, *color, *width, points),
            Mark::Points { color, radius, points, .. } => self.write_points(svg, *color, *radius, points),
            Mark::Dots { radius, points, colors, .. } => {
                for (point, [r, g, b]) in points.iter().zip(colors) {
                    self.write_points(svg, Color32::from_rgb(*r, *g, *b), *radius, &[*point]);
                }
            }
            Mark::Label { at: [a, b], text, color, is_before } => {
                let (apart, anchor) = if *is_before { (-5.0, "end") } else { (5.0, "start") };
                let drop = if *is_before { 14.0 } else { -5.0 };
                let (x, y, ink, text) = (self.x(*a) + apart, self.y(*b) + drop, fill(*color), escaped(text));
                let _ = writeln!(
                    svg,
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" {ink}>{text}</text>"
                );
            }
            Mark::Bars { color, width, bars, .. } => self.write_bars(svg, *color, *width, bars),
            Mark::Picture { corners, size, pixels, values, is_table } => {
                self.write_picture(svg, corners, *size, pixels);
                if *is_table {
                    self.write_values(svg, corners, *size, values, pixels);
                }
            }
            Mark::Upright { at, color } => {
                let x = self.x(*at);
                let _ = writeln!(svg, "<path d=\"M{x:.1} {top:.1}v{height:.1}\" {}/>", stroke(*color));
            }
            Mark::Level { at, color } => {
                let y = self.y(if self.chart.is_log { at.log10() } else { *at });
                let _ = writeln!(svg, "<path d=\"M{left:.1} {y:.1}h{width:.1}\" {}/>", stroke(*color));
            }
        }
    }

    fn write_line(&self, svg: &mut String, color: Color32, width: f32, points: &[[f64; 2]]) {
        for stretch in stretches(points, self.chart.is_log) {
            let place = |[a, b]: &[f64; 2]| format!("{:.1},{:.1}", self.x(*a), self.y(*b));
            let path = stretch.iter().map(place).collect::<Vec<_>>().join(" ");
            let _ = writeln!(
                svg,
                "<polyline fill=\"none\" {} stroke-width=\"{width}\" points=\"{path}\"/>",
                stroke(color)
            );
        }
    }

    fn write_points(&self, svg: &mut String, color: Color32, radius: f32, points: &[[f64; 2]]) {
        for [a, b] in stretches(points, self.chart.is_log).concat() {
            let (x, y) = (self.x(a), self.y(b));
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" {}/>", fill(color));
        }
    }

    fn write_bars(&self, svg: &mut String, color: Color32, width: f64, bars: &[[f64; 2]]) {
        for [at, value] in bars {
            let (from, to) = (self.x(at - 0.5 * width), self.x(at + 0.5 * width));
            let (a, b) = (self.y(*value), self.y(0.0));
            let _ = writeln!(
                svg,
                "<rect x=\"{from:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\" {}/>",
                a.min(b),
                to - from,
                (a - b).abs(),
                fill(color)
            );
        }
    }

    fn write_values(
        &self,
        svg: &mut String,
        corners: &Bounds,
        size: [usize; 2],
        values: &[f64],
        pixels: &[[u8; 3]],
    ) {
        for (([x, y], value), pixel) in middles(corners, size).zip(values).zip(pixels) {
            let (x, y, ink) = (self.x(x), self.y(y) + 4.0, hex(ink_on(*pixel)));
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" fill=\"{ink}\">{value}</text>"
            );
        }
    }

    /// Each cell reaches from its upper left corner to the picture's lower right one, and the next is drawn
    /// over it: between cells that end side by side the ground would shine through. Their edges are crisp, since
    /// smooth ones would let each cell of a row shine through at its upper edge.
    fn write_picture(
        &self,
        svg: &mut String,
        [low, high]: &Bounds,
        [columns, rows]: [usize; 2],
        pixels: &[[u8; 3]],
    ) {
        let at = |i: usize, n: usize, axis: usize| low[axis] + (high[axis] - low[axis]) * i as f64 / n as f64;
        let (right, bottom) = (self.x(high[0]), self.y(low[1]));
        svg.push_str("<g shape-rendering=\"crispEdges\">\n");
        for j in (0..rows).rev() {
            let top = self.y(at(j + 1, rows, 1));
            for i in 0..columns {
                let [r, g, b] = pixels[j * columns + i];
                if i > 0 && pixels[j * columns + i - 1] == [r, g, b] {
                    continue;
                }
                let left = self.x(at(i, columns, 0));
                let _ = writeln!(
                    svg,
                    "<rect x=\"{left:.2}\" y=\"{top:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"#{r:02x}{g:02x}{b:02x}\"/>",
                    right - left,
                    bottom - top
                );
            }
        }
        svg.push_str("</g>\n");
    }
}

/// Bounds with equal scales on axes of that height, as a share of their width: what is too short is longer.
pub(super) fn equal([low, high]: Bounds, height: f64) -> Bounds {
    let extents = [0, 1].map(|axis: usize| high[axis] - low[axis]);
    let unit = extents[0].max(extents[1] / height);
    let wider = [0.5 * (unit - extents[0]), 0.5 * (unit * height - extents[1])];
    [[low[0] - wider[0], low[1] - wider[1]], [high[0] + wider[0], high[1] + wider[1]]]
}

/// Names in as many lines as they take.
fn lines(names: Vec<(&str, Color32)>) -> Vec<Vec<(&str, Color32)>> {
    let mut lines: Vec<Vec<(&str, Color32)>> = Vec::new();
    let mut left = 0.0;
    for (name, color) in names {
        let is_full = extent(name) > left;
        if is_full {
            left = WIDTH - ROOM[0] - ROOM[2];
        }
        left -= extent(name);
        match lines.last_mut() {
            Some(line) if !is_full => line.push((name, color)),
            _ => lines.push(vec![(name, color)]),
        }
    }
    lines
}

/// About what a name of the legend takes with its swatch.
fn extent(name: &str) -> f64 {
    SWATCH + SIGN * name.chars().count() as f64
}

fn hex(color: Color32) -> String {
    let [r, g, b, _] = color.to_srgba_unmultiplied();
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// A colour with its opacity, which `#rrggbb` does not hold.
fn paint(of: &str, color: Color32) -> String {
    match color.a() {
        255 => format!("{of}=\"{}\"", hex(color)),
        a => format!("{of}=\"{}\" {of}-opacity=\"{:.2}\"", hex(color), f64::from(a) / 255.0),
    }
}

fn fill(color: Color32) -> String {
    paint("fill", color)
}

fn stroke(color: Color32) -> String {
    paint("stroke", color)
}

/// A text within XML, which has no place for control characters, however they are written.
fn escaped(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::chart;
    use super::*;

    fn numbers(node: roxmltree::Node, names: [&str; 4]) -> [f64; 4] {
        names.map(|name| node.attribute(name).unwrap().parse().unwrap())
    }

    #[test]
    fn a_drawing_is_well_formed_and_interrupts_lines_where_there_is_nothing() {
        let svg = chart().to_svg("Loss & more", Theme::Light);
        let read = roxmltree::Document::parse(&svg).unwrap();
        let count = |name: &str| read.descendants().filter(|node| node.has_tag_name(name)).count();
        assert_eq!(count("polyline"), 2);
        let texts: Vec<&str> = read.descendants().filter_map(|node| node.text()).collect();
        for text in ["Loss & more", "step", "loss < 1", "sgd", "0.01", "0.1", "1", "7", "12"] {
            assert!(texts.contains(&text), "{text}: {texts:?}");
        }
    }

    /// Each cell is drawn over what the one before reaches, without a gap.
    #[test]
    fn the_cells_of_a_picture_leave_no_seam() {
        let pixels = vec![[1, 0, 0], [2, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0], [5, 0, 0]];
        let marks = vec![Mark::Picture {
            corners: [[0.0; 2], [3.0, 2.0]],
            size: [3, 2],
            pixels,
            values: vec![],
            is_table: false,
        }];
        let svg = Chart { marks, is_equal: true, ..Chart::default() }.to_svg("", Theme::Dark);
        let read = roxmltree::Document::parse(&svg).unwrap();
        let picture = read
            .descendants()
            .find(|node| node.attribute("shape-rendering") == Some("crispEdges"))
            .expect("cells with smooth edges shine through one another");
        let cells: Vec<[f64; 4]> = picture
            .children()
            .filter(|node| {
                node.attribute("fill").is_some_and(|fill| fill.ends_with("0000") && fill.starts_with("#0"))
            })
            .map(|node| numbers(node, ["x", "y", "width", "height"]))
            .collect();
        assert_eq!(cells.len(), 5, "one for each change of colour");
        let ends = |[x, y, width, height]: [f64; 4]| [x + width, y + height];
        assert!(
            cells.iter().all(|cell| (0..2).all(|i| (ends(*cell)[i] - ends(cells[0])[i]).abs() < 0.02)),
            "{cells:?}"
        );
        assert!((cells[0][2] / 3.0 - cells[0][3] / 2.0).abs() < 0.02, "cells are as high as wide: {cells:?}");
    }

    #[test]
    fn equal_scales_stay_so_on_axes_of_another_shape() {
        let [low, high] = equal([[0.0, 0.0], [1.0, 10.0]], 1.0);
        assert_eq!((low, high), ([-4.5, 0.0], [5.5, 10.0]));
        let [low, high] = equal([[0.0, 0.0], [10.0, 1.0]], 0.4);
        assert_eq!((low, high), ([0.0, -1.5], [10.0, 2.5]));
    }
}
