//! Files with faults, for every loader: each is read or refused in one line, and nothing breaks.

use losscape::disk::{Files, access, sources};
use std::fs::File;
use std::path::{Path, PathBuf};

use losscape::core::data::table::{self, Column, DecimalMark, Header, TableOptions, TargetKind};
use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::formats::archive::write_run;
use losscape::core::formats::run;
use losscape::core::io::folder::Reach;
use losscape::core::io::npy;
use losscape::core::script::open::Script;
use losscape::core::text::visible;

/// A kind of file: how it is called, good ones of it, and who reads it.
struct Loader {
    /// Its name in the folder, with the ending that it needs.
    name: &'static str,
    /// How often it is drawn: what takes longer to read is drawn more seldom.
    share: usize,
    seeds: Vec<Vec<u8>>,
    read: Box<dyn Fn(&Path) -> Result<(), String>>,
}

fn loader<T, E: std::fmt::Display>(
    name: &'static str,
    share: usize,
    seeds: Vec<Vec<u8>>,
    read: impl Fn(&Path) -> Result<T, E> + 'static,
) -> Loader {
    Loader {
        name,
        share,
        seeds,
        read: Box::new(move |path| read(path).map(drop).map_err(|error| error.to_string())),
    }
}

/// A run of a few steps, as it is written.
fn recorded(folder: &Path, dataset: &str) -> Vec<u8> {
    let text = format!("(dataset: {dataset}, steps: 4, slice: (grid: [3, 3], volume: [2, 2, 2]))");
    let path = folder.join("good.ron");
    std::fs::write(&path, text).unwrap();
    let experiment =
        Experiment::reading(ExperimentFile::read(&path, &access(Reach::Below)).unwrap(), &sources()).unwrap();
    let path = folder.join("good.npz");
    let run = pipeline::train(&experiment, |_| {}).unwrap();
    write_run(File::create(&path).unwrap(), &experiment, &run.course()).unwrap();
    std::fs::read(path).unwrap()
}

fn point(folder: &Path) -> Vec<u8> {
    let path = folder.join("good.npy");
    npy::write_theta(File::create(&path).unwrap(), &[0.5; 13]).unwrap();
    std::fs::read(path).unwrap()
}

/// Tables of every dialect and encoding that is read without a word.
fn tables() -> Vec<Vec<u8>> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        table::read(&Files, &path, &TableOptions::default()).ok().map(|_| std::fs::read(path).unwrap())
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tables");
    let mut tables: Vec<Vec<u8>> = std::fs::read_dir(folder).unwrap().filter_map(read).collect();
    tables.sort();
    tables.extend(TABLES.map(|text| text.as_bytes().to_vec()));
    tables
}

const TABLES: [&str; 4] = [
    "\u{feff}a, b ,\"the target\"\r\n1 , 2,0\r\n\r\n3.5,-4e2,1",
    "# a comment\nx\ty\n1\t0\n2\t1\n",
    "a|b|yes\n1|2|True\n3|4|False\n",
    "\"a\nb\",c\n1,0\n2,1\n",
];

/// Tables of which something is said, and what.
const TOLD: [&str; 2] =
    ["a;the target;b\n1,5;x;1.000,25\n2,5;y;0\n-1;x;7\n", "a;the target;c;b\n1;1;2;3\n4;-1;5;6\n"];

fn told() -> TableOptions {
    TableOptions {
        target: TargetKind::Classes,
        target_column: Some(Column::Number(2)),
        leave_out: vec![Column::Name("b".to_owned())],
        header: Header::Yes,
        decimal: DecimalMark::Comma,
    }
}

const EXPERIMENTS: [&str; 5] = [
    "(title: \"a\", seed: 3, dataset: xor(points: 6), model: mlp(widths: [3], activation: relu), steps: 9)",
    "(dataset: blobs(points: 8, classes: 3), loss: cross_entropy, optimizer: adam(lr: 0.1), batch: size(4))",
    "(surface: Some(rosenbrock), slice: (plane: axes(), range: Some([(-2, 2), (-1, 3)]), grid: [9, 9]))",
    "(dataset: moons(points: 9), held_out: 0.3, schedule: cosine(t_max: 9), view: (scale: log, eye: (10, 20)))",
    "(dataset: csv(path: \"good.csv\"), standardize: true, slice: (plane: points(a: start, b: file(\"good.npy\"), c: end)))",
];

