//! A question's draws of one mode as they were seen while they came, one by one.
//!
//! While draws come, classes are formed over the answers seen so far, by the function that forms those of a pool. An
//! answer that comes later can change the classes of earlier ones (an answer that leaves open which of two it means is
//! counted with the plainer one, which may come later). So a session that decides while draws come is played again from
//! the start whenever that happened; while classes only grow, going on with the same session is the same. Replaying a
//! live run does just this over the stored draws, so that it decides what was decided live.

mod classes;
#[cfg(test)]
mod tests;

use markovscale::{Budget, ClassId, Draw, Explanation, Method, PlayError, Played, QuestionContext, Session};
use markovscale_answers::Answer;

use crate::prompt::verdict_of_name;
use crate::trace::{StoredDraw, StoredScore};

pub(crate) use classes::{Classes, classes_of_texts};

/// What a method may see of one draw, but for its class, which depends on the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArrivedDraw {
    /// The answer; `None` when it is missing, and of a critique.
    pub(crate) answer: Option<String>,
    /// Everything else; its class and text ids are not read.
    pub(crate) draw: Draw,
    /// Whether the verifier has scored it. A critique never is.
    pub(crate) scored: bool,
}

impl ArrivedDraw {
    /// A stored draw and its score.
    pub(crate) fn new(row: &StoredDraw, score: Option<&StoredScore>) -> Self {
        let answers = row.draw.is_answer();
        let draw = Draw {
            critique: (!answers).then(|| verdict_of_name(row.answer.as_deref())),
            score: score.and_then(|score| score.score),
            completion_tokens: row.tokens.completion,
            cut_off: row.cut_off,
            ..Draw::default()
        };
        Self {
            answer: row.answer.clone().filter(|text| answers && !Answer::is_blank(text)),
            draw,
            scored: score.is_some(),
        }
    }
}

/// The draws seen so far.
#[derive(Debug, Default)]
pub(crate) struct ObservedDraws {
    answers: Vec<Option<String>>,
    draws: Vec<Draw>,
    scored: Vec<bool>,
    /// How often classes of earlier answers have changed.
    revision: usize,
}

impl ObservedDraws {
    /// One more draw.
    pub(crate) fn add(&mut self, arrived: ArrivedDraw) {
        let ArrivedDraw { answer, draw, scored } = arrived;
        let known = answer.as_ref().and_then(|text| self.answers.iter().position(|a| a.as_ref() == Some(text)));
        self.answers.push(answer);
        self.scored.push(scored);
        let (class, text) = match known.and_then(|place| self.draws.get(place)) {
            Some(same) => (same.class, same.text),
            None => (None, None),
        };
        self.draws.push(Draw { class, text, ..draw });
        // A text seen before changes no class.
        if known.is_none() && self.answers.last().is_some_and(Option::is_some) {
            self.classify();
        }
    }

    fn classify(&mut self) {
        let answers: Vec<Option<&str>> = self.answers.iter().map(Option::as_deref).collect();
        let classes = classes_of_texts(&answers);
        let earlier = self.draws.len().saturating_sub(1);
        let mut changed = false;
        let ids = classes.of_answer.into_iter().zip(classes.of_text);
        for (index, (draw, (class, text))) in self.draws.iter_mut().zip(ids).enumerate() {
            let class = class.map(ClassId);
            changed |= index < earlier && draw.class != class;
            (draw.class, draw.text) = (class, text.map(ClassId));
        }
        self.revision += usize::from(changed);
    }

    /// The score of a draw that was seen before it was scored.
    pub(crate) fn score(&mut self, index: usize, score: Option<f64>) {
        if let (Some(draw), Some(scored)) = (self.draws.get_mut(index), self.scored.get_mut(index)) {
            draw.score = score;
            *scored = true;
        }
    }

    /// The draws, with the classes that their answers have now.
    pub(crate) fn draws(&self) -> &[Draw] {
        &self.draws
    }

    fn is_scored(&self, index: usize) -> bool {
        self.draws.get(index).is_some_and(|draw| draw.critique.is_some()) || self.scored.get(index) == Some(&true)
    }
}

/// What a session wants before it can go on.
enum Step {
    /// One more draw.
    Draw,
    /// The score of the draw at this index.
    Score(usize),
    /// Nothing: it has stopped.
    Nothing,
}

