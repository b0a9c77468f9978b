//! The posterior of one question, one draw at a time.

use super::emission::ScoreEvidence;
use super::history::{Forward, PreparedModel, Seen};
use super::new_scores::NewScores;
use super::{AnswerModel, logit_score};
use crate::draw::answered_class;
use crate::draw::{ClassId, Draw};

/// Probabilities that differ by no more are equal up to rounding.
const TIE: f64 = 1e-12;

/// What speaks for a hypothesis: log-likelihoods up to constants that all hypotheses share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// The class that is right under it; `None`: none that was seen.
    pub(super) class: Option<ClassId>,
    /// Of the order and identity of the answers.
    pub(super) answers: f64,
    /// Of the scores.
    pub(super) scores: f64,
}

/// Which answer class is right, given the draws observed so far. One added draw costs O(classes x 64 nodes).
///
/// A class that appears at draw `n` gets the history it would have had if it had been a hypothesis from the start:
/// until then every answer was wrong under it, as under `none`, so its pass is a copy of that of `none`.
#[derive(Debug, Clone)]
pub struct Posterior {
    model: PreparedModel,
    /// Classes by slot, in order of first appearance.
    classes: Vec<ClassId>,
    /// Forward pass of each class's hypothesis, by slot.
    right: Vec<Forward>,
    /// Forward pass of the hypothesis that no class seen is right.
    none: Forward,
    scores: ScoreEvidence,
    new_scores: NewScores,
    /// Probability of each class's hypothesis, by slot.
    probabilities: Vec<f64>,
    probability_none: f64,
    fixed_point: f64,
    /// The latest draw: its slot, or `None` inside when it was missing. `None` before the first draw.
    last: Option<Option<usize>>,
}

impl Posterior {
    /// The posterior before any draw.
    pub fn new(model: &AnswerModel) -> Self {
        Self::prepared(PreparedModel::new(model))
    }

    /// The posterior before any draw, from a model prepared once for many questions.
    pub fn prepared(model: PreparedModel) -> Self {
        let none = Forward::new(&model);
        Self {
            classes: Vec::new(),
            right: Vec::new(),
            scores: ScoreEvidence::default(),
            new_scores: NewScores::default(),
            probabilities: Vec::new(),
            probability_none: 1.0,
            fixed_point: none.fixed_point(),
            last: None,
            none,
            model,
        }
    }

    /// One more draw. A cut-off draw counts as a missing answer; the score of a text that was seen before adds nothing.
    pub fn observe_draw(&mut self, draw: &Draw) {
        let logit = self.new_scores.of(draw).map(|(_, logit)| logit);
        self.add(answered_class(draw), logit);
    }

    /// One more draw, whose score is taken for that of a new text: its class (`None` when the answer is missing) and its verifier score in [0, 1].
    ///
    /// A draw without a score only lacks the score's term; the score of a missing answer, or any score when the model
    /// has no emission, is not used. Scores are clamped by [`super::SCORE_FLOOR`].
    pub fn observe(&mut self, class: Option<ClassId>, score: Option<f64>) {
        self.add(class, score.and_then(logit_score));
    }

    fn add(&mut self, class: Option<ClassId>, logit: Option<f64>) {
        let slot = class.map(|class| self.slot(class));
        let same = self.last == Some(slot);
        for (index, forward) in self.right.iter_mut().enumerate() {
            let seen = match slot {
                Some(slot) if slot == index => Seen::Right,
                Some(slot) => Seen::Wrong(slot),
                None => Seen::Missing,
            };
            forward.observe(&self.model, seen, same);
        }
        self.none.observe(&self.model, slot.map_or(Seen::Missing, Seen::Wrong), same);
        if let (Some(slot), Some(emission), Some(logit)) = (slot, &self.model.emission, logit) {
            self.scores.add(emission, slot, logit);
        }
        self.last = Some(slot);
        self.normalise();
    }

    /// The slot of a class; a new class takes the next one.
    fn slot(&mut self, class: ClassId) -> usize {
        if let Some(slot) = self.classes.iter().position(|&known| known == class) {
            return slot;
        }
        self.classes.push(class);
        self.right.push(self.none.clone());
        self.scores.add_class();
        self.probabilities.push(0.0);
        self.classes.len() - 1
    }

    fn normalise(&mut self) {
        let scores = |right: Option<usize>| {
            self.model.emission.as_ref().map_or(0.0, |emission| self.scores.log_likelihood(emission, right))
        };
        let log_none = self.none.log_likelihood() + scores(None);
        let mut largest = log_none;
        for (slot, forward) in self.right.iter().enumerate() {
            let log = forward.log_likelihood() + scores(Some(slot));
            self.probabilities[slot] = log;
            largest = largest.max(log);
        }
        self.probability_none = (log_none - largest).exp();
        let mut total = self.probability_none;
        for probability in &mut self.probabilities {
            *probability = (*probability - largest).exp();
            total += *probability;
        }
        self.probability_none /= total;
        self.fixed_point = self.probability_none * self.none.fixed_point();
        for (probability, forward) in self.probabilities.iter_mut().zip(&self.right) {
            *probability /= total;
            self.fixed_point += *probability * forward.fixed_point();
        }
    }

    /// `B_n`: P(the latest answer is right), in [0, 1]; 0 when it is missing, and before the first draw.
    pub fn belief(&self) -> f64 {
        self.last.flatten().and_then(|slot| self.probabilities.get(slot)).copied().unwrap_or(0.0)
    }

    /// `pi_n`: posterior mean of the question's fixed point, in [0, 1].
    pub fn fixed_point(&self) -> f64 {
        self.fixed_point
    }

    /// P(this class is right), in [0, 1]; 0 for a class not seen.
    pub fn probability(&self, class: ClassId) -> f64 {
        self.hypotheses().find(|&(known, _)| known == class).map_or(0.0, |(_, probability)| probability)
    }

    /// P(no class seen so far is right), in [0, 1]; 1 before the first draw.
    pub fn none(&self) -> f64 {
        self.probability_none
    }

    /// The most probable class, ties (up to rounding) to the one seen first; `None` when every draw was missing.
    pub fn best_class(&self) -> Option<ClassId> {
        let mut best: Option<(ClassId, f64)> = None;
        for (class, probability) in self.hypotheses() {
            if best.is_none_or(|(_, most)| probability > most + TIE) {
                best = Some((class, probability));
            }
        }
        best.map(|(class, _)| class)
    }

    /// The classes in order of first appearance, each with its probability of being right.
    pub fn hypotheses(&self) -> impl Iterator<Item = (ClassId, f64)> + '_ {
        self.classes.iter().copied().zip(self.probabilities.iter().copied())
    }

    /// What speaks for each hypothesis, `none` first.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let scores = |right| self.model.emission.as_ref().map_or(0.0, |e| self.scores.log_likelihood(e, right));
        let none = Evidence { class: None, answers: self.none.log_likelihood(), scores: scores(None) };
        let of_slot = |(slot, (class, forward)): (usize, (&ClassId, &Forward))| Evidence {
            class: Some(*class),
            answers: forward.log_likelihood(),
            scores: scores(Some(slot)),
        };
        let slots = self.classes.iter().zip(&self.right).enumerate();
        std::iter::once(none).chain(slots.map(of_slot)).collect()
    }

    /// The model's memory: what is left of the gap `pi_n - B_n` after one more round.
    pub fn memory(&self) -> f64 {
        self.model.memory
    }
}
