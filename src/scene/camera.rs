//! The camera: five ways to move it, smoothed, centred in the part of the window that no panel covers.
//!
//! | | orbit | flight | map | ride | path |
//! |---|---|---|---|---|---|
//! | left drag | turn about the target | look around | move | | |
//! | right or middle drag | move the target | look around | turn | | |
//! | wheel | to the pointer, from it | faster, slower | to the pointer, from it | | |
//! | W A S D, Q E | | fly, down and up | | | |

use bevy::camera::SubCameraView;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::input::mouse::{AccumulatedMouseMotion, AccumulatedMouseScroll, MouseScrollUnit};
use bevy::math::DVec2;
use bevy::prelude::*;

use super::floor::FLOOR;
use super::frame::{Placed, Placement, Stand, from_vec3, to_vec3};
use super::landscape::{Known, Landscape};
use super::pointer::Hover;
use super::relief::Relief;
use super::session::SessionState;
use super::slice::Shown;
use super::tour::Touring;
use super::trail::{Trail, TrailPlace, Trails};
use super::{Pacing, Stage};
use crate::core::experiment::CameraMode;
use crate::core::geometry::camera::{FOV, Pose};
use crate::core::geometry::glide::Glide;
use crate::core::geometry::path::CameraPath;

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
    mode: CameraMode,
    orbit: Pose,
    flight: Pose,
    map: Pose,
    /// The pose that ride and path want at this moment.
    led: Pose,
    /// The pose on screen, on its way to the one wanted.
    glide: Glide,
    /// About how many seconds it stays behind.
    lag: f64,
    /// Speed of flight: right, up, ahead.
    velocity: Vec3,
    /// Full speed of flight in world units a second.
    speed: f64,
    /// Speed of the orbit's turn when it was let go, in radians a second.
    spin: DVec2,
    /// Whether the button that is held was pressed over the scene.
    is_dragging: bool,
    /// Seconds along the path.
    path_secs: f64,
    /// What was last brought into view.
    framed: Option<Framed>,
    /// Width over height of what the panels left free then.
    aspect: f64,
    /// The bookmark gone to last.
    visited: u64,
}

/// What a framing depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Framed {
    /// How often it was asked for.
    framings: u64,
    /// What stands where.
    stands: [Option<[f64; 3]>; 2],
    /// From where the experiment is to be looked at first.
    eye: (f64, f64),
}

impl Default for Rig {
    fn default() -> Self {
        let orbit = Pose { target: [0.0, 0.25, 0.0], yaw: 0.62, pitch: -0.52, distance: 3.4, fov: FOV };
        Self {
            mode: CameraMode::Orbit,
            orbit,
            flight: orbit,
            map: orbit,
            led: orbit,
            glide: Glide::at(orbit),
            lag: LAG_SECS,
            velocity: Vec3::ZERO,
            speed: 0.8,
            spin: DVec2::ZERO,
            is_dragging: false,
            path_secs: 0.0,
            framed: None,
            aspect: 1.0,
            visited: 0,
        }
    }
}

impl Rig {
    /// The pose on screen.
    pub fn shown(&self) -> &Pose {
        self.glide.pose()
    }

    /// Whether the picture is on its way, or will be by itself.
    pub fn is_moving(&self) -> bool {
        self.glide != Glide::at(*self.wanted())
            || self.velocity != Vec3::ZERO
            || self.spin != DVec2::ZERO
            || self.mode == CameraMode::Path
    }

    /// Turns an orbit so that a point of the world is seen: higher over what hides it, and about it where
    /// it lies beside the picture.
    pub fn reveal(&mut self, at: [f64; 3], is_hidden: impl Fn([f64; 3]) -> bool) {
        if self.mode != CameraMode::Orbit {
            return;
        }
        let aspect = self.aspect;
        let is_beside = |pose: &Pose| pose.seen(at).is_none_or(|[x, y]| x.abs() > aspect || y.abs() > 1.0);
        let raised = self.orbit.raised(&is_hidden);
        let revealed =
            if is_beside(&raised) { Pose { target: at, ..self.orbit }.raised(&is_hidden) } else { raised };
        if revealed != self.orbit {
            (self.orbit, self.spin, self.lag) = (revealed, DVec2::ZERO, TRANSITION_SECS);
        }
    }

    fn wanted(&self) -> &Pose {
        match self.mode {
            CameraMode::Orbit => &self.orbit,
            CameraMode::Flight => &self.flight,
            CameraMode::Map => &self.map,
            CameraMode::Ride | CameraMode::Path => &self.led,
        }
    }

