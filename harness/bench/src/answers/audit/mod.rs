//! Which decisions about answers a run's accuracy rests on, the heaviest first.
//!
//! Every distinct answer of a question is graded as replay grades it. What is decided by form or exact algebra, of an
//! answer that its text says is its answer, needs no look; the rest is listed by how many draws hang on it. Gold answers
//! are read here as in replay: after everything was drawn, where no method sees them.

mod concern;
mod near;
mod question;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rayon::prelude::*;
use serde::Serialize;

use self::question::{Found, Seen, look, names};
use super::error::AnswersError;
use crate::dataset::Dataset;
use crate::experiment::{BackbonePlan, Plan};
use crate::key::QuestionId;
use crate::suggest::nearest;
use crate::trace::{Partition, RunFolder, Snapshot, StoredAnswer, read_questions};

pub use concern::Concern;

/// Which partitions of a run to look at.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// One backbone instead of all.
    pub backbone: Option<&'a str>,
    /// One dataset instead of all.
    pub dataset: Option<&'a str>,
}

/// What a decision says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decided {
    /// Whether the answer is the gold answer; `None` where there is no answer.
    pub verdict: Option<&'static str>,
    /// Why.
    pub reason: Option<&'static str>,
    /// The rule that found the answer, where recorded.
    pub rule: Option<String>,
    /// Whether replay counts the draws as right.
    pub counted_right: bool,
}

/// A decision worth a look.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flagged {
    /// Why it is worth a look.
    pub concern: Concern,
    /// The backbone.
    pub backbone: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// The question set.
    pub dataset: String,
    /// The question.
    pub question_id: String,
    /// The gold answer.
    pub gold: String,
    /// The answer; `None` where none was found.
    pub answer: Option<String>,
    /// What was decided.
    #[serde(flatten)]
    pub decided: Decided,
    /// Draws that hang on it.
    pub draws: u64,
    /// Those as a share of the partition's draws that answer.
    pub share: f64,
    /// More about the concern.
    pub note: String,
}

/// How much hangs on one kind of concern.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ConcernTotal {
    /// The concern.
    pub concern: Concern,
    /// Decisions.
    pub decisions: u64,
    /// Draws that hang on them.
    pub draws: u64,
    /// Those as a share of all draws that answer.
    pub share: f64,
}

/// One backbone on one dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartitionAudit {
    /// The backbone.
    pub backbone: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// The question set.
    pub dataset: String,
    /// Questions with draws.
    pub questions: u64,
    /// Draws that answer.
    pub draws: u64,
    /// Share of them that count as right.
    pub accuracy: f64,
    /// The same if every decision worth a look that counts as right were wrong.
    pub lowest: f64,
    /// The same if every decision worth a look that counts as wrong were right.
    pub highest: f64,
    /// Whether the traces tell which rule found an answer; older versions did not record it.
    pub rules_recorded: bool,
}

/// What was found in a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// Every partition looked at.
    pub partitions: Vec<PartitionAudit>,
    /// How much hangs on which concern, over all partitions.
    pub concerns: Vec<ConcernTotal>,
    /// Every decision worth a look: those that accuracy hangs on first, most draws first.
    pub decisions: Vec<Flagged>,
}

/// Looks at a run. `on_partition` hears of every partition before it is looked at.
///
/// # Errors
/// When files cannot be read, or the run has nothing of a name that was selected.
pub fn audit(
    plan: &Plan,
    run: &RunFolder,
    selection: Selection<'_>,
    mut on_partition: impl FnMut(&str, &str),
) -> Result<Audit, AnswersError> {
    let backbones = selected("backbone", selection.backbone, plan.backbones.iter(), |b: &&BackbonePlan| &b.name)?;
    let datasets = read_questions(run.path())?;
    let datasets = selected("dataset", selection.dataset, datasets.iter(), |dataset: &&Dataset| &dataset.name)?;
    let mut answers = Snapshot::<StoredAnswer>::open(run.path())?;
    let mut audit = Audit { partitions: Vec::new(), concerns: Vec::new(), decisions: Vec::new() };
    for backbone in &backbones {
        for dataset in &datasets {
            on_partition(&backbone.name, &dataset.name);
            let rows = answers.take(&Partition::of_draws(&backbone.name, &dataset.name))?;
            if !rows.is_empty() {
                audit.add(backbone, dataset, rows);
            }
        }
    }
    audit.finish();
    Ok(audit)
}

