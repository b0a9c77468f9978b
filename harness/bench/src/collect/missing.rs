//! What a partition still lacks.

use std::collections::HashMap;

use crate::dataset::Dataset;
use crate::experiment::Drawn;
use crate::key::{DrawKey, Mode, QuestionId};

/// A draw that is there, as far as going on after it needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The question.
    pub question: QuestionId,
    /// Which draw of it.
    pub draw: DrawKey,
    /// The stored answer.
    pub answer: Option<String>,
    /// Whether the token limit cut it off.
    pub cut_off: bool,
}

/// What one question still lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Missing {
    /// Numbers of the parallel draws to make.
    pub parallel: Vec<u32>,
    /// Chains to start or to go on with. A rating is a chain of one row.
    pub chains: Vec<MissingChain>,
}

/// Where a chain goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingChain {
    /// How it is asked for.
    pub mode: Mode,
    /// Its number.
    pub chain: u32,
    /// The first row to draw.
    pub from: u32,
    /// Rows that it will have.
    pub rows: u32,
    /// What the next row needs of the rows before.
    pub carried: Carried,
}

/// What a row of a chain needs of the rows before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Carried {
    /// The last answer, fed back in the prompt.
    pub answer: Option<String>,
    /// The critique of that answer when a re-answer is next, or the whole text so far of a forced chain; else empty.
    /// [`missing`] leaves it empty, since completions are large; collecting reads those that are needed.
    pub text: String,
    /// Whether the token limit cut off the last row.
    pub cut_off: bool,
}

impl Missing {
    /// Draws this question still needs.
    pub fn draws(&self) -> u64 {
        let chains: u64 = self.chains.iter().map(|c| u64::from(c.rows - c.from)).sum();
        self.parallel.len() as u64 + chains
    }
}

/// What is there of one row of a chain: its answer, and whether it was cut off.
type Row = Option<(Option<String>, bool)>;

/// What one question has, per kind of draw: its chains' rows.
struct Have {
    parallel: Vec<bool>,
    chains: Vec<(Drawn, Vec<Vec<Row>>)>,
}

impl Have {
    fn nothing(drawn: &[Drawn]) -> Self {
        let parallel = drawn.iter().find(|drawn| drawn.mode == Mode::Parallel).map_or(0, |drawn| drawn.chains);
        let chains = drawn.iter().filter(|drawn| drawn.mode != Mode::Parallel);
        Self {
            parallel: vec![false; parallel as usize],
            chains: chains.map(|d| (*d, vec![vec![None; d.rows as usize]; d.chains as usize])).collect(),
        }
    }

    fn add(&mut self, known: Known) {
        let (chain, round) = (known.draw.chain.0 as usize, known.draw.round.0 as usize);
        if known.draw.mode == Mode::Parallel {
            if let Some(there) = self.parallel.get_mut(chain) {
                *there = true;
            }
            return;
        }
        let chains = self.chains.iter_mut().find(|(drawn, _)| drawn.mode == known.draw.mode);
        if let Some(row) = chains.and_then(|(_, chains)| chains.get_mut(chain)?.get_mut(round)) {
            *row = Some((known.answer, known.cut_off));
        }
    }

    fn lacking(self) -> Missing {
        let numbered = self.parallel.iter().zip(0..);
        let parallel = numbered.filter(|(there, _)| !**there).map(|(_, number)| number).collect();
        let chains = self.chains.into_iter().flat_map(|(drawn, chains)| {
            chains.into_iter().zip(0..).filter_map(move |(rows, number)| lacking_chain(drawn, number, rows))
        });
        Missing { parallel, chains: chains.collect() }
    }
}

/// Compares what every question is to get with the draws there are: what each question of the dataset lacks.
///
/// A chain goes on after its last row without a gap. Draws beyond the pool are left alone.
pub fn missing(dataset: &Dataset, drawn: &[Drawn], known: impl Iterator<Item = Known>) -> Vec<Missing> {
    let index: HashMap<&QuestionId, usize> = dataset.questions.iter().enumerate().map(|(i, q)| (&q.id, i)).collect();
    let mut have: Vec<Have> = dataset.questions.iter().map(|_| Have::nothing(drawn)).collect();
    for known in known {
        if let Some(have) = index.get(&known.question).and_then(|i| have.get_mut(*i)) {
            have.add(known);
        }
    }
    have.into_iter().map(Have::lacking).collect()
}

