//! The camera: orbit and free flight, smoothed, centred in the part of the window that no panel covers.
//!
//! | | orbit | flight |
//! |---|---|---|
//! | left drag | turn about the target | look around |
//! | right or middle drag | move the target | |
//! | wheel | nearer, farther | faster, slower |
//! | W A S D, Q E | | fly, down and up |

use bevy::camera::SubCameraView;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::prelude::*;

use super::frame::{CUBE_TOP, Placed, Placement};
use super::session::SessionState;
use super::{Pacing, Stage, theme};
use crate::core::geometry::camera::{Orbit, Pose};
use crate::core::geometry::frame::TOP;
use crate::core::script::command::CameraMode;

/// Marks the camera that sees the scene.
#[derive(Component)]
pub struct SceneCamera;

/// What the interface has taken for itself.
#[derive(Resource, Default)]
pub struct Taken {
    /// The pointer is over a panel, or held by one.
    pub pointer: bool,
    /// Somebody types into a field.
    pub keyboard: bool,
}

/// Room that panels take at the edges of the window, in physical pixels.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Insets {
    /// At the left edge.
    pub left: f32,
    /// At the right edge.
    pub right: f32,
    /// At the top edge.
    pub top: f32,
    /// At the bottom edge.
    pub bottom: f32,
}

/// Where the camera is and where it is on its way to.
#[derive(Resource)]
pub struct Rig {
    orbit: Orbit,
    flight: Pose,
    mode: CameraMode,
    /// The pose on screen, on its way to the one wanted.
    shown: Pose,
    velocity: Vec3,
    /// Whether the button that is held was pressed over the scene.
    is_dragging: bool,
    /// Flight speed in world units a second.
    speed: f64,
    /// What was last brought into view.
    framed: Option<Framed>,
}

/// What a framing depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Framed {
    /// How often it was asked for.
    framings: u64,
    /// The cube is taller than the surface.
    is_cube: bool,
    /// From where the experiment is to be looked at first.
    eye: (f64, f64),
}

impl Default for Rig {
    fn default() -> Self {
        let orbit = Orbit { target: [0.0, 0.25, 0.0], yaw: 0.62, pitch: -0.52, distance: 3.4 };
        let pose = orbit.pose();
        Self {
            orbit,
            flight: pose,
            mode: CameraMode::Orbit,
            shown: pose,
            velocity: Vec3::ZERO,
            is_dragging: false,
            speed: 0.8,
            framed: None,
        }
    }
}

impl Rig {
    /// The pose on screen.
    pub fn shown(&self) -> Pose {
        self.shown
    }

    fn wanted(&self) -> Pose {
        match self.mode {
            CameraMode::Orbit => self.orbit.pose(),
            CameraMode::Flight => self.flight,
        }
    }

    fn switch(&mut self, mode: CameraMode) {
        if self.mode == mode {
            return;
        }
        // Each way of moving takes over the pose of the other, so that nothing jumps.
        match mode {
            CameraMode::Orbit => self.orbit = self.flight.orbit(self.orbit.distance),
            CameraMode::Flight => self.flight = self.orbit.pose(),
        }
        self.velocity = Vec3::ZERO;
        self.mode = mode;
    }
}

/// Height of the view, in radians, in the part of the window that is free.
const FOV_Y: f64 = 0.70;
/// Radians a dragged pixel turns.
const TURN: f64 = 0.006;
/// Share of the distance a dragged pixel moves the target.
const PAN: f64 = 0.0011;
/// Factor of a wheel notch.
const NOTCH: f64 = 0.88;
/// Seconds in which the picture covers all but a third of the way to the pose wanted.
const LAG_SECS: f64 = 0.07;
/// Seconds in which flight reaches its speed, likewise.
const INERTIA_SECS: f32 = 0.18;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Rig>()
        .init_resource::<Taken>()
        .init_resource::<Insets>()
        .insert_resource(ClearColor(theme::STAGE))
        .add_systems(Update, steer.in_set(Stage::Input))
        .add_systems(Update, (frame_all, glide, fit_view).chain().in_set(Stage::Draw));
}

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

