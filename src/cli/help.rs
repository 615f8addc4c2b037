//! `losscape help`: what a verb does, and the reference of tours.

use clap::{Args, CommandFactory};

use super::Failure;
use super::terminal::say_page;
use crate::core::script::reference;

/// What to tell of, as typed.
#[derive(Debug, Args)]
pub struct HelpArguments {
    /// A verb, or `tours` for everything that may stand in a tour's file.
    topic: Option<String>,
}

/// The topic that is no verb.
const TOURS: &str = "tours";

/// Prints the help.
///
/// # Errors
/// If there is no such topic.
pub fn help(arguments: &HelpArguments) -> Result<(), Failure> {
    let mut all = super::Arguments::command();
    all.build();
    let text = match arguments.topic.as_deref() {
        None => all.render_long_help().to_string(),
        Some(TOURS) => reference::page(),
        Some(topic) => match all.find_subcommand_mut(topic) {
            Some(verb) => verb.render_long_help().to_string(),
            None => {
                let verbs: Vec<&str> = all.get_subcommands().map(|verb| verb.get_name()).collect();
                return Err(Failure::request(anyhow::anyhow!(
                    "help {topic:?}: expected {TOURS} or one of {}",
                    verbs.join(", ")
                )));
            }
        },
    };
    say_page(&text)
}
