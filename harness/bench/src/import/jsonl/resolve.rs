//! Which draw of which question a line is. Questions come from a data set, or from the lines themselves when these give
//! the right answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use super::record::Record;
use crate::dataset::{self, Dataset, Locations, Question, final_answer, question_id};
use crate::experiment::is_safe_name;
use crate::import::ImportError;
use crate::import::error::excerpt;
use crate::import::questions::one_line;
use crate::key::{Chain, DrawKey, Mode, QuestionId, Round};
use crate::vocabulary::Sampling;

/// What holds where lines do not say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defaults<'a> {
    pub(super) backbone: Option<&'a str>,
    pub(super) model: Option<&'a str>,
    pub(super) dataset: Option<&'a str>,
    pub(super) sampling: Sampling,
}

/// Where a line belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Belongs {
    pub(super) backbone: usize,
    pub(super) dataset: usize,
    pub(super) question: usize,
    pub(super) draw: DrawKey,
}

/// A backbone that lines name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NamedBackbone {
    pub(super) name: String,
    pub(super) model: String,
    pub(super) sampling: Sampling,
}

/// A question set that lines name.
pub(super) struct NamedDataset {
    pub(super) dataset: Dataset,
    /// Token limit of the first draw.
    pub(super) max_tokens: u32,
    /// Whether the lines are where the questions come from.
    from_lines: bool,
    by_text: HashMap<String, usize>,
    by_id: HashMap<QuestionId, usize>,
}

/// Draws of one question in one mode: chain and round.
type Rows = BTreeSet<(u32, u32)>;

