//! The labels of a moment, the important ones first.

use bevy_egui::egui;

use super::LabelSources;
use super::label::{Label, Place, Words, places_about};
use crate::core::experiment::Labels;
use crate::core::geometry::picking::Ray;
use crate::core::geometry::ticks::plain;
use crate::core::objective::Quantity;
use crate::core::session::Session;
use crate::core::subspace::AxisMeaning;
use crate::core::text::{Measured, visible};
use crate::scene::arrows::{self, Arrow};
use crate::scene::flags::{Flag, POLE};
use crate::scene::floor::{name_places, ticks};
use crate::scene::frame::{Placed, Stand};
use crate::scene::landscape::Known;
use crate::scene::marker;
use crate::scene::pointer::value_at;
use crate::scene::relief::Relief;
use crate::scene::side::Side;
use crate::ui::chosen::alpha_text;
use crate::ui::slice::band_text;
use crate::ui::style::{color32, loss_text};

/// What is said of a thing that the surface hides.
const BEHIND: &str = "behind the surface";

/// Text sizes in points on a picture 720 points high.
const TITLE: f32 = 19.0;
const NAME: f32 = 16.0;
const WORD: f32 = 14.0;
const TICK: f32 = 13.0;
const ISOLINE: f32 = 12.0;
/// Heights of a text by which it may stand farther outside than it should.
const MOST_OUTSIDE: u8 = 1;
/// How high a side's title may stand over its stand.
const TITLE_RISES: [f32; 4] = [6.0, 24.0, 42.0, -12.0];
/// Width of a digit as a share of the text's size.
const DIGIT: f32 = 0.6;

/// Ways to a label that suit what it names: their numbers among [`WAYS`](super::label::WAYS).
const ABOVE_RIGHT: usize = 0;
const ABOVE: usize = 1;
const BELOW_RIGHT: usize = 5;
const BELOW: usize = 6;

/// What a label's place on the screen follows from.
pub(super) struct Screen<'a> {
    /// Where on the screen a point of the world is.
    pub(super) project: &'a dyn Fn([f64; 3]) -> Option<[f32; 2]>,
    /// The ray through a point of the screen.
    pub(super) ray: &'a dyn Fn([f32; 2]) -> Option<Ray>,
    /// Where the eye is in the world.
    pub(super) eye: [f64; 3],
    /// How large text is, beside its usual size.
    pub(super) unit: f32,
    /// Points that text is high at least.
    pub(super) least: f32,
}

impl Screen<'_> {
    /// Points of a text that is so large on a picture 720 points high.
    fn size(&self, size: f32) -> f32 {
        (size * self.unit).max(self.least)
    }
}

/// Gathers the labels, the important ones first.
struct Collector<'a, 'w, S: Side> {
    told: &'a LabelSources<'w, S>,
    session: &'a Session,
    screen: &'a Screen<'a>,
    labels: Vec<Label>,
}

/// The labels of a side, the important ones first.
pub(super) fn labels<S: Side>(told: &LabelSources<S>, screen: &Screen) -> Vec<Label> {
    let (Some(session), Some(known)) = (&told.session, told.landscape.known()) else { return Vec::new() };
    let mut collector = Collector { told, session, screen, labels: Vec::new() };
    collector.collect(known);
    collector.labels
}

/// What a side is called, over its first stand; nothing where it has no title.
pub(super) fn title<S: Side>(
    told: &LabelSources<S>,
    screen: &Screen,
    title: Option<String>,
) -> Option<Label> {
    let (title, placed) = (title?, told.placement.first()?);
    let corners = corners(&placed).map(|corner| (screen.project)(placed.world(corner)));
    let corners: Vec<[f32; 2]> = corners.into_iter().collect::<Option<_>>()?;
    let end =
        |axis: usize, pick: fn(f32, f32) -> f32, from| corners.iter().map(|at| at[axis]).fold(from, pick);
    let (left, right) = (end(0, f32::min, f32::INFINITY), end(0, f32::max, f32::NEG_INFINITY));
    let (x, top) = (0.5 * (left + right), end(1, f32::min, f32::INFINITY));
    let places = TITLE_RISES.map(|rise| [x, top - rise * screen.unit]);
    let places = places.into_iter().enumerate().map(|(number, at)| Place { number, at, lean: [0.0; 2] });
    let words = words::<S>("title", title, screen.size(TITLE), color32(told.palette.ink));
    Some(label::<S>(words, places.collect()))
}

