//! Planes as pictures seen from above: alpha1 to the right, alpha2 upwards, a square for each cell.
//!
//! Colours and the cut at the top are the window's, without its light: losses above the picture are
//! striped in grey, diverged ones in dark red. Texts in the file name the experiment (`Title`), the
//! ranges of `alpha1`, `alpha2` and `loss`, or
//! what else it shows.

use std::io::{self, Write};

use png::{BitDepth, ColorType, Encoder, EncodingError, SrgbRenderingIntent};

use super::paint::Paint;
use super::slice::Slice;

use crate::core::text::{Measured, visible_lines};

/// A picture's longer side has at least so many pixels.
const LEAST_PIXELS: usize = 512;

/// Pixels along the side that one stripe and the next take.
const STRIPES: usize = 16;

/// Writes a plane.
///
/// # Errors
/// If the file cannot be written.
pub fn write(file: impl Write, slice: &Slice) -> io::Result<()> {
    try_write(file, slice).map_err(|error| match error {
        EncodingError::IoError(error) => error,
        other => io::Error::other(other),
    })
}

fn try_write(file: impl Write, slice: &Slice) -> Result<(), EncodingError> {
    let [n1, n2, _] = slice.grid.spec.counts();
    let side = LEAST_PIXELS.div_ceil(n1.max(n2));
    let mut encoder = Encoder::new(file, (n1 * side) as u32, (n2 * side) as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_source_srgb(SrgbRenderingIntent::RelativeColorimetric);
    for (key, text) in texts(slice) {
        encoder.add_itxt_chunk(key, text)?;
    }
    let paint = Paint::new(slice.heights(), slice.experiment.view.colors);
    let mut writer = encoder.write_header()?;
    let mut picture = writer.stream_writer()?;
    let mut row = Vec::with_capacity(3 * n1 * side);
    for y in 0..n2 * side {
        row.clear();
        // The file's first row is the picture's top.
        let losses = &slice.grid.loss[(n2 - 1 - y / side) * n1..][..n1];
        for (i1, loss) in losses.iter().enumerate() {
            let stripes = paint.stripes(*loss);
            row.extend((i1 * side..(i1 + 1) * side).flat_map(|x| stripes[(x + y) % STRIPES / (STRIPES / 2)]));
        }
        picture.write_all(&row)?;
    }
    picture.finish()?;
    writer.finish()
}

fn texts(slice: &Slice) -> Vec<(String, String)> {
    let heights = slice.heights();
    let axes = slice.grid.spec.axes();
    let range = |low: f64, high: f64| format!("{} to {}", Measured(low), Measured(high));
    let quantity = (slice.quantity().column(), range(heights.low, heights.high));
    let texts = [
        ("Title", visible_lines(&slice.experiment.heading())),
        ("Software", "Losscape".to_owned()),
        ("alpha1", range(axes[0].low, axes[0].high)),
        ("alpha2", range(axes[1].low, axes[1].high)),
    ];
    texts.map(|(key, text)| (key.to_owned(), text)).into_iter().chain([quantity]).collect()
}
