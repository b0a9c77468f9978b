//! What can end a pass early: the user, or the budget of the run.
//!
//! The meter begins with everything the run already holds, whoever drew it and when, and hears of every draw and score as
//! soon as it is finished: before the next request that waits for its place may begin. When a limit is reached no new
//! request begins; those in flight are finished, kept and counted, so a run may spend what was in flight beyond its budget,
//! and with one request at a time at most one draw. What a failed request cost is not known and not counted.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use markovscale::Tokens;

use crate::backbone::Completion;
use crate::experiment::{Money, Plan, Price, RunBudget, TokenCounts};
use crate::trace::{Partition, RunFolder, StoredCost, StoredScoreCost, TraceError, each_stored};
use crate::verifier::Score;

/// Seconds of work that a killed process may forget.
const BEAT_SECONDS: u64 = 30;

/// Set when the user asks to stop or a budget is spent: no new request begins, those in flight are finished and kept.
#[derive(Debug, Clone, Default)]
pub struct StopFlag(Arc<Ends>);

#[derive(Debug, Default)]
struct Ends {
    asked: AtomicBool,
    meter: OnceLock<Meter>,
}

impl StopFlag {
    /// Asks to stop.
    pub fn stop(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
    }

    /// Whether the user asked to stop.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Whether no new request may begin.
    pub fn is_set(&self) -> bool {
        self.is_asked() || self.over_budget().is_some()
    }

    /// Lets a run's budget stop its passes too. A second meter is ignored.
    pub fn watch(&self, meter: Meter) {
        let _ = self.0.meter.set(meter);
    }

    /// The run's meter, where there is one.
    pub fn meter(&self) -> Option<&Meter> {
        self.0.meter.get()
    }

    /// The limit of the budget that is reached.
    pub fn over_budget(&self) -> Option<Reached> {
        self.meter().and_then(Meter::reached)
    }

    /// Counts a draw that was answered.
    pub(crate) fn count_draw(&self, backbone: &str, completion: &Completion) {
        if let Some(meter) = self.meter() {
            let Completion { prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, .. } = completion;
            let tokens = TokenCounts {
                prompt: *prompt_tokens,
                cached: *cached_tokens,
                completion: *completion_tokens,
                reasoning: reasoning_tokens.unwrap_or(Tokens(0)),
            };
            meter.count(tokens, &meter.price_of_backbone(backbone));
        }
    }

    /// Counts a score that was given.
    pub(crate) fn count_score(&self, score: &Score) {
        if let Some(meter) = self.meter() {
            meter.count(TokenCounts::of_verifier(score.verifier_tokens, score.written_tokens), &meter.verifier);
        }
    }
}

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
    /// Seconds of this process that were last recorded.
    beat: AtomicU64,
}

impl Meter {
    /// Takes up what the run has spent. Rows are only read where tokens or money are limited; draws and scores that were
    /// imported are not of the run's spending.
    ///
    /// # Errors
    /// When the run cannot be read.
    pub fn open(run: &RunFolder, plan: &Plan) -> Result<Self, TraceError> {
        let meter = Self {
            budget: plan.budget,
            backbones: plan.backbones.iter().map(|backbone| (backbone.name.clone(), backbone.price)).collect(),
            verifier: plan.verifier.price(),
            spending: Mutex::default(),
            reached: OnceLock::new(),
            before: Duration::from_secs(run.active_before()),
            started: Instant::now(),
            beat: AtomicU64::new(0),
        };
        if plan.budget.tokens.is_some() || plan.budget.price.is_some() {
            meter.take_up(run, plan)?;
        }
        Ok(meter)
    }

    fn take_up(&self, run: &RunFolder, plan: &Plan) -> Result<(), TraceError> {
        let imported = |name: &str| plan.backbones.iter().any(|backbone| backbone.name == name && backbone.imported());
        each_stored(run.path(), |partition, draw: StoredCost| {
            let backbone = value(partition, "backbone");
            if !imported(backbone) {
                self.count(draw.tokens, &plan.price_of_backbone(backbone));
            }
        })?;
        let imported = |name: &str| matches!(&plan.verifier, crate::experiment::VerifierPlan::Imported { name: verifier } if verifier == name);
        each_stored(run.path(), |partition, score: StoredScoreCost| {
            let verifier = value(partition, "verifier");
            if !imported(verifier) {
                self.count(score.tokens, &plan.price_of_verifier(verifier));
            }
        })
    }

    fn price_of_backbone(&self, name: &str) -> Price {
        self.backbones.get(name).copied().unwrap_or_default()
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

    /// Records the time this process has worked, when it was last recorded long ago.
    pub(super) fn beat(&self, run: &RunFolder) -> Result<(), TraceError> {
        let seconds = self.started.elapsed().as_secs();
        if seconds < self.beat.load(Ordering::Relaxed) + BEAT_SECONDS {
            return Ok(());
        }
        self.beat.store(seconds, Ordering::Relaxed);
        run.record_active(seconds)
    }

    /// Records it at the end of a pass; a second that was begun counts whole.
    pub(super) fn settle(&self, run: &RunFolder) -> Result<(), TraceError> {
        run.record_active(self.started.elapsed().as_secs_f64().ceil() as u64)
    }
}

fn value<'a>(partition: &'a Partition, name: &str) -> &'a str {
    partition.iter().find(|(column, _)| *column == name).map_or("", |(_, value)| value)
}
