//! What the hand does to the camera.
//!
//! | | orbit | flight | map | ride | path |
//! |---|---|---|---|---|---|
//! | left drag | turn about the target | look around | move | | |
//! | right or middle drag | move the target | look around | turn | | |
//! | wheel | to the pointer, from it | faster, slower | to the pointer, from it | | |
//! | W A S D, Q E | | fly, down and up | | | |

use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::math::DVec2;
use bevy::prelude::*;

use super::camera::SceneCamera;
use super::frame::{FLOOR, Placement, Stand};
use super::landscape::{Known, Landscape};
use super::pointer::Hover;
use super::relief::Relief;
use super::rig::{Hand, NOTCH, Rig, TURN};
use super::session::SessionState;
use super::slice::Shown;
use super::taken::{Insets, Taken};
use crate::core::experiment::CameraMode;

/// Seconds that a frame of flight counts at most: a hang must not throw the eye out of the picture.
const LONGEST_FLIGHT_SECS: f64 = 0.25;

pub(super) fn steer(
    time: Res<Time>,
    keys: Res<ButtonInput<KeyCode>>,
    buttons: Res<ButtonInput<MouseButton>>,
    motion: Res<AccumulatedMouseMotion>,
    scroll: Res<AccumulatedMouseScroll>,
    taken: Res<Taken>,
    hover: Res<Hover>,
    session: Res<SessionState>,
    insets: Res<Insets>,
    landscape: Res<Landscape>,
    shown: Res<Shown>,
    placement: Res<Placement>,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
    mut rig: ResMut<Rig>,
) {
    // The rig is looked at every frame; only the pose on screen counts as its change.
    let rig = rig.bypass_change_detection();
    let grips = [MouseButton::Left, MouseButton::Right, MouseButton::Middle];
    if buttons.any_just_pressed(grips) {
        rig.is_dragging = !taken.pointer;
        rig.spin = DVec2::ZERO;
    }
    let is_held = rig.is_dragging && buttons.any_pressed(grips);
    let size = camera.and_then(|camera| camera.physical_viewport_size()).unwrap_or(UVec2::splat(720));
    let hand = Hand {
        drag: if is_held { motion.delta.as_dvec2() } else { DVec2::ZERO },
        is_left: buttons.pressed(MouseButton::Left),
        is_other: buttons.pressed(MouseButton::Right) || buttons.pressed(MouseButton::Middle),
        notches: match taken.pointer {
            true => 0.0,
            false => f64::from(match scroll.unit {
                MouseScrollUnit::Line => scroll.delta.y,
                MouseScrollUnit::Pixel => scroll.delta.y / 50.0,
            }),
        },
        pointed: hover.0.as_ref().map(|point| point.world),
        height: f64::from(insets.free(size.as_vec2()).y),
    };
    let dt = f64::from(time.delta_secs());
    match rig.mode {
        CameraMode::Orbit => rig.turn_orbit(&hand, is_held, dt),
        CameraMode::Flight => {
            rig.flight = rig.flight.looked(-0.5 * hand.drag.x * TURN, -0.5 * hand.drag.y * TURN);
            rig.speed = (rig.speed / NOTCH.powf(hand.notches)).clamp(0.05, 10.0);
            let thrust = if taken.keyboard { Vec3::ZERO } else { thrust(&keys) };
            let ground = |eye| match landscape.known() {
                _ if session.view().is_floor_open => f64::NEG_INFINITY,
                Some(known) => ground_below(eye, known, &shown, &placement),
                None => FLOOR,
            };
            rig.fly(thrust, dt.min(LONGEST_FLIGHT_SECS) as f32, ground);
        }
        CameraMode::Map => rig.move_map(&hand),
        CameraMode::Ride | CameraMode::Path => {}
    }
}

/// World height of what a flight keeps above: the surface where there is one, else the floor. Inside of a
/// block, or below a sheet, nothing would be seen.
fn ground_below(eye: [f64; 3], known: &Known, shown: &Shown, placement: &Placement) -> f64 {
    let surface = placement.get(Stand::Surface).and_then(|placed| {
        let [x, _, z] = placed.local(eye);
        let place = Relief::new(known, shown, placed).point(placed.frame.alpha(x, z))?;
        Some(placed.world(place)[1])
    });
    surface.unwrap_or(FLOOR)
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
