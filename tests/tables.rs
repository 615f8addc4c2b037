//! Tables as people have them, each with the numbers that it holds (`tests/data/tables`).

use losscape::core::data::table::{Column, TableOptions, read};
use losscape::core::data::{Dataset, Target};
use losscape::disk::Files;

fn table_with(name: &str, options: &TableOptions) -> Dataset {
    let path = format!("{}/tests/data/tables/{name}", env!("CARGO_MANIFEST_DIR"));
    read(&Files, path.as_ref(), options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn table(name: &str) -> Dataset {
    table_with(name, &TableOptions::default())
}

/// Eight points and their classes, which most of the files hold.
const X: [f64; 16] = [0.1, 0.2, 0.9, 0.1, 0.2, 0.8, 0.8, 0.9, 0.3, 0.1, 0.7, 0.2, 0.1, 0.9, 0.9, 0.8];
const Y: [f64; 8] = [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0];

#[test]
fn eight_points_are_the_same_however_they_are_written() {
    let cases = [
        ("cr_only.csv", "c", ""),
        ("comment2.csv", "column 3", "lines that begin with # were passed over as comments"),
        ("euro.csv", "c", "separated by semicolons; decimals follow a comma"),
        ("latin1.csv", "klasse", "read as Windows-1252 (Latin-1)"),
        (
            "pandas_index.csv",
            "c",
            "the first column has no name and numbers the rows: it was left out as an index",
        ),
        ("quoted_newline_hdr.csv", "class", ""),
        ("semicolon_quoted.csv", "quality", "separated by semicolons"),
        ("sep_line.csv", "c", ""),
        ("tab.csv", "column 3", "separated by tabs"),
        ("utf16.csv", "c", "read as UTF-16 (little-endian)"),
    ];
    for (name, target, note) in cases {
        let data = table(name);
        assert_eq!((data.x(), data.y(), data.target()), (&X[..], &Y[..], Target::Binary), "{name}");
        let told = data.notes().join("\n");
        let first = format!("8 rows, 2 inputs, target {target}: 0 to 1 (classes,");
        assert!(told.starts_with(&first) && told.contains(note), "{name}: {told}");
        assert_eq!(data.notes().len(), 1 + usize::from(!note.is_empty()), "{name}: {told}");
    }
}

#[test]
fn a_column_is_called_by_its_name_in_every_encoding() {
    for (file, name) in
        [("latin1.csv", "größe"), ("quoted_newline_hdr.csv", "width (cm)"), ("utf16.csv", "x")]
    {
        let leave_out = vec![Column::Name(name.into())];
        let data = table_with(file, &TableOptions { leave_out, ..TableOptions::default() });
        let second: Vec<f64> = X.iter().skip(1).step_by(2).copied().collect();
        assert_eq!((data.inputs(), data.x()), (1, &second[..]), "{file}");
    }
}

#[test]
fn labels_are_classes_in_a_told_order() {
    let cases: [(&str, &[f64], &[&str], &str); 4] = [
        (
            "iris.csv",
            &[0.0, 1.0, 2.0, 0.0],
            &["Iris-setosa", "Iris-versicolor", "Iris-virginica"],
            "4 inputs, target column 5: Iris-setosa = 0, Iris-versicolor = 1, Iris-virginica = 2 (classes, they are words)",
        ),
        (
            "labels_yesno.csv",
            &[0.0, 1.0, 1.0],
            &["no", "yes"],
            "target c: no = 0, yes = 1 (classes, they are words)",
        ),
        (
            "labels_12.csv",
            &[0.0, 0.0, 1.0, 1.0, 0.0],
            &["1", "2"],
            "1 = 0, 2 = 1 (classes, they are whole numbers of 2 kinds",
        ),
        (
            "labels_pm1.csv",
            &[0.0, 1.0, 1.0, 0.0],
            &["-1", "1"],
            "-1 = 0, 1 = 1 (classes, they are whole numbers of 2 kinds",
        ),
    ];
    for (name, y, labels, told) in cases {
        let data = table(name);
        assert_eq!(
            (data.y(), data.labels().iter().map(String::as_str).collect::<Vec<_>>()),
            (y, labels.to_vec()),
            "{name}"
        );
        assert!(data.notes()[0].contains(told), "{name}: {}", data.notes()[0]);
    }
    assert_eq!(table("iris.csv").target(), Target::Classes(3));
}

#[test]
fn thousands_and_a_typographic_minus_are_numbers() {
    let thousands = table("thousands.csv");
    assert_eq!(thousands.x(), [1234.5, 0.2, 2345.6, 0.1]);
    assert_eq!(thousands.notes()[1], "commas group thousands");
    assert_eq!(table("minus_u2212.csv").x(), [-0.1, 0.2, 0.9, -0.1]);
}
