//! The pointer on the surface: what lies under it, a light cross there, and the point that a click
//! chooses.

use bevy::ecs::system::SystemParam;
use bevy::gizmos::GizmoAsset;
use bevy::gizmos::config::GizmoLineConfig;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;
use bevy::window::PrimaryWindow;

use super::Step;
use super::camera::SceneCamera;
use super::frame::{Placed, Placement, Stand, Stands, from_vec3, to_vec3};
use super::landscape::{Known, Landscape};
use super::relief::Relief;
use super::session::{Ask, SessionState};
use super::side::{First, On, Second, Side};
use super::slice::Shown;
use super::taken::Taken;
use super::theme::{Palette, Weight};
use super::tour::Touring;
use crate::core::command::{Command, ViewCommand};
use crate::core::geometry::picking::Ray;

/// The point of the surface under the pointer.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Hover(pub Option<HoverPoint>);

/// A point of the surface.
#[derive(Clone, Debug, PartialEq)]
pub struct HoverPoint {
    /// Its place in the slice, `[k]`: the plane's alpha3 with it.
    pub alpha: Vec<f64>,
    /// The loss there.
    pub loss: f64,
    /// Whether that was evaluated there; otherwise it is the picture's.
    pub is_evaluated: bool,
    /// World position.
    pub world: [f64; 3],
    /// On which stand.
    pub stand: Stand,
    /// Of which side: its number.
    pub side: usize,
}

impl HoverPoint {
    /// The point under a ray of the world, the nearest of a side's stands.
    pub fn under<S: Side>(
        ray: &Ray,
        known: &Known,
        shown: &Shown<S>,
        placement: &Placement<S>,
    ) -> Option<Self> {
        let hits = placement.iter().filter_map(|(stand, placed)| {
            let relief = Relief::new(known, shown, placed);
            let hit = relief.pick(ray)?;
            let drawn = relief.loss(hit.alpha).unwrap_or(f64::NAN);
            Some((hit, stand, drawn))
        });
        let (hit, stand, drawn) = hits.min_by(|a, b| a.0.distance.total_cmp(&b.0.distance))?;
        let mut alpha = hit.alpha.to_vec();
        if known.plan.plane.subspace.k() > 2 {
            alpha.push(shown.alpha3);
        }
        let (loss, is_evaluated) = value_at(known, &alpha).map_or((drawn, false), |loss| (loss, true));
        Some(Self { alpha, loss, is_evaluated, world: hit.world, stand, side: S::NUMBER })
    }
}

/// What is to be seen of a side.
#[derive(SystemParam)]
struct Seen<'w, S: Side> {
    landscape: Res<'w, Landscape<S>>,
    shown: Res<'w, Shown<S>>,
    placement: Res<'w, Placement<S>>,
}

impl<S: Side> Seen<'_, S> {
    fn under(&self, ray: &Ray) -> Option<HoverPoint> {
        HoverPoint::under(ray, self.landscape.current()?, &self.shown, &self.placement)
    }
}

/// Multiply-adds that one evaluation may take to be done in a frame, about a millisecond's worth.
const AFFORDABLE: usize = 2_000_000;

/// What the surface shows at a point of the slice, where it takes no time to find out.
pub fn value_at(known: &Known, alpha: &[f64]) -> Option<f64> {
    let plan = &known.plan;
    if let Some(slice) = &plan.imported {
        // Its parameters are the coordinates themselves.
        return Some(slice.table.value(&plan.plane.subspace.lift(alpha)));
    }
    let measure = plan.measure.as_ref()?;
    (measure.cost() <= AFFORDABLE).then(|| measure.value(&plan.plane.subspace.lift(alpha)))
}

/// How long the pointer has been where it is, before an audience.
#[derive(Resource, Default)]
pub struct Rest {
    at: Option<Vec2>,
    secs: f32,
}

/// Seconds that a pointer rests before it has nothing more to tell an audience.
const REST_SECS: f32 = 1.0;

impl Rest {
    /// Whether it still points at something for its audience.
    pub fn is_pointing(&self) -> bool {
        self.at.is_some() && !self.is_over()
    }