/// Words of a side.
fn words<S: Side>(id: impl egui::AsId, text: impl Into<String>, size: f32, color: egui::Color32) -> Words {
    Words::new((S::NUMBER, id), text, size, color)
}

/// A label of a side that stands beside the surface.
fn label<S: Side>(words: Words, places: Vec<Place>) -> Label {
    Label { words, places, is_shaded: false, spot: None, side: S::NUMBER, is_asked: false, hint: None }
}

impl<S: Side> Collector<'_, '_, S> {
    fn collect(&mut self, known: &Known) {
        let told = self.told;
        for (stand, placed) in told.placement.iter() {
            self.ticks(known, stand, &placed);
        }
        for (stand, placed) in told.placement.iter() {
            self.axis_names(known, stand, &placed);
        }
        if told.landscape.current().is_some() {
            self.pointed(known);
            self.markers(known);
            self.lowest(known);
            self.flags(known);
            self.arrows();
            if self.session.look().labels == Labels::All {
                self.isolines(known);
            }
        }
    }

    /// Adds a label to something on the surface, best on that of the ways to it.
    fn add(&mut self, world: [f64; 3], way: usize, words: Words) {
        self.add_asked(world, way, words, false);
    }

    fn add_asked(&mut self, world: [f64; 3], way: usize, words: Words, is_asked: bool) {
        if let Some(at) = (self.screen.project)(world) {
            let places = places_about(at, way, self.screen.unit);
            self.push(Label { is_shaded: true, spot: Some(at), is_asked, ..label::<S>(words, places) });
        }
    }

    /// Adds a label that stands outside of a stand, at one of some places there: it leans away from the
    /// stand's middle.
    fn add_outside(&mut self, placed: &Placed, at: &[[f64; 3]], words: Words, hint: Option<String>) {
        let middle = [placed.shift[0], at[0][1], placed.shift[2]];
        let Some(middle) = (self.screen.project)(middle) else { return };
        let places: Vec<[f32; 2]> = at.iter().filter_map(|at| (self.screen.project)(*at)).collect();
        let Some(first) = places.first() else { return };
        let way = egui::vec2(first[0] - middle[0], first[1] - middle[1]).normalized();
        let size = self.screen.size(words.size);
        // Where there is no room a little more outside may do.
        let farther = |sizes: u8| {
            let shift = f32::from(sizes) * size * way;
            places.iter().map(move |place| [place[0] + shift.x, place[1] + shift.y])
        };
        let places = (0..=MOST_OUTSIDE).flat_map(farther).enumerate();
        let places = places.map(|(number, at)| Place { number, at, lean: [way.x, way.y] });
        self.push(Label { hint, ..label::<S>(words, places.collect()) });
    }

    fn push(&mut self, label: Label) {
        let words = Words { size: self.screen.size(label.words.size), ..label.words };
        self.labels.push(Label { words, ..label });
    }

    fn ink(&self) -> egui::Color32 {
        color32(self.told.palette.ink)
    }

    fn axis_names(&mut self, known: &Known, stand: Stand, placed: &Placed) {
        let facing = self.told.facings.get(stand);
        let world = |places: Vec<[f64; 3]>| -> Vec<[f64; 3]> {
            places.into_iter().map(|place| placed.world(place)).collect()
        };
        let [name1, name2, upright] = name_places(placed, &facing).map(world);
        let name = |symbol, axis: usize| axis_name(symbol, known.plan.plane.axes.get(axis));
        let walk = |axis: usize| known.walks.as_ref().and_then(|walks| walks.axes.get(axis)).map(band_text);
        let ink = self.ink();
        let words = |axis: usize, text: String| words::<S>(("name", stand, axis), text, NAME, ink);
        self.add_outside(placed, &name1, words(0, name("α₁", 0)).or("α₁"), walk(0));
        self.add_outside(placed, &name2, words(1, name("α₂", 1)).or("α₂"), walk(1));
        if facing.is_upright_seen {
            let words = match placed.cube {
                Some(_) => words(2, name("α₃", 2)).or("α₃"),
                None => words(2, known.plan.quantity.title().into_owned()),
            };
            if let Some([x, y]) = (self.screen.project)(upright[0]) {
                let shifts = [[0.0, 0.0], [0.0, -16.0], [30.0, -8.0]];
                let at = |shift: [f32; 2]| [x + shift[0] * self.screen.unit, y + shift[1] * self.screen.unit];
                let places = shifts.into_iter().enumerate();
                let places =
                    places.map(|(number, shift)| Place { number, at: at(shift), lean: [0.0; 2] }).collect();
                self.push(label::<S>(words, places));
            }
        }
    }