/// Puts lines in their places, one after the other.
pub(super) struct Resolver<'a> {
    pub(super) path: &'a Path,
    defaults: Defaults<'a>,
    locations: &'a Locations,
    /// Whether lines give the right answers.
    golds: bool,
    pub(super) backbones: Vec<NamedBackbone>,
    pub(super) datasets: Vec<NamedDataset>,
    /// By backbone, data set and question: the draws there are.
    pub(super) draws: BTreeMap<(usize, usize, usize), BTreeMap<Mode, Rows>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(path: &'a Path, defaults: Defaults<'a>, locations: &'a Locations, golds: bool) -> Self {
        let (backbones, datasets, draws) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { path, defaults, locations, golds, backbones, datasets, draws }
    }

    /// Forgets the draws, to see the same lines once more: the questions stay where they are.
    pub(super) fn again(&mut self) {
        self.draws.clear();
    }

    /// Where a line belongs.
    pub(super) fn place(&mut self, line: usize, record: &Record) -> Result<Belongs, ImportError> {
        let backbone = self.backbone(line, record)?;
        let dataset = self.dataset(line, record)?;
        let question = self.question(line, record, dataset)?;
        let rows = self.draws.entry((backbone, dataset, question)).or_default().entry(record.mode).or_default();
        let draw = key(record, rows);
        if !rows.insert((draw.chain.0, draw.round.0)) {
            let found =
                format!("{} chain {} round {} of its question again", draw.mode.name(), draw.chain.0, draw.round.0);
            return Err(ImportError::at(self.path, format!("line {line}"), found, "each draw once")
                .remedy("lines of several backbones or data sets need the fields `backbone` and `dataset`"));
        }
        Ok(Belongs { backbone, dataset, question, draw })
    }

    fn lacking(&self, line: usize, field: &str, expected: &str) -> ImportError {
        ImportError::at(self.path, format!("line {line}, field `{field}`"), "nothing", expected)
    }

    fn name<'n>(&self, line: usize, field: &str, name: Option<&'n str>) -> Result<&'n str, ImportError> {
        let name = name.ok_or_else(|| self.lacking(line, field, &format!("a name, or --{field} for all lines")))?;
        if is_safe_name(name) {
            return Ok(name);
        }
        let expected = "a name of letters, digits, `.`, `_` and `-` that starts with a letter or digit";
        let remedy = format!("--{field} gives all lines one name, if the field is not mapped");
        let place = format!("line {line}, field `{field}`");
        Err(ImportError::at(self.path, place, excerpt(name), expected).remedy(remedy))
    }

    fn backbone(&mut self, line: usize, record: &Record) -> Result<usize, ImportError> {
        let name = self.name(line, "backbone", record.backbone.as_deref().or(self.defaults.backbone))?;
        if let Some(known) = self.backbones.iter().position(|backbone| backbone.name == name) {
            return Ok(known);
        }
        let model = record.model.as_deref().or(self.defaults.model).unwrap_or(name);
        let honest = !record.simulated || model.starts_with("simulated:");
        let model = if honest { model.to_owned() } else { format!("simulated:{model}") };
        self.backbones.push(NamedBackbone { name: name.to_owned(), model, sampling: self.sampling(record) });
        Ok(self.backbones.len() - 1)
    }

    /// The sampling parameters of a line.
    pub(super) fn sampling(&self, record: &Record) -> Sampling {
        Sampling {
            temperature: record.temperature.unwrap_or(self.defaults.sampling.temperature),
            top_p: record.top_p.unwrap_or(self.defaults.sampling.top_p),
            max_tokens: record.max_tokens.unwrap_or(self.defaults.sampling.max_tokens),
        }
    }

    fn dataset(&mut self, line: usize, record: &Record) -> Result<usize, ImportError> {
        let name = self.name(line, "dataset", record.dataset.as_deref().or(self.defaults.dataset))?;
        if let Some(known) = self.datasets.iter().position(|known| known.dataset.name == name) {
            return Ok(known);
        }
        let dataset = if self.golds {
            Dataset { name: name.to_owned(), revision: "imported".to_owned(), questions: Vec::new() }
        } else {
            dataset::load(name, self.locations)?
        };
        let questions = || dataset.questions.iter().enumerate();
        let by_text = questions().map(|(i, question)| (one_line(&question.text), i)).collect();
        let by_id = questions().map(|(i, question)| (question.id.clone(), i)).collect();
        let max_tokens = self.sampling(record).max_tokens;
        self.datasets.push(NamedDataset { dataset, max_tokens, from_lines: self.golds, by_text, by_id });
        Ok(self.datasets.len() - 1)
    }

    fn question(&mut self, line: usize, record: &Record, dataset: usize) -> Result<usize, ImportError> {
        if self.datasets.get(dataset).is_some_and(|named| named.from_lines) {
            return self.own_question(line, record, dataset);
        }
        let Some(named) = self.datasets.get(dataset) else { return Ok(0) };
        let name = &named.dataset.name;
        let (found, what) = match (&record.question, &record.question_id) {
            (Some(text), _) => (named.by_text.get(&one_line(text)), ("question", text)),
            (None, Some(id)) => (named.by_id.get(&QuestionId(id.clone())), ("question_id", id)),
            (None, None) => return Err(self.lacking(line, "question", "the question's text, or its `question_id`")),
        };
        found.copied().ok_or_else(|| {
            let place = format!("line {line}, field `{}`", what.0);
            ImportError::at(self.path, place, excerpt(what.1), format!("a question of `{name}`"))
                .remedy("a field `gold` with the right answers makes the lines a question set of their own")
        })
    }

    /// A question that the lines bring along.
    fn own_question(&mut self, line: usize, record: &Record, dataset: usize) -> Result<usize, ImportError> {
        let text = record.question.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| self.lacking(line, "question", "the question's text"))?;
        let gold = record.gold.as_deref().map(str::trim).filter(|gold| !gold.is_empty());
        let gold = gold.ok_or_else(|| self.lacking(line, "gold", "the right answer"))?;
        let gold = &final_answer(gold).map_err(|expected| {
            ImportError::at(self.path, format!("line {line}, field `gold`"), excerpt(gold), expected)
        })?;
        let Some(named) = self.datasets.get_mut(dataset) else { return Ok(0) };
        let place = named.dataset.questions.len();
        let known = *named.by_text.entry(one_line(text)).or_insert(place);
        match named.dataset.questions.get(known) {
            Some(question) if question.gold == *gold => Ok(known),
            Some(question) => {
                let expected = format!("{}, as the same question has before", excerpt(&question.gold));
                let place = format!("line {line}, field `gold`");
                Err(ImportError::at(self.path, place, excerpt(gold), expected))
            }
            None => {
                let (text, gold, subject) = (text.to_owned(), gold.to_owned(), record.subject.clone());
                let id = question_id(&text);
                named.dataset.questions.push(Question { id, text, gold, level: record.level, subject });
                Ok(known)
            }
        }
    }
}

/// Which draw of its question a line is; what it does not say is counted.
fn key(record: &Record, rows: &Rows) -> DrawKey {
    let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
    let (chain, round) = if record.mode == Mode::Parallel {
        (record.chain.unwrap_or_else(|| count(rows.len())), record.round.unwrap_or(0))
    } else {
        let chain = record.chain.unwrap_or(0);
        let round = record.round.unwrap_or_else(|| count(rows.range((chain, 0)..=(chain, u32::MAX)).count()));
        (chain, round)
    };
    DrawKey { mode: record.mode, chain: Chain(chain), round: Round(round) }
}
