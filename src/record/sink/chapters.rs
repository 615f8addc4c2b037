//! The chapters that a film's file names, so that a viewer jumps to them: in an mp4 as Nero's `chpl` box, which VLC,
//! mpv and ffmpeg read, and for ffmpeg, which writes them into a webm or a mov, as its own metadata.

/// A chapter of a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its first frame, counted from the film's first.
    pub first: u64,
    title: String,
}

/// Chapters that an mp4 can name, and bytes of a title: each is counted by a byte.
pub const MOST: usize = 255;

/// Ticks of a second in an mp4's chapters.
const TICKS: u64 = 10_000_000;

impl Chapter {
    /// A chapter that begins with that frame. A title that is too long is cut at its end.
    pub fn new(first: u64, title: &str) -> Self {
        let ends = title.char_indices().map(|(at, letter)| at + letter.len_utf8());
        let kept = ends.take_while(|end| *end <= MOST).last().unwrap_or(0);
        Self { first, title: title[..kept].to_owned() }
    }

    /// What it is called, in at most [`MOST`] bytes.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// The content of a `chpl` box; of more chapters than it can hold it has the first.
pub(super) fn to_box(chapters: &[Chapter], fps: u32) -> Vec<u8> {
    let chapters = &chapters[..chapters.len().min(MOST)];
    let mut bytes = vec![1, 0, 0, 0, 0, 0, 0, 0, chapters.len() as u8];
    for Chapter { first, title } in chapters {
        bytes.extend((first * TICKS / u64::from(fps)).to_be_bytes());
        bytes.push(title.len() as u8);
        bytes.extend_from_slice(title.as_bytes());
    }
    bytes
}

/// Reads the content of a `chpl` box of ours.
pub(super) fn from_box(bytes: &[u8], fps: u32) -> Option<Vec<Chapter>> {
    let (&count, mut rest) = bytes.get(8..)?.split_first()?;
    let mut chapters = Vec::new();
    for _ in 0..count {
        let (ticks, after) = rest.split_first_chunk::<8>()?;
        let (&length, after) = after.split_first()?;
        let (title, after) = after.split_at_checked(usize::from(length))?;
        let first = u64::from_be_bytes(*ticks).checked_mul(u64::from(fps))?.div_ceil(TICKS);
        chapters.push(Chapter { first, title: std::str::from_utf8(title).ok()?.to_owned() });
        rest = after;
    }
    Some(chapters)
}

/// The chapters of a film of so many frames as ffmpeg reads them.
pub(super) fn to_metadata(chapters: &[Chapter], fps: u32, frames: u64) -> String {
    let ends = chapters.iter().skip(1).map(|next| next.first.min(frames)).chain([frames]);
    let told =
        chapters.iter().zip(ends).filter(|(chapter, end)| chapter.first < *end).map(|(chapter, end)| {
            let mut title = String::new();
            for letter in chapter.title.chars() {
                if matches!(letter, '=' | ';' | '#' | '\\' | '\n') {
                    title.push('\\');
                }
                title.push(letter);
            }
            format!("[CHAPTER]\nTIMEBASE=1/{fps}\nSTART={}\nEND={end}\ntitle={title}\n", chapter.first)
        });
    std::iter::once(";FFMETADATA1\n".to_owned()).chain(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_read_as_they_were_written_at_any_rate() {
        for fps in [1, 7, 24, 30, 240] {
            let chapters: Vec<Chapter> =
                (0..300).map(|i| Chapter::new(i * i, &format!("The {i}th ü"))).collect();
            assert_eq!(from_box(&to_box(&chapters, fps), fps).as_deref(), Some(&chapters[..MOST]));
        }
        let cut = to_box(&[Chapter::new(3, "abc")], 30);
        assert!((0..cut.len()).all(|length| from_box(&cut[..length], 30).is_none()));
    }

    #[test]
    fn a_long_title_is_cut_between_letters() {
        assert_eq!(Chapter::new(0, &"ä".repeat(300)).title().len(), 254);
        assert_eq!(Chapter::new(0, "").title(), "");
    }

    #[test]
    fn metadata_have_an_end_for_each_chapter_and_no_sign_that_means_something_else() {
        let chapters = [Chapter::new(0, "a=b;#\\"), Chapter::new(9, "c"), Chapter::new(99, "never begun")];
        let text = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/30\nSTART=0\nEND=9\ntitle=a\\=b\\;\\#\\\\\n\
                    [CHAPTER]\nTIMEBASE=1/30\nSTART=9\nEND=60\ntitle=c\n";
        assert_eq!(to_metadata(&chapters[..2], 30, 60), text);
        assert!(!to_metadata(&chapters, 30, 60).contains("never"));
    }
}
