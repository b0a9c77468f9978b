//! Experiments against a scripted server, and what their traces hold.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use markovscale_scripted_server::{Script, Server};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::program::{files, markovscale, succeed};

/// What differs from one asking to the next although the draw is the same.
const OF_THE_ASKING: [&str; 4] = ["latency_ms", "started_at", "attempts", "earlier_attempts"];

/// A folder with questions and an experiment that asks a server.
pub(crate) struct Experiment {
    folder: tempfile::TempDir,
    url: String,
    overrides: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Experiment {
    /// Twenty sums, each drawn four times in parallel and in a chain of four.
    pub(crate) fn new(server: &Server) -> Self {
        Self::at(&server.url(), 20)
    }

    /// So many sums, asked of an address.
    pub(crate) fn at(url: &str, questions: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("datasets")).expect("a folder");
        let manifest = "name: sums\ntitle: Sums\nlicence: CC0-1.0\nshape: competition\nsource: local\nlocal_files:\n  \
                        - file: sums.jsonl\nfields:\n  question: question\n  answer: answer\n";
        std::fs::write(folder.path().join("datasets/sums.yaml"), manifest).expect("a manifest");
        let rows: String = (0..questions).map(|n| format!("{}\n", row(n))).collect();
        std::fs::write(folder.path().join("sums.jsonl"), rows).expect("questions");
        let config = format!(
            "name: scripted\nseed: 7\ndatasets: [sums]\nbackbones:\n  - name: served\n    kind: openai\n    base_url: {url}\n    \
             model: scripted\n    sampling: {{temperature: 0.7, top_p: 0.95, max_tokens: 512}}\n    \
             limits: {{concurrency: 16, timeout_seconds: 5, attempts: 8}}\n    \
             price: {{prompt: 1, cached: 0.5, completion: 4, reasoning: 8}}\n\
             pool: {{parallel: 4, chains: 1, rounds: 4}}\nmethods: [self_consistency, mr_thinking]\nbudgets: [1, 2, 4]\n"
        );
        std::fs::write(folder.path().join("experiment.yaml"), config).expect("a config");
        Self { folder, url: url.to_owned(), overrides: Vec::new(), variables: Vec::new() }
    }

    /// With a field set otherwise.
    pub(crate) fn set(mut self, field: &str) -> Self {
        self.overrides.push(field.to_owned());
        self
    }

    /// With a variable in the environment.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A command over it, with waits between attempts so short that a test can wait for them.
    pub(crate) fn command(&self, what: &str) -> Command {
        let mut command = markovscale(self.folder.path(), &[what, "experiment.yaml", "--dataset-dir", "."]);
        for field in &self.overrides {
            command.args(["--set", field]);
        }
        command.current_dir(self.folder.path()).env("MARKOVSCALE_PATIENCE", "0.01");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs a command to its good end and gives what it says of its work: rows in all, found, made, failed.
    pub(crate) fn count(&self, what: &str) -> [u64; 4] {
        let output = succeed(self.command(what).arg("--json"));
        let value: serde_json::Value = serde_json::from_str(&output).expect("JSON");
        let unit = if what == "score" { "scores" } else { "draws" };
        ["total", "found", "collected", "failed"].map(|key| value[unit][key].as_u64().expect("a number"))
    }

    /// The folder of everything that was written.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the run.
    pub(crate) fn run(&self) -> PathBuf {
        self.folder.path().join("runs/scripted")
    }

    /// The server's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Sealed draws.
    pub(crate) fn draws(&self) -> Rows {
        Rows::read(&self.run().join("traces"))
    }

    /// Sealed scores.
    pub(crate) fn scores(&self) -> Rows {
        Rows::read(&self.run().join("scores"))
    }
}

/// Question number `n`, as a row of the data file.
fn row(n: usize) -> String {
    let (left, right) = (n + 11, 3 * n + 17);
    format!("{{\"question\": \"What is {left} + {right}?\", \"answer\": \"{}\"}}", left + right)
}

/// Rows of all sealed parts below a folder.
pub(crate) struct Rows {
    parts: Vec<(String, Vec<RecordBatch>)>,
}

impl Rows {
    fn read(folder: &Path) -> Self {
        let paths = if folder.is_dir() { files(folder) } else { Vec::new() };
        let parts = paths.into_iter().map(|(name, _)| {
            let file = File::open(folder.join(&name)).expect("a part");
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("Parquet");
            (name, reader.map(|batch| batch.expect("rows")).collect())
        });
        Self { parts: parts.collect() }
    }

