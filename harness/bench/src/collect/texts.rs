//! The texts that unfinished chains go on from: the last critique, or a whole forced text so far.
//!
//! Completions are large, so they are read only for chains that need one, a batch at a time.

use std::collections::{BTreeMap, HashMap};

use markovscale::Tokens;

use super::CollectError;
use super::missing::{Missing, MissingChain};
use crate::dataset::Dataset;
use crate::key::{Chain, Mode, QuestionId, Round};
use crate::prompt::PromptSet;
use crate::trace::{DrawRow, Ledger, Partition, StoredDraw, WrittenDraw};

/// Completions by round, per chain.
type ChainTexts = HashMap<(QuestionId, Mode, Chain), BTreeMap<Round, String>>;

/// Fills in the texts that chains go on from.
pub(super) fn fill_in(
    lacking: &mut [Missing],
    dataset: &Dataset,
    prompts: &PromptSet,
    (ledger, partition): (&Ledger<DrawRow>, &Partition),
) -> Result<(), CollectError> {
    let mut texts = ChainTexts::new();
    for (missing, question) in lacking.iter().zip(&dataset.questions) {
        for chain in missing.chains.iter().filter(|chain| needs_text(chain)) {
            texts.insert((question.id.clone(), chain.mode, Chain(chain.chain)), BTreeMap::new());
        }
    }
    if texts.is_empty() {
        return Ok(());
    }
    ledger.each(partition, |WrittenDraw(row)| add(&mut texts, row))?;
    for (missing, question) in lacking.iter_mut().zip(&dataset.questions) {
        for chain in missing.chains.iter_mut().filter(|chain| needs_text(chain)) {
            if let Some(rounds) = texts.remove(&(question.id.clone(), chain.mode, Chain(chain.chain))) {
                chain.carried.text = text(chain, rounds, prompts);
            }
        }
    }
    Ok(())
}

/// Whether the next row is asked for with a text of earlier ones.
pub(super) fn needs_text(chain: &MissingChain) -> bool {
    match chain.mode {
        Mode::Refine => chain.from > 0 && chain.from.is_multiple_of(2),
        Mode::Forced => chain.from > 0 && !chain.carried.cut_off,
        Mode::Parallel | Mode::Sequential | Mode::Judge => false,
    }
}

/// Keeps a completion if its chain is wanted.
fn add(texts: &mut ChainTexts, StoredDraw { question, draw, completion, .. }: StoredDraw) {
    if let Some(rounds) = texts.get_mut(&(question, draw.mode, draw.chain)) {
        rounds.insert(draw.round, completion);
    }
}

/// The text that a chain goes on from, of its earlier rounds' completions.
pub(super) fn text(chain: &MissingChain, mut rounds: BTreeMap<Round, String>, prompts: &PromptSet) -> String {
    if chain.mode == Mode::Refine {
        return rounds.remove(&Round(chain.from - 1)).unwrap_or_default();
    }
    let mut text = GrowingText::default();
    for (_, added) in rounds.range(..Round(chain.from)) {
        text.add(added, false, prompts);
    }
    text.into_text()
}

/// A forced text as its rounds add to it.
#[derive(Debug, Default)]
pub(super) struct GrowingText {
    text: Option<String>,
    tokens: Tokens,
    cut_off: bool,
}

impl GrowingText {
    /// Adds what a round wrote. Nothing is added after a round that was cut off: later ones were not asked for.
    pub(super) fn add(&mut self, added: &str, cut_off: bool, prompts: &PromptSet) {
        if self.cut_off {
            return;
        }
        self.cut_off = cut_off;
        self.text = Some(match &self.text {
            None => added.to_owned(),
            Some(text) => prompts.continued(text) + added,
        });
    }

    /// Adds what a draw wrote, and its tokens.
    pub(super) fn add_draw(&mut self, draw: &StoredDraw, prompts: &PromptSet) {
        self.add(&draw.completion, draw.cut_off, prompts);
        self.tokens = Tokens(self.tokens.0 + draw.tokens.completion.0);
    }

    /// The completion tokens of the draws so far.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens
    }

    /// The whole text so far.
    pub(super) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    fn into_text(self) -> String {
        self.text.unwrap_or_default()
    }
}
