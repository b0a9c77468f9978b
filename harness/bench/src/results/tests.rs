//! What holds of every table, and what a file must not hold.

use std::sync::Arc;

use arrow_array::{Float64Array, RecordBatch};

use super::*;
use crate::trace::{read_all_columns, write_table};

/// The columns of a table, as a table of the documentation.
fn documentation<R: Row>() -> String {
    let head = "| column | type | unit | meaning |\n|---|---|---|---|";
    let lines = Table::of::<R>(&[]).columns().iter().map(Column::documentation).collect::<Vec<_>>();
    format!("{head}\n{}\n", lines.join("\n"))
}

#[test]
fn every_column_has_a_name_and_a_meaning_and_is_documented() {
    let page = include_str!("../../../../docs/traces.md");
    for table in [
        documentation::<Outcome>(),
        documentation::<DrawStatistics>(),
        documentation::<Comparison>(),
        documentation::<EqualTokens>(),
    ] {
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines.iter().all(|line| !line.starts_with("| ``") && !line.ends_with("|  |")), "{table}");
        let names: std::collections::HashSet<&str> =
            lines.iter().map(|line| line.split('`').nth(1).unwrap_or(line)).collect();
        assert_eq!(names.len(), lines.len(), "{table}");
        assert!(page.contains(&table), "docs/traces.md lacks this table, as it stands here:\n{table}");
    }
}

/// The one outcome that tests start from: a new column gets its value here.
pub(crate) fn outcome(parameters: &[(&str, Cell)]) -> Outcome {
    Outcome {
        backbone: "b".to_owned(),
        simulated: true,
        dataset: "d".to_owned(),
        method: "adaptive_sc".to_owned(),
        family: "adaptive_sc".to_owned(),
        draws: markovscale::DrawMode::Refine,
        upper_bound: false,
        budget: 4,
        questions: 3,
        replicates: None,
        accuracy: Estimate { point: 0.5, low: 0.25, high: 0.75 },
        answers: 3.5,
        completion_tokens: 7.0,
        prompt_tokens: 2.0,
        verifier_tokens: 0.0,
        depth_tokens: 6.0,
        price: 0.125,
        cut_off: Some(0.5),
        filtered: None,
        parameters: parameters.iter().cloned().collect(),
    }
}

/// What a table's CSV has in a column.
fn column(table: &Table, name: &str) -> Vec<String> {
    let (_, cells) = table.cells().find(|(column, _)| column.name == name).unwrap();
    cells.iter().map(Cell::to_string).collect()
}

#[test]
fn parameters_are_columns_and_survive_the_file() {
    let (word, number) = (Cell::Text("beta".to_owned()), |number| Cell::Real(number));
    let rows = vec![
        Outcome {
            verifier_tokens: 1.0,
            ..outcome(&[("criterion", word.clone()), ("price", number(0.01)), ("q", Cell::Whole(2))])
        },
        outcome(&[("price", number(0.05)), ("window", Cell::Whole(8))]),
        outcome(&[]),
        outcome(&[("legacy", Cell::Flag(true)), ("window", Cell::Whole(4))]),
    ];
    let table = Table::of(&rows.iter().collect::<Vec<_>>());
    assert_eq!(column(&table, "parameter_price"), ["0.01", "0.05", "", ""]);
    assert_eq!(column(&table, "parameter_window"), ["", "8", "", "4"]);
    assert_eq!(column(&table, "price"), ["0.125"; 4]);
    assert_eq!(column(&table, "all_tokens"), ["10", "9", "9", "9"]);
    let types = |name: &str| table.columns().iter().find(|column| column.name == name).unwrap().kind.type_name();
    let found = ["criterion", "price", "window", "legacy"].map(|name| types(&format!("parameter_{name}")));
    assert_eq!(found, ["string", "double", "int64", "bool"]);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.parquet");
    write_rows(&path, &rows).unwrap();
    assert_eq!(read_rows::<Outcome>(&path).unwrap(), rows);
}

