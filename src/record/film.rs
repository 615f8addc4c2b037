//! The frames of a tour, each at its time: frame n shows what there is n/fps seconds after the beginning.
//!
//! Nothing depends on how fast the machine is: a frame waits for all the work it asks for, and where a
//! part of a film begins later, the frames before it are gone through without being drawn. So a part has
//! the same frames as the whole.

use std::ops::Range;
use std::time::Duration;

use anyhow::{Result, bail};
use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use image::RgbaImage;

use super::background::Background;
use super::deep::Frame;
use super::exposure::Exposure;
use super::eye::{Eye, EyeRequest, Halves};
use super::page::Page;
use crate::app::{Overlay, msaa_for};
use crate::core::num::CancelToken;
use crate::core::script::{Audience, Tour};
use crate::scene::Pacing;
use crate::scene::executor::Jobs;
use crate::scene::isosurface::Iso;
use crate::scene::landscape::{Evaluators, Known, Landscape};
use crate::scene::session::{Refusal, SessionState};
use crate::scene::side::{First, Second, Side};
use crate::scene::slice::Shown;
use crate::scene::tour::{self, Touring};
use crate::scene::training::Training;
use crate::ui::charts::Charts;

/// A film to be drawn.
#[derive(Clone, Debug)]
pub struct FilmRequest {
    /// What is told.
    pub tour: Tour,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second, 1 or more.
    pub fps: u32,
    /// The frames to be drawn, of [`frames_of`] the whole.
    pub frames: Range<u64>,
    /// Pixels drawn for each that is shown, along both sides: 1 to 4.
    pub supersample: u32,
    /// What stands behind the scene.
    pub background: Background,
    /// How large things are, and where. Panels have a layout of their own.
    pub page: Page,
    /// Whether frames have 16 bits a channel, on the stage only.
    pub is_deep: bool,
    /// What is drawn over the scene.
    pub overlay: Overlay,
    /// Whether the chapters' titles and captions are shown.
    pub has_captions: bool,
    /// Who evaluates losses.
    pub evaluators: Evaluators,
}

/// How many frames a tour has: at least one.
pub fn frames_of(tour: &Tour, fps: u32) -> u64 {
    ((tour.secs() * f64::from(fps)).round() as u64).max(1)
}

/// A film in the making.
pub struct Film {
    eye: Eye,
    fps: u32,
    frames: Range<u64>,
    exposure: Exposure,
    /// The frame that the eye stands at, once it has begun.
    at: u64,
    /// Whether that shows something else altogether than the one before.
    is_cut: bool,
    warnings: Vec<String>,
}

/// Frames without time in which text is laid out and what was asked for is drawn.
const SETTLING_FRAMES: usize = 4;
/// Frames without time that work may take to be shown. It is waited for in each, and what it brings asks for more
/// work a few times at most.
const MOST_SETTLING_FRAMES: usize = 32;
/// Frames that are drawn before the first that counts, where those before it were only gone through.
const WARMING_FRAMES: u64 = 2;

impl Film {
    /// Opens a film before its first frame. `None` if it was cancelled on the way there.
    ///
    /// # Errors
    /// If there is no graphics device, or the tour cannot be shown.
    pub fn open(request: FilmRequest, cancel: &CancelToken) -> Result<Option<Self>> {
        Self::begin(request, cancel, |eye, begin| Eye::open_with(eye, begin))
    }

    /// The same of a film that is gone through and not drawn: on machines without a graphics device too.
    ///
    /// # Errors
    /// If the tour cannot be shown.
    pub fn undrawn(request: FilmRequest, cancel: &CancelToken) -> Result<Option<Self>> {
        Self::begin(request, cancel, |eye, begin| Ok(Eye::undrawn_with(eye, begin)))
    }

