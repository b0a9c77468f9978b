//! `import optscale`: the published pools of OptScale (arXiv 2506.22376).

mod layout;
mod scan;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use markovscale::Tokens;
use markovscale_answers::Grader;
use serde_json::json;

use self::layout::{PoolFile, Wanted};
pub use self::scan::Key;
use self::scan::{Expected, Numbers, Scanned, scan};
use self::walk::{Entry, Listener, walk};
use super::contents::{BackboneContents, Contents, DatasetContents, Extent};
use super::error::ImportError;
use super::manifest::{Manifest, SourceFile};
use super::questions::Join;
use super::rows::Shared;
use super::run::{Imported, Making, Step, Target, safe_name};
use super::source::{pass, stepping};
use crate::dataset::{self, Dataset, Locations};
use crate::experiment::is_safe_name;
use crate::key::{Chain, DrawKey, Mode, Round, hex_digest};
use crate::trace::{Bulk, DrawRow, RunFolder, ScoreRow};
use crate::vocabulary::Sampling;

/// What is published of the pools: temperature 0.7, top_p 0.95, at most 10,000 completion tokens, 16,000 on AIME.
const SAMPLING: Sampling = Sampling { temperature: 0.7, top_p: 0.95, max_tokens: 10_000 };
const AIME_TOKENS: u32 = 16_000;
/// The folder of the one backbone whose pools are published, and what answered there.
const PUBLISHED: (&str, &str) = ("r1_distill_qwen7b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B");

/// A pool to import.
#[derive(Debug, Clone)]
pub struct OptscaleImport<'a> {
    /// The pool's folder, or one file of it.
    pub path: &'a Path,
    /// The run to be made.
    pub target: Target<'a>,
    /// Where questions are looked for.
    pub locations: &'a Locations,
    /// The backbone's name; `None` for the folder's.
    pub backbone: Option<&'a str>,
    /// The model that answered, where it is not the published one.
    pub model: Option<&'a str>,
    /// The verifier's name; the last step's score is another verifier, `NAME-last`.
    pub verifier: &'a str,
    /// Only these data sets; empty for all that are there.
    pub datasets: &'a [String],
    /// The kind of draws, where names do not tell.
    pub mode: Option<Mode>,
    /// Softmax temperature, nucleus mass and token limit, where they are not the published ones.
    pub temperature: Option<f64>,
    /// See above.
    pub top_p: Option<f64>,
    /// See above.
    pub max_tokens: Option<u32>,
    /// How questions are joined.
    pub join: Join,
    /// Only so many draws of each question.
    pub draws: Option<u32>,
    /// Keys that the files do not have.
    pub without: &'a [Key],
}

