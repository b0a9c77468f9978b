//! How many requests a replica is asked at once: additive increase, multiplicative decrease.

use tokio::time::Instant;

/// Requests at once before anything is known of a replica: this part of the ceiling, within [`FIRST`].
const FIRST_PART: f64 = 1.0 / 16.0;
/// The fewest and the most of them, where the ceiling allows.
const FIRST: (f64, f64) = (8.0, 64.0);
/// What is left of the level after a sign of too much.
const DECREASE: f64 = 0.7;
/// A round trip at the level raises it by this part of the ceiling, at least by 1.
const STEP: f64 = 1.0 / 32.0;

/// A level that finds itself. It doubles with every round trip until the first sign of too much, and goes on in steps
/// from there; it never leaves `1..=ceiling`.
#[derive(Debug)]
pub(super) struct Level {
    level: f64,
    ceiling: f64,
    /// Below it the level doubles.
    threshold: f64,
    cut_at: Option<Instant>,
}

impl Level {
    /// The level of a replica of which nothing is known.
    pub(super) fn new(ceiling: u32) -> Self {
        let ceiling = f64::from(ceiling.max(1));
        Self { level: first(ceiling), ceiling, threshold: f64::INFINITY, cut_at: None }
    }

    /// Requests that may be in flight.
    pub(super) fn places(&self) -> usize {
        self.level as usize
    }

    /// A request succeeded while every place was taken.
    pub(super) fn grow(&mut self) {
        let step = if self.level < self.threshold { 1.0 } else { (self.ceiling * STEP).max(1.0) / self.level };
        self.level = (self.level + step).min(self.ceiling);
    }

    /// A request met a sign of too much. Requests that were under way at the last cut tell nothing new, so that there is
    /// one cut a round trip at most.
    pub(super) fn cut(&mut self, started: Instant, now: Instant) {
        if self.cut_at.is_some_and(|cut| started <= cut) {
            return;
        }
        self.level = (self.level * DECREASE).max(1.0);
        self.threshold = self.level;
        self.cut_at = Some(now);
    }

    /// The replica comes back after it was down: what it bore before is no promise, but the way there is quick.
    pub(super) fn start_again(&mut self) {
        self.threshold = self.level;
        self.level = self.level.min(first(self.ceiling));
    }
}

fn first(ceiling: f64) -> f64 {
    (ceiling * FIRST_PART).clamp(FIRST.0, FIRST.1).min(ceiling)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn round_trip(level: &mut Level) {
        for _ in 0..level.places() {
            level.grow();
        }
    }

    #[test]
    fn it_doubles_until_the_first_sign_and_then_goes_in_steps() {
        let mut level = Level::new(128);
        let mut seen = vec![level.places()];
        for _ in 0..3 {
            round_trip(&mut level);
            seen.push(level.places());
        }
        assert_eq!(seen, [8, 16, 32, 64]);
        let now = Instant::now();
        level.cut(now, now);
        assert_eq!(level.places(), 44);
        round_trip(&mut level);
        assert!((47..=48).contains(&level.places()), "a step is a 32nd of the ceiling: {}", level.places());
    }

    #[test]
    fn it_starts_at_a_sixteenth_of_the_ceiling_within_bounds() {
        let starts = [1, 5, 100, 320, 1000, 65_536].map(|ceiling| Level::new(ceiling).places());
        assert_eq!(starts, [1, 5, 8, 20, 62, 64]);
    }

    #[test]
    fn it_stays_within_one_and_the_ceiling() {
        let mut level = Level::new(10);
        for _ in 0..20 {
            level.grow();
        }
        assert_eq!(level.places(), 10);
        let start = Instant::now();
        for second in 0..20 {
            let now = start + Duration::from_secs(second);
            level.cut(now, now);
        }
        assert_eq!(level.places(), 1);
        assert_eq!(Level::new(3).places(), 3);
    }

    #[test]
    fn one_round_trip_cuts_once() {
        let mut level = Level::new(100);
        let start = Instant::now();
        let later = start + Duration::from_secs(1);
        level.cut(start, later);
        let once = level.places();
        // Under way when the cut was made.
        level.cut(start, later + Duration::from_millis(5));
        assert_eq!(level.places(), once);
        level.cut(later + Duration::from_millis(1), later + Duration::from_secs(2));
        assert!(level.places() < once);
    }

    #[test]
    fn a_replica_that_comes_back_starts_low_and_is_quickly_where_it_was() {
        let mut level = Level::new(100);
        for _ in 0..3 {
            round_trip(&mut level);
        }
        level.start_again();
        assert_eq!(level.places(), 8);
        for _ in 0..3 {
            round_trip(&mut level);
        }
        assert_eq!(level.places(), 64);
    }
}
