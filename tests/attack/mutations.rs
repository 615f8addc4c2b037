//! Files with faults, for every loader: each is read or refused in one line, and nothing breaks.

use std::fs::File;
use std::path::{Path, PathBuf};

use losscape::core::experiment::{Experiment, ExperimentFile, pipeline};
use losscape::core::io::archive::write_run;
use losscape::core::io::folder::{Folder, Reach};
use losscape::core::io::table::TableOptions;
use losscape::core::io::{npy, run, table};
use losscape::core::script::tour::{Tour, is_tour};
use losscape::core::text::visible;

/// A kind of file: how it is called, good ones of it, and who reads it.
struct Loader {
    /// Its name, with the ending that it needs.
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    read: Box<dyn Fn(&Path) -> Result<(), String>>,
}

fn loader<T, E: std::fmt::Display>(
    name: &'static str,
    seeds: Vec<Vec<u8>>,
    read: impl Fn(&Path) -> Result<T, E> + 'static,
) -> Loader {
    Loader {
        name,
        seeds,
        read: Box::new(move |path| read(path).map(drop).map_err(|error| error.to_string())),
    }
}

/// A run of a few steps, as it is written.
fn recorded(folder: &Path) -> Vec<u8> {
    let text = "(dataset: xor(points: 5), steps: 4, slice: (grid: [3, 3], volume: [2, 2, 2]))";
    let experiment = Experiment::new(ExperimentFile::parse(text, "x.ron").unwrap()).unwrap();
    let path = folder.join("good.npz");
    let run = pipeline::train(&experiment, |_| {});
    write_run(File::create(&path).unwrap(), &experiment, &run.course()).unwrap();
    std::fs::read(path).unwrap()
}

fn point(folder: &Path) -> Vec<u8> {
    let path = folder.join("good.npy");
    npy::write_theta(File::create(&path).unwrap(), &[0.5; 13]).unwrap();
    std::fs::read(path).unwrap()
}

const TABLES: [&str; 6] = [
    "1,2,0\n3.5,-4e2,1\n",
    "\u{feff}a, b ,\"the target\"\r\n1 , 2,0\r\n\r\n3.5,-4e2,1",
    "x;y\n1,5;0\n2,5;1\n",
    "# a comment\nx\ty\n1\t0\n2\t1\n",
    "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,virginica\n5.9,3.0,versicolor\n",
    "\"a\nb\",c\n1,0\n2,1\n",
];

const EXPERIMENTS: [&str; 4] = [
    "(title: \"a\", seed: 3, dataset: xor(points: 6), model: mlp(widths: [3], activation: relu), steps: 9)",
    "(dataset: blobs(points: 8, classes: 3), loss: cross_entropy, optimizer: adam(lr: 0.1), batch: size(4))",
    "(surface: Some(rosenbrock), slice: (plane: axes(), range: Some([(-2, 2), (-1, 3)]), grid: [9, 9]))",
    "(dataset: moons(points: 9), held_out: 0.3, schedule: cosine(t_max: 9), view: (scale: log, eye: (10, 20)))",
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

fn loaders(folder: &Path) -> Vec<Loader> {
    let bytes = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    std::fs::write(folder.join("small.ron"), "(dataset: xor(points: 4), steps: 5)").unwrap();
    let folder_of_tours = Folder::of(&folder.join("t.ron"), Reach::Below);
    let text = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let all = vec![
        loader("x.npz", vec![recorded(folder)], |path| run::read_run(path, Reach::Below)),
        loader("x.npy", vec![point(folder)], |path| npy::read_theta(path, 13)),
        loader("x.csv", bytes(&TABLES), |path| table::read(path, &TableOptions::default())),
        loader("x.ron", bytes(&EXPERIMENTS), move |path| {
            ExperimentFile::parse(&text(path), "x.ron").map_err(|error| error.to_string()).and_then(|file| {
                // Of a million points or a large model there is nothing to be learnt here but patience.
                if file.dataset.points() > 2_000 {
                    return Ok(());
                }
                Experiment::new(file).map(drop).map_err(|error| error.to_string())
            })
        }),
        loader("t.ron", bytes(&[TOUR]), move |path| {
            let text = text(path);
            is_tour(&text);
            Tour::parse(&text, "t.ron", &folder_of_tours)
        }),
    ];
    #[cfg(feature = "viewer")]
    let all = all.into_iter().chain(films::loaders(folder)).collect();
    all
}

#[cfg(feature = "viewer")]
mod films {
    use losscape::core::experiment::file::parse_ron;
    use losscape::core::io::output::Output;
    use losscape::core::num::CancelToken;
    use losscape::record::sink::join::{self, Part};
    use losscape::record::sink::{self, Encoder, FilmSpec, Format, Quality};
    use losscape::ui::Desk;

    use super::*;

    /// What there is of a film of a few frames before it is complete, and the film.
    fn part_and_film(folder: &Path, name: &str) -> [Vec<u8>; 2] {
        let (film, part) = (folder.join(name), folder.join(format!("{name}.part")));
        let spec = FilmSpec {
            size: [32, 16],
            fps: 10,
            first: 0,
            frames: 5,
            quality: Quality::default(),
            keeps_partial: false,
        };
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
                join::recover(&parts, format, &output, &CancelToken::default())
                    .map_err(|error| error.to_string())
            }
        };
        let [[gif, _], [apng, _]] = ["seed.gif", "seed.apng"].map(|name| part_and_film(folder, name));
        let joined = folder.join("joined.mp4");
        let join = move |path: &Path| {
            let part = Part::read(path).map_err(|error| error.to_string())?;
            let output = Output::new(&joined, true).map_err(|error| error.to_string())?;
            join::join(&[part], &output, &CancelToken::default()).map_err(|error| error.to_string())
        };
        let desk = losscape::core::experiment::file::to_pretty_ron(&Desk::default(), usize::MAX);
        let read_desk = |path: &Path| {
            let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
            parse_ron::<Desk>(&text, "desk.ron").map(|desk| desk.checked())
        };
        vec![
            loader("x.mp4.part", part_and_film(folder, "seed.mp4").to_vec(), join),
            loader("x.gif.part", vec![gif], recovered(folder, "gif")),
            loader("x.apng.part", vec![apng], recovered(folder, "apng")),
            loader("desk.ron", vec![desk.into_bytes()], read_desk),
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
    let mut count = vec![[0_u64, 0]; loaders.len()];
    super::attack(usual, |draw| {
        let at = draw.below(loaders.len());
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
    mutations(4_000);
}

#[test]
#[ignore = "an hour: the same, with a large number of draws"]
fn files_with_faults_are_read_or_refused_in_a_line_at_length() {
    mutations(10_000_000);
}
