//! The bytes of a table as text: UTF-8, or UTF-16 and Windows-1252 as Excel writes them.
//!
//! Numbers are the same in all of them; only names and labels can come out wrong, so what is not UTF-8
//! is told by its name. Lines may end as they did on old Macintoshes, with a carriage return alone.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::error::TableError;

/// The text, and what there is to tell of how it was read.
pub(super) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<String>), TableError> {
    if let Some(kind) = foreign(bytes) {
        return Err(TableError::Foreign { kind });
    }
    let (encoding, bom) = Encoding::for_bom(bytes).unwrap_or_else(|| (unmarked(bytes), 0));
    let (text, is_broken) = encoding.decode_without_bom_handling(&bytes[bom..]);
    if is_broken {
        return Err(TableError::Encoding { name: encoding.name() });
    }
    let told = match encoding {
        _ if encoding == UTF_8 => None,
        _ if encoding == WINDOWS_1252 => Some(
            "it is not UTF-8 and was read as Windows-1252 (Latin-1); where letters came out wrong, save it as UTF-8",
        ),
        _ if encoding == UTF_16BE => Some("it was read as UTF-16 (big-endian)"),
        _ => Some("it was read as UTF-16 (little-endian)"),
    };
    Ok((with_line_feeds(text), told.map(str::to_owned)))
}

/// The text with line feeds for lone carriage returns, at which the reader of rows ends no comment.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.split('\r').skip(1).any(|rest| !rest.starts_with('\n')) {
        true => text.replace("\r\n", "\n").replace('\r', "\n").into(),
        false => text,
    }
}

/// The encoding of a text without a byte-order mark. A table is digits, delimiters and ends of lines for
/// the most part: in UTF-16 every second byte of those is 0.
fn unmarked(bytes: &[u8]) -> &'static Encoding {
    let zeros =
        |first: usize| bytes.iter().skip(first).step_by(2).take(64).filter(|byte| **byte == 0).count();
    let half = bytes.len().min(128) / 4;
    match (zeros(0), zeros(1)) {
        (0, odd) if odd > half => UTF_16LE,
        (even, 0) if even > half => UTF_16BE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    }
}

/// What a file is that is no text at all, but is often taken for a table.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a zip archive, as an Excel workbook is"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"\x1f\x8b", "compressed with gzip"),
        (b"PAR1", "a Parquet file"),
    ];
    kinds.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes_of: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn every_encoding_is_known_by_its_mark_or_by_its_bytes() {
        let text = "größe,c\n0.5,1\n";
        for bytes in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
            assert_eq!(decode(&bytes).unwrap(), (text.into(), None));
        }
        for mark in ["\u{feff}", ""] {
            let marked = format!("{mark}{text}");
            for (bytes, name) in [
                (utf16(&marked, u16::to_le_bytes), "UTF-16 (little-endian)"),
                (utf16(&marked, u16::to_be_bytes), "UTF-16 (big-endian)"),
            ] {
                let (found, told) = decode(&bytes).unwrap();
                assert!(found == text && told.unwrap().contains(name), "{name}, mark {mark:?}");
            }
        }
        let (found, told) = decode(b"gr\xf6\xdfe,c\n0.5,1\n").unwrap();
        assert!(found == text && told.unwrap().contains("Windows-1252"));
        assert_eq!(decode(b"").unwrap(), ("".into(), None));
    }

    #[test]
    fn what_is_no_text_is_named() {
        let refused = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert!(refused(b"PK\x03\x04..").contains("an Excel workbook"));
        assert!(refused(b"\x1f\x8b\x08").contains("gzip"));
        assert!(refused(b"\xff\xfe1\x002").contains("UTF-16LE"), "half a character at its end");
    }
}
