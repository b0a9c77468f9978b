//! What the draws that are there cost, by question and kind.

use std::collections::{BTreeMap, HashSet};

use super::kinds::{Count, Kind, Lacking, Step};
use super::spent::Spent;
use crate::dataset::Dataset;
use crate::experiment::Price;
use crate::key::{Mode, QuestionId};
use crate::trace::{StoredCost, StoredScoreCost};
use crate::vocabulary::TokenCounts;

/// Sums over draws of a kind.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    draws: f64,
    prompt: f64,
    completion: f64,
    prompt_price: f64,
    completion_price: f64,
    timed: f64,
    seconds: f64,
    /// Draws of a chain's second round, and their prompts.
    second: f64,
    second_prompt: f64,
    scored: f64,
    verifier: f64,
    verifier_price: f64,
    verifier_seconds: f64,
}

/// What a draw of a kind costs on average.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    prompt: f64,
    completion: f64,
    prompt_price: f64,
    completion_price: f64,
    seconds: Option<f64>,
    second_prompt: Option<f64>,
    verifier: Option<f64>,
    verifier_price: f64,
    verifier_seconds: f64,
}

impl Sums {
    fn mean(&self) -> Mean {
        let per = |sum: f64, count: f64| sum / count.max(1.0);
        Mean {
            prompt: per(self.prompt, self.draws),
            completion: per(self.completion, self.draws),
            prompt_price: per(self.prompt_price, self.draws),
            completion_price: per(self.completion_price, self.draws),
            seconds: (self.timed > 0.0).then(|| self.seconds / self.timed),
            second_prompt: (self.second > 0.0).then(|| self.second_prompt / self.second),
            verifier: (self.scored > 0.0).then(|| self.verifier / self.scored),
            verifier_price: per(self.verifier_price, self.scored),
            verifier_seconds: per(self.verifier_seconds, self.scored),
        }
    }

    fn add(&mut self, other: &Self) {
        let fields: [(&mut f64, f64); 13] = [
            (&mut self.draws, other.draws),
            (&mut self.prompt, other.prompt),
            (&mut self.completion, other.completion),
            (&mut self.prompt_price, other.prompt_price),
            (&mut self.completion_price, other.completion_price),
            (&mut self.timed, other.timed),
            (&mut self.seconds, other.seconds),
            (&mut self.second, other.second),
            (&mut self.second_prompt, other.second_prompt),
            (&mut self.scored, other.scored),
            (&mut self.verifier, other.verifier),
            (&mut self.verifier_price, other.verifier_price),
            (&mut self.verifier_seconds, other.verifier_seconds),
        ];
        for (sum, value) in fields {
            *sum += value;
        }
    }
}

/// The draws of a partition, summed up.
pub(super) struct Sample {
    questions: BTreeMap<QuestionId, BTreeMap<Kind, Sums>>,
    /// Over all questions.
    pooled: BTreeMap<Kind, Sums>,
    pub(super) spent: Spent,
    pub(super) scored: u64,
    /// Requests in flight at once while they were made.
    pub(super) concurrency: Option<f64>,
}

/// What is missing will cost this, per question of the sample.
pub(super) struct Expectation {
    pub(super) prompt: Vec<f64>,
    pub(super) completion: Vec<f64>,
    pub(super) verifier: Option<Vec<f64>>,
    pub(super) price: Vec<f64>,
    /// Of all requests, one after the other.
    pub(super) seconds: Option<Vec<f64>>,
    pub(super) borrowed: bool,
}

#[derive(Default)]
struct Cost {
    prompt: f64,
    completion: f64,
    verifier: Option<f64>,
    price: f64,
    seconds: Option<f64>,
}

