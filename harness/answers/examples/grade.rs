//! Grades a JSON Lines file: each line an object with `gold` and `answer`, where the answer may be a whole completion.
//!
//! `cargo run --release -p markovscale-answers --example grade -- FILE.jsonl`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it speaks to a terminal")]

use std::{fs, process::ExitCode};

use markovscale_answers::{Policy, ReadAs, Verdict, grade, read, read_gold};
use serde_json::Value;

/// Whether the answer in one line is right. Without an answer in its text it is wrong.
fn is_right(line: &str) -> Result<bool, String> {
    let row: Value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"))?;
    let text = |key: &str| match row.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(other) => Err(format!("`{key}` is {other}, expected a string or a number")),
        None => Err(format!("no `{key}` in {row}, expected an object with `gold` and `answer`")),
    };
    let (gold, answer) = (read_gold(&text("gold")?), read(&text("answer")?, ReadAs::Auto));
    let decision = answer.map(|found| grade(&gold, &found.answer, &Policy::default()));
    Ok(decision.is_some_and(|decision| decision.verdict == Verdict::Equal))
}

/// The same of each line of a file; the first line that cannot be graded is named.
pub(crate) fn graded(path: &str) -> Result<Vec<bool>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, number)| is_right(line).map_err(|error| format!("{path}:{number}: {error}"))).collect()
}

fn main() -> ExitCode {
    let path = std::env::args().nth(1).ok_or("usage: grade FILE.jsonl".to_owned());
    match path.and_then(|path| graded(&path)) {
        Ok(right) => {
            println!("{} of {} right", right.iter().filter(|right| **right).count(), right.len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
