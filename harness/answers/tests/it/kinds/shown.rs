//! Labelled inputs that lie beside the repository and are never part of it.

use std::path::Path;

use markovscale_answers::ReadAs;
use serde_json::Value;

use super::read_as;
use crate::support::{field, name};

#[test]
fn labelled_inputs_beside_the_repository() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases/answers/shown.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let mut wrong = Vec::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("a JSON object");
        let how = if field(&row, "mode") == "completion" { ReadAs::Completion } else { ReadAs::Auto };
        let found = name(read_as(field(&row, "gold"), field(&row, "answer"), how));
        if found != field(&row, "expected") {
            let answer: String = field(&row, "answer").chars().take(80).collect();
            wrong.push(format!("{}: {} | {answer}: {found}", field(&row, "kind"), field(&row, "gold")));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}