    fn ticks(&mut self, known: &Known, stand: Stand, placed: &Placed) {
        let relief = Relief::new(known, &self.told.shown, *placed);
        let faint = color32(self.told.palette.faint);
        let ticks = ticks(placed, &self.told.facings.get(stand)).into_iter().enumerate();
        for (axis, tick) in ticks.flat_map(|(axis, ticks)| ticks.into_iter().map(move |tick| (axis, tick))) {
            let outward: [f64; 3] =
                std::array::from_fn(|i| tick.end[i] + 0.5 * (tick.end[i] - tick.start[i]));
            let at = placed.world(outward);
            if !relief.hides(self.screen.eye, at) {
                let words = words::<S>(("tick", stand, axis, &tick.text), tick.text.clone(), TICK, faint);
                self.add_outside(placed, &[at], words, None);
            }
        }
    }

    fn markers(&mut self, known: &Known) {
        let told = self.told;
        let Some(placed) = told.placement.first() else { return };
        let is_race = told.training.runs().len() > 1;
        // In a race the legend tells the rest.
        for run in told.training.runs().iter().take(1) {
            let Some((place, at)) = marker::place(run, known, &placed) else { continue };
            let title = known.plan.quantity.title();
            let mut text = format!("step {} · {title} {}", place.step, loss_text(place.value));
            if let Some((distance, share)) = told.readout.off_plane() {
                let percent = Measured(100.0 * share);
                text += &format!("\noff the plane by {} ({percent:.1} % of the path)", loss_text(distance));
            }
            let color =
                if is_race { color32(marker::color(&told.palette, run.number())) } else { self.ink() };
            self.add(placed.world(at), BELOW, words::<S>("marker", text, WORD, color));
        }
    }

    fn flags(&mut self, known: &Known) {
        let ink = self.ink();
        // The one at which training is not tells more.
        let is_begun = self.told.training.step() > 0;
        let flags = if is_begun { Flag::ALL } else { [Flag::ALL[1], Flag::ALL[0]] };
        for (stand, placed) in self.told.placement.iter() {
            for flag in flags {
                if let Some(foot) = flag.place(known, &placed) {
                    let tip = placed.world([foot[0], foot[1] + f64::from(POLE), foot[2]]);
                    let relief = Relief::new(known, &self.told.shown, placed);
                    let text = self.seen_or_not(&relief, tip, flag.word().to_owned());
                    let words = words::<S>(("flag", stand, flag.word()), text, WORD, ink);
                    self.add(tip, ABOVE_RIGHT, words);
                }
            }
        }
    }

    fn lowest(&mut self, known: &Known) {
        let told = self.told;
        let (Some(lowest), Some(placed)) = (told.lowest.point, told.placement.first()) else { return };
        let Some(at) = lowest.place(known, &told.shown, placed) else { return };
        let (relief, at) = (Relief::new(known, &told.shown, placed), placed.world(at));
        let what = match known.plan.quantity {
            Quantity::Loss => "lowest point of this slice · ".to_owned(),
            quantity => format!("lowest point of this slice · {} ", quantity.title()),
        };
        let text = what + &loss_text(lowest.loss);
        let text = self.seen_or_not(&relief, at, text);
        let words = words::<S>("lowest", text, ISOLINE, color32(told.palette.lowest));
        self.add(at, BELOW_RIGHT, words);
    }

    /// The same, with a word where the surface hides what it names: what stands over a hill would be taken
    /// for a part of it.
    fn seen_or_not(&self, relief: &Relief<S>, at: [f64; 3], text: String) -> String {
        if relief.hides(self.screen.eye, at) { format!("{text} · {BEHIND}") } else { text }
    }

    /// What lies under the pointer, and what was chosen.
    fn pointed(&mut self, known: &Known) {
        let told = self.told;
        let ink = self.ink();
        let hovered = told.hover.0.as_ref().filter(|point| point.side == S::NUMBER);
        if let Some(point) = hovered {
            let about = if point.is_evaluated { "" } else { "≈ " };
            let title = known.plan.quantity.title();
            let text = format!("{} · {title} {about}{}", alpha_text(&point.alpha), loss_text(point.loss));
            self.add_asked(point.world, ABOVE, words::<S>("pointed", text, WORD, ink), true);
        }
        let Some((alpha, placed)) = self.session.view().selected.as_ref().zip(told.placement.first()) else {
            return;
        };
        let relief = Relief::new(known, &told.shown, placed);
        if let Some(at) = alpha.get(..2).and_then(|alpha| relief.point([alpha[0], alpha[1]])) {
            let told = |value| format!(" · {} {}", known.plan.quantity.title(), loss_text(value));
            let value = value_at(known, alpha).map_or(String::new(), told);
            let at = placed.world(at);
            let text = self.seen_or_not(&relief, at, format!("chosen {}{value}", alpha_text(alpha)));
            self.add_asked(at, ABOVE, words::<S>("chosen", text, WORD, ink), true);
        }
    }

