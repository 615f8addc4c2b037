//! What a change of the session reset beyond what was asked for is told where errands are told of.

use bevy::prelude::*;

use super::desk::Desk;
use crate::scene::session::Notice;

/// Puts it on the desk, and takes it away again with the next change.
pub(super) fn tell_notice(notice: Res<Notice>, mut desk: ResMut<Desk>, mut told: Local<Option<String>>) {
    if !notice.is_changed() || notice.0 == *told {
        return;
    }
    let shown = desk.notice.as_ref().and_then(|notice| notice.as_ref().ok());
    if notice.0.is_some() || shown == told.as_ref() {
        desk.notice = notice.0.clone().map(Ok);
    }
    told.clone_from(&notice.0);
}
