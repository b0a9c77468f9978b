//! Which scores of a question say something new.
//!
//! A verifier gives the same text the same score. The second score of a text is therefore no second opinion: counted as
//! one, it makes the noise look smaller than it is (without bound, where every class has one text), and a repeated answer
//! look more certain than it is. So a text that was seen before in the question adds no score term: in the fit, while a
//! question is answered, and in simulation alike.
//!
//! Methods see no completions, so a text is known by what they do see of it: the answer as it was written, the number of
//! completion tokens, and the score. Texts that agree in all three by accident are taken for one; with scores that take
//! few values (a judge that says 0 or 1) and very short completions that can happen, and errs on the side of doubt.

use super::logit_score;
use crate::draw::answered_class;
use crate::draw::{ClassId, Draw, Tokens};

/// The scored texts of a question so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewScores {
    seen: Vec<(ClassId, Tokens, u64)>,
}

impl NewScores {
    /// The class of the draw and the logit of its score; `None` where the draw is no answer, is not scored, or repeats a
    /// text that was scored before.
    pub(crate) fn of(&mut self, draw: &Draw) -> Option<(ClassId, f64)> {
        let class = answered_class(draw)?;
        let logit = draw.score.and_then(logit_score)?;
        let text = (draw.text.unwrap_or(class), draw.completion_tokens, logit.to_bits());
        if self.seen.contains(&text) {
            return None;
        }
        self.seen.push(text);
        Some((class, logit))
    }
}
