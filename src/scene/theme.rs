//! Colours of everything that does not stand for a number: a dark stage, or a light one for a bright
//! projector.

use bevy::prelude::*;

use super::camera::SceneCamera;
use super::session::SessionState;
use super::{Stage, Step};
use crate::core::experiment::Theme;

/// The colours of a theme.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// Behind everything.
    pub stage: Color,
    /// Lines of the floor.
    pub floor: Color,
    /// Axes, their ticks, and the edges of the cube.
    pub axis: Color,
    /// Sides of the block that the surface stands on.
    pub block: Color,
    /// Drop lines from the trail to the surface. Not seen through: lines have no order among themselves, so what is seen
    /// where two meet must not depend on it.
    pub drop: Color,
    /// Around trail and marker, so that they stand out from any colour of a loss.
    pub casing: Color,
    /// The flag where training starts.
    pub start: Color,
    /// The flag where training ends.
    pub end: Color,
    /// The way of the last step.
    pub velocity: Color,
    /// The way down in the plane.
    pub descent: Color,
    /// The lowest point of the slice.
    pub lowest: Color,
    /// The point under the pointer, and the one chosen.
    pub pointer: Color,
    /// Trail and marker of each run, in the order they set out: told apart with any colour vision
    /// (after Okabe and Ito 2008).
    pub runs: [Color; 6],
    /// Text over the picture.
    pub ink: Color,
    /// Text of less weight.
    pub faint: Color,
    /// Behind text that stands over the surface.
    pub shade: Color,
}

const DARK: Palette = Palette {
    stage: Color::srgb(0.047, 0.057, 0.082),
    floor: Color::srgb(0.17, 0.20, 0.26),
    axis: Color::srgb(0.58, 0.63, 0.72),
    block: Color::srgb(0.20, 0.23, 0.30),
    drop: Color::srgb(0.80, 0.49, 0.54),
    casing: Color::srgb(0.03, 0.035, 0.05),
    start: Color::srgb(0.93, 0.94, 0.97),
    end: Color::srgb(0.36, 0.85, 0.95),
    velocity: Color::srgb(1.0, 1.0, 1.0),
    descent: Color::srgb(0.45, 0.95, 0.72),
    lowest: Color::srgb(0.62, 0.80, 1.0),
    pointer: Color::srgb(1.0, 1.0, 1.0),
    runs: [
        Color::srgb(1.0, 0.36, 0.46),
        Color::srgb(0.34, 0.71, 0.91),
        Color::srgb(0.90, 0.62, 0.0),
        Color::srgb(0.0, 0.78, 0.56),
        Color::srgb(0.94, 0.89, 0.26),
        Color::srgb(0.80, 0.55, 0.72),
    ],
    ink: Color::srgb(0.90, 0.92, 0.95),
    faint: Color::srgb(0.64, 0.68, 0.76),
    shade: Color::srgba(0.035, 0.043, 0.063, 0.72),
};

const LIGHT: Palette = Palette {
    stage: Color::srgb(0.965, 0.968, 0.975),
    floor: Color::srgb(0.80, 0.82, 0.86),
    axis: Color::srgb(0.30, 0.33, 0.40),
    block: Color::srgb(0.70, 0.73, 0.78),
    drop: Color::srgb(0.53, 0.33, 0.35),
    casing: Color::srgb(1.0, 1.0, 1.0),
    start: Color::srgb(0.16, 0.18, 0.24),
    end: Color::srgb(0.0, 0.42, 0.62),
    velocity: Color::srgb(0.05, 0.05, 0.08),
    descent: Color::srgb(0.0, 0.48, 0.30),
    lowest: Color::srgb(0.12, 0.30, 0.72),
    pointer: Color::srgb(0.05, 0.05, 0.08),
    runs: [
        Color::srgb(0.82, 0.06, 0.26),
        Color::srgb(0.0, 0.45, 0.70),
        Color::srgb(0.78, 0.42, 0.0),
        Color::srgb(0.0, 0.50, 0.36),
        Color::srgb(0.48, 0.42, 0.0),
        Color::srgb(0.60, 0.28, 0.50),
    ],
    ink: Color::srgb(0.09, 0.10, 0.14),
    faint: Color::srgb(0.34, 0.37, 0.43),
    shade: Color::srgba(0.98, 0.98, 1.0, 0.80),
};

impl From<Theme> for Palette {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Dark => DARK,
            Theme::Light => LIGHT,
        }
    }
}

impl Palette {
    /// The colour of the run that set out as that one, from 0.
    pub fn run(&self, number: usize) -> Color {
        self.runs[number % self.runs.len()]
    }
}

/// Whether the stage's colour stands behind the scene.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backdrop {
    /// It does.
    #[default]
    Stage,
    /// There is nothing, for a picture that is laid over others.
    Absent,
}

/// How heavy things are beside their usual width.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// More for the last row of a lecture hall.
    pub lecture: f32,
    /// Pixels of a point: lines are as wide on a fine screen, and in a film that is drawn larger than it
    /// is shown.
    pub pixels: f32,
}

impl Default for Weight {
    fn default() -> Self {
        Self { lecture: 1.0, pixels: 1.0 }
    }
}

impl Weight {
    /// Pixels of a line that is usually one wide.
    pub fn line(&self) -> f32 {
        self.lecture * self.pixels
    }
}

/// How much heavier things are to be for a lecture, as the overlay says.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct Lecture(pub f32);

pub(super) fn plugin(app: &mut App) {
    app.insert_resource(DARK)
        .add_message::<Lecture>()
        .init_resource::<Weight>()
        .init_resource::<Backdrop>()
        .insert_resource(ClearColor(DARK.stage))
        .add_systems(Update, hear_lecture.in_set(Stage::Hear))
        .add_systems(Update, (set_theme, follow_screen).chain().in_set(Step::Theme));
}

fn hear_lecture(mut said: MessageReader<Lecture>, mut weight: ResMut<Weight>) {
    if let Some(&Lecture(lecture)) = said.read().last() {
        let wanted = Weight { lecture, ..*weight };
        weight.set_if_neq(wanted);
    }
}

fn follow_screen(camera: Option<Single<&Camera, With<SceneCamera>>>, mut weight: ResMut<Weight>) {
    let Some(pixels) = camera.and_then(|camera| camera.target_scaling_factor()) else { return };
    let wanted = Weight { pixels, ..*weight };
    weight.set_if_neq(wanted);
}

fn set_theme(
    session: Res<SessionState>,
    backdrop: Res<Backdrop>,
    mut palette: ResMut<Palette>,
    mut clear: ResMut<ClearColor>,
) {
    if palette.set_if_neq(session.look().theme.into()) || backdrop.is_changed() {
        clear.0 = match *backdrop {
            Backdrop::Stage => palette.stage,
            Backdrop::Absent => Color::NONE,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two opaque colours, 1 to 21 (WCAG 2.1).
    fn contrast(a: Color, b: Color) -> f32 {
        let [a, b] = [a, b].map(|color| color.luminance() + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn text_and_runs_can_be_read_on_either_stage() {
        for palette in [DARK, LIGHT] {
            assert!(contrast(palette.ink, palette.stage) > 12.0);
            assert!(contrast(palette.faint, palette.stage) > 4.5);
            assert!(palette.runs.iter().all(|run| contrast(*run, palette.stage) > 3.0));
            assert!(palette.runs.iter().all(|run| contrast(*run, palette.casing) > 3.0));
        }
    }
}
