//! Size and power of the tests of the two-state model, as Markdown (`docs/assumption-tests.md`).
//!
//! `cargo run --release -p markovscale --example assumptions`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use markovscale::LabelledChains;
use markovscale::assumptions::{Assumption, AssumptionOptions, test_assumptions};
use markovscale::statistics::wilson;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};
use rayon::prelude::*;

/// Simulated tables behind each row: under a null, against a violation.
const NULL_TABLES: u64 = 500;
const TABLES: u64 = 200;
const RESAMPLES: u32 = 199;
const QUESTIONS: usize = 60;
const ROUNDS: usize = 24;

/// A way to make chains: P(first right) and P(leave the present state | question, right, rounds in this run, round).
struct Scenario {
    name: String,
    /// Per question: p_0, a, b.
    rates: fn(&mut ChaCha8Rng) -> [f64; 3],
    /// Changes the chance to leave.
    leave: Box<dyn Fn(f64, bool, usize, usize) -> f64 + Sync>,
}

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn beta(alpha: f64, beta: f64, random: &mut ChaCha8Rng) -> f64 {
    Beta::new(alpha, beta).map_or(0.5, |beta| beta.sample(random))
}

impl Scenario {
    fn new(
        name: impl Into<String>,
        rates: fn(&mut ChaCha8Rng) -> [f64; 3],
        leave: impl Fn(f64, bool, usize, usize) -> f64 + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), rates, leave: Box::new(leave) }
    }

    fn table(&self, table: u64) -> Vec<LabelledChains> {
        let mut random = ChaCha8Rng::seed_from_u64(20_260_101);
        random.set_stream(table);
        (0..QUESTIONS)
            .map(|_| {
                let [initial, a, b] = (self.rates)(&mut random);
                let mut right = unit(&mut random) < initial;
                let mut run = 0;
                let mut chain = vec![right];
                for round in 1..ROUNDS {
                    let rate = if right { a } else { b };
                    let leaves = unit(&mut random) < (self.leave)(rate, right, run, round).clamp(0.0, 1.0);
                    run = if leaves { 0 } else { run + 1 };
                    right ^= leaves;
                    chain.push(right);
                }
                LabelledChains::new(vec![chain])
            })
            .collect()
    }

    /// p-values of every test over many tables.
    fn p_values(&self, tables: u64) -> Result<Vec<[f64; 6]>, Box<dyn Error>> {
        let tables: Result<Vec<[f64; 6]>, _> = (0..tables)
            .into_par_iter()
            .map(|table| {
                let options = AssumptionOptions { resamples: RESAMPLES, seed: table };
                let tests = test_assumptions(&self.table(table), options)?.tests;
                Ok::<_, markovscale::RatesError>(std::array::from_fn(|i| tests[i].p_value.unwrap_or(1.0)))
            })
            .collect();
        Ok(tables?)
    }
}

/// All questions alike.
fn alike(_: &mut ChaCha8Rng) -> [f64; 3] {
    [0.6, 0.2, 0.3]
}

/// Questions with a fixed point of their own and memory 0.4.
fn mixed(random: &mut ChaCha8Rng) -> [f64; 3] {
    let fixed_point = beta(1.2, 0.8, random);
    [fixed_point, 0.6 * (1.0 - fixed_point), 0.6 * fixed_point]
}

/// Questions that redraw from a coin of their own.
fn redrawn(random: &mut ChaCha8Rng) -> [f64; 3] {
    let fixed_point = beta(1.2, 0.8, random);
    [0.8 * fixed_point, 1.0 - fixed_point, fixed_point]
}

/// One a, questions with their own b.
fn shared_a(random: &mut ChaCha8Rng) -> [f64; 3] {
    [0.6, 0.2, beta(1.5, 3.0, random)]
}

