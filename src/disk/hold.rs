//! The hold on a file: one at a time has it, until its file is closed or the program ends, however it ends.

use std::fs::{File, TryLockError};
use std::time::Duration;

/// Looks at a file that somebody else has, and the time between two of them. A program that is just being
/// started has a copy of every open file for a moment, and with it the hold.
const LOOKS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(2);

/// Takes hold of a file for as long as it is open. `false`: somebody else has it. A disk that knows no holds
/// lets everybody.
pub fn take_hold(file: &File) -> bool {
    for look in 0..LOOKS {
        match file.try_lock() {
            Ok(()) | Err(TryLockError::Error(_)) => return true,
            Err(TryLockError::WouldBlock) if look + 1 < LOOKS => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_hold_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let open = || File::options().write(true).create(true).truncate(false).open(&path).unwrap();
        let (first, second) = (open(), open());
        assert!(take_hold(&first) && !take_hold(&second));
        drop(first);
        assert!(take_hold(&second));
    }
}
