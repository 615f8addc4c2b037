//! The camera, as the panels tell of it.

use crate::core::geometry::camera::Pose;
use crate::core::geometry::path::CameraKey;

/// The camera.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CameraView {
    /// The pose on screen.
    pub pose: Option<Pose>,
    /// Keys of the camera's path, in the order of their times.
    pub keys: Vec<CameraKey>,
    /// Whether the camera may fly through the surface and below the floor.
    pub is_floor_open: bool,
}
