//! The keyboard: which key is meant, whatever is written on it.
//!
//! Commands are named after letters, and a letter is where it is written: on a German board Ctrl+Z is
//! beside the T, on a French one M is right of the L. Where no Latin letters are written (Cyrillic,
//! Greek, Hebrew) the key that has the letter on a US board does. Digits, and in flight its six keys,
//! go by their place alone: they are a row and a cluster under the hand.

use bevy::input::keyboard::Key;
use bevy::prelude::KeyCode;

/// The key of a US board that is meant by the one at `place` that says `written`; none for a key that
/// means nothing there. `is_flying`: whether the keys of flight steer.
pub fn meant(place: KeyCode, written: &Key, has_ctrl: bool, is_flying: bool) -> Option<KeyCode> {
    let sign = sign(place, written);
    if has_ctrl && let Some(KeyCode::Equal | KeyCode::Minus) = sign {
        // On many boards these are on the keys of digits.
        return sign;
    }
    let by_place = DIGITS.contains(&place) || (is_flying && !has_ctrl && FLIGHT.contains(&place));
    match written {
        _ if by_place => Some(place),
        Key::Character(text) => match text.chars().next() {
            Some(letter) if letter.is_ascii_alphabetic() => letter_key(letter),
            Some(other) if is_latin(other) => sign,
            _ => Some(place),
        },
        Key::Dead(_) => None,
        // Arrows, Space and the like are the same everywhere.
        _ => Some(place),
    }
}

