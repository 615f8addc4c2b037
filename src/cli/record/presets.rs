//! What pictures and films are made for: a row each of what suits that place.

use crate::core::experiment::Theme;
use crate::record::Page;

/// A place for pictures and films. Every option says it otherwise.
#[derive(Debug, PartialEq)]
pub(super) struct Preset {
    pub(super) name: &'static str,
    /// Width and height in pixels.
    pub(super) size: [u32; 2],
    /// Frames a second.
    pub(super) fps: u32,
    /// Where something is lost in encoding, how little: 0 to 100.
    pub(super) quality: u8,
    pub(super) page: Page,
    pub(super) theme: Theme,
}

const FREE: [f32; 4] = [0.0; 4];

#[rustfmt::skip]
pub(super) const PRESETS: [Preset; 5] = [
    // Read from the last row of a bright room.
    Preset { name: "slides", size: [1920, 1080], fps: 30, quality: 85, page: Page { text: 1.25, safe_area: FREE }, theme: Theme::Light },
    // A telephone held upright; its players write over the top and the lowest fifth.
    Preset { name: "shorts", size: [1080, 1920], fps: 30, quality: 85, page: Page { text: 1.0, safe_area: [0.08, 0.0, 0.20, 0.0] }, theme: Theme::Dark },
    // A film for a large screen.
    Preset { name: "4k", size: [3840, 2160], fps: 30, quality: 90, page: Page { text: 1.0, safe_area: FREE }, theme: Theme::Dark },
    // Small in a page of text, often as a .gif.
    Preset { name: "readme", size: [960, 540], fps: 15, quality: 75, page: Page { text: 1.3, safe_area: FREE }, theme: Theme::Dark },
    // A column of print at 600 dots an inch.
    Preset { name: "paper", size: [2100, 1400], fps: 30, quality: 95, page: Page { text: 1.4, safe_area: FREE }, theme: Theme::Light },
];

/// The place of that name.
///
/// # Errors
/// If there is none, with those that there are.
pub(super) fn preset(name: &str) -> Result<&'static Preset, String> {
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    PRESETS.iter().find(|preset| preset.name == name).ok_or_else(|| format!("expected {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_in_the_docs_is_this_one() {
        let kept = include_str!("../../../docs/films.md");
        for Preset { name, size: [width, height], fps, quality, page, theme } in &PRESETS {
            let area = page.safe_area.map(|share| (100.0 * share).round().to_string()).join(",");
            let theme = if *theme == Theme::Light { "light" } else { "dark" };
            let row = format!(
                "| `{name}` | {width}x{height} | {fps} | {quality} | {} | {area} | {theme} |\n",
                page.text
            );
            assert!(kept.contains(&row), "{row}");
        }
    }
}
