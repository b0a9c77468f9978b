//! Compares every pair of a CSV file (columns `gold` and `answer`, others are ignored) and writes one line per pair: its row,
//! verdict, reason, and the nanoseconds that reading both answers and comparing them took, once and in the order of the
//! file. `tools/compare_math_verify.py` sets these beside the times of the same work in Math-Verify.
//!
//! `cargo run --release -p markovscale-answers --example compare -- FILE`

use std::error::Error;
use std::time::Instant;

use markovscale_answers::{Answer, Policy, Verdict, grade};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: compare FILE")?;
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("no column `{name}`"));
    let (gold, answer) = (column("gold")?, column("answer")?);
    let rows = reader.records().collect::<Result<Vec<_>, _>>()?;
    let policy = Policy::default();
    let mut output = csv::Writer::from_writer(std::io::stdout().lock());
    output.write_record(["row", "verdict", "reason", "nanoseconds"])?;
    let mut decided = Vec::with_capacity(rows.len());
    for row in &rows {
        let start = Instant::now();
        let decision = grade(&Answer::parse(&row[gold]), &Answer::parse(&row[answer]), &policy);
        decided.push((decision, start.elapsed().as_nanos()));
    }
    for (row, (decision, nanoseconds)) in decided.iter().enumerate() {
        let verdict = match decision.verdict {
            Verdict::Equal => "equal",
            Verdict::Different => "different",
            Verdict::Unknown => "unknown",
        };
        let row = (row + 1).to_string();
        output.write_record([&row, verdict, decision.reason.name(), &nanoseconds.to_string()])?;
    }
    output.flush()?;
    Ok(())
}