/// Whether a character belongs to a board with Latin letters, or to no script at all.
fn is_latin(character: char) -> bool {
    matches!(character, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{206f}' | '\u{20a0}'..='\u{20cf}')
}

/// The key of a sign that commands are named after.
fn sign(place: KeyCode, written: &Key) -> Option<KeyCode> {
    let Key::Character(text) = written else { return None };
    match &text[..] {
        "+" => Some(KeyCode::Equal),
        // Where plus is the same key with Shift.
        "=" if place == KeyCode::Equal => Some(KeyCode::Equal),
        "-" | "−" => Some(KeyCode::Minus),
        "_" if place == KeyCode::Minus => Some(KeyCode::Minus),
        "." => Some(KeyCode::Period),
        _ => None,
    }
}

/// The digits above the letters, from 1.
pub const DIGITS: [KeyCode; 9] = [
    KeyCode::Digit1,
    KeyCode::Digit2,
    KeyCode::Digit3,
    KeyCode::Digit4,
    KeyCode::Digit5,
    KeyCode::Digit6,
    KeyCode::Digit7,
    KeyCode::Digit8,
    KeyCode::Digit9,
];

/// The keys of flight.
const FLIGHT: [KeyCode; 6] =
    [KeyCode::KeyW, KeyCode::KeyA, KeyCode::KeyS, KeyCode::KeyD, KeyCode::KeyQ, KeyCode::KeyE];

/// The keys of the letters, from A.
pub const LETTERS: [KeyCode; 26] = [
    KeyCode::KeyA,
    KeyCode::KeyB,
    KeyCode::KeyC,
    KeyCode::KeyD,
    KeyCode::KeyE,
    KeyCode::KeyF,
    KeyCode::KeyG,
    KeyCode::KeyH,
    KeyCode::KeyI,
    KeyCode::KeyJ,
    KeyCode::KeyK,
    KeyCode::KeyL,
    KeyCode::KeyM,
    KeyCode::KeyN,
    KeyCode::KeyO,
    KeyCode::KeyP,
    KeyCode::KeyQ,
    KeyCode::KeyR,
    KeyCode::KeyS,
    KeyCode::KeyT,
    KeyCode::KeyU,
    KeyCode::KeyV,
    KeyCode::KeyW,
    KeyCode::KeyX,
    KeyCode::KeyY,
    KeyCode::KeyZ,
];

fn letter_key(letter: char) -> Option<KeyCode> {
    let at = (letter.to_ascii_lowercase() as usize).checked_sub('a' as usize)?;
    LETTERS.get(at).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&[KeyCode]; 4] = [
        &[
            KeyCode::Backquote,
            KeyCode::Digit1,
            KeyCode::Digit2,
            KeyCode::Digit3,
            KeyCode::Digit4,
            KeyCode::Digit5,
            KeyCode::Digit6,
            KeyCode::Digit7,
            KeyCode::Digit8,
            KeyCode::Digit9,
            KeyCode::Digit0,
            KeyCode::Minus,
            KeyCode::Equal,
        ],
        &[
            KeyCode::KeyQ,
            KeyCode::KeyW,
            KeyCode::KeyE,
            KeyCode::KeyR,
            KeyCode::KeyT,
            KeyCode::KeyY,
            KeyCode::KeyU,
            KeyCode::KeyI,
            KeyCode::KeyO,
            KeyCode::KeyP,
            KeyCode::BracketLeft,
            KeyCode::BracketRight,
        ],
        &[
            KeyCode::KeyA,
            KeyCode::KeyS,
            KeyCode::KeyD,
            KeyCode::KeyF,
            KeyCode::KeyG,
            KeyCode::KeyH,
            KeyCode::KeyJ,
            KeyCode::KeyK,
            KeyCode::KeyL,
            KeyCode::Semicolon,
            KeyCode::Quote,
        ],
        &[
            KeyCode::KeyZ,
            KeyCode::KeyX,
            KeyCode::KeyC,
            KeyCode::KeyV,
            KeyCode::KeyB,
            KeyCode::KeyN,
            KeyCode::KeyM,
            KeyCode::Comma,
            KeyCode::Period,
            KeyCode::Slash,
        ],
    ];

    /// Boards by what their keys say without and with Shift. `¨` stands for a dead key.
    const BOARDS: [(&str, [&str; 4], [&str; 4]); 8] = [
        (
            "us",
            ["`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"],
            ["~!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"", "ZXCVBNM<>?"],
        ),
        (
            "de",
            ["¨1234567890ß¨", "qwertzuiopü+", "asdfghjklöä", "yxcvbnm,.-"],
            ["°!\"§$%&/()=?¨", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "YXCVBNM;:_"],
        ),
        (
            "fr",
            ["²&é\"'(-è_çà)=", "azertyuiop¨$", "qsdfghjklmù", "wxcvbn,;:!"],
            ["¨1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%", "WXCVBN?./§"],
        ),
        (
            "cz",
            [";+ěščřžýáíé=¨", "qwertzuiopú)", "asdfghjklů§", "yxcvbnm,.-"],
            ["¨1234567890%¨", "QWERTZUIOP/(", "ASDFGHJKL\"!", "YXCVBNM?:_"],
        ),
        (
            "tr-f",
            ["+1234567890/-", "fgğıodrnhpqw", "uieaütkmlyş", "jövcçzsb.,"],
            ["*!\"^$%&'()=?_", "FGĞIODRNHPQW", "UİEAÜTKMLYŞ", "JÖVCÇZSB:;"],
        ),
        (
            "dvorak",
            ["`1234567890[]", "',.pyfgcrl/=", "aoeuidhtns-", ";qjkxbmwvz"],
            ["~!@#$%^&*(){}", "\"<>PYFGCRL?+", "AOEUIDHTNS_", ":QJKXBMWVZ"],
        ),
        (
            "ru",
            ["ё1234567890-=", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю."],
            ["Ё!\"№;%:?*()_+", "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭ", "ЯЧСМИТЬБЮ,"],
        ),
        (
            "gr",
            ["`1234567890-=", ";ςερτυθιοπ[]", "ασδφγηξκλ¨'", "ζχψωβνμ,./"],
            ["~!@#$%^&*()_+", ":¨ΕΡΤΥΘΙΟΠ{}", "ΑΣΔΦΓΗΞΚΛ¨\"", "ΖΧΨΩΒΝΜ<>?"],
        ),
    ];

    /// Every key of every board, with its board, its place and what it says.
    fn all_keys() -> Vec<(&'static str, KeyCode, Key, char)> {
        let mut all = Vec::new();
        for (name, plain, shifted) in BOARDS {
            for (row, place) in ROWS.iter().enumerate() {
                for text in [plain[row], shifted[row]] {
                    assert_eq!(text.chars().count(), place.len(), "{name}: {text}");
                    for (place, said) in place.iter().zip(text.chars()) {
                        let key = match said {
                            '¨' => Key::Dead(None),
                            said => Key::Character(said.to_string().into()),
                        };
                        all.push((name, *place, key, said));
                    }
                }
            }
        }
        all
    }

    #[test]
    fn a_letter_is_where_it_is_written_and_nowhere_else() {
        for (board, place, key, said) in all_keys() {
            for has_ctrl in [false, true] {
                let found = meant(place, &key, has_ctrl, false);
                if said.is_ascii_alphabetic() {
                    let at = said.to_ascii_lowercase() as usize - 'a' as usize;
                    assert_eq!(found, Some(LETTERS[at]), "{board}: {said}");
                } else if !matches!(board, "ru" | "gr") {
                    assert!(
                        !found.is_some_and(|key| LETTERS.contains(&key)),
                        "{board}: {said} means {found:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn where_no_latin_letters_are_written_the_place_counts() {
        for (board, place, key, said) in all_keys() {
            if matches!(board, "ru" | "gr") && said.is_alphabetic() {
                assert_eq!(meant(place, &key, false, false), Some(place), "{board}: {said}");
                assert_eq!(meant(place, &key, true, true), Some(place), "{board}: {said}");
            }
        }
    }

    #[test]
    fn digits_and_the_keys_of_flight_are_places() {
        for (board, place, key, said) in all_keys() {
            if DIGITS.contains(&place) {
                assert_eq!(meant(place, &key, false, false), Some(place), "{board}: {said}");
            }
            if FLIGHT.contains(&place) {
                assert_eq!(
                    meant(place, &key, false, true),
                    Some(place),
                    "{board}: {said} steers and does no more"
                );
            }
        }
    }

    #[test]
    fn plus_and_minus_are_found_on_every_board() {
        let mut found = std::collections::BTreeSet::new();
        for (board, place, key, said) in all_keys() {
            let is_plus = said == '+' || (said == '=' && place == KeyCode::Equal);
            let is_minus = said == '-' || (said == '_' && place == KeyCode::Minus);
            let zoom =
                meant(place, &key, true, false).filter(|key| matches!(key, KeyCode::Equal | KeyCode::Minus));
            let expected = if is_plus { Some(KeyCode::Equal) } else { is_minus.then_some(KeyCode::Minus) };
            assert_eq!(zoom, expected, "{board}: Ctrl and {said}");
            found.extend(zoom.map(|key| (board, key == KeyCode::Equal)));
        }
        assert_eq!(found.len(), 2 * BOARDS.len(), "both on each: {found:?}");
    }

    #[test]
    fn other_keys_are_what_they_are() {
        for (place, key) in [
            (KeyCode::Space, Key::Space),
            (KeyCode::PageDown, Key::PageDown),
            (KeyCode::ArrowLeft, Key::ArrowLeft),
            (KeyCode::F11, Key::F11),
            (KeyCode::Escape, Key::Escape),
        ] {
            assert_eq!(meant(place, &key, false, false), Some(place));
        }
        assert_eq!(meant(KeyCode::NumpadAdd, &Key::Character("+".into()), true, false), Some(KeyCode::Equal));
        let minus = Key::Character("-".into());
        assert_eq!(meant(KeyCode::NumpadSubtract, &minus, true, false), Some(KeyCode::Minus));
    }
}
