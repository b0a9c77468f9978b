//! What can go wrong between outcomes and files.

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// There is nothing to report.
    #[error("report run `{run}`: it has no outcomes; collect and replay it first")]
    Empty {
        /// The run.
        run: String,
    },
    /// A number that no table or figure may show.
    #[error("report {place}: {field} is {found}, expected {expected}; replay the run again")]
    Number {
        /// Backbone, dataset, method and budget.
        place: String,
        /// The outcome's field.
        field: &'static str,
        /// What was found.
        found: f64,
        /// What would do.
        expected: &'static str,
    },
    /// Two outcomes claim one cell of the grid.
    #[error("report {place}: two outcomes for one cell, expected one; replay the run again")]
    Duplicate {
        /// Backbone, dataset, method and budget.
        place: String,
    },
    /// A backbone cannot be both.
    #[error("report backbone `{backbone}`: some outcomes say simulated and some do not; replay the run again")]
    MixedSimulated {
        /// The backbone.
        backbone: String,
    },
    /// A file or folder could not be written.
    #[error(transparent)]
    File(crate::trace::TraceError),
    /// Assembling the tables failed.
    #[error("assemble the tables: {0}")]
    Frame(#[from] polars::error::PolarsError),
    /// Writing rows of CSV failed.
    #[error("write a table as CSV: {0}")]
    Csv(#[from] ::csv::Error),
    /// Drawing failed.
    #[error("draw figure `{figure}`: {message}")]
    Draw {
        /// The figure's file stem.
        figure: String,
        /// What the drawing library said.
        message: String,
    },
}

impl From<crate::trace::TraceError> for ReportError {
    /// Only files of the report are written here.
    fn from(error: crate::trace::TraceError) -> Self {
        Self::File(error.placed_by("--reports-dir"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};
    use std::path::Path;

    use super::*;
    use crate::trace::TraceError;

    #[test]
    fn the_remedy_names_the_option_of_the_folder_that_failed() {
        for kind in [ErrorKind::ReadOnlyFilesystem, ErrorKind::PermissionDenied, ErrorKind::NotADirectory] {
            let failed = || TraceError::io("create", Path::new("reports/r"))(Error::from(kind));
            let report = ReportError::from(failed()).to_string();
            assert!(report.contains("--reports-dir") && !report.contains("--runs-dir"), "{report}");
            assert!(failed().to_string().contains("--runs-dir"), "{}", failed());
        }
    }
}