/// The items of the selected name, or all.
fn selected<T>(
    what: &'static str,
    wanted: Option<&str>,
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> &String,
) -> Result<Vec<T>, AnswersError> {
    let items: Vec<T> = items.collect();
    let known: Vec<String> = items.iter().map(|item| name(item).clone()).collect();
    let Some(wanted) = wanted else { return Ok(items) };
    let kept: Vec<T> = items.into_iter().filter(|item| name(item) == wanted).collect();
    if kept.is_empty() {
        let nearest = nearest(wanted, known.iter().map(String::as_str)).map(str::to_owned);
        return Err(AnswersError::NotInRun { what, name: wanted.to_owned(), nearest, known });
    }
    Ok(kept)
}

impl Audit {
    fn add(&mut self, backbone: &BackbonePlan, dataset: &Dataset, rows: Vec<StoredAnswer>) {
        let seen = look_at(dataset, rows);
        let draws: u64 = seen.iter().map(|seen| seen.draws).sum();
        let right: u64 = seen.iter().map(|seen| seen.right).sum();
        let share = |count: u64| if draws == 0 { 0.0 } else { count as f64 / draws as f64 };
        let questioned = |right: bool| {
            let found = seen.iter().flat_map(|seen| &seen.found);
            let found = found.filter(|found| found.concern.moves_accuracy() && found.right == right);
            found.map(|found| found.draws).sum::<u64>()
        };
        self.partitions.push(PartitionAudit {
            backbone: backbone.name.clone(),
            simulated: backbone.simulated(),
            dataset: dataset.name.clone(),
            questions: seen.iter().filter(|seen| seen.draws > 0).count() as u64,
            draws,
            accuracy: share(right),
            lowest: share(right - questioned(true)),
            highest: share(right + questioned(false)),
            rules_recorded: seen.iter().any(|seen| seen.rules),
        });
        for (question, seen) in dataset.questions.iter().zip(seen) {
            for found in seen.found {
                let share = share(found.draws);
                self.decisions.push(flagged(found, backbone, dataset, (&question.id.0, &question.gold), share));
            }
        }
    }

    /// Brings the heaviest decisions first and sums them up. What hangs on as many draws stays in the order of the run.
    fn finish(&mut self) {
        let order = |flagged: &Flagged| (!flagged.concern.moves_accuracy(), std::cmp::Reverse(flagged.draws));
        self.decisions.sort_by_key(|flagged| (order(flagged), flagged.concern));
        let all: u64 = self.partitions.iter().map(|partition| partition.draws).sum();
        for concern in Concern::ALL {
            let of = self.decisions.iter().filter(|flagged| flagged.concern == concern);
            let (decisions, draws) = of.fold((0, 0), |(count, draws), flagged| (count + 1, draws + flagged.draws));
            if decisions > 0 {
                let share = draws as f64 / all.max(1) as f64;
                self.concerns.push(ConcernTotal { concern, decisions, draws, share });
            }
        }
    }
}

fn flagged(found: Found, backbone: &BackbonePlan, dataset: &Dataset, (id, gold): (&str, &str), share: f64) -> Flagged {
    let (verdict, reason) = names(found.decision);
    Flagged {
        concern: found.concern,
        backbone: backbone.name.clone(),
        simulated: backbone.simulated(),
        dataset: dataset.name.clone(),
        question_id: id.to_owned(),
        gold: gold.to_owned(),
        answer: found.answer,
        decided: Decided { verdict, reason, rule: found.rule, counted_right: found.right },
        draws: found.draws,
        share,
        note: found.note,
    }
}

/// Looks at every question of a dataset, in dataset order whatever the threads do.
fn look_at(dataset: &Dataset, rows: Vec<StoredAnswer>) -> Vec<Seen> {
    let index: HashMap<&QuestionId, usize> = dataset.questions.iter().enumerate().map(|(i, q)| (&q.id, i)).collect();
    let mut of_question: Vec<Vec<StoredAnswer>> = dataset.questions.iter().map(|_| Vec::new()).collect();
    for row in rows.into_iter().filter(|row| row.draw.is_answer()) {
        if let Some(i) = index.get(&row.question) {
            of_question[*i].push(row);
        }
    }
    let work: Vec<_> = dataset.questions.iter().zip(of_question).collect();
    work.into_par_iter()
        .map(|(question, mut rows)| {
            rows.sort_by_key(|row| row.draw);
            look(&question.gold, &rows)
        })
        .collect()
}