    fn batches(&self) -> impl Iterator<Item = &RecordBatch> {
        self.parts.iter().flat_map(|(_, batches)| batches)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.batches().map(|batch| batch.num_rows() as u64).sum()
    }

    /// The sum of a column of whole numbers; nulls count nothing.
    pub(crate) fn sum(&self, column: &str) -> u64 {
        let mut sum = 0;
        for batch in self.batches() {
            let values = batch.column_by_name(column).expect("a column");
            let add = |value: Option<i64>| u64::try_from(value.unwrap_or(0)).expect("no negative number");
            match values.as_primitive_opt::<Int64Type>() {
                Some(values) => sum += values.iter().map(add).sum::<u64>(),
                None => {
                    sum +=
                        values.as_primitive::<Int32Type>().iter().map(|value| add(value.map(i64::from))).sum::<u64>();
                }
            }
        }
        sum
    }

    /// The texts of a column, nulls left out.
    pub(crate) fn texts(&self, column: &str) -> Vec<String> {
        let of = |batch: &RecordBatch| -> Vec<String> {
            let values = batch.column_by_name(column).expect("a column");
            values.as_string::<i32>().iter().flatten().map(str::to_owned).collect()
        };
        self.batches().flat_map(of).collect()
    }

    /// How often a column is true.
    pub(crate) fn flags(&self, column: &str) -> u64 {
        let of = |batch: &RecordBatch| batch.column_by_name(column).expect("a column").as_boolean().true_count() as u64;
        self.batches().map(of).sum()
    }

    /// The numbers of a column, nulls left out.
    pub(crate) fn reals(&self, column: &str) -> Vec<f64> {
        let of = |batch: &RecordBatch| -> Vec<f64> {
            let values = batch.column_by_name(column).expect("a column");
            values.as_primitive::<Float64Type>().iter().flatten().collect()
        };
        self.batches().flat_map(of).collect()
    }

    /// That no row has the name of another, none failed, and all are there.
    pub(crate) fn assert_whole(&self, expected: u64) {
        let mut names = BTreeSet::new();
        for (part, batches) in &self.parts {
            let partition = part.rsplit_once('/').map_or("", |(folder, _)| folder);
            for batch in batches {
                let text = |column: &str| batch.column_by_name(column).expect("a column").as_string::<i32>().clone();
                let whole =
                    |column: &str| batch.column_by_name(column).expect("a column").as_primitive::<Int32Type>().clone();
                let (questions, modes) = (text("question_id"), text("mode"));
                let (chains, rounds) = (whole("chain"), whole("round"));
                for row in 0..batch.num_rows() {
                    let name = format!(
                        "{partition} {} {} {} {}",
                        questions.value(row),
                        modes.value(row),
                        chains.value(row),
                        rounds.value(row)
                    );
                    assert!(names.insert(name.clone()), "stored twice: {name}");
                }
            }
        }
        assert_eq!(self.texts("error"), Vec::<String>::new());
        assert_eq!(names.len() as u64, expected);
    }

    /// That they are the rows of another run, in everything but how the asking went.
    pub(crate) fn assert_same(&self, other: &Self) {
        let names = |rows: &Self| rows.parts.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(self), names(other));
        for ((name, mine), (_, others)) in self.parts.iter().zip(&other.parts) {
            assert_eq!(mine.len(), others.len(), "{name}");
            for (mine, others) in mine.iter().zip(others) {
                for (index, field) in mine.schema().fields().iter().enumerate() {
                    let known = OF_THE_ASKING.contains(&field.name().as_str());
                    let same = mine.column(index).to_data() == others.column(index).to_data();
                    assert!(known || same, "{name}: column {} differs", field.name());
                }
            }
        }
    }
}

/// That draws hold exactly the tokens that a server billed for completions that it delivered.
pub(crate) fn assert_tokens_add_up(draws: &Rows, server: &Server) {
    let billed = server.counters().delivered;
    let stored =
        ["prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens"].map(|column| draws.sum(column));
    let expected = [billed.prompt_tokens, billed.cached_tokens, billed.completion_tokens, billed.reasoning_tokens];
    assert_eq!(stored, expected, "prompt, cached, completion, reasoning tokens: stored, billed");
    assert_eq!(draws.len(), billed.choices, "as many draws as choices that were delivered");
}

/// A server with a script.
pub(crate) fn serve(script: Script) -> Server {
    Server::start(script).expect("a free port")
}
