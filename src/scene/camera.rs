//! The camera that sees the scene: it glides after the [`Rig`], centred in the part of the window that no
//! panel covers.

use bevy::camera::SubCameraView;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;

use super::Pacing;
use super::frame::{from_vec3, to_vec3};
use super::rig::{LAG_SECS, Rig, TRANSITION_WEARS_OFF_SECS};
use super::taken::Insets;
use super::tour::Touring;
use crate::core::geometry::camera::Pose;
use crate::core::geometry::glide::Glide;

/// Marks the camera that sees the scene.
#[derive(Component)]
pub struct SceneCamera;

/// What a camera of the scene is made of, whatever it draws to.
pub fn scene_camera(msaa: Msaa) -> impl Bundle {
    (
        SceneCamera,
        Camera3d::default(),
        Projection::Perspective(PerspectiveProjection { near: 0.01, ..default() }),
        // The colours of the maps are numbers; nothing may bend them.
        Tonemapping::None,
        msaa,
    )
}

pub(super) fn glide(
    time: Res<Time>,
    pacing: Res<Pacing>,
    touring: Res<Touring>,
    mut rig: ResMut<Rig>,
    camera: Option<Single<&mut Transform, With<SceneCamera>>>,
) {
    let before = rig.glide;
    let now = rig.bypass_change_detection();
    now.bring_target_near();
    let wanted = *now.wanted();
    match pacing.rests() || touring.is_cut() {
        true => (now.glide, now.lag) = (Glide::at(wanted), LAG_SECS),
        false => {
            let dt = f64::from(time.delta_secs());
            now.glide.follow(&wanted, now.lag, dt);
            now.lag += (LAG_SECS - now.lag) * (1.0 - (-dt / TRANSITION_WEARS_OFF_SECS).exp());
        }
    }
    if now.glide != before {
        rig.set_changed();
    }
    if let Some(mut transform) = camera {
        transform.set_if_neq(transform_of(rig.shown()));
    }
}

/// The camera's transform in a pose.
pub fn transform_of(pose: &Pose) -> Transform {
    let rotation = Quat::from_euler(EulerRot::YXZ, pose.yaw as f32, pose.pitch as f32, 0.0);
    Transform::from_translation(to_vec3(pose.eye())).with_rotation(rotation)
}

/// Where on the screen, in points, a world position is; `None` behind the eye.
pub fn seen(camera: &Camera, transform: &GlobalTransform, world: [f64; 3]) -> Option<Vec2> {
    camera.world_to_viewport(transform, to_vec3(world)).ok()
}

/// The eye of a camera.
pub fn eye_of(transform: &GlobalTransform) -> [f64; 3] {
    from_vec3(transform.translation())
}

/// Shifts the view so that its middle is the middle of what the panels leave free. One camera draws
/// the whole window: a second one, with a smaller viewport, would cost another pass.
pub(super) fn fit_view(
    insets: Res<Insets>,
    rig: Res<Rig>,
    camera: Option<Single<(&mut Camera, &mut Projection), With<SceneCamera>>>,
) {
    let Some(camera) = camera else { return };
    let (mut camera, mut projection) = camera.into_inner();
    let Some(size) = camera.physical_viewport_size() else { return };
    let window = size.as_vec2();
    let slant = Vec2::new(insets.left - insets.right_of(window.x), insets.top - insets.bottom);
    let full = window + slant.abs();
    let view = SubCameraView {
        full_size: full.as_uvec2().max(UVec2::ONE),
        // The frustum is symmetric about the middle of the full view; the window is a part of it.
        offset: (-slant).max(Vec2::ZERO),
        size,
    };
    let height_ratio = full.y / insets.free(window).y;
    let fov = 2.0 * ((0.5 * rig.shown().fov as f32).tan() * height_ratio).atan();
    let wanted = (slant != Vec2::ZERO).then_some(view);
    let same = |a: &SubCameraView, b: &SubCameraView| {
        (a.full_size, a.offset, a.size) == (b.full_size, b.offset, b.size)
    };
    let is_same = match (&camera.sub_camera_view, &wanted) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    };
    if !is_same {
        camera.sub_camera_view = wanted;
    }
    if let Projection::Perspective(perspective) = projection.bypass_change_detection()
        && (perspective.fov - fov).abs() > 1e-6 * fov
    {
        perspective.fov = fov;
        projection.set_changed();
    }
}