/// A tour of small experiments: the built-in ones take longer to make than to read.
const TOUR: &str = "(title: \"t\", chapters: [
    (title: \"a\", caption: \"b\", experiment: Some(\"small.ron\"), secs: 3, cues: [
        (when: at(0.5), command: run(speed(100)), ease: Some(smooth(1))),
        (when: key(1), command: view(scale(log))),
        (when: at(2), command: experiment(dataset(moons(points: 5)))),
    ], camera: [(secs: 0, pose: (target: (0, 0, 0), yaw: 0, pitch: -0.5, distance: 3, fov: 0.7))]),
    (secs: 1, cues: [(when: at(0), command: slice(alpha3(0.5)))]),
])";

/// Its words in another language.
const WORDS: &str =
    "(tour: \"good-tour\", title: \"T\", chapters: [(title: \"Ä\", caption: \"ß\", notes: \"ñ\"), ()])";

/// Opens an experiment or a tour, and makes what an experiment asks for.
fn opened(path: &Path) -> Result<(), String> {
    match Script::read(path, &access(Reach::Below)).map_err(|error| error.to_string())? {
        // Of a million points or a large model there is nothing to be learnt here but patience.
        Script::Experiment(file) if file.dataset.points() <= 2_000 => {
            Experiment::reading(*file, &sources()).map(drop).map_err(|error| error.to_string())
        }
        Script::Experiment(_) | Script::Tour(_) => Ok(()),
    }
}

fn loaders(folder: &Path) -> Vec<Loader> {
    let bytes = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    std::fs::write(folder.join("small.ron"), "(dataset: xor(points: 4), steps: 5)").unwrap();
    std::fs::write(folder.join("good.csv"), TABLES[0]).unwrap();
    std::fs::write(folder.join("good-tour.ron"), TOUR).unwrap();
    let point = point(folder);
    let runs = ["xor(points: 5)", "csv(path: \"good.csv\")"].map(|dataset| recorded(folder, dataset));
    let all = vec![
        loader("x.npz", 100, runs.to_vec(), |path| run::read_run(path, &access(Reach::Below))),
        loader("x.npy", 600, vec![point], |path| npy::read_theta(&Files, path, 13)),
        loader("x.csv", 600, tables(), |path| table::read(&Files, path, &TableOptions::default())),
        loader("x.data", 200, bytes(&TOLD), |path| table::read(&Files, path, &told())),
        loader("x.ron", 200, bytes(&EXPERIMENTS), opened),
        loader("t.ron", 200, bytes(&[TOUR]), opened),
        loader("good-tour.de.ron", 200, bytes(&[WORDS]), opened),
    ];
    #[cfg(feature = "viewer")]
    let all = all.into_iter().chain(films::loaders(folder)).collect();
    all
}

#[cfg(feature = "viewer")]
mod films {
    use losscape::core::num::CancelToken;
    use losscape::disk::output::Output;
    use losscape::record::sink::join::{self, Part};
    use losscape::record::sink::{self, Encoder, FilmSpec, Format, recover};
    use losscape::ui::Desk;
    use losscape::ui::desktop::preferences::Preferences;

    use super::*;

    /// What there is of a film of a few frames before it is complete, and the film.
    fn part_and_film(folder: &Path, name: &str) -> [Vec<u8>; 2] {
        let (film, part) = (folder.join(name), folder.join(format!("{name}.part")));
        let spec = FilmSpec::plain([32, 16], 10, 5);
        let format = Format::of(&film).unwrap();
        let mut sink = sink::open(&film, true, spec, format, Encoder::InProcess).unwrap();
        for number in 0..5_u8 {
            sink.take(&image::RgbaImage::from_fn(32, 16, |x, y| {
                image::Rgba([number * 50, x as u8 * 8, y as u8 * 16, 255])
            }))
            .unwrap();
        }
        let left = std::fs::read(part).unwrap();
        sink.finish(&CancelToken::default()).unwrap();
        [left, std::fs::read(film).unwrap()]
    }

