//! Requests and tokens a minute, spread evenly: over any minute no more starts than the limit.

use std::time::Duration;

use tokio::time::Instant;

use crate::experiment::Limits;

/// Says when a request may start. Every reservation moves the next one back, so that those who wait are served in order.
#[derive(Debug)]
pub(super) struct Pacer {
    start: Instant,
    seconds_per_request: f64,
    seconds_per_token: f64,
    /// Seconds after `start` at which the next request may start, by either limit.
    next_by_requests: f64,
    next_by_tokens: f64,
}

impl Pacer {
    /// `None` where there is no limit a minute.
    pub(super) fn new(limits: &Limits, now: Instant) -> Option<Self> {
        if limits.requests_per_minute.is_none() && limits.tokens_per_minute.is_none() {
            return None;
        }
        let share = |limit: f64| 60.0 / limit.max(1.0);
        Some(Self {
            start: now,
            seconds_per_request: limits.requests_per_minute.map_or(0.0, |limit| share(f64::from(limit))),
            seconds_per_token: limits.tokens_per_minute.map_or(0.0, |limit| share(limit as f64)),
            next_by_requests: 0.0,
            next_by_tokens: 0.0,
        })
    }

    /// When a request that takes about so many tokens may start.
    pub(super) fn reserve(&mut self, expected_tokens: u64, now: Instant) -> Instant {
        let now = now.saturating_duration_since(self.start).as_secs_f64();
        let at = now.max(self.next_by_requests).max(self.next_by_tokens);
        self.next_by_requests = at + self.seconds_per_request;
        self.next_by_tokens = at + expected_tokens as f64 * self.seconds_per_token;
        self.start + Duration::try_from_secs_f64(at).unwrap_or(Duration::MAX / 4)
    }

    /// Puts what a request took in the place of what it was expected to take.
    pub(super) fn settle(&mut self, expected_tokens: u64, tokens: u64) {
        self.next_by_tokens += (tokens as f64 - expected_tokens as f64) * self.seconds_per_token;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer(requests: Option<u32>, tokens: Option<u64>, now: Instant) -> Option<Pacer> {
        Pacer::new(&Limits { requests_per_minute: requests, tokens_per_minute: tokens, ..Limits::declared() }, now)
    }

    fn seconds(pacer: &mut Pacer, tokens: u64, start: Instant, now: f64) -> f64 {
        let at = pacer.reserve(tokens, start + Duration::from_secs_f64(now));
        (at - start).as_secs_f64()
    }

    #[test]
    fn without_a_limit_there_is_nothing_to_pace() {
        assert!(pacer(None, None, Instant::now()).is_none());
    }

    #[test]
    fn requests_are_spread_over_the_minute_and_idle_time_is_not_saved_up() {
        let start = Instant::now();
        let mut pacer = pacer(Some(30), None, start).unwrap();
        let at: Vec<f64> = (0..4).map(|_| seconds(&mut pacer, 1_000_000, start, 0.0)).collect();
        assert_eq!(at, [0.0, 2.0, 4.0, 6.0]);
        assert_eq!(seconds(&mut pacer, 0, start, 100.0), 100.0);
        assert_eq!(seconds(&mut pacer, 0, start, 100.0), 102.0);
    }

    #[test]
    fn tokens_are_paced_by_what_they_turn_out_to_be() {
        let start = Instant::now();
        let mut pacer = pacer(None, Some(6000), start).unwrap();
        assert_eq!(seconds(&mut pacer, 1000, start, 0.0), 0.0);
        assert_eq!(seconds(&mut pacer, 1000, start, 0.0), 10.0);
        // The first took only a tenth of what was expected.
        pacer.settle(1000, 100);
        assert_eq!(seconds(&mut pacer, 1000, start, 0.0), 11.0);
        pacer.settle(1000, 2000);
        assert_eq!(seconds(&mut pacer, 0, start, 0.0), 31.0);
    }
}
