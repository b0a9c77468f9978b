//! A question's pool as methods may see it (classes, scores, tokens), and beside it, apart, which classes are right.
//!
//! Classes are formed without the gold answer. A class is right when its representative, its plainest form (which does
//! not depend on the order of draws), is graded right: then all of its draws count as right, however they are written, and no method can gain by
//! which member of a class it returns. Grading allows for more than equivalence does (a gold answer that is a rounded
//! decimal accepts what rounds to it), so several classes can be right, and a draw can be graded otherwise than its class
//! (`correct` of a trace is the draw's own grade). `markovscale answers audit` lists where that happens.

use std::collections::HashMap;

use markovscale::{ClassId, Draw, DrawMode, Tokens};
use markovscale_answers::{Answer, Grader};
use rayon::prelude::*;

use crate::dataset::{Dataset, Question};
use crate::experiment::{Price, Prices};
use crate::key::{DrawKey, Mode, QuestionId};
use crate::prompt::verdict_of_name;
use crate::sessions::{Classes, classes_of_texts};
use crate::trace::{StoredDraw, StoredScore};

/// One draw of a pool: what a method sees, and what only accounting needs.
#[derive(Debug, Clone, Copy)]
pub struct PoolDraw {
    /// What a method sees.
    pub seen: Draw,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Tokens its score cost.
    pub verifier_tokens: Tokens,
    /// What it cost, in the currency of the prices.
    pub price: f64,
    /// What its score cost.
    pub verifier_price: f64,
}

/// A difficulty rating and what it cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The rating, larger is harder; `None` when none could be read.
    pub rating: Option<f64>,
    /// Prompt tokens.
    pub prompt_tokens: Tokens,
    /// Completion tokens.
    pub completion_tokens: Tokens,
    /// What they cost.
    pub price: f64,
}

impl Judged {
    fn new(row: &StoredDraw, price: &Price) -> Self {
        let rating = row.answer.as_deref().and_then(|answer| answer.parse().ok()).filter(|r: &f64| r.is_finite());
        let price = price.price_of(row.tokens).units();
        Self { rating, prompt_tokens: row.tokens.prompt, completion_tokens: row.tokens.completion, price }
    }
}

/// Everything drawn for one question.
#[derive(Debug, Clone, Default)]
pub struct QuestionPool {
    /// Parallel draws in the order of their numbers.
    pub parallel: Vec<PoolDraw>,
    /// Chains of re-answers, rounds in order without a gap.
    pub chains: Vec<Vec<PoolDraw>>,
    /// Chains of answer, critique, answer, ...; the same.
    pub refine: Vec<Vec<PoolDraw>>,
    /// Growing reasoning texts; the same.
    pub forced: Vec<Vec<PoolDraw>>,
    /// The question's difficulty as the backbone rated it, if it was asked.
    pub judged: Option<Judged>,
    /// The answers as written, by the id that draws know them by (`Draw::text`).
    texts: Vec<String>,
    /// Which classes are right. Methods never see this.
    right: Vec<bool>,
}

impl QuestionPool {
    /// The chains of a mode; none for parallel draws, which are not in chains.
    pub fn chains_of(&self, mode: DrawMode) -> &[Vec<PoolDraw>] {
        match mode {
            DrawMode::Parallel => &[],
            DrawMode::Sequential => &self.chains,
            DrawMode::Refine => &self.refine,
            DrawMode::Forced => &self.forced,
        }
    }

    /// Whether an answer of this class is right; a missing answer is not.
    pub fn is_right(&self, class: Option<ClassId>) -> bool {
        class.is_some_and(|class| self.right.get(class.0 as usize).copied().unwrap_or(false))
    }

    /// The text of a draw's answer.
    pub(super) fn text(&self, draw: &Draw) -> Option<&str> {
        self.texts.get(draw.text?.0 as usize).map(String::as_str)
    }

    /// The first right class, if any draw is right: the label that calibration uses.
    pub fn right_class(&self) -> Option<ClassId> {
        self.right.iter().zip(0..).find(|(right, _)| **right).map(|(_, class)| ClassId(class))
    }
}

type Row = (DrawKey, StoredDraw);

