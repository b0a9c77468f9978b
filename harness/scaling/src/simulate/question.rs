//! Draws one question from a regime.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, StandardNormal, StudentT};

use super::{Lengths, RIGHT, Regime, SimulateError, SimulatedQuestion, Sizes};
use crate::draw::{ClassId, Draw, Tokens};

/// Probabilities of a question stay this far off 0 and 1, so that logits exist.
const EDGE: f64 = 1e-9;
/// Sticks broken at most; the last takes the remainder. Reached only with concentrations in the hundreds.
const MOST_STICKS: usize = 4096;
/// Parts of a question's stream start at multiples of this many words: more than any part reads.
const PART_WORDS: u128 = 1 << 40;

/// How often an answer is worded in each of its ways, cumulative.
const WORDINGS: [f64; 3] = [0.75, 0.93, 1.0];

fn wording(place: f64) -> u32 {
    WORDINGS.partition_point(|&up_to| up_to <= place).min(WORDINGS.len() - 1) as u32
}

/// Which stretch of a question's stream is read.
enum Part {
    Traits,
    Sticks,
    AnswerEffects,
    Parallel,
    Chain(usize),
}

fn random(seed: u64, question: u64, part: &Part) -> ChaCha8Rng {
    let index = match part {
        Part::Traits => 0,
        Part::Sticks => 1,
        Part::AnswerEffects => 2,
        Part::Parallel => 3,
        Part::Chain(chain) => 4 + *chain as u128,
    };
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(question);
    random.set_word_pos(index * PART_WORDS);
    random
}

/// Uniform in [0, 1), on a grid of 2^-53.
fn unit(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

fn normal(random: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(random)
}

/// A checked regime with its distributions.
pub(super) struct Truth<'a> {
    regime: &'a Regime,
    fixed_point: Beta<f64>,
    rates: Option<[Beta<f64>; 2]>,
    noise: Option<StudentT<f64>>,
    /// Standard deviations of the question effect, the answer effect and the noise (before scaling Student's t).
    sd_question: f64,
    sd_answer: f64,
    sd_noise: f64,
}

impl<'a> Truth<'a> {
    pub(super) fn new(regime: &'a Regime) -> Result<Self, SimulateError> {
        regime.check()?;
        // The checks above are stricter than those of the distributions; the mapping is for completeness.
        let refused = |parameter, found| SimulateError::OutOfRange {
            regime: regime.name.clone(),
            parameter,
            found,
            expected: "a parameter of a distribution",
        };
        let beta = |parameter, first, second| Beta::new(first, second).map_err(|_| refused(parameter, first));
        let rates = match &regime.departures.independent_rates {
            None => None,
            Some(rates) => Some([
                beta("correct_to_wrong", rates.correct_to_wrong.0, rates.correct_to_wrong.1)?,
                beta("wrong_to_correct", rates.wrong_to_correct.0, rates.wrong_to_correct.1)?,
            ]),
        };
        let freedom = regime.departures.noise_freedom;
        let noise = freedom.map(|freedom| StudentT::new(freedom).map_err(|_| refused("noise_freedom", freedom)));
        let (question, answer, noise_variance) = regime
            .model
            .emission
            .map_or((0.0, 0.0, 0.0), |emission| (emission.var_question, emission.var_answer, emission.var_noise));
        Ok(Self {
            regime,
            fixed_point: beta("alpha", regime.model.alpha, regime.model.beta)?,
            rates,
            noise: noise.transpose()?,
            sd_question: question.sqrt(),
            sd_answer: answer.sqrt(),
            // Student's t has variance f / (f - 2).
            sd_noise: (noise_variance * freedom.map_or(1.0, |freedom| (freedom - 2.0) / freedom)).sqrt(),
        })
    }

