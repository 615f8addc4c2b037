//! Losses and colours as textures, for every material that draws losses.

use std::marker::PhantomData;

use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat};

use super::Step;
use super::landscape::Landscape;
use super::session::SessionState;
use super::side::{First, Side};
use crate::core::geometry::colormap::{ColorMap, ENTRIES};
use crate::core::grid::LossGrid;
use crate::core::session::Revision;

/// The textures of this moment. A new picture is a new texture: the material that holds the old one is
/// given the new.
#[derive(Resource, Clone, Debug)]
pub struct Textures<S: Side = First> {
    /// The plane's losses.
    pub plane: Handle<Image>,
    /// The volume's losses, a layer for each alpha3.
    pub volume: Handle<Image>,
    /// The colour map.
    pub colors: Handle<Image>,
    /// The pictures that the losses are of.
    plane_of: Option<Revision>,
    volume_of: Option<Revision>,
    map: Option<ColorMap>,
    side: PhantomData<S>,
}

pub(super) fn plugin<S: Side>(app: &mut App) {
    let mut images = app.world_mut().resource_mut::<Assets<Image>>();
    let textures = Textures::<S> {
        side: PhantomData,
        plane: images.add(texture(&[[0.0; 2]; 4], [2, 2, 1])),
        volume: images.add(no_volume()),
        colors: images.add(color_table(ColorMap::default())),
        plane_of: None,
        volume_of: None,
        map: None,
    };
    app.insert_resource(textures).add_systems(Update, upload::<S>.in_set(Step::Textures.of::<S>()));
}

fn upload<S: Side>(
    landscape: Res<Landscape<S>>,
    session: Res<SessionState<S>>,
    mut textures: ResMut<Textures<S>>,
    mut images: ResMut<Assets<Image>>,
) {
    let map = session.look().colors;
    if textures.map != Some(map) {
        textures.map = Some(map);
        textures.colors = images.add(color_table(map));
    }
    let Some(known) = landscape.known() else { return };
    let now = known.pictures();
    if let Some(plane) = known.plane.as_ref().filter(|_| textures.plane_of != now.plane) {
        textures.plane_of = now.plane;
        textures.plane = images.add(texture_of(plane.picture.field.grid()));
    }
    if textures.volume_of != now.volume {
        textures.volume_of = now.volume;
        let volume = known.volume.as_ref().map(|volume| volume.field.grid());
        textures.volume = images.add(volume.map_or_else(no_volume, |grid| texture_of(grid)));
    }
}

/// States of a texel, as `loss.wgsl` reads them.
mod state {
    pub const FINITE: f32 = 0.0;
    pub const CLIPPED: f32 = 1.0;
    pub const DIVERGED: f32 = 2.0;
}

/// Losses above this are drawn as this much: it keeps sums in the shader finite.
pub const HIGHEST: f64 = 1e30;

/// Losses as texels of value and state. Nothing that is not finite reaches the shader.
fn texels(losses: &[f64]) -> Vec<[f32; 2]> {
    let texel = |&loss: &f64| match loss {
        loss if !loss.is_finite() => [0.0, state::DIVERGED],
        loss if loss.abs() > HIGHEST => [HIGHEST.copysign(loss) as f32, state::CLIPPED],
        loss => [loss as f32, state::FINITE],
    };
    losses.iter().map(texel).collect()
}

fn texture_of(grid: &LossGrid) -> Image {
    texture(&texels(&grid.loss), grid.spec.counts())
}

/// In place of a volume where there is none: two layers, so that it is an array all the same.
fn no_volume() -> Image {
    texture(&[[0.0; 2]; 8], [2, 2, 2])
}

fn texture(texels: &[[f32; 2]], [width, height, layers]: [usize; 3]) -> Image {
    let size = Extent3d { width: width as u32, height: height as u32, depth_or_array_layers: layers as u32 };
    let bytes = texels.as_flattened().iter().flat_map(|v| v.to_le_bytes()).collect();
    Image::new(size, TextureDimension::D2, bytes, TextureFormat::Rg32Float, RenderAssetUsages::RENDER_WORLD)
}

fn color_table(map: ColorMap) -> Image {
    let size = Extent3d { width: ENTRIES as u32, height: 1, depth_or_array_layers: 1 };
    let bytes = map.table().into_iter().flat_map(|[r, g, b]| [r, g, b, 255]).collect();
    let format = TextureFormat::Rgba8UnormSrgb;
    Image::new(size, TextureDimension::D2, bytes, format, RenderAssetUsages::RENDER_WORLD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_not_finite_reaches_the_shader() {
        let losses = [0.25, f64::NAN, f64::INFINITY, 1e300, -1e300];
        let texels = texels(&losses);
        assert!(texels.iter().flatten().all(|v| v.is_finite()));
        assert_eq!(texels[0], [0.25, state::FINITE]);
        assert_eq!(texels[1], [0.0, state::DIVERGED]);
        assert_eq!(texels[2][1], state::DIVERGED);
        assert_eq!(texels[3], [1e30, state::CLIPPED]);
        assert_eq!(texels[4], [-1e30, state::CLIPPED]);
    }
}
