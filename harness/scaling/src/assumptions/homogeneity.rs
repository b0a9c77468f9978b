//! One rate for all questions? Likelihood ratio of a beta-binomial against a shared rate, parametric bootstrap.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Assumption, AssumptionOptions, AssumptionTest, STREAMS};
use crate::rates::beta_binomial::Exceedances;
use crate::rates::{LabelledChains, QuestionCounts, Trials};

/// Which rate is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    FromRight,
    FromWrong,
}

impl Exit {
    fn trials(self, counts: &QuestionCounts) -> Trials {
        match self {
            Self::FromRight => counts.correct_to_wrong(),
            Self::FromWrong => counts.wrong_to_correct(),
        }
    }
}

/// A question under the null: its chains' first states and lengths, and the chances of leaving each state.
#[derive(Debug, Clone)]
struct NullQuestion {
    chains: Vec<(bool, u32)>,
    /// Of the tested and of the other state, in units of 2^-32.
    leave: [u64; 2],
}

/// The test of `a` and the test of `b`.
pub(super) fn tests(questions: &[LabelledChains], options: AssumptionOptions) -> [AssumptionTest; 2] {
    let counts: Vec<QuestionCounts> = questions.iter().map(QuestionCounts::of).collect();
    [
        test(questions, &counts, Exit::FromRight, Assumption::SharedCorrectToWrong, 2, options),
        test(questions, &counts, Exit::FromWrong, Assumption::SharedWrongToCorrect, 3, options),
    ]
}

fn test(
    questions: &[LabelledChains],
    counts: &[QuestionCounts],
    exit: Exit,
    assumption: Assumption,
    stream: u64,
    options: AssumptionOptions,
) -> AssumptionTest {
    let trials = counts.iter().map(|counts| exit.trials(counts));
    let informative = trials.clone().filter(|trials| trials.trials > 0).count();
    let repeated = trials.clone().any(|trials| trials.trials > 1);
    let events: u64 = trials.clone().map(|trials| u64::from(trials.events)).sum();
    let tried: u64 = trials.clone().map(|trials| u64::from(trials.trials)).sum();
    let nothing =
        AssumptionTest { assumption, statistic: 0.0, expected: 0.0, p_value: None, corrected: None, informative };
    // A spread is seen only where someone is tried twice and both outcomes occur.
    if informative < 2 || !repeated || events == 0 || events == tried {
        return nothing;
    }
    let statistic = ratio(&Exceedances::of(trials));
    let shared = events as f64 / tried as f64;
    let nulls = null_questions(questions, counts, exit, shared);
    let most = nulls.iter().map(|null| null.chains.iter().map(|chain| chain.1).sum()).max().unwrap_or(0);
    let seeded = ChaCha8Rng::seed_from_u64(options.seed);
    let resampled: Vec<f64> = (0..u64::from(options.resamples))
        .into_par_iter()
        .map_init(
            || Exceedances::with_capacity(most),
            |exceedances, resample| {
                let mut random = seeded.clone();
                random.set_stream(STREAMS * resample + stream);
                exceedances.clear();
                for null in &nulls {
                    exceedances.add(null.simulate(exit == Exit::FromRight, &mut random), 1.0);
                }
                exceedances.accumulate();
                ratio(exceedances)
            },
        )
        .collect();
    let extreme = resampled.iter().filter(|value| **value >= statistic).count() as f64;
    let resamples = resampled.len() as f64;
    AssumptionTest {
        statistic,
        expected: resampled.iter().sum::<f64>() / resamples,
        p_value: Some((1.0 + extreme) / (1.0 + resamples)),
        ..nothing
    }
}

/// The likelihood-ratio statistic.
fn ratio(exceedances: &Exceedances) -> f64 {
    exceedances.maximise().map_or(0.0, |fitted| 2.0 * fitted.gain)
}

fn null_questions(
    questions: &[LabelledChains],
    counts: &[QuestionCounts],
    exit: Exit,
    shared: f64,
) -> Vec<NullQuestion> {
    let other = if exit == Exit::FromRight { Exit::FromWrong } else { Exit::FromRight };
    let total: f64 = counts.iter().map(|counts| f64::from(other.trials(counts).trials)).sum();
    let prior = Exceedances::of(counts.iter().map(|counts| other.trials(counts))).maximise();
    // The posterior mean of the question's other rate; no prior is worth more than all observations.
    let own = |trials: Trials| {
        prior.map_or(0.5, |prior| {
            let strength = 1.0 / prior.theta.max(1.0 / (total + 1.0));
            (prior.mean * strength + f64::from(trials.events)) / (strength + f64::from(trials.trials))
        })
    };
    let threshold = |rate: f64| (rate * 4_294_967_296.0) as u64;
    let null = |(question, counts): (&LabelledChains, &QuestionCounts)| NullQuestion {
        chains: question
            .chains
            .iter()
            .filter_map(|chain| Some((*chain.first()?, (chain.len() - 1) as u32)))
            .filter(|(_, transitions)| *transitions > 0)
            .collect(),
        leave: [threshold(shared), threshold(own(other.trials(counts)))],
    };
    questions.iter().zip(counts).map(null).filter(|null| !null.chains.is_empty()).collect()
}

impl NullQuestion {
    /// Exits from the tested state among visits to it, over simulated chains. `tested` is that state: right or wrong.
    fn simulate(&self, tested: bool, random: &mut ChaCha8Rng) -> Trials {
        let mut trials = Trials { events: 0, trials: 0 };
        for &(first, transitions) in &self.chains {
            let mut inside = first == tested;
            for _ in 0..transitions {
                let exit = u64::from(random.next_u32()) < self.leave[usize::from(!inside)];
                trials.trials += u32::from(inside);
                trials.events += u32::from(inside && exit);
                inside ^= exit;
            }
        }
        trials
    }
}
