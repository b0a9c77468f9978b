//! What the tests share: data sets beside the repository, files of labelled pairs, stored results.

use std::path::{Path, PathBuf};

use markovscale_answers::Verdict;
use serde_json::Value;

/// The rows of a benchmark; `None` (and a note) where it is not on this machine.
pub(crate) fn rows(name: &str) -> Option<Vec<Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/datasets").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("a JSON array"))
}

pub(crate) fn field<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().expect("a text field")
}

/// Two answers and whether they are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) feature: String,
    pub(crate) gold: String,
    pub(crate) answer: String,
    /// `Unknown` where mathematics and convention leave it open, or where deciding it would take too much work: only
    /// `Equal` is wrong then.
    pub(crate) expected: Verdict,
}

const COLUMNS: [&str; 4] = ["feature", "gold", "answer", "expected"];

pub(crate) fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Equal => "equal",
        Verdict::Different => "different",
        Verdict::Unknown => "unknown",
    }
}

pub(crate) fn read_pairs(path: &Path) -> Vec<Pair> {
    let mut reader = csv::Reader::from_path(path).expect("a file of pairs");
    assert_eq!(reader.headers().expect("a header"), &csv::StringRecord::from(COLUMNS.to_vec()), "{}", path.display());
    let pair = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.expect("a row");
        let verdicts = [Verdict::Equal, Verdict::Different, Verdict::Unknown];
        Pair {
            feature: record[0].to_owned(),
            gold: record[1].to_owned(),
            answer: record[2].to_owned(),
            expected: verdicts.into_iter().find(|verdict| name(*verdict) == &record[3]).expect("a verdict"),
        }
    };
    reader.records().map(pair).collect()
}

/// Pairs as a file that [`read_pairs`] reads.
pub(crate) fn written(pairs: &[Pair]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("written");
    for pair in pairs {
        writer.write_record([&pair.feature, &pair.gold, &pair.answer, name(pair.expected)]).expect("written");
    }
    String::from_utf8(writer.into_inner().expect("written")).expect("UTF-8")
}

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Compares with what is stored; `UPDATE_GOLDEN=1` stores it anew.
pub(crate) fn check_stored(path: &Path, found: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, found).expect("written");
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(stored == found, "{} is out of date; UPDATE_GOLDEN=1 renews it", path.display());
}
