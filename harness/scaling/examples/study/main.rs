//! Every method in six simulated regimes: accuracy, tokens, paired differences, frontier, and what tuning on the test
//! questions would have added. Prints `docs/study.md`.
//!
//! ```text
//! cargo run --release -p markovscale --example study > docs/study.md
//! cargo run --release -p markovscale --example study -- --seeds 1 --questions 60      # a quick look
//! ```
//!
//! Deterministic, and the same on any number of threads: `RAYON_NUM_THREADS=1` changes no byte of the output. Progress
//! goes to stderr. The prose (`prose.rs`) says what the tables showed when it was written.

#![expect(clippy::print_stdout, reason = "what it prints is its result")]
#![expect(clippy::print_stderr, reason = "progress of a run of some minutes")]

mod lineup;
mod population;
mod prose;
mod results;
mod tables;

use std::error::Error;

use markovscale::simulate::Regime;
use rayon::prelude::*;

use lineup::{leak_lineup, lineup};
use population::Population;
use results::{Leaks, Results};

struct Options {
    seeds: u64,
    questions: usize,
    /// Only this regime.
    regime: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    println!("{}", prose::head(options.seeds, options.questions));
    let (entries, leaking) = (lineup(), leak_lineup());
    let (mut sections, mut summary, mut reaches, mut leaks) = (String::new(), Vec::new(), Vec::new(), Vec::new());
    let asked = |regime: &Regime| options.regime.as_ref().is_none_or(|name| *name == regime.name);
    for regime in Regime::study().into_iter().filter(asked) {
        let of_seed = |seed: u64| {
            let population = Population::new(&regime, options.questions, seed)?;
            let results = population.cross_fitted(&entries)?;
            let leaks = [population.tuned_on_itself(&leaking)?, population.tuned_on_others(&leaking)?];
            eprintln!("{} seed {seed}", regime.name);
            Ok((results, leaks))
        };
        let of_seeds = (1..=options.seeds).into_par_iter().map(of_seed);
        let of_seeds = of_seeds.collect::<Result<Vec<_>, Box<dyn Error + Send + Sync>>>().map_err(|e| e.to_string())?;
        let results = Results::new(&entries, of_seeds.iter().map(|(results, _)| results))?;
        let [itself, others] = [0, 1].map(|which| of_seeds.iter().map(move |(_, leaks)| &leaks[which]));
        leaks.push((regime.name.clone(), Leaks::new(&results, &leaking, itself, others)?));
        sections.push_str(&tables::regime(&regime.name, &results)?);
        summary.push((regime.name.clone(), results.standings()?));
        reaches.push((regime.name.clone(), results.reaches()?));
    }
    println!("{}", tables::summary(&summary));
    println!("{}", prose::FINDINGS.trim());
    println!("\n{}", tables::reaches(&reaches));
    println!("{}", tables::leaks(&leaks));
    print!("{sections}");
    Ok(())
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options { seeds: 20, questions: 500, regime: None };
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--seeds" => options.seeds = value.parse()?,
            "--questions" => options.questions = value.parse()?,
            "--regime" => options.regime = Some(value),
            _ => return Err(format!("{name} is not an option; there are --seeds, --questions and --regime").into()),
        }
    }
    Ok(options)
}