pub(crate) fn steer(
    time: Res<Time>,
    keys: Res<ButtonInput<KeyCode>>,
    buttons: Res<ButtonInput<MouseButton>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    taken: Res<Taken>,
    session: Res<SessionState>,
    mut rig: ResMut<Rig>,
) {
    rig.switch(session.view().camera);
    let drag = motion.delta.as_dvec2();
    let notches = f64::from(match scroll.unit {
        MouseScrollUnit::Line => scroll.delta.y,
        MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
    });
    let grips = [MouseButton::Left, MouseButton::Right, MouseButton::Middle];
    if buttons.any_just_pressed(grips) {
        rig.is_dragging = !taken.pointer;
    }
    if rig.is_dragging {
        let turns = buttons.pressed(MouseButton::Left);
        let pans = buttons.pressed(MouseButton::Right) || buttons.pressed(MouseButton::Middle);
        match rig.mode {
            CameraMode::Orbit if turns => rig.orbit = rig.orbit.turned(-drag.x * TURN, -drag.y * TURN),
            CameraMode::Orbit if pans => rig.orbit = rig.orbit.panned(-drag.x * PAN, drag.y * PAN),
            CameraMode::Flight if turns || pans => {
                rig.flight = rig.flight.turned(-drag.x * 0.5 * TURN, -drag.y * 0.5 * TURN);
            }
            _ => {}
        }
        if notches != 0.0 {
            match rig.mode {
                CameraMode::Orbit => rig.orbit = rig.orbit.zoomed(NOTCH.powf(notches)),
                CameraMode::Flight => rig.speed = (rig.speed / NOTCH.powf(notches)).clamp(0.05, 10.0),
            }
        }
    }
    if rig.mode == CameraMode::Flight {
        fly(&mut rig, if taken.keyboard { Vec3::ZERO } else { thrust(&keys) }, time.delta_secs());
    }
}

/// Which way the keys point: right, up, ahead.
fn thrust(keys: &ButtonInput<KeyCode>) -> Vec3 {
    let axis =
        |plus, minus| f32::from(u8::from(keys.pressed(plus))) - f32::from(u8::from(keys.pressed(minus)));
    Vec3::new(
        axis(KeyCode::KeyD, KeyCode::KeyA),
        axis(KeyCode::KeyE, KeyCode::KeyQ),
        axis(KeyCode::KeyW, KeyCode::KeyS),
    )
}

fn fly(rig: &mut Rig, thrust: Vec3, dt: f32) {
    let wanted = thrust * rig.speed as f32;
    let velocity = rig.velocity.lerp(wanted, 1.0 - (-dt / INERTIA_SECS).exp());
    // Smooth starts and stops have an end, or the picture would never hold still.
    rig.velocity = if (velocity - wanted).length() < 1e-3 { wanted } else { velocity };
    if rig.velocity != Vec3::ZERO {
        let [right, up, ahead] = (rig.velocity * dt).to_array().map(f64::from);
        rig.flight = rig.flight.moved(right, up, ahead);
    }
}

/// Brings everything into view: at first, when asked to, when the cube's shape changes, and when an
/// experiment comes with a place to be looked at from.
fn frame_all(
    session: Res<SessionState>,
    placement: Res<Placement>,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
    insets: Res<Insets>,
    mut rig: ResMut<Rig>,
) {
    let (Some(placed), Some(camera)) = (placement.0, camera) else { return };
    let eye = session.experiment().view.eye;
    let wanted = Framed { framings: session.view().framings, is_cube: placed.cube.is_some(), eye };
    if rig.framed == Some(wanted) {
        return;
    }
    let Some(size) = camera.physical_viewport_size() else { return };
    let before = rig.framed.replace(wanted);
    if before.is_none_or(|before| before.eye != eye) {
        rig.orbit.yaw = eye.0.to_radians();
        rig.orbit.pitch = -eye.1.to_radians();
    }
    let free = free_size(size.as_vec2(), &insets);
    rig.orbit = framed(&rig.orbit, &placed, free);
    if rig.mode == CameraMode::Flight {
        rig.flight = rig.orbit.pose();
    }
    if before.is_none() {
        rig.shown = rig.wanted();
    }
}

fn framed(orbit: &Orbit, placed: &Placed, free: Vec2) -> Orbit {
    let [hx, hz] = placed.frame.half_extent();
    let top = if placed.cube.is_some() { CUBE_TOP } else { TOP };
    // The floor with the room that its labels take, and the box above it.
    let (out_x, out_z) = (hx + LABEL_ROOM, hz + LABEL_ROOM);
    let mut points = Vec::new();
    for (x, z) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        points.push([x * out_x, 0.0, z * out_z]);
        points.push([x * hx, top + 0.5 * LABEL_ROOM, z * hz]);
    }
    orbit.framing(&points, FOV_Y, f64::from(free.x / free.y))
}

/// World length that ticks and names take beside the floor.
const LABEL_ROOM: f64 = 0.2;

