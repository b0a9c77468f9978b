//! Reads the published measurements: `curves.csv` and `score_moments.csv`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::key::sha256_hex;

/// Draws per question in the published pools and chains.
pub const ROUNDS: usize = 64;

/// Budgets at which the fit is judged.
pub const BUDGETS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Methods with a published curve, in table order.
pub const METHODS: [PublishedMethod; 3] =
    [PublishedMethod::BestOfN, PublishedMethod::SelfConsistency, PublishedMethod::MrThinking];

/// A method with a published curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedMethod {
    /// Highest score of a parallel pool.
    BestOfN,
    /// Majority of a parallel pool.
    SelfConsistency,
    /// Last answer of a chain.
    MrThinking,
}

impl PublishedMethod {
    /// The name in the files.
    pub fn name(self) -> &'static str {
        match self {
            Self::BestOfN => "best_of_n",
            Self::SelfConsistency => "self_consistency",
            Self::MrThinking => "mr_thinking",
        }
    }

    /// Position in [`METHODS`].
    pub(super) fn index(self) -> usize {
        match self {
            Self::BestOfN => 0,
            Self::SelfConsistency => 1,
            Self::MrThinking => 2,
        }
    }
}

/// Why the published measurements cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// A file cannot be read.
    #[error("read {path}: {source}; --published names the folder that holds curves.csv and score_moments.csv")]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A row is malformed.
    #[error("understand {path}, row {row}, column {column}: {message}")]
    Row {
        /// The file.
        path: PathBuf,
        /// Line of the file; the header is line 1.
        row: u64,
        /// The column at fault.
        column: String,
        /// What was found and what was expected.
        message: String,
    },
    /// Rows are missing.
    #[error("use {path}: {message}")]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// What is missing.
        message: String,
    },
}

/// Verifier scores of the published pools, over the questions that have them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ScoreMoments {
    /// Mean over questions of the mean score of 64 draws.
    pub mean: f64,
    /// Standard deviation of those means between questions.
    pub sd_between: f64,
    /// Mean over questions of the standard deviation among 64 draws.
    pub sd_within: f64,
    /// Standard deviation between questions of the standard deviation among 64 draws.
    pub sd_of_sd: f64,
    /// Number of questions.
    pub questions: u32,
}

/// The measurements of one dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedDataset {
    /// Its name.
    pub name: String,
    /// Number of questions, from counts and accuracies.
    pub questions: u32,
    /// Questions answered rightly, `[method][n - 1]`.
    pub correct: [[u32; ROUNDS]; 3],
    /// Mean completion tokens per question, cumulative over draws, `[method][n - 1]`.
    pub tokens: [[f64; ROUNDS]; 3],
    /// Verifier scores; `None` where the file has none for this dataset.
    pub moments: Option<ScoreMoments>,
}

/// Everything published, datasets in the order of `curves.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The datasets.
    pub datasets: Vec<PublishedDataset>,
    /// SHA-256 of `curves.csv`, hexadecimal.
    pub curves_sha256: String,
    /// SHA-256 of `score_moments.csv`, hexadecimal.
    pub moments_sha256: String,
}

#[derive(Deserialize)]
struct CurveRow {
    dataset: String,
    method: String,
    n: usize,
    accuracy: f64,
    mean_completion_tokens: f64,
    questions_correct: u32,
}

#[derive(Deserialize)]
struct MomentsRow {
    dataset: String,
    mean_first64: f64,
    sd_first64: f64,
}

impl Published {
    /// Reads both files of a folder.
    ///
    /// # Errors
    /// When a file is missing, malformed or incomplete; see [`PublishedError`].
    pub fn read(folder: &Path) -> Result<Self, PublishedError> {
        let curves_path = folder.join("curves.csv");
        let moments_path = folder.join("score_moments.csv");
        let curves_text = read(&curves_path)?;
        let moments_text = read(&moments_path)?;
        let moments = moments_by_dataset(&moments_path, &rows(&moments_path, &moments_text)?)?;
        let datasets = curves(&curves_path, &rows::<CurveRow>(&curves_path, &curves_text)?, &moments)?;
        Ok(Self {
            datasets,
            curves_sha256: sha256_hex(curves_text.as_bytes()),
            moments_sha256: sha256_hex(moments_text.as_bytes()),
        })
    }
}

fn read(path: &Path) -> Result<String, PublishedError> {
    std::fs::read_to_string(path).map_err(|source| PublishedError::Read { path: path.to_owned(), source })
}

/// Every row with its line number; a malformed one is named by line and column.
fn rows<Row: for<'de> Deserialize<'de>>(path: &Path, text: &str) -> Result<Vec<(u64, Row)>, PublishedError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let wrong = |row: u64, column: &str, message: String| PublishedError::Row {
        path: path.to_owned(),
        row,
        column: column.to_owned(),
        message,
    };
    let headers = reader.headers().map_err(|error| wrong(1, "?", error.to_string()))?.clone();
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let fallback = index as u64 + 2;
        let record = record.map_err(|error| wrong(fallback, "?", error.to_string()))?;
        let line = record.position().map_or(fallback, csv::Position::line);
        let row = record.deserialize(Some(&headers)).map_err(|error| match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => {
                let field = err.field().and_then(|field| usize::try_from(field).ok());
                let column = field.and_then(|field| headers.get(field)).unwrap_or("?");
                let found = field.and_then(|field| record.get(field)).unwrap_or("");
                wrong(line, column, format!("found {found:?}: {}", err.kind()))
            }
            _ => wrong(line, "?", error.to_string()),
        })?;
        rows.push((line, row));
    }
    Ok(rows)
}

