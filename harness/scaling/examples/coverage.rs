//! How often the 95 % intervals of `markovscale::statistics` contain the truth, in simulation: prints
//! `docs/interval-coverage.md`.
//!
//! ```text
//! cargo run --release -p markovscale --example coverage > docs/interval-coverage.md
//! ```
//!
//! Deterministic: trial `t` reads ChaCha stream `t` of one seed; counts do not depend on the number of threads.
#![expect(clippy::print_stdout, reason = "an example whose output is the document")]

use std::error::Error;

use markovscale::Interval;
use markovscale::statistics::{
    Resampler, StatisticsError, TwoStageResampler, accuracy_interval, difference_interval, sign_flip, wilson,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};
use rayon::prelude::*;

const SIZES: [usize; 3] = [30, 500, 1319];
/// Paired differences are shown at AMC23's size as well.
const PAIRED_SIZES: [usize; 4] = [30, 40, 500, 1319];
const SEED: u64 = 2026;

/// Questions whose chance of a right answer is Beta distributed, but 0 for a share of them.
#[derive(Clone, Copy)]
struct Population {
    name: &'static str,
    beta: (f64, f64),
    lost: f64,
}

const POPULATIONS: [Population; 6] = [
    Population { name: "easy, Beta(2, 0.3)", beta: (2.0, 0.3), lost: 0.0 },
    Population { name: "middling, Beta(1.5, 0.7)", beta: (1.5, 0.7), lost: 0.0 },
    Population { name: "hard, Beta(0.5, 1)", beta: (0.5, 1.0), lost: 0.0 },
    Population { name: "alike, Beta(20, 10)", beta: (20.0, 10.0), lost: 0.0 },
    Population { name: "near the ceiling, Beta(20, 1)", beta: (20.0, 1.0), lost: 0.0 },
    Population { name: "near the ceiling, 5 % never solved", beta: (20.0, 1.0), lost: 0.05 },
];

impl Population {
    fn mean(&self) -> f64 {
        (1.0 - self.lost) * self.beta.0 / (self.beta.0 + self.beta.1)
    }

    fn chance(&self, random: &mut ChaCha8Rng) -> Result<f64, rand_distr::BetaError> {
        let chance = Beta::new(self.beta.0, self.beta.1)?.sample(random);
        Ok(if unit(random) < self.lost { 0.0 } else { chance })
    }

    /// `draws` outcomes (0 or 1) for each question, row after row.
    fn outcomes(&self, questions: usize, draws: usize, random: &mut ChaCha8Rng) -> Result<Vec<f64>, Box<dyn Error>> {
        let mut outcomes = Vec::with_capacity(questions * draws);
        for _ in 0..questions {
            let chance = self.chance(random)?;
            outcomes.extend((0..draws).map(|_| f64::from(u8::from(unit(random) < chance))));
        }
        Ok(outcomes)
    }
}

/// Simulated question sets and bootstrap resamples at a size: as many as a minute affords.
fn effort(questions: usize) -> (usize, usize) {
    if questions < 100 { (2000, 1000) } else { (1000, 400) }
}

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn trial(index: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(index as u64);
    random
}

fn means(outcomes: &[f64], draws: usize) -> Vec<f64> {
    outcomes.chunks_exact(draws).map(|row| row.iter().sum::<f64>() / draws as f64).collect()
}

/// Coverage in % and mean width in points of several intervals, over `trials` simulated question sets.
fn measure<const K: usize>(
    trials: usize,
    truth: f64,
    intervals: impl Fn(usize) -> Result<[Interval; K], String> + Sync + Send,
) -> Result<[(f64, f64); K], String> {
    let all: Vec<[Interval; K]> = (0..trials).into_par_iter().map(intervals).collect::<Result<_, _>>()?;
    Ok(std::array::from_fn(|k| {
        let covered = all.iter().filter(|i| i[k].low <= truth + 1e-12 && truth <= i[k].high + 1e-12).count();
        let width: f64 = all.iter().map(|i| i[k].high - i[k].low).sum();
        (100.0 * covered as f64 / trials as f64, 100.0 * width / trials as f64)
    }))
}

