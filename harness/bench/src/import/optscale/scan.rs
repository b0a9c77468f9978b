//! The first pass: every key, length, number and question of a file is checked, and its numbers are kept.

use std::path::Path;

use super::layout::PoolFile;
use super::walk::{Entry, Listener, walk};
use crate::dataset::Dataset;
use crate::import::ImportError;
use crate::import::questions::{Join, Texts};
use crate::import::source::{Fingerprint, pass};

/// A key that a pool may lack, if it is said to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `score.scores`
    Scores,
    /// `score.last_scores`
    LastScores,
}

impl Key {
    /// Every such key.
    pub const ALL: [Self; 2] = [Self::Scores, Self::LastScores];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scores => "scores",
            Self::LastScores => "last_scores",
        }
    }
}

/// What is asked of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) join: Join,
    /// Keys that are not there.
    pub(super) without: &'a [Key],
    /// Only so many of each question's draws.
    pub(super) draws: Option<usize>,
}

/// One question's numbers, as many as draws are taken.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    /// Its place in the data set.
    pub(super) question: usize,
    /// Completion tokens of each draw.
    pub(super) tokens: Vec<u64>,
    /// Means of step scores; empty without.
    pub(super) scores: Vec<f64>,
    /// Scores of the last step; empty without.
    pub(super) last_scores: Vec<f64>,
}

/// A file that is as it should be.
#[derive(Debug)]
pub(super) struct Scanned {
    pub(super) fingerprint: Fingerprint,
    pub(super) questions: Vec<Numbers>,
    /// Draws taken of each question.
    pub(super) draws: usize,
    /// Whether some question came without a text to check.
    pub(super) unchecked: bool,
}

/// Checks a file from end to end.
pub(super) fn scan(
    file: &PoolFile,
    dataset: &Dataset,
    expected: Expected<'_>,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<Scanned, ImportError> {
    let path = &file.path;
    let mut scan = Scan {
        path,
        dataset,
        texts: Texts::new(dataset),
        expected,
        questions: Vec::new(),
        draws: None,
        places: vec![None; dataset.questions.len()],
        unchecked: false,
    };
    let (count, fingerprint) = pass(path, on_bytes, |reader| walk(path, reader, &mut scan))?;
    if count != dataset.questions.len() {
        let expected = format!("{}, as `{}` has", dataset.questions.len(), dataset.name);
        return Err(ImportError::at(path, "", format!("{count} questions"), expected));
    }
    let Scan { questions, draws, unchecked, .. } = scan;
    Ok(Scanned { fingerprint, questions, draws: draws.map_or(0, |(_, draws)| draws), unchecked })
}

struct Scan<'a> {
    path: &'a Path,
    dataset: &'a Dataset,
    texts: Texts<'a>,
    expected: Expected<'a>,
    questions: Vec<Numbers>,
    /// How many draws the first question has, and how many are taken.
    draws: Option<(usize, usize)>,
    /// The position in the file that each question of the data set was found at.
    places: Vec<Option<usize>>,
    unchecked: bool,
}

impl Listener for Scan<'_> {
    fn completion(&mut self, _: usize, _: usize, _: &str) -> Result<(), ImportError> {
        Ok(())
    }

    fn question(&mut self, position: usize, entry: Entry) -> Result<(), ImportError> {
        let found = entry.completions.ok_or_else(|| self.missing(position, "score.completions"))?;
        let taken = self.count(position, found, entry.n)?;
        let tokens = entry.completion_tokens.ok_or_else(|| self.missing(position, "score.completion_tokens"))?;
        self.length(position, "completion_tokens", tokens.len(), found)?;
        let scores = self.scores(position, Key::Scores, entry.scores, found)?;
        let last_scores = self.scores(position, Key::LastScores, entry.last_scores, found)?;
        let question = self.place(position, entry.text.as_deref())?;
        let cut = |mut numbers: Vec<f64>| {
            numbers.truncate(taken);
            numbers
        };
        let tokens = tokens.into_iter().take(taken).collect();
        self.questions.push(Numbers { question, tokens, scores: cut(scores), last_scores: cut(last_scores) });
        Ok(())
    }
}

impl Scan<'_> {
    fn at(&self, position: usize, key: &str, found: String, expected: String) -> ImportError {
        ImportError::at(self.path, format!("question {} (index {position}), {key}", position + 1), found, expected)
    }

    fn missing(&self, position: usize, key: &str) -> ImportError {
        self.at(position, key, "no such key".to_owned(), "a list that holds one list".to_owned())
    }

    /// How many of the question's draws are taken: as many as of every other question.
    fn count(&mut self, position: usize, found: usize, n: Option<u64>) -> Result<usize, ImportError> {
        let key = "score.completions[0]";
        if let Some(n) = n.filter(|n| *n != found as u64) {
            return Err(self.at(position, key, format!("{found} completions"), format!("{n}, as its key `n` says")));
        }
        let (first, taken) = *self.draws.get_or_insert((found, self.expected.draws.unwrap_or(found)));
        if self.expected.draws.is_none() && found != first {
            let expected = format!("{first}, as the first question has");
            let remedy = format!("--draws {} takes only that many of each question", found.min(first));
            return Err(self.at(position, key, format!("{found} completions"), expected).remedy(remedy));
        }
        if found < taken || found == 0 {
            return Err(self.at(position, key, format!("{found} completions"), format!("at least {}", taken.max(1))));
        }
        Ok(taken)
    }

    fn length(&self, position: usize, key: &str, found: usize, expected: usize) -> Result<(), ImportError> {
        if found == expected {
            return Ok(());
        }
        let expected = format!("{expected}, one for each completion");
        Err(self.at(position, &format!("score.{key}[0]"), format!("{found} numbers"), expected))
    }

    fn scores(
        &self,
        position: usize,
        key: Key,
        scores: Option<Vec<f64>>,
        completions: usize,
    ) -> Result<Vec<f64>, ImportError> {
        if self.expected.without.contains(&key) {
            return Ok(Vec::new());
        }
        let name = key.name();
        let Some(scores) = scores else {
            let remedy = format!("--without {name} imports a pool that has none");
            return Err(self.missing(position, &format!("score.{name}")).remedy(remedy));
        };
        self.length(position, name, scores.len(), completions)?;
        if let Some((i, score)) = scores.iter().enumerate().find(|(_, score)| !(0.0..=1.0).contains(*score)) {
            let place = format!("score.{name}[0][{i}]");
            return Err(self.at(position, &place, score.to_string(), "a number from 0 to 1".to_owned()));
        }
        Ok(scores)
    }

    /// The question's place in the data set; each question comes once.
    fn place(&mut self, position: usize, text: Option<&str>) -> Result<usize, ImportError> {
        self.unchecked |= text.is_none() || self.expected.join == Join::Unchecked;
        let place = self.texts.join(self.expected.join, self.path, position, text)?;
        if let Some(first) = self.places.get_mut(place).and_then(|there| there.replace(position)) {
            let found = format!("question {} of `{}` again, as at index {first}", place + 1, self.dataset.name);
            return Err(ImportError::at(
                self.path,
                format!("question {} (index {position})", position + 1),
                found,
                "each question once",
            ));
        }
        Ok(place)
    }
}
