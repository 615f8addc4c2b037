use proptest::prelude::*;

use super::*;
use crate::core::data::Target;
use crate::disk::Files;

fn parse_with(text: &str, options: &TableOptions) -> Result<Dataset, String> {
    parse(text.as_bytes(), "t", options).map_err(|error| error.to_string())
}

fn parsed(text: &str) -> Dataset {
    parse_with(text, &TableOptions::default()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn refused(text: &str) -> String {
    parse_with(text, &TableOptions::default()).unwrap_err()
}

fn asked(target: TargetKind) -> TableOptions {
    TableOptions { target, ..TableOptions::default() }
}

#[test]
fn a_table_is_read_with_and_without_its_header() {
    let bare = parsed("1,2,0\n3.5,-4e2,1\n");
    assert_eq!((bare.inputs(), bare.target()), (2, Target::Binary));
    assert_eq!((bare.x(), bare.y()), (&[1.0, 2.0, 3.5, -400.0][..], &[0.0, 1.0][..]));
    let named = parsed("\u{feff}a, b ,\"the target\"\r\n1 , 2,0\r\n\r\n3.5,-4e2,1");
    assert_eq!((named.x(), named.y()), (bare.x(), bare.y()));
    let told = "2 rows, 2 inputs, target the target: 0 to 1 (classes, they count from 0; target: values takes them as values)";
    assert_eq!(named.notes(), [told]);
}

#[test]
fn targets_are_classes_or_values() {
    assert_eq!(parsed("0,2\n0,0\n0,1\n").target(), Target::Classes(3));
    assert_eq!(parsed("0,0.5\n0,1\n").target(), Target::Real);
    assert_eq!(parsed("0,2\n0,0\n0,3\n").target(), Target::Real, "each occurs once");
    assert_eq!(parsed("0,2\n0,0\n0,2\n0,0\n").target(), Target::Binary, "a gap is no class");
    let of = |text: &str, kind| parse_with(text, &asked(kind));
    assert_eq!(of("0,2\n0,0\n0,1\n", TargetKind::Values).unwrap().target(), Target::Real);
    assert_eq!(of("0,1\n0,0\n0,1\n", TargetKind::Values).unwrap().target(), Target::Real);
    assert_eq!(of("0,5\n0,2\n0,3\n", TargetKind::Classes).unwrap().target(), Target::Classes(3));
    let error = of("0,2\n\n0,1.5\n", TargetKind::Classes).unwrap_err();
    assert_eq!(error, "line 3, column 2 holds \"1.5\"; expected a whole number or a word");
    let error = of("x,c\n0,2\n0,a\n", TargetKind::Values).unwrap_err();
    assert_eq!(
        error,
        "line 3, column 2 (c) holds \"a\"; expected a finite number, since values are asked for"
    );
}

#[test]
fn broken_tables_are_refused_with_their_line() {
    let separated = "separated by commas, semicolons, tabs, bars (|), spaces";
    let first = "; header: yes takes the line as names, leave_out passes a column over, target_column makes it the target";
    let cases = [
        ("x,y\n1,0\n,1\n", "line 3, column 1 (x) is empty; expected a number"),
        ("1,0\n2,\n", "line 2, column 2 is empty; expected a number"),
        (
            "1,0\n\n\n2,one\n",
            "line 4, column 2 holds \"one\"; expected a finite number as before it; target: classes takes both",
        ),
        ("a,1\n2,1\n", &format!("line 1, column 1 holds \"a\"; expected a finite number{first}")),
        (
            "x,y\na,b\n2,1\n",
            "line 2, column 1 (x) holds \"a\"; expected a finite number; leave_out passes a column over, target_column makes it the target",
        ),
        ("1,0\nnan,1\n", "line 2, column 1 holds \"nan\"; expected a finite number"),
        ("1,0\n1e999,1\n", "line 2, column 1 holds \"1e999\"; expected a finite number"),
        ("1,0\n2,inf\n", "line 2, column 2 holds \"inf\"; expected a finite number"),
        ("1,2,0\n3,4\n", "line 2 has 2 columns; expected 3 as before it"),
        ("a,b\n1,2,0\n", "line 2 has 3 columns; expected 2 as before it"),
        ("1\n0\n", &format!("line 1 has 1 column; expected at least 2, {separated}")),
        ("# a\n\nx\n1\n", &format!("line 3 has 1 column; expected at least 2, {separated}")),
        ("", "it has no rows"),
        ("\n# a\n", "it has no rows"),
        ("x,y\n", "it has no rows"),
        ("1,1\n2,1\n", "every target is 1; expected at least two different ones"),
        ("1,yes\n2,yes\n", "every target is yes; expected at least two different ones"),
        (
            "1,\"0\n2,1\n",
            "line 1, column 2 holds \"0\\n2,1\"; expected a finite number; a quote may be left open",
        ),
        (
            "x,c\n1,\u{1b}[31m\n2,0\n",
            "line 3, column 2 (c) holds \"0\"; expected a word as before it; target: classes takes both",
        ),
        ("\u{1b}[31mx,c\n,1\n", "line 2, column 1 (\\u{1b}[31mx) is empty; expected a number"),
        (
            "x;y;c\n1,234;2,345;0\n3,456;4,567;1\n",
            "line 2, column 1 (x) holds \"1,234\", which is 1234 or 1.234; expected one reading: say decimal: point or decimal: comma",
        ),
        (
            "0,5;2;0\n0.5;1;1\n",
            "line 1, column 1 holds \"0,5\", but line 2, column 1 holds \"0.5\"; expected one kind of decimals",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text:?}");
    }
    let many: String = (0..101).map(|i| format!("{i},word{i}\n")).collect();
    assert!(refused(&many).starts_with("column 2 has more than 100 classes"));
}

#[test]
fn what_looks_like_two_things_is_settled_by_a_setting() {
    let text = "x;y;c\n1,234;2,345;0\n3,456;4,567;1\n";
    let of = |decimal| parse_with(text, &TableOptions { decimal, ..TableOptions::default() }).unwrap();
    assert_eq!(of(DecimalMark::Comma).x(), [1.234, 2.345, 3.456, 4.567]);
    assert_eq!(of(DecimalMark::Point).x(), [1234.0, 2345.0, 3456.0, 4567.0]);
    assert_eq!(of(DecimalMark::Comma).notes()[1], "separated by semicolons; decimals follow a comma");
    let counted = "0,1,2\n0.5,0.25,1\n0.75,0.5,0\n";
    let of = |header| parse_with(counted, &TableOptions { header, ..TableOptions::default() }).unwrap();
    assert_eq!((of(Header::Auto).rows(), of(Header::No).rows()), (2, 3));
    assert!(
        of(Header::Auto).notes()[1]
            .starts_with("the first row counts the columns and was taken as their names")
    );
    assert_eq!(of(Header::No).notes().len(), 1);
}

#[test]
fn columns_are_chosen_and_those_that_number_the_rows_noticed() {
    let text = "Id,length,kind,width\n1,5.5,b,0.5\n2,4.5,a,0.25\n3,3.5,b,0.125\n";
    let with = |target: &str, leave_out: &[&str]| {
        let column = |name: &str| Column::Name(name.to_owned());
        let leave_out = leave_out.iter().copied().map(column).collect();
        parse_with(
            text,
            &TableOptions { target_column: Some(column(target)), leave_out, ..TableOptions::default() },
        )
    };
    let data = with("kind", &[]).unwrap();
    assert_eq!(
        (data.inputs(), data.y(), data.labels()),
        (3, &[1.0, 0.0, 1.0][..], &["a".to_owned(), "b".to_owned()][..])
    );
    assert_eq!(data.notes()[1], "Id numbers the rows; leave_out: [1] passes it over");
    let data = with("3", &["Id"]).unwrap();
    assert_eq!((data.x(), &data.notes()[1][..]), (&[5.5, 0.5, 4.5, 0.25, 3.5, 0.125][..], "left out: Id"));
    assert!(with("width", &[]).unwrap_err().starts_with("line 2, column 3 (kind) holds \"b\""));
    assert!(
        with("species", &[])
            .unwrap_err()
            .starts_with("target_column = species: expected 1 to 4, or one of Id")
    );
}

#[test]
fn an_index_of_pandas_is_left_out_and_other_columns_without_a_name_stay() {
    for name in ["", "Unnamed: 0"] {
        let data = parsed(&format!("{name},x,c\n0,0.5,0\n7,0.25,1\n3,0.75,1\n"));
        assert_eq!((data.x(), data.notes().len()), (&[0.5, 0.25, 0.75][..], 2));
        assert!(data.notes()[1].contains("left out as an index"));
    }
    assert_eq!(parsed(",x,c\n2,0.5,0\n2,0.25,1\n").inputs(), 2, "its numbers come twice");
    assert_eq!(parsed(",c\n0,0\n1,1\n").inputs(), 1, "the only input");
}

#[test]
fn files_beyond_the_limits_are_refused_before_they_fill_the_memory() {
    let limits = Limits { rows: 4, numbers: 10, bytes: 30 };
    let read = |text: &str| {
        let data = parse_within(text.as_bytes(), "t", &TableOptions::default(), &limits);
        data.map(|data| data.rows()).map_err(|error| error.to_string())
    };
    assert_eq!(read("x,y\n1,0\n2,1\n3,0\n4,0\n"), Ok(4));
    let expected = "line 6 is beyond the limit; expected at most 1000000 rows and 20000000 numbers";
    for text in ["x,y\n1,0\n2,0\n3,0\n4,0\n5,0\n", "1,2,0\n1,2,0\n\n1,2,0\n\n1,2,0\n"] {
        assert_eq!(read(text), Err(expected.to_owned()), "{text:?}");
    }
    assert_eq!(read(&"1".repeat(31)), Err("it is larger than 512 MiB".to_owned()));
}

#[test]
fn a_file_is_named_by_its_stem_and_a_missing_one_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    std::fs::write(&path, "1,0\n2,1\n").unwrap();
    assert_eq!(read(&Files, &path, &TableOptions::default()).unwrap().name, "points");
    let none = folder.path().join("none.csv");
    let error = read(&Files, &none, &TableOptions::default()).unwrap_err().to_string();
    let why = std::fs::metadata(&none).unwrap_err().to_string();
    assert!(error.starts_with("it cannot be read (") && error.contains(&why), "{error}");
}

/// How a table may be written.
#[derive(Clone, Debug)]
struct Writing {
    delimiter: &'static str,
    comma: bool,
    grouping: &'static str,
    minus: &'static str,
    end: &'static str,
    has_header: bool,
    quotes: bool,
    begins: &'static str,
    encoding: usize,
}

impl Writing {
    fn cell(&self, number: f64) -> String {
        let text = format!("{:.4}", number.abs());
        let (whole, fraction) = text.split_once('.').unwrap();
        let digits = whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap());
        let whole = digits.collect::<Vec<_>>().join(self.grouping);
        let sign = if number < 0.0 { self.minus } else { "" };
        let text = format!("{sign}{whole}{}{fraction}", if self.comma { "," } else { "." });
        let must = text.contains(self.delimiter) || text.contains('"');
        if self.quotes || must { format!("\"{text}\"") } else { text }
    }

    fn row(&self, cells: &[String]) -> String {
        cells.join(self.delimiter) + self.end
    }

    fn bytes(&self, rows: &[[f64; 3]]) -> Vec<u8> {
        let mut text = if self.begins == "sep=" {
            format!("sep={}{}", self.delimiter, self.end)
        } else {
            format!("{}{}", self.begins, self.end)
        };
        if self.has_header {
            text += &self.row(&["breite", "\"höhe (cm)\"", "ziel"].map(str::to_owned));
        }
        rows.iter().for_each(|row| text += &self.row(&row.map(|number| self.cell(number))));
        let utf16 = |bytes_of: fn(u16) -> [u8; 2]| {
            format!("\u{feff}{text}").encode_utf16().flat_map(bytes_of).collect()
        };
        match self.encoding {
            0 => text.into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => utf16(u16::to_le_bytes),
            _ => utf16(u16::to_be_bytes),
        }
    }
}

