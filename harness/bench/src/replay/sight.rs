//! A question's draws of one mode as they were seen while they came, one by one.
//!
//! While draws come, classes are formed over the answers seen so far, by the function that forms those of a pool. An
//! answer that comes later can change the classes of earlier ones (an answer that leaves open which of two it means is
//! counted with the plainer one, which may come later). So a session that decides while draws come is played again from
//! the start whenever that happened; while classes only grow, going on with the same session is the same. Replaying a
//! live run does just this over the stored draws, so that it decides what was decided live.

use markovscale::{Budget, ClassId, Draw, Explanation, Method, PlayError, Played, QuestionContext, Session};

use super::pool::{classes_of_texts, critique};
use crate::trace::{StoredDraw, StoredScore};

/// What a method may see of one draw, but for its class, which depends on the others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arrival {
    /// The answer; `None` when it is missing, and of a critique.
    pub(crate) answer: Option<String>,
    /// Everything else; its class and text ids are not read.
    pub(crate) draw: Draw,
    /// Whether the verifier has scored it. A critique never is.
    pub(crate) scored: bool,
}

impl Arrival {
    /// A stored draw and its score.
    pub(crate) fn new(row: &StoredDraw, score: Option<&StoredScore>) -> Self {
        let answers = row.draw.is_answer();
        let draw = Draw {
            critique: (!answers).then(|| critique(row.answer.as_deref())),
            score: score.and_then(|score| score.score),
            completion_tokens: row.tokens.completion,
            cut_off: row.cut_off,
            ..Draw::default()
        };
        Self { answer: row.answer.clone().filter(|_| answers), draw, scored: score.is_some() }
    }
}

/// The draws seen so far.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    answers: Vec<Option<String>>,
    draws: Vec<Draw>,
    scored: Vec<bool>,
    /// How often classes of earlier answers have changed.
    revision: usize,
}

impl Sight {
    /// One more draw.
    pub(crate) fn add(&mut self, arrival: Arrival) {
        let Arrival { answer, draw, scored } = arrival;
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
pub(crate) enum Want {
    /// One more draw.
    Draw,
    /// The score of the draw at this index.
    Score(usize),
}

/// One session of a method, played while draws come.
pub(crate) struct Playing<'a> {
    method: &'a dyn Method,
    context: QuestionContext<'a>,
    budget: Budget,
    session: Box<dyn Session + 'a>,
    /// Draws that the session has been shown.
    shown: usize,
    revision: usize,
    /// Whether it has decided that it wants the next draw.
    wants: bool,
    stopped: Option<Played>,
}

impl<'a> Playing<'a> {
    /// A session before its first draw.
    pub(crate) fn new(method: &'a dyn Method, context: QuestionContext<'a>, budget: Budget) -> Self {
        let session = method.session(&context, budget);
        Self { session, method, context, budget, shown: 0, revision: 0, wants: false, stopped: None }
    }

    /// Plays as far as the draws go. Once it has stopped, what comes later changes nothing.
    fn advance(&mut self, sight: &Sight) -> Result<Step, PlayError> {
        if self.stopped.is_some() {
            return Ok(Step::Nothing);
        }
        if self.revision != sight.revision {
            self.session = self.method.session(&self.context, self.budget);
            (self.shown, self.wants, self.revision) = (0, false, sight.revision);
        }
        loop {
            let seen = &sight.draws[..self.shown];
            if !self.wants
                && let Some(choice) = self.session.next(seen).choice(self.method.draws(), seen)?
            {
                // A session that has not stopped asked for every draw in sight, and pays for all of them, also when it
                // would have stopped before the last had it known that one's answer.
                self.stopped = Some(Played { choice, used: sight.draws.len() });
                return Ok(Step::Nothing);
            }
            self.wants = true;
            if self.shown == sight.draws.len() {
                return Ok(Step::Draw);
            }
            if self.method.uses_scores() && !sight.is_scored(self.shown) {
                return Ok(Step::Score(self.shown));
            }
            self.wants = false;
            self.shown += 1;
        }
    }

    /// Why the last decision was made.
    pub(crate) fn explain(&self, sight: &Sight) -> Option<Explanation> {
        self.session.explain(sight.draws.get(..self.shown)?)
    }

    /// What it returned, once it has stopped.
    pub(crate) fn stopped(&self) -> Option<Played> {
        self.stopped
    }
}

/// Sessions that share the draws of one question and mode, none of which gets ahead of another: a draw is asked for only
/// when every session that needs a score of the one before has it. So what a session sees does not depend on which others
/// are played beside it.
pub(crate) struct Table<'a> {
    sight: Sight,
    playing: Vec<Playing<'a>>,
}

impl<'a> Table<'a> {
    /// Sessions before their first draw.
    pub(crate) fn new(playing: Vec<Playing<'a>>) -> Self {
        Self { sight: Sight::default(), playing }
    }

    /// What is wanted next; `None` once every session has stopped.
    ///
    /// # Errors
    /// [`PlayError::NotAllowed`] when a session asks for what its method's kind of draws does not have.
    pub(crate) fn wants(&mut self) -> Result<Option<Want>, PlayError> {
        let mut want = None;
        for playing in &mut self.playing {
            match playing.advance(&self.sight)? {
                Step::Score(index) => return Ok(Some(Want::Score(index))),
                Step::Draw => want = Some(Want::Draw),
                Step::Nothing => {}
            }
        }
        Ok(want)
    }

    /// One more draw, which was wanted.
    pub(crate) fn add(&mut self, arrival: Arrival) {
        self.sight.add(arrival);
    }

    /// A score, which was wanted.
    pub(crate) fn score(&mut self, index: usize, score: Option<f64>) {
        self.sight.score(index, score);
    }

    /// The draws so far.
    pub(crate) fn sight(&self) -> &Sight {
        &self.sight
    }

    /// The sessions, in the order given.
    pub(crate) fn playing(&self) -> &[Playing<'a>] {
        &self.playing
    }
}

#[cfg(test)]
#[path = "sight_tests.rs"]
mod tests;