/// Groups curve rows by dataset and checks that every cell is there once and makes sense.
fn curves(
    path: &Path,
    rows: &[(u64, CurveRow)],
    moments: &BTreeMap<String, ScoreMoments>,
) -> Result<Vec<PublishedDataset>, PublishedError> {
    let mut datasets: Vec<PublishedDataset> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (line, row) in rows {
        let wrong = |column: &str, message: String| PublishedError::Row {
            path: path.to_owned(),
            row: *line,
            column: column.to_owned(),
            message,
        };
        let Some(method) = METHODS.into_iter().find(|method| method.name() == row.method) else {
            let known = METHODS.map(PublishedMethod::name).join(", ");
            return Err(wrong("method", format!("found {:?}, expected one of {known}", row.method)));
        };
        if !(1..=ROUNDS).contains(&row.n) {
            return Err(wrong("n", format!("found {}, expected 1 to {ROUNDS}", row.n)));
        }
        if !(row.accuracy > 0.0 && row.accuracy <= 1.0) {
            return Err(wrong("accuracy", format!("found {}, expected above 0 and at most 1", row.accuracy)));
        }
        if !(row.mean_completion_tokens.is_finite() && row.mean_completion_tokens > 0.0) {
            let message = format!("found {}, expected a positive number", row.mean_completion_tokens);
            return Err(wrong("mean_completion_tokens", message));
        }
        if !seen.insert((row.dataset.clone(), method, row.n)) {
            return Err(wrong("n", format!("a second row of {}, {}, n = {}", row.dataset, row.method, row.n)));
        }
        let questions = (f64::from(row.questions_correct) / row.accuracy).round() as u32;
        let index = datasets.iter().position(|d| d.name == row.dataset).unwrap_or_else(|| {
            datasets.push(PublishedDataset {
                name: row.dataset.clone(),
                questions,
                correct: [[0; ROUNDS]; 3],
                tokens: [[0.0; ROUNDS]; 3],
                moments: moments.get(&row.dataset).copied(),
            });
            datasets.len() - 1
        });
        let dataset = &mut datasets[index];
        // Accuracies may be rounded, so counts must agree to half a question and no better.
        if (row.accuracy * f64::from(dataset.questions) - f64::from(row.questions_correct)).abs() > 0.5 {
            let message = format!("found {}, but earlier rows have {} questions", row.accuracy, dataset.questions);
            return Err(wrong("accuracy", message));
        }
        dataset.correct[method.index()][row.n - 1] = row.questions_correct;
        dataset.tokens[method.index()][row.n - 1] = row.mean_completion_tokens;
    }
    complete(path, &datasets)?;
    Ok(datasets)
}

fn complete(path: &Path, datasets: &[PublishedDataset]) -> Result<(), PublishedError> {
    let incomplete = |message: String| PublishedError::Incomplete { path: path.to_owned(), message };
    if datasets.is_empty() {
        return Err(incomplete("it has no rows".into()));
    }
    for dataset in datasets {
        for method in METHODS {
            // Tokens are positive where a row was read.
            if let Some(missing) = dataset.tokens[method.index()].iter().position(|tokens| *tokens == 0.0) {
                let (name, method) = (&dataset.name, method.name());
                return Err(incomplete(format!("no row of {name}, {method}, n = {}", missing + 1)));
            }
        }
    }
    Ok(())
}

fn moments_by_dataset(
    path: &Path,
    rows: &[(u64, MomentsRow)],
) -> Result<BTreeMap<String, ScoreMoments>, PublishedError> {
    let mut groups: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for (line, row) in rows {
        for (column, value) in [("mean_first64", row.mean_first64), ("sd_first64", row.sd_first64)] {
            if !(0.0..=1.0).contains(&value) {
                let message = format!("found {value}, expected 0 to 1");
                return Err(PublishedError::Row { path: path.to_owned(), row: *line, column: column.into(), message });
            }
        }
        groups.entry(row.dataset.clone()).or_default().push((row.mean_first64, row.sd_first64));
    }
    Ok(groups.into_iter().map(|(name, values)| (name, ScoreMoments::of(&values))).collect())
}

impl ScoreMoments {
    /// The moments of (mean, standard deviation) pairs, one per question.
    pub(super) fn of(questions: &[(f64, f64)]) -> Self {
        let (mean, sd_between) = mean_and_sd(questions.iter().map(|q| q.0));
        let (sd_within, sd_of_sd) = mean_and_sd(questions.iter().map(|q| q.1));
        Self { mean, sd_between, sd_within, sd_of_sd, questions: questions.len() as u32 }
    }
}

/// Mean and sample standard deviation (0 below two values).
pub(super) fn mean_and_sd(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / count.max(1.0);
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (count - 1.0).max(1.0)).sqrt())
}