    fn is_over(&self) -> bool {
        self.secs >= REST_SECS
    }

    fn follow(&mut self, at: Option<Vec2>, is_pressed: bool, secs: f32) {
        self.secs = if self.at == at && !is_pressed { self.secs + secs } else { 0.0 };
        self.at = at;
    }
}

#[derive(Component)]
struct Cross;

pub(super) fn plugin(app: &mut App) {
    app.init_resource::<Hover>()
        .init_resource::<Rest>()
        .add_systems(Update, (point, click).chain().in_set(Step::Point));
}

pub(super) fn side<S: Side>(app: &mut App) {
    app.add_systems(Startup, spawn_crosses::<S>)
        .add_systems(Update, draw_crosses::<S>.in_set(Step::Crosses.of::<S>()));
}

fn spawn_crosses<S: Side>(
    mut commands: Commands,
    stands: Res<Stands<S>>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
) {
    for stand in Stand::ALL {
        commands.spawn((
            Cross,
            stand,
            stands.on(stand),
            Gizmo {
                handle: gizmos.add(GizmoAsset::new()),
                line_config: GizmoLineConfig { width: 1.6, ..default() },
                // Lines in the surface would flicker with it.
                depth_bias: -0.002,
            },
        ));
    }
}

fn point(
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    camera: Option<Single<(&Camera, &GlobalTransform), With<SceneCamera>>>,
    taken: Res<Taken>,
    buttons: Res<ButtonInput<MouseButton>>,
    (first, second): (Seen<First>, Seen<Second>),
    time: Res<Time<Real>>,
    touring: Res<Touring>,
    weight: Res<Weight>,
    mut rest: ResMut<Rest>,
    mut hover: ResMut<Hover>,
) {
    let cursor = window.and_then(|window| window.cursor_position()).filter(|_| !taken.pointer);
    let has_audience = touring.player().is_some() || weight.lecture > 1.0;
    let is_pressed = buttons.get_pressed().next().is_some();
    rest.follow(cursor.filter(|_| has_audience), is_pressed, time.delta_secs());
    let cursor = cursor.filter(|_| !(has_audience && rest.is_over()));
    // While the camera is dragged the point it was taken hold of is no news.
    let is_dragging = is_pressed && !buttons.any_just_pressed([MouseButton::Left]);
    if is_dragging && hover.0.is_some() {
        return;
    }
    let point = cursor.zip(camera).and_then(|(cursor, camera)| {
        let (camera, transform) = camera.into_inner();
        let ray = ray_through(camera, transform, cursor)?;
        let far = |point: &HoverPoint| to_vec3(point.world).distance_squared(to_vec3(ray.origin));
        let points = [first.under(&ray), second.under(&ray)].into_iter().flatten();
        points.min_by(|a, b| far(a).total_cmp(&far(b)))
    });
    hover.set_if_neq(Hover(point));
}

/// The ray through a point of the screen, in points.
pub fn ray_through(camera: &Camera, transform: &GlobalTransform, at: Vec2) -> Option<Ray> {
    let ray = camera.viewport_to_world(transform, at).ok()?;
    // From the eye itself: from the near plane a map's ray would begin a hundred units away, rounded.
    Some(Ray { origin: from_vec3(transform.translation()), direction: from_vec3(*ray.direction) })
}

/// Pixels within which a press and its release are a click, however long it took: not every hand, nor
/// every machine, is quick.
const CLICK_PIXELS: f32 = 4.0;

/// Where the button went down over the scene.
#[derive(Default)]
struct Press(Option<Vec2>);

