//! Colours as drawn: patches that went through an encoder and ffmpeg's decoder.

use super::*;

/// Patches of 32x32 pixels: ground and map of the pictures, pure colours, greys.
const PATCHES: [[u8; 3]; 24] = [
    [13, 17, 23],
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 0],
    [0, 255, 255],
    [255, 0, 255],
    [0, 0, 0],
    [32, 32, 32],
    [64, 64, 64],
    [128, 128, 128],
    [200, 200, 200],
    [255, 255, 255],
    [255, 90, 95],
    [101, 51, 162],
    [94, 82, 255],
    [35, 156, 255],
    [82, 147, 196],
    [131, 138, 147],
];
const ACROSS: usize = 6;
const PATCH: usize = 32;
const CHART: [u32; 2] = [(ACROSS * PATCH) as u32, (PATCHES.len() / ACROSS * PATCH) as u32];

fn chart() -> RgbaImage {
    RgbaImage::from_fn(CHART[0], CHART[1], |x, y| {
        let [red, green, blue] = PATCHES[y as usize / PATCH * ACROSS + x as usize / PATCH];
        Rgba([red, green, blue, 255])
    })
}

/// The largest difference of a channel in the middle of any patch, and the mean difference over all.
fn differences(picture: &[u8]) -> (f64, f64) {
    let (mut largest, mut sum) = (0.0_f64, 0.0);
    for (index, patch) in PATCHES.iter().enumerate() {
        let (left, top) = (index % ACROSS * PATCH + 8, index / ACROSS * PATCH + 8);
        for channel in 0..3 {
            let places = (0..16).flat_map(|y| (0..16).map(move |x| (top + y) * CHART[0] as usize + left + x));
            let mean = places.map(|place| f64::from(picture[3 * place + channel])).sum::<f64>() / 256.0;
            let difference = mean - f64::from(patch[channel]);
            largest = largest.max(difference.abs());
            sum += difference;
        }
    }
    (largest, sum / (3 * PATCHES.len()) as f64)
}

#[test]
fn patches_come_back_as_they_were_drawn() {
    let (_guard, folder) = folder();
    // Brightness has 219 steps and colour 224, so 2 levels of a channel cannot be told apart; the rest is
    // what the encoder loses.
    for ((name, encoder), most) in KINDS.into_iter().zip([3.0, 3.0, 3.0, 0.0, 0.0, 0.0, 1.0]) {
        let path = folder.join(name);
        let mut encoding = start(&path, FilmSpec { size: CHART, ..spec(30, 4) }, encoder).unwrap();
        (0..4).for_each(|_| encoding.send(chart()).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        let pictures = decoded(&path, CHART);
        assert_eq!(pictures.len(), 4);
        for picture in &pictures {
            let (largest, mean) = differences(picture);
            println!("{name}: largest difference {largest:.2} levels, mean {mean:.3}");
            assert!(largest <= most, "{name}: {largest}");
            // All films together neither darker nor lighter.
            assert!(mean.abs() <= 0.2, "{name}: {mean}");
        }
    }
}

#[test]
fn a_film_says_how_its_colours_were_converted() {
    let (_guard, folder) = folder();
    for (name, encoder) in &KINDS[..3] {
        let path = folder.join(name);
        film(&path, &spec(30, 3), *encoder);
        let names = ["color_space", "color_primaries", "color_transfer", "color_range"];
        assert_eq!(probed(&path, &names), ["bt709", "bt709", "iec61966-2-1", "tv"], "{name}");
    }
}
