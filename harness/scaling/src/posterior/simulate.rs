//! Questions drawn from the answer model itself, for tests.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Normal};

use super::{AnswerModel, CalibrationQuestion};
use crate::methods::interface::{ClassId, Draw, Tokens};

/// Class 0 is right; wrong classes count from 1.
const RIGHT: ClassId = ClassId(0);

pub(crate) fn questions(model: &AnswerModel, count: usize, draws: usize, seed: u64) -> Vec<CalibrationQuestion> {
    (0..count)
        .map(|question| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(question as u64);
            question_of(model, draws, &mut random)
        })
        .collect()
}

fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn question_of(model: &AnswerModel, count: usize, random: &mut ChaCha8Rng) -> CalibrationQuestion {
    let fixed_point: f64 = Beta::new(model.alpha, model.beta).unwrap().sample(random);
    let first = 1.0 / (1.0 + (1.0 - fixed_point) / fixed_point * model.shift.exp());
    let emission = model.emission;
    let effect = |variance: f64, random: &mut ChaCha8Rng| Normal::new(0.0, variance.sqrt()).unwrap().sample(random);
    let question_effect = emission.map_or(0.0, |e| effect(e.var_question, random));
    let mut answer_effects: Vec<f64> = Vec::new();
    let mut seats: Vec<f64> = Vec::new();
    let mut draws: Vec<Draw> = Vec::new();
    let mut last = RIGHT;
    for n in 0..count {
        if n == 0 || unit(random) >= model.memory {
            let chance = if n == 0 { first } else { fixed_point };
            last = if unit(random) < chance { RIGHT } else { wrong(model, &mut seats, random) };
        }
        let score = emission.map(|e| {
            while answer_effects.len() <= last.0 as usize {
                answer_effects.push(effect(e.var_answer, random));
            }
            let mean = if last == RIGHT { e.mean_right } else { e.mean_wrong };
            let logit = mean + question_effect + answer_effects[last.0 as usize] + effect(e.var_noise, random);
            1.0 / (1.0 + (-logit).exp())
        });
        draws.push(Draw { class: Some(last), score, completion_tokens: Tokens(1), ..Draw::default() });
    }
    CalibrationQuestion { right: draws.iter().any(|draw| draw.class == Some(RIGHT)).then_some(RIGHT), draws }
}

fn wrong(model: &AnswerModel, seats: &mut Vec<f64>, random: &mut ChaCha8Rng) -> ClassId {
    let mut left = unit(random) * (model.concentration + seats.iter().sum::<f64>());
    let taken = seats.iter().position(|&seat| {
        left -= seat;
        left < 0.0
    });
    let seat = taken.unwrap_or_else(|| {
        seats.push(0.0);
        seats.len() - 1
    });
    seats[seat] += 1.0;
    ClassId(seat as u32 + 1)
}
