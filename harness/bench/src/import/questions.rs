//! Which question of a data set an imported one is.

use std::collections::HashMap;
use std::path::Path;

use super::error::{ImportError, excerpt};
use crate::dataset::Dataset;

/// How a file's questions are joined to a data set's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Join {
    /// By position, and the texts must agree.
    #[default]
    Position,
    /// By text, whatever the order.
    Text,
    /// By position, whatever the texts.
    Unchecked,
}

impl Join {
    /// Its name on the command line and in `import.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Text => "text",
            Self::Unchecked => "unchecked",
        }
    }
}

/// A data set's questions, by text.
pub(super) struct Texts<'a> {
    dataset: &'a Dataset,
    places: HashMap<String, usize>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(dataset: &'a Dataset) -> Self {
        let places = dataset.questions.iter().enumerate().map(|(i, q)| (one_line(&q.text), i)).collect();
        Self { dataset, places }
    }

    /// The place in the data set of a question with this text, white space aside.
    pub(super) fn find(&self, text: &str) -> Option<usize> {
        self.places.get(&one_line(text)).copied()
    }

    /// The place of the question at a position of a file; `text` is what the file says it asks.
    pub(super) fn join(
        &self,
        join: Join,
        path: &Path,
        position: usize,
        text: Option<&str>,
    ) -> Result<usize, ImportError> {
        let (name, questions) = (&self.dataset.name, &self.dataset.questions);
        let place = format!("question {} (index {position})", position + 1);
        let there = text.and_then(|text| self.find(text));
        if join == Join::Text {
            return match (there, text) {
                (Some(place), _) => Ok(place),
                (None, Some(text)) => {
                    Err(ImportError::at(path, place, excerpt(text), format!("a question of `{name}`")))
                }
                (None, None) => Err(ImportError::at(path, place, "no text of the question", "one, to join by")
                    .remedy("join by position instead (--join position)")),
            };
        }
        let Some(expected) = questions.get(position) else {
            let expected = format!("the end: `{name}` has {} questions", questions.len());
            return Err(ImportError::at(path, place, "a further question", expected));
        };
        let Some(text) = text.filter(|_| join == Join::Position) else { return Ok(position) };
        match there {
            Some(place) if place == position => Ok(position),
            // Two questions of one text are one question here and there.
            _ if one_line(text) == one_line(&expected.text) => Ok(position),
            Some(other) => {
                let found = format!("question {} of `{name}` ({})", other + 1, excerpt(text));
                let expected = format!("its question {} ({})", position + 1, excerpt(&expected.text));
                let remedy = "the file has the questions in another order than the data set: join them by their text \
                              with --join text, or give a data file in the pool's own order with --dataset-dir";
                Err(ImportError::at(path, place, found, expected).remedy(remedy))
            }
            None => {
                let expected = format!("question {} of `{name}` ({})", position + 1, excerpt(&expected.text));
                let remedy = "is it another data set, or another revision of it? --join unchecked trusts the positions";
                Err(ImportError::at(path, place, excerpt(text), expected).remedy(remedy))
            }
        }
    }
}

/// A text with every run of white space made one space.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
