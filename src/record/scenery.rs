//! What a film shows as a scene for other programs: gone through frame by frame, and not drawn.
//!
//! Each stand of each side has its own surfaces, trails and markers. A surface that moves is another in every
//! frame, and so is a trail that grows: of the first those are kept that stand for the others ([`Strip`]), the
//! second is cut into pieces that appear one after the other.

mod growth;
mod track;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use bevy::mesh::{Indices, VertexAttributeValues};
use bevy::prelude::*;
use serde_json::json;

use self::growth::Growth;
use self::track::Track;
use super::film::{Film, FilmRequest, frames_of};
use super::{Background, Page};
use crate::app::Overlay;
use crate::core::experiment::{Layout, ViewFile};
use crate::core::formats::scene::strip::{Stretch, Strip};
use crate::core::formats::scene::{Exhibit, Scene, Shape, TooLarge};
use crate::core::formats::surface::{Sheet, SurfaceMesh};
use crate::core::geometry::camera::Pose;
use crate::core::geometry::colormap::ColorMap;
use crate::core::grid::LossGrid;
use crate::core::num::CancelToken;
use crate::core::script::Tour;
use crate::core::session::{Revision, RunId};
use crate::scene::frame::{Placed, Placement};
use crate::scene::landscape::{Evaluators, Known, Landscape};
use crate::scene::marker;
use crate::scene::rig::Rig;
use crate::scene::session::SessionState;
use crate::scene::side::{First, Second, Side};
use crate::scene::slice::Shown;
use crate::scene::theme::{Palette, Weight};
use crate::scene::tour::Touring;
use crate::scene::trail::Trails;
use crate::scene::training::Training;

/// A scene to be made.
#[derive(Clone, Debug)]
pub struct SceneryRequest {
    /// What is told.
    pub tour: Tour,
    /// Width and height of the frames that it would have as a film.
    pub size: [u32; 2],
    /// Frames a second, 1 or more.
    pub fps: u32,
    /// Surfaces at most, of each stand, and pieces of its trails.
    pub layers: usize,
}

/// A scene that was made.
#[derive(Clone, Debug)]
pub struct Scenery {
    /// The scene.
    pub scene: Scene,
    /// How many surfaces the film shows, of which the scene has those that stand for the others.
    pub surfaces: usize,
    /// What is to be said: of runs that got out of hand, and of what a scene does not have.
    pub warnings: Vec<String>,
}

/// A scene in the making.
pub struct Gathering {
    film: Film,
    gathered: Gathered,
    scene: Scene,
}

impl Gathering {
    /// Begins before the first frame. `None` if it was cancelled on the way there.
    ///
    /// # Errors
    /// If the tour cannot be shown.
    pub fn open(request: SceneryRequest, cancel: &CancelToken) -> Result<Option<Self>> {
        let SceneryRequest { tour, size, fps, layers } = request;
        let title = tour.file().title.clone();
        let frames = 0..frames_of(&tour, fps);
        let (secs, aspect) = (secs(frames.end, fps), f64::from(size[0]) / f64::from(size[1]));
        let (overlay, has_captions, supersample) = (Overlay::Labels, false, 1);
        let (background, page) = (Background::Stage, Page::default());
        let film = FilmRequest {
            tour,
            evaluators: Evaluators::default(),
            size,
            fps,
            frames,
            supersample,
            background,
            page,
            is_deep: false,
            overlay,
            has_captions,
        };
        let Some(film) = Film::undrawn(film, cancel)? else { return Ok(None) };
        let scene = Scene { title, secs, frame: 1.0 / f64::from(fps), aspect, ..Scene::default() };
        Ok(Some(Self { film, gathered: Gathered::new(fps, layers), scene }))
    }

    /// Goes through the next frame; `false` after the last.
    ///
    /// # Errors
    /// If the tour cannot be shown any further, or no file could hold what it has shown so far.
    pub fn advance(&mut self) -> Result<bool> {
        let Some(number) = self.film.advance()? else { return Ok(false) };
        self.gathered.look(self.film.world(), number, self.film.is_cut());
        // Before memory runs out.
        TooLarge::check(Shape::bytes(self.gathered.vertices()))?;
        Ok(true)
    }

