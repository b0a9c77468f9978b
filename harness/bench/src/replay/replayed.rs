//! What replaying a run gives, and the files that keep it.

use std::path::Path;

use super::{LearnedFile, ReplayError};
use crate::results::{Comparison, DrawStatistics, EqualTokens, Outcome, Row, read_rows, write_rows};
use crate::trace::{RunFolder, TraceError};

/// What the statistics of draws were called before they had a name that says what they are.
const OLD_DRAW_STATISTICS: &str = "draws.parquet";

/// What replaying a run gives.
#[derive(Debug, Clone, Default)]
pub struct Replayed {
    /// How every method did at every budget.
    pub outcomes: Vec<Outcome>,
    /// What the draws are like, per backbone and dataset.
    pub draws: Vec<DrawStatistics>,
    /// How every ranked configuration compares with the reference.
    pub comparisons: Vec<Comparison>,
    /// How every ranked `markovscale` configuration compares with every other ranked method at equal tokens.
    pub equal_tokens: Vec<EqualTokens>,
    /// What methods learned, one file for each partition where they did.
    pub learned: Vec<LearnedFile>,
}

impl Replayed {
    /// Keeps it in the run's folder, with the experiment as it was replayed; what an earlier replay left is replaced.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, run: &RunFolder, experiment: &str) -> Result<(), TraceError> {
        run.write_replayed(experiment)?;
        write_rows(&run.outcomes(), &self.outcomes)?;
        write_rows(&run.draw_statistics(), &self.draws)?;
        remove(&run.path().join(OLD_DRAW_STATISTICS))?;
        write_rows(&run.comparisons(), &self.comparisons)?;
        write_rows(&run.equal_tokens(), &self.equal_tokens)?;
        LearnedFile::clear(run.path())?;
        for file in &self.learned {
            file.write(run.path())?;
        }
        Ok(())
    }

    /// Reads what the last replay of a run has kept. What a run of an older version lacks is empty, apart from outcomes.
    ///
    /// # Errors
    /// When there are no outcomes, or a file cannot be read.
    pub fn read(run: &RunFolder) -> Result<Self, ReplayError> {
        let (draws, old) = (run.draw_statistics(), run.path().join(OLD_DRAW_STATISTICS));
        Ok(Self {
            outcomes: read_rows(&run.outcomes())?,
            draws: rows(if draws.exists() { &draws } else { &old })?,
            comparisons: rows(&run.comparisons())?,
            equal_tokens: rows(&run.equal_tokens())?,
            learned: LearnedFile::read_all(run.path())?,
        })
    }
}

/// Rows of a file that may not be there.
fn rows<R: Row>(path: &Path) -> Result<Vec<R>, TraceError> {
    if path.exists() { read_rows(path) } else { Ok(Vec::new()) }
}

fn remove(path: &Path) -> Result<(), TraceError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(TraceError::io("remove", path)(error)),
        _ => Ok(()),
    }
}