    fn begin(
        request: FilmRequest,
        cancel: &CancelToken,
        open: impl FnOnce(EyeRequest, Box<dyn FnOnce(&mut App)>) -> Result<Eye>,
    ) -> Result<Option<Self>> {
        let FilmRequest { tour, size, fps, frames, supersample, background, page, is_deep, .. } = request;
        let (overlay, has_captions) = (request.overlay, request.has_captions);
        let size = size.map(|side| side * supersample);
        let eye = EyeRequest {
            experiment: tour.first_experiment(),
            size,
            overlay,
            pacing: Pacing::Filmed,
            // Set below, once it is known what draws.
            msaa: Msaa::Off,
            pixels_per_point: supersample,
        };
        let begin = move |app: &mut App| {
            app.insert_resource(request.evaluators);
            Exposure::prepare(background, app);
            page.prepare(size, app);
            if is_deep {
                app.insert_resource(Halves);
            }
            tour::begin(app, tour, Audience::Film, has_captions);
        };
        let mut eye = open(eye, Box::new(begin))?;
        if supersample == 1 && background == Background::Stage {
            // Smooth edges where a graphics processor draws.
            eye.set_msaa(eye.world().get_resource::<RenderAdapterInfo>().map_or(Msaa::Off, msaa_for));
        }
        eye.set_frame_time(Duration::ZERO);
        let exposure =
            if is_deep { Exposure::deep(supersample) } else { Exposure::new(background, supersample) };
        let mut film = Self { eye, fps, frames, exposure, at: 0, is_cut: false, warnings: Vec::new() };
        film.settle(SETTLING_FRAMES)?;
        let is_there = film.skip(cancel)?;
        Ok(is_there.then_some(film))
    }

    /// Draws the next frame; `false` after the last.
    ///
    /// # Errors
    /// If the tour cannot be shown any further, or the device fails.
    pub fn draw(&mut self, frame: &mut Frame) -> Result<bool> {
        let is_there = self.advance()?.is_some();
        if is_there {
            self.exposure.develop(&mut self.eye, frame)?;
        }
        Ok(is_there)
    }

    /// The same of a film whose frames have 8 bits a channel.
    ///
    /// # Errors
    /// As [`Film::draw`].
    pub fn draw_picture(&mut self, picture: &mut RgbaImage) -> Result<bool> {
        let is_there = self.advance()?.is_some();
        if is_there {
            self.exposure.take(&mut self.eye, picture)?;
        }
        Ok(is_there)
    }

    /// Goes on to the next frame, and returns its number; `None` after the last.
    ///
    /// # Errors
    /// If the tour cannot be shown any further.
    pub fn advance(&mut self) -> Result<Option<u64>> {
        let Some(number) = self.frames.next() else { return Ok(None) };
        self.go_to(number)?;
        self.heed();
        Ok(Some(number))
    }

    /// Whether the frame shows something else altogether than the one before.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What is to be said of the runs shown so far that got out of hand, and of charts that show nothing, each once.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Goes through the frames before the first that counts; whether it was let to.
    fn skip(&mut self, cancel: &CancelToken) -> Result<bool> {
        let first = self.frames.start;
        self.eye.set_drawing(false);
        for number in 0..=first.saturating_sub(WARMING_FRAMES) {
            if cancel.is_cancelled() {
                return Ok(false);
            }
            self.go_to(number)?;
        }
        self.eye.set_drawing(true);
        self.go_to(first.saturating_sub(1))?;
        Ok(true)
    }

    /// Frame by frame up to that one.
    fn go_to(&mut self, number: u64) -> Result<()> {
        while self.at < number {
            self.at += 1;
            let chapter = self.chapter();
            self.eye.set_frame_time(time_of(self.at, self.fps) - time_of(self.at - 1, self.fps));
            self.eye.frame();
            self.check()?;
            self.is_cut = self.chapter() != chapter || self.world().resource::<Touring>().is_cut();
            self.settle(if self.is_cut { SETTLING_FRAMES } else { 0 })?;
        }
        Ok(())
    }