/// Forms the pools of a dataset's questions, in dataset order. Classes are formed once per question, over all its draws.
/// Nothing in them has a price.
pub fn pools(dataset: &Dataset, draws: Vec<StoredDraw>, scores: Vec<StoredScore>) -> Vec<QuestionPool> {
    priced_pools(dataset, draws, scores, Prices::default())
}

/// The same with what draws and scores cost.
pub(super) fn priced_pools(
    dataset: &Dataset,
    draws: Vec<StoredDraw>,
    scores: Vec<StoredScore>,
    prices: Prices,
) -> Vec<QuestionPool> {
    let index: HashMap<&QuestionId, usize> = dataset.questions.iter().enumerate().map(|(i, q)| (&q.id, i)).collect();
    let mut rows: Vec<Vec<Row>> = dataset.questions.iter().map(|_| Vec::new()).collect();
    for draw in draws {
        if let Some(i) = index.get(&draw.question) {
            rows[*i].push((draw.draw, draw));
        }
    }
    let mut scored: Vec<HashMap<DrawKey, StoredScore>> = dataset.questions.iter().map(|_| HashMap::new()).collect();
    for score in scores {
        if let Some(i) = index.get(&score.question) {
            scored[*i].insert(score.draw, score);
        }
    }
    let work: Vec<(&Question, Vec<Row>, HashMap<DrawKey, StoredScore>)> =
        dataset.questions.iter().zip(rows).zip(scored).map(|((q, rows), scores)| (q, rows, scores)).collect();
    work.into_par_iter().map(|(question, rows, scores)| pool(question, rows, &scores, &prices)).collect()
}

fn pool(
    question: &Question,
    mut rows: Vec<Row>,
    scores: &HashMap<DrawKey, StoredScore>,
    prices: &Prices,
) -> QuestionPool {
    rows.sort_by_key(|(key, _)| *key);
    let answers: Vec<Option<&str>> = rows
        .iter()
        .map(|(key, row)| row.answer.as_deref().filter(|text| key.is_answer() && !Answer::is_blank(text)))
        .collect();
    let Classes { of_answer, of_text, representatives } = classes_of_texts(&answers);
    let grader = Grader::new(&question.gold);
    // An undecided comparison with the gold answer counts as not right: no number may flatter.
    let is_right = |answer: &Answer| grader.right_answer(answer) == Some(true);
    let right = representatives.iter().map(is_right).collect();
    let mut texts: Vec<String> = Vec::new();
    for (answer, text) in answers.iter().zip(&of_text) {
        if let (Some(answer), Some(text)) = (answer, text)
            && *text as usize == texts.len()
        {
            texts.push((*answer).to_owned());
        }
    }
    let mut pool = QuestionPool { right, texts, ..QuestionPool::default() };
    for (((key, row), class), text) in rows.iter().zip(of_answer).zip(of_text) {
        let score = scores.get(key);
        let draw = PoolDraw {
            seen: Draw {
                class: class.map(ClassId),
                text: text.map(ClassId),
                critique: (!key.is_answer()).then(|| verdict_of_name(row.answer.as_deref())),
                score: score.and_then(|s| s.score),
                completion_tokens: row.tokens.completion,
                cut_off: row.cut_off,
            },
            prompt_tokens: row.tokens.prompt,
            verifier_tokens: score.map_or(Tokens(0), |s| s.verifier_tokens),
            price: prices.backbone.price_of(row.tokens).units(),
            verifier_price: score.map_or(0.0, |s| prices.verifier.price_of(s.tokens()).units()),
        };
        match key.mode {
            Mode::Parallel => pool.parallel.push(draw),
            Mode::Sequential => add_round(&mut pool.chains, *key, draw),
            Mode::Refine => add_round(&mut pool.refine, *key, draw),
            Mode::Forced => add_round(&mut pool.forced, *key, draw),
            Mode::Judge => pool.judged = Some(Judged::new(row, &prices.backbone)),
        }
    }
    pool
}

/// Adds a round to its chain. Rows come sorted, so a round after a gap finds its chain too short and is left out.
fn add_round(chains: &mut Vec<Vec<PoolDraw>>, key: DrawKey, draw: PoolDraw) {
    let (chain, round) = (key.chain.0 as usize, key.round.0 as usize);
    if chains.len() <= chain {
        chains.resize_with(chain + 1, Vec::new);
    }
    if chains[chain].len() == round {
        chains[chain].push(draw);
    }
}