fn glide(
    time: Res<Time>,
    pacing: Res<Pacing>,
    mut rig: ResMut<Rig>,
    camera: Option<Single<&mut Transform, With<SceneCamera>>>,
) {
    let wanted = rig.wanted();
    let share = match *pacing {
        Pacing::Live => 1.0 - (-f64::from(time.delta_secs()) / LAG_SECS).exp(),
        Pacing::Awaited => 1.0,
    };
    let shown = toward(rig.shown, wanted, share);
    if shown != rig.shown {
        rig.shown = shown;
    }
    if let Some(mut transform) = camera {
        transform.set_if_neq(transform_of(shown));
    }
}

/// A share of the way from one pose to another, the short way round.
fn toward(from: Pose, to: Pose, share: f64) -> Pose {
    use std::f64::consts::{PI, TAU};
    let turn = (to.yaw - from.yaw + PI).rem_euclid(TAU) - PI;
    let near = (0..3).all(|i| (to.eye[i] - from.eye[i]).abs() < 1e-5);
    if share >= 1.0 || (near && turn.abs() < 1e-5 && (to.pitch - from.pitch).abs() < 1e-5) {
        return to;
    }
    let mix = |a: f64, b: f64| a + share * (b - a);
    Pose {
        eye: std::array::from_fn(|i| mix(from.eye[i], to.eye[i])),
        yaw: from.yaw + share * turn,
        pitch: mix(from.pitch, to.pitch),
    }
}

fn transform_of(pose: Pose) -> Transform {
    let rotation = Quat::from_euler(EulerRot::YXZ, pose.yaw as f32, pose.pitch as f32, 0.0);
    Transform::from_translation(super::trail::to_vec3(pose.eye)).with_rotation(rotation)
}

fn free_size(size: Vec2, insets: &Insets) -> Vec2 {
    (size - Vec2::new(insets.left + insets.right, insets.top + insets.bottom)).max(Vec2::splat(64.0))
}

/// Shifts the view so that its middle is the middle of what the panels leave free. One camera draws
/// the whole window: a second one, with a smaller viewport, would cost another pass.
fn fit_view(insets: Res<Insets>, camera: Option<Single<(&mut Camera, &mut Projection), With<SceneCamera>>>) {
    let Some(camera) = camera else { return };
    let (mut camera, mut projection) = camera.into_inner();
    let Some(size) = camera.physical_viewport_size() else { return };
    let window = size.as_vec2();
    let slant = Vec2::new(insets.left - insets.right, insets.top - insets.bottom);
    let full = window + slant.abs();
    let view = SubCameraView {
        full_size: full.as_uvec2().max(UVec2::ONE),
        // The frustum is symmetric about the middle of the full view; the window is a part of it.
        offset: (-slant).max(Vec2::ZERO),
        size,
    };
    let height_ratio = full.y / free_size(window, &insets).y;
    let fov = 2.0 * ((0.5 * FOV_Y as f32).tan() * height_ratio).atan();
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
        && (perspective.fov - fov).abs() > 1e-6
    {
        perspective.fov = fov;
        projection.set_changed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_mode_does_not_move_the_eye() {
        let mut rig = Rig::default();
        rig.orbit = rig.orbit.turned(0.3, 0.2).zoomed(1.7);
        for mode in [CameraMode::Flight, CameraMode::Orbit, CameraMode::Flight] {
            let before = rig.wanted();
            rig.switch(mode);
            let after = rig.wanted();
            assert!((0..3).all(|i| (before.eye[i] - after.eye[i]).abs() < 1e-12));
            assert_eq!((before.yaw, before.pitch), (after.yaw, after.pitch));
            rig.flight = rig.flight.moved(0.1, 0.2, 0.3);
        }
    }

    #[test]
    fn gliding_arrives_and_takes_the_short_way() {
        let from = Pose { eye: [0.0; 3], yaw: 3.0, pitch: 0.0 };
        let to = Pose { eye: [1.0, 2.0, 3.0], yaw: -3.0, pitch: 0.5 };
        let mut pose = from;
        for _ in 0..200 {
            let next = toward(pose, to, 0.2);
            assert!((next.yaw - pose.yaw).abs() < 0.1 || next == to);
            pose = next;
        }
        assert_eq!(pose, to);
    }

    #[test]
    fn flight_starts_and_stops_smoothly_and_stands_still_in_the_end() {
        let mut rig = Rig { mode: CameraMode::Flight, ..Rig::default() };
        let ahead = Vec3::Z;
        fly(&mut rig, ahead, 0.016);
        assert!(rig.velocity.z > 0.0 && rig.velocity.z < 0.2 * rig.speed as f32);
        for _ in 0..200 {
            fly(&mut rig, ahead, 0.016);
        }
        assert_eq!(rig.velocity.z, rig.speed as f32);
        for _ in 0..200 {
            fly(&mut rig, Vec3::ZERO, 0.016);
        }
        assert_eq!(rig.velocity, Vec3::ZERO);
    }
}
