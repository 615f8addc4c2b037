//! An mp4 by the encoder built in: openh264.
//!
//! The quantiser is fixed ([`Quality`](super::Quality)): a picture looks as good as asked for whatever the
//! film shows, and the size follows. A key frame comes every 2 seconds, so that players can jump.
//! Pictures are limited-range BT.709 ([`colours`](super::colours)) and say so; their transfer is sRGB's, as drawn.

use image::RgbaImage;
use openh264::OpenH264API;
use openh264::encoder::{
    ColorPrimaries, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod,
    MatrixCoefficients, QpRange, RateControlMode, TransferCharacteristics, UsageType, VuiConfig,
};

use super::colours::Planes;
use super::h264::H264Film;
use super::{FilmSpec, Partial, Sink, SinkError};
use crate::core::num::CancelToken;
use crate::disk::output::Output;

/// A film that openh264 encodes.
pub struct InProcess {
    film: H264Film,
    encoder: Encoder,
    /// The picture in the encoder's colours, allocated once.
    picture: Planes,
    /// The packet, allocated once.
    packet: Vec<u8>,
}

impl InProcess {
    /// Begins the film.
    ///
    /// # Errors
    /// If the size is odd or too large, or the place cannot be written.
    pub fn new(output: Output, spec: FilmSpec) -> Result<Self, SinkError> {
        spec.check_even()?;
        let [width, height] = spec.size;
        if width.max(height) > 3840 || width.min(height) > 2160 {
            return Err(spec.refuse("expected at most 3840x2160; --encoder ffmpeg takes larger films"));
        }
        if width.min(height) < 16 {
            return Err(spec.refuse("expected sides of at least 16 pixels"));
        }
        let failed = |error: openh264::Error| SinkError::Encoder {
            path: output.path().to_owned(),
            frame: spec.first,
            reason: error.to_string(),
        };
        let encoder = Encoder::with_api_config(OpenH264API::from_source(), config(&spec)).map_err(failed)?;
        let picture = Planes::new(width as usize, height as usize);
        Ok(Self { film: H264Film::new(output, spec)?, encoder, picture, packet: Vec::new() })
    }

    fn encode(&mut self, frame: &RgbaImage) -> Result<(), openh264::Error> {
        self.picture.fill(frame.as_raw().as_chunks().0);
        let encoded = self.encoder.encode(&self.picture.slices())?;
        if matches!(encoded.frame_type(), FrameType::Skip | FrameType::Invalid) {
            return Err(openh264::Error::msg("it left a frame out"));
        }
        self.packet.clear();
        encoded.write_vec(&mut self.packet);
        Ok(())
    }
}

fn config(spec: &FilmSpec) -> EncoderConfig {
    let quantiser = spec.quality.quantiser();
    let colours = VuiConfig::new()
        .color_primaries(ColorPrimaries::Bt709)
        .transfer_characteristics(TransferCharacteristics::Srgb)
        .matrix_coefficients(MatrixCoefficients::Bt709)
        .full_range(false);
    EncoderConfig::new()
        .skip_frames(false)
        .usage_type(UsageType::CameraVideoRealTime)
        .rate_control_mode(RateControlMode::Bufferbased)
        .qp(QpRange::new(quantiser, quantiser))
        .adaptive_quantization(false)
        .background_detection(false)
        .scene_change_detect(false)
        .max_frame_rate(FrameRate::from_hz(spec.fps as f32))
        .intra_frame_period(IntraFramePeriod::from_num_frames(spec.key_frames()))
        // Of a fixed quantiser that costs 6 % in size and nothing to be seen, and is a third faster.
        .complexity(Complexity::Low)
        .num_threads(1)
        .vui(colours)
}

impl Sink for InProcess {
    fn take(&mut self, frame: &RgbaImage) -> Result<(), SinkError> {
        if let Err(error) = self.encode(frame) {
            return Err(self.film.failed(error.to_string()));
        }
        self.film.add(&mut self.packet)
    }

    fn finish(self: Box<Self>, _cancel: &CancelToken) -> Result<(), SinkError> {
        self.film.finish()
    }

    fn abandon(self: Box<Self>) -> Result<Option<Partial>, SinkError> {
        self.film.abandon()
    }
}
