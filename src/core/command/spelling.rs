//! How commands are written: `view(opacity(0.5))`, a topic and what is asked within it.
//!
//! A setting has its word in the table, under one of the topics; beside it stand the words of what is no setting.

use std::fmt;
use std::marker::PhantomData;
use std::sync::LazyLock;

use serde::de::value::{EnumAccessDeserializer, StringDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error, IntoDeserializer, VariantAccess, Visitor,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Command, RunCommand, ViewCommand};
use crate::core::experiment::settings::Topic;
use crate::core::experiment::{Change, ExperimentFile, Setting};
use crate::core::text::names_of;

/// A command as it is written.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename = "Command", rename_all = "snake_case")]
pub(super) enum Spelled {
    Experiment(Phrase<ExperimentWord>),
    Run(Phrase<RunCommand>),
    Slice(Phrase<SliceWord>),
    View(Phrase<ViewCommand>),
    Follow,
    Undo,
    Redo,
}

/// What is asked of an experiment beside its settings.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExperimentWord {
    Load(Box<ExperimentFile>),
}

/// What is asked of the slice beside its settings.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SliceWord {
    Sweep(bool),
}

/// A setting and its value, or another word of the topic.
#[derive(Clone)]
pub(super) enum Phrase<W> {
    Set(Change),
    Word(W),
}

impl From<Command> for Spelled {
    fn from(command: Command) -> Self {
        match command {
            Command::Set(change) => match change.setting().row().topic {
                Topic::Experiment => Self::Experiment(Phrase::Set(change)),
                Topic::Run => Self::Run(Phrase::Set(change)),
                Topic::Slice => Self::Slice(Phrase::Set(change)),
                Topic::View => Self::View(Phrase::Set(change)),
            },
            Command::Load(file) => Self::Experiment(Phrase::Word(ExperimentWord::Load(file))),
            Command::Run(command) => Self::Run(Phrase::Word(command)),
            Command::Sweep(is_on) => Self::Slice(Phrase::Word(SliceWord::Sweep(is_on))),
            Command::View(command) => Self::View(Phrase::Word(command)),
            Command::Follow => Self::Follow,
            Command::Undo => Self::Undo,
            Command::Redo => Self::Redo,
        }
    }
}

impl From<Spelled> for Command {
    fn from(spelled: Spelled) -> Self {
        match spelled {
            Spelled::Experiment(Phrase::Set(change))
            | Spelled::Run(Phrase::Set(change))
            | Spelled::Slice(Phrase::Set(change))
            | Spelled::View(Phrase::Set(change)) => Self::Set(change),
            Spelled::Experiment(Phrase::Word(ExperimentWord::Load(file))) => Self::Load(file),
            Spelled::Run(Phrase::Word(command)) => Self::Run(command),
            Spelled::Slice(Phrase::Word(SliceWord::Sweep(is_on))) => Self::Sweep(is_on),
            Spelled::View(Phrase::Word(command)) => Self::View(command),
            Spelled::Follow => Self::Follow,
            Spelled::Undo => Self::Undo,
            Spelled::Redo => Self::Redo,
        }
    }
}

/// The words of a topic that are no settings.
pub(super) trait Words: Serialize + DeserializeOwned {
    /// Their topic.
    const TOPIC: Topic;
}

impl Words for ExperimentWord {
    const TOPIC: Topic = Topic::Experiment;
}

impl Words for RunCommand {
    const TOPIC: Topic = Topic::Run;
}

impl Words for SliceWord {
    const TOPIC: Topic = Topic::Slice;
}

impl Words for ViewCommand {
    const TOPIC: Topic = Topic::View;
}

/// Every word of each topic, in the order of [`Topic`].
static WORDS: LazyLock<[Vec<&'static str>; 4]> = LazyLock::new(|| {
    [all_of::<ExperimentWord>(), all_of::<RunCommand>(), all_of::<SliceWord>(), all_of::<ViewCommand>()]
});

fn all_of<W: Words>() -> Vec<&'static str> {
    let rows = Setting::ALL.iter().map(|setting| setting.row());
    let settings = rows.filter(|row| row.topic == W::TOPIC).map(|row| row.word());
    let mut words: Vec<_> = names_of::<W>().into_iter().chain(settings).collect();
    words.dedup();
    words
}

/// Every word that may be said of a topic.
pub fn words_of(topic: Topic) -> &'static [&'static str] {
    &WORDS[topic as usize]
}

/// The name that errors give a topic.
const NAME: &str = "Command";

/// Both sections of the cube go by one word.
const SECTION: &str = "section";

/// A section, as it is written.
#[derive(Serialize, Deserialize)]
struct Section {
    axis: SectionAxis,
    at: Option<f64>,
}

/// An axis of the cube across which a section may stand; across the third one the plane does.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SectionAxis {
    Alpha1,
    Alpha2,
}

