//! How a method did on a question, and what that took.

/// What a method spent on a question, in answers and tokens (averages over replicates).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spent {
    /// Answers drawn.
    pub answers: f64,
    /// Completion tokens.
    pub completion_tokens: f64,
    /// Prompt tokens.
    pub prompt_tokens: f64,
    /// Verifier tokens.
    pub verifier_tokens: f64,
    /// Longest dependent chain of completion tokens.
    pub depth_tokens: f64,
    /// What the tokens cost, in the currency of the prices.
    pub price: f64,
}

impl Spent {
    /// Prompt, completion and verifier tokens.
    pub(super) fn all_tokens(&self) -> f64 {
        self.prompt_tokens + self.completion_tokens + self.verifier_tokens
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.completion_tokens += other.completion_tokens;
        self.prompt_tokens += other.prompt_tokens;
        self.verifier_tokens += other.verifier_tokens;
        self.depth_tokens += other.depth_tokens;
        self.price += other.price;
    }

    pub(super) fn divide(&mut self, count: f64) {
        self.answers /= count;
        self.completion_tokens /= count;
        self.prompt_tokens /= count;
        self.verifier_tokens /= count;
        self.depth_tokens /= count;
        self.price /= count;
    }
}

/// How a method did on one question at one budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuestionResult {
    /// Accuracy in [0, 1], averaged over replicates.
    pub accuracy: f64,
    /// What it spent.
    pub spent: Spent,
}