    /// The world as it is in this frame.
    pub fn world(&self) -> &World {
        self.film.world()
    }

    /// The scene.
    pub fn finish(self) -> Scenery {
        self.gathered.finish(self.scene, self.film.warnings())
    }
}

/// What was seen so far.
struct Gathered {
    fps: u32,
    poses: Track<Pose>,
    stands: [[OnStand; 2]; 2],
    chapters: Vec<(f64, String)>,
    missing: BTreeSet<&'static str>,
    layers: usize,
}

/// What was seen on a stand so far.
struct OnStand {
    sheets: Strip<Revision, Ground>,
    trails: Vec<(RunId, Strip<Revision, Growth>)>,
    markers: Vec<Marked>,
}

/// A marker's way: of a run, in its colour.
struct Marked {
    run: RunId,
    color: [u8; 3],
    track: Track<[f64; 3]>,
}

/// A surface of a moment. It is the same while the picture that it is made of is, and stands there.
struct Ground {
    picture: (Revision, Option<f64>),
    grid: Arc<LossGrid>,
    placed: Placed,
    colors: ColorMap,
    alpha3: f64,
}

impl PartialEq for Ground {
    fn eq(&self, other: &Self) -> bool {
        (self.picture, self.placed, self.colors) == (other.picture, other.placed, other.colors)
    }
}

impl Gathered {
    fn new(fps: u32, layers: usize) -> Self {
        let stand = || OnStand { sheets: Strip::new(layers), trails: Vec::new(), markers: Vec::new() };
        let stands = [[stand(), stand()], [stand(), stand()]];
        let (poses, chapters, missing) = (Track::default(), Vec::new(), BTreeSet::new());
        Self { fps, poses, stands, chapters, missing, layers }
    }

    /// About how many vertices its surfaces will have.
    fn vertices(&self) -> usize {
        let amount = |on: &OnStand| on.sheets.amount(|ground| ground.grid.loss.len());
        self.stands.as_flattened().iter().map(amount).sum()
    }

    /// Takes in what is there in a frame.
    fn look(&mut self, world: &World, frame: u64, is_cut: bool) {
        let secs = frame as f64 / f64::from(self.fps);
        let touring = world.resource::<Touring>();
        if let Some(player) = touring.player().filter(|player| player.chapter_number() == self.chapters.len())
        {
            self.chapters.push((secs, player.chapter().title.clone()));
        }
        self.poses.add(secs, *world.resource::<Rig>().shown(), is_cut);
        let look = world.resource::<SessionState>().look();
        self.missing.extend(missing(look));
        if look.hides_landscape() {
            return;
        }
        self.look_at::<First>(world, frame, is_cut);
        self.look_at::<Second>(world, frame, is_cut);
    }

    fn look_at<S: Side>(&mut self, world: &World, frame: u64, is_cut: bool) {
        let Some(session) = world.get_resource::<SessionState<S>>() else { return };
        let (landscape, shown) = (world.resource::<Landscape<S>>(), world.resource::<Shown<S>>());
        let Some(known) = landscape.known() else { return };
        let secs = frame as f64 / f64::from(self.fps);
        for (stand, placed) in world.resource::<Placement<S>>().iter() {
            let on = &mut self.stands[S::NUMBER][stand as usize];
            if let Some(ground) = ground(known, shown, placed, session.look()) {
                on.sheets.show(frame, known.revision, ground);
            }
            on.look_at_trails::<S>(world, (frame, self.layers), known, placed);
            on.look_at_markers::<S>(world, (secs, is_cut), known, placed);
        }
    }

    fn finish(self, mut scene: Scene, warnings: &[String]) -> Scenery {
        let Self { fps, poses, stands, chapters, missing, layers } = self;
        (scene.poses, scene.chapters) = (poses.finish(scene.secs), chapters);
        let mut surfaces = 0;
        for (on_sides, side) in stands.into_iter().zip(SIDES) {
            for (on, stand) in on_sides.into_iter().zip(STANDS) {
                surfaces += on.give(&mut scene, &format!("{side}{stand}"), (layers, fps));
            }
        }
        let mut warnings = warnings.to_vec();
        warnings.extend(told_missing(&missing));
        if scene.bends_view() {
            warnings.push(BENT.to_owned());
        }
        Scenery { scene, surfaces, warnings }
    }
}