    pub(super) fn question(&self, sizes: Sizes, seed: u64, index: u64) -> SimulatedQuestion {
        let mut question = QuestionTruth::new(self, seed, index);
        let mut source = random(seed, index, &Part::Parallel);
        let parallel = (0..sizes.parallel)
            .map(|_| {
                let class = question.fresh(question.initial, &mut source);
                question.draw(class, true, &mut source)
            })
            .collect();
        let chains = (0..sizes.chains)
            .map(|chain| question.chain(sizes.rounds, &mut random(seed, index, &Part::Chain(chain))))
            .collect();
        let [correct_to_wrong, wrong_to_correct] = question.rates();
        let total = correct_to_wrong + wrong_to_correct;
        SimulatedQuestion {
            parallel,
            chains,
            right: RIGHT,
            initial: question.initial,
            fresh: question.fixed_point,
            correct_to_wrong,
            wrong_to_correct,
            fixed_point: if total > 0.0 { wrong_to_correct / total } else { question.fixed_point },
        }
    }
}

/// One question's traits.
struct QuestionTruth<'a> {
    truth: &'a Truth<'a>,
    /// P(a fresh re-answer is right).
    fixed_point: f64,
    initial: f64,
    independent: Option<[f64; 2]>,
    /// Cumulative weights of the wrong classes, broken as far as they were needed.
    sticks: Vec<f64>,
    stick_source: ChaCha8Rng,
    question_effect: f64,
    answer_effects: Vec<f64>,
    effect_source: ChaCha8Rng,
    log_length: f64,
}

impl<'a> QuestionTruth<'a> {
    fn new(truth: &'a Truth<'a>, seed: u64, index: u64) -> Self {
        let mut source = random(seed, index, &Part::Traits);
        let question_effect = truth.sd_question * normal(&mut source);
        let log_length = truth.regime.lengths.sd_question * normal(&mut source);
        let independent =
            truth.rates.as_ref().map(|rates| rates.each_ref().map(|rate| rate.sample(&mut source).clamp(EDGE, 1.0)));
        let fixed_point = match independent {
            None => truth.fixed_point.sample(&mut source),
            Some([leave, enter]) => enter / (leave + enter),
        };
        let fixed_point = fixed_point.clamp(EDGE, 1.0 - EDGE);
        let odds = (1.0 - fixed_point) / fixed_point * truth.regime.model.shift.exp();
        Self {
            truth,
            fixed_point,
            initial: (1.0 / (1.0 + odds)).clamp(EDGE, 1.0 - EDGE),
            independent,
            sticks: Vec::new(),
            stick_source: random(seed, index, &Part::Sticks),
            question_effect,
            answer_effects: Vec::new(),
            effect_source: random(seed, index, &Part::AnswerEffects),
            log_length,
        }
    }

    /// `a` and `b` of the first re-answer.
    fn rates(&self) -> [f64; 2] {
        if let Some(independent) = self.independent {
            return independent;
        }
        let change = self.truth.regime.departures.change_sides;
        let fresh = (1.0 - change) * (1.0 - self.truth.regime.model.memory);
        [change + fresh * (1.0 - self.fixed_point), change + fresh * self.fixed_point]
    }

    fn chain(&mut self, rounds: usize, source: &mut ChaCha8Rng) -> Vec<Draw> {
        let mut classes: Vec<Option<ClassId>> = Vec::with_capacity(rounds);
        let mut draws = Vec::with_capacity(rounds);
        for round in 0..rounds {
            let class = match classes.as_slice() {
                [] => self.fresh(self.initial, source),
                [.., last] => self.re_answer(*last, &classes, source),
            };
            draws.push(self.draw(class, round == 0, source));
            classes.push(class);
        }
        draws
    }

