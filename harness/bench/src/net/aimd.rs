//! How many requests a replica is asked at once: additive increase, multiplicative decrease.

use tokio::time::Instant;

/// Requests at once before anything is known of a replica: this part of the ceiling, within [`FIRST`].
const FIRST_PART: f64 = 1.0 / 16.0;
/// The fewest and the most of them, where the ceiling allows.
const FIRST: (f64, f64) = (8.0, 64.0);
/// What is left of the limit after a sign of too much.
const DECREASE: f64 = 0.7;
/// A round trip at the limit raises it by this part of the ceiling, at least by 1.
const STEP: f64 = 1.0 / 32.0;

/// A limit that finds its own level. It doubles with every round trip until the first sign of too much, and goes on in steps
/// from there; it never leaves `1..=ceiling`.
#[derive(Debug)]
pub(super) struct AdaptiveLimit {
    limit: f64,
    ceiling: f64,
    /// Below it the limit doubles.
    threshold: f64,
    cut_at: Option<Instant>,
}

impl AdaptiveLimit {
    /// The limit of a replica of which nothing is known.
    pub(super) fn new(ceiling: u32) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        Self { limit: first(ceiling), ceiling, threshold: f64::INFINITY, cut_at: None }
    }

    /// Requests that may be in flight.
    pub(super) fn slots(&self) -> usize {
        self.limit as usize
    }

    /// A request succeeded while every slot was taken.
    pub(super) fn grow(&mut self) {
        let step = if self.limit < self.threshold { 1.0 } else { (self.ceiling * STEP).max(1.0) / self.limit };
        self.limit = (self.limit + step).min(self.ceiling);
    }

    /// A request met a sign of too much. Requests that were under way at the last cut tell nothing new, so that there is
    /// one cut a round trip at most.
    pub(super) fn cut(&mut self, started: Instant, now: Instant) {
        if self.cut_at.is_some_and(|cut| started <= cut) {
            return;
        }
        self.limit = (self.limit * DECREASE).max(1.0);
        self.threshold = self.limit;
        self.cut_at = Some(now);
    }

    /// The replica comes back after it was down: what it bore before is no promise, but the way there is quick.
    pub(super) fn start_again(&mut self) {
        self.threshold = self.limit;
        self.limit = self.limit.min(first(self.ceiling));
    }
}

fn first(ceiling: f64) -> f64 {
    (ceiling * FIRST_PART).clamp(FIRST.0, FIRST.1).min(ceiling)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn round_trip(limit: &mut AdaptiveLimit) {
        for _ in 0..limit.slots() {
            limit.grow();
        }
    }

    #[test]
    fn it_doubles_until_the_first_sign_and_then_goes_in_steps() {
        let mut limit = AdaptiveLimit::new(128);
        let mut seen = vec![limit.slots()];
        for _ in 0..3 {
            round_trip(&mut limit);
            seen.push(limit.slots());
        }
        assert_eq!(seen, [8, 16, 32, 64]);
        let now = Instant::now();
        limit.cut(now, now);
        assert_eq!(limit.slots(), 44);
        round_trip(&mut limit);
        assert!((47..=48).contains(&limit.slots()), "a step is a 32nd of the ceiling: {}", limit.slots());
    }

    #[test]
    fn it_starts_at_a_sixteenth_of_the_ceiling_within_bounds() {
        let starts = [1, 5, 100, 320, 1000, 65_536].map(|ceiling| AdaptiveLimit::new(ceiling).slots());
        assert_eq!(starts, [1, 5, 8, 20, 62, 64]);
    }

    #[test]
    fn it_stays_within_one_and_the_ceiling() {
        let mut limit = AdaptiveLimit::new(10);
        for _ in 0..20 {
            limit.grow();
        }
        assert_eq!(limit.slots(), 10);
        let start = Instant::now();
        for second in 0..20 {
            let now = start + Duration::from_secs(second);
            limit.cut(now, now);
        }
        assert_eq!(limit.slots(), 1);
        assert_eq!(AdaptiveLimit::new(3).slots(), 3);
    }

    #[test]
    fn one_round_trip_cuts_once() {
        let mut limit = AdaptiveLimit::new(100);
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        limit.cut(start, later);
        let once = limit.slots();
        // Under way when the cut was made.
        limit.cut(start, later + Duration::from_millis(5));
        assert_eq!(limit.slots(), once);
        limit.cut(later + Duration::from_millis(1), later + Duration::from_secs(2));
        assert!(limit.slots() < once);
    }

    #[test]
    fn a_replica_that_comes_back_starts_low_and_is_quickly_where_it_was() {
        let mut limit = AdaptiveLimit::new(100);
        for _ in 0..3 {
            round_trip(&mut limit);
        }
        limit.start_again();
        assert_eq!(limit.slots(), 8);
        for _ in 0..3 {
            round_trip(&mut limit);
        }
        assert_eq!(limit.slots(), 64);
    }
}
