//! What the engine says while it works, on standard error.

use std::io::{self, IsTerminal};

use bevy::log::tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use bevy::log::tracing_subscriber::fmt::{self, FmtContext};
use bevy::log::tracing_subscriber::registry::LookupSpan;
use bevy::log::{BoxedFmtLayer, LogPlugin, tracing};
use bevy::prelude::App;

use crate::core::text::visible;

/// Our own warnings.
const OURS: &str = "off,losscape=warn";

/// On a terminal the engine's as well, but for those that say nothing to our users: a software renderer is a
/// device like any other, a display without a size or settings is one too, and an error of the renderer is
/// told once, by us.
const ON_A_TERMINAL: &str = "warn,wgpu=error,naga=error,winit=error,calloop=error,bevy_egui=error,\
                             bevy_render::renderer=error,bevy_render::error_handler=off,\
                             bevy_render::view::window=off,bevy_ecs::world::command_queue=off";

/// Warnings in the program's own manner. Whoever sets `RUST_LOG` gets what it asks for besides.
pub(super) fn plugin() -> LogPlugin {
    let filter = if io::stderr().is_terminal() { ON_A_TERMINAL } else { OURS };
    LogPlugin { filter: filter.to_owned(), fmt_layer: |_: &mut App| Some(layer()), ..LogPlugin::default() }
}

fn layer() -> BoxedFmtLayer {
    let layer = fmt::layer().with_ansi(false).event_format(Lines).with_writer(io::stderr);
    // Where nothing can be written, that it cannot be is not written either.
    Box::new(layer.log_internal_errors(false))
}

/// A line for each event, like everything that the program says.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> std::fmt::Result {
        let mut said = String::new();
        context.format_fields(Writer::new(&mut said), event)?;
        let target = event.metadata().target();
        let from = if target.starts_with("losscape") { String::new() } else { format!("{target}: ") };
        writeln!(writer, "losscape: {from}{}", visible(&said))
    }
}
