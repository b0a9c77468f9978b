//! One draw, or one score, at a time: for whoever decides after each what to ask next.
//!
//! Draws are those of collecting: the same names, prompts, seeds and rows. Only the first chain is drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use markovscale::DrawMode;
use tokio::sync::mpsc;

use super::ask::{Ask, Asked, Context};
use super::missing::{Carried, MissingChain};
use super::texts::GrowingText;
use super::work::Setup;
use super::{CollectError, scores, texts};
use crate::dataset::Dataset;
use crate::experiment::{Aggregate, BackbonePlan};
use crate::key::{Chain, DrawKey, Mode, Round};
use crate::prompt::PromptSet;
use crate::trace::{DrawRow, ScoreRow, SteppedScore, StoredDraw, StoredScore};

/// Asks a backbone for the draws of a dataset's questions, and a verifier for their scores, one by one.
pub(crate) struct DrawOne {
    draws: Context,
    scores: Option<scores::Context>,
}

/// The name of the draw that has so many of its mode before it.
pub(crate) fn key_of(mode: DrawMode, before: usize) -> DrawKey {
    let number = u32::try_from(before).unwrap_or(u32::MAX);
    let of_chain = |mode| DrawKey { mode, chain: Chain(0), round: Round(number) };
    match mode {
        DrawMode::Parallel => DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) },
        DrawMode::Sequential => of_chain(Mode::Sequential),
        DrawMode::Refine => of_chain(Mode::Refine),
        DrawMode::Forced => of_chain(Mode::Forced),
    }
}

/// A score as it is read again, made of its steps in this way.
pub(crate) fn stored_score(row: &ScoreRow, aggregate: Option<Aggregate>) -> StoredScore {
    match aggregate {
        None => StoredScore::from(row),
        Some(aggregate) => SteppedScore::from(row).aggregated(aggregate),
    }
}

impl DrawOne {
    /// Sets up a backbone, and the verifier if there is one, for a dataset.
    ///
    /// # Errors
    /// When one of them cannot be set up.
    pub(crate) fn open(
        setup: &Setup<'_>,
        backbone: &BackbonePlan,
        dataset: &Arc<Dataset>,
    ) -> Result<Self, CollectError> {
        Ok(Self { draws: setup.draws(backbone, dataset)?, scores: setup.scores(backbone, dataset)? })
    }

    /// The dataset.
    pub(crate) fn dataset(&self) -> &Dataset {
        &self.draws.dataset
    }

    /// Whether anybody scores.
    pub(crate) fn scores(&self) -> bool {
        self.scores.is_some()
    }

    /// Makes the draw that comes after these, which are all of its mode, with their texts. `None` when asked to stop. A
    /// row may record a failure.
    pub(crate) async fn draw(&self, question: usize, mode: DrawMode, before: &[StoredDraw]) -> Option<DrawRow> {
        let context = &self.draws;
        let question = context.dataset.questions.get(question)?;
        let (sender, mut receiver) = mpsc::channel(1);
        let asked = Asked::new(context, question, sender);
        let plain = context.prompts.messages(&question.text, None);
        let key = key_of(mode, before.len());
        if key.mode == Mode::Parallel {
            asked.draw(Ask::first(key, &plain)).await;
        } else {
            let (from, carried) = (key.round.0, carried(key.mode, before, &context.prompts));
            asked.chain(MissingChain { mode: key.mode, chain: 0, from, rows: from + 1, carried }, &plain).await;
        }
        receiver.try_recv().ok()
    }

    /// Scores one of a mode's draws, given all up to it with their texts. `None` when asked to stop, or without a
    /// verifier. A row may record a failure.
    pub(crate) async fn score(&self, draws: &[StoredDraw], index: usize) -> Option<ScoreRow> {
        let context = self.scores.as_ref()?;
        let draw = draws.get(index)?;
        if draw.draw.mode != Mode::Forced {
            return scores::scored(context, draw, (&draw.completion, draw.tokens.completion), || false).await;
        }
        // What is scored of a forced chain is its whole text up to this round.
        let mut text = GrowingText::default();
        for draw in &draws[..=index] {
            text.add_draw(draw, &self.draws.prompts);
        }
        scores::scored(context, draw, (text.text(), text.tokens()), || false).await
    }
}

/// What the next row of a chain needs of these, the rows before it.
fn carried(mode: Mode, before: &[StoredDraw], prompts: &PromptSet) -> Carried {
    let Some(last) = before.last() else { return Carried::default() };
    let answered = before.iter().rev().find(|row| row.draw.is_answer());
    let mut chain = MissingChain {
        mode,
        chain: 0,
        from: u32::try_from(before.len()).unwrap_or(u32::MAX),
        rows: u32::MAX,
        carried: Carried {
            answer: answered.and_then(|row| row.answer.clone()),
            text: String::new(),
            cut_off: last.cut_off,
        },
    };
    if texts::needs_text(&chain) {
        let rounds: BTreeMap<Round, String> =
            before.iter().map(|row| (row.draw.round, row.completion.clone())).collect();
        chain.carried.text = texts::text(&chain, rounds, prompts);
    }
    chain.carried
}