/// Imports a published pool as a run of its own.
///
/// # Errors
/// When a file, a question set or a name is not as it should be, or the run cannot be written. Nothing is left then.
pub fn import_optscale(
    import: &OptscaleImport<'_>,
    on_step: &mut dyn FnMut(Step<'_>),
) -> Result<Imported, ImportError> {
    if !is_safe_name(import.verifier) {
        let name = import.verifier;
        return Err(ImportError::Usage(format!(
            "--verifier `{name}`: a name has letters, digits, `.`, `_` and `-` only"
        )));
    }
    let known = dataset::known_names(import.locations)?;
    let (path, datasets, mode) = (import.path, import.datasets, import.mode);
    let found = layout::find(&Wanted { path, datasets, known: &known, mode })?;
    let mut warnings: Vec<String> = found.skipped.iter().map(|skipped| format!("left alone: {skipped}")).collect();
    let datasets = import.load(&found.files)?;
    let scanned = import.check(&found.files, &datasets, &mut warnings, on_step)?;
    let manifest_files: Vec<SourceFile> = found.files.iter().zip(&scanned).map(|(f, s)| source_file(f, s)).collect();
    let contents = import.contents(&found.files, &datasets, &scanned);
    let plan = contents.plan(import.target.overrides, &mut warnings)?;
    let manifest = Manifest::new("optscale", import.join.name(), manifest_files, warnings);
    let making = Making {
        target: &import.target,
        plan: &plan,
        datasets: &datasets,
        manifest: &manifest,
        command: "import optscale",
    };
    let run = making.make(|run| {
        for (file, scanned) in found.files.iter().zip(&scanned) {
            let dataset = find(&datasets, &file.dataset)?;
            import.write(run, &contents, file, dataset, scanned, on_step)?;
        }
        Ok(())
    })?;
    let scores = scanned.iter().flat_map(|file| &file.questions).map(|q| q.scores.len() + q.last_scores.len());
    Ok(Imported {
        run,
        name: plan.name,
        questions: datasets.iter().map(|dataset| dataset.questions.len() as u64).sum(),
        draws: manifest.files.iter().map(|file| file.draws).sum(),
        scores: scores.sum::<usize>() as u64,
        source: manifest,
    })
}

impl OptscaleImport<'_> {
    /// The question sets of the files, in the order of the files.
    fn load(&self, files: &[PoolFile]) -> Result<Vec<Arc<Dataset>>, ImportError> {
        let mut datasets: Vec<Arc<Dataset>> = Vec::new();
        for file in files {
            if datasets.iter().all(|dataset| dataset.name != file.dataset) {
                datasets.push(Arc::new(dataset::load(&file.dataset, self.locations)?));
            }
        }
        Ok(datasets)
    }

    fn check(
        &self,
        files: &[PoolFile],
        datasets: &[Arc<Dataset>],
        warnings: &mut Vec<String>,
        on_step: &mut dyn FnMut(Step<'_>),
    ) -> Result<Vec<Scanned>, ImportError> {
        let draws = self.draws.map(|draws| draws as usize);
        let expected = Expected { join: self.join, without: self.without, draws };
        let mut scanned = Vec::new();
        for file in files {
            let dataset = find(datasets, &file.dataset)?;
            let found = stepping(&file.path, false, on_step, |on_bytes| scan(file, dataset, expected, on_bytes))?;
            if found.unchecked {
                warnings.push(format!(
                    "{}: the order of its questions was not checked: {}",
                    file.path.display(),
                    if self.join == Join::Unchecked { "so asked" } else { "some have no text" },
                ));
            }
            scanned.push(found);
        }
        Ok(scanned)
    }

    fn backbone(&self) -> BackboneContents {
        let folder = pool_folder(self.path);
        let name = self.backbone.map_or_else(|| safe_name(&folder), str::to_owned);
        let published = (folder == PUBLISHED.0).then(|| PUBLISHED.1.to_owned());
        let model = self.model.map(str::to_owned).or(published).unwrap_or_else(|| name.clone());
        let sampling = Sampling {
            temperature: self.temperature.unwrap_or(SAMPLING.temperature),
            top_p: self.top_p.unwrap_or(SAMPLING.top_p),
            max_tokens: self.max_tokens.unwrap_or(SAMPLING.max_tokens),
        };
        BackboneContents { name, model, sampling }
    }

    /// A data set's token limit, where it is not the backbone's.
    fn own_limit(&self, dataset: &str) -> Option<u32> {
        (self.max_tokens.is_none() && dataset.starts_with("aime")).then_some(AIME_TOKENS)
    }

    fn contents(&self, files: &[PoolFile], datasets: &[Arc<Dataset>], scanned: &[Scanned]) -> Contents {
        let backbone = self.backbone();
        let mut pools: BTreeMap<(String, String), BTreeMap<Mode, Extent>> = BTreeMap::new();
        for (file, scanned) in files.iter().zip(scanned) {
            let draws = u32::try_from(scanned.draws).unwrap_or(u32::MAX);
            let extent = match file.mode {
                Mode::Parallel => Extent { chains: draws, rows: 1 },
                _ => Extent { chains: 1, rows: draws },
            };
            let partition = (backbone.name.clone(), file.dataset.clone());
            pools.entry(partition).or_default().insert(file.mode, extent);
        }
        let of_dataset = |dataset: &Arc<Dataset>| DatasetContents {
            name: dataset.name.clone(),
            max_tokens: self.own_limit(&dataset.name),
            questions: dataset.questions.len(),
        };
        let content: Vec<_> = files
            .iter()
            .zip(scanned)
            .map(|(file, scanned)| json!([file.dataset, file.mode.name(), scanned.fingerprint.sha256, scanned.draws]))
            .collect();
        let scored = scanned.iter().flat_map(|file| &file.questions).all(|question| !question.scores.is_empty());
        Contents {
            run: self.target.name.map_or_else(|| format!("optscale-{}", backbone.name), str::to_owned),
            backbones: vec![backbone],
            datasets: datasets.iter().map(of_dataset).collect(),
            pools,
            content: hex_digest(&json!([self.join.name(), content])),
            verifier: scored.then(|| self.verifier.to_owned()),
        }
    }

    /// The second pass over a file: its draws become rows.
    fn write(
        &self,
        run: &RunFolder,
        contents: &Contents,
        file: &PoolFile,
        dataset: &Dataset,
        scanned: &Scanned,
        on_step: &mut dyn FnMut(Step<'_>),
    ) -> Result<(), ImportError> {
        let Some(backbone) = contents.backbones.first() else { return Ok(()) };
        let limit = self.own_limit(&dataset.name).unwrap_or(backbone.sampling.max_tokens);
        let sampling = Sampling { max_tokens: limit, ..backbone.sampling };
        let mut writer = Writer {
            file,
            dataset,
            shared: Shared::new(&backbone.name, &backbone.model, &dataset.name, sampling),
            verifier: Arc::from(self.verifier),
            last_verifier: Arc::from(format!("{}-last", self.verifier)),
            numbers: &scanned.questions,
            grader: None,
            draws: Bulk::new(run),
            scores: Bulk::new(run),
        };
        let (count, fingerprint) = stepping(&file.path, true, on_step, |on_bytes| {
            pass(&file.path, on_bytes, |reader| walk(&file.path, reader, &mut writer))
        })?;
        if count != scanned.questions.len() || fingerprint != scanned.fingerprint {
            return Err(changed(file));
        }
        writer.draws.flush()?;
        Ok(writer.scores.flush()?)
    }
}

/// Writes what a pass over a file tells.
struct Writer<'a> {
    file: &'a PoolFile,
    dataset: &'a Dataset,
    shared: Shared,
    verifier: Arc<str>,
    last_verifier: Arc<str>,
    numbers: &'a [Numbers],
    /// Of the question at this position of the file.
    grader: Option<(usize, Grader)>,
    draws: Bulk<DrawRow>,
    scores: Bulk<ScoreRow>,
}

impl Listener for Writer<'_> {
    fn completion(&mut self, position: usize, i: usize, text: &str) -> Result<(), ImportError> {
        let numbers = self.numbers.get(position).ok_or_else(|| changed(self.file))?;
        let Some(tokens) = numbers.tokens.get(i) else { return Ok(()) };
        let question = self.dataset.questions.get(numbers.question).ok_or_else(|| changed(self.file))?;
        let number = u32::try_from(i).unwrap_or(u32::MAX);
        let draw = match self.file.mode {
            Mode::Parallel => DrawKey { mode: Mode::Parallel, chain: Chain(number), round: Round(0) },
            mode => DrawKey { mode, chain: Chain(0), round: Round(number) },
        };
        let grader = match &mut self.grader {
            Some((of, grader)) if *of == position => &*grader,
            other => &other.insert((position, Grader::new(&question.gold))).1,
        };
        let row = self.shared.draw(question, grader, draw, text, Tokens(*tokens));
        self.draws.add(numbers.question, row, text.len())?;
        for (verifier, scores) in [(&self.verifier, &numbers.scores), (&self.last_verifier, &numbers.last_scores)] {
            if let Some(score) = scores.get(i) {
                let row = self.shared.score(verifier, question, draw, *score);
                self.scores.add(numbers.question, row, 0)?;
            }
        }
        Ok(())
    }

    fn question(&mut self, _: usize, _: Entry) -> Result<(), ImportError> {
        Ok(())
    }
}

