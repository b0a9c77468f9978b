//! One question, one method, live: each round is told as it comes, with the decision and why.

use std::time::{Duration, Instant};

use markovscale::{Budget, Choice, ClassId, Draw, Explanation, Method, QuestionContext};

use super::LiveError;
use super::price::Bill;
use crate::collect::{DrawOne, describe, stored_score};
use crate::experiment::{Aggregate, Prices};
use crate::sessions::{ArrivedDraw, Need, RunningSession, SessionGroup};
use crate::trace::{DrawRow, Row, ScoreRow, StoredDraw, WrittenDraw};

/// Everything that solving one question takes.
pub struct Solver<'a> {
    /// Who is asked.
    pub(crate) draw_one: &'a DrawOne,
    /// The method.
    pub method: &'a dyn Method,
    /// What it knows before the first draw.
    pub context: QuestionContext<'a>,
    /// Most answers.
    pub budget: Budget,
    /// What tokens cost.
    pub prices: Prices,
    /// How a score is made of step scores; `None`: as the verifier gives it.
    pub aggregate: Option<Aggregate>,
}

/// What a session decided after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// To go on.
    GoOn,
    /// To stop and return this.
    Stop(Choice),
}

/// One round: a draw, its score, and what was made of it.
#[derive(Debug)]
pub struct Round<'r> {
    /// Rows so far, this one included; critiques count.
    pub number: usize,
    /// The draw.
    pub draw: &'r DrawRow,
    /// Its score; `None` for a critique, and where the method uses none.
    pub score: Option<&'r ScoreRow>,
    /// The draws so far as the method sees them, with the classes of now.
    pub seen: &'r [Draw],
    /// What a session that keeps a posterior says of its decision.
    pub explanation: Option<Explanation>,
    /// The decision.
    pub decided: Decided,
    /// Wall time since the last round.
    pub took: Duration,
    answers: &'r [Option<String>],
}

impl Round<'_> {
    /// The first answer of a class, as written.
    pub fn answer_of(&self, class: ClassId) -> Option<&str> {
        let place = self.seen.iter().position(|draw| draw.class == Some(class))?;
        self.answers.get(place)?.as_deref()
    }

    /// The classes with how many draws each has, most first, ties to the one seen first.
    pub fn counts(&self) -> Vec<(ClassId, usize)> {
        let mut counts: Vec<(ClassId, usize)> = Vec::new();
        for class in self.seen.iter().filter_map(|draw| draw.class) {
            match counts.iter_mut().find(|(known, _)| *known == class) {
                Some((_, count)) => *count += 1,
                None => counts.push((class, 1)),
            }
        }
        counts.sort_by(|(_, left), (_, right)| right.cmp(left));
        counts
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// The answer returned; `None` when every draw was missing.
    pub answer: Option<String>,
    /// The row that it is of, counted from 1.
    pub round: Option<usize>,
    /// Answers drawn.
    pub answers: usize,
    /// What it took.
    pub bill: Bill,
    /// Wall time.
    pub took: Duration,
}

impl Solver<'_> {
    /// Answers the question at this place of the dataset. Every round is handed to `told` before the next is asked for,
    /// and so is a round whose score failed; then it ends with the failure.
    ///
    /// # Errors
    /// [`LiveError::Failed`] when a draw or score failed for good, [`LiveError::Stopped`] when asked to stop.
    pub async fn solve(&self, question: usize, told: &mut dyn FnMut(&Round<'_>)) -> Result<Solved, LiveError> {
        let (mode, started) = (self.method.draws(), Instant::now());
        let running = RunningSession::new(self.method, self.context, self.budget);
        let mut group = SessionGroup::new(vec![running]).scored(self.draw_one.scores());
        let mut so_far = SoFar::default();
        let mut last = started;
        let mut need = group.needs()?;
        while need == Some(Need::Draw) {
            let row = self.draw_one.draw(question, mode, &so_far.draws).await.ok_or(LiveError::Stopped)?;
            refuse_failed(&row)?;
            so_far.add(&row);
            so_far.bill.draw(&row, &self.prices);
            group.add(ArrivedDraw::new(&WrittenDraw::from(&row).0, None));
            let mut score = None;
            need = group.needs()?;
            while let Some(Need::Score(place)) = need {
                let scored = self.draw_one.score(&so_far.draws, place).await.ok_or(LiveError::Stopped)?;
                so_far.bill.score(&scored, &self.prices);
                group.score(place, stored_score(&scored, self.aggregate).score);
                let failed = refuse_failed(&scored);
                score = Some(scored);
                if failed.is_err() {
                    told(&so_far.round(&row, score.as_ref(), &group, last.elapsed()));
                    failed?;
                }
                need = group.needs()?;
            }
            told(&so_far.round(&row, score.as_ref(), &group, last.elapsed()));
            last = Instant::now();
        }
        Ok(so_far.solved(&group, started.elapsed()))
    }
}

fn refuse_failed(row: &impl Row) -> Result<(), LiveError> {
    match row.failure() {
        Some(why) => Err(LiveError::Failed { what: describe(row), why: why.to_owned() }),
        None => Ok(()),
    }
}

/// What there is after some rounds.
#[derive(Default)]
struct SoFar {
    draws: Vec<StoredDraw>,
    answers: Vec<Option<String>>,
    bill: Bill,
}

impl SoFar {
    fn add(&mut self, row: &DrawRow) {
        self.draws.push(WrittenDraw::from(row).0);
        self.answers.push(row.answer.clone().filter(|_| row.draw.is_answer()));
    }

    fn round<'r>(
        &'r self,
        draw: &'r DrawRow,
        score: Option<&'r ScoreRow>,
        group: &'r SessionGroup<'_>,
        took: Duration,
    ) -> Round<'r> {
        let running = group.running().first();
        Round {
            number: self.draws.len(),
            draw,
            score,
            seen: group.observed().draws(),
            explanation: running.and_then(|running| running.explain(group.observed())),
            decided: match running.and_then(RunningSession::stopped) {
                Some(played) => Decided::Stop(played.choice),
                None => Decided::GoOn,
            },
            took,
            answers: &self.answers,
        }
    }

    fn solved(self, group: &SessionGroup<'_>, took: Duration) -> Solved {
        let chosen = match group.running().first().and_then(RunningSession::stopped).map(|played| played.choice) {
            Some(Choice::Draw(index)) => Some(index),
            _ => None,
        };
        Solved {
            answer: chosen.and_then(|index| self.answers.get(index).cloned().flatten()),
            round: chosen.map(|index| index + 1),
            answers: self.draws.iter().filter(|draw| draw.draw.is_answer()).count(),
            bill: self.bill,
            took,
        }
    }
}
