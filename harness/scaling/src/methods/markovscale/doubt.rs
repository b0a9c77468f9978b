//! `stop: value`: how much one more draw could still change the vote, against one price for all questions.
//!
//! After `n` draws, missing and cut-off ones included, let `v1 >= v2` be the two largest class counts. The doubt is
//! `P(Beta(v1 + 1, v2 + 1) <= 1/2)`, the probability under a uniform prior that the runner-up is the more frequent of the
//! two. A leader that `n` draws left in doubt takes about `n` more to overturn, so `doubt / n` is what one more draw is
//! worth. The session stops as soon as that is at most `price`: it settles clear votes and gives up on hopeless ones, which
//! a rule that waits for a probability cannot.
//!
//! `price` is an index here and no price in accuracy. Always drawing for the question with the largest `doubt / n` until a
//! budget for all questions is spent is the same rule at a common price.
//!
//! It reads answers only: no scores, no labels, nothing fitted. `select: posterior` returns the most probable class of the
//! same model, which is the most frequent one; among equals the class whose draws are shorter in the mean, then the one
//! seen first.

use std::cmp::Ordering;
use std::ops::Add;

use statrs::function::beta::beta_reg;

use super::config::{MarkovScaleConfig, Select};
use super::prediction::Prediction;
use super::watch::Watch;
use crate::methods::common::{Chooser, HighestScore, LastAnswer};
use crate::methods::explanation::{Explanation, Reason};
use crate::methods::interface::{Budget, Choice, Decision, Draw, QuestionContext, Session};
use crate::methods::votes::Votes;
use crate::posterior::{AnswerModel, Posterior};

/// `P(Beta(leader + 1, runner_up + 1) <= 1/2)`, in [0, 1/2]: the probability that the runner-up is the more frequent of the
/// two classes, given their counts in draws and a uniform prior of their shares.
pub fn doubt(leader: u32, runner_up: u32) -> f64 {
    // Exact by symmetry, where a series is off in its last digits and would miss a price that a tie just meets.
    if leader == runner_up { 0.5 } else { beta_reg(f64::from(leader) + 1.0, f64::from(runner_up) + 1.0, 0.5) }
}

/// A class's draws and their completion tokens. More draws are more; of as many, fewer tokens are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Support {
    draws: u32,
    tokens: u64,
}

impl PartialOrd for Support {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.draws.cmp(&other.draws).then(other.tokens.cmp(&self.tokens)))
    }
}

impl Add for Support {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { draws: self.draws + other.draws, tokens: self.tokens.saturating_add(other.tokens) }
    }
}

/// One question under `stop: value`.
pub(super) struct ValueSession<'a> {
    config: &'a MarkovScaleConfig,
    budget: usize,
    /// Only for what [`Session::explain`] says beside the decision.
    model: Option<&'a AnswerModel>,
    votes: Votes<Support>,
    last: LastAnswer,
    highest: HighestScore,
    known: usize,
}

impl<'a> ValueSession<'a> {
    pub(super) fn new(config: &'a MarkovScaleConfig, question: &QuestionContext<'a>, budget: Budget) -> Self {
        Self {
            config,
            budget: budget.0 as usize,
            model: question.model,
            votes: Votes::new(false),
            last: LastAnswer::default(),
            highest: HighestScore::default(),
            known: 0,
        }
    }

    fn choice(&self) -> Choice {
        match self.config.select {
            Select::Last => self.last.choice(),
            Select::BestScore => self.highest.choice(),
            Select::Posterior => self.votes.choice(),
        }
    }

    /// Whether it stops after this number of draws, and why.
    fn reason(&self, draws: usize) -> Reason {
        if draws >= self.budget {
            return Reason::BudgetSpent;
        }
        let least = self.config.min_answers.max(1);
        if draws < least as usize {
            return Reason::TooFewAnswers { least };
        }
        let (leader, runner_up) = self.votes.top_two();
        let doubt = doubt(leader.draws, runner_up.draws);
        let (index, price) = (doubt / draws as f64, self.config.price);
        Reason::Value { doubt, index, price, stops: index <= price }
    }
}

