//! How long to wait before another attempt.

use std::time::Duration;

/// Exponential backoff with full jitter: before attempt `n + 1`, a time drawn evenly from zero to `first * 2^(n - 1)`,
/// which is at most `longest`. `random` is from `0..1`.
pub(super) fn wait(attempts: u32, first: Duration, longest: Duration, random: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(31);
    first.saturating_mul(1 << doublings).min(longest).mul_f64(random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread_from_zero() {
        let at_most = |attempts| wait(attempts, Duration::from_secs(1), Duration::from_secs(60), 1.0).as_secs();
        assert_eq!([1, 2, 3, 6, 7, 8, 100].map(at_most), [1, 2, 4, 32, 60, 60, 60]);
        assert_eq!(wait(3, Duration::from_secs(1), Duration::from_secs(60), 0.25), Duration::from_secs(1));
        assert_eq!(wait(3, Duration::from_secs(1), Duration::from_secs(60), 0.0), Duration::ZERO);
    }
}
