//! What a partition still lacks.

use std::collections::HashMap;

use crate::dataset::Dataset;
use crate::experiment::Pool;
use crate::key::{DrawKey, Mode, QuestionId};

/// What one question still lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Missing {
    /// Numbers of the parallel draws to make.
    pub parallel: Vec<u32>,
    /// Chains to start or to go on with.
    pub chains: Vec<MissingChain>,
}

/// Where a chain goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingChain {
    /// Its number.
    pub chain: u32,
    /// The first round to draw.
    pub from: u32,
    /// The answer of the round before, fed back in the prompt.
    pub previous_answer: Option<String>,
}

impl Missing {
    /// Draws this question still needs when chains have `rounds` rounds.
    pub fn draws(&self, rounds: u32) -> u64 {
        let chains: u64 = self.chains.iter().map(|c| u64::from(rounds - c.from)).sum();
        self.parallel.len() as u64 + chains
    }
}

#[derive(Default)]
struct Have {
    parallel: Vec<bool>,
    /// Per chain, per round: whether it is there, with its answer.
    chains: Vec<Vec<Option<Option<String>>>>,
}

/// Compares a pool with the draws there are (question, key, answer): what each question of the dataset lacks.
///
/// A chain goes on after its last round without a gap. Draws beyond the pool are left alone.
pub fn missing(
    dataset: &Dataset,
    pool: Pool,
    known: impl Iterator<Item = (QuestionId, DrawKey, Option<String>)>,
) -> Vec<Missing> {
    let index: HashMap<&QuestionId, usize> = dataset.questions.iter().enumerate().map(|(i, q)| (&q.id, i)).collect();
    let (parallel, chains, rounds) = (pool.parallel as usize, pool.chains as usize, pool.rounds as usize);
    let fresh = || Have { parallel: vec![false; parallel], chains: vec![vec![None; rounds]; chains] };
    let mut have: Vec<Have> = dataset.questions.iter().map(|_| fresh()).collect();
    for (question, draw, answer) in known {
        let Some(have) = index.get(&question).and_then(|i| have.get_mut(*i)) else { continue };
        let (chain, round) = (draw.chain.0 as usize, draw.round.0 as usize);
        match draw.mode {
            Mode::Parallel => {
                if let Some(there) = have.parallel.get_mut(chain) {
                    *there = true;
                }
            }
            Mode::Sequential => {
                if let Some(there) = have.chains.get_mut(chain).and_then(|c| c.get_mut(round)) {
                    *there = Some(answer);
                }
            }
            Mode::Refine | Mode::Forced | Mode::Judge => {}
        }
    }
    have.into_iter().map(|have| lacking(have, pool.rounds)).collect()
}

fn lacking(have: Have, rounds: u32) -> Missing {
    let numbered = have.parallel.iter().zip(0..);
    let parallel = numbered.filter(|(there, _)| !**there).map(|(_, number)| number).collect();
    let chain = |(rows, chain): (Vec<Option<Option<String>>>, u32)| {
        let done: Vec<Option<String>> = rows.into_iter().map_while(|row| row).collect();
        let from = u32::try_from(done.len()).unwrap_or(rounds);
        let previous_answer = done.into_iter().last().flatten();
        (from < rounds).then_some(MissingChain { chain, from, previous_answer })
    };
    Missing { parallel, chains: have.chains.into_iter().zip(0..).filter_map(chain).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Question;
    use crate::key::{Chain, Round};

    fn dataset() -> Dataset {
        let question = |id: &str| Question {
            id: QuestionId(id.to_owned()),
            text: format!("Question {id}?"),
            gold: "1".to_owned(),
            level: None,
            subject: None,
        };
        Dataset { name: "d".into(), revision: "1".into(), questions: vec![question("a"), question("b")] }
    }

    fn key(mode: Mode, chain: u32, round: u32) -> DrawKey {
        DrawKey { mode, chain: Chain(chain), round: Round(round) }
    }

    #[test]
    fn an_empty_run_lacks_the_whole_pool() {
        let pool = Pool { parallel: 3, chains: 2, rounds: 4 };
        let missing = missing(&dataset(), pool, std::iter::empty());
        assert_eq!(missing.len(), 2);
        assert_eq!(missing[0].parallel, [0, 1, 2]);
        assert_eq!(missing[1].draws(pool.rounds), 11);
    }

    #[test]
    fn a_chain_goes_on_after_its_last_gapless_round_with_that_answer() {
        let pool = Pool { parallel: 2, chains: 2, rounds: 4 };
        let answer = |text: &str| Some(text.to_owned());
        let known = [
            (key(Mode::Sequential, 0, 0), answer("5")),
            (key(Mode::Sequential, 0, 1), answer("6")),
            // Round 2 is missing, so round 3 cannot be continued from and round 2 is next.
            (key(Mode::Sequential, 0, 3), answer("8")),
            (key(Mode::Parallel, 1, 0), None),
            // Beyond the pool.
            (key(Mode::Parallel, 7, 0), None),
        ];
        let known = known.into_iter().map(|(k, a)| (QuestionId("b".into()), k, a));
        let missing = missing(&dataset(), pool, known);
        assert_eq!(missing[0].draws(4), 10);
        assert_eq!(missing[1].parallel, [0]);
        let expected = MissingChain { chain: 0, from: 2, previous_answer: answer("6") };
        assert_eq!(missing[1].chains[0], expected);
        assert_eq!(missing[1].chains[1], MissingChain { chain: 1, from: 0, previous_answer: None });
    }

    #[test]
    fn a_finished_chain_is_not_asked_for_again() {
        let pool = Pool { parallel: 0, chains: 1, rounds: 2 };
        let known = (0..2).map(|r| (QuestionId("a".into()), key(Mode::Sequential, 0, r), None));
        assert_eq!(missing(&dataset(), pool, known)[0], Missing::default());
    }
}