    /// Takes note of a run that got out of hand, and of charts that show nothing.
    fn heed(&mut self) {
        let warning = warnings(self.world());
        let untold = self.world().resource::<Charts>().untold();
        let untold = untold.chain(self.world().resource::<Charts<Second>>().untold());
        let said: Vec<String> = warning.chain(untold).chain(self.left_out()).collect();
        for warning in said {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// The charts that are open and have no room.
    fn left_out(&self) -> Option<String> {
        self.world().resource::<SessionState>().look().left_out()
    }

    /// The world as it is in this frame.
    pub fn world(&self) -> &World {
        self.eye.world()
    }

    fn chapter(&self) -> Option<usize> {
        self.world().resource::<Touring>().player().map(|player| player.chapter_number())
    }

    /// Lets at least so many frames go by in no time, and until no work is left.
    fn settle(&mut self, least: usize) -> Result<()> {
        for i in 0..MOST_SETTLING_FRAMES {
            if i >= least && self.is_settled() {
                return Ok(());
            }
            self.eye.set_frame_time(Duration::ZERO);
            self.eye.frame();
            self.check()?;
        }
        bail!("frame {} is not finished after all its work was waited for", self.at)
    }

    fn is_settled(&self) -> bool {
        let world = self.world();
        let is_behind =
            world.resource::<Charts>().is_behind() || world.resource::<Charts<Second>>().is_behind();
        is_side_settled::<First>(world) && is_side_settled::<Second>(world) && !is_behind
    }

    /// What went wrong in the last frame, with its place in the tour.
    fn check(&self) -> Result<()> {
        let world = self.world();
        let place = || {
            let player = world.resource::<Touring>().player();
            player.map_or(String::new(), |player| {
                format!("chapter {} at {:.2} s", player.chapter_number() + 1, player.clock())
            })
        };
        if let Some(failure) = failure(world) {
            bail!("{}: {failure}", place());
        }
        if let Some(mishap) = world.resource::<Jobs>().mishap() {
            bail!("{}: {mishap}", place());
        }
        if let Some(refusal) = &world.resource::<Refusal>().0 {
            bail!("{}: {refusal}", place());
        }
        Ok(())
    }
}

/// Whether there is nothing left to do for a side; nor is there for one that is not shown.
fn is_side_settled<S: Side>(world: &World) -> bool {
    let iso = world.get_resource::<Iso<S>>().is_some_and(|iso| iso.is_busy());
    let busy = world.resource::<Shown<S>>().is_busy() || world.resource::<Training<S>>().is_busy() || iso;
    let is_shown = world.contains_resource::<SessionState<S>>();
    !is_shown || (world.resource::<Landscape<S>>().is_settled() && !busy)
}

/// Why one of the landscapes has no plane, in words.
pub(super) fn failure(world: &World) -> Option<String> {
    let first = world.resource::<Landscape>().failure.clone();
    let second = || world.resource::<Landscape<Second>>().failure.as_ref();
    first.or_else(|| second().map(|failure| format!("the landscape beside it: {failure}")))
}

/// In a sentence, where runs got out of hand.
pub(super) fn warnings(world: &World) -> impl Iterator<Item = String> {
    let of = |known: Option<&Known>| known.and_then(|known| known.plan.warning.clone());
    let first = of(world.resource::<Landscape>().current());
    let second = of(world.resource::<Landscape<Second>>().current());
    let second = second.filter(|second| first.as_ref() != Some(second));
    first.into_iter().chain(second.map(|warning| format!("the landscape beside it: {warning}")))
}

/// The time of a frame, to the nanosecond. No sum of frames: that would drift.
fn time_of(frame: u64, fps: u32) -> Duration {
    let nanos = u128::from(frame) * 1_000_000_000 / u128::from(fps);
    Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000) as u32)
}

/// Frames a second at which a test goes through a tour: of a long one fewer, and still several of each chapter.
#[cfg(test)]
pub(super) fn test_fps(tour: &Tour, usual: u32) -> u32 {
    if tour.secs() > 60.0 { 1 } else { usual }
}

