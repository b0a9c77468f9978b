//! `early_stopping_sc` (ESC): parallel draws in disjoint windows; stops as soon as a whole window agrees, at N otherwise;
//! the most frequent class of all drawn (arXiv 2401.10480).
//!
//! A last window shorter than `window` is drawn and not tested, so ESC is the majority vote for `N <= window`: its only
//! full window ends at N. A missing or cut-off answer agrees with nothing, not even with another one: a window that holds
//! one does not stop the drawing.
//!
//! `legacy`: raw strings are compared, and a window of nothing but missing answers agrees, as in published code. (The
//! authors' own script returns the answer of the window that agreed instead of the most frequent of all; that differs only
//! where an earlier window had voted for another class, and the method table asks for all drawn.)

use std::sync::Arc;

use super::common::{Chooser, UpToBudget, answered_class};
use super::interface::{Budget, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::spec::{MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use super::votes::{Candidate, MostFrequent, candidate};

parameters! {
    /// Parameters of `early_stopping_sc`.
    pub struct EarlyStoppingConfig {
        /// Draws of a window; with 1 every answer agrees with itself.
        window: u32 = 5, ParameterKind::DRAWS;
        /// As published code: raw strings vote, and a window of nothing but missing answers agrees.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "early_stopping_sc",
    about: "ESC: the most frequent of all drawn; stops when a whole window of draws agrees",
    source: "arXiv 2401.10480",
    parameters: EarlyStoppingConfig::PARAMETERS,
    learns: None,
    new: new::<EarlyStoppingConfig>,
};

impl Specified for EarlyStoppingConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(EarlyStopping { config: self })
    }
}

/// Stops at the first window that agrees.
#[derive(Debug, Clone, Copy, Default)]
pub struct EarlyStopping {
    /// Parameters.
    pub config: EarlyStoppingConfig,
}

impl Method for EarlyStopping {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let EarlyStoppingConfig { window, legacy } = self.config;
        let windows =
            Windows { majority: MostFrequent::new(legacy), window, filled: 0, agreement: Agreement::new(legacy) };
        Box::new(UpToBudget::new(windows, self.draws(), budget))
    }
}

/// The majority of all draws, and whether the window that ends with the last of them agrees.
#[derive(Debug)]
struct Windows {
    majority: MostFrequent,
    window: u32,
    /// Draws in the current window.
    filled: u32,
    agreement: Agreement,
}

impl Chooser for Windows {
    fn see(&mut self, index: usize, draw: &Draw) {
        if self.filled >= self.window {
            (self.filled, self.agreement) = (0, Agreement::new(self.agreement.legacy));
        }
        self.majority.see(index, draw);
        self.agreement.see(draw);
        self.filled += 1;
    }

    fn choice(&self) -> Choice {
        self.majority.choice()
    }

    fn settled(&self) -> bool {
        self.filled >= self.window && self.agreement.unanimous()
    }
}

/// Whether all draws of a run gave the same answer.
#[derive(Debug)]
pub(super) struct Agreement {
    legacy: bool,
    first: Option<Candidate>,
    broken: bool,
}

impl Agreement {
    pub(super) fn new(legacy: bool) -> Self {
        Self { legacy, first: None, broken: false }
    }

    pub(super) fn see(&mut self, draw: &Draw) {
        let agrees = if self.legacy { candidate(draw, true) } else { answered_class(draw).map(Some) };
        let first = *self.first.get_or_insert(agrees.unwrap_or(None));
        self.broken |= agrees != Some(first);
    }

    /// Whether there was a draw, and none differed.
    pub(super) fn unanimous(&self) -> bool {
        self.first.is_some() && !self.broken
    }
}
