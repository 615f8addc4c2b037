//! Bytes by name: where whatever a person, a file or a tour names comes from.
//!
//! The core opens nothing. Whoever runs it hands in [`Sources`]: the file system of this machine, what a browser
//! has fetched, or a [`Shelf`] of bytes in memory. A source has a length and an identity, and may grow: who follows
//! one looks again, reads on from where it ended, and begins anew where it has become another. What comes with the
//! program ([`shipped`]) is there whatever the sources are.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use super::input::InputError;
use super::shipped;

/// What is known of a source at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Its length. Some files of the system tell 0 and have more.
    pub bytes: u64,
    /// Another number where it was replaced by another source of the same name; the same while it grows.
    pub identity: u64,
}

/// Where bytes come from, by name.
pub trait Sources: fmt::Debug + Send + Sync {
    /// What is known of it now.
    ///
    /// # Errors
    /// If there is none of that name, or it is nothing that can be read to an end.
    fn look(&self, name: &Path) -> Result<Stamp, InputError>;

    /// Its bytes in a range; fewer where it ends before.
    ///
    /// # Errors
    /// As [`Sources::look`], and if it cannot be read.
    fn read(&self, name: &Path, range: Range<u64>) -> Result<Vec<u8>, InputError>;

    /// The name under which it really is, links followed; `None` where there is nothing.
    fn real(&self, name: &Path) -> Option<PathBuf>;

    /// The names of what lies beside it, itself included, in order; none where that cannot be told.
    fn beside(&self, name: &Path) -> Vec<PathBuf>;

    /// The names of the files in a folder and below, in order; none where there is no such folder. Links to folders
    /// are not followed.
    fn within(&self, folder: &Path) -> Vec<PathBuf>;
}

impl<'s> dyn Sources + 's {
    /// Whether there is anything of that name.
    pub fn has(&self, name: &Path) -> bool {
        self.holder(name).real(name).is_some()
    }

    /// All of a source of at most that many bytes.
    ///
    /// # Errors
    /// If it cannot be read, or is longer.
    pub fn whole(&self, name: &Path, most: u64) -> Result<Vec<u8>, InputError> {
        self.checked(name, most)?;
        // One byte more than allowed gives away what tells no length.
        let all = self.holder(name).read(name, 0..most.saturating_add(1))?;
        match all.len() as u64 > most {
            true => Err(InputError::TooLong { bytes: None, most }),
            false => Ok(all),
        }
    }

    /// All of it as a text.
    ///
    /// # Errors
    /// As [`Sources::whole`](#method.whole), and if it is no UTF-8.
    pub fn text(&self, name: &Path, most: u64) -> Result<String, InputError> {
        let text = String::from_utf8(self.whole(name, most)?);
        text.map_err(|error| InputError::NotText { at: error.utf8_error().valid_up_to() })
    }

    /// A source of at most that many bytes, to be read piece by piece.
    ///
    /// # Errors
    /// If it cannot be read, or is longer.
    pub fn open<'a>(&'a self, name: &'a Path, most: u64) -> Result<BufReader<Reader<'a>>, InputError>
    where
        's: 'a,
    {
        let bytes = self.checked(name, most)?.bytes;
        Ok(BufReader::with_capacity(PIECE, Reader { sources: self.holder(name), name, at: 0, bytes }))
    }

    /// Who has what is named: these sources, or the program itself.
    fn holder<'a>(&'a self, name: &Path) -> &'a (dyn Sources + 'a)
    where
        's: 'a,
    {
        if shipped::is_shipped(name) { &*SHIPPED } else { self }
    }

    fn checked(&self, name: &Path, most: u64) -> Result<Stamp, InputError> {
        let stamp = self.holder(name).look(name)?;
        match stamp.bytes > most {
            true => Err(InputError::TooLong { bytes: Some(stamp.bytes), most }),
            false => Ok(stamp),
        }
    }
}

/// Bytes that are asked for at once.
const PIECE: usize = 1 << 20;

/// A source that is being read.
#[derive(Debug)]
pub struct Reader<'a> {
    sources: &'a dyn Sources,
    name: &'a Path,
    at: u64,
    bytes: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let range = self.at..self.at.saturating_add(buffer.len() as u64);
        let piece = self.sources.read(self.name, range).map_err(io::Error::other)?;
        buffer[..piece.len()].copy_from_slice(&piece);
        self.at += piece.len() as u64;
        Ok(piece.len())
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// What comes with the program.
static SHIPPED: LazyLock<Shelf> = LazyLock::new(|| {
    let mut shelf = Shelf::default();
    shipped::files().for_each(|(name, bytes)| shelf.put(name, bytes));
    shelf
});

/// Sources in memory, by the names they were put there.
#[derive(Clone, Debug, Default)]
pub struct Shelf(BTreeMap<PathBuf, (u64, Arc<[u8]>)>);