    fn switch(&mut self, mode: CameraMode) {
        if self.mode == mode {
            return;
        }
        match (self.mode, mode) {
            // Flight and orbit take over each other's view; whatever else leads to them is left at once.
            (CameraMode::Flight, CameraMode::Orbit) => {
                self.orbit = self.flight.retargeted(self.orbit.distance);
                self.glide.retarget(self.orbit.distance);
            }
            (_, CameraMode::Flight) => self.flight = self.shown().with_fov(FOV).turned(0.0, 0.0),
            (_, CameraMode::Path) => self.path_secs = 0.0,
            _ => {}
        }
        (self.velocity, self.spin) = (Vec3::ZERO, DVec2::ZERO);
        self.mode = mode;
        self.lag = TRANSITION_SECS;
    }

    /// In flight the target is right before the eye, so that a quick look around does not swing it.
    fn bring_target_near(&mut self) {
        let is_far = self.flight.distance > FLIGHT_TARGET;
        if self.mode == CameraMode::Flight && is_far && self.shown().fov > 0.5 * FOV {
            self.flight = self.flight.retargeted(FLIGHT_TARGET);
            self.glide.retarget(FLIGHT_TARGET);
        }
    }
}

/// Radians a dragged pixel turns.
const TURN: f64 = 0.006;
/// Factor of a wheel notch.
const NOTCH: f64 = 0.88;
/// Seconds that the picture stays behind the hand.
const LAG_SECS: f64 = 0.07;
/// Seconds that it stays behind at first on its way to another view, and in which that wears off.
const TRANSITION_SECS: f64 = 0.34;
const TRANSITION_WEARS_OFF_SECS: f64 = 0.7;
/// Seconds in which flight reaches its speed, all but a third of it.
const INERTIA_SECS: f32 = 0.18;
/// Seconds that a frame of flight counts at most: a hang must not throw the eye out of the picture.
const LONGEST_FLIGHT_SECS: f64 = 0.25;
/// Seconds in which an orbit that was let go comes to rest, all but a third of its speed.
const SPIN_SECS: f64 = 0.28;
/// Distance from the eye to its target in flight.
const FLIGHT_TARGET: f64 = 0.05;
/// World height over the ground that flight keeps.
const CLEARANCE: f64 = 0.03;

/// The systems that bring the camera up to date.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraSystems;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Rig>()
        .init_resource::<Taken>()
        .init_resource::<Insets>()
        .add_systems(Update, steer.in_set(Stage::Input))
        .add_systems(
            Update,
            (frame_all, visit, lead, glide, fit_view).chain().in_set(Stage::Draw).in_set(CameraSystems),
        );
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

/// What the hand does to the camera in a frame.
#[derive(Clone, Copy, Debug, Default)]
struct Hand {
    /// Pixels dragged.
    drag: DVec2,
    /// With which button: the left one, or another.
    is_left: bool,
    is_other: bool,
    notches: f64,
    /// What the wheel goes to.
    pointed: Option<[f64; 3]>,
    /// Height of the picture in pixels.
    height: f64,
}

