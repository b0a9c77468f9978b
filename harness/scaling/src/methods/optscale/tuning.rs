//! What `optscale` learns from calibration questions: a prediction of scores, and `q` with `target`.
//!
//! Each calibration question is played under every setting of a grid, on a few rotations of its draws (draws of a parallel
//! pool are exchangeable, so each rotation is as good an order as the recorded one). The setting with the most right
//! answers wins; ties go to the fewest draws, then to the first of the grid. Counts are whole numbers, so the order of
//! questions changes nothing.

use super::truncated_normal::{Moments, TruncatedNormal};
use super::{
    OptScaleConfig, OptScaleSettings, OptScaleTarget, PriorSource, ScorePrior, SettingsSource, draws_needed,
    fitted_score, warm_up,
};
use crate::methods::common::{Chooser, HighestScore};
use crate::methods::interface::{Budget, Choice, Draw};
use crate::posterior::CalibrationQuestion;

/// Target scores of the grid: those of the published notebooks.
pub const TARGETS: [f64; 8] = [0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975];
/// Tail probabilities of the grid. With the targets they are 48 settings, the size of the published search.
pub const TAILS: [f64; 6] = [0.01, 0.02, 0.035, 0.05, 0.075, 0.1];
/// Orders of each calibration question's draws that a setting is tried on.
const ROTATIONS: usize = 4;

/// Every setting, targets varying slowest.
pub fn grid() -> impl Iterator<Item = OptScaleTarget> {
    TARGETS.into_iter().flat_map(|target| TAILS.into_iter().map(move |q| OptScaleTarget { q, target }))
}

/// Learns what the configuration asks for. Questions without scores teach nothing; without any that does, nothing is
/// predicted and nothing tuned.
pub fn learn(config: OptScaleConfig, questions: &[&CalibrationQuestion], budget: Budget) -> OptScaleSettings {
    let predicted = (config.prior == PriorSource::Fitted).then(|| predict(questions)).flatten();
    let tuned = (config.settings == SettingsSource::Tuned).then(|| tune(questions, predicted, budget)).flatten();
    OptScaleSettings { predicted, tuned }
}

/// The medians of the questions' own fits: a few questions with wild fits (see [`TruncatedNormal`]) do not move them.
fn predict(questions: &[&CalibrationQuestion]) -> Option<ScorePrior> {
    let fits: Vec<TruncatedNormal> = questions
        .iter()
        .filter_map(|question| {
            let scores: Moments = question.draws.iter().filter_map(fitted_score).collect();
            TruncatedNormal::fit(&scores, None)
        })
        .collect();
    let mean = median(fits.iter().map(TruncatedNormal::mean).collect())?;
    Some(ScorePrior { mean, deviation: median(fits.iter().map(TruncatedNormal::deviation).collect())? })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some(0.5 * (values[last / 2] + values[last.div_ceil(2)]))
}

/// What one setting achieved on the calibration questions.
#[derive(Debug, Clone, Copy, Default)]
struct Achieved {
    right: u64,
    draws: u64,
}

fn tune(questions: &[&CalibrationQuestion], predicted: Option<ScorePrior>, budget: Budget) -> Option<OptScaleTarget> {
    let settings: Vec<OptScaleTarget> = grid().collect();
    let mut achieved = vec![Achieved::default(); settings.len()];
    let scored = questions.iter().filter(|question| question.draws.iter().any(|draw| fitted_score(draw).is_some()));
    let mut played = false;
    for question in scored {
        for rotation in 0..ROTATIONS {
            let mut draws = question.draws.clone();
            draws.rotate_left(rotation * question.draws.len() / ROTATIONS);
            play(&draws, question, predicted, budget, &settings, &mut achieved);
            played = true;
        }
    }
    let best =
        (0..settings.len()).min_by_key(|&index| (std::cmp::Reverse(achieved[index].right), achieved[index].draws));
    best.filter(|_| played).map(|best| settings[best])
}

/// Adds what every setting achieves on one order of a question's draws. The fit does not depend on the setting, and
/// neither does the best of the first draws, so both are computed once.
fn play(
    draws: &[Draw],
    question: &CalibrationQuestion,
    predicted: Option<ScorePrior>,
    budget: Budget,
    settings: &[OptScaleTarget],
    achieved: &mut [Achieved],
) {
    let draws = &draws[..draws.len().min(budget.0 as usize)];
    let most = u32::try_from(draws.len()).unwrap_or(u32::MAX);
    let first = warm_up(budget).min(most);
    let mut highest = HighestScore::default();
    let right_after: Vec<bool> = draws
        .iter()
        .enumerate()
        .map(|(index, draw)| {
            highest.see(index, draw);
            let class = match highest.choice() {
                Choice::Draw(index) => draws[index].class,
                Choice::Missing | Choice::AnyRight => None,
            };
            class.is_some() && class == question.right
        })
        .collect();
    let scores: Moments = draws.iter().take(first as usize).filter_map(fitted_score).collect();
    let fitted = TruncatedNormal::fit(&scores, predicted);
    for (settings, achieved) in settings.iter().zip(achieved) {
        let needed = fitted.map_or(most, |fitted| draws_needed(&fitted, *settings, most)).max(first);
        achieved.draws += u64::from(needed);
        let last = (needed as usize).checked_sub(1).and_then(|last| right_after.get(last));
        achieved.right += u64::from(last.is_some_and(|right| *right));
    }
}
