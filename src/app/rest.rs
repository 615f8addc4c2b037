//! When a window is drawn: while something moves, when somebody touches it, and when egui wants it. It rests
//! otherwise.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy::time::{TimeSystems, TimeUpdateStrategy};
use bevy::winit::{UpdateMode, WinitSettings};
use bevy_egui::{EguiContext, EguiInput, EguiInputSet, EguiPreUpdateSet, egui};

use crate::scene::motion::Motion;
use crate::ui::clock::TourClock;
use crate::ui::lectern::Lectern;

/// Lets the window rest.
pub(super) fn plugin(app: &mut App) {
    let news = drop_old_news.after(EguiInputSet::WriteEguiEvents).in_set(EguiPreUpdateSet::ProcessInput);
    app.init_resource::<Alarm>()
        .add_systems(First, tell_time.before(TimeSystems))
        .add_systems(PreUpdate, news)
        .add_systems(Last, (prepare_egui, rest_when_still).chain());
}

/// After so long a window in which nothing moves is drawn again all the same: by that it is found out
/// that the display has taken it away.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The moment at which egui is to be drawn again though nothing happens: a hint comes up where the pointer
/// rests. bevy_egui passes on what is wanted at once, and nothing that is wanted later.
#[derive(Resource, Clone, Default)]
struct Alarm(Arc<Mutex<Option<Instant>>>);

impl Alarm {
    fn set(&self, delay: Duration) {
        let Some(at) = Instant::now().checked_add(delay) else { return };
        let mut alarm = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *alarm = Some(alarm.map_or(at, |earlier| earlier.min(at)));
    }

    /// How long it is until then, at most the longest rest; what was set is over.
    fn take(&self, longest: Duration) -> Duration {
        let alarm = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        alarm.map_or(longest, |at| at.saturating_duration_since(Instant::now()).min(longest))
    }
}

/// Seconds within which a press and its release are a click for egui: not every hand, nor every machine,
/// is quick.
const LONGEST_CLICK_SECS: f64 = 3.0;

/// Has egui set the alarm, and be patient.
fn prepare_egui(alarm: Res<Alarm>, mut contexts: Query<&mut EguiContext, Added<EguiContext>>) {
    for mut context in &mut contexts {
        let (ctx, alarm) = (context.get_mut(), alarm.clone());
        ctx.set_request_repaint_callback(move |info| alarm.set(info.delay));
        ctx.options_mut(|options| options.input_options.max_click_duration = LONGEST_CLICK_SECS);
    }
}

/// A window is drawn when something moves, when somebody touches it, and when egui wants it; it rests
/// otherwise. Beside the presenter's clock it rests from one second to the next: egui, asked to draw a clock
/// again in a second, would have all be drawn again at once.
fn rest_when_still(
    motion: Res<Motion>,
    alarm: Res<Alarm>,
    lectern: Option<Single<(), With<Lectern>>>,
    clock: Res<TourClock>,
    time: Res<Time<Real>>,
    mut settings: ResMut<WinitSettings>,
) {
    let now = time.last_update().map_or(time.elapsed(), |last| time.elapsed() + last.elapsed());
    let rest = alarm.take(lectern.map_or(HEARTBEAT, |_| clock.until_tick(now)));
    let mode = if motion.0 { UpdateMode::Continuous } else { UpdateMode::reactive(rest) };
    (settings.focused_mode, settings.unfocused_mode) = (mode, mode);
}

/// Bevy's frames go by the time at which the renderer was done with the one before. For a frame that
/// follows upon a rest that is long ago: a button pressed in it would count as held ever since when it is
/// let go in the next, and no such press is a click.
fn tell_time(mut strategy: ResMut<TimeUpdateStrategy>) {
    *strategy = TimeUpdateStrategy::ManualInstant(Instant::now());
}

/// bevy_egui tells egui in every frame which modifier keys are held, and egui wants another frame after
/// whatever it is told: a window would never rest. Only a change is news.
///
/// And a letter that was pressed with Ctrl is no text, though Ctrl was let go within the same frame.
fn drop_old_news(mut inputs: Query<&mut EguiInput>, mut told: Local<egui::Modifiers>) {
    let mut held = *told;
    for mut input in &mut inputs {
        let last = input.events.iter().rev().find_map(|event| match event {
            egui::Event::ModifiersChanged(modifiers) => Some(*modifiers),
            _ => None,
        });
        held = last.unwrap_or(held);
        let is_let_go = told.ctrl && !told.alt && !held.ctrl;
        input.events.retain(|event| match event {
            egui::Event::ModifiersChanged(modifiers) => *modifiers != *told,
            egui::Event::Text(_) => !is_let_go,
            _ => true,
        });
    }
    *told = held;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_pressed_with_ctrl_is_no_text_however_slow_the_frame() {
        let mut app = App::new();
        app.add_systems(Update, drop_old_news);
        let input = app.world_mut().spawn(EguiInput::default()).id();
        let mut left_of = |ctrl: bool, text: &str| {
            let modifiers = egui::Modifiers { ctrl, ..egui::Modifiers::NONE };
            let events = vec![egui::Event::Text(text.to_owned()), egui::Event::ModifiersChanged(modifiers)];
            app.world_mut().get_mut::<EguiInput>(input).unwrap().events = events;
            app.update();
            app.world().get::<EguiInput>(input).unwrap().events.len()
        };
        assert_eq!(left_of(false, "a"), 1, "the text; that nothing is held is no news");
        assert_eq!(left_of(true, "pasted"), 2, "with Ctrl held what comes as text was pasted");
        assert_eq!(left_of(true, "pasted"), 1);
        assert_eq!(left_of(false, "p"), 1, "the news that Ctrl was let go");
        assert_eq!(left_of(false, "a"), 1, "a letter again");
    }

    #[test]
    fn an_alarm_is_the_earliest_of_those_set_and_rings_once() {
        let (alarm, longest) = (Alarm::default(), Duration::from_secs(5));
        assert_eq!(alarm.take(longest), longest, "nobody wants anything");
        for secs in [3, 1, 2] {
            alarm.set(Duration::from_secs(secs));
        }
        let rest = alarm.take(longest);
        assert!(rest <= Duration::from_secs(1) && rest > Duration::ZERO, "{rest:?}");
        assert_eq!(alarm.take(longest), longest);
        alarm.set(Duration::MAX);
        assert_eq!(alarm.take(longest), longest, "never");
    }
}
