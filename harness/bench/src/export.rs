//! Traces -> JSON Lines: one draw a line, each line complete in itself (question, right answer, every column, every
//! verifier's score), so that any program can read a run, and `import jsonl` can make it one again.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::dataset::{Dataset, Question};
use crate::key::{DrawKey, QuestionId};
use crate::trace::{DrawRow, Partition, RunFolder, ScoreRow, TraceError, partitions, read_questions, rows};

/// The key by which a line says that it is an export, with the format as its value.
pub const MARK: &str = "markovscale";

/// The format of lines that this version writes.
pub const FORMAT: u64 = 1;

/// How far an export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The draws of a backbone on a data set begin.
    Partition {
        /// The backbone.
        backbone: String,
        /// The data set.
        dataset: String,
    },
    /// One more line.
    Line,
}

/// Hands every finished draw of a run to `write` as one line of JSON, data sets and questions in the run's order. Gives
/// the number of lines.
///
/// # Errors
/// When the run cannot be read, or `write` fails.
pub fn export_jsonl(
    run: &RunFolder,
    on_step: &mut dyn FnMut(Step),
    mut write: impl FnMut(&str) -> Result<(), TraceError>,
) -> Result<u64, TraceError> {
    let datasets = read_questions(run.path())?;
    let scored = partitions::<ScoreRow>(run.path())?;
    let mut lines = 0;
    for partition in in_order(run, &datasets, partitions::<DrawRow>(run.path())?) {
        let Partition { backbone, dataset, .. } = &partition;
        on_step(Step::Partition { backbone: backbone.to_string(), dataset: dataset.to_string() });
        let questions = Questions::of(&datasets, dataset);
        let scores = scores(run.path(), &scored, &partition)?;
        rows::<DrawRow>(run.path(), &partition)?.each(|row| {
            let line = line(&row, questions.get(&row.question), scores.get(&(row.question.clone(), row.draw)));
            lines += 1;
            on_step(Step::Line);
            write(&line.to_string())
        })?;
    }
    Ok(lines)
}

/// Backbones as the run lists them, and each one's data sets as its questions are stored.
fn in_order(run: &RunFolder, datasets: &[Dataset], mut partitions: Vec<Partition>) -> Vec<Partition> {
    let backbones = &run.environment().backbones;
    partitions.sort_by_key(|partition| {
        let backbone = backbones.iter().position(|(name, _)| **name == *partition.backbone);
        let dataset = datasets.iter().position(|dataset| *dataset.name == *partition.dataset);
        (backbone.unwrap_or(usize::MAX), dataset.unwrap_or(usize::MAX))
    });
    partitions
}

/// The questions of a data set, by id.
struct Questions<'a>(HashMap<&'a QuestionId, &'a Question>);

impl<'a> Questions<'a> {
    fn of(datasets: &'a [Dataset], name: &str) -> Self {
        let questions = datasets.iter().filter(|dataset| dataset.name == name).flat_map(|dataset| &dataset.questions);
        Self(questions.map(|question| (&question.id, question)).collect())
    }

    fn get(&self, id: &QuestionId) -> Option<&'a Question> {
        self.0.get(id).copied()
    }
}

/// By draw, the score of every verifier.
type Scores = HashMap<(QuestionId, DrawKey), BTreeMap<String, Value>>;

fn scores(run: &Path, scored: &[Partition], draws: &Partition) -> Result<Scores, TraceError> {
    let mut scores = Scores::new();
    for partition in scored.iter().filter(|scored| scored.draws() == *draws) {
        rows::<ScoreRow>(run, partition)?.each(|row| {
            let score = json!({
                "score": row.score,
                "step_scores": row.step_scores,
                "verifier_tokens": row.verifier_tokens.0,
                "simulated": row.simulated,
            });
            scores.entry((row.question, row.draw)).or_default().insert(row.verifier.to_string(), score);
            Ok(())
        })?;
    }
    Ok(scores)
}

/// A draw as JSON; the fields are documented in `docs/import.md`.
fn line(row: &DrawRow, question: Option<&Question>, scores: Option<&BTreeMap<String, Value>>) -> Value {
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| drop(line.insert(name.to_owned(), value));
    put(MARK, json!(FORMAT));
    put("dataset", json!(&*row.dataset));
    put("question_id", json!(row.question.0));
    put("question", json!(question.map(|question| &question.text)));
    put("gold", json!(question.map(|question| &question.gold)));
    put("level", json!(question.and_then(|question| question.level)));
    put("subject", json!(question.and_then(|question| question.subject.as_ref())));
    put("backbone", json!(&*row.backbone));
    put("model", json!(&*row.model));
    put("mode", json!(row.draw.mode.name()));
    put("chain", json!(row.draw.chain.0));
    put("round", json!(row.draw.round.0));
    put("prompt_hash", json!(&*row.prompt_hash));
    put("completion", json!(row.completion));
    put("answer", json!(row.answer));
    put("answer_rule", json!(row.answer_rule.as_deref()));
    put("correct", json!(row.correct));
    put("finish_reason", json!(&*row.finish_reason));
    put("prompt_tokens", json!(row.prompt_tokens.0));
    put("cached_tokens", json!(row.cached_tokens.0));
    put("completion_tokens", json!(row.completion_tokens.0));
    put("reasoning_tokens", json!(row.reasoning_tokens.map(|tokens| tokens.0)));
    put("seed", json!(row.seed));
    put("temperature", json!(row.temperature));
    put("top_p", json!(row.top_p));
    put("max_tokens", json!(row.max_tokens));
    put("attempts", json!(row.attempts));
    put("latency_ms", json!(row.latency_ms));
    put(
        "started_at",
        json!(
            row.started_at
                .and_then(chrono::DateTime::from_timestamp_millis)
                .map(|time| { time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true) })
        ),
    );
    put("simulated", json!(row.simulated));
    put("scores", json!(scores.cloned().unwrap_or_default()));
    Value::Object(line)
}