fn find<'a>(datasets: &'a [Arc<Dataset>], name: &str) -> Result<&'a Dataset, ImportError> {
    let found = datasets.iter().find(|dataset| dataset.name == name);
    found.map(|dataset| &**dataset).ok_or_else(|| ImportError::Usage(format!("no questions of `{name}` were loaded")))
}

fn changed(file: &PoolFile) -> ImportError {
    ImportError::Changed { path: file.path.clone() }
}

fn source_file(file: &PoolFile, scanned: &Scanned) -> SourceFile {
    SourceFile {
        path: file.path.display().to_string(),
        sha256: scanned.fingerprint.sha256.clone(),
        bytes: scanned.fingerprint.bytes,
        datasets: vec![file.dataset.clone()],
        modes: vec![file.mode.name().to_owned()],
        questions: scanned.questions.len() as u64,
        draws: scanned.questions.iter().map(|question| question.tokens.len() as u64).sum(),
    }
}

/// The folder that names the backbone: the innermost one that does not only sort files.
fn pool_folder(path: &Path) -> String {
    const SORTING: [&str; 5] = ["parallel", "sequential", "completions", "data", "pools"];
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = if whole.is_file() { whole.parent().map(Path::to_owned).unwrap_or_default() } else { whole };
    let mut names = folder.ancestors().filter_map(|folder| folder.file_name()).map(|name| name.to_string_lossy());
    names.find(|name| !SORTING.contains(&&**name)).map_or_else(|| "imported".to_owned(), |name| name.into_owned())
}
