//! Where the controls of the panels are: nothing that happens by itself, and no number, moves them under the
//! hand; and who has the keyboard.

use std::collections::BTreeMap;

use bevy_egui::egui::accesskit::Role;
use bevy_egui::egui::{Event, Key, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use losscape::core::command::Command;
use losscape::core::data::{BatchSize, DatasetConfig};
use losscape::core::experiment::file::Resolution;
use losscape::core::experiment::{CameraMode, ExperimentFile, Shape};
use losscape::core::geometry::heights::HeightScale;
use losscape::core::model::ModelConfig;
use losscape::core::num::Progress;
use losscape::core::optim::{OptimizerConfig, Schedule};
use losscape::core::probe::{Brief, VerdictKind};
use losscape::core::session::RunId;
use losscape::core::subspace::walks::Band;
use losscape::core::subspace::{PlaneConfig, RandomWalks};
use losscape::ui::PanelView;
use losscape::ui::style::SIDE_WIDTH;
use losscape::ui::view::{Chosen, Cost, FilmView, Nearest, RunRow, SliceView, TourView};

use crate::panels::{State, harness, keyed, type_text, view};

/// Everything that a hand takes hold of.
const CONTROLS: [Role; 6] =
    [Role::Button, Role::CheckBox, Role::ComboBox, Role::Slider, Role::SpinButton, Role::TextInput];

/// Where each control is, by its kind and name; of the same name in their order.
fn places(harness: &Harness<State>) -> BTreeMap<String, Rect> {
    let mut found: BTreeMap<String, Rect> = BTreeMap::new();
    for node in harness.root().children_recursive() {
        let (role, name) = (node.accesskit_node().role(), node.accesskit_node().label());
        let Some(name) = name.filter(|_| CONTROLS.contains(&role)) else { continue };
        let keys = (1..).map(|number| format!("{role:?} {name} {number}"));
        let key = keys.into_iter().find(|key| !found.contains_key(key)).unwrap();
        found.insert(key, node.rect());
    }
    found
}

/// The controls that are in both, and elsewhere in the second.
fn moved(before: &BTreeMap<String, Rect>, after: &BTreeMap<String, Rect>) -> Vec<String> {
    let is_moved = |(name, rect): &(&String, &Rect)| {
        after.get(*name).is_some_and(|now| (now.min - rect.min).length() > 0.5)
    };
    let tell = |(name, rect): (&String, &Rect)| format!("{name}: {:?} -> {:?}", rect.min, after[name].min);
    before.iter().filter(is_moved).map(tell).collect()
}

fn chosen(verdict: Option<VerdictKind>, nearest: Option<Nearest>) -> Chosen {
    let verdict = verdict.map(|kind| Brief { kind, downhill: Some([12, 200]) });
    Chosen { alpha: vec![1.0, 0.5, 0.0], loss: Some(0.2), verdict, nearest }
}

/// What happens to a view.
type Changes = Vec<(&'static str, fn(&mut PanelView))>;

/// Everything that comes and goes by itself, by a command, or with another plane.
fn changes() -> Changes {
    [by_itself(), with_another_plane(), by_a_command(), by_a_refusal()].concat()
}

fn by_itself() -> Changes {
    vec![
        ("playing", |view| (view.run.is_playing, view.run.speed) = (true, 100_000.0)),
        ("probing", |view| view.run.is_probing = true),
        ("a verdict", |view| {
            view.run.verdict = Some(Brief { kind: VerdictKind::Slope, downhill: Some([120, 200]) });
        }),
        ("diverged", |view| view.run.diverged_at = Some(12_345)),
        ("another low point", |view| view.slice.another_low = Some((vec![1.0, 0.5, 0.0], 0.125))),
        ("sweeping", |view| {
            (view.slice.is_sweeping, view.slice.is_exact, view.slice.alpha3) = (true, false, -1.99)
        }),
        ("a point is chosen", |view| view.slice.selected = Some(vec![-1.25, 0.5, 0.0])),
        ("a low point is chosen", |view| {
            let alpha = vec![1.0, 0.5, 0.0];
            view.slice.selected = Some(alpha.clone());
            view.slice.another_low = Some((alpha, 0.125));
            view.chosen = Some(chosen(Some(VerdictKind::Slope), None));
        }),
        ("it lies far off", |view| {
            view.slice.selected = Some(vec![1.0, 0.5, 0.0]);
            let near = Nearest { step: 10_000_000, distance: 1.234e-9, is_on_trail: false };
            view.chosen = Some(chosen(Some(VerdictKind::NoNegativeCurvature), Some(near)));
        }),
    ]
}

fn with_another_plane() -> Changes {
    vec![
        ("another slice is computed", |view| {
            view.slice.axes.clear();
            (view.slice.alpha3_range, view.cost, view.examples) = (None, None, None);
            view.news.progress = Some(Progress { done: 1, total: 3 });
        }),
        ("a plane that is the whole space", |view| {
            view.slice.axes.truncate(2);
            view.slice.alpha3_range = None;
        }),
        ("random walks", |view| {
            let band = Band { low: 0.1, median: 0.5, high: 0.9 };
            view.slice.walks = Some(RandomWalks { axes: vec![band; 3], all: band });
        }),
        ("a slanted plane", |view| view.slice.cosine = 0.5),
        ("what it cost", |view| {
            view.cost = Some(Cost {
                grid_losses: 123_456_789,
                grid_secs: 123.4,
                gradients: 10_000_000,
                training_secs: 99.9,
                parameters: 116_618,
            });
        }),
    ]
}

fn by_a_command() -> Changes {
    vec![
        ("flight", |view| view.experiment.view.camera = CameraMode::Flight),
        ("the cube", |view| {
            view.experiment.view.shape = Shape::Cube;
            (view.experiment.view.isosurface, view.experiment.view.section1) = (Some(0.5), Some(1.0));
        }),
        ("a log scale", |view| view.experiment.view.scale = HeightScale::Log),
        ("cut off", |view| view.experiment.view.clip = Some(0.5)),
        ("a camera key", |view| view.camera.keys = keyed().camera.keys),
        ("a tour", |view| view.tour = Some(TourView { title: "x".into(), ..TourView::default() })),
        ("recording", |view| view.recording_secs = Some(65.0)),
        ("filming", |view| {
            let name = "a.mp4".into();
            view.film = Some(FilmView { name, progress: None, secs_left: None, is_cancelled: false });
        }),
        ("something to undo", |view| view.edits.changes = (3, 1)),
        ("a warning", |view| view.news.warning = Some("optimizer.lr is -1: expected more".into())),
        ("changed", |view| {
            view.edits.opened.1 = true;
            view.experiment.title.clear();
        }),
    ]
}

fn by_a_refusal() -> Changes {
    vec![
        ("refused: dataset", |view| view.news.refusal = Some(("dataset.points".into(), "0: more".into()))),
        ("refused: model", |view| view.news.refusal = Some(("model.widths".into(), "[0]: more".into()))),
        ("refused: optimizer", |view| view.news.refusal = Some(("optimizer.lr".into(), "-1: more".into()))),
        ("refused: steps", |view| view.news.refusal = Some(("steps".into(), "0: more".into()))),
        ("refused: slice", |view| view.news.refusal = Some(("slice.range".into(), "0: more".into()))),
        ("refused: clip", |view| view.news.refusal = Some(("view.clip".into(), "0: more".into()))),
        ("large numbers", |view| {
            (view.run.step, view.run.loss, view.run.grad_norm) = (10_000_000, Some(8.123e301), Some(1e-300));
            (view.run.surface_loss, view.run.plane_distance) = (Some(-1e300), Some(1e12));
        }),
    ]
}

#[test]
fn what_comes_and_goes_by_itself_moves_no_control() {
    let mut harness = harness(view());
    let before = places(&harness);
    assert!(before.len() > 60, "{}", before.len());
    for (what, change) in changes() {
        harness.state_mut().view = view();
        change(&mut harness.state_mut().view);
        harness.run_steps(3);
        let found = moved(&before, &places(&harness));
        assert!(found.is_empty(), "{what}: {found:#?}");
    }
}

/// Whoever chooses another kind finds all else where it was.
#[test]
fn another_kind_of_anything_moves_no_control() {
    let mut harness = harness(view());
    let before = places(&harness);
    let mut kinds: Vec<(String, PanelView)> = Vec::new();
    let mut with = |name: &str, change: &dyn Fn(&mut ExperimentFile)| {
        let mut view = view();
        change(&mut view.experiment);
        kinds.push((name.to_owned(), view));
    };
    OptimizerConfig::all().iter().for_each(|kind| with(kind.name(), &|file| file.optimizer = kind.clone()));
    ModelConfig::all().iter().for_each(|kind| with(kind.name(), &|file| file.model = kind.clone()));
    Schedule::all().iter().for_each(|kind| with(kind.name(), &|file| file.schedule = *kind));
    DatasetConfig::all().iter().for_each(|kind| with(kind.name(), &|file| file.dataset = kind.clone()));
    PlaneConfig::all().iter().for_each(|kind| with(kind.name(), &|file| file.slice.plane = kind.clone()));
    for (kind, view) in kinds {
        harness.state_mut().view = view;
        harness.run_steps(3);
        let mut now = places(&harness);
        // Settings of one kind stand where those of the other did.
        now.retain(|name, _| !SETTINGS.iter().any(|setting| name.contains(setting)));
        let found = moved(&before, &now);
        assert!(found.is_empty(), "{kind}: {found:#?}");
    }
}

/// Words in the names of settings that are those of some kinds only.
const SETTINGS: [&str; 6] = ["weight_decay", "eps", "activation", "head", "noise", "momentum"];

/// The plane sets out, its second low point is no longer looked for, and the button is where it was.
#[test]
fn a_second_click_lands_where_the_first_did() {
    let mut harness = harness(PanelView {
        slice: SliceView { another_low: Some((vec![1.0, 0.5, 0.0], 0.125)), ..view().slice },
        ..view()
    });
    let at = harness.get_by_label("Sweep α₃").rect().center();
    let click = |harness: &mut Harness<State>| {
        harness.hover_at(at);
        harness.drag_at(at);
        harness.run_steps(2);
        harness.drop_at(at);
        harness.run_steps(2);
    };
    click(&mut harness);
    let state = harness.state_mut();
    (state.view.slice.is_sweeping, state.view.slice.is_exact, state.view.slice.another_low) =
        (true, false, None);
    click(&mut harness);
    let asked = [true, false].map(Command::Sweep);
    assert_eq!(harness.state().asked, asked);
}

/// A race whose runs say little or much.
fn racing(change: fn(&mut RunRow)) -> PanelView {
    let row = |id| {
        let mut row = RunRow {
            ways: OptimizerConfig::by_name("adam").unwrap().into(),
            id: RunId(id),
            name: "adam".into(),
            number: id as usize,
            step: 7,
            loss: None,
            accuracy: None,
            verdict: None,
            has_diverged: false,
            may_lead: id > 0,
        };
        change(&mut row);
        row
    };
    PanelView { runs: vec![row(0), row(1), row(2)], ..view() }
}

#[test]
fn what_a_race_has_to_tell_moves_no_control() {
    let changes: [fn(&mut RunRow); 3] = [
        |row| row.has_diverged = true,
        |row| {
            (row.step, row.loss, row.accuracy) = (10_000_000, Some(1.234e-300), Some(1.0));
            row.verdict = Some(Brief { kind: VerdictKind::NoNegativeCurvature, downhill: None });
        },
        |row| row.may_lead = false,
    ];
    let before = places(&harness(racing(|_| {})));
    for (i, change) in changes.into_iter().enumerate() {
        let found = moved(&before, &places(&harness(racing(change))));
        assert!(found.is_empty(), "{i}: {found:#?}");
    }
}

const LONG: f64 = 0.123_456_789_012_345_6;

/// An experiment with numbers of 16 digits wherever it has any.
fn long() -> PanelView {
    let mut long = view();
    let file = &mut long.experiment;
    (file.seed, file.held_out) = (1_234_567_890_123_456_789, LONG);
    (file.batch, file.steps) = (BatchSize::Size(1_234_567_890_123_456), 1_234_567_890_123_456);
    file.dataset.set_points(1_234_567_890_123_456);
    file.optimizer.set_lr(LONG);
    file.slice.grid = Resolution([1_234; 2]);
    file.slice.volume = Resolution([1_234; 3]);
    (file.slice.rotate, file.view.steps_per_second) = (-LONG * 100.0, LONG * 1e5);
    (file.view.clip, file.view.isosurface) = (Some(8.123e301), Some(LONG * 1e15));
    (file.view.shape, file.view.section1, file.view.section2) = (Shape::Cube, Some(-LONG), Some(-LONG * 1e9));
    long.slice.alpha3 = -1_234_567_890_123_456.0;
    long.slice.alpha_ranges = [(-LONG, LONG * 1e-9), (-LONG * 1e15, LONG * 1e300)];
    long.slice.alpha3_range = Some((-LONG * 1e-300, LONG));
    long.slice.selected = Some(vec![-LONG, -LONG * 1e300, LONG]);
    long.chosen = Some(Chosen { alpha: vec![-LONG, -LONG * 1e300, LONG], ..chosen(None, None) });
    long
}

/// Controls and texts of the panel on the left end where it does.
fn assert_all_within_the_panel(harness: &Harness<State>) {
    // The bars below are as wide as the window.
    let foot = harness.get_by_label("Charts ⏷").rect().top();
    for node in harness.root().children_recursive() {
        // What is not drawn has no place.
        if node.accesskit_node().bounding_box().is_none() {
            continue;
        }
        let (role, rect) = (node.accesskit_node().role(), node.rect());
        let is_beside = rect.width() > 0.0 && rect.left() < SIDE_WIDTH && rect.top() < foot;
        if is_beside && (role == Role::Label || CONTROLS.contains(&role)) {
            let label = node.accesskit_node().label();
            assert!(rect.right() <= SIDE_WIDTH, "{role:?} {label:?} {:?} at {rect:?}", node.value());
        }
    }
}

#[test]
fn numbers_of_sixteen_digits_stay_in_the_panel_and_move_nothing() {
    let harness = harness(long());
    assert_all_within_the_panel(&harness);
    let mut short = view();
    short.slice.selected = Some(vec![0.0; 3]);
    short.experiment.view.shape = Shape::Cube;
    let short = {
        let look = &mut short.experiment.view;
        (look.clip, look.isosurface, look.section1, look.section2) =
            (Some(0.5), Some(0.5), Some(1.0), Some(1.0));
        short
    };
    let (before, after) = (places(&crate::panels::harness(short)), places(&harness));
    let found = moved(&before, &after);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn all_digits_of_a_seed_are_shown_and_kept_by_who_passes_through() {
    let mut harness = harness(long());
    let seed = harness.get_by_label("Seed");
    assert_eq!(seed.value().as_deref(), Some("1234567890123456789"));
    seed.focus();
    for _ in 0..3 {
        harness.run();
        harness.key_press(Key::Tab);
        harness.run();
    }
    assert_eq!(harness.state().asked, []);
}

#[test]
fn whoever_types_many_digits_moves_nothing_beside_the_field() {
    let mut harness = harness(view());
    let before = places(&harness);
    for label in ["α₁ from", "plane, cells", "α₃", "lr"] {
        harness.get_all_by_role_and_label(Role::SpinButton, label).next().unwrap().focus();
        harness.run();
        harness.event(Event::Text("0.1234567890123456".to_owned()));
        harness.run_steps(2);
        let now = places(&harness);
        let found = moved(&before, &now);
        assert!(found.is_empty(), "{label}: {found:#?}");
        harness.key_press(Key::Escape);
        harness.run_steps(2);
    }
    assert_eq!(harness.state().asked, [], "Esc takes back what was typed");
}

/// Settings of each kind with most rows: every control lies within the panel.
#[test]
fn every_kind_of_setting_fits_the_panel() {
    let mut wide = view();
    wide.experiment.optimizer = OptimizerConfig::by_name("adamw").unwrap();
    wide.experiment.schedule = Schedule::by_name("cosine").unwrap();
    wide.experiment.slice.plane = PlaneConfig::Angle { degrees: 20.0 };
    wide.run.verdict = Some(Brief { kind: VerdictKind::Slope, downhill: Some([120, 200]) });
    wide.slice.walks = Some(RandomWalks {
        axes: vec![Band { low: 0.1, median: 0.5, high: 0.9 }; 3],
        all: Band { low: 0.1, median: 0.5, high: 0.9 },
    });
    for axis in &mut wide.slice.axes {
        axis.name = "fc1.weight[10,12]".into();
    }
    assert_all_within_the_panel(&harness(wide));
}

/// Whether somebody types.
fn is_typing(harness: &Harness<State>) -> bool {
    harness.ctx.text_edit_focused()
}

#[test]
fn a_field_gives_the_keyboard_back_on_escape_on_enter_and_on_a_press_elsewhere() {
    for label in ["lr", "α₃", "Start from"] {
        for leave in ["Escape", "Enter", "press", "drag"] {
            let mut harness = harness(view());
            let role = if label == "Start from" { Role::TextInput } else { Role::SpinButton };
            harness.get_all_by_role_and_label(role, label).next().unwrap().focus();
            harness.run();
            harness.event(Event::Text("vf".to_owned()));
            harness.run();
            assert!(is_typing(&harness), "{label}");
            // Over the picture, where no widget is.
            let picture = pos2(800.0, 400.0);
            match leave {
                "Escape" => harness.key_press(Key::Escape),
                "Enter" => harness.key_press(Key::Enter),
                _ => {
                    harness.hover_at(picture);
                    harness.drag_at(picture);
                    harness.run();
                    if leave == "drag" {
                        harness.hover_at(picture + vec2(60.0, 10.0));
                        harness.run();
                    } else {
                        harness.drop_at(picture);
                    }
                }
            }
            harness.run_steps(2);
            assert!(!is_typing(&harness), "{label} after {leave}");
            if role == Role::SpinButton || leave == "Escape" {
                assert_eq!(harness.state().asked, [], "{label} after {leave}: letters are no number");
            }
        }
    }
}

#[test]
fn a_number_typed_is_sent_by_a_press_elsewhere_and_not_by_escape() {
    for (leave, count) in [(Some(Key::Escape), 0), (Some(Key::Enter), 1), (None, 1)] {
        let mut harness = harness(view());
        harness.get_by_label("lr").focus();
        harness.run();
        harness.event(Event::Text("0.5".to_owned()));
        harness.run();
        match leave {
            Some(key) => harness.key_press(key),
            None => harness.drag_at(pos2(800.0, 400.0)),
        }
        harness.run_steps(3);
        assert_eq!(harness.state().asked.len(), count, "{leave:?}");
    }
    let mut harness = harness(view());
    harness.get_by_label("lr").focus();
    harness.run();
    type_text(&mut harness, "0.5");
    assert_eq!(harness.state().asked.len(), 1);
}
