//! Words for people: measured numbers, text that came from outside, and errors with their causes.
//!
//! Values keep what they are, and are written in these forms where somebody reads them. What programs read
//! (JSON, CSV, the numbers of a mesh) has every digit and is escaped by its own rules.

pub mod causes;
pub mod measured;
pub mod names;
pub mod percent;
pub mod phrases;
pub mod visible;

pub use causes::with_causes;
pub use measured::{Measured, Shown};
pub use names::names_of;
pub use percent::Percent;
pub use phrases::Phrases;
pub use visible::{visible, visible_lines};
