//! How often the 95 % intervals of `markovscale::rates::population_bounds` contain the truth, in simulation: prints
//! `docs/bounds-coverage.md`.
//!
//! ```text
//! cargo run --release -p markovscale --example bounds_coverage > docs/bounds-coverage.md
//! cargo run --release -p markovscale --example bounds_coverage -- TRIALS QUESTIONS CHAINS ANSWERS [POPULATIONS]
//! ```
//!
//! The first takes some hours on two cores; the second prints rows of a part of it (lists with commas). Deterministic: trial `t` reads ChaCha stream `t` of one seed; results do not depend on
//! the number of threads.
#![expect(clippy::print_stdout, reason = "an example whose output is the document")]

use std::error::Error;

use markovscale::rates::population_bounds;
use markovscale::{Interval, LabelledChains};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};
use rayon::prelude::*;

const SEED: u64 = 2027;
const MARGIN: f64 = 0.02;
/// `p_0`, `pi`, `lambda` of one question.
type Kind = [f64; 3];

/// A population that questions are drawn from.
struct Population {
    name: &'static str,
    draw: fn(&mut ChaCha8Rng) -> Kind,
}

const POPULATIONS: [Population; 10] = [
    Population { name: "easy", draw: |r| answer_model(r, (3.0, 0.5), 0.3, 0.25) },
    Population { name: "middle", draw: |r| answer_model(r, (1.2, 0.8), 0.4, 0.25) },
    Population { name: "hard", draw: |r| answer_model(r, (0.5, 1.2), 0.6, 0.25) },
    Population { name: "sticky", draw: |r| answer_model(r, (1.2, 0.8), 0.8, 0.8) },
    Population { name: "harmful", draw: |r| answer_model(r, (1.2, 0.8), -1.2, 0.25) },
    Population { name: "mixture", draw: mixture },
    Population { name: "tied", draw: |r| answer_model(r, (1.2, 0.8), 0.0, 0.3) },
    Population { name: "scattered", draw: scattered },
    Population { name: "unrelated", draw: unrelated },
    Population { name: "two kinds", draw: two_kinds },
];

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn beta(random: &mut ChaCha8Rng, (alpha, beta): (f64, f64)) -> f64 {
    Beta::new(alpha, beta).map_or(0.5, |beta| beta.sample(random)).clamp(1e-9, 1.0 - 1e-9)
}

fn shifted(fixed_point: f64, shift: f64) -> f64 {
    1.0 / (1.0 + (1.0 - fixed_point) / fixed_point * shift.exp())
}

/// The answer model: first answers follow the fixed point exactly.
fn answer_model(random: &mut ChaCha8Rng, of: (f64, f64), shift: f64, memory: f64) -> Kind {
    let fixed_point = beta(random, of);
    [shifted(fixed_point, shift), fixed_point, memory]
}

/// Two in five always right, the others hard.
fn mixture(random: &mut ChaCha8Rng) -> Kind {
    if unit(random) < 0.4 { [1.0, 1.0, 0.5] } else { answer_model(random, (0.5, 1.2), 0.6, 0.4) }
}

/// First answers scatter around what the fixed point says, memories differ.
fn scattered(random: &mut ChaCha8Rng) -> Kind {
    let fixed_point = beta(random, (0.9, 0.5));
    [shifted(fixed_point, 0.3 + 3.0 * (unit(random) - 0.5)), fixed_point, 0.8 * unit(random)]
}

/// `p_0`, `a` and `b` have nothing to do with each other.
fn unrelated(random: &mut ChaCha8Rng) -> Kind {
    let (initial, a, b) = (beta(random, (3.0, 2.0)), beta(random, (1.2, 6.0)), beta(random, (2.0, 5.0)));
    [initial, b / (a + b), 1.0 - a - b]
}

/// A third is harmed by 50 points, the rest helped by 50.
fn two_kinds(random: &mut ChaCha8Rng) -> Kind {
    if unit(random) < 1.0 / 3.0 { [0.8, 0.3, 0.4] } else { [0.2, 0.7, 0.4] }
}

fn trial(index: usize) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    random.set_stream(index as u64);
    random
}

fn accuracy([initial, fixed_point, memory]: Kind, rounds: Option<usize>) -> f64 {
    rounds.map_or(fixed_point, |rounds| fixed_point + memory.powi(rounds as i32) * (initial - fixed_point))
}

/// Neutral, then the fields of `HorizonBounds` at either horizon.
fn values(kind: Kind, rounds: usize) -> [f64; 17] {
    let at = |horizon: Option<usize>| {
        let (first, then) = (kind[0], accuracy(kind, horizon));
        let share = |holds: bool| f64::from(u8::from(holds));
        let change = then - first;
        let shares = [share(change > MARGIN), share(-change > MARGIN), share(change.abs() <= MARGIN)];
        [first.max(then), then, first.min(then), (-change).max(0.0), change, shares[0], shares[1], shares[2]]
    };
    let (drawn, ever) = (at(Some(rounds)), at(None));
    std::array::from_fn(|i| match i {
        0 => kind[0],
        1..=8 => drawn[i - 1],
        _ => ever[i - 9],
    })
}