    pub fn loaders(folder: &Path) -> Vec<Loader> {
        let recovered = |folder: &Path, ending: &str| {
            let place = folder.join(format!("recovered.{ending}"));
            move |path: &Path| {
                let output = Output::new(&place, true).map_err(|error| error.to_string())?;
                let format = Format::of(&place).map_err(|error| error.to_string())?;
                let parts = [path.to_owned()];
                recover::recover(&parts, format, &output, &CancelToken::default())
                    .map_err(|error| error.to_string())
            }
        };
        let [[gif, _], [apng, _], [_, webm]] =
            ["seed.gif", "seed.apng", "seed.webm"].map(|name| part_and_film(folder, name));
        let joined = folder.join("joined.mp4");
        let join = move |path: &Path| {
            let part = Part::read(path).map_err(|error| error.to_string())?;
            let output = Output::new(&joined, true).map_err(|error| error.to_string())?;
            join::join(&[part], &output, &CancelToken::default()).map_err(|error| error.to_string())
        };
        let desk = losscape::core::experiment::file::to_pretty_ron(&Desk::default(), usize::MAX);
        let left = EXPERIMENTS.map(|text| text.as_bytes().to_vec()).to_vec();
        let preferences = |path: &Path| Preferences::within(path.parent().unwrap()).unwrap();
        let read_desk = move |path: &Path| preferences(path).desk().notice.unwrap_or(Ok(String::new()));
        let rescue = move |path: &Path| preferences(path).unsaved().ok_or("it is left where it is");
        vec![
            loader("x.mp4.part", 20, part_and_film(folder, "seed.mp4").to_vec(), join),
            loader("x.gif.part", 20, vec![gif], recovered(folder, "gif")),
            loader("x.apng.part", 20, vec![apng], recovered(folder, "apng")),
            // An ffmpeg for each.
            loader("x.webm.part", 1, vec![webm], recovered(folder, "webm")),
            loader("desk.ron", 100, vec![desk.into_bytes()], read_desk),
            loader("unsaved-1.ron", 100, left, rescue),
        ]
    }
}

/// Files whose reader a fault changes: all bytes of all kinds.
fn others(loaders: &[Loader]) -> Vec<u8> {
    loaders.iter().flat_map(|loader| loader.seeds.iter().flatten().copied()).collect()
}

fn mutations(usual: u64) {
    let folder = tempfile::tempdir().unwrap();
    let loaders = loaders(folder.path());
    let others = others(&loaders);
    let shares: Vec<usize> =
        loaders.iter().enumerate().flat_map(|(at, loader)| vec![at; loader.share]).collect();
    let mut count = vec![[0_u64, 0]; loaders.len()];
    super::attack(usual, |draw| {
        let at = *draw.of(&shares);
        let loader = &loaders[at];
        let seed = draw.of(&loader.seeds).clone();
        let path: PathBuf = folder.path().join(loader.name);
        std::fs::write(&path, draw.mutated(&seed, &others)).unwrap();
        match (loader.read)(&path) {
            Ok(()) => count[at][0] += 1,
            Err(told) => {
                assert!(!told.is_empty() && visible(&told).lines().count() == 1, "{}: {told:?}", loader.name);
                count[at][1] += 1;
            }
        }
    });
    for (loader, [read, refused]) in loaders.iter().zip(&count) {
        println!("{}: {read} read, {refused} refused", loader.name);
    }
}

#[test]
fn good_files_are_read_by_every_loader() {
    let folder = tempfile::tempdir().unwrap();
    for loader in loaders(folder.path()) {
        for (number, seed) in loader.seeds.iter().enumerate() {
            let path = folder.path().join(loader.name);
            std::fs::write(&path, seed).unwrap();
            if let Err(told) = (loader.read)(&path) {
                panic!("{} {number}: {told}", loader.name);
            }
        }
    }
}

#[test]
fn files_with_faults_are_read_or_refused_in_a_line() {
    mutations(8_000);
}

#[test]
#[ignore = "an hour: the same, with a large number of draws"]
fn files_with_faults_are_read_or_refused_in_a_line_at_length() {
    mutations(10_000_000);
}
