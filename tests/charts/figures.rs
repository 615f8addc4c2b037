//! The charts of the post's flat figures, for Model 1 on the diagonal set: each number by the formula of its loss.

use losscape::core::experiment::{MapGround, ParameterLayer};
use losscape::core::subspace::PlaneConfig;

use super::*;

/// Model 1 along its chord, with every layer of its chart and a dot on the line.
fn model1(charts: &[ChartKind], change: impl FnOnce(&mut ExperimentFile)) -> Eye {
    eye(|file| {
        *file = ExperimentFile::parse(
            "(seed: 3, dataset: diagonal(points: 80), model: model1, optimizer: sgd(lr: 0.1), steps: 120,
              slice: (plane: chord, range: [(-1.0, 2.0), (-1.0, 2.0)], grid: [65, 65]))",
            "x",
        )
        .unwrap();
        file.view.charts = charts.into();
        file.view.parameters = ParameterLayer::ALL.into();
        file.view.dot = Some(0.25);
        change(file);
    })
}

/// The mean of (q·x + s·y − target)², written out.
fn squared(eye: &Eye, [q, s]: [f64; 2]) -> f64 {
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let data = known.plan.objective().unwrap().supervised().unwrap().train();
    let square = |row: usize| (q * data.x()[2 * row] + s * data.x()[2 * row + 1] - data.y()[row]).powi(2);
    (0..data.rows()).map(square).sum::<f64>() / data.rows() as f64
}

/// Places, numbers and colours of the dots of that name.
fn dots(chart: &Chart, wanted: &str) -> (Vec<[f64; 2]>, Vec<f64>, Vec<[u8; 3]>) {
    let found = chart.marks.iter().find_map(|mark| match mark {
        Mark::Dots { name, points, values, colors, .. } if name == wanted => {
            Some((points.clone(), values.clone(), colors.clone()))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no {wanted} in {chart:?}"))
}

/// Start and end of training.
fn ends(eye: &Eye) -> [[f64; 2]; 2] {
    let points = eye.world().resource::<Training>().leader().unwrap().points();
    [points.first().unwrap(), points.last().unwrap()].map(|point| [point.theta[0], point.theta[1]])
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs())
}

#[test]
fn each_step_is_a_dot_coloured_by_its_loss() {
    let eye = model1(&[ChartKind::Parameters], |_| {});
    let (places, losses, colors) = dots(&chart(&eye, ChartKind::Parameters), "loss of a step");
    assert_eq!(places.len(), 121, "the start and every step");
    assert!(places.iter().zip(&losses).all(|(at, loss)| close(squared(&eye, *at), *loss)));
    assert_eq!([places[0], places[120]], ends(&eye));
    assert_ne!(colors[0], colors[120], "the loss falls, and with it the colour");
}

#[test]
fn the_axes_hold_the_whole_way_from_the_first_step_on() {
    let mut eye = model1(&[ChartKind::Parameters], |file| {
        (file.view.parameters, file.view.dot) = (vec![ParameterLayer::Steps], None);
    });
    let ends = ends(&eye);
    eye.ask(Command::Run(RunCommand::Seek(0)));
    (0..3).for_each(|_| eye.frame());
    let start = chart(&eye, ChartKind::Parameters);
    assert_eq!(dots(&start, "loss of a step").0, [ends[0]]);
    assert!(ends.iter().all(|end| start.holds.contains(end)), "{:?}", start.holds);
}

#[test]
fn a_grid_of_models_lies_under_the_path() {
    let eye = model1(&[ChartKind::Parameters], |_| {});
    let (places, losses, _) = dots(&chart(&eye, ChartKind::Parameters), "loss of a model");
    assert_eq!(places.len(), 51 * 51);
    assert!(places.iter().zip(&losses).all(|(at, loss)| close(squared(&eye, *at), *loss)));
    let [low, high] = [places[0], places[places.len() - 1]];
    let is_within = |at: [f64; 2]| (0..2).all(|i| low[i] < at[i] && at[i] < high[i]);
    assert!(ends(&eye).into_iter().all(is_within), "the path is on it");
}

#[test]
fn a_grid_of_the_plane_holds_the_losses_of_its_models() {
    let eye = model1(&[ChartKind::Map], |file| file.view.map = MapGround::Dots);
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let (places, losses, _) = dots(&chart(&eye, ChartKind::Map), "loss");
    assert_eq!((places.len(), places[0], places[51 * 51 - 1]), (51 * 51, [-1.0; 2], [2.0; 2]));
    for (alpha, loss) in places.iter().zip(losses) {
        let theta = known.plan.plane.subspace.lift(alpha);
        let true_loss = squared(&eye, [theta[0], theta[1]]);
        // Between the 65 cells a side of the plane it is blended.
        assert!((true_loss - loss).abs() < 2e-3 * (1.0 + true_loss), "{alpha:?}: {loss} {true_loss}");
    }
}

#[test]
fn the_straight_line_the_dot_on_both_and_what_it_predicts() {
    let eye = model1(&[ChartKind::Sections, ChartKind::Parameters, ChartKind::Decision], |_| {});
    let [a, b] = ends(&eye);
    let at = |alpha: f64| [0, 1].map(|i: usize| (1.0 - alpha) * a[i] + alpha * b[i]);
    let sections = chart(&eye, ChartKind::Sections);
    let Some(Mark::Line { points, .. }) = sections.marks.first() else { panic!("{sections:?}") };
    assert_eq!((points.len(), points[0][0]), (131, -0.15));
    assert!(close(points[130][0], 1.15));
    assert!(points.iter().all(|[alpha, loss]| close(squared(&eye, at(*alpha)), *loss)));
    let dot = at(0.25);
    let Some(Mark::Points { points, .. }) = sections.marks.last() else { panic!("{sections:?}") };
    assert!(points[0][0] == 0.25 && close(points[0][1], squared(&eye, dot)));
    let numbers = [at(0.25), a, b].map(|theta| format!("{:.4}", squared(&eye, theta)));
    let [here, of_a, of_b] = numbers;
    let told = format!("θ = (1 − 0.25)·A + 0.25·B has loss {here}; start A has {of_a}, end B {of_b}.");
    assert_eq!(sections.note, told);
    let beside = chart(&eye, ChartKind::Parameters);
    let found = line(&beside, "at α = 0.25 of the way")[0];
    assert!((0..2).all(|i| close(found[i], dot[i])), "{found:?} {dot:?}");
    assert!(chart(&eye, ChartKind::Decision).note.contains("at α = 0.25 of the way"));
}

#[test]
fn the_model_s_line_through_the_data_is_where_it_says_one_half() {
    let eye = model1(&[ChartKind::Decision], |_| {});
    let [a, b] = ends(&eye);
    let [q, s] = [0, 1].map(|i: usize| 0.75 * a[i] + 0.25 * b[i]);
    let decision = chart(&eye, ChartKind::Decision);
    let Some(Mark::Line { points, .. }) = decision.marks.last() else { panic!("{decision:?}") };
    let line: Vec<&[f64; 2]> = points.iter().filter(|[x, _]| x.is_finite()).collect();
    assert!(!line.is_empty(), "it passes through the data");
    assert!(line.iter().all(|[x, y]| (q * x + s * y - 0.5).abs() < 1e-9), "{line:?}");
}

#[test]
fn the_directions_are_arrows_from_the_start() {
    let eye = model1(&[ChartKind::Parameters], |_| {});
    let [a, b] = ends(&eye);
    let parameters = chart(&eye, ChartKind::Parameters);
    let shafts: Vec<[[f64; 2]; 2]> = parameters
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { points, .. } if points.get(2).is_some_and(|at| at[0].is_nan()) => {
                Some([points[0], points[1]])
            }
            _ => None,
        })
        .collect();
    let [along, across] = shafts[..] else { panic!("{shafts:?}") };
    assert!((0..2).all(|i| close(along[0][i], a[i]) && close(along[1][i], b[i])), "{along:?}");
    let way = |[from, to]: [[f64; 2]; 2]| [to[0] - from[0], to[1] - from[1]];
    let (u, v) = (way(along), way(across));
    assert!((u[0] * v[0] + u[1] * v[1]).abs() < 1e-9 * (u[0].hypot(u[1])).powi(2), "a right angle");
    assert!(close(u[0].hypot(u[1]), v[0].hypot(v[1])), "of one length");
}