#[cfg(test)]
mod tests {
    use bevy::ecs::system::SystemState;

    use super::*;
    use crate::core::num::{Advance, Job};
    use crate::core::script::builtin;
    use crate::scene::executor::Executor;

    /// What reaches the screen a frame late, be it a single pixel, is missing from a film: each frame is what
    /// it still is when it is drawn again in no time.
    fn each_frame_is_complete(overlay: Overlay) {
        for name in builtin::names() {
            let tour = builtin::load(name).unwrap().unwrap();
            assert_eq!(late_pixels(tour, overlay), [], "{name} with {overlay:?}");
        }
    }

    /// A tour of that text.
    fn tour(text: &str) -> Tour {
        Tour::parse(text, "x.ron", &crate::core::io::folder::Folder::default()).unwrap()
    }

    /// Charts that are opened and move in the middle of a chapter.
    #[test]
    fn each_frame_with_charts_is_complete_when_it_is_read() {
        let charts = tour(
            "(chapters: [(experiment: \"diagonal-model1\", secs: 2, caption: \"From A to B.\", cues: [
                (when: at(0), command: run(seek(400))),
                (when: at(0.5), command: view(charts([parameters, sections]))),
                (when: at(0.5), command: view(layout(beside))),
                (when: at(0.5), command: view(dot(0))),
                (when: at(0.6), command: view(dot(1)), ease: linear(0.8)),
                (when: at(0.6), command: view(chart_share(0.6)), ease: linear(0.8)),
                (when: at(1.5), command: view(charts([decision]))),
                (when: at(1.5), command: view(layout(chart))),
            ])])",
        );
        assert_eq!(late_pixels(charts, Overlay::Labels), []);
    }

    #[test]
    fn about_the_caption_of_a_chart_alone_nothing_of_the_landscape_is_seen() {
        let lowest_rows = |layout: &str| {
            let tour = tour(&format!(
                "(chapters: [(experiment: \"diagonal-model1\", secs: 1, caption: \"A curve.\", cues: [
                    (when: at(0), command: view(charts([loss]))),
                    (when: at(0), command: view(layout({layout}))),
                ], camera: [(secs: 0, pose: (target: (0, 0.1, 0), yaw_deg: 40, pitch_deg: -40, distance: 1.5))])])"
            ));
            let (size, overlay, frames) = ([320, 180], Overlay::Labels, 0..1);
            let request = FilmRequest {
                tour,
                size,
                fps: 1,
                frames,
                supersample: 1,
                background: Background::Stage,
                page: Page::default(),
                is_deep: false,
                overlay,
                has_captions: true,
                evaluators: Evaluators::default(),
            };
            let mut film = Film::open(request, &CancelToken::default()).unwrap().unwrap();
            let mut frame = RgbaImage::default();
            assert!(film.draw_picture(&mut frame).unwrap());
            let low = (176..180).flat_map(|y| (0..320).map(move |x| [x, y]));
            low.map(|[x, y]| frame.get_pixel(x, y).0).collect::<std::collections::BTreeSet<_>>().len()
        };
        assert!(lowest_rows("landscape") > 1, "or this would prove nothing");
        assert_eq!(["chart", "charts"].map(lowest_rows), [1, 1]);
    }

    #[test]
    fn a_chart_that_shows_nothing_and_one_without_room_are_told() {
        let tour = tour(
            "(chapters: [(experiment: \"diagonal-model1\", secs: 1, cues: [
                (when: at(0), command: view(charts([hidden, map, loss]))),
                (when: at(0), command: view(layout(beside))),
            ])])",
        );
        let (size, overlay, frames) = ([64, 36], Overlay::Labels, 0..2);
        let request = FilmRequest {
            tour,
            size,
            fps: 4,
            frames,
            supersample: 1,
            background: Background::Stage,
            page: Page::default(),
            is_deep: false,
            overlay,
            has_captions: false,
            evaluators: Evaluators::default(),
        };
        let mut film = Film::open(request, &CancelToken::default()).unwrap().unwrap();
        let mut frame = RgbaImage::default();
        while film.draw_picture(&mut frame).unwrap() {}
        let told = [
            "the chart hidden shows nothing: This model has no hidden units.",
            "the layout beside has room for 2: the charts loss are not shown",
        ];
        assert_eq!(film.warnings(), told);
    }

    // Apart, so that both are drawn at once: they take longer than all other tests of the library together.
    #[test]
    fn each_frame_with_labels_is_complete_when_it_is_read() {
        each_frame_is_complete(Overlay::Labels);
    }

    #[test]
    fn each_frame_with_panels_is_complete_when_it_is_read() {
        each_frame_is_complete(Overlay::Panels);
    }

    /// A pixel that came late: its frame, its place, and what was read before and after.
    type Late = (u64, [u32; 2], [[u8; 4]; 2]);

    /// The first pixel of each frame that came late.
    fn late_pixels(tour: Tour, overlay: Overlay) -> Vec<Late> {
        let (size, fps) = ([640, 360], test_fps(&tour, 6));
        let frames = 0..frames_of(&tour, fps);
        let request = FilmRequest {
            tour,
            size,
            fps,
            frames,
            supersample: 1,
            background: Background::Stage,
            page: Page::default(),
            is_deep: false,
            overlay,
            has_captions: true,
            evaluators: Evaluators::default(),
        };
        let mut film = Film::open(request, &CancelToken::default()).unwrap().unwrap();
        let (mut drawn, mut again) = (RgbaImage::default(), RgbaImage::default());
        let mut late = Vec::new();
        while film.draw_picture(&mut drawn).unwrap() {
            film.eye.set_frame_time(Duration::ZERO);
            film.eye.frame();
            film.eye.read(&mut again).unwrap();
            let differing = drawn.enumerate_pixels().find(|(x, y, pixel)| again.get_pixel(*x, *y) != *pixel);
            late.extend(differing.map(|(x, y, pixel)| (film.at, [x, y], [pixel.0, again.get_pixel(x, y).0])));
        }
        late
    }

    /// A job that has a mistake in it.
    struct Broken;

    impl Job for Broken {
        type Finding = ();

        fn advance(&mut self, _units: u64) -> Advance<()> {
            panic!("on purpose")
        }
    }

    #[test]
    fn a_job_that_panics_ends_the_film_with_its_cause() {
        let tour = builtin::load("descent").unwrap().unwrap();
        let (size, overlay, frames) = ([64, 36], Overlay::Labels, 0..9);
        let request = FilmRequest {
            tour,
            size,
            fps: 10,
            frames,
            supersample: 1,
            background: Background::Stage,
            page: Page::default(),
            is_deep: false,
            overlay,
            has_captions: false,
            evaluators: Evaluators::default(),
        };
        let mut film = Film::open(request, &CancelToken::default()).unwrap().unwrap();
        let mut frame = RgbaImage::default();
        assert!(film.draw_picture(&mut frame).unwrap());
        let world = film.eye.world_mut();
        let mut state = SystemState::<Executor>::new(world);
        let executor = state.get(world).unwrap();
        executor.start("look at a point", Broken).take(&executor);
        let said = film.draw_picture(&mut frame).unwrap_err().to_string();
        let cause = "a mistake in the program ended the look at a point: on purpose";
        assert!(said.starts_with("chapter 1 at 0.10 s: ") && said.contains(cause), "{said}");
    }

    #[test]
    fn time_does_not_drift() {
        for fps in [1, 24, 30, 60, 240] {
            assert_eq!(time_of(u64::from(fps) * 3600, fps), Duration::from_secs(3600));
            let sum: Duration = (0..1000).map(|n| time_of(n + 1, fps) - time_of(n, fps)).sum();
            assert_eq!(sum, time_of(1000, fps));
        }
    }
}
