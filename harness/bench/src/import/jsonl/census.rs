//! The first pass: every line is checked and put in its place; what there is of each question is counted.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::record::Record;
use super::request::JsonlImport;
use super::resolve::Resolver;
use crate::dataset::Dataset;
use crate::experiment::is_safe_name;
use crate::import::ImportError;
use crate::import::contents::{BackboneContents, Contents, DatasetContents, Extent};
use crate::import::manifest::SourceFile;
use crate::import::run::safe_name;
use crate::import::source::Fingerprint;
use crate::key::{Mode, hex_digest};

/// What the first pass finds.
pub(super) struct Census<'a> {
    pub(super) resolver: Resolver<'a>,
    /// The verifier behind the field `score`.
    pub(super) verifier: &'a str,
    pub(super) draws: u64,
    pub(super) answers: u64,
    pub(super) scores: BTreeMap<String, u64>,
    pub(super) without_tokens: u64,
    /// Draws by the hash of all that a line says of them, without the numbers that only count lines.
    seen: HashSet<[u8; 16]>,
    /// Draws that say just what an earlier one of their question says, its text included.
    copies: u64,
}

impl<'a> Census<'a> {
    pub(super) fn new(resolver: Resolver<'a>, verifier: &'a str) -> Self {
        Self {
            resolver,
            verifier,
            draws: 0,
            answers: 0,
            scores: BTreeMap::new(),
            without_tokens: 0,
            seen: HashSet::new(),
            copies: 0,
        }
    }

