//! The desk: what of the overlay is the person's own and no part of the session.

use bevy::prelude::Resource;
use bevy_egui::egui;
use serde::{Deserialize, Serialize};

use super::act::{DeskAct, TourAct};
use super::charts::Pointed;
#[cfg(feature = "desktop")]
use super::desktop::FileDesk;
use super::view::PanelView;
use crate::core::command::{Command, RunCommand};
use crate::core::experiment::{ChartKind, ViewFile};

/// What stays from one day to the next is written to the preferences; the rest begins anew.
#[derive(Resource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Desk {
    /// The charts that were open last: an experiment that opens none begins with them.
    pub charts: Vec<ChartKind>,
    /// Whether their losses were on a logarithmic scale.
    pub is_log: bool,
    /// Size of everything in the overlay; 1 is as the system has it.
    pub zoom: f32,
    /// Width and height of the window in points, as it was left.
    pub window: Option<[u32; 2]>,
    /// Large text and no panels, for a lecture.
    #[serde(skip)]
    pub is_lecture: bool,
    /// Nothing is shown at all.
    #[serde(skip)]
    pub is_blank: bool,
    /// Whether the window takes the whole screen.
    #[serde(skip)]
    pub is_fullscreen: bool,
    /// Whether the presenter's window is open where a tour is on.
    #[serde(skip)]
    pub is_lectern_open: bool,
    /// Whether the panels are about the second of two landscapes.
    #[serde(skip)]
    pub is_second: bool,
    /// What is asked of others, in this order; it is passed on as messages.
    #[serde(skip)]
    pub asked: Vec<DeskAct>,
    /// What moved when everything was held.
    #[serde(skip)]
    pub frozen: Option<Frozen>,
    /// Whether the keys are being told.
    #[serde(skip)]
    pub is_help_open: bool,
    /// What was typed to find a command, while one is looked for.
    #[serde(skip)]
    pub sought: Option<String>,
    /// The place in a chart that the pointer is at.
    #[serde(skip)]
    pub pointed: Option<Pointed>,
    /// What has to do with files.
    #[cfg(feature = "desktop")]
    #[serde(skip)]
    pub files: FileDesk,
    /// What became of the last errand, in words: what was written, and where; or why not.
    #[serde(skip)]
    pub notice: Option<Result<String, String>>,
}

/// What moved when everything was held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Frozen {
    /// Training.
    pub is_training: bool,
    /// The plane.
    pub is_sweeping: bool,
}

/// How much larger everything is in a lecture.
pub const LECTURE_ZOOM: f32 = 1.6;
/// Sizes that a person may choose.
pub const ZOOMS: std::ops::RangeInclusive<f32> = 0.8..=2.5;

/// Points that panels and a picture beside them take at least.
const LEAST_SCREEN: egui::Vec2 = egui::vec2(960.0, 540.0);

impl Default for Desk {
    fn default() -> Self {
        Self {
            charts: Vec::new(),
            is_log: true,
            zoom: 1.0,
            window: None,
            is_lecture: false,
            is_blank: false,
            is_fullscreen: false,
            is_lectern_open: false,
            is_second: false,
            asked: Vec::new(),
            frozen: None,
            is_help_open: false,
            sought: None,
            pointed: None,
            #[cfg(feature = "desktop")]
            files: FileDesk::default(),
            notice: None,
        }
    }
}

impl Desk {
    /// Does something with the desk; what is for others to do is asked of them.
    pub fn act(&mut self, act: DeskAct) {
        match act {
            DeskAct::Lecture => self.is_lecture = !self.is_lecture,
            DeskAct::Blank => self.is_blank = !self.is_blank,
            // One at a time: none is drawn over another.
            DeskAct::Help => (self.is_help_open, self.sought) = (!self.is_help_open, None),
            DeskAct::Palette => {
                let sought = if self.sought.is_some() { None } else { Some(String::new()) };
                (self.is_help_open, self.sought) = (false, sought);
                #[cfg(feature = "desktop")]
                {
                    self.files.shot = None;
                }
            }
            DeskAct::Larger => self.zoom_by(1.0),
            DeskAct::Smaller => self.zoom_by(-1.0),
            DeskAct::Fullscreen => self.is_fullscreen = !self.is_fullscreen,
            DeskAct::Tour(TourAct::Lectern) => self.is_lectern_open = !self.is_lectern_open,
            #[cfg(feature = "desktop")]
            DeskAct::Errand(_) => {
                (self.is_help_open, self.sought) = (false, None);
                self.asked.push(act);
            }
            #[cfg(feature = "desktop")]
            DeskAct::Studio(_) => self.asked.push(act),
            DeskAct::Freeze | DeskAct::Tour(_) => self.asked.push(act),
        }
    }

    /// Size of everything in the overlay at this moment.
    pub fn zoom_now(&self) -> f32 {
        if self.is_lecture { self.zoom.max(LECTURE_ZOOM) } else { self.zoom }
    }

