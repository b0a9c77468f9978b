//! Writes lessons or questions as JSON lines, for the script that trains the models.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use markovscale_families::{Family, Split, lesson, questions};
use serde_json::json;

const USAGE: &str = "\
Writes JSON lines to standard output:

    lessons train FIRST COUNT       lessons FIRST .. FIRST + COUNT of the training questions
    lessons SPLIT FIRST COUNT       the same of another split: verifier, calibration or test
    questions SPLIT PER_LEVEL       the questions of a split, PER_LEVEL of each family and level

For example: lessons train 0 1000000 > lessons.jsonl";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match write(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            let _ = writeln!(io::stderr(), "{USAGE}");
            ExitCode::from(2)
        }
        // The reader has had enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes what is asked for; `false` if that is not understood.
fn write(arguments: &[&str]) -> io::Result<bool> {
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments {
        ["lessons", split, first, count] => {
            let (Some(split), Ok(first), Ok(count)) = (split_of(split), first.parse::<u64>(), count.parse::<u64>())
            else {
                return Ok(false);
            };
            for number in first..first.saturating_add(count) {
                let lesson = lesson(split, number);
                let line = json!({
                    "family": lesson.question.family.name(),
                    "level": lesson.question.level,
                    "mode": lesson.mode.name(),
                    "prompt": lesson.prompt,
                    "completion": lesson.completion,
                });
                writeln!(out, "{line}")?;
            }
        }
        ["questions", split, per_level] => {
            let (Some(split), Ok(per_level)) = (split_of(split), per_level.parse::<usize>()) else {
                return Ok(false);
            };
            for question in Family::ALL.into_iter().flat_map(|family| questions(family, split, per_level)) {
                let line = json!({
                    "family": question.family.name(),
                    "level": question.level,
                    "question": question.text,
                    "steps": question.steps,
                    "answer": question.answer,
                });
                writeln!(out, "{line}")?;
            }
        }
        _ => return Ok(false),
    }
    out.flush()?;
    Ok(true)
}

fn split_of(name: &str) -> Option<Split> {
    Split::ALL.into_iter().find(|split| split.name() == name)
}