impl Sample {
    pub(super) fn new(
        dataset: &Dataset,
        (drawn, price): (&[StoredCost], &Price),
        (scored, verifier): (&[StoredScoreCost], &Price),
    ) -> Self {
        let ids: HashSet<&QuestionId> = dataset.questions.iter().map(|question| &question.id).collect();
        let mut sample = Self {
            questions: BTreeMap::new(),
            pooled: BTreeMap::new(),
            spent: Spent::default(),
            scored: 0,
            concurrency: concurrency(drawn),
        };
        for draw in drawn.iter().filter(|draw| ids.contains(&draw.question)) {
            let prompt = TokenCounts { completion: Default::default(), reasoning: Default::default(), ..draw.tokens };
            let prompt_price = price.price_of(prompt).units();
            let whole = price.price_of(draw.tokens).units();
            let second = f64::from(u8::from(draw.draw.round.0 == 1));
            let prompt = draw.tokens.prompt.0 as f64;
            let sums = Sums {
                draws: 1.0,
                prompt,
                completion: draw.tokens.completion.0 as f64,
                prompt_price,
                completion_price: whole - prompt_price,
                timed: f64::from(u8::from(draw.latency_ms.is_some())),
                seconds: draw.latency_ms.unwrap_or(0.0) / 1e3,
                second,
                second_prompt: second * prompt,
                ..Sums::default()
            };
            sample.spent.prompt_tokens += sums.prompt;
            sample.spent.completion_tokens += sums.completion;
            sample.spent.price += whole;
            sample.sums(&draw.question, Kind::of(draw.draw)).add(&sums);
        }
        for score in scored.iter().filter(|score| ids.contains(&score.question)) {
            let sums = Sums {
                scored: 1.0,
                verifier: score.tokens.all().0 as f64,
                verifier_price: verifier.price_of(score.tokens).units(),
                verifier_seconds: score.latency_ms.unwrap_or(0.0) / 1e3,
                ..Sums::default()
            };
            sample.scored += 1;
            sample.spent.verifier_tokens += sums.verifier;
            sample.spent.price += sums.verifier_price;
            sample.sums(&score.question, Kind::of(score.draw)).add(&sums);
        }
        for kinds in sample.questions.values() {
            for (kind, sums) in kinds {
                sample.pooled.entry(*kind).or_default().add(sums);
            }
        }
        sample
    }

    fn sums(&mut self, question: &QuestionId, kind: Kind) -> &mut Sums {
        self.questions.entry(question.clone()).or_default().entry(kind).or_default()
    }

    /// Questions that have draws.
    pub(super) fn questions(&self) -> usize {
        self.questions.len()
    }

    /// Draws that are there and have no score, by kind.
    pub(super) fn unscored(&self) -> impl Iterator<Item = (Kind, f64)> {
        let answers = self.pooled.iter().filter(|(kind, _)| kind.is_answer());
        answers.map(|(kind, sums)| (*kind, (sums.draws - sums.scored).max(0.0)))
    }

    /// `None` where there is nothing to tell from.
    pub(super) fn expect(&self, lacking: &Lacking) -> Option<Expectation> {
        let has_draws = |sums: &Sums| sums.draws > 0.0;
        self.pooled.values().any(has_draws).then_some(())?;
        let borrowed = lacking.counts.keys().any(|kind| !self.pooled.get(kind).is_some_and(has_draws));
        let costs: Vec<Cost> = self.questions.values().map(|kinds| self.cost(kinds, lacking)).collect();
        let of = |value: fn(&Cost) -> f64| costs.iter().map(value).collect::<Vec<f64>>();
        let known = |value: fn(&Cost) -> Option<f64>| costs.iter().map(value).collect::<Option<Vec<f64>>>();
        Some(Expectation {
            prompt: of(|cost| cost.prompt),
            completion: of(|cost| cost.completion),
            verifier: known(|cost| cost.verifier),
            price: of(|cost| cost.price),
            seconds: known(|cost| cost.seconds),
            borrowed,
        })
    }

