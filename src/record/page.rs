//! The page that pictures are made for: how large things are on it, and which of it is left free.

use bevy::prelude::App;

use crate::scene::framing::Sheet;
use crate::scene::taken::Insets;
use crate::scene::theme::Weight;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page {
    /// How much larger than usual text is, and how much wider lines are.
    pub text: f32,
    /// Shares of the picture's height and width at its top, right, bottom and left edge that nothing of ours is to be in.
    pub safe_area: [f32; 4],
}

impl Default for Page {
    fn default() -> Self {
        Self { text: 1.0, safe_area: [0.0; 4] }
    }
}

impl Page {
    /// Fits an app that draws so many pixels to it.
    pub(super) fn prepare(self, size: [u32; 2], app: &mut App) {
        let [width, height] = size.map(|side| side as f32);
        let [top, right, bottom, left] = self.safe_area;
        let insets = Insets {
            left: left * width,
            right: right * width,
            top: top * height,
            bottom: bottom * height,
            charts: 0.0,
        };
        let free = [(1.0 - left - right) * width, (1.0 - top - bottom) * height];
        app.insert_resource(insets)
            .insert_resource(Sheet(f64::from(free[0] / free[1])))
            .insert_resource(Weight { lecture: self.text, ..Weight::default() });
    }
}