#[test]
fn isolines_run_where_they_were_asked_for() {
    let eye = model1(&[ChartKind::Map], |file| {
        (file.view.map, file.view.levels) = (MapGround::Bands, Some(0.1));
        file.view.clip = Some(1.0);
    });
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let map = chart(&eye, ChartKind::Map);
    let apart = |points: &[[f64; 2]]| points.get(2).is_some_and(|at| at[0].is_nan());
    let lines: Vec<&Vec<[f64; 2]>> = map
        .marks
        .iter()
        .filter_map(|mark| match mark {
            Mark::Line { points, width: 1.0, .. } if apart(points) => Some(points),
            _ => None,
        })
        .collect();
    let mut levels = Vec::new();
    for points in lines {
        let losses: Vec<f64> = points
            .iter()
            .filter(|at| at[0].is_finite())
            .map(|alpha| {
                let theta = known.plan.plane.subspace.lift(alpha);
                squared(&eye, [theta[0], theta[1]])
            })
            .collect();
        let mean = losses.iter().sum::<f64>() / losses.len() as f64;
        let level = (10.0 * mean).round() / 10.0;
        assert!(losses.iter().all(|loss| (loss - level).abs() < 4e-3), "{level}: {losses:?}");
        levels.push((10.0 * level).round() as u32);
    }
    let lowest = squared(&eye, ends(&eye)[1]);
    let first = (10.0 * lowest).ceil() as u32;
    assert_eq!(levels, (first..=10).collect::<Vec<_>>(), "one of each");
    assert!(map.note.starts_with("An isoline every 0.1, from "), "{}", map.note);
}

#[test]
fn the_dial_tells_the_angle_of_the_plane() {
    let eye = model1(&[ChartKind::Directions], |file| {
        file.model = ModelConfig::by_name("model3").unwrap();
        file.view.dot = None;
        file.slice.range = None;
        file.slice.plane = PlaneConfig::Angle { degrees: 35.0 };
    });
    let known = eye.world().resource::<Landscape>().current().unwrap();
    let directions = known.plan.plane.subspace.directions();
    let length = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
    let [a, b] = [0, 1].map(|i: usize| length(&directions[i]));
    let dial = chart(&eye, ChartKind::Directions);
    let told = format!("α₁ is {a:.2} long in parameter space, α₂ {b:.2}; between them lie 35.0°.");
    assert_eq!(dial.note, told);
}
