//! Who votes for what, counted as draws come in: the one tally behind every vote.
//!
//! Under the common rules a class votes, cut-off answers only while there is no other, missing ones never. Under the
//! `legacy` rules of the published code the exact text votes, cut off or not, and all missing answers are one candidate
//! that can win. Ties go to the candidate seen first under both.

use std::ops::Add;

use super::common::{Chooser, Standing, standing};
use super::interface::{Choice, ClassId, Draw};

/// What a draw votes for; `Some(None)` is the missing answer of the legacy rules. `None`: it does not vote.
pub(super) type Candidate = Option<ClassId>;

/// What this draw votes for while nothing outranks it; `None` when it never votes.
pub(super) fn candidate(draw: &Draw, legacy: bool) -> Option<Candidate> {
    if legacy { Some(draw.text) } else { draw.class.map(Some) }
}

/// One candidate.
#[derive(Debug, Clone, Copy)]
struct Tally<W> {
    candidate: Candidate,
    votes: W,
    /// Index of its first draw.
    first: usize,
}

/// A running tally with its leader and the votes of the runner-up. One vote costs a search among the candidates.
#[derive(Debug)]
pub(super) struct Votes<W> {
    legacy: bool,
    tallies: Vec<Tally<W>>,
    leader: Option<Tally<W>>,
    runner_up: W,
    /// The highest standing among the voters.
    highest: Option<Standing>,
}

impl<W: Copy + PartialOrd + Default + Add<Output = W>> Votes<W> {
    pub(super) fn new(legacy: bool) -> Self {
        Self { legacy, tallies: Vec::new(), leader: None, runner_up: W::default(), highest: None }
    }

    /// Counts the draw at this index with a weight that is not negative.
    pub(super) fn cast(&mut self, index: usize, draw: &Draw, weight: W) {
        let Some(candidate) = candidate(draw, self.legacy) else { return };
        if !self.legacy && !self.admits(standing(draw)) {
            return;
        }
        let tally = match self.tallies.iter_mut().find(|tally| tally.candidate == candidate) {
            Some(tally) => {
                tally.votes = tally.votes + weight;
                *tally
            }
            None => {
                let tally = Tally { candidate, votes: weight, first: index };
                self.tallies.push(tally);
                tally
            }
        };
        self.rank(tally);
    }

    /// Whether a draw of this standing votes. The first real answer takes the vote from those cut off before it.
    fn admits(&mut self, standing: Standing) -> bool {
        if self.highest.is_some_and(|highest| standing < highest) {
            return false;
        }
        if self.highest.is_some_and(|highest| standing > highest) {
            *self = Self::new(self.legacy);
        }
        self.highest = Some(standing);
        true
    }

    /// Puts a candidate whose votes have just grown in its place.
    fn rank(&mut self, tally: Tally<W>) {
        match self.leader {
            Some(leader) if leader.candidate != tally.candidate => {
                let leads = tally.votes > leader.votes || (tally.votes == leader.votes && tally.first < leader.first);
                if leads {
                    (self.leader, self.runner_up) = (Some(tally), leader.votes);
                } else if tally.votes > self.runner_up {
                    self.runner_up = tally.votes;
                }
            }
            _ => self.leader = Some(tally),
        }
    }

    /// Votes of the leader and of the runner-up; zero where there is none.
    pub(super) fn top_two(&self) -> (W, W) {
        (self.leader.map_or_else(W::default, |leader| leader.votes), self.runner_up)
    }

    /// Votes of every candidate, in order of first appearance.
    pub(super) fn counts(&self) -> impl Iterator<Item = W> {
        self.tallies.iter().map(|tally| tally.votes)
    }

    /// The first draw of the leader.
    pub(super) fn choice(&self) -> Choice {
        self.leader.map_or(Choice::Missing, |leader| Choice::Draw(leader.first))
    }
}

/// The most frequent candidate.
#[derive(Debug)]
pub(super) struct MostFrequent(pub(super) Votes<u32>);

impl MostFrequent {
    pub(super) fn new(legacy: bool) -> Self {
        Self(Votes::new(legacy))
    }
}

impl Chooser for MostFrequent {
    fn see(&mut self, index: usize, draw: &Draw) {
        self.0.cast(index, draw, 1);
    }

    fn choice(&self) -> Choice {
        self.0.choice()
    }
}
