//! What is drawn: numbers with a liking for the ends of their kind, texts of a grammar, and bytes with faults.

use losscape::core::num::Stream;

/// Draws, set by a seed.
pub struct Draw(Stream);

/// Numbers at which arithmetic changes its ways.
const ODD: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    1.0 + f64::EPSILON,
    1.0 - 0.5 * f64::EPSILON,
    5e-324,
    1e-320,
    f64::MIN_POSITIVE,
    1e-300,
    1e-160,
    1e-38,
    1e-16,
    1e-5,
    0.1,
    1e5,
    1e16,
    3.5e38,
    1e160,
    1e300,
    1e308,
    f64::MAX,
];

impl Draw {
    /// Draws of that seed.
    pub fn new(seed: u64) -> Self {
        Self(Stream::new(seed, "attack"))
    }

    /// A whole number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    /// Whether something happens that does once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Uniform on 0..1.
    pub fn uniform(&mut self) -> f64 {
        self.0.uniform()
    }

    /// A finite number, of any size.
    pub fn finite(&mut self) -> f64 {
        let sign = if self.once_in(2) { 1.0 } else { -1.0 };
        sign * match self.below(4) {
            0 => *self.of(&ODD),
            1 => self.uniform(),
            2 => 10_f64.powf(self.0.uniform_in(-323.0, 308.2)),
            _ => 10_f64.powf(self.0.uniform_in(-3.0, 5.0)),
        }
    }

    /// Two numbers, often close to one another, in any order.
    pub fn pair(&mut self) -> (f64, f64) {
        let first = self.finite();
        let second = match self.below(4) {
            0 => first,
            1 => (0..self.below(40)).fold(first, |value, _| value.next_up()),
            2 => first * (1.0 + 10_f64.powf(self.0.uniform_in(-16.0, 0.0))),
            _ => self.finite(),
        };
        let second = if second.is_finite() { second } else { 0.5 * first };
        if self.once_in(2) { (first, second) } else { (second, first) }
    }

    /// A text of a grammar: `{a|b}` is one of the two, `%f` a number of any size, `%s` a share of 0 to 1,
    /// `%p` a number above 0 that makes sense, `%u` a whole number of any size, `%n` a small one.
    pub fn text(&mut self, grammar: &str) -> String {
        let mut text = grammar.to_owned();
        while let Some(open) = text.rfind('{') {
            let close = open + text[open..].find('}').expect("every choice is closed");
            let choices: Vec<&str> = text[open + 1..close].split('|').collect();
            let chosen = (*self.of(&choices)).to_owned();
            text.replace_range(open..=close, &chosen);
        }
        while let Some(at) = text.find('%') {
            let value = match text.as_bytes()[at + 1] {
                b'f' => self.number(),
                b's' => format!("{:?}", self.uniform()),
                b'p' => format!("{:?}", 10_f64.powf(self.0.uniform_in(-3.0, 1.0))),
                b'u' => self.of(&["0", "1", "2", "3", "40", "1000", "10000000", "10000001"]).to_string(),
                b'n' => (1 + self.below(9)).to_string(),
                other => panic!("%{} is drawn nowhere", char::from(other)),
            };
            text.replace_range(at..at + 2, &value);
        }
        text
    }

    fn number(&mut self) -> String {
        match self.below(60) {
            0 => "NaN".to_owned(),
            1 => "inf".to_owned(),
            2 => "-inf".to_owned(),
            _ => format!("{:?}", self.finite()),
        }
    }

    /// The bytes with a few faults, or with a piece of others among them.
    pub fn mutated(&mut self, bytes: &[u8], others: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(4) {
            self.mutate(&mut bytes, others);
        }
        bytes
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>, others: &[u8]) {
        let at = self.below(bytes.len() + 1);
        let length = 1 + self.below(16).min(self.below(bytes.len() + 1));
        let end = (at + length).min(bytes.len());
        match self.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = *self.of(&[0, 1, 9, 10, 13, 32, 34, 40, 44, 127, 128, 255]),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => {
                let again = bytes[at..end].to_vec();
                let times = 1 + self.below(3);
                (0..times).for_each(|_| drop(bytes.splice(at..at, again.iter().copied())));
            }
            5 => {
                let from = self.below(others.len() + 1);
                let piece = &others[from..(from + length).min(others.len())];
                bytes.splice(at..end, piece.iter().copied());
            }
            6 => {
                let number = self.number();
                bytes.splice(at..end, number.bytes());
            }
            _ => self.mutate_number(bytes),
        }
    }

    /// Puts another number in the place of one that is written out.
    fn mutate_number(&mut self, bytes: &mut Vec<u8>) {
        let from = self.below(bytes.len() + 1);
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let Some(start) = bytes[from..].iter().position(is_digit).map(|at| from + at) else { return };
        let length = bytes[start..].iter().take_while(|byte| is_digit(byte)).count();
        let all = ["0", "1", "-1", "7", "255", "65536", "4294967296", "18446744073709551615", "1e999", "0.5"];
        bytes.splice(start..start + length, self.of(&all).bytes());
    }
}

#[test]
fn a_seed_draws_the_same_again_and_another_one_something_else() {
    let drawn = |seed| {
        let mut draw = Draw::new(seed);
        let text = draw.text("{a|b|{c|d}}(%f, %s, %p, %u, %n)");
        (text, draw.mutated(b"(seed: 1, steps: 20)", b"others"), draw.pair())
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}
