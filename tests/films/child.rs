//! A process of its own that encodes a film: to be killed, or to run out of room.

use super::*;

const FILM: &str = "LOSSCAPE_TEST_FILM";

/// Run by other tests as a process; by itself there is nothing to do.
#[test]
#[ignore = "what other tests start"]
fn encodes() {
    let Some(path) = std::env::var_os(FILM) else { return };
    let path = PathBuf::from(path);
    let encoder = if path.to_string_lossy().contains("-f.") { Encoder::Ffmpeg } else { Encoder::InProcess };
    let spec = FilmSpec { keeps_partial: std::env::var_os("KEEP").is_some(), ..spec(30, 100_000) };
    let frames = if std::env::var_os("SHORT").is_some() { 20 } else { 100_000 };
    let end = start(&path, spec, encoder).and_then(|mut encoding| {
        (0..frames).try_for_each(|number| encoding.send(frame(number)))?;
        encoding.finish(&CancelToken::default())
    });
    println!("ENDED {:#}", anyhow::Error::from(end.unwrap_err()));
}

/// The process that does so.
pub fn command(path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "films::child::encodes", "--nocapture"]).env(FILM, path);
    command.stdout(std::process::Stdio::piped());
    command
}

/// The process that encodes a short film to its end, keeping what there is if it fails.
pub fn finishing(path: &Path) -> Command {
    let mut command = command(path);
    command.env("SHORT", "yes").env("KEEP", "yes");
    command
}
