//! What was learned of a server while it was asked; kept for as long as the process works.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What was learned of a server.
#[derive(Debug)]
pub struct ServerStats {
    /// Mean completion tokens of a draw, newer ones weighing more; 0 before any was seen.
    completion_tokens: AtomicU64,
    /// The most completions that it gives for one request.
    choices: AtomicUsize,
    /// Whether streams of it end with a reason.
    ends_with_reason: AtomicBool,
    /// Whether streams of it end without one, and are whole all the same.
    ends_openly: AtomicBool,
    /// Whether it counts the tokens of one choice where several were asked for.
    counts_one_choice: AtomicBool,
    /// Whether it gave several completions for one request.
    gave_several: AtomicBool,
    /// Refusals of the account in a row.
    refusals: AtomicU32,
    /// The models that replies said answered, in the order in which they came.
    models: Mutex<Vec<String>>,
}

impl Default for ServerStats {
    fn default() -> Self {
        Self {
            completion_tokens: AtomicU64::new(0),
            choices: AtomicUsize::new(usize::MAX),
            ends_with_reason: AtomicBool::new(false),
            ends_openly: AtomicBool::new(false),
            counts_one_choice: AtomicBool::new(false),
            gave_several: AtomicBool::new(false),
            refusals: AtomicU32::new(0),
            models: Mutex::default(),
        }
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

    /// Whether a stream that ends without a reason is how this server ends whole ones.
    pub fn ends_openly(&self) -> bool {
        self.ends_openly.load(Ordering::Relaxed) && !self.ends_with_reason.load(Ordering::Relaxed)
    }

    /// A stream ended with a reason, or without one a second time.
    pub fn stream_ended(&self, with_reason: bool) {
        let which = if with_reason { &self.ends_with_reason } else { &self.ends_openly };
        which.store(true, Ordering::Relaxed);
    }

    /// Whether its counts are of one choice where several were asked for.
    pub fn counts_one_choice(&self) -> bool {
        self.counts_one_choice.load(Ordering::Relaxed)
    }

    /// It told fewer tokens than several choices must have taken.
    pub fn counted_one_choice(&self) {
        self.counts_one_choice.store(true, Ordering::Relaxed);
    }

    /// A request was answered.
    pub(super) fn answered(&self) {
        if self.refusals.load(Ordering::Relaxed) > 0 {
            self.refusals.store(0, Ordering::Relaxed);
        }
    }

    /// The account was refused; how often in a row by now.
    pub(super) fn refused(&self) -> u32 {
        self.refusals.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether it was seen to give several completions for one request.
    pub fn gave_several(&self) -> bool {
        self.gave_several.load(Ordering::Relaxed)
    }

    /// It gave several completions for one request.
    pub fn give_several(&self) {
        self.gave_several.store(true, Ordering::Relaxed);
    }

    /// A reply said that this model answered.
    pub fn model(&self, name: &str) {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        if models.iter().all(|known| known != name) && models.len() < 20 {
            models.push(name.to_owned());
        }
    }

    /// The models that replies said answered, at most 20.
    pub fn models(&self) -> Vec<String> {
        self.models.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
