//! `P(Beta(v1 + 1, v2 + 1) > 1/2) >= confidence`, the stopping test of ASC, without special functions.
//!
//! For whole numbers the Beta tail is a binomial one: `P(Beta(v1 + 1, v2 + 1) > 1/2) = P(Binomial(v1 + v2 + 1, 1/2) <= v1)
//! = 1 - P(Binomial(v1 + v2 + 1, 1/2) <= v2)`. It grows with `v1` and falls with `v2`, so the test is a comparison with
//! the smallest leader count that passes; that boundary is followed one vote at a time, which costs O(1) a vote. All
//! numbers on the way are multiples of powers of 1/2: exact up to 50 votes, within 1e-14 beyond.

/// Smallest leader count at which the test passes; `None` when none does (`confidence` of 1 and more, or not a number).
/// The leader has at least one vote, and at least as many as the runner-up.
pub fn smallest_leader(confidence: f64, runner_up: u32) -> Option<u32> {
    let mut boundary = Boundary::new(confidence);
    boundary.advance(runner_up);
    boundary.possible().then_some(boundary.leader)
}

/// A walk along the boundary.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Boundary {
    confidence: f64,
    /// The point of the boundary reached: the smallest leader for this runner-up.
    leader: u32,
    runner_up: u32,
    /// `P(Binomial(n, 1/2) <= runner_up)` with `n = leader + runner_up + 1`.
    tail: f64,
    /// `P(Binomial(n, 1/2) = runner_up)`.
    mass: f64,
}

impl Boundary {
    pub(in crate::methods) fn new(confidence: f64) -> Self {
        let mut boundary = Self { confidence, leader: 1, runner_up: 0, tail: 0.25, mass: 0.25 };
        boundary.climb();
        boundary
    }

    /// Whether a leader with these votes passes the test. Cheap when the runner-up grows from call to call.
    pub(in crate::methods) fn reached(&mut self, leader: u32, runner_up: u32) -> bool {
        if runner_up < self.runner_up {
            *self = Self::new(self.confidence);
        }
        // Without this many votes no runner-up passes, however few its votes: the walk can wait.
        if leader < self.leader || !self.possible() {
            return false;
        }
        self.advance(runner_up);
        leader >= self.leader
    }

    /// No number of votes makes anything certain.
    fn possible(&self) -> bool {
        self.confidence < 1.0
    }

    fn advance(&mut self, runner_up: u32) {
        while self.runner_up < runner_up && self.possible() {
            let draws = f64::from(self.leader) + f64::from(self.runner_up) + 1.0;
            let next = self.mass * (draws - f64::from(self.runner_up)) / (f64::from(self.runner_up) + 1.0);
            // P(Bin(n + 1) <= k + 1) = P(Bin(n) <= k) + P(Bin(n) = k + 1) / 2.
            self.tail += 0.5 * next;
            self.mass = 0.5 * (self.mass + next);
            self.runner_up += 1;
            // The leader has no fewer votes than the runner-up.
            if self.leader < self.runner_up {
                self.add_to_leader();
            }
            self.climb();
        }
    }

    /// Adds votes to the leader until the test passes.
    fn climb(&mut self) {
        // A mass of 0 cannot lower the tail further: what is left of it is rounding.
        while self.possible() && 1.0 - self.tail < self.confidence && self.mass > 0.0 {
            self.add_to_leader();
        }
    }

    fn add_to_leader(&mut self) {
        let draws = f64::from(self.leader) + f64::from(self.runner_up) + 1.0;
        // P(Bin(n + 1) <= k) = P(Bin(n) <= k) - P(Bin(n) = k) / 2.
        self.tail -= 0.5 * self.mass;
        self.mass *= 0.5 * (draws + 1.0) / (draws + 1.0 - f64::from(self.runner_up));
        self.leader += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `P(Beta(v1 + 1, v2 + 1) > 1/2)` as a ratio of whole numbers.
    fn exact(leader: u32, runner_up: u32) -> f64 {
        let draws = leader + runner_up + 1;
        let mut ways: u128 = 1;
        let mut tail: u128 = 0;
        for k in 0..=runner_up {
            tail += ways;
            ways = ways * u128::from(draws - k) / u128::from(k + 1);
        }
        1.0 - tail as f64 / 2f64.powi(draws as i32)
    }

    #[test]
    fn the_table_of_the_method_specification() {
        let expected = [4, 6, 8, 9, 11, 12, 14, 15, 17, 18, 19];
        for (runner_up, leader) in (0..).zip(expected) {
            assert_eq!(smallest_leader(0.95, runner_up), Some(leader), "{runner_up}");
        }
    }

    #[test]
    fn nothing_is_ever_certain() {
        assert_eq!(smallest_leader(1.0, 0), None);
        assert_eq!(smallest_leader(f64::NAN, 3), None);
        assert!(!Boundary::new(1.0).reached(u32::MAX, 0));
        assert!(smallest_leader(1.0 - f64::EPSILON / 2.0, 5).is_some(), "the walk ends for the largest number below 1");
    }

    proptest! {
        #[test]
        fn the_boundary_is_where_the_exact_tail_passes(confidence in 0.5..0.99999f64, runner_up in 0..40u32) {
            let leader = smallest_leader(confidence, runner_up).unwrap();
            prop_assert!(leader >= runner_up.max(1));
            prop_assert!(exact(leader, runner_up) >= confidence - 1e-13);
            if leader > runner_up.max(1) {
                prop_assert!(exact(leader - 1, runner_up) < confidence + 1e-13);
            }
        }

        #[test]
        fn asking_in_any_order_gives_the_same(points in prop::collection::vec((1..60u32, 0..60u32), 1..30)) {
            let mut walk = Boundary::new(0.9);
            for (leader, runner_up) in points.into_iter().map(|(a, b)| (a.max(b), a.min(b))) {
                let expected = smallest_leader(0.9, runner_up).is_some_and(|least| leader >= least);
                prop_assert_eq!(walk.reached(leader, runner_up), expected);
            }
        }
    }
}
