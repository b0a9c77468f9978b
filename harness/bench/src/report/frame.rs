//! Assembles the table's cells with polars: order, best per column, means over datasets. Nothing here formats.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::context::ReportContext;
use super::cost::Cost;
use super::error::ReportError;
use crate::replay::{Estimate, Outcome};

/// One backbone's part of the table.
pub(super) struct Section {
    pub(super) backbone: String,
    pub(super) simulated: bool,
    /// Columns.
    pub(super) datasets: Vec<String>,
    /// Whether there is a column of means over datasets.
    pub(super) has_mean: bool,
    /// Ascending by budget.
    pub(super) blocks: Vec<Block>,
}

/// The rows of one budget, upper bounds last.
pub(super) struct Block {
    pub(super) budget: u32,
    pub(super) rows: Vec<Row>,
}

/// One method at one budget.
pub(super) struct Row {
    pub(super) method: String,
    pub(super) upper_bound: bool,
    /// One per dataset of the section; `None` where the grid has no outcome.
    pub(super) cells: Vec<Option<Cell>>,
    /// Unweighted mean over all datasets, only when every dataset has an outcome. Its interval takes the datasets' own as
    /// independent: half its width is the root of the sum of their squared half-widths, over their number.
    pub(super) mean: Option<Cell>,
}

/// Accuracy and cost of one outcome.
#[derive(Clone)]
pub(super) struct Cell {
    pub(super) accuracy: Estimate,
    pub(super) cost: f64,
    pub(super) best: bool,
}

/// Names in the order asked for, followed by names that the order does not know, as they come.
pub(super) fn ordered<'a>(order: &[String], present: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let found: Vec<&str> = present.filter(|name| seen.insert(*name)).collect();
    let known = order.iter().filter(|name| found.contains(&name.as_str())).cloned();
    let unknown = found.iter().filter(|name| !order.iter().any(|known| known == *name)).map(|name| (*name).to_owned());
    known.chain(unknown).collect()
}

/// Where a name stands in [`ordered`].
pub(super) fn place<'a>(order: &[String], present: impl Iterator<Item = &'a str>) -> impl Fn(&str) -> Option<usize> {
    let names = ordered(order, present);
    move |name| names.iter().position(|known| known == name)
}

/// Refuses what no table or figure can show honestly.
pub(super) fn check(outcomes: &[Outcome], context: &ReportContext) -> Result<(), ReportError> {
    if outcomes.is_empty() {
        return Err(ReportError::Empty { run: context.run.clone() });
    }
    let mut cells = BTreeSet::new();
    let mut simulated = BTreeMap::new();
    for outcome in outcomes {
        let place = || {
            let Outcome { backbone, dataset, method, budget, .. } = outcome;
            format!("backbone `{backbone}`, dataset `{dataset}`, method `{method}`, budget {budget}")
        };
        let shares = [
            ("accuracy.point", outcome.accuracy.point),
            ("accuracy.low", outcome.accuracy.low),
            ("accuracy.high", outcome.accuracy.high),
            ("cut_off", outcome.cut_off.unwrap_or(0.0)),
            ("filtered", outcome.filtered.unwrap_or(0.0)),
        ];
        let counts = [
            ("answers", outcome.answers),
            ("completion_tokens", outcome.completion_tokens),
            ("prompt_tokens", outcome.prompt_tokens),
            ("verifier_tokens", outcome.verifier_tokens),
            ("depth_tokens", outcome.depth_tokens),
            ("price", outcome.price),
        ];
        for (field, found) in shares {
            if !(0.0..=1.0).contains(&found) {
                return Err(ReportError::Number { place: place(), field, found, expected: "a share in [0, 1]" });
            }
        }
        for (field, found) in counts {
            if !found.is_finite() || found < 0.0 {
                return Err(ReportError::Number {
                    place: place(),
                    field,
                    found,
                    expected: "a finite mean, at least 0",
                });
            }
        }
        if !cells.insert((&outcome.backbone, &outcome.dataset, &outcome.method, outcome.budget)) {
            return Err(ReportError::Duplicate { place: place() });
        }
        if *simulated.entry(&outcome.backbone).or_insert(outcome.simulated) != outcome.simulated {
            return Err(ReportError::MixedSimulated { backbone: outcome.backbone.clone() });
        }
    }
    Ok(())
}

