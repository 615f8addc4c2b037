//! Builds the Bevy app, with a window or without, and runs it.

#[cfg(feature = "desktop")]
pub mod desktop;
#[cfg(feature = "desktop")]
pub mod device;
#[cfg(all(feature = "desktop", target_os = "linux"))]
pub mod display;
mod lectern;
mod log;
mod rest;
pub mod screen;
#[cfg(feature = "desktop")]
pub mod stage;
pub mod window;

#[cfg(feature = "desktop")]
use anyhow::Result;
use bevy::app::{PluginGroupBuilder, TaskPoolPlugin};
use bevy::asset::AssetEventSystems;
use bevy::camera::CameraUpdateSystems;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::pipelined_rendering::PipelinedRenderingPlugin;
use bevy::render::renderer::RenderAdapterInfo;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::ExitCondition;
use bevy::winit::WinitPlugin;
use bevy_egui::{EguiGlobalSettings, EguiPlugin, EguiPostUpdateSet};

use crate::core::experiment::Experiment;
use crate::scene::{self, session};
use crate::ui;

/// What is drawn over the scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// Ticks, names and legend.
    Labels,
    /// These and the panels.
    Panels,
}

/// An app that draws to images and is driven frame by frame from outside.
///
/// # Errors
/// If there is no graphics device.
#[cfg(feature = "desktop")]
pub fn headless(experiment: Experiment, overlay: Overlay) -> Result<App> {
    device::require()?;
    let render = RenderPlugin { synchronous_pipeline_compilation: true, ..default() };
    Ok(windowless(experiment, overlay, plugins().set(render)))
}

/// The same app in all but one thing: nothing is drawn. What is left is what it costs us, for tests and
/// benches on any machine.
pub fn undrawn(experiment: Experiment, overlay: Overlay) -> App {
    windowless(experiment, overlay, undrawing_plugins())
}

fn undrawing_plugins() -> PluginGroupBuilder {
    let settings = WgpuSettings { backends: None, ..default() };
    let render = RenderPlugin { render_creation: RenderCreation::Automatic(Box::new(settings)), ..default() };
    plugins().set(render).disable::<LogPlugin>()
}

fn windowless(experiment: Experiment, overlay: Overlay, plugins: PluginGroupBuilder) -> App {
    let mut app = App::new();
    app.add_plugins((windowless_plugins(plugins), EguiPlugin::default(), scene::plugin));
    match overlay {
        Overlay::Labels => app.add_plugins(ui::labels_plugin),
        Overlay::Panels => app.add_plugins(ui::plugin),
    };
    fit_overlay(&mut app);
    begin(&mut app, experiment);
    app
}

fn windowless_plugins(plugins: PluginGroupBuilder) -> PluginGroupBuilder {
    let window = WindowPlugin { primary_window: None, exit_condition: ExitCondition::DontExit, ..default() };
    // A frame is drawn before the next one begins, so that what is captured is what was asked for.
    plugins.set(window).disable::<WinitPlugin>().disable::<PipelinedRenderingPlugin>()
}

/// An app without renderer and window: session, training and slices alone, for tests and benches.
pub fn bare(experiment: Experiment, pacing: scene::Pacing) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, scene::computing));
    app.insert_resource(pacing);
    begin(&mut app, experiment);
    app
}

/// Begins a session. Files that it comes to name are this machine's.
fn begin(app: &mut App, experiment: Experiment) {
    #[cfg(feature = "desktop")]
    let experiment = experiment.with_sources(&crate::disk::sources());
    session::begin(app, experiment);
}

/// Bevy's own plugins.
fn plugins() -> PluginGroupBuilder {
    DefaultPlugins.build().set(TaskPoolPlugin::default()).set(log::plugin())
}

/// Fits the overlay into the frame.
///
/// The scene's camera carries it; egui must not choose one by itself. It is laid out where that camera
/// looks in this frame, and the glyphs that it draws for the first time are news of this frame too: told
/// of in the next, they would be missing from this one.
fn fit_overlay(app: &mut App) {
    app.world_mut().resource_mut::<EguiGlobalSettings>().auto_create_primary_context = false;
    app.configure_sets(
        PostUpdate,
        (
            EguiPostUpdateSet::EndPass.after(CameraUpdateSystems).after(TransformSystems::Propagate),
            EguiPostUpdateSet::PostProcessOutput.before(AssetEventSystems),
        ),
    );
}

/// Four samples a pixel where a graphics processor draws; none where the processor does, since they
/// would triple the time of a frame.
pub fn msaa_for(adapter: &RenderAdapterInfo) -> Msaa {
    match adapter.device_type {
        wgpu::DeviceType::Cpu => Msaa::Off,
        _ => Msaa::Sample4,
    }
}

