use std::collections::BTreeMap;
use std::path::Path;

use markovscale::methods::adaptive_sc::boundary::smallest_leader;
use markovscale::methods::optscale::OptScaleTarget;
use markovscale::methods::optscale::draws_needed;
use markovscale::methods::optscale::truncated_normal::TruncatedNormal;
use markovscale::statistics::{best_of_k_curve, pass_at_k};
use markovscale::{AnswerModel, Chain, ClassId, Posterior, Regime};
use serde::Deserialize;

const VECTORS: &str = include_str!("../data/vectors.json");
const TOLERANCE: f64 = 1e-9;

/// A section or a number that no test here reads is an error, so that none goes untested when the reference grows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    chain: Vec<ChainVector>,
    posterior: Vec<PosteriorVector>,
    pass_at_k: Vec<PassVector>,
    best_of_k: Vec<BestVector>,
    #[serde(rename = "asc_boundary_0.95")]
    asc_boundary: BTreeMap<u32, u32>,
    optscale_n: Vec<OptScaleVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptScaleVector {
    mu: f64,
    sigma: f64,
    target: f64,
    q: f64,
    cap: u32,
    n: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChainVector {
    p0: f64,
    correct_to_wrong: f64,
    wrong_to_correct: f64,
    accuracy: Vec<f64>,
    regime: String,
    bounds: [f64; 2],
    rounds_to_within: BTreeMap<String, Option<u32>>,
    best_rounds_cap64: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PosteriorVector {
    answers: Vec<Option<String>>,
    scores: Vec<Option<f64>>,
    model: AnswerModel,
    hypotheses: BTreeMap<String, f64>,
    belief: f64,
    fixed_point: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassVector {
    n: usize,
    c: usize,
    k: usize,
    value: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BestVector {
    correct: Vec<u8>,
    score: Vec<f64>,
    k: usize,
    value: f64,
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= TOLERANCE
}

#[test]
fn chains() {
    let vectors = vectors().chain;
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let chain = Chain::new(vector.p0, vector.correct_to_wrong, vector.wrong_to_correct).unwrap();
        assert!(
            !vector.accuracy.is_empty() && !vector.rounds_to_within.is_empty() && !vector.best_rounds_cap64.is_empty()
        );
        for (round, expected) in (0u32..).zip(&vector.accuracy) {
            assert!(near(chain.accuracy(round), *expected), "{chain:?} at round {round}");
        }
        let regime = match chain.regime() {
            Regime::Beneficial => "beneficial",
            Regime::Neutral => "neutral",
            Regime::Detrimental => "detrimental",
        };
        assert_eq!(regime, vector.regime, "{chain:?}");
        let bounds = chain.bounds();
        assert!(
            near(bounds.lowest, vector.bounds[0]) && near(bounds.highest, vector.bounds[1]),
            "{chain:?}: {bounds:?}"
        );
        for (epsilon, expected) in vector.rounds_to_within {
            assert_eq!(chain.rounds_to_within(epsilon.parse().unwrap()), expected, "{chain:?} within {epsilon}");
        }
        for (price, expected) in vector.best_rounds_cap64 {
            assert_eq!(chain.best_rounds(price.parse().unwrap(), 64), expected, "{chain:?} at price {price}");
        }
    }
}

#[test]
fn posteriors() {
    let vectors = vectors().posterior;
    assert_eq!(vectors.len(), 28);
    for vector in vectors {
        let mut posterior = Posterior::new(&vector.model);
        let class = |answer: &str| ClassId(u32::from(answer.as_bytes()[0]));
        for (answer, score) in vector.answers.iter().zip(&vector.scores) {
            posterior.observe(answer.as_deref().map(class), *score);
        }
        for (hypothesis, expected) in &vector.hypotheses {
            let found = if hypothesis == "none" { posterior.none() } else { posterior.probability(class(hypothesis)) };
            assert!(near(found, *expected), "{:?} {hypothesis}: {found} {expected}", vector.answers);
        }
        assert_eq!(posterior.hypotheses().count() + 1, vector.hypotheses.len());
        assert!(near(posterior.belief(), vector.belief), "{:?}", vector.answers);
        assert!(near(posterior.fixed_point(), vector.fixed_point), "{:?}", vector.answers);
    }
}

#[test]
fn subsets() {
    let Vectors { pass_at_k: pass, best_of_k: best, .. } = vectors();
    assert_eq!((pass.len(), best.len()), (4, 4));
    for vector in pass {
        assert!(near(pass_at_k(vector.n, vector.c, vector.k).unwrap(), vector.value));
    }
    for vector in best {
        let correct: Vec<f64> = vector.correct.iter().map(|&correct| f64::from(correct)).collect();
        let mut order: Vec<usize> = (0..correct.len()).collect();
        order.sort_by(|&left, &right| vector.score[right].total_cmp(&vector.score[left]));
        let curve = best_of_k_curve(&correct, &order).unwrap();
        assert!(near(curve[vector.k - 1], vector.value), "k = {}", vector.k);
    }
}

#[test]
fn stopping_boundary_of_adaptive_self_consistency() {
    let boundary = vectors().asc_boundary;
    assert_eq!(boundary.len(), 11);
    for (runner_up, leader) in boundary {
        assert_eq!(smallest_leader(0.95, runner_up), Some(leader), "runner-up {runner_up}");
    }
}

#[test]
fn draws_that_optscale_needs() {
    let vectors = vectors().optscale_n;
    assert_eq!(vectors.len(), 4);
    for OptScaleVector { mu, sigma, target, q, cap, n } in vectors {
        let scores = TruncatedNormal::new(mu, sigma);
        assert_eq!(draws_needed(&scores, OptScaleTarget { q, target }, cap), n, "{mu} {sigma} {target} {q}");
    }
}

/// The committed numbers are those of the reference, where it is at hand.
#[test]
fn fixture_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let current: serde_json::Value = serde_json::from_str(&text).unwrap();
    let committed: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(current, committed);
}