    /// The answer after these, of which `last` is the last. `None` is a missing answer.
    fn re_answer(
        &mut self,
        last: Option<ClassId>,
        before: &[Option<ClassId>],
        source: &mut ChaCha8Rng,
    ) -> Option<ClassId> {
        let memory = self.truth.regime.model.memory;
        if let Some([leave, enter]) = self.independent {
            let moves = unit(source) < if last == Some(RIGHT) { leave } else { enter };
            return match (last == Some(RIGHT), moves) {
                (true, false) | (false, true) => Some(RIGHT),
                (false, false) if unit(source) < memory => last,
                _ => self.wrong(source),
            };
        }
        let departures = &self.truth.regime.departures;
        if departures.change_sides > 0.0 && unit(source) < departures.change_sides {
            return if last == Some(RIGHT) { self.wrong(source) } else { Some(RIGHT) };
        }
        let mut keep = memory;
        if let [.., earlier, _] = before {
            let sign = if *earlier == last { 1.0 } else { -1.0 };
            keep = (keep + sign * departures.second_order).clamp(0.0, 1.0);
        }
        if let Some(rounds) = departures.halving_rounds {
            keep = 1.0 - (1.0 - keep) * (-((before.len() - 1) as f64) / rounds).exp2();
        }
        if unit(source) < keep { last } else { self.fresh(self.fixed_point, source) }
    }

    /// A fresh answer, right with this probability.
    fn fresh(&mut self, chance: f64, source: &mut ChaCha8Rng) -> Option<ClassId> {
        if unit(source) < chance { Some(RIGHT) } else { self.wrong(source) }
    }

    /// A fresh wrong answer: missing, or by its stick.
    fn wrong(&mut self, source: &mut ChaCha8Rng) -> Option<ClassId> {
        let missing = self.truth.regime.missing;
        if missing > 0.0 && unit(source) < missing {
            return None;
        }
        let place = unit(source);
        let concentration = self.truth.regime.model.concentration;
        while self.sticks.last().is_none_or(|&broken| broken <= place) && self.sticks.len() < MOST_STICKS {
            let remainder = 1.0 - self.sticks.last().copied().unwrap_or(0.0);
            // 1 - v for v ~ Beta(1, concentration), by inversion.
            let left = remainder * (1.0 - unit(&mut self.stick_source)).powf(1.0 / concentration);
            self.sticks.push(1.0 - left);
        }
        let stick = self.sticks.partition_point(|&broken| broken <= place).min(MOST_STICKS - 1);
        Some(ClassId(stick as u32 + 1))
    }

    /// The draw of an answer: its score and its tokens.
    fn draw(&mut self, class: Option<ClassId>, plain: bool, source: &mut ChaCha8Rng) -> Draw {
        let score = class.and_then(|class| self.score(class, source));
        let lengths = &self.truth.regime.lengths;
        let tokens = self.tokens(lengths, class == Some(RIGHT), plain, source);
        let tokens = if class.is_none() { lengths.limit.round() } else { tokens };
        let cut_off = class.is_none();
        let text = class.map(|class| ClassId(class.0 * WORDINGS.len() as u32 + wording(unit(source))));
        Draw { class, text, critique: None, score, completion_tokens: Tokens(tokens as u64), cut_off }
    }

    fn tokens(&self, lengths: &Lengths, right: bool, plain: bool, source: &mut ChaCha8Rng) -> f64 {
        let median = if plain { lengths.first } else { lengths.later } * if right { 1.0 } else { lengths.wrong_factor };
        let length = median * (self.log_length + lengths.sd_draw * normal(source)).exp();
        length.round().clamp(1.0, lengths.limit.round())
    }

    fn score(&mut self, class: ClassId, source: &mut ChaCha8Rng) -> Option<f64> {
        let emission = self.truth.regime.model.emission.as_ref()?;
        while self.answer_effects.len() <= class.0 as usize {
            self.answer_effects.push(self.truth.sd_answer * normal(&mut self.effect_source));
        }
        let noise = match &self.truth.noise {
            None => normal(source),
            Some(student) => student.sample(source),
        };
        let mut logit = self.question_effect + self.answer_effects[class.0 as usize] + self.truth.sd_noise * noise;
        logit += if class == RIGHT { emission.mean_right } else { emission.mean_wrong };
        if class == ClassId(1) {
            logit += self.truth.regime.departures.loved_wrong;
        }
        Some(1.0 / (1.0 + (-logit).exp()))
    }
}
