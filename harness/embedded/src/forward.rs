//! The bare pass through the network, for comparisons and measurements.

use crate::cache::Sequence;
use crate::network::{Span, Workspace};
use crate::{InferenceError, Model};

/// Texts that a model reads side by side, without sampling.
#[derive(Debug)]
pub struct Forward<'m> {
    model: &'m Model,
    workspace: Workspace,
    texts: Vec<Sequence>,
}

impl Model {
    /// Begins that many empty texts.
    pub fn forward(&self, texts: usize) -> Forward<'_> {
        let texts = (0..texts).map(|_| Sequence::default()).collect();
        Forward { model: self, workspace: Workspace::default(), texts }
    }
}

impl Forward<'_> {
    /// Reads on in each text. Returns the logits behind the last token of each (for a verifier, the one score).
    ///
    /// # Errors
    /// When the number of texts is another, a text would be longer than the context, or a token is unknown.
    pub fn last(&mut self, tokens: &[&[u32]]) -> Result<Vec<Vec<f32>>, InferenceError> {
        self.read(tokens, |length| length.saturating_sub(1)..length)
    }

    /// As [`Self::last`], behind every token: all of the first text, then of the second.
    ///
    /// # Errors
    /// As [`Self::last`].
    pub fn all(&mut self, tokens: &[&[u32]]) -> Result<Vec<Vec<f32>>, InferenceError> {
        self.read(tokens, |length| 0..length)
    }

    fn read(
        &mut self,
        tokens: &[&[u32]],
        wanted: impl Fn(usize) -> std::ops::Range<usize>,
    ) -> Result<Vec<Vec<f32>>, InferenceError> {
        let shape = &self.model.network.shape;
        if tokens.len() != self.texts.len() {
            let (given, texts) = (tokens.len(), self.texts.len());
            return Err(InferenceError(format!("tokens for {given} texts are given; there are {texts}")));
        }
        for (text, tokens) in self.texts.iter().zip(tokens) {
            if text.length() + tokens.len() > shape.context {
                let length = text.length() + tokens.len();
                return Err(InferenceError(format!("a text of {length} tokens; the context is {}", shape.context)));
            }
            if let Some(token) = tokens.iter().find(|&&token| token as usize >= shape.vocabulary) {
                return Err(InferenceError(format!("a token {token}; the model knows {}", shape.vocabulary)));
            }
        }
        let wanted: Vec<Vec<usize>> = tokens.iter().map(|tokens| wanted(tokens.len()).collect()).collect();
        let span = |((sequence, &tokens), wanted)| Span { sequence, tokens, wanted };
        let mut spans: Vec<_> =
            self.texts.iter_mut().zip(tokens).zip(wanted.iter().map(Vec::as_slice)).map(span).collect();
        Ok(self.model.network.read(&mut self.workspace, &mut spans).map(<[f32]>::to_vec).collect())
    }
}