    fn arrows(&mut self) {
        let told = self.told;
        for arrow in Arrow::ALL {
            let color = match arrow {
                Arrow::Velocity => told.palette.velocity,
                Arrow::Descent => told.palette.descent,
            };
            if let Some(tip) = arrows::tip(arrow, &told.training, &told.landscape, &told.placement) {
                let words = words::<S>(("arrow", arrow.word()), arrow.word(), ISOLINE, color32(color));
                self.add(tip, ABOVE, words);
            }
        }
    }

    fn isolines(&mut self, known: &Known) {
        let told = self.told;
        let Some(placed) = told.placement.get(Stand::Surface) else { return };
        let relief = Relief::new(known, &told.shown, placed);
        let ink = self.ink();
        for level in &told.levels.lines {
            let world = |alpha: &[f64; 2]| Some(placed.world(relief.point(*alpha)?));
            // In the dark there is no line to be named.
            let lit = level.places.iter().enumerate().filter(|(_, alpha)| told.is_lit(&placed, **alpha));
            let points = lit.filter_map(|(i, alpha)| Some((i, world(alpha)?)));
            let seen = points.filter(|(_, at)| !relief.hides(self.screen.eye, *at));
            let text = plain(level.loss);
            let size = self.screen.size(ISOLINE);
            // A number that stands out beyond the rim would float beside the surface.
            let reach = DIGIT * size * (text.chars().count() as f32);
            let is_on = |at: [f32; 2]| (self.screen.ray)(at).is_some_and(|ray| relief.pick(&ray).is_some());
            let is_within =
                |[x, y]: &[f32; 2]| [x - 0.5 * reach, x + 0.5 * reach].into_iter().all(|x| is_on([x, *y]));
            let on_screen = seen.filter_map(|(i, at)| Some((i, (self.screen.project)(at)?)));
            let places = on_screen.filter(|(_, at)| is_within(at));
            let places = places.map(|(number, at)| Place { number, at, lean: [0.0; 2] }).collect();
            let words = words::<S>(("isoline", level.loss.to_bits()), text, ISOLINE, ink);
            self.push(Label { is_shaded: true, ..label::<S>(words, places) });
        }
    }
}

/// The corners of a stand's box.
fn corners(placed: &Placed) -> [[f64; 3]; 8] {
    let [hx, hz] = placed.frame.half_extent();
    std::array::from_fn(|i| {
        let sign = |bit: usize| if i & bit == 0 { -1.0 } else { 1.0 };
        [sign(1) * hx, if i & 2 == 0 { 0.0 } else { placed.top() }, sign(4) * hz]
    })
}

/// The name of an axis with its meaning.
fn axis_name(symbol: &str, axis: Option<&AxisMeaning>) -> String {
    match axis {
        Some(axis) if axis.is_random => format!("{symbol}  random"),
        Some(axis) if axis.explained.is_nan() => {
            format!("{symbol}  {}", visible(&axis.name)).trim_end().to_owned()
        }
        Some(axis) => {
            format!("{symbol}  {} · {:.0} % of the path", visible(&axis.name), 100.0 * axis.explained)
        }
        None => symbol.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_tells_how_much_of_the_path_lies_along_it() {
        let axis = AxisMeaning { name: "PC 1".to_owned(), explained: 0.834, is_random: false };
        assert_eq!(axis_name("α₁", Some(&axis)), "α₁  PC 1 · 83 % of the path");
        let untold = AxisMeaning { explained: f64::NAN, ..axis.clone() };
        assert_eq!(axis_name("α₁", Some(&untold)), "α₁  PC 1");
        let bare = AxisMeaning { name: String::new(), ..untold };
        assert_eq!(axis_name("α₁", Some(&bare)), "α₁");
        let random = AxisMeaning { is_random: true, ..axis };
        assert_eq!(axis_name("α₃", Some(&random)), "α₃  random");
    }
}
