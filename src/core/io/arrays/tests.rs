use std::io::Write;

use npyz::WriterBuilder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;
use crate::core::io::sources::Shelf;

/// An array of numbers, as numpy writes it.
fn npy(shape: &[u64], values: impl IntoIterator<Item = f64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes).begin_nd().unwrap();
    writer.extend(values).unwrap();
    writer.finish().unwrap();
    bytes
}

/// An array whose header says that shape, of the numbers of another one.
fn lying(shape: &str, bytes: &[u8]) -> Vec<u8> {
    let mut text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
    text.push('\n');
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), bytes].concat()
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(format!("{name}.npy"), packed).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The archive in bytes that are there as long as the tests are.
fn open(bytes: &[u8]) -> Result<Arrays<'static>, ArrayError> {
    let mut shelf = Shelf::default();
    shelf.put("x.npz", bytes);
    Arrays::open(Box::leak(Box::new(shelf)), Path::new("x.npz"))
}

fn refused(bytes: &[u8]) -> String {
    let arrays = open(bytes);
    arrays.and_then(|mut arrays| arrays.read::<f64>("a")).unwrap_err().to_string()
}

#[test]
fn arrays_are_read_by_name_with_their_shape() {
    let bytes = archive(&[("a", &npy(&[2, 3], (0..6).map(f64::from))), ("b", &npy(&[0], []))]);
    let arrays = open(&bytes);
    let mut arrays = arrays.unwrap();
    let a = arrays.read::<f64>("a").unwrap().unwrap();
    assert_eq!((a.shape, a.values), (vec![2, 3], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]));
    assert_eq!(arrays.read::<f64>("b").unwrap().unwrap().shape, [0]);
    assert_eq!(arrays.read::<f64>("c").unwrap(), None);
    assert!(arrays.read::<u64>("a").is_err(), "of another type");
}

#[test]
fn what_unpacks_to_more_than_may_be_is_refused_before_it_is_unpacked() {
    let bytes = archive(&[("a", &npy(&[1 << 18], std::iter::repeat_n(0.0, 1 << 18)))]);
    assert!(bytes.len() < 1 << 14, "2 MiB of zeros are packed to {}", bytes.len());
    let arrays = open(&bytes);
    let mut arrays = Arrays { left: (2 << 20) - 1, ..arrays.unwrap() };
    let error = arrays.read::<f64>("a").unwrap_err().to_string();
    assert!(
        error.contains("its array a unpacks to") && error.contains("expected at most 2097151"),
        "{error}"
    );
    // All together count.
    let mut arrays = Arrays { left: 3 << 20, ..open(&bytes).unwrap() };
    assert!(arrays.read::<f64>("a").is_ok() && arrays.read::<f64>("a").is_err());
}

#[test]
fn what_numpy_does_not_pack_with_is_refused_by_the_arrays_name() {
    const BZIP2: [u8; 2] = 12_u16.to_le_bytes();
    let mut bytes = archive(&[("a", &npy(&[1], [1.0]))]);
    let listed = bytes.windows(4).position(|sign| sign == b"PK\x01\x02").unwrap();
    for at in [8, listed + 10] {
        bytes[at..at + 2].copy_from_slice(&BZIP2);
    }
    assert_eq!(refused(&bytes), "its array a is packed in a way that numpy does not use");
}

#[test]
fn a_shape_that_its_bytes_do_not_fill_is_refused_before_room_is_made_for_it() {
    for shape in ["(1000000000000,)", "(4294967296, 4294967296, 4294967296)", "(3,)"] {
        let error = refused(&archive(&[("a", &lying(shape, &[0; 16]))]));
        assert!(error.starts_with("its array a "), "{shape}: {error}");
    }
}

#[test]
fn python_objects_are_refused_as_what_they_are() {
    let text = "{'descr': '|O', 'fortran_order': False, 'shape': (9, 9), }\n";
    let length = (text.len() as u16).to_le_bytes();
    let bytes = archive(&[("a", &[b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), &[0; 99]].concat())]);
    let said = "its array a holds Python objects; expected real numbers, as astype(float) gives them";
    assert_eq!(refused(&bytes), said);
}

/// What `numpy.savez(f, a=values.T)` writes: the first index runs fastest.
#[test]
fn an_array_in_fortrans_order_is_turned() {
    let written: Vec<u8> = (0..24).flat_map(|v| f64::from(v).to_le_bytes()).collect();
    let text = "{'descr': '<f8', 'fortran_order': True, 'shape': (4, 3, 2), }\n";
    let length = (text.len() as u16).to_le_bytes();
    let bytes = archive(&[("a", &[b"\x93NUMPY\x01\x00", &length[..], text.as_bytes(), &written].concat())]);
    let array = open(&bytes).unwrap().numbers("a").unwrap().unwrap();
    let at = |[i, j, k]: [usize; 3]| array.values[(3 * i + j) * 2 + k];
    assert_eq!(array.shape, [4, 3, 2]);
    for place in [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [3, 2, 1], [2, 1, 1]] {
        let [i, j, k] = place;
        assert_eq!(at(place), (i + 4 * j + 12 * k) as f64, "{place:?}");
    }
}

#[test]
fn a_directory_that_lies_is_refused_before_it_is_believed() {
    let good = archive(&[("a", &npy(&[1], [1.0]))]);
    let end = good.len() - 22;
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    assert!(
        refused(&with(end + 10, &2000_u16.to_le_bytes())).contains("2000 entries; expected at most 1000")
    );
    assert!(refused(&good[..good.len() - 1]).contains("does not end as an archive does"));
    assert!(refused(b"PK").contains("does not end as an archive does"));
    // A long directory that lies nowhere would be looked for byte by byte.
    let locator = [b"PK\x06\x07\0\0\0\0", &7_u64.to_le_bytes()[..], b"\x01\0\0\0"].concat();
    let long = [&good[..end], &locator, &good[end..]].concat();
    assert!(refused(&long).contains("does not end as an archive does"));
}

/// Its reader tries all ways to understand brackets that it cannot close, and is not asked.
#[test]
fn a_header_of_many_brackets_is_refused() {
    let cases: [&[u8]; 3] = [
        include_bytes!("../../../../tests/data/npy/braces.npy"),
        include_bytes!("../../../../tests/data/npy/brackets.npy"),
        include_bytes!("../../../../tests/data/npy/braces-within.npy"),
    ];
    for bytes in cases {
        let error = header(bytes).map(|array| array.shape().to_vec()).unwrap_err().to_string();
        assert_eq!(error, "its header is not that of an array of numbers");
        assert!(refused(&archive(&[("a", bytes)])).contains("not that of an array of numbers"));
    }
    let long = [b"\x93NUMPY\x02\x00", &(1_u32 << 30).to_le_bytes()[..]].concat();
    let error = header(&long[..]).map(|array| array.shape().to_vec()).unwrap_err().to_string();
    assert!(error.contains("its header has") && error.contains("expected at most 4096"), "{error}");
}
