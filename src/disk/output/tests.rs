//! What becomes of what is there when a file is written.
use std::io::Write;

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn write(path: &Path, force: bool, text: &str) {
    Output::new(path, force).unwrap().write(|file| file.write_all(text.as_bytes())).unwrap();
}

#[test]
fn a_failed_write_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.txt");
    std::fs::write(&path, "old").unwrap();
    assert!(matches!(Output::new(&path, false), Err(OutputError::Exists { .. })));
    let output = Output::new(&path, true).unwrap();
    let failed = output.write(|file| {
        file.write_all(b"half")?;
        Err(io::Error::other("no space left"))
    });
    assert_eq!(failed.unwrap_err().to_string(), format!("cannot write {}", path.display()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    output.write(|file| file.write_all(b"new")).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
}

#[test]
fn a_place_that_is_none_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere/x.txt");
    assert!(matches!(Output::new(&missing, false), Err(OutputError::NoFolder { .. })));
    assert!(matches!(Output::new(folder.path(), true), Err(OutputError::IsFolder { .. })));
    assert!(matches!(Output::new(Path::new("x.npz/"), true), Err(OutputError::IsFolder { .. })));
    assert!(Output::new(Path::new("x-that-does-not-exist.txt"), false).is_ok());
    let long = folder.path().join("x".repeat(300));
    assert!(matches!(Output::new(&long, false), Err(OutputError::Name { .. })));
    write(&folder.path().join("x".repeat(255)), false, "as long as a name may be");
}

#[test]
fn a_file_that_appears_meanwhile_stays_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.run.npz");
    let beside = folder.path().join("x.run-2.npz");
    let output = Output::new(&path, false).unwrap();
    let failed = output.write(|file| {
        std::fs::write(&path, "theirs")?;
        file.write_all(b"ours")
    });
    let said = failed.unwrap_err().source.to_string();
    assert!(said.contains("appeared meanwhile") && said.contains("x.run-2.npz"), "{said}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "theirs");
    assert_eq!(std::fs::read_to_string(&beside).unwrap(), "ours");
    assert_eq!(names(folder.path()), ["x.run-2.npz", "x.run.npz"]);
    assert!(output.write(|file| file.write_all(b"ours")).is_err());
    assert_eq!(names(folder.path()), ["x.run-2.npz", "x.run-3.npz", "x.run.npz"]);
}

#[test]
fn what_is_cancelled_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.txt");
    let (output, cancel) = (Output::new(&path, false).unwrap(), CancelToken::default());
    let stopped = output.write_until(&cancel, |mut file| {
        file.write_all(b"half")?;
        cancel.cancel();
        file.write_all(b"half")
    });
    assert_eq!(stopped.unwrap_err().source.to_string(), "interrupted");
    assert_eq!(names(folder.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_rights_and_a_link_stays_a_link() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("far")).unwrap();
    std::fs::write(at("far/x.txt"), "old").unwrap();
    std::fs::set_permissions(at("far/x.txt"), PermissionsExt::from_mode(0o604)).unwrap();
    symlink("far/x.txt", at("near.txt")).unwrap();
    symlink("near.txt", at("nearer.txt")).unwrap();
    assert!(matches!(Output::new(&at("nearer.txt"), false), Err(OutputError::Exists { .. })));
    write(&at("nearer.txt"), true, "new");
    assert_eq!(std::fs::read_to_string(at("far/x.txt")).unwrap(), "new");
    assert_eq!(std::fs::metadata(at("far/x.txt")).unwrap().mode() & 0o7777, 0o604);
    assert!(at("near.txt").is_symlink() && at("nearer.txt").is_symlink());
    assert_eq!(names(folder.path()), ["far", "near.txt", "nearer.txt"]);
    assert_eq!(names(&at("far")), ["x.txt"]);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_there_and_is_followed_when_it_may_be() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    symlink("target.txt", at("link.txt")).unwrap();
    assert!(matches!(Output::new(&at("link.txt"), false), Err(OutputError::Exists { .. })));
    write(&at("link.txt"), true, "new");
    assert_eq!(std::fs::read_to_string(at("target.txt")).unwrap(), "new");
    assert!(at("link.txt").is_symlink());
    symlink("nowhere/target.txt", at("lost.txt")).unwrap();
    assert!(matches!(Output::new(&at("lost.txt"), true), Err(OutputError::NoFolder { .. })));
    symlink("b.txt", at("a.txt")).unwrap();
    symlink("a.txt", at("b.txt")).unwrap();
    let circle = Output::new(&at("a.txt"), true).unwrap_err().to_string();
    assert!(circle.contains("a link in a circle"), "{circle}");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    std::os::unix::fs::symlink("fifo", at("link")).unwrap();
    let all = [(at("socket"), "a socket"), (at("fifo"), "a FIFO"), (at("link"), "a FIFO")];
    for (path, kind) in all.into_iter().chain([(PathBuf::from("/dev/null"), "a device")]) {
        for force in [false, true] {
            let refused = Output::new(&path, force).unwrap_err().to_string();
            assert!(refused.contains(kind) && refused.contains("never replaced"), "{refused}");
        }
    }
}