/// One b, questions with their own a.
fn shared_b(random: &mut ChaCha8Rng) -> [f64; 3] {
    [0.6, beta(1.0, 4.0, random), 0.3]
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{HEAD}");
    println!(
        "Tables of {QUESTIONS} questions, one chain of {ROUNDS} rounds each, {RESAMPLES} resamples a \
         test;\n{NULL_TABLES} tables a row under a null, {TABLES} against a violation.\n"
    );
    sizes()?;
    powers()?;
    println!("{TAIL}");
    Ok(())
}

fn same(rate: f64, _: bool, _: usize, _: usize) -> f64 {
    rate
}

fn sizes() -> Result<(), Box<dyn Error>> {
    use Assumption::{NoMemory, Order, SharedCorrectToWrong, SharedWrongToCorrect, StationaryRight, StationaryWrong};
    println!("## Under the null\n");
    println!("| test | questions | rejected at 0.05 [95 %] | p <= 0.1 | <= 0.2 | <= 0.3 | <= 0.5 | <= 0.8 | p = 1 |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let first_order = [Order, StationaryRight, StationaryWrong];
    let nulls: [(Scenario, &[Assumption]); 6] = [
        (
            Scenario::new("alike, lambda 0.5", alike, same),
            &[Order, StationaryRight, StationaryWrong, SharedCorrectToWrong, SharedWrongToCorrect],
        ),
        (Scenario::new("own fixed points, lambda 0.4", mixed, same), &first_order),
        (
            Scenario::new("own fixed points, lambda 0", redrawn, same),
            &[Order, StationaryRight, StationaryWrong, NoMemory],
        ),
        (Scenario::new("changing sides, lambda -0.4", |_| [0.5, 0.8, 0.6], same), &first_order),
        (Scenario::new("one a, own b", shared_a, same), &[SharedCorrectToWrong]),
        (Scenario::new("one b, own a", shared_b, same), &[SharedWrongToCorrect]),
    ];
    for (scenario, tests) in nulls {
        let tables = scenario.p_values(NULL_TABLES)?;
        for test in tests {
            let which = Assumption::ALL.iter().position(|other| other == test).unwrap_or(0);
            let share = |level: f64| tables.iter().filter(|p| p[which] <= level).count() as f64 / tables.len() as f64;
            let one = tables.iter().filter(|p| p[which] >= 1.0).count() as f64 / tables.len() as f64;
            let levels: Vec<String> =
                [0.1, 0.2, 0.3, 0.5, 0.8].iter().map(|level| format!("{:.2}", share(*level))).collect();
            println!(
                "| {test:?} | {} | {} | {} | {one:.2} |",
                scenario.name,
                rejected(share(0.05), NULL_TABLES)?,
                levels.join(" | ")
            );
        }
    }
    Ok(())
}

fn powers() -> Result<(), Box<dyn Error>> {
    println!("\n## Against planted violations\n");
    println!("| test | violation | size | rejected at 0.05 [95 %] |");
    println!("|---|---|---|---|");
    for size in [0.0, 0.1, 0.2, 0.3, 0.4] {
        // Leaving is likelier right after an entry, by this factor up and down.
        let second =
            move |rate: f64, _: bool, run: usize, _: usize| rate * if run == 0 { 1.0 + size } else { 1.0 - size };
        report(
            Assumption::Order,
            "second order: leaving is (1 + s) as likely just after entering, (1 - s) later",
            size,
            second,
        )?;
    }
    for size in [0.0, 0.1, 0.2, 0.3, 0.4] {
        let drift = move |rate: f64, right: bool, _: usize, round: usize| {
            let early = 2 * round < ROUNDS;
            if right { rate * if early { 1.0 + size } else { 1.0 - size } } else { rate }
        };
        report(Assumption::StationaryRight, "drift: a is (1 + s) a early, (1 - s) a late", size, drift)?;
    }
    for size in [0.0, 0.1, 0.2, 0.3, 0.4] {
        let drift = move |rate: f64, right: bool, _: usize, round: usize| {
            let early = 2 * round < ROUNDS;
            if right { rate } else { rate * if early { 1.0 + size } else { 1.0 - size } }
        };
        report(Assumption::StationaryWrong, "drift: b is (1 + s) b early, (1 - s) b late", size, drift)?;
    }
    for size in [0.0, 0.02, 0.05, 0.1, 0.2] {
        let keep = move |rate: f64, _: bool, _: usize, _: usize| rate * (1.0 - size);
        let scenario = Scenario::new("", redrawn, keep);
        line(Assumption::NoMemory, "memory: lambda = s", size, &scenario)?;
    }
    spread(Assumption::SharedCorrectToWrong)?;
    spread(Assumption::SharedWrongToCorrect)
}

/// Questions whose rate is 0.2 (1 - s) or 0.2 (1 + s), by halves; the other rate is each question's own.
fn spread(test: Assumption) -> Result<(), Box<dyn Error>> {
    type Rates = fn(&mut ChaCha8Rng) -> [f64; 3];
    fn split<const PERCENT: usize, const A: bool>(random: &mut ChaCha8Rng) -> [f64; 3] {
        let size = PERCENT as f64 / 100.0;
        let rate = if unit(random) < 0.5 { 0.2 * (1.0 - size) } else { 0.2 * (1.0 + size) };
        let other = beta(3.0, 6.0, random);
        if A { [0.6, rate, other] } else { [0.6, other, rate] }
    }
    let (rates, name): ([(f64, Rates); 4], _) = if test == Assumption::SharedCorrectToWrong {
        ([(0.0, split::<0, true>), (0.2, split::<20, true>), (0.4, split::<40, true>), (0.6, split::<60, true>)], "a")
    } else {
        (
            [(0.0, split::<0, false>), (0.2, split::<20, false>), (0.4, split::<40, false>), (0.6, split::<60, false>)],
            "b",
        )
    };
    for (size, rates) in rates {
        let what = format!("two kinds of questions: {name} = 0.2 (1 - s) or 0.2 (1 + s)");
        line(test, &what, size, &Scenario::new("", rates, same))?;
    }
    Ok(())
}

fn report(
    test: Assumption,
    what: &str,
    size: f64,
    leave: impl Fn(f64, bool, usize, usize) -> f64 + Sync + 'static,
) -> Result<(), Box<dyn Error>> {
    line(test, what, size, &Scenario::new("", mixed, leave))
}

fn line(test: Assumption, what: &str, size: f64, scenario: &Scenario) -> Result<(), Box<dyn Error>> {
    let which = Assumption::ALL.iter().position(|other| *other == test).unwrap_or(0);
    let tables = scenario.p_values(TABLES)?;
    let share = tables.iter().filter(|p| p[which] <= 0.05).count() as f64 / tables.len() as f64;
    println!("| {test:?} | {what} | {size} | {} |", rejected(share, TABLES)?);
    Ok(())
}

fn rejected(share: f64, tables: u64) -> Result<String, Box<dyn Error>> {
    let interval = wilson(share, tables as usize)?;
    Ok(format!("{:.1} % [{:.1}, {:.1}]", 100.0 * share, 100.0 * interval.low, 100.0 * interval.high))
}

const HEAD: &str = "# Do the tests of the two-state model work?

Made by `cargo run --release -p markovscale --example assumptions`; all data are simulated. What each test resamples and
counts, and why, is in the documentation of `markovscale::assumptions`. A correct test rejects a true null in 5 % of the
tables at the level 0.05 (Wilson intervals over tables in brackets), and its p-values are uniform: 10 % below 0.1, 20 %
below 0.2 and so on.
";

const TAIL: &str = "
The two tests of homogeneity have p = 1 wherever no spread between questions is seen at all, which under their null is
more than half of the tables; below about 0.3 their p-values are uniform as well. Two-sided p-values over counts are
slightly conservative where the counts are small.";