/// What the names of each side's things begin with.
const SIDES: [&str; 2] = ["", "beside, "];
/// And of each stand's, in the order of [`Stand::ALL`].
const STANDS: [&str; 2] = ["", "cube, "];

const BENT: &str = "the camera's height of view changes in the film (a map is seen from far away), and a camera of glTF \
                    keeps its own: there it goes nearer instead, so that what it looks at is as large";

impl OnStand {
    /// Gives what was seen to a scene, under names that begin so; how many surfaces it was.
    fn give(self, scene: &mut Scene, called: &str, (layers, fps): (usize, u32)) -> usize {
        let (sheets, different) = self.sheets.finish();
        for (sheet, number) in sheets.iter().zip(1..) {
            let Some(mut sheet) = sheet_of(sheet, format!("{called}surface {number:03}"), fps) else {
                continue;
            };
            let before = scene.sheets.last().map(|before| &before.shape.triangles);
            if let Some(same) = before.filter(|before| **before == sheet.shape.triangles) {
                sheet.shape.triangles = Arc::clone(same);
            }
            scene.sheets.push(sheet);
        }
        for (run, strip) in self.trails {
            let name = format!("{called}trail of run {}", run.0);
            scene.others.extend(growth::pieces(strip.finish().0, layers, &name, fps));
        }
        for marked in self.markers {
            let name = format!("{called}marker of run {}", marked.run.0);
            scene.others.push(marked.exhibit(name, scene.secs, fps));
        }
        different
    }

    fn look_at_trails<S: Side>(
        &mut self,
        world: &World,
        (frame, layers): (u64, usize),
        known: &Known,
        placed: Placed,
    ) {
        let palette = world.resource::<Palette>();
        let colors = (world.resource::<SessionState<S>>().look().trail, palette);
        let seen = (&known.plan.plane.subspace, world.resource::<Shown<S>>().alpha3);
        let radius = crate::scene::trail::RADIUS * f64::from(world.resource::<Weight>().lecture);
        for trail in world.resource::<Trails<S>>().iter() {
            let Some(last) = trail.last() else { continue };
            let at = self.trails.iter().position(|(run, _)| *run == trail.run());
            let at = at.unwrap_or_else(|| {
                self.trails.push((trail.run(), Strip::new(layers)));
                self.trails.len() - 1
            });
            let growth = Growth::new(frame, (trail.of(), placed), radius);
            let growth = self.trails[at].1.show(frame, trail.of().0, growth);
            growth.steps.push(last.step);
            let path = trail.path(&placed);
            if path.len() != growth.path.len() || growth.path.last() != path.last() {
                let places: Vec<_> = path.iter().map(|(place, _)| *place).collect();
                growth.colors = trail.colors(&places, &placed, colors, seen).into_iter().map(srgb).collect();
                growth.path = path;
            }
        }
    }

    fn look_at_markers<S: Side>(
        &mut self,
        world: &World,
        (secs, is_cut): (f64, bool),
        known: &Known,
        placed: Placed,
    ) {
        let palette = world.resource::<Palette>();
        for live in world.resource::<Training<S>>().runs() {
            let (Some(run), Some((_, at))) = (live.id(), marker::place(live, known, &placed)) else {
                continue;
            };
            let color = srgb(marker::color(palette, live.number()));
            let is_of = |marked: &&mut Marked| (marked.run, marked.color) == (run, color);
            match self.markers.iter_mut().find(is_of) {
                Some(marked) => marked.track.add(secs, placed.world(at), is_cut),
                None => {
                    let mut track = Track::default();
                    track.add(secs, placed.world(at), is_cut);
                    self.markers.push(Marked { run, color, track });
                }
            }
        }
    }
}

