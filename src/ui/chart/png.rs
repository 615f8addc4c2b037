//! A chart as a picture: drawn by egui as on screen, with its title, on a sheet of its own that no window has.

use std::io::Cursor;

use bevy_egui::egui;

use super::super::style::set_style;
use super::raster::{Textures, paint};
use super::{Chart, chart_ui};
use crate::core::experiment::Theme;

/// Points that a sheet is wide, and pixels of a point.
const WIDTH: f32 = 640.0;
const SCALE: f32 = 2.0;
/// Points that a sheet may be high: more than any chart is.
const HIGHEST: f32 = 2000.0;
/// Points around what is on it.
const MARGIN: f32 = 14.0;
/// Layouts until the axes know the room that their numbers take.
const PASSES: usize = 3;

impl Chart {
    /// A picture of it with a title, 1280 pixels wide and as high as it takes, as a PNG.
    ///
    /// # Errors
    /// If it cannot be encoded, in words.
    pub fn to_png(&self, title: &str, theme: Theme) -> Result<Vec<u8>, String> {
        let ctx = egui::Context::default();
        set_style(&ctx, theme);
        let ground = ctx.global_style().visuals.panel_fill;
        let (mut textures, mut shapes, mut height) = (Textures::default(), Vec::new(), 0.0);
        for _ in 0..PASSES {
            let output = ctx.run_ui(sheet(), |ui| height = self.sheet_ui(ui, title));
            textures.take(output.textures_delta);
            shapes = output.shapes;
        }
        let size = [WIDTH, height].map(|points: f32| (SCALE * points).ceil() as u32);
        let picture = paint(&ctx.tessellate(shapes, SCALE), &textures, size, SCALE, ground);
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).map_err(|error| error.to_string())?;
        Ok(png.into_inner())
    }

    /// Draws title and chart; the points that they take from the top.
    fn sheet_ui(&self, ui: &mut egui::Ui, title: &str) -> f32 {
        let frame = egui::Frame::new().inner_margin(MARGIN);
        let shown = frame.show(ui, |ui| {
            ui.set_width(WIDTH - 2.0 * MARGIN);
            ui.label(egui::RichText::new(title).strong().size(16.0));
            chart_ui(ui, title, self);
        });
        shown.response.rect.bottom()
    }
}

/// What egui knows of the sheet.
fn sheet() -> egui::RawInput {
    let size = egui::vec2(WIDTH, HIGHEST);
    let mut input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
        max_texture_side: Some(8192),
        ..egui::RawInput::default()
    };
    input.viewports.entry(egui::ViewportId::ROOT).or_default().native_pixels_per_point = Some(SCALE);
    input
}

#[cfg(test)]
mod tests {
    use bevy_egui::egui::Color32;

    use super::super::tests::chart;
    use super::*;

    /// Whether a picture holds a colour about so.
    fn holds(picture: &image::RgbImage, color: Color32) -> bool {
        let near = |a: u8, b: u8| a.abs_diff(b) < 24;
        let is_it =
            |rgb: &[u8; 3]| near(rgb[0], color.r()) && near(rgb[1], color.g()) && near(rgb[2], color.b());
        picture.pixels().any(|pixel| is_it(&pixel.0))
    }

    fn read(chart: &Chart, title: &str, theme: Theme) -> image::RgbImage {
        image::load_from_memory(&chart.to_png(title, theme).unwrap()).unwrap().to_rgb8()
    }

    #[test]
    fn a_picture_has_what_is_on_screen_at_twice_its_size() {
        let picture = read(&chart(), "Loss", Theme::Light);
        assert_eq!(picture.width(), 1280);
        assert!(picture.height() > 800, "{}", picture.height());
        assert!(holds(&picture, Color32::RED) && holds(&picture, Color32::BLUE));
        assert!(holds(&picture, Color32::from_rgb(23, 26, 36)), "its title in ink");
        let corner = |theme| read(&chart(), "", theme).get_pixel(2, 2).0;
        assert_eq!((corner(Theme::Light), corner(Theme::Dark)), ([240, 242, 246], [19, 22, 30]));
    }

    /// Each part of the sheet on which something should be drawn differs from the bare ground.
    #[test]
    fn title_axes_and_numbers_are_on_it() {
        let [told, bare] = ["Loss", ""].map(|title| {
            let named = if title.is_empty() {
                Chart { x: String::new(), y: String::new(), ..chart() }
            } else {
                chart()
            };
            read(&named, title, Theme::Light)
        });
        let drawn = |picture: &image::RgbImage, x: std::ops::Range<u32>, y: std::ops::Range<u32>| {
            let ground = *picture.get_pixel(2, 2);
            y.flat_map(|y| x.clone().map(move |x| (x, y)))
                .filter(|(x, y)| *picture.get_pixel(*x, *y) != ground)
                .count()
        };
        let (width, height) = told.dimensions();
        assert!(drawn(&told, 28..400, 28..70) > 200, "the title");
        assert_eq!(drawn(&bare, 28..400, 28..60), 0);
        assert!(drawn(&told, 28..58, 100..height - 100) > 50, "the name of y");
        assert!(drawn(&told, 200..width - 100, height - 60..height - 28) > 50, "the name of x");
    }
}
