//! What was learned of a server while it was asked; kept for as long as the process works.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What was learned of a server.
#[derive(Debug)]
pub struct ServerStats {
    /// Mean completion tokens of a draw, newer ones weighing more; 0 before any was seen.
    completion_tokens: AtomicU64,
    /// The most completions that it gives for one request.
    choices: AtomicUsize,
}

impl Default for ServerStats {
    fn default() -> Self {
        Self { completion_tokens: AtomicU64::new(0), choices: AtomicUsize::new(usize::MAX) }
    }
}

impl ServerStats {
    /// Completion tokens that a draw takes in the mean; `None` before any was seen.
    pub fn completion_tokens(&self) -> Option<u64> {
        Some(self.completion_tokens.load(Ordering::Relaxed)).filter(|tokens| *tokens > 0)
    }

    /// A draw took so many completion tokens.
    pub fn completion(&self, tokens: u64) {
        // An update that another thread overtakes does no harm to a mean.
        let mean = self.completion_tokens().map_or(tokens, |mean| (mean * 15 + tokens) / 16);
        self.completion_tokens.store(mean, Ordering::Relaxed);
    }

    /// The most completions that it gives for one request, as far as is known.
    pub fn choices(&self) -> usize {
        self.choices.load(Ordering::Relaxed)
    }

    /// It gave so many completions where more were asked for.
    pub fn most_choices(&self, choices: usize) {
        self.choices.fetch_min(choices.max(1), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_follows_what_draws_take_and_the_fewest_choices_count() {
        let stats = ServerStats::default();
        assert_eq!((stats.completion_tokens(), stats.choices()), (None, usize::MAX));
        stats.completion(160);
        assert_eq!(stats.completion_tokens(), Some(160));
        (0..100).for_each(|_| stats.completion(1600));
        assert!(stats.completion_tokens().is_some_and(|mean| (1500..=1600).contains(&mean)));
        stats.most_choices(4);
        stats.most_choices(8);
        assert_eq!(stats.choices(), 4);
    }
}
