//! How many connections there may be at a time, and whether it is this process's descriptors that decide about it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Connections at most: sockets and their buffers take some 10 KiB each.
const MOST_CONNECTIONS: usize = 20_000;
/// Descriptors that are not connections.
const OTHER_DESCRIPTORS: u64 = 64;

/// Room for connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Room {
    /// Connections at a time.
    pub(crate) connections: usize,
    /// Descriptors that this process may have, and cannot have more of; `None` where there is no limit.
    pub(crate) descriptors: Option<u64>,
    /// Whether there would be more connections if there were more descriptors.
    pub(crate) is_short: bool,
}

impl Room {
    /// What there is when the limit on descriptors is raised as far as it goes, which this does.
    pub(crate) fn raised(asked: Option<u32>) -> Room {
        let limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(u64::MAX).min(MOST_CONNECTIONS as u64 + OTHER_DESCRIPTORS);
        let wanted = Rlimit { current: Some(most.max(limit.current.unwrap_or(0))), maximum: limit.maximum };
        match setrlimit(Resource::Nofile, wanted) {
            Ok(()) => Room::within(wanted.current, asked),
            Err(_) => Room::within(limit.current, asked),
        }
    }

    /// What there is with so many descriptors, where no more than `asked` connections are wanted.
    fn within(descriptors: Option<u64>, asked: Option<u32>) -> Room {
        let wanted = asked.and_then(|asked| usize::try_from(asked).ok()).unwrap_or(MOST_CONNECTIONS);
        let wanted = wanted.min(MOST_CONNECTIONS);
        let allowed = descriptors.map_or(usize::MAX, |descriptors| {
            usize::try_from(descriptors.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(usize::MAX)
        });
        Room { connections: wanted.min(allowed).max(1), descriptors, is_short: allowed < wanted }
    }

    /// What this process may have, in words that name what decides.
    pub(crate) fn in_words(self) -> String {
        match self.descriptors.filter(|_| self.is_short) {
            Some(descriptors) => {
                format!("the {descriptors} descriptors of this process leave room for {}", self.connections)
            }
            None => format!("this process opens {} at most", self.connections),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_what_descriptors_leave_and_says_whether_they_decide() {
        for (descriptors, asked, connections, is_short) in [
            (Some(1_024), None, 960, true),
            (Some(1_024), Some(100), 100, false),
            (Some(1_024), Some(960), 960, false),
            (Some(1_024), Some(961), 960, true),
            (Some(1_000_000), None, 20_000, false),
            (None, None, 20_000, false),
            // So few that the files of a run take them all: one is tried, and fails by its name.
            (Some(40), None, 1, true),
        ] {
            let room = Room::within(descriptors, asked);
            let expected = Room { connections, descriptors, is_short };
            assert_eq!(room, expected, "{descriptors:?} {asked:?}");
        }
        let words = Room::within(Some(90), None).in_words();
        assert_eq!(words, "the 90 descriptors of this process leave room for 26");
    }

    #[test]
    fn what_this_process_has_can_be_used() {
        let room = Room::raised(Some(3));
        assert!(room.connections <= 3 && room.connections > 0, "{room:?}");
    }
}
