//! Assembles the table's cells with polars: order, best per column, means over datasets. Nothing here formats.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::context::ReportContext;
use super::cost::Cost;
use super::error::ReportError;
use super::order::ordered;
use crate::results::{Estimate, Outcome};

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
    let mut frame = frame(outcomes, &datasets, methods, context.cost)?;
    let means = means(&frame, datasets.len(), expected)?;
    let has_mean = expected > 1 && means.height() > 0;
    if has_mean {
        frame.vstack_mut(&means)?;
    }
    let simulated = outcomes.iter().any(|outcome| outcome.simulated);
    let blocks = blocks(&ranked(frame)?, methods, datasets.len())?;
    Ok(Section { backbone, simulated, datasets, has_mean, blocks })
}

/// What identifies a cell of a table, in the order in which cells are shown.
const KEY: [&str; 4] = ["budget", "upper_bound", "method", "place"];

/// What a cell shows.
const VALUES: [&str; 4] = ["point", "low", "high", "cost"];

/// One row per outcome; methods and datasets as places in the order shown.
fn frame(outcomes: &[&Outcome], datasets: &[String], methods: &[String], cost: Cost) -> PolarsResult<DataFrame> {
    let place =
        |names: &[String], name: &str| names.iter().position(|known| known == name).unwrap_or(names.len()) as u32;
    let counts = |name: &str, value: &dyn Fn(&Outcome) -> u32| {
        Column::new(name.into(), outcomes.iter().map(|outcome| value(outcome)).collect::<Vec<u32>>())
    };
    let numbers = |name: &str, value: &dyn Fn(&Outcome) -> f64| {
        Column::new(name.into(), outcomes.iter().map(|outcome| value(outcome)).collect::<Vec<f64>>())
    };
    DataFrame::new_infer_height(vec![
        counts("budget", &|outcome| outcome.budget),
        Column::new("upper_bound".into(), outcomes.iter().map(|outcome| outcome.upper_bound).collect::<Vec<bool>>()),
        counts("method", &|outcome| place(methods, &outcome.method)),
        counts("place", &|outcome| place(datasets, &outcome.dataset)),
        numbers("point", &|outcome| outcome.accuracy.point),
        numbers("low", &|outcome| outcome.accuracy.low),
        numbers("high", &|outcome| outcome.accuracy.high),
        numbers("cost", &|outcome| cost.of(outcome)),
    ])
}

/// Unweighted means over datasets, for the methods and budgets that have all of them, in the column after the datasets.
fn means(frame: &DataFrame, place: usize, expected: usize) -> PolarsResult<DataFrame> {
    let half = || (col("high") - col("low")) / lit(2.0);
    let [budget, upper_bound, method, _] = KEY.map(col);
    frame
        .clone()
        .lazy()
        .sort(["place"], SortMultipleOptions::default())
        .group_by_stable([budget, upper_bound, method])
        .agg([
            col("point").mean(),
            (half() * half()).sum().sqrt().alias("half"),
            col("cost").mean(),
            col("place").count().alias("present"),
        ])
        .filter(col("present").eq(lit(expected as u32)))
        .with_columns([
            lit(place as u32).cast(DataType::UInt32).alias("place"),
            (col("half") / col("present").cast(DataType::Float64)).alias("half"),
        ])
        .with_columns([(col("point") - col("half")).alias("low"), (col("point") + col("half")).alias("high")])
        .select([KEY, VALUES].concat().into_iter().map(col).collect::<Vec<_>>())
        .collect()
}

/// Marks the best of each budget and place among methods that are no upper bounds, and sorts as shown. What prints alike
/// to a tenth of a point ties; a method without a rival is not marked.
fn ranked(mut frame: DataFrame) -> PolarsResult<DataFrame> {
    let shown = frame.column("point")?.f64()?.iter().map(tenths).collect::<Vec<i64>>();
    frame.with_column(Column::new("shown".into(), shown))?;
    let ranks = || col("upper_bound").not();
    let rivals = || when(ranks()).then(col("shown")).otherwise(lit(NULL));
    let group = [col("budget"), col("place")];
    let top = col("shown")
        .eq(rivals().max().over(group.as_slice())?)
        .and(rivals().count().over(group.as_slice())?.gt(lit(1u32)));
    frame
        .lazy()
        .with_column(ranks().and(top).fill_null(lit(false)).alias("best"))
        .sort(KEY, SortMultipleOptions::default())
        .collect()
}

/// Accuracy in tenths of a percentage point, as tables print it.
fn tenths(accuracy: Option<f64>) -> i64 {
    (accuracy.unwrap_or(0.0) * 1000.0).round() as i64
}

/// The rows of a sorted frame by budget and method; the place after the last dataset is the mean's.
fn blocks(frame: &DataFrame, methods: &[String], datasets: usize) -> PolarsResult<Vec<Block>> {
    let counts = |name: &str| Ok::<_, PolarsError>(frame.column(name)?.u32()?.into_no_null_iter());
    let flags = |name: &str| Ok::<_, PolarsError>(frame.column(name)?.bool()?.iter().map(|flag| flag == Some(true)));
    let numbers = |name: &str| Ok::<_, PolarsError>(frame.column(name)?.f64()?.into_no_null_iter());
    let keys = counts("budget")?.zip(flags("upper_bound")?).zip(counts("method")?.zip(counts("place")?));
    let shown = numbers("point")?.zip(numbers("low")?).zip(numbers("high")?).zip(numbers("cost")?).zip(flags("best")?);
    let mut blocks: Vec<Block> = Vec::new();
    for (((budget, upper_bound), (method, place)), ((((point, low), high), cost), best)) in keys.zip(shown) {
        let Some(method) = methods.get(method as usize) else { continue };
        if blocks.last().is_none_or(|block| block.budget != budget) {
            blocks.push(Block { budget, rows: Vec::new() });
        }
        let Some(Block { rows, .. }) = blocks.last_mut() else { continue };
        if rows.last().is_none_or(|row| row.method != *method) {
            rows.push(Row { method: method.clone(), upper_bound, cells: vec![None; datasets], mean: None });
        }
        let Some(row) = rows.last_mut() else { continue };
        let cell = Some(Cell { accuracy: Estimate { point, low, high }, cost, best });
        match row.cells.get_mut(place as usize) {
            Some(found) => *found = cell,
            None => row.mean = cell,
        }
    }
    Ok(blocks)
}