/// The tables of every backbone, in the context's order.
pub(super) fn sections(outcomes: &[Outcome], context: &ReportContext) -> Result<Vec<Section>, ReportError> {
    check(outcomes, context)?;
    let methods = ordered(&context.methods, outcomes.iter().map(|outcome| outcome.method.as_str()));
    ordered(&context.backbones, outcomes.iter().map(|outcome| outcome.backbone.as_str()))
        .into_iter()
        .map(|backbone| {
            let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.backbone == backbone).collect();
            section(backbone, &own, &methods, context)
        })
        .collect()
}

fn section(
    backbone: String,
    outcomes: &[&Outcome],
    methods: &[String],
    context: &ReportContext,
) -> Result<Section, ReportError> {
    let datasets = ordered(&context.datasets, outcomes.iter().map(|outcome| outcome.dataset.as_str()));
    let expected = datasets.len().max(context.datasets.len());
    let cells = ranked(frame(outcomes, &datasets, methods, context.cost)?, &["budget", "dataset"])?;
    let means = ranked(means(&cells, expected)?, &["budget"])?;
    let mut section = Section {
        backbone,
        simulated: outcomes.iter().any(|outcome| outcome.simulated),
        has_mean: expected > 1 && means.height() > 0,
        datasets,
        blocks: Vec::new(),
    };
    fill_cells(&mut section, &cells, outcomes, (methods, context.cost))?;
    if section.has_mean {
        fill_means(&mut section, &means, methods)?;
    }
    Ok(section)
}

/// One row per outcome; names as positions in the order shown.
fn frame(outcomes: &[&Outcome], datasets: &[String], methods: &[String], cost: Cost) -> PolarsResult<DataFrame> {
    let place =
        |names: &[String], name: &str| names.iter().position(|known| known == name).unwrap_or(names.len()) as u32;
    let column = |name: &str, value: &dyn Fn(&Outcome) -> u32| {
        Column::new(name.into(), outcomes.iter().map(|outcome| value(outcome)).collect::<Vec<u32>>())
    };
    DataFrame::new_infer_height(vec![
        Column::new("row".into(), (0..outcomes.len() as u32).collect::<Vec<u32>>()),
        column("dataset", &|outcome| place(datasets, &outcome.dataset)),
        column("method", &|outcome| place(methods, &outcome.method)),
        column("budget", &|outcome| outcome.budget),
        Column::new("upper_bound".into(), outcomes.iter().map(|outcome| outcome.upper_bound).collect::<Vec<bool>>()),
        Column::new("accuracy".into(), outcomes.iter().map(|outcome| outcome.accuracy.point).collect::<Vec<f64>>()),
        Column::new("half_squared".into(), outcomes.iter().map(half_squared).collect::<Vec<f64>>()),
        Column::new("cost".into(), outcomes.iter().map(|outcome| cost.of(outcome)).collect::<Vec<f64>>()),
    ])
}

fn half_squared(outcome: &&Outcome) -> f64 {
    ((outcome.accuracy.high - outcome.accuracy.low) / 2.0).powi(2)
}

/// Unweighted means over datasets, for the methods and budgets that have all of them.
fn means(cells: &DataFrame, expected: usize) -> PolarsResult<DataFrame> {
    cells
        .clone()
        .lazy()
        .sort(["dataset"], SortMultipleOptions::default())
        .group_by_stable([col("budget"), col("method"), col("upper_bound")])
        .agg([
            col("accuracy").mean(),
            col("half_squared").sum(),
            col("cost").mean(),
            col("row").count().alias("present"),
        ])
        .filter(col("present").eq(lit(expected as u32)))
        .collect()
}