    /// Takes a line.
    pub(super) fn count(&mut self, line: usize, record: &Record) -> Result<(), ImportError> {
        let belongs = self.resolver.place(line, record)?;
        self.draws += 1;
        self.answers += u64::from(belongs.draw.is_answer());
        self.without_tokens += u64::from(record.completion_tokens.is_none());
        // Bare answers are often the same and no copies; whole texts seldom are.
        if record.completion.is_some() && record.seed.is_none() {
            let told = format!("{:?} {record:?}", (belongs.backbone, belongs.dataset, belongs.question));
            let mut hash = [0; 16];
            hash.copy_from_slice(&Sha256::digest(told.as_bytes())[..16]);
            self.copies += u64::from(!self.seen.insert(hash));
        }
        if record.completion.is_none() && record.answer.is_none() {
            let place = format!("line {line}, field `completion`");
            return Err(ImportError::at(self.resolver.path, place, "nothing", "a completion, or an `answer`"));
        }
        for (verifier, _) in &record.scores {
            let name = if verifier.is_empty() { self.verifier } else { verifier };
            if !is_safe_name(name) {
                let expected = "a verifier's name of letters, digits, `.`, `_` and `-`";
                return Err(ImportError::at(self.resolver.path, format!("line {line}"), format!("`{name}`"), expected));
            }
            if belongs.draw.is_answer() {
                *self.scores.entry(name.to_owned()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// The question sets, without questions that nobody answered.
    pub(super) fn answered(&self) -> Vec<Dataset> {
        let of = |place: usize| self.resolver.draws.keys().filter(move |(_, d, _)| *d == place).map(|(_, _, q)| *q);
        self.resolver
            .datasets
            .iter()
            .enumerate()
            .map(|(place, named)| {
                let answered: BTreeSet<usize> = of(place).collect();
                let questions = answered.iter().filter_map(|q| named.dataset.questions.get(*q).cloned()).collect();
                let Dataset { name, revision, .. } = &named.dataset;
                Dataset { name: name.clone(), revision: revision.clone(), questions }
            })
            .collect()
    }

    /// What was found, as an experiment is made of.
    pub(super) fn contents(
        &self,
        import: &JsonlImport<'_>,
        file: &Fingerprint,
        warnings: &mut Vec<String>,
    ) -> Contents {
        let Resolver { backbones, datasets, .. } = &self.resolver;
        let (pools, used) = self.pools();
        if used < self.draws {
            warnings.push(format!(
                "{} of {} draws lie beyond the pool that every question has; they are stored and not used",
                self.draws - used,
                self.draws
            ));
        }
        if self.copies > 0 {
            warnings.push(format!(
                "{} of {} draws are exact copies of another draw of their question, text and all: was a document logged more \
                 than once (one line for each filter)? Copies make votes look surer than they are",
                self.copies, self.draws
            ));
        }
        if self.without_tokens > 0 {
            warnings.push(format!("{} draws say nothing of their tokens, which count as 0", self.without_tokens));
        }
        let answered = self.answered();
        for (named, answered) in datasets.iter().zip(&answered) {
            let (all, some) = (named.dataset.questions.len(), answered.questions.len());
            if some < all {
                warnings.push(format!(
                    "{some} of {all} questions of {} have draws; the others are left out",
                    answered.name
                ));
            }
        }
        let limit = backbones.first().map_or(import.sampling.max_tokens, |backbone| backbone.sampling.max_tokens);
        let stem = import.path.file_stem().unwrap_or_default().to_string_lossy();
        let named = import.target.name.map_or_else(|| safe_name(&stem), str::to_owned);
        let backbones: Vec<BackboneContents> = backbones
            .iter()
            .map(|backbone| BackboneContents {
                name: backbone.name.clone(),
                model: backbone.model.clone(),
                sampling: backbone.sampling,
            })
            .collect();
        Contents {
            run: named,
            backbones,
            datasets: datasets
                .iter()
                .zip(&answered)
                .map(|(named, answered)| DatasetContents {
                    name: answered.name.clone(),
                    max_tokens: Some(named.max_tokens).filter(|own| *own != limit),
                    questions: answered.questions.len(),
                })
                .collect(),
            pools,
            content: hex_digest(&json!([file.sha256, format!("{:?}", import.map)])),
            verifier: self.complete_verifier(import.verifier, warnings),
        }
    }

    /// A verifier that scored every answer: the one that was named, or else the first by name.
    fn complete_verifier(&self, wanted: Option<&str>, warnings: &mut Vec<String>) -> Option<String> {
        let (complete, partial): (Vec<_>, Vec<_>) =
            self.scores.iter().partition(|(_, scored)| **scored == self.answers);
        for (name, scored) in partial {
            warnings.push(format!(
                "{scored} of {} answers have a score of {name}; the experiment uses no scores that some answers lack",
                self.answers
            ));
        }
        let named = complete.iter().find(|(name, _)| Some(name.as_str()) == wanted);
        named.or(complete.first()).map(|(name, _)| (*name).clone())
    }

    /// The pools that every question of a partition has, and how many draws they use.
    #[expect(clippy::type_complexity, reason = "the shape of `Contents::pools`")]
    fn pools(&self) -> (BTreeMap<(String, String), BTreeMap<Mode, Extent>>, u64) {
        let Resolver { backbones, datasets, draws, .. } = &self.resolver;
        let (mut pools, mut used) = (BTreeMap::new(), 0);
        for (b, backbone) in backbones.iter().enumerate() {
            for (d, named) in datasets.iter().enumerate() {
                let asked: BTreeSet<usize> = draws.keys().filter(|(_, of, _)| *of == d).map(|(_, _, q)| *q).collect();
                let mut extents = BTreeMap::new();
                for mode in Mode::ALL {
                    let of_question = |q: &usize| draws.get(&(b, d, *q)).and_then(|modes| modes.get(&mode));
                    let each = asked.iter().map(|q| of_question(q).map_or(NOTHING, |rows| extent(mode, rows)));
                    let least = each.reduce(|a, b| Extent { chains: a.chains.min(b.chains), rows: a.rows.min(b.rows) });
                    if let Some(least) = least.filter(|extent| extent.chains > 0 && extent.rows > 0) {
                        used += u64::from(least.chains) * u64::from(least.rows) * asked.len() as u64;
                        extents.insert(mode, least);
                    }
                }
                if !extents.is_empty() {
                    pools.insert((backbone.name.clone(), named.dataset.name.clone()), extents);
                }
            }
        }
        (pools, used)
    }

    /// The file, for the manifest.
    pub(super) fn source_file(&self, path: &Path, file: &Fingerprint, datasets: &[Arc<Dataset>]) -> SourceFile {
        let modes: BTreeSet<Mode> = self.resolver.draws.values().flat_map(|modes| modes.keys().copied()).collect();
        SourceFile {
            path: path.display().to_string(),
            sha256: file.sha256.clone(),
            bytes: file.bytes,
            datasets: datasets.iter().map(|dataset| dataset.name.clone()).collect(),
            modes: modes.into_iter().map(|mode| mode.name().to_owned()).collect(),
            questions: datasets.iter().map(|dataset| dataset.questions.len() as u64).sum(),
            draws: self.draws,
        }
    }
}

const NOTHING: Extent = Extent { chains: 0, rows: 0 };

/// The chains of a question that follow each other from 0, and the rounds from 0 that all of them have.
fn extent(mode: Mode, rows: &BTreeSet<(u32, u32)>) -> Extent {
    let of_chain = |chain: u32| (0..).take_while(|round| rows.contains(&(chain, *round))).count();
    if mode == Mode::Judge {
        return if of_chain(0) > 0 { Extent { chains: 1, rows: 1 } } else { NOTHING };
    }
    let lengths: Vec<usize> = (0..).map(of_chain).take_while(|rows| *rows > 0).collect();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Extent { chains: count(lengths.len()), rows: count(lengths.iter().copied().min().unwrap_or(0)) }
}