/// The percentile interval as textbooks have it, for comparison.
fn plain(values: &[f64], resampler: &Resampler) -> Result<Interval, StatisticsError> {
    let mut means = resampler.means(values)?;
    means.sort_unstable_by(f64::total_cmp);
    let last = (means.len() - 1) as f64;
    let quantile = |level: f64| {
        let place = level * last;
        let (low, high) = (means[place.floor() as usize], means[place.ceil() as usize]);
        low + (high - low) * place.fract()
    };
    let point = values.iter().sum::<f64>() / values.len() as f64;
    Ok(Interval { point, low: quantile(0.025), high: quantile(0.975) })
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", HEAD.trim());
    exact_wilson()?;
    pools()?;
    two_stage()?;
    differences()?;
    mean_differences()?;
    println!("\n{}", TAIL.trim());
    Ok(())
}

const HEAD: &str = "
# Do the intervals cover what they claim?

Made by `cargo run --release -p markovscale --example coverage > docs/interval-coverage.md`; simulated question sets of the
sizes of AIME (30), MATH-500 (500) and GSM8K (1,319). A 95 % interval should contain the truth in 93 to 97 % of them;
with 2,000 simulated sets (1,000 from 500 questions on) a coverage is known to about 1 (1.4) points.
";

/// Wilson's coverage by exact binomial sums over a grid of true accuracies.
fn exact_wilson() -> Result<(), Box<dyn Error>> {
    println!("\n## One outcome per question: Wilson's interval, exact\n");
    println!(
        "Coverage by binomial sums over true accuracies of 5, 5.1, ... 95 %. It oscillates with the accuracy, because \
         outcomes are whole numbers; no interval that is not conservative stays above 93 % everywhere at 30 questions.\n"
    );
    println!("| questions | average | lowest | highest | between 93 and 97 % |\n|---:|---:|---:|---:|---:|");
    for questions in SIZES {
        let intervals: Vec<Interval> = (0..=questions)
            .map(|right| wilson(right as f64 / questions as f64, questions))
            .collect::<Result<_, _>>()?;
        let coverages: Vec<f64> =
            (50..=950).map(|p| binomial_coverage(&intervals, f64::from(p) / 1000.0) * 100.0).collect();
        let average = coverages.iter().sum::<f64>() / coverages.len() as f64;
        let lowest = coverages.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = coverages.iter().copied().fold(0.0, f64::max);
        let within = coverages.iter().filter(|c| (93.0..=97.0).contains(*c)).count();
        let share = 100.0 * within as f64 / coverages.len() as f64;
        println!("| {questions} | {average:.1} % | {lowest:.1} % | {highest:.1} % | {share:.0} % of accuracies |");
    }
    Ok(())
}

/// P(the interval of the observed number of successes contains `p`).
fn binomial_coverage(intervals: &[Interval], p: f64) -> f64 {
    let trials = intervals.len() - 1;
    let mut log_term = trials as f64 * (1.0 - p).ln();
    let mut sum = 0.0;
    for (successes, interval) in intervals.iter().enumerate() {
        if interval.low <= p && p <= interval.high {
            sum += log_term.exp();
        }
        log_term += ((trials - successes) as f64 / (successes + 1) as f64).ln() + (p / (1.0 - p)).ln();
    }
    sum
}