fn writings() -> impl Strategy<Value = Writing> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let delimiters = pick(&[",", ";", "\t", "|", " "]);
    let groupings = pick(&["", " ", "\u{a0}", "\u{202f}", "'", "\u{2019}", "other"]);
    let begins = pick(&["", "# a comment, with; delimiters", "sep=", "\n"]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), 0..4_usize);
    let signs = (pick(&["-", "\u{2212}"]), pick(&["\n", "\r\n", "\r"]));
    (delimiters, groupings, begins, flags, signs).prop_map(
        |(delimiter, grouping, begins, (comma, has_header, quotes, encoding), (minus, end))| {
            let grouping = match grouping {
                "other" if comma => ".",
                "other" => ",",
                " " if delimiter == " " && !quotes => "",
                grouping => grouping,
            };
            Writing { delimiter, comma, grouping, minus, end, has_header, quotes, begins, encoding }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Four decimals prove the mark, so nothing is left to be guessed.
    #[test]
    fn a_table_written_in_any_way_reads_back_equal(
        writing in writings(),
        wholes in prop::collection::vec(prop::array::uniform3(-30_000_000_000_i64..30_000_000_000), 2..8),
    ) {
        let rows: Vec<[f64; 3]> = wholes.iter().map(|row| row.map(|whole| whole as f64 / 1e4)).collect();
        prop_assume!(rows.iter().any(|row| row[2] != rows[0][2]));
        let bytes = writing.bytes(&rows);
        let options = asked(TargetKind::Values);
        let data = parse(&bytes, "t", &options);
        let data = data.map_err(|error| TestCaseError::fail(format!("{error} in {:?}", String::from_utf8_lossy(&bytes))))?;
        let x: Vec<f64> = rows.iter().flat_map(|row| [row[0], row[1]]).collect();
        let y: Vec<f64> = rows.iter().map(|row| row[2]).collect();
        prop_assert_eq!((data.x(), data.y()), (&x[..], &y[..]), "{:?}", String::from_utf8_lossy(&bytes));
    }

    /// Whatever bytes there are, they are a dataset or are refused in one line.
    #[test]
    fn no_mutated_table_panics(
        base in prop::sample::select(SEEDS),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..6),
        decimal in prop::sample::select(&[DecimalMark::Auto, DecimalMark::Point, DecimalMark::Comma][..]),
        header in prop::sample::select(&[Header::Auto, Header::Yes, Header::No][..]),
        target in prop::sample::select(&[TargetKind::Auto, TargetKind::Classes, TargetKind::Values][..]),
        column in prop::option::of(0..5_usize),
    ) {
        let mut bytes = base.as_bytes().to_vec();
        for (place, byte, kind) in changes {
            let at = place.index(bytes.len() + 1);
            match kind {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                _ => bytes.truncate(at.max(1)),
            }
        }
        let target_column = column.map(Column::Number);
        let options = TableOptions { target, target_column, header, decimal, leave_out: Vec::new() };
        match parse(&bytes, "t", &options) {
            Ok(data) => prop_assert!(data.x().iter().chain(data.y()).all(|number| number.is_finite())),
            Err(error) => {
                let text = error.to_string();
                prop_assert!(!text.contains(|sign: char| sign.is_control()) && text.chars().count() < 4_000, "{text:?}");
            }
        }
    }
}

/// Tables to be mutated, among them two whose quotes once upset the counting of lines.
const SEEDS: &[&str] = &[
    "x,y,c\n0.1,0.2,0\n0.9,0.1,1\n",
    "\"1\",\"21e30\n8,\"4\"\n",
    "\u{fdbf}a, b ,\"ti\0\0\0\u{1}rget\"\r\n1 , 2,01e308\r\n\r\n7.5,-4e2,1",
    "sep=;\r\n\"1.234,5\";2;ja\r\n\"0,5\";3;nein\r\n",
    "  1 2 3\n # no\n#yes\n\u{2212}4 5 6\n",
    "a|b\r1|'2\r3|4\r",
    ",0,1,2\n0,0.5,1,a\n1,0.25,2,b\n",
];

#[test]
fn quotes_that_are_never_closed_are_told_of_where_they_open() {
    let told = refused(SEEDS[1]);
    assert!(told.starts_with("line 1, column 2 holds \"21e30\\n8,"), "{told}");
    let data = parsed(SEEDS[2]);
    assert_eq!((data.x(), data.y()), (&[1.0, 2.0, 7.5, -400.0][..], &[1e308, 1.0][..]));
}
