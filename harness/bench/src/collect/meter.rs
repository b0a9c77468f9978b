//! What a run has spent, beside what it may.
//!
//! The meter hears of every draw and score as soon as it is finished: before the next request that waits for its place may
//! begin. When a limit is reached no new request begins; those in flight are finished, kept and counted, so a run may spend
//! what was in flight beyond its budget, and with one request at a time at most one draw.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::experiment::{Money, Plan, Price, RunBudget};
use crate::vocabulary::TokenCounts;

/// A limit of the budget that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// `budget.tokens`.
    Tokens {
        /// Tokens that the run holds.
        spent: u64,
        /// Tokens it may.
        allowed: u64,
    },
    /// `budget.price`.
    Price {
        /// What they cost.
        spent: Money,
        /// What they may cost.
        allowed: Money,
    },
    /// `budget.hours`.
    Hours {
        /// Time in which the run was worked on.
        spent: Duration,
        /// Time that it may take.
        allowed: Duration,
    },
}

impl Reached {
    /// The key of the config.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Tokens { .. } => "budget.tokens",
            Self::Price { .. } => "budget.price",
            Self::Hours { .. } => "budget.hours",
        }
    }
}

/// How much of what is spent, e.g. `budget.tokens: 1,003,412 of 1,000,000 tokens spent`.
impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.key())?;
        match self {
            Self::Tokens { spent, allowed } => {
                let [spent, allowed] = [spent, allowed].map(|count| indicatif::HumanCount(*count));
                write!(f, "{spent} of {allowed} tokens spent")
            }
            Self::Price { spent, allowed } => write!(f, "{spent} of {allowed} spent"),
            Self::Hours { spent, allowed } => {
                let [spent, allowed] = [spent, allowed].map(|time| time.as_secs_f64() / 3600.0);
                write!(f, "{spent:.3} of {allowed} hours worked")
            }
        }
    }
}

/// What a run has spent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spending {
    /// Tokens of all kinds.
    pub tokens: u64,
    /// What they cost.
    pub price: Money,
}

/// Compares what a run has spent with what it may.
#[derive(Debug)]
pub struct Meter {
    budget: RunBudget,
    backbones: HashMap<String, Price>,
    verifier: Price,
    spending: Mutex<Spending>,
    reached: OnceLock<Reached>,
    before: Duration,
    started: Instant,
}

impl Meter {
    /// A meter of a plan's budget that has counted nothing yet; the run was worked on for as long as `before` already.
    pub fn new(plan: &Plan, before: Duration) -> Self {
        Self {
            budget: plan.budget,
            backbones: plan.backbones.iter().map(|backbone| (backbone.name.clone(), backbone.price)).collect(),
            verifier: plan.verifier.price(),
            spending: Mutex::default(),
            reached: OnceLock::new(),
            before,
            started: Instant::now(),
        }
    }

    /// Adds a draw of a backbone.
    pub fn count_draw(&self, backbone: &str, tokens: TokenCounts) {
        self.count(tokens, &self.backbones.get(backbone).copied().unwrap_or_default());
    }

    /// Adds a score.
    pub fn count_score(&self, tokens: TokenCounts) {
        self.count(tokens, &self.verifier);
    }

    /// Adds what something cost.
    pub fn count(&self, tokens: TokenCounts, price: &Price) {
        let spending = {
            let mut spending = self.spending.lock().unwrap_or_else(PoisonError::into_inner);
            spending.tokens = spending.tokens.saturating_add(tokens.all().0);
            spending.price += price.price_of(tokens);
            *spending
        };
        if let Some(allowed) = self.budget.tokens.filter(|allowed| spending.tokens >= *allowed) {
            let _ = self.reached.set(Reached::Tokens { spent: spending.tokens, allowed });
        }
        if let Some(allowed) = self.budget.price.map(Money::from_units).filter(|allowed| spending.price >= *allowed) {
            let _ = self.reached.set(Reached::Price { spent: spending.price, allowed });
        }
    }

    /// What was spent so far; nothing before this process where neither tokens nor money are limited.
    pub fn spending(&self) -> Spending {
        *self.spending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The limit that is reached, with what is spent by now.
    pub fn reached(&self) -> Option<Reached> {
        let first = self.reached.get().copied().or_else(|| {
            // A sum of hours that no clock could show is no limit.
            let allowed = Duration::try_from_secs_f64(self.budget.hours? * 3600.0).ok()?;
            let spent = self.before + self.started.elapsed();
            (spent >= allowed).then_some(Reached::Hours { spent, allowed })
        })?;
        let now = self.spending();
        Some(match first {
            Reached::Tokens { allowed, .. } => Reached::Tokens { spent: now.tokens, allowed },
            Reached::Price { allowed, .. } => Reached::Price { spent: now.price, allowed },
            hours @ Reached::Hours { .. } => hours,
        })
    }

    /// How long this process has worked.
    pub fn worked(&self) -> Duration {
        self.started.elapsed()
    }
}