impl Marked {
    fn exhibit(self, name: String, secs: f64, fps: u32) -> Exhibit {
        let shown = self.track.shown(1.0 / f64::from(fps), secs);
        let shape = shape_of(&marker::ball(), self.color);
        Exhibit { name, shape, shown, path: self.track.finish(secs), ..Exhibit::default() }
    }
}

/// The surface that a stand shows.
fn ground<S: Side>(known: &Known, shown: &Shown<S>, placed: Placed, look: &ViewFile) -> Option<Ground> {
    let plane = known.plane.as_ref()?;
    let volume = known.volume.as_ref().zip(shown.blend(known));
    let (picture, grid) = match volume {
        Some((volume, view)) => {
            let blended = volume.field.grid().blended_plane(view.layer());
            ((volume.revision, Some(view.layer())), Arc::new(blended))
        }
        None => ((plane.picture.revision, None), plane.picture.field.grid().clone()),
    };
    Some(Ground { picture, grid, placed, colors: look.colors, alpha3: shown.alpha3 })
}

/// A surface as a thing of the scene; `None` if it has not one cell, since everything diverged.
fn sheet_of(stretch: &Stretch<Revision, Ground>, name: String, fps: u32) -> Option<Exhibit> {
    let Ground { grid, placed, colors, alpha3, .. } = &stretch.picture;
    let heights = placed.frame.heights;
    let level = placed.cube.map(|_| placed.cube_height(*alpha3));
    let surface = SurfaceMesh::new(Sheet { grid, heights, colors: *colors, level }).ok()?;
    let [axis1, axis2] = placed.frame.axes();
    let about = json!({
        "alpha1": [axis1.low, axis1.high],
        "alpha2": [axis2.low, axis2.high],
        "alpha3": alpha3,
        "loss_at_floor": heights.to.low,
        "loss_at_top": heights.to.high,
        "scale": heights.to.scale.name(),
        "metres_per_alpha": placed.frame.world_per_alpha(),
    });
    let shown = vec![secs(stretch.frames.start, fps)..secs(stretch.frames.end, fps)];
    let (shape, path, landscape) = (surface.into(), vec![(0.0, placed.shift)], stretch.of.0);
    Some(Exhibit { name, shape, shown, path, landscape, about })
}

fn secs(frame: u64, fps: u32) -> f64 {
    frame as f64 / f64::from(fps)
}

fn srgb(color: Color) -> [u8; 3] {
    let [red, green, blue, _] = color.to_srgba().to_u8_array();
    [red, green, blue]
}

/// A mesh of the scene in one colour.
fn shape_of(mesh: &Mesh, color: [u8; 3]) -> Shape {
    let vectors = |attribute| match mesh.attribute(attribute) {
        Some(VertexAttributeValues::Float32x3(vectors)) => vectors.clone(),
        _ => Vec::new(),
    };
    let corners: Vec<u32> = mesh.indices().into_iter().flat_map(Indices::iter).map(|at| at as u32).collect();
    let positions = vectors(Mesh::ATTRIBUTE_POSITION.id);
    let colors = vec![color; positions.len()];
    let triangles = corners.as_chunks().0.into();
    Shape { positions, normals: vectors(Mesh::ATTRIBUTE_NORMAL.id), colors, triangles }
}

/// What is shown that a scene does not have.
fn missing(look: &ViewFile) -> impl Iterator<Item = &'static str> {
    let has_charts = look.layout != Layout::Landscape && !look.charts.is_empty();
    [
        (has_charts, "charts"),
        (look.isosurface.is_some(), "the isosurface"),
        (look.section1.is_some() || look.section2.is_some(), "sections"),
        (look.opacity < 1.0, "how far the surface is seen through"),
        (look.fog.is_some(), "fog"),
    ]
    .into_iter()
    .filter(|(is_shown, _)| *is_shown)
    .map(|(_, name)| name)
}

fn told_missing(missing: &BTreeSet<&'static str>) -> Option<String> {
    let names: Vec<&str> = missing.iter().copied().collect();
    (!names.is_empty()).then(|| format!("the film shows what a scene does not have: {}", names.join(", ")))
}
