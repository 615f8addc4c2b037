//! Archives of files, as numpy and PyTorch write them.
//!
//! The directory at an archive's end is looked at before it is handed to its reader, which believes any number of
//! entries and searches a file byte by byte where it does not find what it expects.

use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;

/// Opens an archive of at most that many entries.
///
/// # Errors
/// If it cannot be read, is none, or has more.
pub fn open<R: Read + Seek>(mut file: R, most_entries: u64) -> io::Result<ZipArchive<R>> {
    check_directory(&mut file, most_entries)?;
    Ok(ZipArchive::new(file)?)
}

/// Sees to it that the directory at the end of an archive is where it says, and not long.
fn check_directory(file: &mut (impl Read + Seek), most_entries: u64) -> io::Result<()> {
    /// Bytes of the last record, of the one that says where the long one is, and of the long one.
    const END: i64 = 22;
    const LOCATOR: i64 = 20;
    const LONG: usize = 56;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let none = || invalid("it does not end as an archive does".to_owned());
    let mut end = [0; END as usize];
    file.seek(SeekFrom::End(-END)).and_then(|_| file.read_exact(&mut end)).map_err(|_| none())?;
    if !end.starts_with(b"PK\x05\x06") {
        return Err(none());
    }
    let mut entries = number(&end[10..12]);
    let mut locator = [0; LOCATOR as usize];
    let found = file.seek(SeekFrom::End(-END - LOCATOR)).and_then(|_| file.read_exact(&mut locator));
    if found.is_ok() && locator.starts_with(b"PK\x06\x07") {
        let mut long = [0; LONG];
        let at = SeekFrom::Start(number(&locator[8..16]));
        file.seek(at).and_then(|_| file.read_exact(&mut long)).map_err(|_| none())?;
        if !long.starts_with(b"PK\x06\x06") {
            return Err(none());
        }
        entries = number(&long[32..40]);
    }
    if entries > most_entries {
        return Err(invalid(format!("it has {entries} entries; expected at most {most_entries}")));
    }
    file.rewind()
}

fn invalid(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