fn pools() -> Result<(), Box<dyn Error>> {
    println!("\n## Means over a question's draws: the question bootstrap\n");
    println!(
        "Each question has its own chance of a right answer, and a value that is the mean of 16 draws of a pool, or of \
         the last answers of 4 chains. *plain* is the textbook percentile bootstrap over questions, *question* the \
         one of `Resampler::interval` (stretched for few questions), *accuracy* what tables report \
         (`accuracy_interval`). Coverage in %, mean width in points in brackets.\n"
    );
    println!("| questions | population | draws | plain | question | accuracy |\n|---:|---|---:|---:|---:|---:|");
    let mut reported = Vec::new();
    for questions in SIZES {
        let (trials, resamples) = effort(questions);
        let resampler = Resampler::new(questions, resamples, SEED)?;
        for (population, draws) in POPULATIONS.iter().flat_map(|p| [(p, 16), (p, 4)]) {
            let cells = measure(trials, population.mean(), |index| {
                let outcomes = population.outcomes(questions, draws, &mut trial(index)).map_err(|e| e.to_string())?;
                let values = means(&outcomes, draws);
                let three = || {
                    let question = resampler.interval(&values)?;
                    Ok([plain(&values, &resampler)?, question, accuracy_interval(&values, &resampler)?])
                };
                three().map_err(|error: StatisticsError| error.to_string())
            })?;
            let cells = cells.map(|(coverage, width)| (coverage, format!("{coverage:.1} ({width:.1})")));
            reported.push((questions, cells[2].0));
            let [plain, question, accuracy] = cells.map(|(_, text)| text);
            println!("| {questions} | {} | {draws} | {plain} | {question} | {accuracy} |", population.name);
        }
    }
    println!();
    for questions in SIZES {
        let of_size: Vec<f64> = reported.iter().filter(|(n, _)| *n == questions).map(|(_, c)| *c).collect();
        let average = of_size.iter().sum::<f64>() / of_size.len() as f64;
        println!("- {questions} questions: the reported interval covers {average:.1} % on average.");
    }
    Ok(())
}

fn two_stage() -> Result<(), Box<dyn Error>> {
    println!("\n## Resampling draws as well\n");
    println!(
        "The same means; *two stages* resamples questions, then draws (or chains) within each. 300 sets, 200 resamples.\n"
    );
    println!("| questions | population | draws | question | two stages |\n|---:|---|---:|---:|---:|");
    for (questions, index) in SIZES.iter().flat_map(|n| [(*n, 0), (*n, 2), (*n, 3)]) {
        let population = POPULATIONS[index];
        for draws in [16, 4] {
            let resampler = Resampler::new(questions, 200, SEED)?;
            let both = TwoStageResampler::new(questions, draws, 200, SEED)?;
            let cells = measure(300, population.mean(), |index| {
                let outcomes = population.outcomes(questions, draws, &mut trial(index)).map_err(|e| e.to_string())?;
                let two = || Ok([resampler.interval(&means(&outcomes, draws))?, both.interval(&outcomes)?]);
                two().map_err(|error: StatisticsError| error.to_string())
            })?;
            let [question, both] = cells.map(|(coverage, width)| format!("{coverage:.1} ({width:.1})"));
            println!("| {questions} | {} | {draws} | {question} | {both} |", population.name);
        }
    }
    Ok(())
}

