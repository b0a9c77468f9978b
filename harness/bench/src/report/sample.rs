//! Outcomes with diminishing returns, for tests and for looking at figures. Not measurements.

use markovscale::DrawMode;

use super::{Cost, ReportContext};
use crate::replay::Replayed;
use crate::results::{
    AtEqualTokens, Cell, Comparison, Difference, DrawStatistics, EqualTokens, Estimate, Outcome, Parameters, Reached,
    TokenAxis,
};

const METHODS: [(&str, &str, DrawMode, f64, f64); 12] = [
    ("single", "single", DrawMode::Parallel, 0.0, 1.0),
    ("self_consistency", "self_consistency", DrawMode::Parallel, 0.55, 1.0),
    ("best_of_n", "best_of_n", DrawMode::Parallel, 0.6, 1.0),
    ("mr_thinking", "mr_thinking", DrawMode::Sequential, 0.3, 0.9),
    ("markovscale(gate, last)", "markovscale", DrawMode::Sequential, 0.35, 0.4),
    ("markovscale(gate, best_score)", "markovscale", DrawMode::Sequential, 0.62, 0.4),
    ("markovscale(gate, posterior)", "markovscale", DrawMode::Sequential, 0.7, 0.4),
    ("markovscale(map, last)", "markovscale", DrawMode::Sequential, 0.38, 0.25),
    ("markovscale(map, best_score)", "markovscale", DrawMode::Sequential, 0.64, 0.25),
    ("markovscale(map, posterior)", "markovscale", DrawMode::Sequential, 0.73, 0.25),
    ("oracle(parallel)", "oracle", DrawMode::Parallel, 1.5, 1.0),
    ("oracle(sequential)", "oracle", DrawMode::Sequential, 1.1, 0.9),
];
const DATASETS: [(&str, u32, f64, f64, f64); 5] = [
    ("math500", 500, 0.83, 0.09, 3200.0),
    ("gsm8k", 1319, 0.88, 0.06, 900.0),
    ("aime24", 30, 0.42, 0.25, 9100.0),
    ("aime25", 30, 0.31, 0.2, 9500.0),
    ("amc23", 40, 0.74, 0.16, 5200.0),
];
const BUDGETS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];

/// Backbones by name and whether simulated; the first `datasets` and `methods` of the full grid; the budgets given.
pub(super) fn grid(
    backbones: &[(&str, bool)],
    datasets: usize,
    methods: usize,
    budgets: &[u32],
) -> (Replayed, ReportContext) {
    let mut outcomes = Vec::new();
    for (place, (backbone, simulated)) in backbones.iter().enumerate() {
        for (dataset, questions, base, gain, length) in &DATASETS[..datasets] {
            for (method, family, draws, lift, spent) in &METHODS[..methods] {
                for budget in budgets {
                    let doublings = f64::from(*budget).log2();
                    let point =
                        (base - 0.03 * place as f64 + gain * lift * (1.0 - (-doublings / 2.2).exp())).min(0.995);
                    let half = 1.96 * (point * (1.0 - point) / f64::from(*questions)).sqrt();
                    let answers = if *family == "single" { 1.0 } else { f64::from(*budget).powf(0.6 + 0.4 * spent) };
                    outcomes.push(Outcome {
                        backbone: (*backbone).to_owned(),
                        simulated: *simulated,
                        dataset: (*dataset).to_owned(),
                        method: (*method).to_owned(),
                        family: (*family).to_owned(),
                        draws: *draws,
                        upper_bound: *family == "oracle",
                        budget: *budget,
                        questions: *questions,
                        replicates: if *method == "best_of_n" { None } else { Some(200) },
                        accuracy: Estimate { point, low: (point - half).max(0.0), high: (point + half).min(1.0) },
                        answers,
                        completion_tokens: answers * length,
                        prompt_tokens: answers * 150.0,
                        price: answers * length * 0.6e-6,
                        cut_off: Some(if *length > 9000.0 { 0.031 } else { 0.0 }),
                        filtered: Some(0.0),
                        parameters: parameters(method, family),
                        depth_tokens: if *draws == DrawMode::Parallel { *length } else { answers * length },
                        ..crate::results::tests::outcome(&[])
                    });
                }
            }
        }
    }
    let statistics = |(backbone, simulated): &(&str, bool),
                      (dataset, questions, .., length): &(&str, u32, f64, f64, f64)| {
        let draws = u64::from(*questions) * 64;
        DrawStatistics {
            backbone: (*backbone).to_owned(),
            simulated: *simulated,
            dataset: (*dataset).to_owned(),
            draws,
            cut_off: if *length > 9000.0 { draws * 31 / 1000 } else { 0 },
            answers: draws,
            missing: draws / 100,
            prompt_tokens: draws * 150,
            completion_tokens: draws * *length as u64,
            price: (draws as f64) * length * 0.6e-6,
            ..DrawStatistics::default()
        }
    };
    let draws = backbones.iter().flat_map(|b| DATASETS[..datasets].iter().map(move |d| statistics(b, d))).collect();
    let own = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<String>>();
    let context = ReportContext {
        run: "paper".to_owned(),
        seed: 7,
        config_hash: "3f9c21ab".to_owned(),
        version: "0.1.0".to_owned(),
        datasets: own(DATASETS[..datasets].iter().map(|dataset| dataset.0).collect()),
        backbones: own(backbones.iter().map(|backbone| backbone.0).collect()),
        methods: own(METHODS[..methods].iter().map(|method| method.0).collect()),
        budgets: budgets.to_vec(),
        resamples: 1000,
        cost: Cost::default(),
        notes: Vec::new(),
    };
    (Replayed { outcomes, draws, ..Replayed::default() }, context)
}

