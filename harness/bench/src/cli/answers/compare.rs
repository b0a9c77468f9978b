//! `markovscale answers compare`.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use markovscale_answers::{ReadAs, Verdict};
use serde_json::{Value, json};

use super::shared::{BadRows, Stream, command_error, percent, shown, table, unless_closed};
use crate::answers::{
    Agreement, AnswersError, Compared, Row, Rows, Summary, Tally, compare, merged, verdict_named, write_rows,
};
use crate::cli::{CommandError, Printer};
use crate::dataset::Problem;
use crate::suggest::nearest;

/// What is found about a row, in files.
const ADDED: [&str; 3] = ["verdict", "reason", "rule"];
/// The same with the row's number, in JSON.
const ADDED_JSON: [&str; 4] = ["row", "verdict", "reason", "rule"];
/// Characters of an answer in a line.
const WIDTH: usize = 40;

/// Arguments of `answers compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE is CSV or JSON Lines with the columns `gold` and `answer`; an optional column `expected` says equal, different or
unknown, or true or false for equal or different. Other columns are kept. Rows are read and written one at a time, so that a file may have millions.

An answer that says what it is (a box, a phrase such as \"the answer is\", ####) or is a sentence is read like a completion,
any other as it is written; the rule tells which. An empty answer is different from any. Rows that cannot be read are left out and
listed, and the exit code is 3.

Example:
  markovscale answers compare pairs.csv --output graded.csv")]
pub(super) struct Args {
    /// The pairs: .csv, .jsonl or .ndjson
    file: PathBuf,
    /// Write the rows with verdict, reason and rule to this file (.csv or .jsonl), and only the summary to stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How the column `answer` is read
    #[arg(long, value_enum, default_value_t = ReadAsArgument::Auto, value_name = "HOW")]
    read_as: ReadAsArgument,
    /// Exit with 3 when a row is not as expected
    #[arg(long)]
    check: bool,
    /// Rows that are not as expected to list
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReadAsArgument {
    /// As a completion where it says what its answer is or is a sentence, else as written
    Auto,
    /// As written
    Written,
    /// As a completion, in which the last expression or number will do
    Completion,
}

impl From<ReadAsArgument> for ReadAs {
    fn from(argument: ReadAsArgument) -> Self {
        match argument {
            ReadAsArgument::Auto => Self::Auto,
            ReadAsArgument::Written => Self::Written,
            ReadAsArgument::Completion => Self::Completion,
        }
    }
}

/// A row that was decided.
struct Pair {
    row: Row,
    gold: String,
    answer: Option<String>,
    found: Compared,
    expected: Option<Verdict>,
    disagrees: bool,
}

/// Grades a file of pairs.
pub(super) fn run(args: &Args, printer: &Printer) -> Result<(), CommandError> {
    let (mut tally, mut bad) = (Tally::new(args.limit), BadRows::default());
    let mut stream = Stream::new(printer.stream());
    let rows = Rows::open(&args.file).map_err(command_error)?;
    for column in ["gold", "answer"] {
        rows.require(column).map_err(command_error)?;
    }
    let pairs = Pairs { rows, read_as: args.read_as.into(), tally: &mut tally, bad: &mut bad };
    let written = match &args.output {
        Some(output) => {
            write_rows(output, Some(&args.file), &ADDED, |sink| pairs.each(|pair| sink.row(&pair.row, &found(&pair))))
        }
        None if printer.is_json() => pairs.each(|pair| {
            let found: Vec<Value> = [json!(pair.row.number)].into_iter().chain(found(&pair)).collect();
            stream.json_row(&merged(&pair.row.cells, &ADDED_JSON, &found))
        }),
        None => stream.line(&heading()).and_then(|()| pairs.each(|pair| stream.line(&line(&pair)))),
    };
    if let Err(error) = written {
        return unless_closed(Err(error));
    }
    let summary = tally.summary();
    let shown = match (printer.is_json(), &args.output) {
        (true, None) => stream.json_end(&summary),
        (true, Some(_)) => stream.line(&serde_json::to_string_pretty(&json!({"summary": summary})).unwrap_or_default()),
        (false, _) => stream.line(&in_words(&summary)),
    };
    unless_closed(shown.and_then(|()| stream.flush()))?;
    if let Some(output) = &args.output {
        printer.note(&format!("wrote {}", output.display()));
    }
    check(args, &summary)?;
    bad.finish()
}

/// A file being compared.
struct Pairs<'a> {
    rows: Rows,
    read_as: ReadAs,
    tally: &'a mut Tally,
    bad: &'a mut BadRows,
}

impl Pairs<'_> {
    /// Decides row after row.
    fn each(self, mut decided: impl FnMut(Pair) -> Result<(), AnswersError>) -> Result<(), AnswersError> {
        let Self { rows, read_as, tally, bad } = self;
        let path = rows.path().to_owned();
        for row in rows {
            match row?.and_then(|row| pair(row, &path, read_as)) {
                Ok(mut pair) => {
                    let texts = (&*pair.gold, pair.answer.as_deref());
                    pair.disagrees = tally.add(pair.row.number, texts, &pair.found, pair.expected);
                    decided(pair)?;
                }
                Err(problem) => {
                    tally.add_bad();
                    bad.add(&problem);
                }
            }
        }
        Ok(())
    }
}