/// Two methods on the same questions: the second is the first, but on a share of the questions it answers anew.
fn differences() -> Result<(), Box<dyn Error>> {
    println!("\n## Paired differences\n");
    println!(
        "Two methods, one outcome per question each, from the easy or the hard population: the second keeps the first's \
         outcome except on a share of the questions (*anew*), where it draws again, with the chance of being right raised \
         by *lift* of what is missing. Coverage of `difference_interval` with mean width in points; share of sets in which \
         the sign-flip test (999 flips) has p <= 0.05, which for a lift of 0 must not exceed 5 %. At 30 and 40 questions \
         the outcomes that differ are few and whole, so interval and test are on the safe side.\n"
    );
    println!("| questions | population | anew | lift | interval | p <= 0.05 |\n|---:|---|---:|---:|---:|---:|");
    let cells = |population: Population| {
        PAIRED_SIZES
            .into_iter()
            .flat_map(move |n| [0.1, 0.5, 1.0].map(|a| [(population, n, a, 0.0), (population, n, a, 0.5)]))
            .flatten()
    };
    for (population, questions, anew, lift) in [POPULATIONS[0], POPULATIONS[2]].into_iter().flat_map(cells) {
        let (trials, resamples) = effort(questions);
        let resampler = Resampler::new(questions, resamples, SEED)?;
        let pair = |index: usize| -> Result<(Vec<f64>, Vec<f64>), Box<dyn Error>> {
            let mut random = trial(index);
            let (mut first, mut second) = (Vec::new(), Vec::new());
            for _ in 0..questions {
                let chance = population.chance(&mut random)?;
                let outcome = |chance: f64, random: &mut ChaCha8Rng| f64::from(u8::from(unit(random) < chance));
                first.push(outcome(chance, &mut random));
                let kept = unit(&mut random) >= anew;
                let again = outcome(chance + lift * (1.0 - chance), &mut random);
                second.push(if kept { first[first.len() - 1] } else { again });
            }
            Ok((first, second))
        };
        let truth = anew * lift * (1.0 - population.mean());
        let [(coverage, width)] = measure(trials, truth, |index| {
            let (first, second) = pair(index).map_err(|error| error.to_string())?;
            difference_interval(&second, &first, &resampler).map(|i| [i]).map_err(|error| error.to_string())
        })?;
        let rejected: Vec<bool> = (0..trials)
            .into_par_iter()
            .map(|index| {
                let (first, second) = pair(index).map_err(|error| error.to_string())?;
                let differences: Vec<f64> = second.iter().zip(&first).map(|(s, f)| s - f).collect();
                sign_flip(&differences, 999, index as u64).map(|p| p <= 0.05).map_err(|error| error.to_string())
            })
            .collect::<Result<_, String>>()?;
        let rejected = 100.0 * rejected.iter().filter(|rejected| **rejected).count() as f64 / trials as f64;
        let name = population.name;
        println!("| {questions} | {name} | {anew} | {lift} | {coverage:.1} ({width:.1}) | {rejected:.1} % |");
    }
    Ok(())
}

/// The rule before: the bootstrap only where the absolute differences sum to 5, which means over orders seldom do.
fn by_sum(left: &[f64], right: &[f64], resampler: &Resampler) -> Result<Interval, StatisticsError> {
    let differences: Vec<f64> = left.iter().zip(right).map(|(left, right)| left - right).collect();
    if differences.iter().map(|difference| difference.abs()).sum::<f64>() >= 5.0 {
        return resampler.interval(&differences);
    }
    // Newcombe's interval of two sides of which few questions differ; so it is here with at most five.
    let few = |sign: f64| -> Result<Interval, StatisticsError> {
        let part: Vec<f64> = differences.iter().map(|difference| (sign * difference).max(0.0)).collect();
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        let variance = part.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (part.len() as f64 - 1.0);
        let questions = part.len() as f64;
        let trials = if variance > 0.0 { questions * mean * (1.0 - mean) / variance } else { questions };
        wilson(mean, trials.min(3.0 * questions).round() as usize)
    };
    let (gain, loss) = (few(1.0)?, few(-1.0)?);
    let point = differences.iter().sum::<f64>() / differences.len() as f64;
    let low = point - (gain.point - gain.low).hypot(loss.high - loss.point);
    let high = point + (gain.high - gain.point).hypot(loss.point - loss.low);
    Ok(Interval { point, low, high })
}

