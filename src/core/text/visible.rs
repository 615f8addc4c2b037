//! Text that came from outside, where it is shown.

use std::borrow::Cow;

/// The text with every sign that a terminal would obey, or that would turn or hide what stands beside it,
/// written out: control characters (ESC, line ends), marks of writing direction, invisible signs.
///
/// It is one line, whatever it was.
///
/// ```
/// use losscape::core::text::visible;
///
/// assert_eq!(visible("\u{1b}[31mred\n"), "\\u{1b}[31mred\\n");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match is_hidden(sign) {
            true => shown.extend(sign.escape_debug()),
            false => shown.push(sign),
        }
    }
    Cow::Owned(shown)
}

/// The same line by line, for texts that may have several.
pub fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// Whether a sign acts on its surroundings instead of being seen. What joins letters or keeps them apart
/// (U+200C, U+200D) is part of how languages are written.
fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        let all = [
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("a\r\n\tb\0", "a\\r\\n\\tb\\0"),
            ("\u{7f}", "\\u{7f}"),
            ("exe.\u{202e}gpj", "exe.\\u{202e}gpj"),
            ("\u{2066}x\u{2069}\u{200f}\u{61c}", "\\u{2066}x\\u{2069}\\u{200f}\\u{61c}"),
            ("pass\u{200b}word\u{feff}\u{2028}", "pass\\u{200b}word\\u{feff}\\u{2028}"),
        ];
        for (text, shown) in all {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn lines_stay_lines_where_several_may_be() {
        assert_eq!(visible_lines("one\r\ntwo\u{202e}\n\nthree\n"), "one\ntwo\\u{202e}\n\nthree");
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        for text in
            ["α₁ − 0.5 °", "C:\\runs\\x.npz", "תמונה", "می\u{200c}خواهم", "<a & \"b\">", "👩\u{200d}🔬"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(shown) if shown == text));
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_hidden_is_left(text: String) {
            let shown = visible(&text).into_owned();
            proptest::prop_assert!(!shown.chars().any(is_hidden));
            proptest::prop_assert_eq!(visible(&shown), shown.as_str());
        }
    }
}
