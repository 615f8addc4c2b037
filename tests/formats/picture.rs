//! Pictures of planes, read by `image`; their texts by `png`.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use losscape::core::formats::SliceFormat;
use losscape::core::geometry::colormap::ColorMap;

use super::{CLIP, Made, TITLE};

fn read(made: &Made) -> RgbImage {
    let bytes = made.written(SliceFormat::Png);
    image::load_from_memory_with_format(&bytes, ImageFormat::Png).unwrap().to_rgb8()
}

/// The different colours of a cell's pixels.
fn colors(picture: &RgbImage, [i1, i2]: [usize; 2], [n1, n2]: [usize; 2]) -> Vec<[u8; 3]> {
    let side = picture.width() / n1 as u32;
    // Alpha2 runs upwards.
    let (left, top) = (i1 as u32 * side, (n2 - 1 - i2) as u32 * side);
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| [left + x, top + y]));
    let mut colors: Vec<[u8; 3]> = pixels.map(|[x, y]| picture.get_pixel(x, y).0).collect();
    colors.sort_unstable();
    colors.dedup();
    colors
}

#[test]
fn each_cell_is_a_square_of_its_colour_with_alpha2_upwards() {
    let made = Made::broken();
    let picture = read(&made);
    // 74 pixels a cell are the fewest that make the longer side 512 or more.
    assert_eq!(picture.dimensions(), (7 * 74, 5 * 74));
    let low = made.low();
    for i2 in 0..5 {
        for i1 in 0..7 {
            let alpha = [-1.0 + 0.5 * i1 as f64, -2.0 + i2 as f64];
            let loss = made.grid.at([i1, i2, 0]);
            let colors = colors(&picture, [i1, i2], [7, 5]);
            if !loss.is_finite() {
                let is_red = |[r, g, b]: [u8; 3]| r > 150 && g < 60 && b < 80;
                assert!(colors.len() == 2 && colors.iter().any(|color| is_red(*color)), "{colors:?}");
            } else if made.cuts_off(loss) {
                assert_eq!(colors.len(), 2, "{loss} is cut off and striped");
            } else {
                let true_loss = made.loss_at(&alpha);
                let entry = ((true_loss - low) / (CLIP - low) * 255.0).round().min(255.0) / 255.0;
                assert_eq!(colors, [ColorMap::Cividis.at(entry)], "{alpha:?}");
            }
        }
    }
}

#[test]
fn many_cells_have_a_pixel_each() {
    let made = Made::new(&[600, 3]);
    assert_eq!(read(&made).dimensions(), (600, 3));
}

#[test]
fn texts_in_the_file_name_the_experiment_and_the_ranges() {
    let made = Made::broken();
    let bytes = made.written(SliceFormat::Png);
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    reader.finish().unwrap();
    let texts = &reader.info().utf8_text;
    let text = |key: &str| texts.iter().find(|text| text.keyword == key).unwrap().get_text().unwrap();
    assert_eq!(text("Title"), TITLE);
    assert_eq!((text("alpha1").as_str(), text("alpha2").as_str()), ("-1 to 2", "-2 to 2"));
    assert!(text("loss").ends_with(" to 0.4"), "{}", text("loss"));
}
