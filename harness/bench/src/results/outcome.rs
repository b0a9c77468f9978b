//! One row of results: a backbone x dataset x method x budget.

use std::collections::{BTreeMap, BTreeSet};

use markovscale::DrawMode;

use super::Estimate;
use super::cell::Cell;
use super::columns::{Cells, Column, Columns, Misread, Row, row};
use super::table::Table;
use crate::trace::Kind;

row! {
    /// How one method did with one budget. Token counts are means per question.
    #[derive(Debug, Clone, PartialEq, serde::Serialize)]
    pub struct Outcome {
        backbone: String = [""] "name of the backbone in the experiment";
        /// Every table and figure must say so:
        simulated: bool = [""] "true when the backbone is simulated";
        dataset: String = [""] "name of the question set";
        /// The label, unique in the run, e.g. `markovscale(gate, posterior)`:
        method: String = [""] "the method's configuration";
        /// E.g. `markovscale`:
        family: String = [""] "the method's name";
        draws: DrawMode = [""] "parallel, sequential, refine or forced";
        upper_bound: bool = [""] "true for oracle and for what was tuned on the questions it is scored on: no ranking contains it";
        budget: u32 = ["answers"] "maximum number of answers per question";
        questions: u32 = ["questions"] "number of questions";
        /// Random orders of a parallel pool, or recorded chains:
        replicates: Option<u32> = ["replicates"] "orders or chains averaged per question; null where exact";
        /// Mean accuracy, with its interval over questions.
        accuracy: Estimate {
            accuracy ["share"] "mean accuracy in [0, 1]";
            accuracy_low ["share"] "lower end of the 95 % interval (over questions; Wilson's where all are 0 or 1)";
            accuracy_high ["share"] "upper end of the 95 % interval";
        };
        answers: f64 = ["answers"] "mean answers drawn per question";
        completion_tokens: f64 = ["tokens"] "mean completion tokens per question";
        prompt_tokens: f64 = ["tokens"] "mean prompt tokens per question";
        /// 0 for methods that use no scores:
        verifier_tokens: f64 = ["tokens"] "mean verifier tokens per question";
        depth_tokens: f64 = ["tokens"] "mean longest dependent chain of completion tokens";
        /// 0 without prices:
        price: f64 = ["currency"] "mean price per question, in the currency of the config's prices";
        /// Whatever the method looked at; `None` in runs that were replayed before this was counted:
        cut_off: Option<f64> = ["share"] "share of the backbone's draws on the dataset that the token limit cut off";
        filtered: Option<f64> = ["share"] "share of them that a content filter ended";
        /// The method's parameters, each a column of its own.
        parameters: Parameters;
    }
}

impl Outcome {
    /// Prompt, completion and verifier tokens.
    pub fn all_tokens(&self) -> f64 {
        self.prompt_tokens + self.completion_tokens + self.verifier_tokens
    }
}

/// The parameters of a method's configuration, by name.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Parameters(BTreeMap<String, Cell>);

/// What the name of a parameter's column begins with: a parameter may be called as another column is (`price`, `draws`).
const PREFIX: &str = "parameter_";

impl<N: Into<String>> FromIterator<(N, Cell)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (N, Cell)>>(parameters: I) -> Self {
        Self(parameters.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

/// Which columns they fill depends on the other rows: [`Row::extend`] adds them.
impl Columns for Parameters {
    fn columns() -> Vec<Column> {
        Vec::new()
    }

    fn cells(&self, _cells: &mut Vec<Cell>) {}

    fn read(_cells: &mut Cells<'_>) -> Result<Self, Misread> {
        Ok(Self::default())
    }
}

impl Row for Outcome {
    const TABLE: &'static str = "the outcomes of a run";

    fn extend(table: &mut Table, rows: &[&Self]) {
        let about = "mean prompt, completion and verifier tokens per question";
        let all_tokens = rows.iter().map(|row| Cell::Real(row.all_tokens())).collect();
        table.add_after("depth_tokens", Column::new("all_tokens", Kind::Real, "tokens", about), all_tokens);

        let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.parameters.0.keys()).collect();
        for name in names {
            let value = |row: &&Self| row.parameters.0.get(name).cloned().unwrap_or(Cell::Null);
            let cells: Vec<Cell> = rows.iter().map(value).collect();
            let meaning = format!("the method's parameter `{name}`; null where the method has none of that name");
            let column = Column::new(format!("{PREFIX}{name}"), kind(&cells), "", meaning);
            table.add_last(Column { nullable: true, ..column }, cells);
        }
    }

    fn restore<'c>(&mut self, cells: impl Iterator<Item = (&'c str, &'c Cell)>) {
        let given = cells.filter(|(_, cell)| **cell != Cell::Null);
        self.parameters =
            given.filter_map(|(column, cell)| Some((column.strip_prefix(PREFIX)?, cell.clone()))).collect();
    }

    /// Outcomes of versions before these columns had neither prices nor these counts.
    fn absent(column: &str) -> Option<Cell> {
        match column {
            "price" => Some(Cell::Real(0.0)),
            "cut_off" | "filtered" => Some(Cell::Null),
            _ => None,
        }
    }
}

/// The narrowest kind that holds all values: methods may use one name for values of different kinds.
fn kind(cells: &[Cell]) -> Kind {
    let all = |fits: fn(&Cell) -> bool| cells.iter().all(|cell| *cell == Cell::Null || fits(cell));
    if all(|cell| matches!(cell, Cell::Flag(_))) {
        Kind::Flag
    } else if all(|cell| matches!(cell, Cell::Whole(_))) {
        Kind::Whole
    } else if all(|cell| matches!(cell, Cell::Whole(_) | Cell::Real(_))) {
        Kind::Real
    } else {
        Kind::Text
    }
}