fn lacking_chain(drawn: Drawn, chain: u32, rows: Vec<Row>) -> Option<MissingChain> {
    let Drawn { mode, rows: wanted, .. } = drawn;
    let done: Vec<(Option<String>, bool)> = rows.into_iter().map_while(|row| row).collect();
    let from = u32::try_from(done.len()).unwrap_or(wanted);
    let cut_off = done.last().is_some_and(|(_, cut_off)| *cut_off);
    // What a critique stores as its answer is a verdict; the answer that it judged stands one row before it.
    let behind = usize::from(mode == Mode::Refine && from > 0 && from.is_multiple_of(2));
    let answer = done.into_iter().nth_back(behind).and_then(|(answer, _)| answer);
    let carried = Carried { answer, text: String::new(), cut_off };
    (from < wanted).then_some(MissingChain { mode, chain, from, rows: wanted, carried })
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

    fn known(question: &str, mode: Mode, chain: u32, round: u32, answer: Option<&str>) -> Known {
        Known {
            question: QuestionId(question.to_owned()),
            draw: DrawKey { mode, chain: Chain(chain), round: Round(round) },
            answer: answer.map(str::to_owned),
            cut_off: false,
        }
    }

    fn drawn(mode: Mode, chains: u32, rows: u32) -> Drawn {
        Drawn { mode, chains, rows }
    }

    fn carried(answer: Option<&str>) -> Carried {
        Carried { answer: answer.map(str::to_owned), ..Carried::default() }
    }

    #[test]
    fn an_empty_run_lacks_the_whole_pool() {
        let pool = [drawn(Mode::Parallel, 3, 1), drawn(Mode::Sequential, 2, 4), drawn(Mode::Judge, 1, 1)];
        let missing = missing(&dataset(), &pool, std::iter::empty());
        assert_eq!(missing.len(), 2);
        assert_eq!(missing[0].parallel, [0, 1, 2]);
        assert_eq!(missing[1].draws(), 12);
    }

    #[test]
    fn a_chain_goes_on_after_its_last_gapless_round_with_that_answer() {
        let pool = [drawn(Mode::Parallel, 2, 1), drawn(Mode::Sequential, 2, 4)];
        let rows = [
            known("b", Mode::Sequential, 0, 0, Some("5")),
            known("b", Mode::Sequential, 0, 1, Some("6")),
            // Round 2 is missing, so round 3 cannot be continued from and round 2 is next.
            known("b", Mode::Sequential, 0, 3, Some("8")),
            known("b", Mode::Parallel, 1, 0, None),
            // Beyond the pool.
            known("b", Mode::Parallel, 7, 0, None),
            // Of another kind than any that is asked for.
            known("b", Mode::Forced, 0, 0, None),
        ];
        let missing = missing(&dataset(), &pool, rows.into_iter());
        assert_eq!(missing[0].draws(), 10);
        assert_eq!(missing[1].parallel, [0]);
        let chain = |chain, from, carried| MissingChain { mode: Mode::Sequential, chain, from, rows: 4, carried };
        assert_eq!(missing[1].chains[0], chain(0, 2, carried(Some("6"))));
        assert_eq!(missing[1].chains[1], chain(1, 0, carried(None)));
    }

    #[test]
    fn a_finished_chain_is_not_asked_for_again() {
        let pool = [drawn(Mode::Sequential, 1, 2)];
        let rows = (0..2).map(|round| known("a", Mode::Sequential, 0, round, None));
        assert_eq!(missing(&dataset(), &pool, rows)[0], Missing::default());
    }

    #[test]
    fn a_refine_chain_carries_the_last_answer_and_never_a_verdict() {
        let pool = [drawn(Mode::Refine, 1, 5)];
        let rows = [("5", 0), ("wrong", 1), ("6", 2), ("right", 3)];
        for (count, expected) in [(0, None), (1, Some("5")), (2, Some("5")), (3, Some("6")), (4, Some("6"))] {
            let known = rows[..count].iter().map(|(answer, round)| known("a", Mode::Refine, 0, *round, Some(answer)));
            let missing = missing(&dataset(), &pool, known);
            assert_eq!(missing[0].chains[0].from as usize, count);
            assert_eq!(missing[0].chains[0].carried, carried(expected), "after {count} rows");
        }
    }

    #[test]
    fn a_text_that_was_cut_off_is_known_to_be() {
        let pool = [drawn(Mode::Forced, 1, 3)];
        let cut = Known { cut_off: true, ..known("a", Mode::Forced, 0, 1, None) };
        let rows = [known("a", Mode::Forced, 0, 0, Some("5")), cut];
        let missing = missing(&dataset(), &pool, rows.into_iter());
        assert_eq!((missing[0].chains[0].from, missing[0].chains[0].carried.cut_off), (2, true));
    }
}
