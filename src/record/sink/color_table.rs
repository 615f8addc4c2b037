//! The colours of a gif: at most 255, chosen once for the whole film, so that nothing flickers.
//!
//! A histogram of 6 bits a channel is cut into boxes, always the one whose colours are spread most, across
//! its widest direction at its mean, and the means are then moved to the middle of what is nearest to them
//! (Lloyd's iteration). A colour between two of the palette is drawn as a fixed pattern of both: the same
//! in every frame, so that what stands still does not shimmer, and none where the palette has the colour.

/// Bits of a channel that tell colours apart.
const BITS: u32 = 6;
/// Colours that are told apart.
const BINS: usize = 1 << (3 * BITS);
/// Colours of a palette; one index is left for what does not change.
pub const COLOURS: usize = 255;
/// Rounds in which the means settle. More move them by less than a level.
const ROUNDS: usize = 6;

/// How often each colour occurs in a film.
pub struct Histogram(Vec<Bin>);

/// A colour of a histogram: how many pixels, and the sums of their channels.
#[derive(Clone, Copy, Default)]
struct Bin {
    count: u64,
    sums: [u64; 3],
}

/// A colour that occurs, and how much it counts.
#[derive(Clone, Copy)]
struct Sample {
    bin: usize,
    colour: [f32; 3],
    weight: f32,
}

impl Default for Histogram {
    fn default() -> Self {
        Self(vec![Bin::default(); BINS])
    }
}

fn bin_of(pixel: [u8; 3]) -> usize {
    pixel.iter().fold(0, |bin, &channel| bin << BITS | usize::from(channel >> (8 - BITS)))
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

impl Histogram {
    /// Counts the pixels of a frame.
    pub fn add(&mut self, frame: &[[u8; 3]]) {
        for &pixel in frame {
            let bin = &mut self.0[bin_of(pixel)];
            bin.count += 1;
            bin.sums.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += u64::from(channel));
        }
    }

    fn samples(&self) -> Vec<Sample> {
        let used = self.0.iter().enumerate().filter(|(_, bin)| bin.count > 0);
        let sample = |(index, bin): (usize, &Bin)| Sample {
            bin: index,
            colour: bin.sums.map(|sum| (sum as f64 / bin.count as f64) as f32),
            // By its root, or a large ground leaves no colour for a thin line.
            weight: (bin.count as f32).sqrt(),
        };
        used.map(sample).collect()
    }
}

/// The palette, and how every colour of the film is drawn with it.
pub struct ColorTable {
    colours: Vec<[u8; 3]>,
    mixes: Vec<Mix>,
}

/// How a colour is drawn: as `near`, or as `far` where the pattern is below `share`, of [`SHARES`].
#[derive(Clone, Copy, Default)]
struct Mix {
    near: u8,
    far: u8,
    share: u8,
}

/// Levels of the pattern.
const SHARES: usize = 64;

/// Bayer's matrix of 8x8 thresholds, each 0 to 63 once.
const PATTERN: [[u8; 8]; 8] = pattern();

const fn pattern() -> [[u8; 8]; 8] {
    let mut thresholds = [[0; 8]; 8];
    let mut place = 0;
    while place < 64 {
        let (row, column) = (place / 8, place % 8);
        // The bits of row ^ column and row, interleaved, lowest first.
        let (mut bit, mut value) = (0, 0);
        while bit < 3 {
            value = value << 2 | ((row ^ column) >> bit & 1) << 1 | row >> bit & 1;
            bit += 1;
        }
        thresholds[row][column] = value as u8;
        place += 1;
    }
    thresholds
}

impl ColorTable {
    /// The colours for what was counted.
    pub fn new(histogram: &Histogram) -> Self {
        let samples = histogram.samples();
        let mut colours = cut(&samples);
        for _ in 0..ROUNDS {
            settle(&samples, &mut colours);
        }
        let colours: Vec<[u8; 3]> = colours.iter().map(|colour| colour.map(|c| c.round() as u8)).collect();
        let mut mixes = vec![Mix::default(); BINS];
        for sample in &samples {
            mixes[sample.bin] = mix(sample.colour, &colours);
        }
        Self { colours, mixes }
    }

    /// Red, green and blue of each colour, one after another.
    pub fn bytes(&self) -> Vec<u8> {
        self.colours.iter().flatten().copied().collect()
    }

    /// The index of a frame's every pixel; rows are `width` pixels long.
    pub fn draw(&self, frame: &[[u8; 3]], width: usize) -> Vec<u8> {
        let rows = frame.chunks(width).zip(PATTERN.iter().cycle());
        rows.flat_map(|(row, pattern)| {
            row.iter().zip(pattern.iter().cycle()).map(|(&pixel, &threshold)| {
                let mix = self.mixes[bin_of(pixel)];
                if threshold < mix.share { mix.far } else { mix.near }
            })
        })
        .collect()
    }
}

/// Colours that were cut out together.
struct Block {
    samples: Vec<Sample>,
    mean: [f32; 3],
    /// The channel in which they are spread most, and how much in all, by weight.
    widest: usize,
    spread: f32,
}

impl Block {
    fn new(samples: Vec<Sample>) -> Self {
        let weight: f32 = samples.iter().map(|sample| sample.weight).sum();
        let mean = [0, 1, 2].map(|channel| {
            samples.iter().map(|sample| sample.weight * sample.colour[channel]).sum::<f32>() / weight
        });
        let spreads = [0, 1, 2].map(|channel| {
            let off = |sample: &Sample| sample.weight * (sample.colour[channel] - mean[channel]).powi(2);
            samples.iter().map(off).sum::<f32>()
        });
        let widest = (0..3).max_by(|&a, &b| spreads[a].total_cmp(&spreads[b])).unwrap_or(0);
        Self { samples, mean, widest, spread: spreads.iter().sum() }
    }

