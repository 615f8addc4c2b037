//! How a text is divided into cells: by a delimiter, which a `sep=` line may say.

/// What may stand between cells, the usual first, with its name.
pub(super) const DELIMITERS: [(u8, &str); 5] =
    [(b',', "commas"), (b';', "semicolons"), (b'\t', "tabs"), (b'|', "bars (|)"), (SPACE, "spaces")];

/// A delimiter of which several count as one.
pub(super) const SPACE: u8 = b' ';

/// How cells are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two cells.
    pub(super) delimiter: u8,
    /// Where in the text the rows begin.
    pub(super) start: usize,
}

impl Dialect {
    /// What a first line like Excel's `sep=;` says.
    pub(super) fn declared(text: &str) -> Option<Self> {
        let line = text.split(['\n', '\r']).next()?;
        let declared = line.trim_matches('"').strip_prefix("sep=").or_else(|| line.strip_prefix("SEP="))?;
        let delimiter = *declared.as_bytes().first()?;
        let is_one = declared.bytes().all(|byte| byte == delimiter);
        let divides = delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() && delimiter != b'"';
        (is_one && divides).then_some(Self { delimiter, start: line.len() })
    }

    /// The delimiter's name.
    pub(super) fn name(self) -> String {
        let known = DELIMITERS.iter().find(|(delimiter, _)| *delimiter == self.delimiter);
        known.map_or_else(|| format!("{:?}", char::from(self.delimiter)), |(_, name)| (*name).to_owned())
    }
}
