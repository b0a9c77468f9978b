//! What is said around the tables.

/// What the study is.
pub(crate) fn head(seeds: u64, questions: usize) -> String {
    format!(
        "# Every method in six simulated regimes

Written by `cargo run --release -p markovscale --example study`. **Every number here is simulated** \
(`markovscale::simulate`); none was measured on a model. Six regimes, {seeds} seeds each; each seed is a population of its \
own with {questions} questions of 64 parallel draws and one chain of 64 answers, used in the order drawn.

- What methods learn is cross-fitted in five folds: no parameter sees the question it is used on. Answer models are \
fitted on at most 250 questions and 16 draws of each, as `markovscale replay` does.
- All parameters are the defaults; nothing was tuned by hand on these populations.
- Tokens are completion tokens of every draw looked at. Verifier tokens are not simulated: methods that read scores \
(`weighted_self_consistency`, `best_of_n`, `optscale`, `markovscale`, the ranking of `difficulty_adaptive_sc`) pay for them \
in reality, the others do not. Depth is not compared either: chains wait for each answer, parallel draws do not.
- Intervals are 95 %, from a bootstrap over the questions of all seeds (1,000 resamples).
- `self_refine` and `budget_forcing` are left out: the simulation has no critiques and no growing texts.
- `oracle` is an upper bound, in no comparison and on no frontier.
"
    )
}

/// What the tables showed.
pub(crate) const FINDINGS: &str = "
## What this says
";
