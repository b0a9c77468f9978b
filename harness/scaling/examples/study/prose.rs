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

**Where it wins.** In every regime one kind of draws puts MarkovScale with `confidence` or `optimal` and \
`posterior` on the frontier: chains where questions are hard or the verifier is noisy or deceived, parallel draws \
where questions are easy or re-answers harmful, and where re-answers are sticky parallel draws up to 16 answers \
and chains at 64. Most points are more accurate than every baseline that spends no more tokens, on chains by 7 to \
16 points at 64 answers in `hard`, `noisy_verifier`, `deceptive_verifier` and `sticky_re_answers`; most off the \
frontier are beaten only by another MarkovScale point. Where it gets as far as the best of self-consistency, it \
does so with 3 to 36 % of the tokens. The gain is less in stopping than in what is returned: the posterior uses \
votes, scores and the re-answer prompt together, where majorities and best-of-n each use one. `optimal` against \
`confidence` (a fixed 0.95): it gives up hopeless questions (`hard`: a third fewer tokens for one or two points \
less) and goes on where 0.95 is too low a bar (`easy`, parallel, 64: 1.9k against 1.1k tokens, 99.8 against 98.6 \
%). A fixed confidence caps the accuracy: on `easy` it never reaches that of best-of-n.

**Where it loses, and why.** *Chains under harmful re-answers* lose to parallel baselines at equal tokens from 16 \
answers on: every answer but the first comes from the worse prompt, and no stop can undo that. *Chains of sticky \
re-answers* lose to a mixture of baselines at 4 and 16 answers, because four re-answers in five say nothing new. \
Both are limits of the draws, seen in `shift` and `memory` of the fitted model and in the calibration accuracy of \
the two policies: then take parallel draws. *Parallel draws under a deceptive verifier* are level with the \
majorities at 16 and 64 answers, and below a mixture of them with `confidence`: the verifier loves the answer \
that is also frequent, and the model takes the two for independent evidence. `optimal` now weighs the scores by \
what the labels of other questions say (`posterior::temper`; on the first six seeds, at 64 answers, 69.2 to 70.4 \
% parallel and 76.5 to 77.2 % on chains); `confidence` does not, and the model still has no word for a favoured \
wrong answer: a limit. *`gate`, `map` and `zero`* mostly stop after 1 to 4 answers: cheap, and often on the \
frontier there, but outside `hard` and `sticky_re_answers` below self-consistency where that has 16 answers or \
more: their price speaks of the last answer, not of what selection could return. *The leak* of tuning on the test \
questions is up to 1.5 points for `optscale` and 0.7 for `optimal`, mostly less.

**What to hold against it.** The regimes are drawn from the answer model that MarkovScale fits \
(`deceptive_verifier` and `noisy_verifier` depart from it, and so do parallel draws and missing answers a \
little): it is judged at home. Baselines have their published defaults, MarkovScale ours. Intervals hold for \
these regimes, not for a model.
";
