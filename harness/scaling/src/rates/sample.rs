//! Labelled chains from known rates, for tests.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use super::LabelledChains;

/// `p_0`, `a`, `b` of one question.
pub(crate) type Rates = [f64; 3];

pub(crate) fn random(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(stream);
    random
}

pub(crate) fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

pub(crate) fn beta(alpha: f64, beta: f64, random: &mut ChaCha8Rng) -> f64 {
    Beta::new(alpha, beta).unwrap().sample(random)
}

/// Chains of one question.
pub(crate) fn chains([initial, a, b]: Rates, chains: usize, rounds: usize, random: &mut ChaCha8Rng) -> LabelledChains {
    let chain = |random: &mut ChaCha8Rng| {
        let mut right = unit(random) < initial;
        (0..rounds)
            .map(|round| {
                if round > 0 {
                    let turn = unit(random) < if right { a } else { b };
                    right ^= turn;
                }
                right
            })
            .collect()
    };
    LabelledChains::new((0..chains).map(|_| chain(random)).collect())
}

/// Questions with a shared fixed point per question and shared memory, first answers worse or better at random by
/// question: the dependent case.
pub(crate) fn dependent(questions: usize, seed: u64) -> Vec<Rates> {
    let rates = |question: usize| {
        let mut random = random(seed, question as u64);
        let fixed_point = beta(0.9, 0.5, &mut random).clamp(1e-6, 1.0 - 1e-6);
        let shift = 0.3 + 1.6 * (unit(&mut random) - 0.5);
        let initial = 1.0 / (1.0 + (1.0 - fixed_point) / fixed_point * f64::exp(shift));
        [initial, 0.6 * (1.0 - fixed_point), 0.6 * fixed_point]
    };
    (0..questions).map(rates).collect()
}

/// Questions whose three rates have nothing to do with each other.
pub(crate) fn independent(questions: usize, seed: u64) -> Vec<Rates> {
    let rates = |question: usize| {
        let mut random = random(seed, question as u64);
        [beta(3.0, 2.0, &mut random), beta(1.2, 6.0, &mut random), beta(2.0, 5.0, &mut random)]
    };
    (0..questions).map(rates).collect()
}

/// Chains of all of them.
pub(crate) fn sample(rates: &[Rates], count: usize, rounds: usize, seed: u64) -> Vec<LabelledChains> {
    let of = |(question, rates): (usize, &Rates)| chains(*rates, count, rounds, &mut random(!seed, question as u64));
    rates.iter().enumerate().map(of).collect()
}