/// Marks the best of each group among methods that are no upper bounds, and sorts as shown. What prints alike to a
/// tenth of a point ties; a method without a rival is not marked.
fn ranked(frame: DataFrame, group: &[&str]) -> PolarsResult<DataFrame> {
    let keys: Vec<Expr> = group.iter().map(|name| col(*name)).collect();
    let shown = frame.clone().column("accuracy")?.f64()?.iter().map(tenths).collect::<Vec<i64>>();
    let mut frame = frame;
    frame.with_column(Column::new("shown".into(), shown))?;
    let rows = frame.lazy();
    let best = rows
        .clone()
        .filter(col("upper_bound").not())
        .group_by_stable(keys.clone())
        .agg([col("shown").max().alias("top"), col("shown").count().alias("rivals")]);
    let mut order: Vec<&str> = vec!["budget", "upper_bound", "method"];
    order.extend(group.iter().filter(|name| **name == "dataset"));
    rows.join(best, keys.clone(), keys, JoinArgs::new(JoinType::Left))
        .with_column(
            col("upper_bound")
                .not()
                .and(col("shown").eq(col("top")))
                .and(col("rivals").gt(lit(1u32)))
                .fill_null(lit(false))
                .alias("best"),
        )
        .sort(order, SortMultipleOptions::default())
        .collect()
}

/// Accuracy in tenths of a percentage point, as tables print it.
fn tenths(accuracy: Option<f64>) -> i64 {
    (accuracy.unwrap_or(0.0) * 1000.0).round() as i64
}

fn fill_cells(
    section: &mut Section,
    cells: &DataFrame,
    outcomes: &[&Outcome],
    (methods, cost): (&[String], Cost),
) -> Result<(), ReportError> {
    let (rows, best) = (cells.column("row")?.u32()?, cells.column("best")?.bool()?);
    for (row, best) in rows.iter().zip(best.iter()) {
        let Some(outcome) = row.and_then(|row| outcomes.get(row as usize)) else {
            continue;
        };
        let Some(dataset) = section.datasets.iter().position(|name| *name == outcome.dataset) else {
            continue;
        };
        let Some(method) = methods.iter().find(|name| **name == outcome.method) else {
            continue;
        };
        let columns = section.datasets.len();
        if let Some(cell) = row_of(section, outcome.budget, method, outcome.upper_bound, columns).cells.get_mut(dataset)
        {
            *cell = Some(Cell { accuracy: outcome.accuracy, cost: cost.of(outcome), best: best.unwrap_or(false) });
        }
    }
    Ok(())
}

fn row_of<'a>(section: &'a mut Section, budget: u32, method: &str, upper_bound: bool, columns: usize) -> &'a mut Row {
    let blocks = &mut section.blocks;
    let block = blocks.iter().position(|block| block.budget == budget).unwrap_or_else(|| {
        blocks.push(Block { budget, rows: Vec::new() });
        blocks.len() - 1
    });
    let rows = &mut blocks[block].rows;
    let row = rows.iter().position(|row| row.method == method).unwrap_or_else(|| {
        rows.push(Row { method: method.to_owned(), upper_bound, cells: vec![None; columns], mean: None });
        rows.len() - 1
    });
    &mut rows[row]
}

fn fill_means(section: &mut Section, means: &DataFrame, methods: &[String]) -> Result<(), ReportError> {
    let (budgets, positions) = (means.column("budget")?.u32()?, means.column("method")?.u32()?);
    let (accuracies, costs) = (means.column("accuracy")?.f64()?, means.column("cost")?.f64()?);
    let (halves, present) = (means.column("half_squared")?.f64()?, means.column("present")?.u32()?);
    let best = means.column("best")?.bool()?;
    for index in 0..means.height() {
        let (Some(budget), Some(position)) = (budgets.get(index), positions.get(index)) else {
            continue;
        };
        let Some(method) = methods.get(position as usize) else {
            continue;
        };
        let block = section.blocks.iter_mut().find(|block| block.budget == budget);
        let row = block.and_then(|block| block.rows.iter_mut().find(|row| row.method == *method));
        if let (Some(row), Some(point), Some(cost)) = (row, accuracies.get(index), costs.get(index)) {
            let datasets = f64::from(present.get(index).unwrap_or(1).max(1));
            let half = halves.get(index).unwrap_or(0.0).sqrt() / datasets;
            let accuracy = Estimate { point, low: point - half, high: point + half };
            row.mean = Some(Cell { accuracy, cost, best: best.get(index).unwrap_or(false) });
        }
    }
    Ok(())
}