    /// Cuts it in two, neither empty, if its colours are not all the same.
    fn halves(&self) -> Option<[Self; 2]> {
        let below = |sample: &Sample| sample.colour[self.widest] < self.mean[self.widest];
        let (low, high): (Vec<Sample>, Vec<Sample>) = self.samples.iter().partition(|sample| below(sample));
        (!low.is_empty() && !high.is_empty()).then(|| [Self::new(low), Self::new(high)])
    }
}

fn cut(samples: &[Sample]) -> Vec<[f32; 3]> {
    let mut blocks = vec![Block::new(samples.to_vec())];
    while blocks.len() < COLOURS {
        let widest = (0..blocks.len()).max_by(|&a, &b| blocks[a].spread.total_cmp(&blocks[b].spread));
        let Some((widest, [low, high])) = widest.and_then(|at| Some((at, blocks[at].halves()?))) else {
            break;
        };
        blocks[widest] = low;
        blocks.push(high);
    }
    blocks.iter().map(|block| block.mean).collect()
}

fn nearest(colour: [f32; 3], colours: &[[f32; 3]]) -> usize {
    let by_distance =
        |&a: &usize, &b: &usize| distance(colour, colours[a]).total_cmp(&distance(colour, colours[b]));
    (0..colours.len()).min_by(by_distance).unwrap_or(0)
}

/// Moves every colour to the mean of what is nearest to it.
fn settle(samples: &[Sample], colours: &mut [[f32; 3]]) {
    let mut sums = vec![([0.0_f32; 3], 0.0_f32); colours.len()];
    for sample in samples {
        let (sum, weight) = &mut sums[nearest(sample.colour, colours)];
        sum.iter_mut().zip(sample.colour).for_each(|(sum, channel)| *sum += sample.weight * channel);
        *weight += sample.weight;
    }
    for (colour, (sum, weight)) in colours.iter_mut().zip(sums) {
        if weight > 0.0 {
            *colour = sum.map(|sum| sum / weight);
        }
    }
}

/// The two colours, and the share of the farther one, whose pattern comes nearest and is least coarse.
fn mix(colour: [f32; 3], colours: &[[u8; 3]]) -> Mix {
    let palette: Vec<[f32; 3]> = colours.iter().map(|colour| colour.map(f32::from)).collect();
    let near = nearest(colour, &palette);
    let base = palette[near];
    let mut best = (distance(colour, base), Mix { near: near as u8, far: near as u8, share: 0 });
    for (far, &other) in palette.iter().enumerate() {
        let apart = distance(base, other);
        if apart == 0.0 {
            continue;
        }
        let along: f32 = (0..3).map(|c| (colour[c] - base[c]) * (other[c] - base[c])).sum();
        let share = (along / apart * SHARES as f32).round().clamp(0.0, SHARES as f32 / 2.0);
        let part = share / SHARES as f32;
        let mixed = [0, 1, 2].map(|c| base[c] + part * (other[c] - base[c]));
        // A pattern of colours far apart is seen as one.
        let cost = distance(colour, mixed) + COARSENESS * part * (1.0 - part) * apart;
        if cost < best.0 {
            best = (cost, Mix { near: near as u8, far: far as u8, share: share as u8 });
        }
    }
    best.1
}

/// How much the coarseness of a pattern counts beside the error of its mean.
const COARSENESS: f32 = 0.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_has_every_threshold_once() {
        let mut all: Vec<u8> = PATTERN.iter().flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..64).collect::<Vec<u8>>());
        // Neighbours are far apart, or the pattern would be of large blocks.
        assert!(PATTERN[0][0].abs_diff(PATTERN[0][1]) >= 16);
        assert!(PATTERN[0][0].abs_diff(PATTERN[1][0]) >= 16);
    }

    #[test]
    fn few_colours_stay_as_they_are() {
        let colours = [[0, 0, 0], [13, 17, 23], [255, 0, 9], [200, 200, 200]];
        let frame: Vec<[u8; 3]> = colours.iter().flat_map(|&colour| [colour; 50]).collect();
        let mut histogram = Histogram::default();
        histogram.add(&frame);
        let palette = ColorTable::new(&histogram);
        let drawn = palette.draw(&frame, 10);
        for (index, pixel) in drawn.iter().zip(&frame) {
            assert_eq!(palette.colours[usize::from(*index)], *pixel);
        }
    }

    #[test]
    fn a_smooth_ramp_is_within_a_step_on_average_over_every_small_square() {
        // 64 rows alike, of a ramp of two channels with 500 colours.
        let row: Vec<[u8; 3]> =
            (0..512_u32).map(|x| [(x / 2) as u8, (255 - x / 2) as u8, (x / 4) as u8]).collect();
        let frame: Vec<[u8; 3]> = (0..64).flat_map(|_| row.clone()).collect();
        let mut histogram = Histogram::default();
        histogram.add(&frame);
        let palette = ColorTable::new(&histogram);
        let drawn = palette.draw(&frame, 512);
        for left in (0..512).step_by(8) {
            let mean = |colour: &dyn Fn(usize) -> [u8; 3]| -> [f64; 3] {
                let places = || (0..8).flat_map(|y| (left..left + 8).map(move |x| y * 512 + x));
                let sum =
                    |channel: usize| places().map(|place| f64::from(colour(place)[channel])).sum::<f64>();
                std::array::from_fn(|channel| sum(channel) / 64.0)
            };
            let found = mean(&|place| palette.colours[usize::from(drawn[place])]);
            let expected = mean(&|place| frame[place]);
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() <= 2.0, "{found} for {expected}");
            }
        }
    }
}
