//! `markovscale answers audit`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::shared::{command_error, percent, shown, table};
use crate::answers::{Audit, Flagged, PartitionAudit, Row, Selection, audit, write_rows};
use crate::cli::prepare::{find_run, load_plan};
use crate::cli::{CommandError, Global, Printer};

/// The columns of the file, all of them of one decision.
const COLUMNS: [&str; 16] = [
    "concern",
    "backbone",
    "simulated",
    "dataset",
    "question_id",
    "gold",
    "answer",
    "verdict",
    "reason",
    "rule",
    "counted_right",
    "draws",
    "share",
    "meaning",
    "note",
    "rank",
];
/// Characters of an answer in a line, and of what is said about it.
const WIDTH: usize = 36;
const NOTE_WIDTH: usize = 110;

/// Arguments of `answers audit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Grades every answer of a run anew and lists what a person should look at, heaviest first: answers that could not be
decided, equal by rounding, evaluation or a convention, different but close, taken from a text that does not say what its
answer is, missing from a text that was ended, or written in several ways and voting together. Asks no model.

Example:
  markovscale answers audit quickstart --dataset mini-stories --output audit.csv")]
pub(super) struct Args {
    /// The run: its name, its folder, or its experiment's YAML file
    run: PathBuf,
    /// Only this backbone
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// Only this question set
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// Decisions to list; --output has all of them
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
    /// Write every decision to this file (.csv or .jsonl)
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Lists the decisions of a run that are most worth a look.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let run = find_run(&args.run, global)?;
    let plan = load_plan(&run.experiment(), &[])?;
    let selection = Selection { backbone: args.backbone.as_deref(), dataset: args.dataset.as_deref() };
    let bar = printer.bar("audit", (plan.backbones.len() * plan.datasets.len()) as u64, "partitions");
    let audited = audit(&plan, &run, selection, |_, _| bar.inc(1));
    bar.finish_and_clear();
    let audited = audited.map_err(command_error)?;
    if let Some(output) = &args.output {
        write(output, &audited).map_err(command_error)?;
    }
    let left_out = audited.decisions.len().saturating_sub(args.limit);
    if printer.is_json() {
        let decisions = &audited.decisions[..audited.decisions.len() - left_out];
        let Audit { partitions, concerns, .. } = &audited;
        let total = audited.decisions.len();
        let document = json!({
            "partitions": partitions, "concerns": concerns, "decisions_in_all": total, "decisions": decisions
        });
        printer.json(&document);
    } else {
        printer.data(&in_words(&audited, args.limit));
        if left_out > 0 {
            printer.note(&format!("{left_out} more decisions: --limit lists more, --output FILE writes all"));
        }
    }
    if let Some(output) = &args.output {
        printer.note(&format!("wrote {}", output.display()));
    }
    Ok(())
}

fn write(output: &std::path::Path, audited: &Audit) -> Result<(), crate::answers::AnswersError> {
    let no_input = Row { number: 0, cells: serde_json::Map::new() };
    write_rows(output, None, &COLUMNS, |sink| {
        for (flagged, rank) in audited.decisions.iter().zip(1u64..) {
            let mut cells = serde_json::to_value(flagged).unwrap_or_default();
            cells["meaning"] = json!(flagged.concern.explain());
            cells["rank"] = json!(rank);
            let cells: Vec<Value> = COLUMNS.iter().map(|name| cells[*name].take()).collect();
            sink.row(&no_input, &cells)?;
        }
        Ok(())
    })
}

