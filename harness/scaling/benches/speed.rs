//! Criterion benchmarks of what runs once per draw, per fit or per table.
//!
//! ```text
//! cargo bench -p markovscale
//! ```
//!
//! Targets: an added draw of the posterior under 3 microseconds (64 draws, 12 classes); on 500 questions x 64 rounds a fit
//! of the answer model under 2 s, transition rates under 20 ms, 10,000 permutations of the tests of the model under 5 s on
//! two cores. `CONTRIBUTING.md` has the numbers measured. Every input is made from a seed.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use markovscale::assumptions::{AssumptionOptions, test_assumptions};
use markovscale::methods::play::play;
use markovscale::posterior::fit;
use markovscale::rates::{LabelledChains, QuestionCounts, pooled_rates, question_rates};
use markovscale::statistics::{Candidate, Resampler, accuracy_interval, frontier_membership, sign_flip};
use markovscale::{
    AnswerModel, BestOfNConfig, Budget, CalibrationQuestion, ClassId, Draw, DrawMode, FitOptions, MarkovScaleConfig,
    MethodConfig, Posterior, PreparedModel, QuestionContext, SelfConsistencyConfig, Tokens,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const RIGHT: ClassId = ClassId(0);
const DRAWS: usize = 64;
const CLASSES: u32 = 12;

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn draw(class: ClassId, random: &mut ChaCha8Rng) -> Draw {
    let score = if class == RIGHT { 0.4 + 0.6 * unit(random) } else { 0.7 * unit(random) };
    Draw { class: Some(class), score: Some(score), completion_tokens: Tokens(500), ..Draw::default() }
}

/// A chain that keeps an answer with probability 0.4 and answers anew otherwise, right with the question's own chance.
fn chain(question: u64, classes: u32) -> CalibrationQuestion {
    let mut random = ChaCha8Rng::seed_from_u64(2026);
    random.set_stream(question);
    let chance = unit(&mut random);
    let mut last = RIGHT;
    let mut draws = Vec::with_capacity(DRAWS);
    for round in 0..DRAWS {
        if round == 0 || unit(&mut random) >= 0.4 {
            // Wrong answers that are seen earlier are commoner.
            let wrong = 1 + (unit(&mut random).powi(2) * f64::from(classes - 1)) as u32;
            last = if unit(&mut random) < chance { RIGHT } else { ClassId(wrong) };
        }
        draws.push(draw(last, &mut random));
    }
    let right = draws.iter().any(|draw| draw.class == Some(RIGHT)).then_some(RIGHT);
    CalibrationQuestion { draws, right }
}

/// 64 draws in which all twelve classes occur, each for the first time within the first twelve draws: as many classes as
/// early as can be.
fn twelve_classes() -> Vec<Draw> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    (0..DRAWS as u32)
        .map(|n| {
            let class = if n < CLASSES { n } else { (unit(&mut random) * f64::from(CLASSES)) as u32 };
            draw(ClassId(class), &mut random)
        })
        .collect()
}

fn posterior(criterion: &mut Criterion) {
    let draws = twelve_classes();
    let mut group = criterion.benchmark_group("posterior");
    group.throughput(Throughput::Elements(DRAWS as u64));
    let with_scores = AnswerModel::weak_default();
    let without = AnswerModel { emission: None, ..with_scores.clone() };
    for (name, model) in [("64 draws, 12 classes", with_scores.clone()), ("the same without scores", without)] {
        let prepared = PreparedModel::new(&model);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut posterior = Posterior::prepared(prepared.clone());
                for draw in &draws {
                    posterior.observe(draw.class, draw.score);
                }
                black_box(posterior.belief())
            });
        });
    }
    group.throughput(Throughput::Elements(1));
    let mut before = Posterior::prepared(PreparedModel::new(&with_scores));
    draws[..DRAWS - 1].iter().for_each(|draw| before.observe(draw.class, draw.score));
    group.bench_function("the 64th draw, 12 classes", |bencher| {
        let last = draws[DRAWS - 1];
        let observe = |posterior: &mut Posterior| posterior.observe(last.class, last.score);
        bencher.iter_batched_ref(|| before.clone(), observe, BatchSize::SmallInput);
    });
    group.finish();
}