impl Section {
    /// The section that a change sets, if it does.
    fn of(change: &Change) -> Option<Self> {
        match change {
            Change::Section1(at) => Some(Self { axis: SectionAxis::Alpha1, at: *at }),
            Change::Section2(at) => Some(Self { axis: SectionAxis::Alpha2, at: *at }),
            _ => None,
        }
    }
}

impl From<Section> for Change {
    fn from(section: Section) -> Self {
        match section.axis {
            SectionAxis::Alpha1 => Self::Section1(section.at),
            SectionAxis::Alpha2 => Self::Section2(section.at),
        }
    }
}

impl<W: Words> Serialize for Phrase<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(change) => {
                let word = change.setting().row().word();
                match Section::of(change) {
                    Some(section) => serializer.serialize_newtype_variant(NAME, 0, word, &section),
                    None => serializer.serialize_newtype_variant(NAME, 0, word, change),
                }
            }
            Self::Word(word) => word.serialize(serializer),
        }
    }
}

impl<'de, W: Words> Deserialize<'de> for Phrase<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum(NAME, words_of(W::TOPIC), PhraseVisitor(PhantomData))
    }
}

struct PhraseVisitor<W>(PhantomData<W>);

impl<'de, W: Words> Visitor<'de> for PhraseVisitor<W> {
    type Value = Phrase<W>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a command")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Phrase<W>, A::Error> {
        let (word, value) = data.variant_seed(Word)?;
        let is_it = |setting: &&Setting| {
            let row = setting.row();
            row.topic == W::TOPIC && row.word() == word
        };
        match Setting::ALL.iter().find(is_it) {
            Some(_) if word == SECTION => {
                value.newtype_variant::<Section>().map(|section| Phrase::Set(section.into()))
            }
            Some(setting) => value.newtype_variant_seed(*setting).map(Phrase::Set),
            None if words_of(W::TOPIC).contains(&&word[..]) => {
                W::deserialize(EnumAccessDeserializer::new(Said { word, value })).map(Phrase::Word)
            }
            None => Err(A::Error::unknown_variant(&word, words_of(W::TOPIC))),
        }
    }
}

/// Reads a word.
struct Word;

impl<'de> DeserializeSeed<'de> for Word {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Word {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<String, E> {
        Ok(word.to_owned())
    }
}

/// A word that was read already, before its value.
struct Said<V> {
    word: String,
    value: V,
}

impl<'de, V: VariantAccess<'de>> EnumAccess<'de> for Said<V> {
    type Error = V::Error;
    type Variant = V;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, V), V::Error> {
        let word: StringDeserializer<V::Error> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::experiment::file::{parse_ron, to_pretty_ron};
    use crate::core::experiment::resolution::Resolution;

    fn read(text: &str) -> Result<Command, String> {
        parse_ron(text, "x.ron").map_err(|error| error.to_string())
    }

    #[test]
    fn a_setting_is_spelt_as_files_have_always_spelt_it() {
        for (text, command) in [
            ("experiment(seed(7))", Command::Set(Change::Seed(7))),
            ("experiment(ranges(None))", Command::Set(Change::Ranges(None))),
            ("experiment(grid([9, 8]))", Command::Set(Change::Grid(Resolution([9, 8])))),
            ("run(speed(300.0))", Command::Set(Change::Speed(300.0))),
            ("slice(rotate(30.0))", Command::Set(Change::Rotate(30.0))),
            ("view(isosurface(0.2))", Command::Set(Change::Isosurface(Some(0.2)))),
            ("view(clip(None))", Command::Set(Change::Clip(None))),
            ("view(grid_lines(true))", Command::Set(Change::GridLines(true))),
            ("view(section(axis: alpha1, at: 0.5))", Command::Set(Change::Section1(Some(0.5)))),
            ("view(section(axis: alpha2, at: None))", Command::Set(Change::Section2(None))),
            ("slice(sweep(true))", Command::Sweep(true)),
            ("run(seek(9))", Command::Run(RunCommand::Seek(9))),
            ("run(play)", Command::Run(RunCommand::Play)),
            ("view(frame_all)", Command::View(ViewCommand::FrameAll)),
            ("follow", Command::Follow),
            ("undo", Command::Undo),
        ] {
            assert_eq!(read(text), Ok(command.clone()), "{text}");
            assert_eq!(to_pretty_ron(&command, 0).lines().last(), Some(text));
            let json = serde_json::to_string(&command).unwrap();
            assert_eq!(serde_json::from_str::<Command>(&json).unwrap(), command, "{json}");
        }
    }

    #[test]
    fn a_word_of_another_topic_or_none_is_refused_with_those_there_are() {
        for text in ["view(opaqueness(0.5))", "view(seed(7))", "slice(play)"] {
            let error = read(text).unwrap_err();
            let known = if text.starts_with("view") { ["opacity", "frame_all"] } else { ["alpha3", "sweep"] };
            assert!(known.iter().all(|word| error.contains(word)), "{error}");
        }
        assert!(read("view(opacity(much))").unwrap_err().starts_with("x.ron:1:"));
    }
}
