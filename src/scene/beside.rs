//! The second side of a comparison: its session follows from the one that a person decides on, and its training from
//! where the first one's is.

use bevy::gizmos::GizmoAsset;
use bevy::gizmos::retained::Gizmo;
use bevy::prelude::*;

use super::Step;
use super::frame::{Placement, Stand};
use super::isosurface::Iso;
use super::landscape::Landscape;
use super::levels::Levels;
use super::lowest::Lowest;
use super::readout::Readout;
use super::session::SessionState;
use super::side::{On, Second};
use super::slice::Shown;
use super::trail::Trails;
use super::training::Training;

pub(super) fn plugin(app: &mut App) {
    app.add_systems(Update, follow_session.in_set(Step::Beside))
        .add_systems(Update, follow_training.in_set(Step::Abreast));
}

/// Whoever shows two landscapes has a session for the second; when it is gone, so is all that followed from it.
fn follow_session(
    mut commands: Commands,
    session: Res<SessionState>,
    second: Option<Res<SessionState<Second>>>,
    mut roots: Query<&mut Visibility, (With<Stand>, With<On<Second>>, Without<ChildOf>)>,
    lines: Query<&Gizmo, With<On<Second>>>,
    gizmos: Option<ResMut<Assets<GizmoAsset>>>,
) {
    if !session.is_changed() {
        return;
    }
    let beside = session.beside();
    let wanted = if beside.is_some() { Visibility::Inherited } else { Visibility::Hidden };
    roots.iter_mut().for_each(|mut visibility| {
        visibility.set_if_neq(wanted);
    });
    if let Some(mut gizmos) = gizmos.filter(|_| beside.is_none() && second.is_some()) {
        // Lines know of no visibility.
        for line in &lines {
            if let Some(mut line) = gizmos.get_mut(&line.handle) {
                line.clear();
            }
        }
    }
    match beside {
        Some(beside) => commands.insert_resource(SessionState::<Second>::new(beside)),
        None if second.is_some() => forget(&mut commands),
        None => {}
    }
}

fn forget(commands: &mut Commands) {
    commands.remove_resource::<SessionState<Second>>();
    commands.insert_resource(Landscape::<Second>::default());
    commands.insert_resource(Training::<Second>::default());
    commands.insert_resource(Shown::<Second>::default());
    commands.insert_resource(Placement::<Second>::default());
    commands.insert_resource(Readout::<Second>::default());
    commands.insert_resource(Lowest::<Second>::default());
    commands.insert_resource(Levels::<Second>::default());
    commands.insert_resource(Trails::<Second>::default());
    commands.insert_resource(Iso::<Second>::default());
}

/// The runs of the second are where those of the first are, by what both go by.
fn follow_training(
    first: Res<SessionState>,
    training: Res<Training>,
    mut second: ResMut<SessionState<Second>>,
) {
    let step = |id| training.runs().iter().find(|run| run.id() == Some(id)).map(|run| run.step());
    let at = |id| Some(first.experiment().step_beside(step(id)?));
    second.bypass_change_detection().0.hold(at);
}
