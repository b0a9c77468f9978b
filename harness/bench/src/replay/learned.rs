//! What methods learned, as files beside a run's outcomes: to look at, and to be used again by another run.
//!
//! A file keeps, of every fit, which questions it saw (as hashes), so that using it again on one of them is refused.

use std::io::Write;
use std::path::{Path, PathBuf};

use markovscale::{AnswerModel, CrossFitError, DrawMode, Fitted, Learned, QuestionContext};
use serde::{Deserialize, Serialize};

use super::ReplayError;
use crate::trace::{TraceError, write_atomically};

/// Version of the file's layout.
const FORMAT: u32 = 1;

/// What was fitted on one set of questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The answer model of each mode that some calibrated method draws in.
    pub models: Vec<(DrawMode, AnswerModel)>,
    /// What methods made of the questions.
    pub learned: Vec<Lesson>,
}

/// What one configuration learned for one budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The configuration's label.
    pub method: String,
    /// Most answers per question.
    pub budget: u32,
    /// What it learned.
    pub learned: Learned,
}

/// Everything learned on one partition, once per fold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedFile {
    format: u32,
    /// The backbone.
    pub backbone: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// The dataset.
    pub dataset: String,
    /// The fits, by fold.
    pub fits: Vec<Fitted<Parameters>>,
}

impl LearnedFile {
    /// What was learned on a partition.
    pub(super) fn new(backbone: &str, simulated: bool, dataset: &str, fits: Vec<Fitted<Parameters>>) -> Self {
        Self { format: FORMAT, backbone: backbone.to_owned(), simulated, dataset: dataset.to_owned(), fits }
    }

    /// Where a run keeps it.
    fn path(&self, run: &Path) -> PathBuf {
        run.join("learned").join(format!("backbone={}", self.backbone)).join(format!("dataset={}.json", self.dataset))
    }

    /// Writes it into a run's folder; gives its path.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, run: &Path) -> Result<PathBuf, TraceError> {
        let path = self.path(run);
        let text = serde_json::to_string(self)
            .map_err(|error| TraceError::Encode { path: path.clone(), message: error.to_string() })?;
        write_atomically(&path, |file| file.write_all(text.as_bytes()).map_err(TraceError::io("write", &path)))?;
        Ok(path)
    }

    /// Removes what an earlier replay of the run has written: with other methods it would be taken for this one's.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear(run: &Path) -> Result<(), TraceError> {
        let folder = run.join("learned");
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TraceError::io("remove", &folder)(error)),
            _ => Ok(()),
        }
    }

    /// Reads a file that a run has written.
    ///
    /// # Errors
    /// [`ReplayError::Learned`] when it cannot be read, is of a newer format, or is not such a file.
    pub fn read(path: &Path) -> Result<Self, ReplayError> {
        let wrong = |message: String| ReplayError::Learned { path: path.to_owned(), message };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let file: Self = serde_json::from_str(&text).map_err(|error| {
            wrong(format!(
                "{error}; expected what `markovscale replay` writes to RUN/learned/backbone=B/dataset=D.json"
            ))
        })?;
        if file.format > FORMAT {
            return Err(wrong(format!(
                "it has format {}, and this version reads up to {FORMAT}; update markovscale",
                file.format
            )));
        }
        Ok(file)
    }

    /// Every file that the last replay of a run has written, by backbone and dataset.
    ///
    /// # Errors
    /// As [`LearnedFile::read`].
    pub fn read_all(run: &Path) -> Result<Vec<Self>, ReplayError> {
        let mut files = Vec::new();
        for backbone in entries(&run.join("learned"))? {
            for file in entries(&backbone)? {
                files.push(Self::read(&file)?);
            }
        }
        Ok(files)
    }

    /// What a configuration (its label, and the mode it draws in) may know about a question of a dataset.
    ///
    /// # Errors
    /// [`ReplayError::Calibration`] when every fit saw the question.
    pub(crate) fn context(
        &self,
        (dataset, id): (&str, &str),
        config: (&str, DrawMode),
        budget: u32,
    ) -> Result<QuestionContext<'_>, ReplayError> {
        let Some(fitted) = self.for_question(id) else { return Ok(QuestionContext::uncalibrated()) };
        context(id, fitted, config, budget)
            .map_err(|source| ReplayError::Calibration { dataset: dataset.to_owned(), source })
    }

    /// Parameters for a question: of the first fit that did not see it.
    pub(super) fn for_question(&self, id: &str) -> Option<&Fitted<Parameters>> {
        self.fits.iter().find(|fit| fit.for_question(id).is_ok()).or(self.fits.first())
    }
}

/// What a folder holds, by name; nothing when it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, ReplayError> {
    let failed = |error: std::io::Error| ReplayError::Learned { path: folder.to_owned(), message: error.to_string() };
    let listed = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut paths = listed.map(|entry| entry.map(|e| e.path())).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// What a configuration may know about a question with this id.
pub(super) fn context<'a>(
    id: &str,
    fitted: &'a Fitted<Parameters>,
    (method, mode): (&str, DrawMode),
    budget: u32,
) -> Result<QuestionContext<'a>, CrossFitError> {
    QuestionContext::calibrated(id, fitted, |parameters| {
        let model = parameters.models.iter().find(|(of, _)| *of == mode).map(|(_, model)| model);
        let lesson = parameters.learned.iter().find(|lesson| lesson.budget == budget && lesson.method == method);
        (model, lesson.map(|lesson| &lesson.learned))
    })
}