    /// What a question like this one would cost.
    fn cost(&self, own: &BTreeMap<Kind, Sums>, lacking: &Lacking) -> Cost {
        let mut total = Cost { verifier: Some(0.0), seconds: Some(0.0), ..Cost::default() };
        for (kind, count) in &lacking.counts {
            let first = Kind { step: Step::First, ..*kind };
            let (mean, first) = (self.mean(own, *kind), self.mean(own, first));
            let cost = draws_cost(*kind, count, &mean, &first);
            total.prompt += cost.prompt;
            total.completion += cost.completion;
            total.price += cost.price;
            total.verifier = total.verifier.zip(cost.verifier).map(|(sum, cost)| sum + cost);
            total.seconds = total.seconds.zip(cost.seconds).map(|(sum, cost)| sum + cost);
        }
        total
    }

    /// The question's own mean; else all questions'; else that of first answers, which no kind of draw is far from.
    fn mean(&self, own: &BTreeMap<Kind, Sums>, kind: Kind) -> Mean {
        let drawn = |kinds: &BTreeMap<Kind, Sums>| kinds.get(&kind).filter(|sums| sums.draws > 0.0).map(Sums::mean);
        let mut mean = drawn(own).or_else(|| drawn(&self.pooled)).unwrap_or_else(|| {
            let mut first = Sums::default();
            let firsts = self.pooled.iter().filter(|(other, _)| other.step == Step::First && other.mode != Mode::Judge);
            firsts.for_each(|(_, sums)| first.add(sums));
            first.mean()
        });
        let of_all = self.pooled.get(&kind).map(Sums::mean).unwrap_or_default();
        mean.verifier = mean.verifier.or(of_all.verifier);
        mean.seconds = mean.seconds.or(of_all.seconds);
        mean
    }
}

/// What the missing draws and scores of a kind cost.
fn draws_cost(kind: Kind, count: &Count, mean: &Mean, first: &Mean) -> Cost {
    let mut prompt = count.draws * mean.prompt;
    let mut verifier = mean.verifier.map(|tokens| count.scores * tokens);
    if kind.mode == Mode::Forced && kind.step == Step::Later {
        // Round r is asked with all that was written before: the second round's prompt, and what each later one added.
        let second = mean.second_prompt.unwrap_or(first.prompt + first.completion);
        let words = (second - first.prompt - first.completion).max(0.0);
        let added = count.grown * (mean.completion + words);
        prompt = count.draws * second + added;
        // The verifier reads the whole text too.
        verifier = first.verifier.or(mean.verifier).map(|tokens| {
            let text = mean.completion + words;
            count.scores * (tokens + text) + if count.draws > 0.0 { count.scores / count.draws * added } else { 0.0 }
        });
    }
    let per_prompt_token = if mean.prompt > 0.0 { mean.prompt_price / mean.prompt } else { 0.0 };
    let verifier_price = match (mean.verifier, verifier) {
        (Some(one), Some(all)) if one > 0.0 => mean.verifier_price * all / one,
        _ => 0.0,
    };
    Cost {
        prompt,
        completion: count.draws * mean.completion,
        price: prompt * per_prompt_token + count.draws * mean.completion_price + verifier_price,
        verifier: if count.scores > 0.0 { verifier } else { Some(0.0) },
        seconds: if count.draws > 0.0 {
            mean.seconds.map(|seconds| count.draws * seconds + count.scores * mean.verifier_seconds)
        } else {
            Some(count.scores * mean.verifier_seconds)
        },
    }
}

/// The time in requests over the time in which any was in flight.
fn concurrency(drawn: &[StoredCost]) -> Option<f64> {
    let mut spans: Vec<(f64, f64)> = drawn
        .iter()
        .filter_map(|draw| {
            let (started, latency) = (draw.started_at? as f64, draw.latency_ms?);
            Some((started, started + latency))
        })
        .collect();
    spans.sort_by(|left, right| left.0.total_cmp(&right.0));
    let (mut busy, mut until) = (0.0, f64::NEG_INFINITY);
    for (start, end) in &spans {
        busy += (end - start.max(until)).max(0.0);
        until = until.max(*end);
    }
    let requests: f64 = spans.iter().map(|(start, end)| end - start).sum();
    (busy > 0.0).then(|| (requests / busy).max(1.0))
}