/// Two methods whose values are means over orders: on a share of the questions they differ by a little.
fn mean_differences() -> Result<(), Box<dyn Error>> {
    println!("\n### Means over orders\n");
    println!(
        "Each question's value is a mean over the orders in which its pool can be read, so two methods differ by parts of \
         a question: on a *share* of the questions, by *size* on average (uniform up to twice that), in favour of the \
         first on this part of them (*first better*). *by number* is `difference_interval`, which takes the bootstrap as \
         soon as six questions differ; *by sum* the rule before it, which waited until the differences summed to five \
         whole questions. *found* is the share of sets whose interval excludes 0.\n"
    );
    println!(
        "| questions | share | size | first better | by number | found | by sum | found |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    let cells = |questions: usize| {
        [0.2, 0.5, 1.0].into_iter().flat_map(move |share| {
            [0.05, 0.2]
                .into_iter()
                .flat_map(move |size| [0.5, 0.7, 0.95].map(|better| (questions, share, size, better)))
        })
    };
    for (questions, share, size, better) in [30, 40, 100].into_iter().flat_map(cells) {
        let (trials, resamples) = effort(questions);
        let resampler = Resampler::new(questions, resamples, SEED)?;
        let truth = share * size * (2.0 * better - 1.0);
        let pair = |random: &mut ChaCha8Rng| {
            let (differs, half, better) = (unit(random) < share, size * unit(random), unit(random) < better);
            match (differs, better) {
                (false, _) => (0.5, 0.5),
                (true, true) => (0.5 + half, 0.5 - half),
                (true, false) => (0.5 - half, 0.5 + half),
            }
        };
        let both = |index: usize| -> Result<[Interval; 2], StatisticsError> {
            let mut random = trial(index);
            let (left, right): (Vec<f64>, Vec<f64>) = (0..questions).map(|_| pair(&mut random)).unzip();
            Ok([difference_interval(&left, &right, &resampler)?, by_sum(&left, &right, &resampler)?])
        };
        let measured = measure(trials, truth, |index| both(index).map_err(|error| error.to_string()))?;
        let mut found = [0usize; 2];
        for index in 0..trials {
            for (found, interval) in found.iter_mut().zip(both(index)?) {
                *found += usize::from(interval.low > 0.0 || interval.high < 0.0);
            }
        }
        let cell = |which: usize| {
            let ((coverage, width), found) = (measured[which], 100.0 * found[which] as f64 / trials as f64);
            format!("{coverage:.1} ({width:.1}) | {found:.1} %")
        };
        println!("| {questions} | {share} | {size} | {better} | {} | {} |", cell(0), cell(1));
    }
    Ok(())
}

const TAIL: &str = "
## What follows

- Tables report `accuracy_interval`: Wilson's interval where every value is 0 or 1, the question bootstrap elsewhere, and
  near 0 or 100 %, where fewer than five questions are expected on one side, Wilson's for the effective number of
  questions. At 500 and 1,319 questions it covers 93 to 97 % in every row above, up to the noise of the simulation.
- At 30 questions three rows lie outside. Near the ceiling (99.8 %), and by a little among easy questions (97.6 %), it
  covers too much, on purpose: 30 values between 90 and 100 % look the same whether or not one question in twenty is never
  solved. Where one in twenty is not, and only 4 chains a question were drawn, it covers too little (92.8 %): every fifth
  set of 30 contains no such question, and nothing in such a set tells of them. The average over the rows is 95.9 %.
- The bootstrap resamples questions and keeps each whole, with its draws. The noise of the draws is not forgotten: every
  question has its own pool, so it is part of the spread between questions. Resampling draws within questions as well
  counts it twice: the intervals above grow by up to 31 % and cover up to 99 %. (At 30 skewed questions the excess happens
  to make up for the skewness, which `accuracy_interval` treats by itself.) `TwoStageResampler` exists for those who want
  it; no table uses it.
- Differences between methods are paired by question. The bootstrap decides as soon as six questions differ, by however
  much: six that all favour one side are the least that any exact test calls significant. Until then Newcombe's interval
  stands in, which covers nearly always. With outcomes of 0 and 1 the interval covers 93 to 97 % from 500 questions on; at
  30 and 40 it covers more where fewer than about eight questions differ. With means over orders it covers 93 to 97 %
  where half of the questions differ or more, and 93 to 99 % where one in five does. Before, the rule waited until
  differences summed to five whole questions: at 30 questions means over orders never reached that, intervals were two to
  four times as wide, and no difference was ever found. The sign-flip test keeps its 5 %.
";