fn pair(row: Row, path: &Path, read_as: ReadAs) -> Result<Pair, Problem> {
    let gold = row.required("gold", path).map_err(|problem| *problem)?;
    let answer = row.optional("answer", path).map_err(|problem| *problem)?;
    let expected = expected(&row, path)?;
    let found = compare(&gold, answer.as_deref(), read_as);
    Ok(Pair { row, gold, answer, found, expected, disagrees: false })
}

fn expected(row: &Row, path: &Path) -> Result<Option<Verdict>, Problem> {
    let column = "expected";
    if !row.cells.contains_key(column) {
        return Ok(None);
    }
    let Some(name) = row.optional(column, path).map_err(|problem| *problem)? else { return Ok(None) };
    // Suites that only say right or wrong have true or false here.
    let said = match name.trim().to_ascii_lowercase().as_str() {
        "true" => Some(Verdict::Equal),
        "false" => Some(Verdict::Different),
        _ => verdict_named(&name),
    };
    said.map(Some).ok_or_else(|| {
        let near = nearest(&name, ["equal", "different", "unknown", "true", "false"]);
        let hint = near.map(|near| format!(" (is it `{near}`?)")).unwrap_or_default();
        let expected = format!("equal, different, unknown, true or false{hint}");
        row.problem(path, column, format!("`{}`", shown(&name, WIDTH)), expected)
    })
}

fn found(pair: &Pair) -> [Value; 3] {
    let Compared { verdict, reason, rule } = &pair.found;
    [json!(verdict.name()), json!(reason), json!(rule)]
}

fn heading() -> String {
    format!("{:>7}  {:<9}  {:<15}  {:<15}  gold | answer", "row", "verdict", "reason", "rule")
}

fn line(pair: &Pair) -> String {
    let Compared { verdict, reason, rule } = &pair.found;
    let (gold, answer) = (shown(&pair.gold, WIDTH), shown(pair.answer.as_deref().unwrap_or("(none)"), WIDTH));
    let expected = pair.expected.filter(|_| pair.disagrees).map(|e| format!("   <- expected {}", e.name()));
    format!(
        "{:>7}  {:<9}  {reason:<15}  {:<15}  {gold} | {answer}{}",
        pair.row.number,
        verdict.name(),
        rule.unwrap_or("none"),
        expected.unwrap_or_default()
    )
}

fn in_words(summary: &Summary) -> String {
    let Summary { rows, equal, different, unknown, .. } = summary;
    let mut text = format!("\n{rows} rows: {equal} equal, {different} different, {unknown} unknown");
    let mut reasons = table(&["verdict", "reason", "rows", "meaning"], &["rows"]);
    for count in &summary.reasons {
        reasons.add_row([count.verdict, count.reason, &count.rows.to_string(), count.meaning]);
    }
    let rules: Vec<String> = summary.rules.iter().map(|(rule, rows)| format!("{rule} {rows}")).collect();
    if *rows > 0 {
        text.push_str(&format!("\n{reasons}\nanswers found by: {}", rules.join(", ")));
    }
    if let Some(expected) = &summary.expected {
        text.push_str(&agreement(expected));
    }
    text
}

fn agreement(expected: &Agreement) -> String {
    let Agreement { rows, agreed, wrong_equal, wrong_different, undecided, disagreements } = expected;
    let mut text =
        format!("\nas expected: {agreed} of {rows} rows ({})", percent(*agreed as f64 / (*rows).max(1) as f64));
    if agreed == rows {
        return text;
    }
    text.push_str(&format!("; not as expected: {wrong_equal} equal, {wrong_different} different, {undecided} unknown"));
    for row in disagreements {
        text.push_str(&format!(
            "\n  row {}: {} ({}), expected {}: {} | {}",
            row.row,
            row.verdict,
            row.reason,
            row.expected,
            shown(&row.gold, WIDTH),
            shown(row.answer.as_deref().unwrap_or("(none)"), WIDTH)
        ));
    }
    let more = rows - agreed - disagreements.len() as u64;
    if more > 0 {
        text.push_str(&format!("\n  ... and {more} more; --limit lists more of them"));
    }
    text
}

/// With `--check`, rows that are not as expected are a failure, and so is a file that expects nothing.
fn check(args: &Args, summary: &Summary) -> Result<(), CommandError> {
    if !args.check {
        return Ok(());
    }
    match &summary.expected {
        None => Err(CommandError::usage(format!(
            "--check: no row of {} says in a column `expected` what is expected",
            args.file.display()
        ))),
        Some(expected) if expected.agreed < expected.rows => Err(CommandError::Partly(format!(
            "{} of {} rows are not as expected, {} of them equal",
            expected.rows - expected.agreed,
            expected.rows,
            expected.wrong_equal
        ))),
        Some(_) => Ok(()),
    }
}
