//! Sessions under any commands: what is refused changes nothing, what is applied makes sense, and the log
//! makes the same session again.

use losscape::core::command::Command;
use losscape::core::experiment::file::parse_ron;
use losscape::core::experiment::{Experiment, ExperimentFile};
use losscape::core::session::{Now, Session};
use losscape::disk::sources;

use super::draw::Draw;

const PLACE: &str = "{start|end|step(%u)}";

/// Every command, with numbers of all sizes.
fn grammar() -> String {
    let dataset = "{xor(points: %n, noise: %f)|diagonal(points: %u)|circles(points: %n)|moons(points: %n)|\
        spirals(points: %n)|blobs(points: %n, classes: %n)|linear_regression(points: %n, noise: %f)|\
        sine_regression(points: %n)}";
    let model = "{model1|model2|model3()|model3(head: linear)|mlp(widths: [%n, %n], activation: {relu|tanh})|\
        mlp(widths: [], skip: {true|false|%s})|mlp(widths: [%u])}";
    let optimizer = "{sgd()|sgd(lr: %f)|momentum(lr: %p, momentum: %f)|nesterov()|adagrad(eps: %f)|rmsprop(lr: %f)|\
        adam(betas: (%s, %f))|adamw(weight_decay: %f)|lion(lr: %f)|\
        muon(adamw_share: %f)|sam(rho: %f)|random_walk(lr: %f)}";
    let schedule = "{constant|step(step_size: %u, gamma: %f)|cosine(t_max: %u, eta_min: %f)|\
        warm_up(total_iters: %u, start_factor: %f)|restarts(t_0: %u, t_mult: %u)}";
    let plane = format!(
        "{{chord|pca(about: {{mean|end}})|line(from: {PLACE}, to: {PLACE})|random(at: {PLACE})|hessian(at: {PLACE})|\
        axes(parameters: [])|points(a: {PLACE}, b: {PLACE}, c: {PLACE})|angle(degrees: %f)}}"
    );
    let file = format!("seed: %u, dataset: {dataset}, model: {model}, steps: %n");
    let experiment = format!(
        "{{load({file})|dataset({dataset})|model({model})|seed(%u)|optimizer({optimizer})|\
        batch({{full|size(%u)}})|steps(%u)|held_out({{%s|%f}})|standardize({{true|false}})|init({{pytorch|uniform|normal|xavier|he}})|\
        loss({{mse|bce_with_logits|cross_entropy|huber}})|schedule({schedule})|plane({plane})|\
        ranges({{None|Some([(%f, %f), (%f, %f)])|Some([(-1, %p), (-1, 1), (0, %p)])|Some([])}})|\
        grid([%n, %u])|volume([%n, %n, %u])}}"
    );
    let run = format!(
        "{{play|pause|step(%u)|seek(%u)|converge(tolerance: %f)|restart|speed(%f)|retire(%n)|lead(%n)|\
        tune(run: %n, optimizer: {optimizer})|\
        race(optimizer: {optimizer}, from: {{same|slice([%f, %f])|slice([%s, %s, %s])|slice([])}})}}"
    );
    let pose = "target: (%p, %s, %p), yaw: %f, pitch: %s, distance: %p, fov: %s";
    let view = format!(
        "{{shape({{surface|cube|both}})|camera({{orbit|flight|map|ride|path}})|frame_all|\
        colors({{viridis|magma|post}})|scale({{clipped|linear|log}})|clip({{None|Some(%f)}})|theme({{dark|light}})|\
        solid({{true|false}})|grid_lines({{true|false}})|opacity(%f)|trail({{run|loss|step|distance}})|\
        section(axis: {{alpha1|alpha2}}, at: {{None|Some(%f)}})|isosurface({{None|Some(%f)}})|\
        select({{None|Some([%f, %s])|Some([%s])}})|set_bookmark(slot: %n, pose: ({pose}))|go_to(%n)|visit({pose})|\
        add_key({pose})|keys([(secs: %s, pose: ({pose})), (secs: %p, pose: ({pose}))])|keys([])|\
        below_floor({{true|false}})|panels({{true|false}})}}"
    );
    let slice = "{alpha3(%f)|sweep({true|false})|rotate(%f)|rescale(%f)}";
    format!("{{experiment({experiment})|run({run})|slice({slice})|view({view})|{{undo|redo}}}}")
}

/// Commands in the life of a session.
const LIFE: usize = 40;

fn begun() -> Session {
    let file = ExperimentFile::parse("(dataset: xor(points: 6), steps: 9)", "x.ron").unwrap();
    Session::new(Experiment::reading(file, &sources()).unwrap())
}

/// The life of a session; how many commands it took, and how many of them it refused.
fn life(grammar: &str, draw: &mut Draw) -> [usize; 2] {
    let (mut session, mut taken, mut refused) = (begun(), 0, 0);
    for _ in 0..LIFE {
        let text = draw.text(grammar);
        // Not every number is one of its field's.
        let Ok(command) = parse_ron::<Command>(&text, "") else { continue };
        let written = serde_json::to_string(&command).unwrap();
        // JSON has no name for what is not finite.
        if let Ok(read) = serde_json::from_str::<Command>(&written) {
            assert_eq!(serde_json::to_string(&read).unwrap(), written);
        }
        let now = Now { step: draw.below(20) as u64, alpha3: 0.25 };
        let before = session.clone();
        match session.apply(command, now) {
            Ok(_) => taken += 1,
            Err(error) => {
                assert!(session == before, "{text} was refused and changed something: {error}");
                assert!(!error.to_string().contains('\n'), "{error}");
                refused += 1;
            }
        }
    }
    let file = session.experiment().file();
    Experiment::reading(file.clone(), &sources())
        .unwrap_or_else(|error| panic!("{error}: {}", file.to_ron()));
    let mut again = begun();
    for entry in session.log().entries() {
        again.apply(entry.command.clone(), Now { step: entry.step, alpha3: 0.25 }).unwrap();
    }
    assert!(again == session, "a replay makes another session: {:?}", session.log());
    [taken, refused]
}

/// So many commands, in lives of [`LIFE`] each.
fn commands(usual: u64) {
    let (grammar, mut count) = (grammar(), [0, 0]);
    super::attack(usual / LIFE as u64, |draw| {
        let lived = life(&grammar, draw);
        (0..2).for_each(|i| count[i] += lived[i]);
    });
    println!("{} commands taken, {} refused", count[0], count[1]);
    assert!(count[0] > count[1] / 3 && count[1] > 0, "{count:?}: neither all nor none make sense");
}

#[test]
fn a_session_takes_any_command() {
    commands(4_000);
}

#[test]
#[ignore = "minutes: the same, with a large number of draws"]
fn a_session_takes_any_command_at_length() {
    commands(1_600_000);
}

#[test]
fn every_command_is_drawn() {
    let grammar = grammar();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..3_000 {
        let text = Draw::new(seed).text(&grammar);
        if let Ok(command) = parse_ron::<Command>(&text, "") {
            let debug = format!("{command:?}");
            let name: String =
                debug.split(['{', ' ']).next().unwrap().split('(').take(2).collect::<Vec<_>>().join(".");
            seen.insert(name.trim_end_matches(')').to_owned());
        }
    }
    // 16 of the experiment, 11 of runs, 3 of the slice, 21 of the view, undo and redo.
    assert!(seen.len() >= 53, "{}: {seen:?}", seen.len());
}