fn click(
    window: Option<Single<&Window, With<PrimaryWindow>>>,
    buttons: Res<ButtonInput<MouseButton>>,
    taken: Res<Taken>,
    hover: Res<Hover>,
    session: Res<SessionState>,
    mut press: Local<Press>,
    mut ask: MessageWriter<Ask>,
) {
    let Some(cursor) = window.and_then(|window| window.cursor_position()) else { return };
    if buttons.just_pressed(MouseButton::Left) {
        press.0 = (!taken.pointer).then_some(cursor);
    }
    if !buttons.just_released(MouseButton::Left) {
        return;
    }
    if press.0.take().is_some_and(|at| cursor.distance(at) <= CLICK_PIXELS) {
        let alpha = hover.0.as_ref().map(|point| point.alpha.clone());
        let is_beside = hover.0.as_ref().is_some_and(|point| point.side != First::NUMBER);
        let (selected, select): (_, fn(_) -> ViewCommand) = match is_beside {
            false => (&session.view().selected, ViewCommand::Select),
            true => (&session.view().selected_beside, ViewCommand::SelectBeside),
        };
        if alpha != *selected {
            ask.write(Ask(Command::View(select(alpha))));
        }
    }
}

/// World length of a cross's arms, and its points along each.
const ARM: f64 = 0.11;
const ARM_POINTS: usize = 12;

fn draw_crosses<S: Side>(
    hover: Res<Hover>,
    session: Res<SessionState<S>>,
    landscape: Res<Landscape<S>>,
    shown: Res<Shown<S>>,
    placement: Res<Placement<S>>,
    palette: Res<Palette>,
    crosses: Query<(&Stand, &Gizmo), (With<Cross>, With<On<S>>)>,
    mut gizmos: ResMut<Assets<GizmoAsset>>,
    mut chosen: Local<Option<Vec<f64>>>,
) {
    let selected = session.view().selected.clone();
    let is_changed = hover.is_changed() || *chosen != selected || shown.is_changed() || palette.is_changed();
    if !(is_changed || landscape.is_changed() || placement.is_changed()) {
        return;
    }
    *chosen = selected;
    let Some(known) = landscape.known() else { return };
    for (stand, gizmo) in &crosses {
        let Some(mut lines) = gizmos.get_mut(&gizmo.handle) else { continue };
        lines.clear();
        let Some(placed) = placement.get(*stand) else { continue };
        let relief = Relief::new(known, &shown, placed);
        if let Some(point) = hover.0.as_ref().filter(|point| point.side == S::NUMBER) {
            draw_cross(&mut lines, &relief, &placed, &point.alpha, ARM, palette.pointer);
        }
        if let Some(alpha) = &*chosen {
            draw_cross(&mut lines, &relief, &placed, alpha, 0.5 * ARM, palette.pointer);
            if let Some(foot) = relief.point([alpha[0], alpha[1]]).map(to_vec3) {
                lines.line(foot, foot + Vec3::Y * ARM as f32, palette.pointer);
            }
        }
    }
}

/// A cross that lies on the surface, along both axes.
fn draw_cross<S: Side>(
    lines: &mut GizmoAsset,
    relief: &Relief<S>,
    placed: &Placed,
    alpha: &[f64],
    arm: f64,
    color: Color,
) {
    let reach = arm / placed.frame.world_per_alpha();
    for axis in 0..2 {
        let points = (0..=2 * ARM_POINTS).filter_map(|i| {
            let mut at = [alpha[0], alpha[1]];
            at[axis] += reach * (i as f64 / ARM_POINTS as f64 - 1.0);
            relief.point(at).map(|place| to_vec3(place) + Vec3::Y * 0.003)
        });
        lines.linestrip(points.collect::<Vec<_>>(), color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_has_pointed_after_a_second_of_rest_and_does_again_when_it_moves_or_presses() {
        let mut rest = Rest::default();
        let here = Some(Vec2::new(3.0, 4.0));
        let mut points = |at, is_pressed, secs| {
            rest.follow(at, is_pressed, secs);
            rest.is_pointing()
        };
        assert!(!points(None, false, 9.0), "there is none");
        assert!(points(here, false, 9.0), "it came");
        assert!(points(here, false, 0.6));
        assert!(!points(here, false, 0.6));
        assert!(points(here, true, 0.1), "a click is seen where it falls");
        assert!(!points(here, false, 1.0));
        assert!(points(Some(Vec2::ZERO), false, 1.0));
    }
}