fn in_words(audited: &Audit, limit: usize) -> String {
    let mut text = partitions(&audited.partitions);
    if audited.decisions.is_empty() {
        text.push_str("\nEvery answer was stated by its text and decided by form or exact algebra.");
        return text;
    }
    let mut concerns = table(&["concern", "decisions", "draws", "share", "meaning"], &["decisions", "draws", "share"]);
    for total in &audited.concerns {
        let (decisions, draws) = (total.decisions.to_string(), total.draws.to_string());
        let concern = total.concern;
        concerns.add_row([concern.name(), &decisions, &draws, &percent(total.share), concern.explain()]);
    }
    text.push_str(&format!("\n{concerns}"));
    let first = &audited.decisions[..audited.decisions.len().min(limit)];
    if !first.is_empty() {
        text.push_str(&format!("\n{}", decisions(first)));
    }
    text.push_str(&format!("\n{}", stakes(audited)));
    text
}

/// How much accuracy hangs on what is listed.
fn stakes(audited: &Audit) -> String {
    let moving = audited.concerns.iter().filter(|total| total.concern.moves_accuracy());
    let (decisions, draws) = moving.fold((0, 0), |(d, n), total| (d + total.decisions, n + total.draws));
    let all: u64 = audited.partitions.iter().map(|partition| partition.draws).sum();
    let mean = |value: fn(&PartitionAudit) -> f64| {
        let weighted = audited.partitions.iter().map(|partition| value(partition) * partition.draws as f64);
        percent(weighted.sum::<f64>() / all.max(1) as f64)
    };
    format!(
        "{draws} of {all} answers ({}) hang on {decisions} decisions worth a look: {} are right as graded, between {} and {} \
         if each of those fell the other way",
        percent(draws as f64 / all.max(1) as f64),
        mean(|partition| partition.accuracy),
        mean(|partition| partition.lowest),
        mean(|partition| partition.highest)
    )
}

fn label(backbone: &str, simulated: bool) -> String {
    if simulated { format!("{backbone} (simulated)") } else { backbone.to_owned() }
}

fn partitions(partitions: &[PartitionAudit]) -> String {
    let numbers = ["questions", "answers", "right", "at least", "at most"];
    let mut shown = table(&["backbone", "dataset", "questions", "answers", "right", "at least", "at most"], &numbers);
    for partition in partitions {
        shown.add_row([
            label(&partition.backbone, partition.simulated),
            partition.dataset.clone(),
            partition.questions.to_string(),
            partition.draws.to_string(),
            percent(partition.accuracy),
            percent(partition.lowest),
            percent(partition.highest),
        ]);
    }
    let mut text = shown.to_string();
    if partitions.iter().any(|partition| !partition.rules_recorded) {
        text.push_str(
            "\nSome draws do not tell by which rule their answer was found (an older version made them): guesses are not \
             listed there.",
        );
    }
    text
}

/// Two lines a decision: what was decided, and more about it with where it is.
fn decisions(flagged: &[Flagged]) -> String {
    let heading =
        format!("{:>7} {:>7}  {:<15}  {:<26}  {:<15}  gold | answer", "draws", "share", "concern", "decided", "rule");
    let mut lines = vec![heading];
    for flagged in flagged {
        let decided = match (flagged.decided.verdict, flagged.decided.reason) {
            (Some(verdict), Some(reason)) => format!("{verdict} ({reason})"),
            _ => "-".to_owned(),
        };
        let answer = flagged.answer.as_deref().unwrap_or("(none)");
        lines.push(format!(
            "{:>7} {:>7}  {:<15}  {decided:<26}  {:<15}  {} | {}",
            flagged.draws,
            percent(flagged.share),
            flagged.concern.name(),
            flagged.decided.rule.as_deref().unwrap_or("-"),
            shown(&flagged.gold, WIDTH),
            shown(answer, WIDTH)
        ));
        let place =
            format!("{} {} {}", label(&flagged.backbone, flagged.simulated), flagged.dataset, flagged.question_id);
        let counted = if flagged.decided.counted_right { "counted right" } else { "counted wrong" };
        let note =
            if flagged.note.is_empty() { String::new() } else { format!("; {}", shown(&flagged.note, NOTE_WIDTH)) };
        lines.push(format!("{:17}{place}: {counted}{note}", ""));
    }
    lines.join("\n")
}
