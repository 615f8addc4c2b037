//! The layer law, read from the sources: who may use whom, between layers, between rooms, between files.
//!
//! A room is a folder of `core`, or a file of `scene`. The tables below stand from the lowest upward, and
//! each may use only what stands before it. A name that a `mod.rs` passes on counts where it is defined.
//! A module and what lies within it are one thing: arrows between the two count for nothing. Tests may use
//! what they like.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// The layers, each of which uses only those before it.
const LAYERS: [&str; 8] = ["core", "disk", "scene", "ui", "app", "record", "cli", "main"];

/// The rooms of `core`, and its door.
const CORE: [&str; 20] = [
    "text",
    "num",
    "io",
    "model",
    "data",
    "loss",
    "optim",
    "objective",
    "train",
    "subspace",
    "grid",
    "imports",
    "geometry",
    "experiment",
    "probe",
    "command",
    "formats",
    "session",
    "script",
    "",
];

/// The rooms of `scene`, and its door.
const SCENE: [&str; 43] = [
    "side",
    "mishap",
    "worker",
    "executor",
    "session",
    "memory",
    "landscape",
    "slice",
    "frame",
    "rig",
    "taken",
    "relief",
    "prober",
    "training",
    "tour",
    "camera",
    "theme",
    "solid",
    "texture",
    "recording",
    "trail",
    "commands",
    "ahead",
    "follow",
    "levels",
    "floor",
    "cube",
    "isosurface",
    "framing",
    "flags",
    "surface",
    "lowest",
    "section",
    "pointer",
    "readout",
    "reveal",
    "ride",
    "marker",
    "arrows",
    "steering",
    "beside",
    "motion",
    "",
];

/// A module by its path from the crate's root: `core::grid` is `["core", "grid"]`.
type Module = Vec<String>;

/// A file, and the paths that it names.
struct Source {
    module: Module,
    file: PathBuf,
    /// What it imports, as it is written, and under which name.
    imports: Vec<(Module, String)>,
    /// Paths within its code.
    paths: Vec<Module>,
    /// The types that its systems write.
    written: Vec<Module>,
    /// Whether it says that something runs before or after something else.
    is_ordering: bool,
}

#[derive(Default)]
struct Names {
    imports: Vec<(Module, String)>,
    paths: Vec<Module>,
    written: Vec<Module>,
    is_ordering: bool,
}

/// The mutable references within a type, by what they refer to.
#[derive(Default)]
struct Mutable(Vec<Module>);

impl<'ast> Visit<'ast> for Mutable {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if let (Some(_), syn::Type::Path(of)) = (&reference.mutability, &*reference.elem) {
            self.0.push(module_of(&of.path));
        }
        visit::visit_type_reference(self, reference);
    }
}

