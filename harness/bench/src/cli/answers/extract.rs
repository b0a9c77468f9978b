//! `markovscale answers extract`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use markovscale_answers::ExtractOptions;
use serde_json::{Value, json};

use super::shared::{BadRows, Stream, command_error, percent, shown, table, unless_closed};
use crate::answers::{AnswersError, Extracted, Row, RuleCount, Text, Texts, merged, read_text, write_rows};
use crate::cli::{CommandError, Printer};

/// What is found in a text, in files.
const ADDED: [&str; 2] = ["answer", "answer_rule"];
/// The same with the row's number, in JSON.
const ADDED_JSON: [&str; 3] = ["row", "answer", "answer_rule"];
/// Characters of an answer in a line.
const WIDTH: usize = 80;

/// Arguments of `answers extract`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE is CSV or JSON Lines with a column `completion` or `text`; any other file is one text. Other columns are kept. Texts
are read one row at a time, by the rules of a run: where a column `finish_reason` says `length`, the text was cut off, and
only an answer that it had stated before counts.

Example:
  markovscale answers extract completions.jsonl --output answers.csv")]
pub(super) struct Args {
    /// The texts: .csv, .jsonl or .ndjson, or any file that is one text
    file: PathBuf,
    /// The column of the texts
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// Take the last expression or number of a text that was cut off before it gave an answer
    #[arg(long)]
    guess_unfinished: bool,
    /// Write the rows with answer and rule to this file (.csv or .jsonl), and only the summary to stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Finds the answers of a file of texts.
pub(super) fn run(args: &Args, printer: &Printer) -> Result<(), CommandError> {
    let (mut rules, mut bad) = (BTreeMap::new(), BadRows::default());
    let mut stream = Stream::new(printer.stream());
    let texts = Texts::open(&args.file, args.column.as_deref()).map_err(command_error)?;
    let input = (!texts.is_whole()).then_some(&*args.file);
    let options = ExtractOptions { guess_unfinished: args.guess_unfinished };
    let each = |decided: &mut dyn FnMut(&Row, &Extracted) -> Result<(), AnswersError>| {
        for text in texts {
            match text? {
                Ok(Text { row, text, cut_off }) => {
                    let found = read_text(&text, cut_off, options);
                    *rules.entry(found.rule).or_insert(0) += 1;
                    decided(&row, &found)?;
                }
                Err(problem) => bad.add(&problem),
            }
        }
        Ok(())
    };
    let written = match &args.output {
        Some(output) => write_rows(output, input, &ADDED, |sink| each(&mut |row, found| sink.row(row, &cells(found)))),
        None if printer.is_json() => each(&mut |row, found| {
            let found: Vec<Value> = [json!(row.number)].into_iter().chain(cells(found)).collect();
            stream.json_row(&merged(&row.cells, &ADDED_JSON, &found))
        }),
        None => {
            let heading = format!("{:>7}  {:<15}  answer", "row", "rule");
            stream.line(&heading).and_then(|()| each(&mut |row, found| stream.line(&line(row, found))))
        }
    };
    if let Err(error) = written {
        return unless_closed(Err(error));
    }
    let counts = RuleCount::of(&rules);
    let shown = match (printer.is_json(), &args.output) {
        (true, None) => stream.json_end(&summary(&counts, &bad)),
        (true, Some(_)) => {
            let document = json!({"summary": summary(&counts, &bad)});
            stream.line(&serde_json::to_string_pretty(&document).unwrap_or_default())
        }
        (false, _) => stream.line(&in_words(&counts)),
    };
    unless_closed(shown.and_then(|()| stream.flush()))?;
    if let Some(output) = &args.output {
        printer.note(&format!("wrote {}", output.display()));
    }
    bad.finish()
}

fn cells(found: &Extracted) -> [Value; 2] {
    [json!(found.answer), json!(found.rule)]
}

fn line(row: &Row, found: &Extracted) -> String {
    let answer = found.answer.as_deref().map_or_else(|| "(none)".to_owned(), |answer| shown(answer, WIDTH));
    format!("{:>7}  {:<15}  {answer}", row.number, found.rule.unwrap_or("none"))
}

fn summary(counts: &[RuleCount], bad: &BadRows) -> Value {
    let texts: u64 = counts.iter().map(|count| count.texts).sum();
    json!({"texts": texts, "bad_rows": bad.count, "rules": counts})
}

fn in_words(counts: &[RuleCount]) -> String {
    let texts: u64 = counts.iter().map(|count| count.texts).sum();
    let answers: u64 = counts.iter().filter(|count| count.rule.is_some()).map(|count| count.texts).sum();
    let mut rules = table(&["rule", "texts", "share"], &["texts", "share"]);
    for count in counts {
        let share = percent(count.texts as f64 / texts.max(1) as f64);
        rules.add_row([count.rule.unwrap_or("none"), &count.texts.to_string(), &share]);
    }
    let rules = if texts > 0 { format!("\n{rules}") } else { String::new() };
    format!("\n{texts} texts: {answers} with an answer, {} without{rules}", texts - answers)
}
