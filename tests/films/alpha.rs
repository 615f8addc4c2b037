//! Films that are seen through: what is decoded and laid over a ground is what was drawn, laid over it.

use super::*;

/// Frames, and their rate.
const FRAMES: u64 = 5;

/// A disc with soft edges, strokes as thin as those of letters, and a pale veil: no two pixels alike.
fn veiled(number: u64) -> RgbaImage {
    RgbaImage::from_fn(SIZE[0], SIZE[1], |x, y| {
        let (fx, fy) = (f64::from(x), f64::from(y));
        let disc = (30.5 - (fx - 60.0 - number as f64).hypot(fy - 48.0)).clamp(0.0, 1.0);
        let stroke = if x > 128 && x < 200 {
            (2.0 * ((0.9 * fx).sin() * (0.7 * fy).sin() - 0.4)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let veil = if x > 210 { 0.34 * (fy / 96.0) } else { 0.0 };
        let opacity = disc.max(stroke).max(veil);
        let color = match x {
            0..128 => [127.0 + 120.0 * (fx / 9.0).sin(), 127.0 + 120.0 * (fy / 7.0).cos(), 80.0],
            128..205 => [230.0, 235.0, 242.0],
            _ => [255.0, 92.0, 117.0],
        };
        match (255.0 * opacity).round() as u8 {
            0 => Rgba([0; 4]),
            alpha => Rgba([color[0] as u8, color[1] as u8, color[2] as u8, alpha]),
        }
    })
}

/// Every picture of a film with its alpha, as a reader that is not ours decodes it.
fn decoded_alpha(path: &Path) -> Vec<RgbaImage> {
    if path.is_dir() {
        return files(path).iter().map(|name| image::open(path.join(name)).unwrap().to_rgba8()).collect();
    }
    let reader: &[&str] = match path.extension().and_then(|ending| ending.to_str()) {
        Some("apng") => &["-f", "apng"],
        // ffmpeg's own decoder of VP9 leaves the alpha out.
        Some("webm") => &["-c:v", "libvpx-vp9"],
        _ => &[],
    };
    let exactly = if reader == ["-f", "apng"] {
        "format=rgba"
    } else {
        "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp,format=gbrap,format=rgba"
    };
    let before = [&["-v", "error"], reader, &["-i"]].concat();
    let bytes =
        run("ffmpeg", &before, path, &["-vf", exactly, "-fps_mode", "passthrough", "-f", "rawvideo", "-"]);
    let pictures = bytes.chunks((SIZE[0] * SIZE[1] * 4) as usize);
    pictures.map(|bytes| RgbaImage::from_raw(SIZE[0], SIZE[1], bytes.to_vec()).unwrap()).collect()
}

/// The differences of two pictures laid over a ground, from the smallest.
fn differences(a: &RgbaImage, b: &RgbaImage, ground: f64) -> Vec<f64> {
    let over = |pixel: &Rgba<u8>, i: usize| {
        let opacity = f64::from(pixel.0[3]) / 255.0;
        opacity * f64::from(pixel.0[i]) + (1.0 - opacity) * ground
    };
    let pixels = a.pixels().zip(b.pixels());
    let mut all: Vec<f64> =
        pixels.flat_map(|(a, b)| (0..3).map(move |i| (over(a, i) - over(b, i)).abs())).collect();
    all.sort_by(f64::total_cmp);
    all
}

#[test]
fn a_film_that_is_seen_through_lies_over_black_and_white_as_it_was_drawn() {
    let (_guard, folder) = folder();
    for name in ["frames", "film.apng", "film.mov", "film.webm"] {
        let path = folder.join(name);
        let spec = FilmSpec { has_alpha: true, ..spec(30, FRAMES) };
        let mut encoding = start(&path, spec, Encoder::InProcess).unwrap();
        (0..FRAMES).for_each(|number| encoding.send(veiled(number)).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        let pictures = decoded_alpha(&path);
        assert_eq!(pictures.len() as u64, FRAMES, "{name}");
        for (number, picture) in (0..).zip(&pictures) {
            for ground in [0.0, 255.0] {
                let all = differences(picture, &veiled(number), ground);
                let (most, mean) = (all[all.len() - 1], all.iter().sum::<f64>() / all.len() as f64);
                let nearly_all = all[all.len() * 99 / 100];
                println!(
                    "{name} {number} over {ground}: at most {most:.1}, 99 % {nearly_all:.1}, mean {mean:.2}"
                );
                match name {
                    "frames" | "film.apng" => assert_eq!(most, 0.0, "{name}"),
                    // ProRes has no finer quantiser.
                    "film.mov" => assert!(most <= 3.0 && nearly_all <= 1.0, "{name} {number}: {most}"),
                    // Colours at half the resolution, and loss: thin strokes differ.
                    _ => assert!(mean <= 2.0 && nearly_all <= 24.0, "{name} {number}: {mean}, {nearly_all}"),
                }
            }
        }
    }
    assert_eq!(
        probed(
            &folder.join("film.mov"),
            &["codec_name", "profile", "width", "height", "r_frame_rate", "nb_frames"]
        ),
        ["prores", "4444", "256", "96", "30/1", "5",]
    );
}

#[test]
fn a_film_whose_pictures_are_opaque_has_no_alpha_whatever_they_hold() {
    let (_guard, folder) = folder();
    for name in ["frames", "film.apng", "film.mov", "film.webm"] {
        film(&folder.join(name), &spec(30, 2), Encoder::InProcess);
        let pictures = decoded_alpha(&folder.join(name));
        assert!(
            pictures.iter().flat_map(|picture| picture.pixels()).all(|pixel| pixel.0[3] == 255),
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_seen_through_is_refused_with_what_can() {
    let (_guard, folder) = folder();
    for name in ["x.mp4", "x.gif"] {
        let spec = FilmSpec { has_alpha: true, ..spec(30, 1) };
        let refused = start(&folder.join(name), spec, Encoder::InProcess).err().unwrap().to_string();
        assert!(refused.contains("a folder of .png, .apng, .webm or .mov"), "{refused}");
    }
    assert!(files(&folder).is_empty());
}
