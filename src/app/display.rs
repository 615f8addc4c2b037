//! The display that a window opens on, looked at beforehand: where it does not do, the window library panics.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use x11rb::connection::{Connection, RequestConnection};
use x11rb::resource_manager;

use crate::core::text::Measured;

/// Why no window opens.
#[derive(Debug, thiserror::Error)]
pub enum DisplayError {
    /// There is none at all.
    #[error(
        "there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); \
         losscape record draws a picture without one"
    )]
    None,
    /// Nobody answers there.
    #[error(
        "cannot open the display {name} that {variable} names ({source}); losscape record draws a picture without one"
    )]
    Silent {
        /// The variable.
        variable: &'static str,
        /// What it names.
        name: String,
        /// What was said instead of an answer.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It lacks something that a window needs.
    #[error("the display {name} has no {lacks}; expected an X server with it (losscape record needs none)")]
    Lacks {
        /// Its name.
        name: String,
        /// What it lacks.
        lacks: String,
    },
    /// Nothing would have a size.
    #[error("{name} = {value}: expected {expected}")]
    Scale {
        /// The setting.
        name: &'static str,
        /// What it is.
        value: String,
        /// What would do.
        expected: String,
    },
}

/// Extensions without which the window library panics.
const EXTENSIONS: [&str; 3] = ["RANDR", "XInputExtension", "XKEYBOARD"];

/// Bits of colour a pixel has on a screen that can be drawn to.
const LEAST_DEPTH: u8 = 24;

/// Pixels of the screen for one of the window's that still make a window of some use.
const SCALES: std::ops::RangeInclusive<f64> = 0.25..=8.0;

/// Dots an inch of a screen whose scale is 1.
const DOTS: f64 = 96.0;

/// Makes sure that a window can be opened; the name of the display.
///
/// # Errors
/// If there is no display, nobody answers there, or what answers will not do.
pub fn require() -> Result<String, DisplayError> {
    match (set("WAYLAND_DISPLAY"), set("DISPLAY")) {
        // The compositor has handed a connection down.
        (name, _) if set("WAYLAND_SOCKET").is_some() => Ok(name.unwrap_or_default()),
        (Some(name), _) => match answer_of(&socket(&name)) {
            Ok(()) => Ok(name),
            Err(error) => Err(silent("WAYLAND_DISPLAY", &name)(error)),
        },
        (None, Some(name)) => require_x(&name).map(|()| name),
        (None, None) => Err(DisplayError::None),
    }
}

/// What is said of a display that does not answer.
fn silent<E>(variable: &'static str, name: &str) -> impl Fn(E) -> DisplayError
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    move |error| DisplayError::Silent { variable, name: name.to_owned(), source: error.into() }
}

/// Whether `WAYLAND_DISPLAY` names a compositor that is gone while there is an X server to open a window on:
/// the window library would try the first alone.
pub fn is_wayland_stale() -> bool {
    let gone = |name: String| answer_of(&socket(&name)).is_err();
    set("WAYLAND_SOCKET").is_none() && set("DISPLAY").is_some() && set("WAYLAND_DISPLAY").is_some_and(gone)
}

/// The value of a variable; one that is empty is not set.
fn set(variable: &str) -> Option<String> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

/// Where a compositor of that name listens.
fn socket(name: &str) -> PathBuf {
    // A name that is a whole path stands for itself.
    Path::new(env::var_os("XDG_RUNTIME_DIR").as_deref().unwrap_or(OsStr::new(""))).join(name)
}

fn answer_of(socket: &Path) -> io::Result<()> {
    UnixStream::connect(socket).map(drop)
}

fn require_x(name: &str) -> Result<(), DisplayError> {
    let (server, screen) = x11rb::connect(None).map_err(silent("DISPLAY", name))?;
    let lacks = |lacks: String| Err(DisplayError::Lacks { name: name.to_owned(), lacks });
    for extension in EXTENSIONS {
        if server.extension_information(extension).map_err(silent("DISPLAY", name))?.is_none() {
            return lacks(format!("extension {extension}"));
        }
    }
    let depth = server.setup().roots.get(screen).map_or(0, |screen| screen.root_depth);
    if depth < LEAST_DEPTH {
        return lacks(format!("{LEAST_DEPTH} bits of colour a pixel but {depth}"));
    }
    let database = resource_manager::new_from_default(&server).map_err(silent("DISPLAY", name))?;
    // A server without other programs starts anew when the last one leaves, and drops the window that comes then:
    // this connection stays as long as the program.
    std::mem::forget(server);
    require_scale(set("WINIT_X11_SCALE_FACTOR").as_deref(), database.get_string("Xft.dpi", ""))
}

/// Sees to it that a pixel has a size. The variable holds where it is set, else what the display says.
fn require_scale(variable: Option<&str>, dpi: Option<&str>) -> Result<(), DisplayError> {
    let (low, high) = (*SCALES.start(), *SCALES.end());
    let number = |text: &str| text.parse::<f64>().ok();
    match (variable, dpi.and_then(number)) {
        (Some(scale), _) if scale.eq_ignore_ascii_case("randr") => Ok(()),
        (Some(scale), _) if number(scale).is_some_and(|scale| SCALES.contains(&scale)) => Ok(()),
        (Some(scale), _) => Err(DisplayError::Scale {
            name: "WINIT_X11_SCALE_FACTOR",
            value: scale.to_owned(),
            expected: format!("a number from {low} to {high}, or randr"),
        }),
        (None, Some(dots)) if !SCALES.contains(&(dots / DOTS)) => Err(DisplayError::Scale {
            name: "Xft.dpi of the display",
            value: Measured(dots).to_string(),
            expected: format!(
                "{} to {}; WINIT_X11_SCALE_FACTOR=1 starts without it",
                low * DOTS,
                high * DOTS
            ),
        }),
        // What is no number there is passed over by the window library as well.
        (None, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_a_number_that_leaves_a_window_of_some_use() {
        let refusal = |variable, dpi| require_scale(variable, dpi).map_err(|error| error.to_string());
        for (variable, dpi) in [
            (None, None),
            (None, Some("192")),
            (None, Some("none")),
            (Some("1.37"), Some("0")),
            (Some("RandR"), None),
        ] {
            assert_eq!(refusal(variable, dpi), Ok(()));
        }
        for scale in ["abc", "0", "-1", "nan", "inf", "1e-300", "50", "1,5"] {
            let expected =
                format!("WINIT_X11_SCALE_FACTOR = {scale}: expected a number from 0.25 to 8, or randr");
            assert_eq!(refusal(Some(scale), None), Err(expected));
        }
        for dpi in ["0", "-96", "1e300", "nan"] {
            assert!(refusal(None, Some(dpi)).unwrap_err().contains("expected 24 to 768"), "{dpi}");
        }
    }
}