/// What sessions want before they can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// One more draw.
    Draw,
    /// The score of the draw at this index.
    Score(usize),
}

/// One session of a method, played while draws come.
pub(crate) struct RunningSession<'a> {
    method: &'a dyn Method,
    context: QuestionContext<'a>,
    budget: Budget,
    session: Box<dyn Session + 'a>,
    /// Whether it waits for scores.
    scored: bool,
    /// Draws that the session has been shown.
    shown: usize,
    revision: usize,
    /// Whether it has decided that it wants the next draw.
    needs: bool,
    stopped: Option<Played>,
}

impl<'a> RunningSession<'a> {
    /// A session before its first draw.
    pub(crate) fn new(method: &'a dyn Method, context: QuestionContext<'a>, budget: Budget) -> Self {
        let session = method.session(&context, budget);
        let scored = method.uses_scores();
        Self { session, method, context, budget, scored, shown: 0, revision: 0, needs: false, stopped: None }
    }

    /// Plays as far as the draws go. Once it has stopped, what comes later changes nothing.
    fn advance(&mut self, observed: &ObservedDraws) -> Result<Step, PlayError> {
        if self.stopped.is_some() {
            return Ok(Step::Nothing);
        }
        if self.revision != observed.revision {
            self.session = self.method.session(&self.context, self.budget);
            (self.shown, self.needs, self.revision) = (0, false, observed.revision);
        }
        loop {
            let seen = &observed.draws[..self.shown];
            if !self.needs
                && let Some(choice) = self.session.next(seen).choice(self.method.draws(), seen)?
            {
                // A session that has not stopped asked for every draw in sight, and pays for all of them, also when it
                // would have stopped before the last had it known that one's answer.
                self.stopped = Some(Played { choice, used: observed.draws.len() });
                return Ok(Step::Nothing);
            }
            self.needs = true;
            if self.shown == observed.draws.len() {
                return Ok(Step::Draw);
            }
            if self.scored && !observed.is_scored(self.shown) {
                return Ok(Step::Score(self.shown));
            }
            self.needs = false;
            self.shown += 1;
        }
    }

    /// Why the last decision was made.
    pub(crate) fn explain(&self, observed: &ObservedDraws) -> Option<Explanation> {
        self.session.explain(observed.draws.get(..self.shown)?)
    }

    /// What it returned, once it has stopped.
    pub(crate) fn stopped(&self) -> Option<Played> {
        self.stopped
    }
}

/// Sessions that share the draws of one question and mode, none of which gets ahead of another: a draw is asked for only
/// when every session that needs a score of the one before has it. So what a session sees does not depend on which others
/// are played beside it.
pub(crate) struct SessionGroup<'a> {
    observed: ObservedDraws,
    running: Vec<RunningSession<'a>>,
}

impl<'a> SessionGroup<'a> {
    /// Sessions before their first draw.
    pub(crate) fn new(running: Vec<RunningSession<'a>>) -> Self {
        Self { observed: ObservedDraws::default(), running }
    }

    /// Whether anybody scores. Where nobody does, no session waits for a score: those that can do without rest on the
    /// answers alone.
    pub(crate) fn scored(mut self, somebody_scores: bool) -> Self {
        for running in &mut self.running {
            running.scored &= somebody_scores;
        }
        self
    }

    /// What is wanted next; `None` once every session has stopped.
    ///
    /// # Errors
    /// [`PlayError::NotAllowed`] when a session asks for what its method's kind of draws does not have.
    pub(crate) fn needs(&mut self) -> Result<Option<Need>, PlayError> {
        let mut need = None;
        for running in &mut self.running {
            match running.advance(&self.observed)? {
                Step::Score(index) => return Ok(Some(Need::Score(index))),
                Step::Draw => need = Some(Need::Draw),
                Step::Nothing => {}
            }
        }
        Ok(need)
    }

    /// One more draw, which was wanted.
    pub(crate) fn add(&mut self, arrived: ArrivedDraw) {
        self.observed.add(arrived);
    }

    /// A score, which was wanted.
    pub(crate) fn score(&mut self, index: usize, score: Option<f64>) {
        self.observed.score(index, score);
    }

    /// The draws so far.
    pub(crate) fn observed(&self) -> &ObservedDraws {
        &self.observed
    }

    /// The sessions, in the order given.
    pub(crate) fn running(&self) -> &[RunningSession<'a>] {
        &self.running
    }
}
