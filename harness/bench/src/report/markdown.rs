//! `table.md`: a section per backbone, a block per budget.

use std::fmt::Write;

use super::caption::table;
use super::cost::Cost;
use super::draws;
use super::frame::{Block, Row, Section};
use super::report_file::{Render, Report, ReportFile};
use super::text::{backbone_label, escape, half_width, method_label, percent, pipe_table};
use crate::results::Outcome;

pub(super) const FILE: ReportFile = ReportFile {
    name: "table.md",
    about: "accuracy with its interval and cost of every method, a table per backbone and budget; what the draws are like",
    needs: |_| true,
    render: Render::Text(render),
};

/// The whole document.
pub(super) fn render(report: &Report<'_>) -> String {
    let (outcomes, context) = (&report.replayed.outcomes, report.context);
    let mut text = format!("# Results of run {}\n", escape(&context.run));
    for section in &report.sections {
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
    text.push_str(&draws::markdown(&report.replayed.draws));
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