fn fits(criterion: &mut Criterion) {
    let questions: Vec<CalibrationQuestion> = (0..500).map(|question| chain(question, CLASSES)).collect();
    let mut group = criterion.benchmark_group("fit");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(10));
    group.bench_function("answer model, 500 questions x 64 rounds", |bencher| {
        bencher.iter(|| fit(black_box(&questions), FitOptions::new(DrawMode::Sequential)).model);
    });
    group.finish();
}

/// The same chains as right and wrong.
fn labelled() -> Vec<LabelledChains> {
    let right = |question: u64| chain(question, CLASSES).draws.iter().map(|draw| draw.class == Some(RIGHT)).collect();
    (0..500).map(|question| LabelledChains::new(vec![right(question)])).collect()
}

fn rates(criterion: &mut Criterion) {
    let questions = labelled();
    let mut group = criterion.benchmark_group("rates, 500 questions x 64 rounds");
    let counts: Vec<QuestionCounts> = questions.iter().map(QuestionCounts::of).collect();
    group.bench_function("counts, pooled rates, 1000 resamples", |bencher| {
        bencher.iter(|| {
            let counts: Vec<QuestionCounts> = black_box(&questions).iter().map(QuestionCounts::of).collect();
            pooled_rates(&counts, 1000, 1).is_ok()
        });
    });
    group.bench_function("rates of every question", |bencher| {
        bencher.iter(|| question_rates(black_box(&counts), 0.02).is_ok());
    });
    group.finish();
}

fn assumptions(criterion: &mut Criterion) {
    let questions = labelled();
    let mut group = criterion.benchmark_group("assumptions, 500 questions x 64 rounds");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(30));
    group.bench_function("10,000 permutations of all tests", |bencher| {
        let options = AssumptionOptions { resamples: 10_000, seed: 1 };
        bencher.iter(|| test_assumptions(black_box(&questions), options).is_ok());
    });
    group.finish();
}

fn methods(criterion: &mut Criterion) {
    let draws = chain(3, CLASSES).draws;
    let mut group = criterion.benchmark_group("replay");
    group.throughput(Throughput::Elements(DRAWS as u64));
    // A price of 0 and an unreachable epsilon: the session sees all 64 draws.
    let patient = MarkovScaleConfig { epsilon: 0.0, price: 0.0, min_answers: DRAWS as u32, ..Default::default() };
    for config in [
        MethodConfig::from(SelfConsistencyConfig::default()),
        MethodConfig::from(BestOfNConfig::default()),
        MethodConfig::from(patient),
    ] {
        let method = config.build();
        group.bench_function(format!("{}, 64 draws", config.name()), |bencher| {
            bencher.iter(|| {
                let context = QuestionContext::uncalibrated();
                black_box(play(&*method, &context, Budget(DRAWS as u32), black_box(&draws)))
            });
        });
    }
    group.finish();
}

fn statistics(criterion: &mut Criterion) {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut values = |most: f64| -> Vec<f64> { (0..1319).map(|_| most * unit(&mut random)).collect() };
    let accuracies: Vec<Vec<f64>> = (0..60).map(|_| values(1.0)).collect();
    let costs: Vec<Vec<f64>> = (0..60).map(|_| values(1000.0)).collect();
    let candidates: Vec<Candidate<'_>> =
        costs.iter().zip(&accuracies).map(|(costs, accuracies)| Candidate { costs, accuracies }).collect();
    let differences: Vec<f64> = accuracies[0].iter().zip(&accuracies[1]).map(|(left, right)| left - right).collect();
    let mut group = criterion.benchmark_group("statistics");
    group.sample_size(10);
    group.bench_function("1000 resamples of 1319 questions", |bencher| bencher.iter(|| Resampler::new(1319, 1000, 1)));
    if let Ok(resampler) = Resampler::new(1319, 1000, 1) {
        group.bench_function("accuracy interval, 1319 questions", |bencher| {
            bencher.iter(|| accuracy_interval(black_box(&accuracies[0]), &resampler));
        });
        group.bench_function("frontier of 60 candidates, 1319 questions", |bencher| {
            bencher.iter(|| frontier_membership(black_box(&candidates), &resampler));
        });
    }
    group.bench_function("9999 sign flips, 1319 questions", |bencher| {
        bencher.iter(|| sign_flip(black_box(&differences), 9999, 1));
    });
    group.finish();
}

criterion_group!(benches, posterior, fits, rates, assumptions, methods, statistics);
criterion_main!(benches);