pub(crate) fn steer(
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
        height: f64::from(free_size(size.as_vec2(), &insets).y),
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

impl Rig {
    fn turn_orbit(&mut self, hand: &Hand, is_held: bool, dt: f64) {
        if hand.is_left {
            let turn = -hand.drag * TURN;
            self.orbit = self.orbit.turned(turn.x, turn.y);
            if is_held && dt > 0.0 {
                // Of the last frames, so that a hand that rests before it lets go leaves no spin.
                self.spin = 0.5 * self.spin + 0.5 * turn / dt;
            }
        } else if hand.is_other {
            self.orbit = self.orbit.panned(-hand.drag.x / hand.height, hand.drag.y / hand.height);
        } else if self.spin != DVec2::ZERO {
            let turn = self.spin * dt;
            self.orbit = self.orbit.turned(turn.x, turn.y);
            let spin = self.spin * (-dt / SPIN_SECS).exp();
            self.spin = if spin.length() < 0.02 { DVec2::ZERO } else { spin };
        }
        if hand.notches != 0.0 {
            let about = hand.pointed.unwrap_or(self.orbit.target);
            self.orbit = self.orbit.zoomed(NOTCH.powf(hand.notches), about);
        }
    }

    fn move_map(&mut self, hand: &Hand) {
        if hand.is_left {
            self.map = self.map.panned(-hand.drag.x / hand.height, hand.drag.y / hand.height);
        } else if hand.is_other {
            // Straight down is beyond what an orbit reaches, and stays.
            let pitch = self.map.pitch;
            self.map = Pose { pitch, ..self.map.turned(-hand.drag.x * TURN, 0.0) };
        }
        if hand.notches != 0.0 {
            let about = hand.pointed.unwrap_or(self.map.target);
            self.map = self.map.zoomed(NOTCH.powf(hand.notches), about);
        }
    }

    /// Flies on; `ground` is the world height that is not flown through at a place.
    fn fly(&mut self, thrust: Vec3, dt: f32, ground: impl Fn([f64; 3]) -> f64) {
        let wanted = thrust * self.speed as f32;
        let velocity = self.velocity.lerp(wanted, 1.0 - (-dt / INERTIA_SECS).exp());
        // Smooth starts and stops have an end, or the picture would never hold still.
        self.velocity = if (velocity - wanted).length() < 1e-3 { wanted } else { velocity };
        if self.velocity != Vec3::ZERO {
            let [right, up, ahead] = (self.velocity * dt).to_array().map(f64::from);
            self.flight = self.flight.moved(right, up, ahead);
        }
        let eye = self.flight.eye();
        let below = ground(eye) + CLEARANCE - eye[1];
        if below > 0.0 {
            self.flight = self.flight.moved(0.0, below, 0.0);
        }
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

/// Brings everything into view: at first, when asked to, when the stands change, and when an experiment
/// comes with a place to be looked at from.
fn frame_all(
    session: Res<SessionState>,
    placement: Res<Placement>,
    camera: Option<Single<&Camera, With<SceneCamera>>>,
    insets: Res<Insets>,
    mut rig: ResMut<Rig>,
) {
    let rig = rig.bypass_change_detection();
    rig.switch(session.look().camera);
    let Some(camera) = camera.filter(|_| placement.first().is_some()) else { return };
    let eye = session.look().eye;
    let stands = Stand::ALL.map(|stand| placement.get(stand).map(|placed| placed.shift));
    let wanted = Framed { framings: session.view().framings, stands, eye };
    let Some(size) = camera.physical_viewport_size() else { return };
    let free = free_size(size.as_vec2(), &insets);
    let aspect = LEGEND_FREE * f64::from(free.x / free.y);
    let points =
        |room| -> Vec<[f64; 3]> { placement.iter().flat_map(|(_, placed)| corners(&placed, room)).collect() };
    if rig.framed == Some(wanted) {
        rig.keep_in_view(&points(LABEL_ROOM), aspect);
        return;
    }
    let before = rig.framed.replace(wanted);
    if before.is_none_or(|before| before.eye != eye) {
        rig.orbit = Pose { yaw: eye.0.to_radians(), pitch: -eye.1.to_radians(), ..rig.orbit };
    }
    rig.aspect = aspect;
    rig.orbit = Pose { fov: FOV, ..rig.orbit }.framing(&points(LABEL_ROOM), aspect);
    rig.map = Pose::map(&points(MAP_LABEL_ROOM), 0.0, aspect);
    if rig.mode == CameraMode::Flight {
        rig.flight = rig.orbit;
    }
    rig.lag = TRANSITION_SECS;
    if before.is_none() {
        rig.glide = Glide::at(*rig.wanted());
    }
}

impl Rig {
    /// As near to everything as before, in a window of another shape: a panel that opens takes room, and
    /// nothing else.
    fn keep_in_view(&mut self, points: &[[f64; 3]], aspect: f64) {
        if (aspect - self.aspect).abs() < 1e-3 * self.aspect {
            return;
        }
        let framed = |pose: &Pose, aspect| pose.framing(points, aspect).distance;
        let orbit = Pose { fov: FOV, ..self.orbit };
        self.orbit.distance *= framed(&orbit, aspect) / framed(&orbit, self.aspect);
        let map = |aspect| Pose::map(points, self.map.yaw, aspect).distance;
        self.map.distance *= map(aspect) / map(self.aspect);
        self.aspect = aspect;
        self.lag = TRANSITION_SECS;
    }
}

/// The floor of a stand with the room that its labels take, and the box above it.
fn corners(placed: &Placed, room: f64) -> Vec<[f64; 3]> {
    let [hx, hz] = placed.frame.half_extent();
    let (out_x, out_z) = (hx + room, hz + room);
    let mut points = Vec::new();
    for (x, z) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        points.push(placed.world([x * out_x, 0.0, z * out_z]));
        points.push(placed.world([x * hx, placed.top() + 0.5 * room, z * hz]));
    }
    points
}

/// Share of the picture's width that legends leave free.
const LEGEND_FREE: f64 = 0.86;

/// World length that ticks and names take beside the floor, and on a map, where nothing is foreshortened.
const LABEL_ROOM: f64 = 0.2;
const MAP_LABEL_ROOM: f64 = 0.44;

/// Goes to the bookmark asked for.
fn visit(session: Res<SessionState>, mut rig: ResMut<Rig>) {
    let Some(visit) = session.view().visit.filter(|visit| visit.number != rig.visited) else { return };
    let rig = rig.bypass_change_detection();
    rig.visited = visit.number;
    match rig.mode {
        CameraMode::Flight => rig.flight = visit.pose.with_fov(FOV),
        _ => rig.orbit = visit.pose,
    }
    (rig.lag, rig.spin) = (TRANSITION_SECS, DVec2::ZERO);
}

/// Where ride and path lead.
fn lead(
    time: Res<Time>,
    session: Res<SessionState>,
    landscape: Res<Landscape>,
    placement: Res<Placement>,
    shown: Res<Shown>,
    trails: Res<Trails>,
    touring: Res<Touring>,
    mut rig: ResMut<Rig>,
) {
    let rig = rig.bypass_change_detection();
    match rig.mode {
        CameraMode::Ride => {
            let (Some(known), Some(placed)) = (landscape.current(), placement.first()) else { return };
            let world = |path: Vec<(TrailPlace, [f64; 3])>| -> Vec<[f64; 3]> {
                path.into_iter().map(|(_, at)| placed.world(at)).collect()
            };
            let trail = trails.leader().map(|trail| world(trail.path(&placed))).unwrap_or_default();
            let subspace = &known.plan.plane.subspace;
            let planned = known.plan.trajectory.checkpoints();
            let step = trails.leader().and_then(Trail::last).map_or(0, |last| last.step);
            let ahead: Vec<[f64; 3]> = planned[planned.partition_point(|point| point.step < step)..]
                .iter()
                .take(AHEAD)
                .filter_map(|point| {
                    let place = TrailPlace::new(subspace, point);
                    placed.point(&place.alpha, place.loss).map(|at| placed.world(at))
                })
                .collect();
            if let Some(at) = trail.last().or(ahead.first()) {
                let riding = Pose::riding(&trail, *at, &ahead, rig.shown().yaw);
                // A hill between must not hide where the ride is: at the marker, or above it where the
                // marker is below the surface.
                let relief = Relief::new(known, &shown, placed);
                let local = placed.local(*at);
                let [alpha1, alpha2] = placed.frame.alpha(local[0], local[2]);
                let ground = relief.point([alpha1, alpha2]).map_or(local[1], |place| place[1]);
                let goal = placed.world([local[0], local[1].max(ground) + RIDE_CLEARANCE, local[2]]);
                rig.led = riding.raised(|eye| relief.hides(eye, goal));
            }
        }
        CameraMode::Path => {
            rig.path_secs += f64::from(time.delta_secs());
            match CameraPath::new(session.view().keys.clone()) {
                Ok(path) => {
                    if let Some(secs) = touring.path_secs() {
                        // A tour's path keeps to the tour's time.
                        rig.path_secs = secs - path.keys()[0].secs;
                    } else if rig.path_secs > path.duration() + PATH_REST_SECS {
                        // It begins again a moment after its end.
                        (rig.path_secs, rig.lag) = (0.0, TRANSITION_SECS);
                    }
                    rig.led = path.at(rig.path_secs);
                }
                // An experiment may ask for a path before there is one.
                Err(_) => rig.led = rig.orbit,
            }
        }
        CameraMode::Orbit | CameraMode::Flight | CameraMode::Map => {}
    }
}

/// Points of the trail to come that a ride looks at.
const AHEAD: usize = 64;
/// World height above the ground that a ride wants to see.
const RIDE_CLEARANCE: f64 = 0.02;
/// Seconds that a path rests at its end.
const PATH_REST_SECS: f64 = 1.5;

fn glide(
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
            now.lag = LAG_SECS + (now.lag - LAG_SECS) * (-dt / TRANSITION_WEARS_OFF_SECS).exp();
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

fn free_size(size: Vec2, insets: &Insets) -> Vec2 {
    (size - Vec2::new(insets.left + insets.right, insets.top + insets.bottom)).max(Vec2::splat(64.0))
}

/// Shifts the view so that its middle is the middle of what the panels leave free. One camera draws
/// the whole window: a second one, with a smaller viewport, would cost another pass.
fn fit_view(
    insets: Res<Insets>,
    rig: Res<Rig>,
    camera: Option<Single<(&mut Camera, &mut Projection), With<SceneCamera>>>,
) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn gap(a: [f64; 3], b: [f64; 3]) -> f64 {
        (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn flight_takes_over_what_is_seen_and_gives_it_back() {
        let mut rig = Rig::default();
        rig.orbit = rig.orbit.turned(0.3, 0.2).zoomed(1.7, [0.0; 3]);
        rig.glide = Glide::at(rig.orbit);
        for mode in [CameraMode::Flight, CameraMode::Orbit, CameraMode::Flight] {
            let before = *rig.shown();
            rig.switch(mode);
            rig.bring_target_near();
            assert!(gap(before.eye(), rig.wanted().eye()) < 1e-9, "{mode:?}");
            assert!(gap(before.eye(), rig.shown().eye()) < 1e-9);
            assert!(
                (before.yaw - rig.wanted().yaw).abs() + (before.pitch - rig.wanted().pitch).abs() < 1e-12
            );
            rig.flight = rig.flight.moved(0.1, 0.2, 0.3);
            rig.glide = Glide::at(*rig.wanted());
        }
    }

    #[test]
    fn flight_starts_and_stops_smoothly_and_stands_still_in_the_end() {
        let mut rig = Rig { mode: CameraMode::Flight, ..Rig::default() };
        let ahead = Vec3::Z;
        rig.fly(ahead, 0.016, |_| -9.0);
        assert!(rig.velocity.z > 0.0 && rig.velocity.z < 0.2 * rig.speed as f32);
        for _ in 0..200 {
            rig.fly(ahead, 0.016, |_| -9.0);
        }
        assert_eq!(rig.velocity.z, rig.speed as f32);
        for _ in 0..200 {
            rig.fly(Vec3::ZERO, 0.016, |_| -9.0);
        }
        assert_eq!(rig.velocity, Vec3::ZERO);
    }

    #[test]
    fn flight_stays_above_the_ground_and_is_lifted_over_a_hill() {
        let mut rig = Rig { mode: CameraMode::Flight, ..Rig::default() };
        let mut lowest = |thrust: Vec3, ground: f64| {
            (0..400).for_each(|_| rig.fly(thrust, 0.016, |_| ground));
            rig.flight.eye()[1] - CLEARANCE
        };
        assert!((lowest(-Vec3::Y, FLOOR) - FLOOR).abs() < 1e-9);
        assert!((lowest(Vec3::ZERO, 0.4) - 0.4).abs() < 1e-9);
        assert!(lowest(-Vec3::Y, f64::NEG_INFINITY) < -1.0, "unless there is none to it");
    }

    #[test]
    fn a_point_is_revealed_by_as_much_of_a_turn_as_it_takes() {
        let mut rig = Rig::default();
        let before = rig.orbit;
        rig.reveal(before.target, |_| false);
        assert_eq!(rig.orbit, before, "what is seen needs no turn");
        rig.reveal(before.target, |eye| eye[1] < before.eye()[1] + 0.5);
        let over = rig.orbit;
        assert!(over.eye()[1] >= before.eye()[1] + 0.5 && over.yaw == before.yaw);
        let beside = [9.0, 0.0, 0.0];
        rig.reveal(beside, |_| false);
        assert_eq!(rig.orbit, Pose { target: beside, ..over });
        rig.mode = CameraMode::Map;
        rig.reveal([0.0; 3], |_| true);
        assert_eq!(rig.orbit.target, beside, "a map shows everything");
    }

    #[test]
    fn an_orbit_that_is_let_go_spins_down() {
        let mut rig = Rig::default();
        let hand = Hand { drag: DVec2::new(10.0, 0.0), is_left: true, height: 720.0, ..Hand::default() };
        (0..5).for_each(|_| rig.turn_orbit(&hand, true, 0.02));
        let yaw = rig.orbit.yaw;
        rig.turn_orbit(&Hand::default(), false, 0.02);
        let first = (rig.orbit.yaw - yaw).abs();
        assert!(first > 0.01 && first < 10.0 * TURN, "{first}");
        (0..300).for_each(|_| rig.turn_orbit(&Hand::default(), false, 0.02));
        assert_eq!(rig.spin, DVec2::ZERO);
    }
}