/// A name that two methods use for different things still gives one column.
#[test]
fn parameters_of_different_kinds_share_a_column() {
    let kinds = |one: Cell, other: Cell| {
        let rows = [outcome(&[("x", one)]), outcome(&[("x", other)])];
        let table = Table::of(&rows.iter().collect::<Vec<_>>());
        let column = table.columns().last().unwrap().clone();
        (column.kind.type_name(), self::column(&table, &column.name))
    };
    assert_eq!(kinds(Cell::Whole(3), Cell::Real(0.5)), ("double", vec!["3".to_owned(), "0.5".to_owned()]));
    let word = Cell::Text("all".to_owned());
    assert_eq!(kinds(Cell::Whole(3), word), ("string", vec!["3".to_owned(), "all".to_owned()]));
    assert_eq!(kinds(Cell::Flag(true), Cell::Null).0, "bool");
}

/// A file of one outcome whose columns are changed before they are read.
fn changed(change: impl FnOnce(RecordBatch) -> RecordBatch) -> Result<Vec<Outcome>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outcomes.parquet");
    write_rows(&path, &[outcome(&[])]).unwrap();
    let mut batch = None;
    read_all_columns(&path, |found| {
        batch = Some(found);
        Ok(())
    })
    .unwrap();
    write_table(&path, &change(batch.unwrap()), &[]).unwrap();
    read_rows::<Outcome>(&path).map_err(|error| error.to_string())
}

fn without(batch: &RecordBatch, names: &[&str]) -> RecordBatch {
    let kept = |i: &usize| !names.contains(&batch.schema().field(*i).name().as_str());
    batch.project(&(0..batch.num_columns()).filter(kept).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_file_of_an_older_version_is_read() {
    let rows = changed(|batch| without(&batch, &["price", "cut_off", "filtered"])).unwrap();
    assert_eq!(rows, [Outcome { price: 0.0, cut_off: None, ..outcome(&[]) }]);
}

#[test]
fn what_a_column_lacks_is_named() {
    let missing = changed(|batch| without(&batch, &["budget"])).unwrap_err();
    assert!(missing.contains("outcomes.parquet") && missing.contains("column `budget` is missing"), "{missing}");
    let replaced = |name: &'static str, values: Float64Array, nullable: bool| {
        changed(move |batch| {
            let rest = without(&batch, &[name]);
            let field = arrow_schema::Field::new(name, arrow_schema::DataType::Float64, nullable);
            let fields: Vec<_> = rest.schema().fields().iter().cloned().chain([Arc::new(field)]).collect();
            let columns = rest.columns().iter().cloned().chain([Arc::new(values) as _]).collect();
            RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields)), columns).unwrap()
        })
        .unwrap_err()
    };
    let type_of = replaced("backbone", Float64Array::from(vec![1.0]), false);
    assert!(type_of.contains("column `backbone` is of type Float64, expected Utf8"), "{type_of}");
    let null = replaced("answers", Float64Array::from(vec![None]), true);
    assert!(null.contains("column `answers` has a null that does not belong there"), "{null}");
}

#[test]
fn an_unknown_word_is_named_with_those_expected() {
    let mut cells = Vec::new();
    outcome(&[]).cells(&mut cells);
    let columns = Outcome::columns();
    let draws = columns.iter().position(|column| column.name == "draws").unwrap();
    cells[draws] = Cell::Text("sideways".to_owned());
    let error = Outcome::read(&mut columns::Cells::new(&columns, cells)).unwrap_err().0;
    assert!(error.contains("column `draws` holds `sideways`, expected parallel or sequential"), "{error}");
}

#[test]
fn statistics_of_draws_survive_the_file_and_give_shares() {
    let folder = tempfile::tempdir().unwrap();
    let row = DrawStatistics {
        backbone: "b".to_owned(),
        dataset: "d".to_owned(),
        draws: 10,
        cut_off: 1,
        filtered: 2,
        answers: 8,
        missing: 2,
        estimated: 5,
        prompt_tokens: 11,
        cached_tokens: 3,
        completion_tokens: 12,
        reasoning_tokens: 4,
        verifier_tokens: 13,
        price: 0.25,
        simulated: true,
    };
    let path = folder.path().join("draw_statistics.parquet");
    write_rows(&path, std::slice::from_ref(&row)).unwrap();
    assert_eq!(read_rows::<DrawStatistics>(&path).unwrap(), std::slice::from_ref(&row));
    let shares = [row.cut_off_share(), row.filtered_share(), row.missing_share(), row.estimated_share()];
    assert_eq!(shares, [0.1, 0.2, 0.25, 0.5]);
    assert_eq!(DrawStatistics::default().cut_off_share(), 0.0);
}