impl Session for ValueSession<'_> {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        for (index, draw) in seen.iter().enumerate().skip(self.known) {
            self.votes.cast(index, draw, Support { draws: 1, tokens: draw.completion_tokens.0 });
            self.last.see(index, draw);
            self.highest.see(index, draw);
        }
        self.known = seen.len();
        if self.reason(seen.len()).stops() {
            Decision::Stop(self.choice())
        } else {
            Decision::request(self.config.draws, seen)
        }
    }

    fn explain(&self, seen: &[Draw]) -> Option<Explanation> {
        if seen.is_empty() {
            return None;
        }
        let mut watch = Watch::new(self.config.select, Posterior::new(&self.config.model(self.model)));
        for (index, draw) in seen.iter().enumerate() {
            watch.see(index, draw);
        }
        let choice = self.choice();
        Some(watch.explanation(seen, choice, Prediction::of(&watch.posterior), None, self.reason(seen.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{ClassId, DrawMode, Tokens};
    use crate::methods::config::MethodConfig;
    use crate::methods::markovscale::StopRule;

    fn config(price: f64) -> MethodConfig {
        let stop = StopRule::Value;
        MarkovScaleConfig { stop, price, draws: DrawMode::Parallel, scores: false, ..Default::default() }.into()
    }

    fn draw(class: Option<u32>, tokens: u64) -> Draw {
        let class = class.map(ClassId);
        Draw { class, text: class, completion_tokens: Tokens(tokens), ..Draw::default() }
    }

    /// Draws until it stops, and what it returns.
    fn play(price: f64, budget: u32, draws: &[Draw]) -> (usize, Choice) {
        let method = config(price).build();
        let mut session = method.session(&QuestionContext::default(), Budget(budget));
        for seen in 0..=draws.len() {
            if let Decision::Stop(choice) = session.next(&draws[..seen]) {
                return (seen, choice);
            }
        }
        panic!("it wants more than {} draws", draws.len())
    }

    fn stops(price: f64, leader: u32, runner_up: u32) -> bool {
        doubt(leader, runner_up) / f64::from(leader + runner_up) <= price
    }

    #[test]
    fn doubt_is_the_binomial_tail() {
        for (leader, runner_up) in [(0u32, 0u32), (1, 0), (3, 1), (9, 4), (40, 31)] {
            // P(Beta(a, b) <= 1/2) = P(Bin(a + b - 1, 1/2) >= a).
            let n = leader + runner_up + 1;
            let mut mass = 0.5f64.powi(n as i32);
            let mut tail = 0.0;
            for k in 0..=runner_up {
                tail += mass;
                mass *= f64::from(n - k) / f64::from(k + 1);
            }
            assert!(
                (doubt(leader, runner_up) - tail).abs() < 1e-10,
                "{leader} {runner_up}: {} {tail}",
                doubt(leader, runner_up)
            );
        }
        assert_eq!(doubt(0, 0), 0.5);
    }

    /// The smallest leader that ends drawing against 0 to 8 votes of a runner-up, with no third class and none missing.
    #[test]
    fn boundaries_are_those_of_the_definition() {
        let golden: [(f64, [u32; 9]); 5] = [
            (0.03, [3, 4, 5, 6, 6, 7, 8, 8, 9]),
            (0.01, [4, 6, 7, 8, 9, 10, 11, 11, 12]),
            (0.005, [5, 7, 8, 9, 10, 11, 12, 13, 14]),
            (0.003, [6, 7, 9, 10, 11, 12, 14, 15, 16]),
            (0.001, [7, 9, 10, 12, 13, 15, 16, 17, 19]),
        ];
        for (price, leaders) in golden {
            for (runner_up, expected) in (0..).zip(leaders) {
                let found = (runner_up.max(1)..).find(|leader| stops(price, *leader, runner_up));
                assert_eq!(found, Some(expected), "price {price}, runner-up {runner_up}");
            }
        }
    }

    #[test]
    fn a_session_stops_at_the_boundary() {
        let same = [draw(Some(0), 10); 20];
        for (price, expected) in [(0.03, 3), (0.01, 4), (0.005, 5), (0.003, 6), (0.001, 7)] {
            assert_eq!(play(price, 64, &same), (expected, Choice::Draw(0)), "{price}");
        }
        assert_eq!(play(0.0, 9, &same), (9, Choice::Draw(0)), "nothing is worth less than nothing");
    }

    #[test]
    fn it_gives_up_on_an_exact_tie() {
        for (price, tie) in [(0.03, 17), (0.01, 50), (0.005, 100), (0.003, 167)] {
            let even: Vec<Draw> = (0..tie).map(|i| draw(Some((i % 2) as u32), 10)).collect();
            let (stopped, _) = play(price, 700, &even);
            // With an odd number of draws one class is ahead, which leaves a little less doubt.
            assert!(stopped <= tie && stopped * 10 >= tie * 8, "price {price}: {stopped}, and {tie} by the tie alone");
            assert!(0.5 / tie as f64 <= price && 0.5 / (tie - 1) as f64 > price, "price {price}");
        }
    }

    #[test]
    fn missing_draws_count_as_draws_and_no_votes() {
        let missing = [draw(None, 10); 30];
        assert_eq!(play(0.03, 64, &missing), (17, Choice::Missing), "0.5 / 17 is the first at most 0.03");
    }

    #[test]
    fn ties_go_to_the_class_with_the_shorter_draws() {
        let mut draws = vec![draw(Some(0), 100), draw(Some(1), 40), draw(Some(1), 60), draw(Some(0), 100)];
        assert_eq!(play(0.0, 4, &draws).1, Choice::Draw(1));
        draws.swap(0, 1);
        assert_eq!(play(0.0, 4, &draws).1, Choice::Draw(0));
        let equal = [draw(Some(3), 5), draw(Some(4), 5)];
        assert_eq!(play(0.0, 2, &equal).1, Choice::Draw(0), "then to the class seen first");
        let ahead = [draw(Some(0), 1), draw(Some(1), 900), draw(Some(1), 900)];
        assert_eq!(play(0.0, 3, &ahead).1, Choice::Draw(1), "length breaks ties only");
    }

    #[test]
    fn unread_draws_and_scores_decide_nothing() {
        let mut draws: Vec<Draw> = (0..40).map(|i| draw(Some([0, 0, 1][i % 3]), 10)).collect();
        let before = play(0.005, 40, &draws);
        for (index, draw) in draws.iter_mut().enumerate() {
            draw.score = Some((index % 7) as f64 / 7.0);
            if index >= before.0 {
                draw.class = Some(ClassId(9));
            }
        }
        assert_eq!(play(0.005, 40, &draws), before);
        assert!(!config(0.005).method().uses_scores() && !config(0.005).method().needs_calibration());
    }
}
