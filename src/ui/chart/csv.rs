//! The numbers of a chart.

use std::fmt::Write;

use super::{Chart, Mark, middles};

impl Chart {
    /// Its numbers, a line for each point: what it belongs to, x, y, and of cells what stands in them.
    pub fn to_csv(&self) -> String {
        let has_values = self
            .parts()
            .flat_map(|part| &part.marks)
            .any(|mark| matches!(mark, Mark::Picture { values, .. } | Mark::Dots { values, .. } if !values.is_empty()));
        let mut text = format!("series,x,y{}\n", if has_values { ",value" } else { "" });
        let empty = if has_values { "," } else { "" };
        for mark in self.parts().flat_map(|part| &part.marks) {
            let (name, points): (&str, Vec<[f64; 2]>) = match mark {
                Mark::Line { name, points, .. } | Mark::Points { name, points, .. } => (name, points.clone()),
                Mark::Bars { name, bars, .. } => (name, bars.clone()),
                Mark::Upright { at, .. } => ("upright", vec![[*at, f64::NAN]]),
                Mark::Level { at, .. } => ("level", vec![[f64::NAN, *at]]),
                // Its words are said of points that are there already.
                Mark::Label { .. } => continue,
                Mark::Dots { name, points, values, .. } => {
                    for ([x, y], value) in points.iter().zip(values) {
                        let _ = writeln!(text, "\"{}\",{x},{y},{value}", name.replace('"', "\"\""));
                    }
                    continue;
                }
                // The numbers of a slice have files of their own.
                Mark::Picture { corners, size, values, .. } => {
                    for ([x, y], value) in middles(corners, *size).zip(values) {
                        let _ = writeln!(text, "\"cell\",{x},{y},{value}");
                    }
                    continue;
                }
            };
            for [x, y] in points {
                let _ = writeln!(text, "\"{}\",{x},{y}{empty}", name.replace('"', "\"\""));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::chart;
    use super::*;

    #[test]
    fn numbers_are_written_in_full() {
        let text = chart().to_csv();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[..3], ["series,x,y,value", "\"sgd\",0,1,", "\"sgd\",1,0.1,"]);
        assert_eq!(lines[5..7], ["\"cell\",0.75,-1,7", "\"cell\",2.25,-1,12"]);
        assert_eq!(lines.len(), 8);
        let bare = Chart { marks: chart().marks[..1].to_vec(), ..chart() };
        assert!(bare.to_csv().starts_with("series,x,y\n\"sgd\",0,1\n"));
    }
}
