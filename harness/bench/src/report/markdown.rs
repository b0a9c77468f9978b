//! `table.md`: a section per backbone, a block per budget.

use std::fmt::Write;

use super::caption::{backbone_label, half_width, method_label, percent, table};
use super::census;
use super::context::ReportContext;
use super::cost::Cost;
use super::frame::{Block, Row, Section};
use crate::replay::Outcome;

/// The whole document.
pub(super) fn render(sections: &[Section], outcomes: &[Outcome], context: &ReportContext) -> String {
    let mut text = format!("# Results of run {}\n", escape(&context.run));
    for section in sections {
        let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.backbone == section.backbone).collect();
        let _ = write!(text, "\n## {}\n\n", escape(&backbone_label(&section.backbone, section.simulated)));
        for sentence in table(&own, &section.datasets, context) {
            text.push_str(&escape(&sentence));
            text.push('\n');
        }
        if section.has_mean {
            text.push_str(
                "The last column is the unweighted mean over all datasets; its interval takes theirs as independent.\n",
            );
        }
        for block in &section.blocks {
            let budget = block.budget;
            let label = escape(&backbone_label(&section.backbone, section.simulated));
            let _ = write!(text, "\n### Budget {budget}: {label}\n\n");
            text.push_str(&pipe_table(&rows(section, block, context.cost)));
        }
    }
    text.push_str(&census::markdown(&context.draws));
    text
}

fn rows(section: &Section, block: &Block, cost: Cost) -> Vec<Vec<String>> {
    let mut header = vec!["Method".to_owned()];
    header.extend(section.datasets.iter().map(|dataset| escape(dataset)));
    if section.has_mean {
        header.push("Mean over datasets (unweighted)".to_owned());
    }
    let mut rows = vec![header];
    rows.extend(block.rows.iter().map(|row| cells(section, row, cost)));
    rows
}

fn cells(section: &Section, row: &Row, cost: Cost) -> Vec<String> {
    let bold = |text: String, best: bool| if best { format!("**{text}**") } else { text };
    let label = escape(&method_label(&row.method, row.upper_bound));
    let mut cells = vec![if row.upper_bound { format!("*{label}*") } else { label }];
    let mean = section.has_mean.then_some(&row.mean);
    cells.extend(row.cells.iter().chain(mean).map(|cell| {
        cell.as_ref().map_or("–".to_owned(), |cell| {
            let accuracy = bold(percent(cell.accuracy.point), cell.best);
            format!("{accuracy} ± {} · {}", half_width(cell.accuracy), cost.show(cell.cost))
        })
    }));
    cells
}

/// A pipe table padded so that the source reads as a table too. The first column is left-aligned, the others right.
pub(crate) fn pipe_table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column == 0 { write!(text, "| {cell:<width$} ") } else { write!(text, "| {cell:>width$} ") };
        }
        text.push_str("|\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(if column == 0 { width + 2 } else { width + 1 });
                let _ = write!(text, "|{dashes}{}", if column == 0 { "" } else { ":" });
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Escapes what Markdown would read as markup; line breaks become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '&' => {
                escaped.push('\\');
                escaped.push(character);
            }
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