    /// What of it lasts.
    pub fn lasting(&self) -> Self {
        let Self { charts, is_log, zoom, window, .. } = self.clone();
        Self { charts, is_log, zoom, window, ..Self::default() }
    }

    /// The same with a size that can be read.
    pub fn checked(self) -> Self {
        let zoom = if self.zoom.is_finite() { self.zoom } else { 1.0 };
        Self { zoom: zoom.clamp(*ZOOMS.start(), *ZOOMS.end()), ..self }
    }

    /// The same on a screen of that many points at a size of 1: panels leave room for the picture.
    pub fn zoom_within(&self, screen: egui::Vec2) -> f32 {
        let largest = (screen.x / LEAST_SCREEN.x).min(screen.y / LEAST_SCREEN.y);
        if self.is_lecture { self.zoom_now() } else { self.zoom_now().min(largest.max(*ZOOMS.start())) }
    }

    /// One notch larger or smaller.
    pub fn zoom_by(&mut self, notches: f32) {
        self.zoom = ((self.zoom * 10.0).round() / 10.0 + 0.1 * notches).clamp(*ZOOMS.start(), *ZOOMS.end());
    }

    /// What freezes everything that moves, or lets what was frozen go on.
    pub fn freeze(&mut self, view: &PanelView) -> Vec<Command> {
        let moving = Frozen { is_training: view.run.is_playing, is_sweeping: view.slice.is_sweeping };
        let is_to_rest = moving != Frozen::default();
        let Some(frozen) = (if is_to_rest { Some(moving) } else { self.frozen }) else { return Vec::new() };
        self.frozen = is_to_rest.then_some(frozen);
        let run = if is_to_rest { RunCommand::Pause } else { RunCommand::Play };
        let run = frozen.is_training.then_some(Command::Run(run));
        let sweep = Command::Sweep(!is_to_rest);
        run.into_iter().chain(frozen.is_sweeping.then_some(sweep)).collect()
    }

    /// Whether something is open over the picture that Esc closes.
    pub fn has_open(&self) -> bool {
        #[cfg(feature = "desktop")]
        let has_shot = self.files.shot.is_some();
        #[cfg(not(feature = "desktop"))]
        let has_shot = false;
        self.is_help_open || self.sought.is_some() || has_shot
    }

    /// How an experiment is shown to whoever has that desk: where it opens no chart, with the charts that were open
    /// last.
    pub fn furnish(&self, look: &mut ViewFile) {
        if look.charts.is_empty() {
            (look.charts, look.has_log_charts) = (self.charts.clone(), self.is_log);
        }
    }

    /// Keeps the charts that are open for another day.
    pub fn keep_charts(&mut self, look: &ViewFile) {
        (self.charts, self.is_log) = (look.charts.clone(), look.has_log_charts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::view::{RunView, SliceView};

    #[test]
    fn panels_are_never_so_large_that_no_picture_is_left() {
        let desk = Desk { zoom: 2.5, ..Desk::default() };
        assert_eq!(desk.zoom_within(egui::vec2(3840.0, 2160.0)), 2.5);
        assert!((desk.zoom_within(egui::vec2(1280.0, 720.0)) - 4.0 / 3.0).abs() < 1e-6);
        assert_eq!(desk.zoom_within(egui::vec2(640.0, 360.0)), 0.8);
        let lecture = Desk { is_lecture: true, ..Desk::default() };
        assert_eq!(lecture.zoom_within(egui::vec2(1280.0, 720.0)), LECTURE_ZOOM);
    }

    #[test]
    fn what_was_frozen_goes_on_and_nothing_else() {
        let mut desk = Desk::default();
        let mut sent = |is_playing, is_sweeping| {
            desk.freeze(&PanelView {
                run: RunView { is_playing, ..PanelView::default().run },
                slice: SliceView { is_sweeping, ..PanelView::default().slice },
                ..PanelView::default()
            })
        };
        let (pause, play) = (Command::Run(RunCommand::Pause), Command::Run(RunCommand::Play));
        let sweep = Command::Sweep;
        assert_eq!(sent(false, false), [], "nothing moved, nothing was frozen");
        assert_eq!(sent(true, true), [pause.clone(), sweep(false)]);
        assert_eq!(sent(false, false), [play, sweep(true)]);
        assert_eq!(sent(false, true), [sweep(false)]);
        assert_eq!(sent(true, false), [pause], "another time another thing");
        assert_eq!(sent(false, false), [Command::Run(RunCommand::Play)]);
        assert_eq!(sent(false, false), []);
    }

    #[test]
    fn notches_stay_within_what_can_be_read() {
        let mut desk = Desk::default();
        (0..40).for_each(|_| desk.zoom_by(1.0));
        assert_eq!(desk.zoom, 2.5);
        (0..40).for_each(|_| desk.zoom_by(-1.0));
        assert_eq!(desk.zoom, 0.8);
    }
}
