//! Writes every file of a report.

use std::path::Path;

use super::context::{ReportContext, Written};
use super::error::ReportError;
use super::file::write_file;
use super::frame::sections;
use super::{comparisons, equal_tokens, figure, latex, markdown, policies, tidy};
use crate::replay::{Comparison, EqualTokens, LearnedFile, Outcome};

/// Writes tables and figures into `folder`, made if missing. Each file appears whole or not at all.
///
/// # Errors
/// Outcomes that are empty, duplicate or impossible; a folder that cannot be written; a figure that cannot be drawn.
pub fn write(
    outcomes: &[Outcome],
    (comparisons, equal_tokens): (&[Comparison], &[EqualTokens]),
    learned: &[LearnedFile],
    context: &ReportContext,
    folder: &Path,
) -> Result<Written, ReportError> {
    let sections = sections(outcomes, context)?;
    let text = |name: &str, text: &str| write_file(folder, name, text.as_bytes());
    Ok(Written {
        markdown: text("table.md", &markdown::render(&sections, outcomes, context))?,
        latex: text("table.tex", &latex::render(&sections, outcomes, context))?,
        latex_standalone: text("table-standalone.tex", latex::STANDALONE)?,
        csv: write_file(folder, "outcomes.csv", &tidy::render(outcomes, context)?)?,
        comparisons: match comparisons {
            [] => None,
            rows => Some([
                text("comparisons.md", &comparisons::render(rows, context))?,
                write_file(folder, "comparisons.csv", &comparisons::render_csv(rows, context)?)?,
            ]),
        },
        equal_tokens: match equal_tokens {
            [] => None,
            rows => Some([
                text("equal-tokens.md", &equal_tokens::render(rows, context))?,
                write_file(folder, "equal-tokens.csv", &equal_tokens::render_csv(rows, context)?)?,
            ]),
        },
        policies: policies::render(&context.run, learned).map(|policies| text("policies.md", &policies)).transpose()?,
        figures: figure::write_all(outcomes, context, folder)?,
    })
}
