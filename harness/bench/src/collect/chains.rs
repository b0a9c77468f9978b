//! The rows of a chain, one after the other, each kind of chain in its own way.

use super::ask::{Ask, Asked};
use super::missing::MissingChain;
use crate::key::{Chain, DrawKey, Mode, Round};
use crate::prompt::Family;
use crate::vocabulary::{FinishReason, Message};

impl Asked<'_> {
    /// Draws what a chain lacks, up to its end or its first failure.
    pub(super) async fn chain(&self, chain: MissingChain, plain: &[Message]) {
        match chain.mode {
            Mode::Parallel | Mode::Sequential => self.re_answers(chain, plain).await,
            Mode::Refine => self.refinements(chain, plain).await,
            Mode::Forced => self.continuations(chain, plain).await,
            Mode::Judge => self.rating(&chain).await,
        };
    }

    async fn re_answers(&self, chain: MissingChain, plain: &[Message]) -> Option<()> {
        let (keys, mut previous) = (keys(&chain), chain.carried.answer);
        for draw in keys {
            // A round whose previous answer is missing is re-asked with the plain question.
            let reply = match &previous {
                Some(answer) => {
                    let messages = self.context.prompts.messages(&self.question.text, Some(answer));
                    let first = Ask::first(draw, &messages);
                    self.draw(Ask { family: Family::ReAnswer, previous_answer: Some(answer), ..first }).await?
                }
                None => self.draw(Ask::first(draw, plain)).await?,
            };
            previous = reply.answer;
        }
        Some(())
    }

    /// Answer, critique, answer, critique, ..., answer. A missing answer leaves nothing to check: its critique is not
    /// asked for, and the next answer is asked for with the plain question.
    async fn refinements(&self, chain: MissingChain, plain: &[Message]) -> Option<()> {
        let keys = keys(&chain);
        let (mut previous, mut critique) = (chain.carried.answer, chain.carried.text);
        let prompts = &self.context.prompts;
        for draw in keys {
            if draw.is_answer() {
                let reply = match &previous {
                    Some(answer) => {
                        let messages = prompts.refine(&self.question.text, answer, &critique);
                        let (previous_answer, critique) = (Some(answer.as_str()), Some(critique.as_str()));
                        let first = Ask::first(draw, &messages);
                        self.draw(Ask { family: Family::Refine, previous_answer, critique, ..first }).await?
                    }
                    None => self.draw(Ask::first(draw, plain)).await?,
                };
                previous = reply.answer;
                continue;
            }
            let reply = match &previous {
                Some(answer) => {
                    let messages = prompts.critique(&self.question.text, answer);
                    let first = Ask::first(draw, &messages);
                    self.draw(Ask { family: Family::Critique, previous_answer: Some(answer), ..first }).await?
                }
                None => self.unasked(draw, Family::Critique, FinishReason::Stop, None).await?,
            };
            critique = reply.text;
        }
        Some(())
    }

    /// One growing text. A text that the token limit cut off has not ended its reasoning, so nothing makes it go on: its
    /// later rounds repeat its answer and cost nothing.
    async fn continuations(&self, chain: MissingChain, plain: &[Message]) -> Option<()> {
        let keys = keys(&chain);
        let (mut answer, mut text, mut cut_off) = (chain.carried.answer, chain.carried.text, chain.carried.cut_off);
        for draw in keys {
            let reply = if cut_off {
                self.unasked(draw, Family::Continuation, FinishReason::Length, answer.as_deref()).await?
            } else if draw.round.0 == 0 {
                let reply = self.draw(Ask::first(draw, plain)).await?;
                text.clone_from(&reply.text);
                reply
            } else {
                text = self.context.prompts.continued(&text);
                let (family, previous_answer) = (Family::Continuation, answer.as_deref());
                let first = Ask::first(draw, plain);
                let reply = self.draw(Ask { family, previous_answer, continue_text: Some(&text), ..first }).await?;
                text.push_str(&reply.text);
                reply
            };
            (answer, cut_off) = (reply.answer, reply.cut_off);
        }
        Some(())
    }

    async fn rating(&self, chain: &MissingChain) -> Option<()> {
        let messages = self.context.prompts.judge(&self.question.text);
        for draw in keys(chain) {
            self.draw(Ask { family: Family::Judge, ..Ask::first(draw, &messages) }).await?;
        }
        Some(())
    }
}

/// The names of the rows that a chain lacks.
fn keys(chain: &MissingChain) -> impl Iterator<Item = DrawKey> + use<> {
    let (mode, number) = (chain.mode, Chain(chain.chain));
    (chain.from..chain.rows).map(move |round| DrawKey { mode, chain: number, round: Round(round) })
}
