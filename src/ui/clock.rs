//! How long the tour that is on has taken, by the clock on the wall: holds, rests and slow frames count.

use std::time::Duration;

use bevy::prelude::*;

use super::act::{DeskAct, TourAct};
use crate::scene::tour::{Presenter, Touring};

/// The presenter's clock.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TourClock {
    began: Option<Duration>,
}

impl TourClock {
    /// How long the tour has taken at that time of the program; nothing without a tour.
    pub fn read(&self, now: Duration) -> Duration {
        self.began.map_or(Duration::ZERO, |began| now.saturating_sub(began))
    }

    /// How long it is until the clock shows another second.
    pub fn until_tick(&self, now: Duration) -> Duration {
        Duration::from_secs(1) - Duration::from_nanos(self.read(now).subsec_nanos().into())
    }
}

/// Begins with a tour, and anew where the presenter says so.
pub(super) fn keep_clock(
    time: Res<Time<Real>>,
    touring: Res<Touring>,
    mut said: MessageReader<Presenter>,
    mut acts: MessageReader<DeskAct>,
    mut clock: ResMut<TourClock>,
) {
    let is_begun = said.read().filter(|word| matches!(word, Presenter::Begin(_))).count() > 0;
    let is_set = acts.read().filter(|act| **act == DeskAct::Tour(TourAct::Clock)).count() > 0;
    let began = match (touring.player(), clock.began) {
        (None, _) => None,
        (Some(_), Some(began)) if !is_begun && !is_set => Some(began),
        (Some(_), _) => Some(time.elapsed()),
    };
    clock.set_if_neq(TourClock { began });
}

/// Minutes and seconds, with hours where there are some: 4:07, 1:04:07.
pub fn clock_text(secs: u64) -> String {
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    match hours {
        0 => format!("{minutes}:{secs:02}"),
        _ => format!("{hours}:{minutes:02}:{secs:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::script::{Audience, builtin};
    use bevy::time::{TimePlugin, TimeUpdateStrategy};

    #[test]
    fn a_clock_tells_minutes_and_seconds_and_hours_where_there_are_some() {
        assert_eq!(
            [0, 59, 60, 247, 3599, 3600, 3847].map(clock_text),
            ["0:00", "0:59", "1:00", "4:07", "59:59", "1:00:00", "1:04:07"]
        );
    }

    #[test]
    fn the_clock_begins_with_a_tour_ends_with_it_and_begins_anew_when_told() {
        let mut app = App::new();
        app.add_plugins(TimePlugin).init_resource::<Touring>().init_resource::<TourClock>();
        app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(700)));
        app.add_message::<Presenter>().add_message::<DeskAct>().add_systems(Update, keep_clock);
        let shown = |app: &mut App, frames: u32| {
            (0..frames).for_each(|_| app.update());
            let (clock, time) = (app.world().resource::<TourClock>(), app.world().resource::<Time<Real>>());
            let left = clock.until_tick(time.elapsed());
            assert!(left > Duration::ZERO && left <= Duration::from_secs(1));
            clock.read(time.elapsed()).as_millis()
        };
        assert_eq!(shown(&mut app, 5), 0, "no tour is on");
        let tour = builtin::load("descent").unwrap().unwrap();
        crate::scene::tour::begin(&mut app, tour.clone(), Audience::Live, true);
        assert_eq!(shown(&mut app, 4), 2100);
        app.world_mut().write_message(DeskAct::Tour(TourAct::Clock));
        assert_eq!(shown(&mut app, 1), 0);
        assert_eq!(shown(&mut app, 2), 1400);
        app.world_mut().write_message(Presenter::Begin(Box::new(tour)));
        assert_eq!(shown(&mut app, 2), 700, "another tour is another clock");
        app.insert_resource(Touring::default());
        assert_eq!(shown(&mut app, 3), 0);
    }
}
