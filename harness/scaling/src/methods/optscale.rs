//! `optscale` (OptScale): a few parallel draws, a fit of their verifier scores, then as many draws as the fit says are
//! needed to see a good score; the answer with the highest score (arXiv 2506.22376).
//!
//! 1. Draw [`warm_up`] answers.
//! 2. Fit a normal truncated to [0, 1] to their scores: by maximum likelihood (`prior: none`, the paper's OptScale-0), or
//!    with normal priors of standard deviation 0.1 around predicted parameters (`prior: fitted`, OptScale-t).
//! 3. Draw up to `N* = ceil(ln q / ln F(target))` in all, `F` the fitted distribution function: the smallest number with
//!    `P(no score reaches target) <= q`. At least the warm-up, at most N; N where the target is out of reach. `N*` is
//!    decided once, after the warm-up, and not revised by later scores, as published. The published code finds it by
//!    trying every number over a grid of 1,000 scores; the closed form is the same without the grid's error.
//!
//! Where the paper predicts parameters with a neural network that reads the question, the prediction here is the median
//! over calibration questions ([`Method::learn`]): the same for every question. With `settings: tuned`, `q` and `target`
//! are those of a grid with the highest accuracy on calibration questions ([`tuning`]); the paper picks them on the
//! questions it reports.
//!
//! Scores outside [0, 1] are taken as the nearer end. Missing, cut-off and unscored draws count as draws and do not enter
//! the fit; with `legacy: true` they do, and one can be returned, as in published code. When nothing entered it, `N*` is N, or what the prior alone says where there is one.

mod descent;
mod learned;
pub mod truncated_normal;
pub mod tuning;

use std::sync::Arc;

use super::common::{Chooser, HighestScore, UpToBudget, answered_class};
use super::interface::{Budget, Calibration, Choice, Draw, DrawMode, Method, QuestionContext, Session};
use super::learned::{Learned, LearnedReader};
use super::spec::{InLabel, MethodSpec, ParameterKind, Parameters, Specified, new, parameters};
use crate::words::words;
pub use learned::{OptScaleSettings, OptScaleTarget, ScorePrior};
use truncated_normal::{Moments, TruncatedNormal};

words! {
    /// Whether the fit has a prior.
    pub enum PriorSource {
        /// Maximum likelihood.
        None = "none",
        /// Maximum a posteriori around what calibration questions predict; maximum likelihood where nothing was learned.
        Fitted = "fitted",
    }
}

words! {
    /// Where `q` and `target` come from.
    pub enum SettingsSource {
        /// From the configuration.
        Fixed = "fixed",
        /// Tuned on calibration questions; from the configuration where nothing was learned.
        Tuned = "tuned",
    }
}

parameters! {
    /// Parameters of `optscale`.
    pub struct OptScaleConfig {
        /// Fit scores alone (OptScale-0), or with a prior from other questions (OptScale-t).
        prior: PriorSource = PriorSource::None, ParameterKind::Words(PriorSource::NAMES), InLabel::Named;
        /// `q` and `target` as given, or tuned on other questions.
        settings: SettingsSource = SettingsSource::Fixed, ParameterKind::Words(SettingsSource::NAMES);
        /// Probability allowed for missing the target.
        q: f64 = 0.1, ParameterKind::POSITIVE_PROBABILITY;
        /// Score to reach.
        target: f64 = 0.9, ParameterKind::PROBABILITY;
        /// As published code: missing answers enter the fit and can win.
        legacy: bool = false, ParameterKind::Flag;
    }
}

/// The method as data.
pub const SPEC: MethodSpec = MethodSpec {
    name: "optscale",
    about: "the answer with the highest score, after as many draws as the first scores ask for; needs a verifier",
    source: "arXiv 2506.22376",
    parameters: OptScaleConfig::PARAMETERS,
    learns: Some(LearnedReader::of::<OptScaleSettings>()),
    new: new::<OptScaleConfig>,
};

impl Specified for OptScaleConfig {
    const SPEC: &'static MethodSpec = &SPEC;

    fn method(self) -> Arc<dyn Method> {
        Arc::new(OptScale { config: self })
    }
}

