//! What an eye has drawn becomes the picture that is shown: shrunk, and on its background.

use anyhow::Result;
use bevy::prelude::App;
use image::RgbaImage;

use super::background::{Background, Layers};
use super::deep::{DeepImage, Deepen, Frame};
use super::eye::Eye;
use super::shrink::Shrink;
use crate::scene::theme::Backdrop;

/// How pictures are taken, and the memory for it.
pub struct Exposure {
    background: Background,
    supersample: u32,
    scene: RgbaImage,
    overlay: RgbaImage,
    shrink: Shrink,
    halves: Vec<u8>,
    deepen: Option<Deepen>,
}

impl Exposure {
    /// Pictures on that background, of which each pixel was drawn as a square of `supersample` by that.
    pub fn new(background: Background, supersample: u32) -> Self {
        let (scene, overlay) = (RgbaImage::default(), RgbaImage::default());
        let (halves, deepen) = (Vec::new(), None);
        Self { background, supersample, scene, overlay, shrink: Shrink::default(), halves, deepen }
    }

    /// The same of 16 bits, on the stage.
    pub fn deep(supersample: u32) -> Self {
        Self { deepen: Some(Deepen::default()), ..Self::new(Background::Stage, supersample) }
    }

    /// The last frame that the eye has drawn, as deep as it was drawn.
    ///
    /// # Errors
    /// If it does not come back from the device.
    pub fn develop(&mut self, eye: &mut Eye, frame: &mut Frame) -> Result<()> {
        let Some(deepen) = &self.deepen else {
            let mut picture = match std::mem::take(frame) {
                Frame::Shallow(picture) => picture,
                Frame::Deep(_) => RgbaImage::default(),
            };
            self.take(eye, &mut picture)?;
            *frame = picture.into();
            return Ok(());
        };
        let mut picture = match std::mem::take(frame) {
            Frame::Deep(picture) => picture,
            Frame::Shallow(_) => DeepImage::default(),
        };
        let size = eye.read_halves(&mut self.halves)?;
        deepen.develop(&self.halves, size, self.supersample, &mut picture);
        *frame = picture.into();
        Ok(())
    }

    /// Sees to it that an app draws what is read later.
    pub fn prepare(background: Background, app: &mut App) {
        if background != Background::Stage {
            app.insert_resource(Backdrop::Absent);
        }
    }

    /// The last frame that the eye has drawn.
    ///
    /// # Errors
    /// If it does not come back from the device.
    pub fn take(&mut self, eye: &mut Eye, picture: &mut RgbaImage) -> Result<()> {
        let Self { background, supersample, scene, overlay, shrink, .. } = self;
        let ground = match *background {
            Background::Stage if *supersample == 1 => return eye.read(picture),
            Background::Stage => {
                eye.read(scene)?;
                shrink.shrink(scene, *supersample, picture);
                return Ok(());
            }
            Background::None => None,
            Background::Color(color) => Some(color),
        };
        eye.read(scene)?;
        eye.read_overlay(overlay)?;
        Layers { scene, overlay }.compose(*supersample, ground, picture);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bevy::prelude::*;

    use super::*;
    use crate::app::Overlay;
    use crate::core::command::{Command, RunCommand};
    use crate::core::experiment::{Experiment, builtin};
    use crate::record::eye::EyeRequest;
    use crate::record::shrink::{encoded, linear};
    use crate::scene::Pacing;

    /// The scene and the overlay at the end of training, on nothing or on a ground that the device clears to.
    fn drawn(ground: Option<Color>) -> [RgbaImage; 2] {
        let file = builtin::load("diagonal-model1").unwrap().unwrap();
        let experiment = Experiment::new(file).unwrap();
        let at_end = Command::Run(RunCommand::Seek(experiment.steps));
        let (size, overlay, pacing) = ([320, 180], Overlay::Labels, Pacing::Awaited);
        let request = EyeRequest { experiment, size, overlay, pacing, msaa: Msaa::Off, pixels_per_point: 1 };
        let mut eye = Eye::open_with(request, |app| Exposure::prepare(Background::None, app)).unwrap();
        eye.ask(at_end);
        for _ in 0..6 {
            eye.frame();
            if let Some(ground) = ground {
                eye.world_mut().resource_mut::<ClearColor>().0 = ground;
            }
        }
        let mut layers = [RgbaImage::default(), RgbaImage::default()];
        eye.read(&mut layers[0]).unwrap();
        eye.read_overlay(&mut layers[1]).unwrap();
        layers
    }

    /// The device blends light, so its own picture on a ground is the scene's light and what is left of the ground's.
    #[test]
    fn the_scene_on_nothing_is_that_on_any_ground_less_the_ground() {
        let [scene, overlay] = drawn(None);
        let count = |is: fn(u8) -> bool| scene.pixels().filter(|pixel| is(pixel.0[3])).count();
        assert!(count(|a| a == 0) > 5_000 && count(|a| a == 255) > 5_000);
        assert!(overlay.pixels().any(|pixel| pixel.0[3] == 255) && overlay.get_pixel(160, 100).0 == [0; 4]);
        for (color, number) in
            [(Color::WHITE, 255_u8), (Color::BLACK, 0), (Color::srgb_u8(128, 128, 128), 128)]
        {
            let [own, own_overlay] = drawn(Some(color));
            assert!(own_overlay == overlay, "the overlay knows nothing of it");
            let light = linear(f64::from(number) / 255.0);
            for (x, y, free) in scene.enumerate_pixels() {
                let left = 1.0 - f64::from(free.0[3]) / 255.0;
                for i in 0..3 {
                    let expected = 255.0 * encoded(linear(f64::from(free.0[i]) / 255.0) + left * light);
                    let found = f64::from(own.get_pixel(x, y).0[i]);
                    assert!((expected - found).abs() <= 1.5, "{number} at {x}, {y}: {expected} for {found}");
                }
            }
        }
    }
}