fn chain([initial, fixed_point, memory]: Kind, answers: usize, random: &mut ChaCha8Rng) -> Vec<bool> {
    let (a, b) = ((1.0 - memory) * (1.0 - fixed_point), (1.0 - memory) * fixed_point);
    let mut right = unit(random) < initial;
    (0..answers)
        .map(|round| {
            right ^= round > 0 && unit(random) < if right { a } else { b };
            right
        })
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        println!("{}", HEAD.trim());
        for (questions, trials) in [("30,40,100", 200), ("500,1319", 60)] {
            rows(trials, questions, "1,2,4", "4,8,16,64", None)?;
        }
        return Ok(());
    }
    let [trials, questions, chains, answers, rest @ ..] = &arguments[..] else {
        return Err("expected TRIALS QUESTIONS CHAINS ANSWERS [POPULATIONS], or nothing".into());
    };
    rows(trials.parse()?, questions, chains, answers, rest.first().map(String::as_str))
}

fn rows(trials: usize, questions: &str, chains: &str, answers: &str, only: Option<&str>) -> Result<(), Box<dyn Error>> {
    let list = |numbers: &str| numbers.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>();
    let wanted = |population: &&Population| only.is_none_or(|only| only.split(',').any(|name| name == population.name));
    for questions in list(questions)? {
        for chains in list(chains)? {
            for answers in list(answers)? {
                for population in POPULATIONS.iter().filter(wanted) {
                    cell(population, [questions, chains, answers], trials)?;
                }
            }
        }
    }
    Ok(())
}

const HEAD: &str = "
# Do the bounds of `fit` hold the truth?

Made by `cargo run --release -p markovscale --example bounds_coverage`: simulated populations, of which sets of questions
and chains are drawn. A size is questions x chains x answers a chain. A cell is the share of sets whose interval holds the
population's true value, in %, then in brackets the mean width in points and the bias of the point in standard errors (the
width over 3.92). Shares are those of questions whose accuracy changes by more than 2 points. *drawn* is the horizon of the
chains that were drawn, *for ever* the fixed point.

| size | population | horizon | neutral | upper | ungated | lower | gap | gain | helped | harmed | unchanged |
|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
";

fn cell(
    population: &Population,
    [questions, chains, answers]: [usize; 3],
    trials: usize,
) -> Result<(), Box<dyn Error>> {
    let mut random = trial(usize::MAX);
    let many = 200_000;
    let mut truth = [0.0; 17];
    for _ in 0..many {
        let kind = (population.draw)(&mut random);
        truth.iter_mut().zip(values(kind, answers - 1)).for_each(|(sum, value)| *sum += value / f64::from(many));
    }
    let found: Vec<[Interval; 17]> = (0..trials)
        .into_par_iter()
        .map(|index| {
            let mut random = trial(index);
            let question = |random: &mut ChaCha8Rng| {
                let kind = (population.draw)(random);
                LabelledChains::new((0..chains).map(|_| chain(kind, answers, random)).collect())
            };
            let drawn: Vec<LabelledChains> = (0..questions).map(|_| question(&mut random)).collect();
            let bounds = population_bounds(&drawn, MARGIN, 200, index as u64).map_err(|error| error.to_string())?;
            let (d, e) = (bounds.drawn, bounds.for_ever);
            Ok([
                bounds.neutral,
                d.upper,
                d.ungated,
                d.lower,
                d.gating_gap,
                d.gain,
                d.helped,
                d.harmed,
                d.unchanged,
                e.upper,
                e.ungated,
                e.lower,
                e.gating_gap,
                e.gain,
                e.helped,
                e.harmed,
                e.unchanged,
            ])
        })
        .collect::<Result<_, String>>()?;
    for (horizon, columns) in [("drawn", 0..9), ("for ever", 9..17)] {
        print!("| {questions} x {chains} x {answers} | {} | {horizon} |", population.name);
        if columns.start > 0 {
            print!(" |");
        }
        for index in columns {
            let all = || found.iter().map(|intervals| intervals[index]);
            let covered = all().filter(|i| i.low <= truth[index] + 1e-4 && truth[index] <= i.high + 1e-4).count();
            let count = trials as f64;
            let width = all().map(|i| i.high - i.low).sum::<f64>() / count;
            let error = all().map(|i| i.point).sum::<f64>() / count - truth[index];
            let standard = width / (2.0 * 1.96);
            let bias = if standard > 1e-9 { error / standard } else { 0.0 };
            print!(" {:.0} ({:.0}; {bias:+.1}) |", 100.0 * covered as f64 / count, 100.0 * width);
        }
        println!();
    }
    Ok(())
}
