//! A question's pool as methods may see it (classes, scores, tokens), and beside it, apart, which classes are right.

use std::collections::HashMap;

use markovscale::{ClassId, Draw, Tokens};
use markovscale_answers::{Answer, Verdict, classes, equivalent};
use rayon::prelude::*;

use crate::dataset::{Dataset, Question};
use crate::key::{DrawKey, Mode, QuestionId};
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
}

/// Everything drawn for one question.
#[derive(Debug, Clone, Default)]
pub struct QuestionPool {
    /// Parallel draws in the order of their numbers.
    pub parallel: Vec<PoolDraw>,
    /// Chains, rounds in order without a gap.
    pub chains: Vec<Vec<PoolDraw>>,
    /// Which classes are right. Methods never see this.
    right: Vec<bool>,
}

impl QuestionPool {
    /// Whether an answer of this class is right; a missing answer is not.
    pub fn is_right(&self, class: Option<ClassId>) -> bool {
        class.is_some_and(|class| self.right.get(class.0 as usize).copied().unwrap_or(false))
    }

    /// The first right class, if any draw is right: the label that calibration uses.
    pub fn right_class(&self) -> Option<ClassId> {
        self.right.iter().zip(0..).find(|(right, _)| **right).map(|(_, class)| ClassId(class))
    }
}

type Row = (DrawKey, StoredDraw);

/// Forms the pools of a dataset's questions, in dataset order. Classes are formed once per question, over all its draws.
pub fn pools(dataset: &Dataset, draws: Vec<StoredDraw>, scores: Vec<StoredScore>) -> Vec<QuestionPool> {
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
    work.into_par_iter().map(|(question, rows, scores)| pool(question, rows, &scores)).collect()
}

fn pool(question: &Question, mut rows: Vec<Row>, scores: &HashMap<DrawKey, StoredScore>) -> QuestionPool {
    rows.sort_by_key(|(key, _)| *key);
    let answers: Vec<Option<&str>> = rows.iter().map(|(_, row)| row.answer.as_deref()).collect();
    let (ids, representatives) = classes_of_texts(&answers);
    let gold = Answer::parse(&question.gold);
    // An undecided comparison with the gold answer counts as not right: no number may flatter.
    let right = representatives.iter().map(|answer| equivalent(answer, &gold) == Verdict::Equal).collect();
    let mut pool = QuestionPool { right, ..QuestionPool::default() };
    for ((key, row), class) in rows.iter().zip(ids) {
        let score = scores.get(key);
        let draw = PoolDraw {
            seen: Draw {
                class: class.map(ClassId),
                score: score.and_then(|s| s.score),
                completion_tokens: row.completion_tokens,
                cut_off: row.cut_off,
            },
            prompt_tokens: row.prompt_tokens,
            verifier_tokens: score.map_or(Tokens(0), |s| s.verifier_tokens),
        };
        match key.mode {
            Mode::Parallel => pool.parallel.push(draw),
            Mode::Sequential => {
                let (chain, round) = (key.chain.0 as usize, key.round.0 as usize);
                if pool.chains.len() <= chain {
                    pool.chains.resize_with(chain + 1, Vec::new);
                }
                if pool.chains[chain].len() == round {
                    pool.chains[chain].push(draw);
                }
            }
            Mode::Refine | Mode::Forced => {}
        }
    }
    pool
}

/// Classes of answers given as texts; each distinct text is parsed once.
fn classes_of_texts(answers: &[Option<&str>]) -> (Vec<Option<u32>>, Vec<Answer>) {
    let mut distinct: HashMap<&str, usize> = HashMap::new();
    let mut parsed: Vec<Option<Answer>> = Vec::new();
    let places: Vec<Option<usize>> = answers
        .iter()
        .map(|text| {
            text.map(|text| {
                *distinct.entry(text).or_insert_with(|| {
                    parsed.push(Some(Answer::parse(text)));
                    parsed.len() - 1
                })
            })
        })
        .collect();
    let (ids, representatives) = classes(&parsed);
    (places.into_iter().map(|place| place.and_then(|p| ids[p])).collect(), representatives)
}