fn module_of(path: &syn::Path) -> Module {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// What a parameter of a system, or a call on the world, writes.
fn written(name: &syn::Ident, arguments: &syn::AngleBracketedGenericArguments) -> Vec<Module> {
    let types = || {
        arguments.args.iter().filter_map(|argument| match argument {
            syn::GenericArgument::Type(of) => Some(of),
            _ => None,
        })
    };
    match name.to_string().as_str() {
        "ResMut" | "NonSendMut" | "Mut" | "resource_mut" | "get_resource_mut" => types()
            .filter_map(|of| match of {
                syn::Type::Path(of) => Some(module_of(&of.path)),
                _ => None,
            })
            .collect(),
        "Query" | "Single" => {
            let mut found = Mutable::default();
            types().for_each(|of| found.visit_type(of));
            found.0
        }
        _ => Vec::new(),
    }
}

fn is_of_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

impl Names {
    fn import(&mut self, before: &Module, tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before.as_slice(), &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => {
                self.imports.push((before.clone(), before.last().cloned().unwrap_or_default()));
            }
            syn::UseTree::Name(name) => self.imports.push((with(&name.ident), name.ident.to_string())),
            syn::UseTree::Rename(name) => self.imports.push((with(&name.ident), name.rename.to_string())),
            syn::UseTree::Glob(_) => self.imports.push((before.clone(), "*".to_owned())),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Mod(module) if is_of_tests(&module.attrs) => {}
            syn::Item::Fn(function) if is_of_tests(&function.attrs) => {}
            syn::Item::Impl(block) if is_of_tests(&block.attrs) => {}
            syn::Item::Use(import) if is_of_tests(&import.attrs) => {}
            syn::Item::Use(import) => self.import(&Module::new(), &import.tree),
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(module_of(path));
        for segment in &path.segments {
            if let syn::PathArguments::AngleBracketed(arguments) = &segment.arguments {
                self.written.extend(written(&segment.ident, arguments));
            }
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        self.is_ordering |= call.args.len() == 1 && (name == "after" || name == "before");
        if let Some(arguments) = &call.turbofish {
            self.written.extend(written(&call.method, arguments));
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && name != "tests" {
            found.push(path);
        }
    }
}

/// The sources, by module.
fn sources() -> BTreeMap<Module, Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let read = |path: PathBuf| {
        let syntax = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let mut names = Names::default();
        names.visit_file(&syntax);
        let file = path.strip_prefix(&root).unwrap().to_owned();
        let mut module: Module =
            file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let Names { imports, paths, written, is_ordering } = names;
        (module.clone(), Source { module, file, imports, paths, written, is_ordering })
    };
    found.into_iter().map(read).collect()
}

/// Which file uses which.
struct Arrows {
    sources: BTreeMap<Module, Source>,
    arrows: BTreeMap<Module, BTreeSet<Module>>,
}

impl Arrows {
    fn read() -> Self {
        let mut read = Self { sources: sources(), arrows: BTreeMap::new() };
        for source in read.sources.values() {
            let named = source.imports.iter().map(|(path, _)| path).chain(&source.paths);
            let used = named
                .filter_map(|path| read.absolute(&source.module, path))
                .filter_map(|path| read.defines(path, 0))
                .filter(|used| !used.starts_with(&source.module) && !source.module.starts_with(used));
            read.arrows.insert(source.module.clone(), used.collect());
        }
        read
    }

    /// A path of this crate from its root; nothing for another crate's.
    fn absolute(&self, from: &Module, path: &Module) -> Option<Module> {
        let rest = path.get(1..).unwrap_or_default();
        match path.first()?.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([from, rest].concat()),
            "super" => {
                let parent = from[..from.len().saturating_sub(1)].to_vec();
                match rest.first().map(String::as_str) {
                    Some("super") => self.absolute(&parent, &rest.to_vec()),
                    _ => Some([&parent, rest].concat()),
                }
            }
            first => {
                let child = [from.as_slice(), &[first.to_owned()]].concat();
                self.sources.contains_key(&child).then(|| [child.as_slice(), rest].concat())
            }
        }
    }

    /// The file that defines what a path names, through those that pass the name on.
    fn defines(&self, path: Module, hops: u8) -> Option<Module> {
        let known = (0..=path.len()).rev().find(|&length| self.sources.contains_key(&path[..length]))?;
        let (module, rest) = path.split_at(known);
        let Some(name) = rest.first().filter(|_| hops < 8) else { return Some(module.to_vec()) };
        let source = &self.sources[module];
        let passed = source.imports.iter().find(|(_, given)| given == name);
        match passed.and_then(|(path, _)| self.absolute(&source.module, path)) {
            Some(path) => self.defines([path.as_slice(), &rest[1..]].concat(), hops + 1),
            None => Some(module.to_vec()),
        }
    }

    fn each(&self) -> impl Iterator<Item = (&Module, &Module)> {
        self.arrows.iter().flat_map(|(from, used)| used.iter().map(move |to| (from, to)))
    }

    /// The arrows that run upward in an order from the lowest to the highest, of those whose ends both have a
    /// place in it; each place must have a file, and each file a place.
    fn upward(&self, order: &[&str], place: impl Fn(&Module) -> Option<String>) -> Vec<String> {
        let placed: BTreeSet<String> = self.sources.keys().filter_map(&place).collect();
        let known: BTreeSet<String> = order.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(placed, known, "the table names what there is");
        let rank = |module| place(module).and_then(|name| order.iter().position(|&known| known == name));
        self.each()
            .filter(|(from, to)| matches!((rank(from), rank(to)), (Some(from), Some(to)) if from < to))
            .map(|(from, to)| self.told(from, to))
            .collect()
    }

    fn told(&self, from: &Module, to: &Module) -> String {
        format!("{} uses {}", self.sources[from].file.display(), self.sources[to].file.display())
    }

    /// The files that each file reaches.
    fn reached(&self, from: &Module) -> BTreeSet<Module> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = open.pop() {
            let new = self.arrows[&module].iter().filter(|used| reached.insert((*used).clone()));
            open.extend(new.cloned().collect::<Vec<_>>());
        }
        reached
    }
}

