//! Films: a sequence of pictures becomes a file, one encoder per file. Knows nothing of how the
//! pictures came about.
//!
//! ```text
//! Format, FilmSpec --open--> Sink --Encoding::start--> a thread behind a bounded queue
//!     frames of a size --send--> take, take, take --finish--> the film in its place
//!                                                \--abandon-> a shorter film, or nothing
//! ```
//!
//! | name ends in | by | kept meanwhile in |
//! |---|---|---|
//! | `.mp4` | openh264, or ffmpeg's libx264 ([`Encoder`]) | `.mp4.part`: a [`stream`] of packets |
//! | `.webm` | ffmpeg's libvpx-vp9 | `.webm.part`: the film so far |
//! | `.mov` | ffmpeg's ProRes 4444 | `.mov.part`: the film so far |
//! | `.gif` | [`gif`], one palette for the whole film | `.gif.part`: the frames themselves, losslessly |
//! | `.apng` | [`apng`] | `.apng.part`: the film so far |
//! | a folder | [`frames`], one `.png` each | the files themselves |
//!
//! What was there before is whole until the new film is. A [`part`] survives a kill, and [`join`] makes a
//! shorter film of it. [`Sink`] is a trait since it has these five implementors.
//!
//! Where a film has alpha it is straight and its pictures are to be blended by their sRGB numbers.

pub mod apng;
pub mod chapters;
pub mod color_table;
pub mod colours;
pub mod container;
pub mod encoding;
pub mod ffmpeg;
pub mod frames;
pub mod gif;
pub mod h264;
pub mod in_process;
pub mod join;
pub mod muxed;
pub mod part;
pub mod recover;
pub mod region;
pub mod sound;
pub mod stream;
pub mod x264;

pub use chapters::Chapter;
pub use encoding::Encoding;
use part::Note;
pub use sound::Sound;

use std::io;
use std::path::{Path, PathBuf};

use image::RgbaImage;

use super::deep::DeepImage;
use crate::core::num::CancelToken;
use crate::disk::output::{Output, OutputError, WriteError};

/// What is asked of a film, whatever its format.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmSpec {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Frames a second, 1 to 240.
    pub fps: u32,
    /// The number of the first frame in the whole film, of which this may be a part.
    pub first: u64,
    /// How many frames will come, at least 1. Fewer make a shorter film.
    pub frames: u64,
    /// How closely the pictures are kept where the format may lose something.
    pub quality: Quality,
    /// Whether [`Sink::abandon`] leaves a shorter film.
    pub keeps_partial: bool,
    /// Whether the pictures' alpha is kept, which is straight. If not, they are taken for opaque.
    pub has_alpha: bool,
    /// Whether its pictures have 10 bits a channel; its frames are then deep ones.
    pub is_deep: bool,
    /// What the film is divided into, in the order of time. An mp4 that is only left as a part does not have it.
    pub chapters: Vec<Chapter>,
    /// What is heard. An mp4 with sound is put together by ffmpeg, and is no part of another.
    pub sounds: Vec<Sound>,
}

/// How closely pictures are kept, 0 (small) to 100 (as good as the format can).
///
/// One step of the scale is the same step of H.264's quantiser in both encoders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quality(u8);

impl Quality {
    /// That quality, if it is 0 to 100.
    pub fn new(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// In percent.
    pub fn percent(self) -> u8 {
        self.0
    }

    /// H.264's quantiser: 42 at 0, 12 at 100. Six steps double the error.
    fn quantiser(self) -> u8 {
        42 - (u16::from(self.0) * 30 / 100) as u8
    }
}

impl Default for Quality {
    /// Where no blocks or bands are seen on smooth surfaces (see `benches/films.rs`).
    fn default() -> Self {
        Self(75)
    }
}

/// The kind of a film's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// H.264 in an mp4.
    Mp4,
    /// VP9 in a webm.
    Webm,
    /// ProRes 4444 in a mov.
    Mov,
    /// An animated gif.
    Gif,
    /// An animated png.
    Apng,
    /// A folder of numbered png.
    Frames,
}

impl Format {
    /// By how the name ends. A name that ends in `/`, is a folder or has no extension is a folder of frames.
    ///
    /// # Errors
    /// If the ending is none of ours.
    pub fn of(path: &Path) -> Result<Self, SinkError> {
        let is_folder = path.to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]) || path.is_dir();
        let Some(extension) = path.extension().filter(|_| !is_folder) else { return Ok(Self::Frames) };
        match extension.to_string_lossy().to_lowercase().as_str() {
            "mp4" => Ok(Self::Mp4),
            "webm" => Ok(Self::Webm),
            "mov" => Ok(Self::Mov),
            "gif" => Ok(Self::Gif),
            "apng" => Ok(Self::Apng),
            _ => Err(SinkError::UnknownEnding { path: path.to_owned() }),
        }
    }
}

impl SinkError {
    /// Whether the request was right and the disk failed.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::Write(_))
    }
}

