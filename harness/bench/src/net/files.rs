//! How many connections may be open at once.

/// How many files and connections this process may have open, after the limit was raised to the most that it may raise it to;
/// `None` where there is none, or none is known. The system's first limit is often 1024 or 256, fewer than a fast server is
/// asked at once.
pub fn open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if limit.current != limit.maximum {
            // Where it cannot be raised, it stays.
            let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
        }
        getrlimit(Resource::Nofile).current
    }
    #[cfg(not(unix))]
    None
}

/// Requests that may be in flight at once, of those that a plan allows, so that files of the run can still be opened.
pub(super) fn in_flight(allowed: u32, open_files: Option<u64>) -> u32 {
    /// Files of a run, logs, and connections to look whether a server is there.
    const OTHERS: u64 = 48;
    let most = open_files.map_or(u64::MAX, |files| files.saturating_sub(OTHERS).max(1));
    allowed.min(u32::try_from(most).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_requests_are_in_flight_than_files_may_be_open() {
        assert_eq!(in_flight(400, Some(64)), 16);
        assert_eq!(in_flight(400, Some(20)), 1);
        assert_eq!(in_flight(8, Some(64)), 8);
        assert_eq!(in_flight(400, Some(4096)), 400);
        assert_eq!(in_flight(400, None), 400);
        assert_eq!(open_files(), open_files(), "what was raised stays");
    }
}
