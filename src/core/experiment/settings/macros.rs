//! What one row of the table becomes: a field of a file, a name, a change, and what is known of it.
//!
//! A row is
//!
//! ```text
//! /// What it means, in a sentence.
//! field: Type = usual => Name, Touches, Topic "word(example)", for What, ~Transition, in low..=high => "unit", by check;
//! ```
//!
//! All behind the example may be left out; so may the usual value, which then is the type's own.

/// Where a setting stands in an experiment: `place!([view] file opacity)` is `file.view.opacity`.
macro_rules! place {
    ([] $file:ident $field:ident) => {
        $file.$field
    };
    ([$part:ident] $file:ident $field:ident) => {
        $file.$part.$field
    };
}

/// Its path there.
macro_rules! path_of {
    ([] $field:ident) => {
        stringify!($field)
    };
    ([$part:ident] $field:ident) => {
        concat!(stringify!($part), ".", stringify!($field))
    };
}

/// What stands in a row, or what holds where nothing does.
macro_rules! or {
    ($usual:expr;) => {
        $usual
    };
    ($usual:expr; $given:expr) => {
        $given
    };
}

macro_rules! settings {
    ($(
        $(#[doc = $about:literal])*
        $File:ident $at:tt {
            $(
                $(#[doc = $doc:literal])*
                $field:ident: $type:ty $(= $usual:expr)? => $name:ident, $touches:ident, $topic:ident $example:literal
                    $(, for $what:ident)? $(, ~$transition:ident)? $(, in $range:expr $(=> $unit:literal)?)? $(, by $check:path)?;
            )*
            $(+ $(#[doc = $inner_doc:literal])* $inner:ident: $Inner:ident;)*
        }
    )*) => {
        $(
            $(#[doc = $about])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(default, deny_unknown_fields)]
            pub struct $File {
                $($(#[doc = $doc])* pub $field: $type,)*
                $($(#[doc = $inner_doc])* pub $inner: $Inner,)*
            }

            impl Default for $File {
                fn default() -> Self {
                    Self {
                        $($field: or!(Default::default(); $($usual)?),)*
                        $($inner: Default::default(),)*
                    }
                }
            }
        )*

        /// A setting of an experiment: a row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Setting {
            $($($(#[doc = $doc])* $name,)*)*
        }

        /// A setting, and the value that it gets.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Change {
            $($($(#[doc = $doc])* $name($type),)*)*
        }

        impl Setting {
            /// All of them, in the order of the files.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// What the table says of it.
            pub fn row(self) -> Row {
                match self {
                    $($(Self::$name => Row {
                        path: path_of!($at $field),
                        doc: concat!($($doc),*).trim(),
                        touches: Touches::$touches,
                        topic: Topic::$topic,
                        example: $example,
                        chosen_for: or!(ChosenFor::Nothing; $(ChosenFor::$what)?),
                        transition: or!(Transition::Jumps; $(Transition::$transition)?),
                    },)*)*
                }
            }

            /// The value that it has in an experiment.
            pub fn of(self, file: &ExperimentFile) -> Change {
                match self {
                    $($(Self::$name => Change::$name(Clone::clone(&place!($at file $field))),)*)*
                }
            }

            /// The ends of what it may be, where it is a number between two.
            pub fn range(self) -> Option<RangeInclusive<f64>> {
                match self {
                    $($($(Self::$name => Some(*$range.start() as f64..=*$range.end() as f64),)?)*)*
                    _ => None,
                }
            }
        }

        /// Reads a value of the setting.
        impl<'de> DeserializeSeed<'de> for Setting {
            type Value = Change;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Change, D::Error> {
                match self {
                    $($(Self::$name => Deserialize::deserialize(deserializer).map(Change::$name),)*)*
                }
            }
        }

        impl Change {
            /// What it sets.
            pub fn setting(&self) -> Setting {
                match self {
                    $($(Self::$name(_) => Setting::$name,)*)*
                }
            }

            /// Makes it in an experiment, and nothing else with it.
            pub fn put(self, file: &mut ExperimentFile) {
                match self {
                    $($(Self::$name(value) => place!($at file $field) = value,)*)*
                }
            }

            /// The number that it sets, if it sets one that moves.
            pub fn number(&self) -> Option<f64> {
                match self {
                    $($($(Self::$name(value) => Transition::$transition.number(value),)?)*)*
                    _ => None,
                }
            }

            /// The same with another number, where it sets one that moves.
            pub fn with_number(mut self, number: f64) -> Self {
                match &mut self {
                    $($($(Self::$name(value) => Transition::$transition.set(value, number),)?)*)*
                    _ => {}
                }
                self
            }
        }

        impl ExperimentFile {
            /// Checks every value that makes sense or not by itself.
            ///
            /// # Errors
            /// On the first that makes none.
            pub(in crate::core::experiment) fn check(&self) -> Result<(), FieldError> {
                $($(
                    $(within(&place!($at self $field), &$range, concat!("" $(, " ", $unit)?))
                        .map_err(|error| FieldError::within(path_of!($at $field), error))?;)?
                    $($check(&place!($at self $field))
                        .map_err(|error| FieldError::within(path_of!($at $field), error))?;)?
                )*)*
                Ok(())
            }
        }
    };
}

pub(super) use {or, path_of, place, settings};