/// Draws before the fit for a budget: 3, 5, 10 and 20 for N = 8, 16, 32 and 64, as published. Another N takes the entry of
/// the largest of these that it reaches; below 8 it is 3, or N where that is smaller.
pub fn warm_up(budget: Budget) -> u32 {
    match budget.0 {
        64.. => 20,
        32.. => 10,
        16.. => 5,
        few => few.min(3),
    }
}

/// `N* = ceil(ln q / ln F(target))`, from 1 to `most`: the fewest draws of which one reaches `target` with probability
/// `1 - q`. `most` when that takes more, for an unreachable target as well.
pub fn draws_needed(scores: &TruncatedNormal, settings: OptScaleTarget, most: u32) -> u32 {
    let below = scores.log_below(settings.target);
    let needed = (settings.q.ln() / below).ceil();
    // Certainly below: out of reach. Not a number: `q` or the target is none.
    let reachable = below < 0.0 && needed < f64::from(most);
    if reachable { (needed.max(1.0) as u32).min(most) } else { most }
}

/// As many draws as the score distribution asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct OptScale {
    /// Parameters.
    pub config: OptScaleConfig,
}

impl OptScale {
    /// `q` and `target` of the configuration.
    fn fixed_settings(&self) -> OptScaleTarget {
        OptScaleTarget { q: self.config.q, target: self.config.target }
    }
}

impl Method for OptScale {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        true
    }

    fn needs_calibration(&self) -> bool {
        self.config.prior == PriorSource::Fitted || self.config.settings == SettingsSource::Tuned
    }

    fn learns(&self) -> bool {
        self.needs_calibration()
    }

    fn learn(&self, calibration: &Calibration<'_>, budget: Budget) -> Option<Learned> {
        self.needs_calibration().then(|| Learned::new(tuning::learn(self.config, calibration.questions, budget)))
    }

    fn session<'a>(&'a self, question: &QuestionContext<'a>, budget: Budget) -> Box<dyn Session + 'a> {
        let learned = question.learned.and_then(Learned::get::<OptScaleSettings>);
        let tuned = learned.and_then(|learned| learned.tuned).filter(|_| self.config.settings == SettingsSource::Tuned);
        let predicted =
            learned.and_then(|learned| learned.predicted).filter(|_| self.config.prior == PriorSource::Fitted);
        let settings = tuned.unwrap_or_else(|| self.fixed_settings());
        let scaling = Scaling::new(settings, predicted, budget, self.config.legacy);
        Box::new(UpToBudget::new(scaling, self.draws(), budget))
    }
}

/// The highest score so far, and when the warm-up says to stop.
#[derive(Debug)]
struct Scaling {
    settings: OptScaleTarget,
    predicted: Option<ScorePrior>,
    budget: Budget,
    warm_up: u32,
    seen: u32,
    scores: Moments,
    /// `N*`, once the warm-up is over.
    needed: Option<u32>,
    highest: HighestScore,
    legacy: bool,
}

impl Scaling {
    fn new(settings: OptScaleTarget, predicted: Option<ScorePrior>, budget: Budget, legacy: bool) -> Self {
        let (scores, highest) = (Moments::default(), HighestScore::new(legacy));
        Self { settings, predicted, budget, warm_up: warm_up(budget), seen: 0, scores, needed: None, highest, legacy }
    }
}

impl Chooser for Scaling {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.highest.see(index, draw);
        self.seen = self.seen.saturating_add(1);
        if self.needed.is_some() {
            return;
        }
        self.scores.add(if self.legacy { draw.score } else { fitted_score(draw) });
        if self.seen == self.warm_up {
            let fitted = TruncatedNormal::fit(&self.scores, self.predicted);
            let most = self.budget.0;
            self.needed = Some(fitted.map_or(most, |fitted| draws_needed(&fitted, self.settings, most)));
        }
    }

    fn choice(&self) -> Choice {
        self.highest.choice()
    }

    fn settled(&self) -> bool {
        self.needed.is_some_and(|needed| self.seen >= needed)
    }
}

/// The score by which a draw enters the fit: that of an answer that counts.
fn fitted_score(draw: &Draw) -> Option<f64> {
    answered_class(draw).and(draw.score)
}