#[cfg(test)]
mod tests {
    use std::any::TypeId;
    use std::collections::{BTreeMap, BTreeSet};

    use bevy::ecs::component::ComponentId;
    use bevy::ecs::schedule::graph::Direction;
    use bevy::ecs::schedule::{InternedScheduleLabel, NodeId, Schedule, Schedules, SystemKey};
    use bevy::winit::WinitSettings;

    use super::*;
    use crate::core::experiment::ExperimentFile;

    /// An app with all systems that a window has, and their schedules.
    struct Built(App);

    impl Built {
        fn with(more: impl FnOnce(&mut App)) -> Self {
            let mut app = undrawn(Experiment::new(ExperimentFile::default()).unwrap(), Overlay::Panels);
            app.init_resource::<WinitSettings>();
            app.add_plugins((
                rest::plugin,
                screen::plugin(screen::Share::All),
                window::closing,
                lectern::plugin,
            ));
            more(&mut app);
            Self::initialized(app)
        }

        /// The same without anything of ours.
        fn bare() -> Self {
            let mut app = App::new();
            app.add_plugins((windowless_plugins(undrawing_plugins()), EguiPlugin::default()));
            Self::initialized(app)
        }

        fn initialized(mut app: App) -> Self {
            app.finish();
            app.cleanup();
            let world = app.world_mut();
            let labels = world.resource::<Schedules>().iter().map(|(_, schedule)| schedule.label());
            for label in labels.collect::<Vec<InternedScheduleLabel>>() {
                world.schedule_scope(label, |world, schedule| schedule.initialize(world).unwrap());
            }
            Self(app)
        }

        fn schedules(&self) -> impl Iterator<Item = (String, &Schedule)> {
            self.0
                .world()
                .resource::<Schedules>()
                .iter()
                .map(|(label, schedule)| (format!("{label:?}"), schedule))
        }

        fn systems(&self) -> BTreeSet<TypeId> {
            let all = self.schedules().flat_map(|(_, schedule)| schedule.systems().unwrap());
            all.map(|(_, system)| system.system_type()).collect()
        }

        fn components(&self) -> BTreeSet<TypeId> {
            let all = self.0.world().components().iter_registered();
            all.filter_map(|info| info.type_id()).collect()
        }
    }

    /// The sets that a system is in, which tell which one it is: systems have no names in this build.
    fn sets(schedule: &Schedule, system: SystemKey) -> Vec<String> {
        let graph = schedule.graph();
        let parents = graph.hierarchy().neighbors_directed(NodeId::System(system), Direction::Incoming);
        let set = |node| match node {
            NodeId::Set(set) => graph.system_sets.get(set).map(|set| format!("{set:?}")),
            NodeId::System(_) => None,
        };
        parents.filter_map(set).collect()
    }

    /// The pairs of our systems that meet over anything without an order, in words; and how many systems are ours.
    fn met(bare: &Built, built: &Built) -> (usize, Vec<String>) {
        let (their_systems, their_components) = (bare.systems(), bare.components());
        let components = built.0.world().components();
        let is_our_component = |id: &ComponentId| {
            let of = components.get_info(*id).and_then(|info| info.type_id());
            of.is_some_and(|of| !their_components.contains(&of))
        };
        let (mut count, mut met) = (0, Vec::new());
        for (name, schedule) in built.schedules() {
            let systems: BTreeMap<SystemKey, TypeId> =
                schedule.systems().unwrap().map(|(key, system)| (key, system.system_type())).collect();
            let is_ours = |key: &SystemKey| systems.get(key).is_some_and(|of| !their_systems.contains(of));
            count += systems.keys().filter(|key| is_ours(key)).count();
            for (a, b, over) in schedule.graph().conflicting_systems().iter() {
                if is_ours(a) && is_ours(b) || over.iter().any(is_our_component) {
                    let sets = [a, b].map(|system| sets(schedule, *system));
                    met.push(format!("{name}: {sets:?} over {over:?}"));
                }
            }
        }
        (count, met)
    }

    #[test]
    fn no_two_of_our_systems_meet_over_anything_without_an_order() {
        let bare = Built::bare();
        let (count, found) = met(&bare, &Built::with(|_| {}));
        assert!(count > 60, "our systems are there: {count}");
        assert!(found.is_empty(), "{} pairs without an order:\n{}", found.len(), found.join("\n"));
        let unordered = Built::with(|app| {
            app.add_systems(Update, |mut desk: ResMut<ui::Desk>| desk.is_blank = true);
        });
        assert!(!met(&bare, &unordered).1.is_empty(), "one without an order is seen");
    }
}