impl Format {
    /// Whether its encoders take two pixels at a time.
    pub fn needs_even_sides(self) -> bool {
        matches!(self, Self::Mp4 | Self::Webm)
    }

    /// Whether its films name their chapters and are heard.
    pub fn has_tracks(self) -> bool {
        matches!(self, Self::Mp4 | Self::Webm | Self::Mov)
    }

    /// Whether its pictures may be seen through.
    pub fn keeps_alpha(self) -> bool {
        !matches!(self, Self::Mp4 | Self::Gif)
    }
}

/// Who encodes an mp4. A webm and a mov always need ffmpeg, and the other formats never do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoder {
    /// The one built in.
    #[default]
    InProcess,
    /// The program `ffmpeg`, through a pipe.
    Ffmpeg,
}

/// What remains of a film that was abandoned: a shorter one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// The file or folder.
    pub path: PathBuf,
    /// How many frames it has.
    pub frames: u64,
}

/// Takes the frames of a film, one after another. Dropped without an end, it leaves nothing behind.
pub trait Sink: Send {
    /// Takes the next frame, of the film's size. Its alpha is ignored unless the film has one.
    ///
    /// # Errors
    /// If it cannot be encoded or written.
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError>;

    /// Takes the next frame of a film that is deep.
    ///
    /// # Errors
    /// If the film is not, and as [`Sink::take`].
    fn take_deep(&mut self, _frame: &DeepImage) -> Result<(), SinkError> {
        Err(SinkError::Shallow)
    }

    /// Completes the film and puts it in its place. Where that takes long, `cancel` ends it.
    ///
    /// # Errors
    /// If it cannot be written, or was cancelled before it was; what was there before is untouched. With
    /// [`FilmSpec::keeps_partial`] the frames are kept, where they can be.
    fn finish(self: Box<Self>, cancel: &CancelToken) -> Result<(), SinkError>;

    /// Ends early. With [`FilmSpec::keeps_partial`] the frames so far become a film, if there are any;
    /// otherwise nothing remains.
    ///
    /// # Errors
    /// If the shorter film cannot be written.
    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError>;

    /// Ends by force what the sink may wait for without end, so that whatever it is at fails: `None` where there
    /// is no such thing.
    fn stopper(&self) -> Option<Stopper> {
        None
    }
}

/// What a sink waits for, to be ended from another thread.
pub type Stopper = Box<dyn FnOnce() + Send>;

/// Why there is no film.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// A name whose ending is not known.
    #[error(
        "{path}: expected a name that ends in .mp4, .webm, .mov, .gif or .apng, or a folder for numbered .png"
    )]
    UnknownEnding {
        /// The name.
        path: PathBuf,
    },
    /// No film can be so.
    #[error("a film of {width}x{height} pixels, {fps} frames a second: {reason}")]
    Spec {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// Frames a second.
        fps: u32,
        /// What is expected.
        reason: &'static str,
    },
    /// More bits than the film has.
    #[error("expected frames of 8 bits a channel")]
    Shallow,
    /// Something is there already, or the folder is not.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// An interrupted film of the same name has not been looked at.
    #[error(
        "{part} is left of an interrupted film; expected a new name, losscape join {part} -o {film} first, \
         or --force to drop it"
    )]
    Left {
        /// The film.
        film: PathBuf,
        /// What is left.
        part: PathBuf,
    },
    /// Two recordings into one file.
    #[error("{film} is being written by another recording; expected a new name, or to wait until it is done")]
    Busy {
        /// The film.
        film: PathBuf,
    },
    /// A folder for frames in which other things lie.
    #[error("{folder} holds {name}; expected a new folder, an empty one or one of frames, or --force")]
    OthersFolder {
        /// The folder.
        folder: PathBuf,
        /// One of those things.
        name: String,
    },
    /// Somebody changed what there was of a film while it was made.
    #[error("{part} was changed meanwhile: {found} of its {expected} frames are left")]
    Changed {
        /// What there was, or the folder of the frames.
        part: PathBuf,
        /// Frames that are there.
        found: u64,
        /// Frames that were written.
        expected: u64,
    },
    /// A folder of frames holds a frame of this film.
    #[error("{path} exists already; expected an empty folder, or --force to replace frames in it")]
    FrameExists {
        /// The frame's file.
        path: PathBuf,
    },
    /// The disk is full, say.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// There is no ffmpeg.
    #[error(
        "there is no ffmpeg on the PATH; expected it to be installed (Debian: apt-get install ffmpeg){hint}"
    )]
    NoFfmpeg {
        /// What else would do.
        hint: &'static str,
    },
    /// There is an ffmpeg that cannot do it.
    #[error("the ffmpeg on the PATH was built without {encoder}; expected one that has it")]
    NoFfmpegEncoder {
        /// What it lacks.
        encoder: &'static str,
    },
    /// There is an ffmpeg that says nothing.
    #[error("the ffmpeg on the PATH did not tell its encoders within {secs} s; expected one that works")]
    SilentFfmpeg {
        /// How long it was waited for.
        secs: u64,
    },
    /// The program ffmpeg gave up.
    #[error("cannot write {path}: ffmpeg ended with {status}: {said}")]
    Ffmpeg {
        /// The film.
        path: PathBuf,
        /// How it ended.
        status: String,
        /// Its last words.
        said: String,
    },
    /// The encoder refused a frame.
    #[error("cannot write {path}: the encoder failed on frame {frame}: {reason}")]
    Encoder {
        /// The film.
        path: PathBuf,
        /// The frame's number in the whole film.
        frame: u64,
        /// Its words.
        reason: String,
    },
    /// The work failed, and frames were to be kept.
    #[error("the film ended early; its first {frames} frames are in {kept}")]
    Interrupted {
        /// Why it failed.
        source: Box<SinkError>,
        /// Where the frames are.
        kept: PathBuf,
        /// How many.
        frames: u64,
    },
}

