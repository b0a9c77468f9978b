//! `--set` where it works; where it does not is in `refusals`.

use super::*;

#[test]
fn overrides_reach_every_kind_of_place() {
    let same = |overrides: &[&str], from: &str, to: &str| {
        let expected = plan(&with(from, to));
        let found = read(BASE, overrides).unwrap_or_else(|error| panic!("{overrides:?}\n{}", render(&error)));
        assert_eq!(found, expected, "{overrides:?}");
    };
    same(&["pool.parallel=8"], "parallel: 16", "parallel: 8");
    same(&["seed=3"], "seed: 7", "seed: 3");
    same(&["seed=1", "seed=3"], "seed: 7", "seed: 3");
    same(&["datasets=[gsm8k]"], "[one, {name: two, limit: 100}]", "[gsm8k]");
    same(&["datasets.one.limit=5"], "[one,", "[{name: one, limit: 5},");
    same(&["datasets.1.limit=5"], "limit: 100", "limit: 5");
    same(&["backbones.weak.profile=p"], "kind: simulated}", "kind: simulated, profile: p}");
    same(
        &["backbones.0.sampling.temperature=1.0"],
        "kind: simulated}",
        "kind: simulated, sampling: {temperature: 1.0}}",
    );
    same(
        &["verifier.kind=none", "methods=[single]"],
        &BASE[BASE.find("verifier").expect("there")..BASE.find("budgets").expect("there")],
        "pool: {parallel: 16, chains: 2, rounds: 8}\nmethods: [single]\n",
    );
    same(&["methods.markovscale.stop=map"], "[gate, map]", "map");
    same(&["methods.2.markovscale.stop=map"], "[gate, map]", "map");
    same(&["methods.1=oracle"], "best_of_n", "oracle");
    same(&["methods.best_of_n=oracle", "methods.oracle.draws=sequential"], "best_of_n", "oracle: {draws: sequential}");
    same(&["tuning.crossfit=3"], "budgets: [4, 1, 2]\n", "budgets: [4, 1, 2]\ntuning: {crossfit: 3}\n");
    same(&["budgets.0=3"], "[4, 1, 2]", "[3, 1, 2]");
}

#[test]
fn names_with_dots_can_be_overridden() {
    let text = with("name: strong", "name: qwen2.5-7b");
    let plan = read(&text, &["backbones.qwen2.5-7b.concurrency=9"]).expect("valid");
    assert_eq!(plan.backbones[1].concurrency, 9);
}
