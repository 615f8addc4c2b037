//! Films of 10 bits: what ffmpeg decodes has more than 256 levels.

use std::collections::BTreeSet;

use losscape::record::deep::DeepImage;

use super::*;

/// The levels of brightness in the decoded pictures.
pub fn levels(path: &Path) -> usize {
    let after = ["-vf", "extractplanes=y", "-pix_fmt", "gray10le", "-f", "rawvideo", "-"];
    let bytes = run("ffmpeg", &["-v", "error", "-i"], path, &after);
    bytes.as_chunks::<2>().0.iter().map(|&bytes| u16::from_le_bytes(bytes)).collect::<BTreeSet<_>>().len()
}

#[test]
fn a_ramp_has_more_levels_than_eight_bits_can_tell() {
    let (_guard, folder) = folder();
    let size = [1024, 64];
    let ramp = || {
        DeepImage::from_fn(size[0], size[1], |x, _| {
            image::Rgba([64 * x as u16, 64 * x as u16, 64 * x as u16, 65535])
        })
    };
    // ffmpeg reads all of ProRes 4444 as 12 bits.
    for (name, pixels) in [("x.mp4", "yuv420p10le"), ("x.webm", "yuv420p10le"), ("x.mov", "yuv444p12le")] {
        let path = folder.join(name);
        let spec = FilmSpec { size, is_deep: true, ..spec(10, 3) };
        let mut encoding = start(&path, spec, Encoder::Ffmpeg).unwrap();
        (0..3).for_each(|_| encoding.send(ramp()).unwrap());
        encoding.finish(&CancelToken::default()).unwrap();
        let found = levels(&path);
        println!("{name}: {found} levels");
        assert!(found > 600, "{name}: {found}");
        assert_eq!(probed(&path, &["pix_fmt"]), [pixels], "{name}");
    }
}

#[test]
fn ten_bits_are_refused_where_there_are_eight() {
    let (_guard, folder) = folder();
    for name in ["x.mp4", "x.gif", "x.apng", "frames"] {
        let spec = FilmSpec { is_deep: true, ..spec(10, 1) };
        let refused = start(&folder.join(name), spec, Encoder::InProcess).err().unwrap().to_string();
        assert!(refused.contains("10 bits a channel"), "{name}: {refused}");
    }
}
