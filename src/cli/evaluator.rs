//! Who evaluates losses, where that is not this program: `--evaluator`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Failure;
use super::number::finite;
use crate::core::experiment::Experiment;
use crate::disk::served::{Place, Run, Served};
#[cfg(feature = "viewer")]
use crate::{core::experiment::pipeline, scene::landscape::Evaluators};

/// An evaluator as typed.
#[derive(Debug, Args)]
pub struct EvaluatorArguments {
    /// Have losses evaluated by a program over its standard input and output ('python my_model.py'), or by a server on
    /// this machine (tcp:127.0.0.1:PORT) with the token in LOSSCAPE_TOKEN (docs/networks-of-others.md).
    #[arg(long, value_name = "COMMAND")]
    evaluator: Option<String>,
    /// A file that holds the token of the server instead.
    #[arg(long, value_name = "FILE", requires = "evaluator")]
    evaluator_token: Option<PathBuf>,
    /// Seconds to wait for each answer.
    #[arg(long, value_name = "SECS", default_value = "60", allow_hyphen_values = true, value_parser = seconds)]
    evaluator_timeout: Duration,
}

/// Where the token is looked for without a file.
const TOKEN: &str = "LOSSCAPE_TOKEN";

/// What is before the address of a server.
const TCP: &str = "tcp:";

impl EvaluatorArguments {
    /// Whether one was typed.
    pub fn is_given(&self) -> bool {
        self.evaluator.is_some()
    }

    /// Starts or calls the evaluator, if one was typed, and sees to it that its network is that of the experiment.
    ///
    /// # Errors
    /// If it makes no sense, is not there, or knows another network.
    pub fn connect(&self, experiment: &Experiment) -> Result<Option<Arc<Served>>, Failure> {
        let Some(text) = &self.evaluator else { return Ok(None) };
        let place = self.place(text).map_err(Failure::Request)?;
        let served = Served::connect(place, self.evaluator_timeout, Run::of(experiment));
        let told = |lost| anyhow!("--evaluator {text}: {lost}");
        served.map(|served| Some(Arc::new(served))).map_err(|lost| Failure::request(told(lost)))
    }

    /// Who evaluates losses in a picture or a window that begins with an experiment: of the network that the one that was
    /// typed knows, this one; all else is evaluated here.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(feature = "viewer")]
    pub fn evaluators(&self, experiment: &Experiment) -> Result<Evaluators, Failure> {
        let Some(served) = self.connect(experiment)? else { return Ok(Evaluators::default()) };
        Ok(Evaluators(Arc::new(move |experiment: &Experiment| {
            let is_its_own = experiment.slice.quantity.is_loss() && served.run().is_of(experiment);
            if is_its_own { Some(served.clone()) } else { pipeline::in_process(experiment) }
        })))
    }

    fn place(&self, text: &str) -> anyhow::Result<Place> {
        if let Some(address) = text.strip_prefix(TCP) {
            let named = address.replacen("localhost", "127.0.0.1", 1);
            let address = named.parse::<SocketAddr>().ok().filter(|address| address.ip().is_loopback());
            let expected =
                "expected tcp:127.0.0.1:PORT, on this machine; what is elsewhere is reached through ssh -L";
            let address = address.with_context(|| format!("--evaluator {text}: {expected}"))?;
            return Ok(Place::Port(address, self.token(text)?));
        }
        let words = shlex::split(text).filter(|words| !words.is_empty());
        words.map(Place::Program).with_context(|| {
            format!(
                "--evaluator {text:?}: expected a command such as 'python my_model.py', its quotes closed"
            )
        })
    }

    fn token(&self, text: &str) -> anyhow::Result<String> {
        let token = match &self.evaluator_token {
            Some(path) => std::fs::read_to_string(path)
                .with_context(|| format!("--evaluator-token {}", path.display()))?,
            None => std::env::var(TOKEN).unwrap_or_default(),
        };
        match token.trim() {
            "" => bail!(
                "--evaluator {text}: expected its token in {TOKEN}, or in a file (--evaluator-token FILE)"
            ),
            token => Ok(token.to_owned()),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, &'static str> {
    let secs = finite(text).ok().filter(|secs| *secs > 0.0 && *secs <= 1e6);
    secs.map(Duration::from_secs_f64).ok_or("expected seconds above 0, such as 60")
}