/// `stop` and `select` as the label says, and what other methods have.
fn parameters(label: &str, method: &str) -> Parameters {
    let given = label.trim_start_matches(method).trim_matches(['(', ')']).split(", ");
    let word = |word: &str| Cell::Text(word.to_owned());
    match (method, given.collect::<Vec<_>>().as_slice()) {
        ("markovscale", [stop, select]) => {
            let epsilon = ("epsilon", Cell::Real(0.01));
            [("stop", word(stop)), ("select", word(select)), epsilon].into_iter().collect()
        }
        ("oracle", [draws]) => [("draws", word(draws))].into_iter().collect(),
        ("best_of_n", _) => [("legacy", Cell::Flag(false))].into_iter().collect(),
        _ => Parameters::default(),
    }
}

/// The paper's grid for these backbones.
pub(super) fn full(backbones: &[(&str, bool)]) -> (Replayed, ReportContext) {
    grid(backbones, DATASETS.len(), METHODS.len(), &BUDGETS)
}

/// Comparisons with `self_consistency` that hang together loosely: every way in which a cell can look.
pub(super) fn compared(outcomes: &[Outcome]) -> Vec<Comparison> {
    let row = |outcome: &Outcome| {
        let Outcome { backbone, simulated, dataset, method, budget, questions, .. } = outcome.clone();
        let is_reference = method == "self_consistency";
        let point = if budget == 1 { 0.0 } else { (method.len() % 7) as f64 / 100.0 - 0.02 };
        let accuracy = Estimate { point, low: point - 0.015, high: point + 0.015 };
        let p_value = (-80.0 * point.abs()).exp();
        let differing = if budget == 1 { 0 } else { questions / 10 };
        let difference = Difference { accuracy, p_value, p_holm: (p_value * 9.0).min(1.0), differing };
        let never = if method.ends_with("last)") { 0.9 } else { 0.01 };
        let tokens = (never < 0.5).then_some(outcome.completion_tokens);
        let (point, high) = tokens.map_or((f64::INFINITY, f64::INFINITY), |_| (0.25, 1.5));
        let reached = Reached {
            target: 0.9,
            tokens,
            tokens_at_most: method == "best_of_n",
            reference_tokens: 40_000.0,
            reference_at_most: false,
            ratio: Estimate { point, low: 0.124, high },
            never,
        };
        Comparison {
            backbone,
            simulated,
            dataset,
            on_frontier: method.len() % 3 == 0,
            frontier_frequency: (method.len() % 11) as f64 / 10.0,
            method,
            budget,
            reference: "self_consistency".to_owned(),
            questions,
            difference: (!is_reference).then_some(difference),
            reached: (!is_reference).then_some(reached),
        }
    };
    outcomes.iter().filter(|outcome| !outcome.upper_bound).map(row).collect()
}

/// Comparisons at equal tokens that hang together loosely: every way in which a cell can look.
pub(super) fn equal_tokens(outcomes: &[Outcome]) -> Vec<EqualTokens> {
    let least = |own: bool| {
        let of = move |outcome: &&Outcome| !outcome.upper_bound && (outcome.family == "markovscale") == own;
        outcomes.iter().filter(of).filter(|outcome| outcome.budget == 1)
    };
    let mut rows = Vec::new();
    for tokens in TokenAxis::ALL {
        for method in least(true) {
            let same = |other: &&Outcome| (&other.backbone, &other.dataset) == (&method.backbone, &method.dataset);
            for baseline in least(false).filter(same) {
                let point = ((method.method.len() + 3 * baseline.method.len()) % 9) as f64 / 100.0 - 0.04;
                let estimate = |point: f64| Estimate { point, low: point - 0.0149, high: point + 0.0149 };
                let (low, p_value) = (method.completion_tokens, (-80.0 * point.abs()).exp());
                let apart = baseline.method == "mr_thinking" && method.dataset == "gsm8k";
                let common = AtEqualTokens {
                    tokens: Some([low, if baseline.family == "single" { low } else { 3.0 * low }]),
                    difference: estimate(point),
                    dearest: estimate(point / 2.0),
                    differing: if point == 0.0 { 0 } else { method.questions / 10 },
                    p_value,
                    p_holm: (p_value * 9.0).min(1.0),
                    apart: 0.0,
                };
                let row = EqualTokens {
                    backbone: method.backbone.clone(),
                    simulated: method.simulated,
                    dataset: Some(method.dataset.clone()),
                    tokens,
                    method: method.method.clone(),
                    baseline: baseline.method.clone(),
                    datasets: 1,
                    questions: method.questions,
                    method_tokens: Some([low, 4.0 * low]),
                    baseline_tokens: Some(if apart { [5.0 * low, 9.0 * low] } else { [low, 3.0 * low] }),
                    common: (!apart).then_some(common),
                };
                if method.dataset == "math500" {
                    let common = Some(AtEqualTokens { tokens: None, ..common });
                    let (datasets, ends) = (if baseline.method == "mr_thinking" { 1 } else { 2 }, None);
                    let mean = EqualTokens {
                        dataset: None,
                        datasets,
                        method_tokens: ends,
                        baseline_tokens: ends,
                        common,
                        ..row.clone()
                    };
                    rows.push(mean);
                }
                rows.push(row);
            }
        }
    }
    rows
}
