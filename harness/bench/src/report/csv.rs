//! The result tables as CSV: every column of the table in the run, with the run it comes from. Shares are in [0, 1], numbers
//! in full, so that reading them back loses nothing; `inf` is what is never reached; a null is empty.

use super::context::ReportContext;
use super::error::ReportError;
use super::order::{Placed, sorted};
use super::report_file::{Render, ReportFile};
use super::text::backbone_label;
use crate::results::{Cell, Column, Row, Table};
use crate::trace::Kind;

pub(super) const OUTCOMES: ReportFile = ReportFile {
    name: "outcomes.csv",
    about: "one row per backbone, dataset, method and budget; a column for each parameter of a method",
    needs: |_| true,
    render: Render::Bytes(|report| render(&report.replayed.outcomes, report.context)),
};

pub(super) const COMPARISONS: ReportFile = ReportFile {
    name: "comparisons.csv",
    about: "what `comparisons.md` shows, as data",
    needs: super::comparisons::FILE.needs,
    render: Render::Bytes(|report| render(&report.replayed.comparisons, report.context)),
};

pub(super) const EQUAL_TOKENS: ReportFile = ReportFile {
    name: "equal-tokens.csv",
    about: "what `equal-tokens.md` shows, as data, for both kinds of tokens",
    needs: super::equal_tokens::FILE.needs,
    render: Render::Bytes(|report| render(&report.replayed.equal_tokens, report.context)),
};

/// The rows of a table in the context's order. Beside its own columns: `run` and `config_hash` first, `backbone_label`
/// after `backbone`, `seed` last.
fn render<R: Row + Placed>(rows: &[R], context: &ReportContext) -> Result<Vec<u8>, ReportError> {
    let rows = sorted(rows, context);
    let mut table = Table::of(&rows);
    let text = |name: &'static str| Column::new(name, Kind::Text, "", "");
    let same = |value: &str| vec![Cell::Text(value.to_owned()); rows.len()];
    let labels = rows.iter().map(|row| row.subject()).map(|of| Cell::Text(backbone_label(of.backbone, of.simulated)));
    table.add_first(text("config_hash"), same(&context.config_hash));
    table.add_first(text("run"), same(&context.run));
    table.add_after("backbone", text("backbone_label"), labels.collect());
    table.add_last(text("seed"), same(&context.seed.to_string()));
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(table.columns().iter().map(|column| &*column.name))?;
    for row in table.rows() {
        writer.write_record(row.into_iter().map(Cell::to_string))?;
    }
    writer.into_inner().map_err(|error| ReportError::Csv(error.into_error().into()))
}