impl Shelf {
    /// Puts bytes there; what has the name already is replaced, and is another source then.
    pub fn put(&mut self, name: impl Into<PathBuf>, bytes: impl Into<Arc<[u8]>>) {
        let name = name.into();
        let identity = self.0.get(&name).map_or(0, |(identity, _)| identity + 1);
        self.0.insert(name, (identity, bytes.into()));
    }

    fn get(&self, name: &Path) -> Result<&(u64, Arc<[u8]>), InputError> {
        self.0.get(name).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound).into())
    }
}

impl Sources for Shelf {
    fn look(&self, name: &Path) -> Result<Stamp, InputError> {
        let (identity, bytes) = self.get(name)?;
        Ok(Stamp { bytes: bytes.len() as u64, identity: *identity })
    }

    fn read(&self, name: &Path, range: Range<u64>) -> Result<Vec<u8>, InputError> {
        let (_, bytes) = self.get(name)?;
        let end = (bytes.len() as u64).min(range.end) as usize;
        Ok(bytes[(range.start as usize).min(end)..end].to_vec())
    }

    fn real(&self, name: &Path) -> Option<PathBuf> {
        self.0.contains_key(name).then(|| name.to_owned())
    }

    fn beside(&self, name: &Path) -> Vec<PathBuf> {
        self.0.keys().filter(|other| other.parent() == name.parent()).cloned().collect()
    }

    fn within(&self, folder: &Path) -> Vec<PathBuf> {
        self.0.keys().filter(|name| name.starts_with(folder) && *name != folder).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf() -> Shelf {
        let mut shelf = Shelf::default();
        shelf.put("a.txt", *b"seven \xc3\xa4");
        shelf
    }

    #[test]
    fn a_source_is_read_up_to_its_limit_whole_and_in_pieces() {
        let shelf: &dyn Sources = &shelf();
        let name = Path::new("a.txt");
        assert_eq!(shelf.text(name, 8).unwrap(), "seven ä");
        assert_eq!(shelf.whole(name, 7).unwrap_err().to_string(), "it has 8 bytes; expected at most 7");
        assert_eq!(shelf.read(name, 2..5).unwrap(), b"ven");
        assert_eq!(shelf.read(name, 5..99).unwrap(), b" \xc3\xa4");
        assert_eq!(shelf.read(name, 50..99).unwrap(), b"");
        let mut reader = shelf.open(name, 8).unwrap();
        let mut end = String::new();
        reader.seek(SeekFrom::End(-2)).unwrap();
        reader.read_to_string(&mut end).unwrap();
        assert_eq!(end, "ä");
        assert!(reader.seek(SeekFrom::End(-9)).is_err());
    }

    #[test]
    fn what_is_not_there_or_no_text_is_refused() {
        let mut shelf = shelf();
        shelf.put("b.txt", *b"ab\xffcd");
        let shelf: &dyn Sources = &shelf;
        let told = |name: &str| shelf.text(Path::new(name), 9).unwrap_err().to_string();
        assert_eq!(told("b.txt"), "its byte 2 is not UTF-8; expected a text saved as UTF-8");
        assert_eq!(told("c.txt"), "entity not found");
        assert!(shelf.has(Path::new("a.txt")) && !shelf.has(Path::new("c.txt")));
    }

    #[test]
    fn what_comes_with_the_program_is_there_whatever_the_sources() {
        let shelf: &dyn Sources = &Shelf::default();
        for (name, bytes) in shipped::files() {
            assert!(shelf.has(&name) && shelf.whole(&name, 1 << 16).unwrap() == bytes, "{name:?}");
        }
        let none = Path::new("built-in:none.npy");
        assert!(!shelf.has(none));
        assert_eq!(shelf.whole(none, 9).unwrap_err().to_string(), "entity not found");
    }

    #[test]
    fn what_is_below_a_folder_is_named() {
        let mut shelf = shelf();
        ["runs/b/2.pt", "runs/1.pt", "runs.csv"].into_iter().for_each(|name| shelf.put(name, *b""));
        let within = |folder: &str| shelf.within(Path::new(folder));
        assert_eq!(within("runs"), [PathBuf::from("runs/1.pt"), "runs/b/2.pt".into()]);
        assert_eq!((within("runs/1.pt"), within("gone")), (vec![], vec![]));
    }

    #[test]
    fn a_source_that_is_put_anew_is_another_one() {
        let mut shelf = shelf();
        let before = shelf.look(Path::new("a.txt")).unwrap();
        shelf.put("a.txt", *b"seven and more");
        let after = shelf.look(Path::new("a.txt")).unwrap();
        assert_eq!((before.bytes, after.bytes), (8, 14));
        assert_ne!(before.identity, after.identity);
    }
}