fn layer(module: &Module) -> Option<String> {
    module.first().cloned()
}

/// The room of a module within a layer; the layer's own `mod.rs` is its door, "".
fn room(within: &'static str) -> impl Fn(&Module) -> Option<String> {
    move |module| (module.first()? == within).then(|| module.get(1).cloned().unwrap_or_default())
}

#[test]
fn each_layer_uses_only_those_below() {
    let upward = Arrows::read().upward(&LAYERS, layer);
    assert!(upward.is_empty(), "{} arrows upward:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn the_rooms_of_the_core_use_only_those_below() {
    let upward = Arrows::read().upward(&CORE, room("core"));
    assert!(upward.is_empty(), "{} arrows upward:\n{}", upward.len(), upward.join("\n"));
}

#[test]
fn the_rooms_of_the_scene_use_only_those_below() {
    let upward = Arrows::read().upward(&SCENE, room("scene"));
    assert!(upward.is_empty(), "{} arrows upward:\n{}", upward.len(), upward.join("\n"));
}

/// What the overlay has to say to the scene it says by messages.
#[test]
fn the_overlay_writes_nothing_of_the_scene() {
    let read = Arrows::read();
    let of_scene = |source: &Source, path: &Module| {
        let imported = source.imports.iter().find(|(_, given)| Some(given) == path.first());
        let whole = imported.map_or(path.clone(), |(whole, _)| [whole.as_slice(), &path[1..]].concat());
        let defined = read.absolute(&source.module, &whole).and_then(|whole| read.defines(whole, 0));
        defined.is_some_and(|module| module.first().is_some_and(|layer| layer == "scene"))
    };
    let overlay =
        || read.sources.values().filter(|source| source.module.first().is_some_and(|of| of == "ui"));
    let writes = |source: &'_ Source| -> Vec<String> {
        let found = source.written.iter().filter(|path| of_scene(source, path));
        found.map(|path| format!("{} writes {}", source.file.display(), path.join("::"))).collect()
    };
    assert!(overlay().any(|source| !source.written.is_empty()), "what systems write is seen");
    let found: Vec<String> = overlay().flat_map(writes).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The order of systems is read in one place each: of the scene, of the overlay, of the window.
#[test]
fn the_order_of_systems_is_stated_in_one_file_a_layer() {
    let stated: Vec<String> = Arrows::read()
        .sources
        .values()
        .filter(|source| source.is_ordering)
        .filter(|source| ["scene", "ui"].contains(&source.module.first().map_or("", String::as_str)))
        .map(|source| source.file.display().to_string())
        .collect();
    assert_eq!(stated, ["ui/mod.rs"], "scene/mod.rs chains its steps");
}

/// Who computes on how many threads is decided in one place: what is done at once is lent its threads by the
/// executor, or has those that the command line asks for.
#[test]
fn threads_to_compute_with_are_started_by_the_executor_and_the_command_line_alone() {
    let arrows = Arrows::read();
    let naming = |is_meant: &dyn Fn(&[String]) -> bool| -> Vec<String> {
        let names = |source: &&Source| {
            source.imports.iter().map(|(path, _)| path).chain(&source.paths).any(|path| is_meant(path))
        };
        arrows.sources.values().filter(names).map(|source| source.file.display().to_string()).collect()
    };
    let of_rayon = naming(&|path| path.first().is_some_and(|first| first == "rayon"));
    assert_eq!(of_rayon, ["cli/experiment.rs", "core/num/parallel.rs", "scene/worker.rs"]);
    let is_start = |path: &[String]| path.ends_with(&["thread".into(), "Builder".into(), "new".into()]);
    let is_spawn = |path: &[String]| path.ends_with(&["thread".into(), "spawn".into()]);
    let mut started = naming(&|path| is_start(path) || is_spawn(path));
    started.retain(|file| file.starts_with("core") || file.starts_with("scene"));
    assert_eq!(started, ["scene/worker.rs"]);
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let arrows = Arrows::read();
    let reached: BTreeMap<_, _> =
        arrows.sources.keys().map(|module| (module, arrows.reached(module))).collect();
    let circular: Vec<String> = arrows
        .each()
        .filter(|(from, to)| reached[*to].contains(*from))
        .map(|(from, to)| arrows.told(from, to))
        .collect();
    assert!(circular.is_empty(), "{} arrows in circles:\n{}", circular.len(), circular.join("\n"));
}