/// What the system said about a file.
fn write_error(path: &Path) -> impl Fn(io::Error) -> SinkError + '_ {
    |source| SinkError::Write(WriteError { path: path.to_owned(), source })
}

/// Seconds between key frames, so that players can jump.
const KEY_SECONDS: u32 = 2;

/// Most pixels of a side: what the container's fields and the pictures' formats hold.
const SIDE_MOST: u32 = 16_384;

impl FilmSpec {
    /// A whole film of opaque pictures, of the usual quality, of which nothing is kept that is not complete.
    pub fn plain(size: [u32; 2], fps: u32, frames: u64) -> Self {
        let quality = Quality::default();
        let (chapters, sounds) = (Vec::new(), Vec::new());
        let (keeps_partial, has_alpha, is_deep) = (false, false, false);
        Self { size, fps, first: 0, frames, quality, keeps_partial, has_alpha, is_deep, chapters, sounds }
    }

    /// Frames from one key frame to the next.
    fn key_frames(&self) -> u32 {
        self.fps * KEY_SECONDS
    }

    fn note(&self) -> Note {
        Note { size: self.size, fps: self.fps }
    }

    fn refuse(&self, reason: &'static str) -> SinkError {
        SinkError::Spec { width: self.size[0], height: self.size[1], fps: self.fps, reason }
    }

    /// Whether there can be such a film at all.
    fn check(&self) -> Result<(), SinkError> {
        match self.size {
            _ if !(1..=240).contains(&self.fps) => Err(self.refuse("expected 1 to 240 frames a second")),
            [width, height] if width == 0 || height == 0 || width.max(height) > SIDE_MOST => {
                Err(self.refuse("expected sides of 1 to 16384 pixels"))
            }
            _ if self.frames == 0 => Err(self.refuse("expected at least one frame")),
            _ => Ok(()),
        }
    }

    /// H.264 and VP9 halve the colours' resolution.
    fn check_even(&self) -> Result<(), SinkError> {
        match self.size {
            [width, height] if width % 2 == 0 && height % 2 == 0 => Ok(()),
            _ => Err(self.refuse("expected an even width and height")),
        }
    }
}

/// Begins a film. Whatever can be found out before the first frame is found out here.
///
/// # Errors
/// If there is something in the place already (without `force`), the place cannot be written, the format
/// cannot hold such a film, or ffmpeg is needed and absent.
pub fn open(
    path: &Path,
    force: bool,
    spec: FilmSpec,
    format: Format,
    encoder: Encoder,
) -> Result<Box<dyn Sink>, SinkError> {
    spec.check()?;
    if spec.has_alpha && !format.keeps_alpha() {
        return Err(spec.refuse("expected .png, a folder of .png, .apng, .webm or .mov to be seen through"));
    }
    let is_by_ffmpeg = match format {
        Format::Mp4 => encoder == Encoder::Ffmpeg,
        Format::Webm | Format::Mov => true,
        Format::Gif | Format::Apng | Format::Frames => false,
    };
    if spec.is_deep && (!is_by_ffmpeg || spec.has_alpha) {
        return Err(spec.refuse("expected .mp4, .webm or .mov by ffmpeg, on a ground, for 10 bits a channel"));
    }
    if format == Format::Mp4 {
        muxed::MP4.require_sound(&spec)?;
    }
    let file = || Output::new(path, force);
    match (format, encoder) {
        (Format::Mp4, Encoder::InProcess) => Ok(Box::new(in_process::InProcess::new(file()?, spec)?)),
        (Format::Mp4, Encoder::Ffmpeg) => Ok(Box::new(x264::Mp4::new(file()?, spec)?)),
        (Format::Webm, _) => Ok(Box::new(muxed::Muxed::new(&muxed::WEBM, file()?, spec)?)),
        (Format::Mov, _) => Ok(Box::new(muxed::Muxed::new(&muxed::MOV, file()?, spec)?)),
        (Format::Gif, _) => Ok(Box::new(gif::Gif::new(file()?, spec)?)),
        (Format::Apng, _) => Ok(Box::new(apng::Apng::new(file()?, spec)?)),
        (Format::Frames, _) => Ok(Box::new(frames::Frames::new(path, force, spec)?)),
    }
}
