//! The table at the end of a run: every method at the largest budget, per backbone.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, LineStyle, Table, TableStyle};

use super::context::ReportContext;
use super::cost::Cost;
use super::draws;
use super::error::ReportError;
use super::frame::{Block, Row, Section, sections};
use super::text::{backbone_label, half_width, method_label, percent};
use crate::results::Outcome;

/// The methods of every backbone at its largest budget: accuracy in %, half its interval, completion tokens per
/// question. Datasets that do not fit `width` columns of text go into a further table below. Plain text without
/// colours; `*` marks the highest point estimate.
///
/// # Errors
/// The same checks as [`super::write`]: an empty, duplicate or impossible outcome.
pub fn terminal_table(outcomes: &[Outcome], context: &ReportContext, width: usize) -> Result<String, ReportError> {
    let mut text = String::new();
    for section in sections(outcomes, context)? {
        let Some(block) = section.blocks.last() else {
            continue;
        };
        let label = backbone_label(&section.backbone, section.simulated);
        let _ = writeln!(text, "{label}, budget {}", block.budget);
        for columns in chunks(&section, block, width, context.cost) {
            let _ = writeln!(text, "{}", render(&section, block, &columns, context.cost));
        }
        let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.backbone == section.backbone).collect();
        for sentence in draws::sentences(&own, &section.datasets) {
            let _ = writeln!(text, "{sentence}");
        }
    }
    let words = context.cost.words();
    let _ = write!(text, "accuracy in % ± half the 95 % interval, {words} per question; * highest point estimate");
    Ok(text)
}

/// Rules above and below, none between rows: a dozen methods stay on one screen.
const RULED: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// A column: a dataset's position, or the means.
#[derive(Clone, Copy)]
enum Shown {
    Dataset(usize),
    Mean,
}

fn heading(section: &Section, column: Shown) -> String {
    match column {
        Shown::Dataset(index) => section.datasets.get(index).cloned().unwrap_or_default(),
        Shown::Mean => "mean of datasets".to_owned(),
    }
}

fn content(row: &Row, column: Shown, cost: Cost) -> String {
    let star = |best: bool| if best { "*" } else { "" };
    let cell = match column {
        Shown::Dataset(index) => row.cells.get(index).and_then(Option::as_ref),
        Shown::Mean => row.mean.as_ref(),
    };
    let text = cell.map(|cell| {
        let (point, half) = (percent(cell.accuracy.point), half_width(cell.accuracy));
        format!("{}{point} ± {half:>4} {:>5}", star(cell.best), cost.show(cell.cost))
    });
    text.unwrap_or_else(|| "-".to_owned())
}

fn name(row: &Row) -> String {
    method_label(&row.method, row.upper_bound)
}

/// Columns grouped so that each group's table fits the width; a group has at least one column.
fn chunks(section: &Section, block: &Block, width: usize, cost: Cost) -> Vec<Vec<Shown>> {
    let names = block.rows.iter().map(|row| name(row).chars().count()).max().unwrap_or(0) + 3;
    let mut groups: Vec<Vec<Shown>> = Vec::new();
    let mut used = usize::MAX;
    let means = section.has_mean.then_some(Shown::Mean);
    for column in (0..section.datasets.len()).map(Shown::Dataset).chain(means) {
        let cells = block.rows.iter().map(|row| content(row, column, cost).chars().count());
        let own = cells.chain([heading(section, column).chars().count()]).max().unwrap_or(0) + 3;
        match groups.last_mut() {
            Some(group) if used.saturating_add(own) <= width => {
                used += own;
                group.push(column);
            }
            _ => {
                used = names + own;
                groups.push(vec![column]);
            }
        }
    }
    groups
}

fn render(section: &Section, block: &Block, columns: &[Shown], cost: Cost) -> String {
    let headings = columns.iter().map(|column| heading(section, *column));
    let cells = |row| columns.iter().map(|column| content(row, *column, cost)).collect();
    ruled_table("method", headings, block.rows.iter().map(|row| (name(row), cells(row))))
}

/// A plain table: a column of names, then columns of numbers.
pub(crate) fn ruled_table(
    names: &str,
    headings: impl IntoIterator<Item = String>,
    rows: impl IntoIterator<Item = (String, Vec<String>)>,
) -> String {
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let line = |name: &str, numbers: Vec<String>| -> Vec<Cell> {
        std::iter::once(Cell::new(name)).chain(numbers.into_iter().map(right)).collect()
    };
    let mut table = Table::new();
    table.load_style(RULED);
    table.set_header(line(names, headings.into_iter().collect()));
    for (name, numbers) in rows {
        table.add_row(line(&name, numbers));
    }
    table.trim_fmt()
}
