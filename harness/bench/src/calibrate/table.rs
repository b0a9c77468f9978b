//! How close a profile comes: one cell per dataset, method, budget and quantity.
//!
//! Accuracy passes inside the Wilson 95 % interval of the published count. The published files give no spread for
//! tokens, so theirs is the simulated standard deviation between questions: published mean +- 1.96 sd /
//! sqrt(questions).

use markovscale::statistics::wilson;
use serde::Serialize;

use super::published::{BUDGETS, METHODS, PublishedDataset, PublishedMethod, ScoreMoments};
use super::simulate::Simulated;

/// Two-sided 95 % point of the standard normal.
const Z95: f64 = 1.959_963_984_540_054;

/// What a cell compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Share of questions answered rightly.
    Accuracy,
    /// Mean completion tokens per question, cumulative over draws.
    Tokens,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The dataset.
    pub dataset: String,
    /// The method.
    pub method: PublishedMethod,
    /// The budget.
    pub n: usize,
    /// What is compared.
    pub quantity: Quantity,
    /// The published value.
    pub published: f64,
    /// The simulated expectation.
    pub simulated: f64,
    /// Lower end of the published value's 95 % interval.
    pub low: f64,
    /// Upper end of it.
    pub high: f64,
    /// Simulated minus published, in standard errors of the published value.
    pub z: f64,
    /// Simulated over published, minus 1.
    pub relative_difference: f64,
    /// Whether the simulated value lies in the interval.
    pub within: bool,
}

/// Verifier scores of one dataset, published and simulated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MomentRow {
    /// The dataset.
    pub dataset: String,
    /// Over the published questions.
    pub published: ScoreMoments,
    /// Over all simulated questions.
    pub simulated: ScoreMoments,
}

/// Every cell of one dataset: accuracies, then tokens.
pub fn cells(published: &PublishedDataset, simulated: &Simulated) -> Vec<Cell> {
    let questions = f64::from(published.questions);
    let mut cells = Vec::with_capacity(2 * METHODS.len() * BUDGETS.len());
    for method in METHODS {
        for (budget, &n) in BUDGETS.iter().enumerate() {
            let count = f64::from(published.correct[method.index()][n - 1]);
            let (low, high) = interval(count, published.questions);
            let share = (count + 0.5) / (questions + 1.0);
            let error = (share * (1.0 - share) / questions).sqrt();
            let found = simulated.accuracy[method.index()][budget];
            cells.push(cell(
                published,
                (method, n, Quantity::Accuracy),
                (count / questions, error),
                found,
                (low, high),
            ));
        }
    }
    for method in METHODS {
        let kind = usize::from(method == PublishedMethod::MrThinking);
        for (budget, &n) in BUDGETS.iter().enumerate() {
            let target = published.tokens[method.index()][n - 1];
            let error = simulated.token_sd[kind][budget] / questions.sqrt();
            let interval = (target - Z95 * error, target + Z95 * error);
            let found = simulated.tokens[kind][budget];
            cells.push(cell(published, (method, n, Quantity::Tokens), (target, error), found, interval));
        }
    }
    cells
}

fn cell(
    published: &PublishedDataset,
    (method, n, quantity): (PublishedMethod, usize, Quantity),
    (target, error): (f64, f64),
    simulated: f64,
    (low, high): (f64, f64),
) -> Cell {
    Cell {
        dataset: published.name.clone(),
        method,
        n,
        quantity,
        published: target,
        simulated,
        low,
        high,
        z: (simulated - target) / error.max(f64::MIN_POSITIVE),
        relative_difference: simulated / target - 1.0,
        within: (low..=high).contains(&simulated),
    }
}

/// The score comparison of a dataset; `None` where nothing was published.
pub fn moment_rows(published: &PublishedDataset, simulated: &Simulated) -> Option<MomentRow> {
    let target = published.moments?;
    Some(MomentRow { dataset: published.name.clone(), published: target, simulated: simulated.moments })
}

/// Cells within their interval, and all cells.
pub fn within_summary(cells: &[Cell]) -> (usize, usize) {
    (cells.iter().filter(|cell| cell.within).count(), cells.len())
}

/// Wilson's 95 % interval of a published count; everything where there is none, which a published file cannot hold.
fn interval(count: f64, questions: u32) -> (f64, f64) {
    let found = wilson((count / f64::from(questions)).clamp(0.0, 1.0), questions as usize);
    found.map_or((0.0, 1.0), |interval| (interval.low, interval.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_count_matches_a_worked_example() {
        // 8 of 10: 0.4902 to 0.9433 (any statistics package).
        let (low, high) = interval(8.0, 10);
        assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4, "{low} {high}");
        assert!((interval(10.0, 10).1 - 1.0).abs() < 1e-12);
    }
}
