//! The choice of a token.

use std::cmp::Ordering;

use pulp::{Simd, WithSimd};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::kernels::Instructions;
use crate::kernels::exponential::exp_f64;
use crate::{InferenceError, Sampling};

/// Uniform numbers of a draw: one for each token, from ChaCha8 with the seed as the first bytes of its key.
#[derive(Debug)]
pub(crate) struct Uniform(ChaCha8Rng);

impl Uniform {
    pub(crate) fn new(seed: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// In [0, 1), a multiple of 2^-53.
    fn next(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Sampling {
    pub(crate) fn check(&self) -> Result<(), InferenceError> {
        let Self { temperature, top_p, max_tokens } = *self;
        let wrong = |what: &str| Err(InferenceError(what.to_owned()));
        if !temperature.is_finite() || temperature < 0.0 {
            return wrong(&format!("the temperature is {temperature}; it must be a number from 0 on"));
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return wrong(&format!("top_p is {top_p}; it must be above 0 and at most 1"));
        }
        if max_tokens == 0 {
            return wrong("at most 0 tokens are asked for; ask for at least 1");
        }
        Ok(())
    }
}

/// Chooses tokens; keeps room for a vocabulary.
#[derive(Debug)]
pub(crate) struct Chooser {
    instructions: Instructions,
    weights: Vec<f64>,
    order: Vec<u32>,
}

impl Chooser {
    pub(crate) fn new(instructions: Instructions) -> Self {
        Self { instructions, weights: Vec::new(), order: Vec::new() }
    }

    /// The next token.
    pub(crate) fn choose(
        &mut self,
        logits: &[f32],
        sampling: &Sampling,
        uniform: &mut Uniform,
    ) -> Result<u32, InferenceError> {
        let (token, highest) = most_probable(logits);
        // A sum with something in it that is not finite is not either.
        if !logits.iter().fold(0.0, |sum, logit| sum + logit * 0.0).is_finite() {
            return Err(InferenceError("the model's numbers overflow on this text".to_owned()));
        }
        if sampling.temperature == 0.0 {
            return Ok(token);
        }
        self.weights.resize(logits.len(), 0.0);
        let weights = &mut self.weights[..];
        let total = self.instructions.run(Weigh { logits, highest, temperature: sampling.temperature, weights });
        let drawn = uniform.next();
        if sampling.top_p >= 1.0 {
            let all = weights.iter().enumerate().map(|(token, &weight)| (token as u32, weight));
            return Ok(pick(all, drawn * total).unwrap_or(token));
        }
        // Tokens lighter than this sum up to less than what the nucleus leaves out, so none of them is in it.
        let lightest = (1.0 - sampling.top_p) * total / weights.len() as f64;
        self.order.clear();
        self.order.extend((0..logits.len() as u32).filter(|&token| weights[token as usize] >= lightest));
        let heavier_first = |&a: &u32, &b: &u32| {
            let order = weights[b as usize].partial_cmp(&weights[a as usize]).unwrap_or(Ordering::Equal);
            order.then(a.cmp(&b))
        };
        self.order.sort_unstable_by(heavier_first);
        let mut mass = 0.0;
        let mut size = 0;
        for &token in &self.order {
            mass += weights[token as usize];
            size += 1;
            if mass >= sampling.top_p * total {
                break;
            }
        }
        let nucleus = self.order[..size].iter().map(|&token| (token, weights[token as usize]));
        Ok(pick(nucleus, drawn * mass).unwrap_or(token))
    }
}

/// The first token at which the sum of weights passes `target`; the last with a weight if rounding keeps it below.
fn pick(tokens: impl Iterator<Item = (u32, f64)>, target: f64) -> Option<u32> {
    let mut sum = 0.0;
    let mut last = None;
    for (token, weight) in tokens {
        sum += weight;
        if weight > 0.0 {
            last = Some(token);
        }
        if sum > target {
            break;
        }
    }
    last
}

/// The lowest of the tokens with the highest logit.
fn most_probable(logits: &[f32]) -> (u32, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (token, &logit) in logits.iter().enumerate() {
        if logit > best.1 {
            best = (token as u32, logit);
        }
    }
    best
}

/// Unnormalised probabilities; returns their sum.
struct Weigh<'a> {
    logits: &'a [f32],
    highest: f32,
    temperature: f64,
    weights: &'a mut [f64],
}

impl WithSimd for Weigh<'_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let highest = f64::from(self.highest);
        for (weight, &logit) in self.weights.iter_mut().zip(self.logits) {
            *weight = exp_f64((f64::from(logit) - highest) / self.temperature);
        }
        let mut parts = [0.0; 8];
        for some in self.weights.chunks(8) {
            for (part, weight) in parts.iter_mut().zip(some) {
                *part += weight;
            }
        }
        let [a, b, c, d, e, f, g, h] = parts;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(logits: &[f32], temperature: f64, top_p: f64) -> Vec<u32> {
        let mut chooser = Chooser::new(Instructions::detected());
        let sampling = Sampling { temperature, top_p, max_tokens: 1 };
        let mut uniform = Uniform::new(7);
        let mut counts = vec![0; logits.len()];
        for _ in 0..20_000 {
            counts[chooser.choose(logits, &sampling, &mut uniform).unwrap() as usize] += 1;
        }
        counts
    }

    #[test]
    fn tokens_are_as_frequent_as_their_probabilities() {
        let logits = [0.0, 1.0, 2.0, -1.0];
        for temperature in [0.5, 1.0, 2.0] {
            let weights: Vec<f64> = logits.iter().map(|&l| libm::exp(f64::from(l) / temperature)).collect();
            let total: f64 = weights.iter().sum();
            for (count, weight) in counts(&logits, temperature, 1.0).into_iter().zip(weights) {
                assert!((f64::from(count) / 20_000.0 - weight / total).abs() < 0.015);
            }
        }
    }

    #[test]
    fn a_nucleus_is_the_smallest_set_with_the_mass_and_ties_go_to_lower_tokens() {
        // Probabilities 0.4, 0.3, 0.2, 0.1.
        let logits = [0.3_f32, 0.4, 0.1, 0.2].map(libm::logf);
        let drawn = |top_p| counts(&logits, 1.0, top_p).into_iter().map(|count| count > 0).collect::<Vec<_>>();
        assert_eq!(drawn(0.35), [false, true, false, false]);
        assert_eq!(drawn(0.65), [true, true, false, false]);
        assert_eq!(drawn(0.85), [true, true, false, true]);
        assert_eq!(drawn(0.95), [true; 4]);
        let nucleus = counts(&logits, 1.0, 0.65);
        assert!((f64::from(nucleus[0]) / 20_000.0 - 3.0 / 7.0).abs() < 0.015);
        let equal = counts(&[1.0; 5], 1.0, 0.5).into_iter().map(|count| count > 0).collect::<Vec<_>>();
        assert_eq!(equal, [true, true, true, false, false]);
    }

    #[test]
    fn temperature_zero_takes_the_lowest_of_the_most_probable_tokens() {
        assert_eq!(counts(&[0.0, 3.0, 3.0], 0.0, 1.0), [0, 20_000, 0]);
    }

    #[test]
    fn overflowed_logits_are_refused() {
        let mut chooser = Chooser::new(Instructions::detected());
        let sampling = Sampling { temperature: 1.0, top_p: 1.0, max_tokens: 1 };
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(chooser.choose(&[0.0, bad], &sampling, &mut Uniform::new(1)).is_err());
        }
    }
}
