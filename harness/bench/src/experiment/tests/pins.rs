//! What runs store of a config stays what it was: the canonical form's hash, and what makes a verifier's scores stale.

use std::fmt::Write;

use super::*;

const SERVER: &str = "base_url: http://localhost:1/v1/, model: m";

/// Overrides of the small config; between them they set every key that is not only a number in a map.
const OVERRIDES: &[&str] = &[
    "seed=18446744073709551615",
    "verifier=none",
    "verifier=simulated",
    "verifier={kind: simulated, aggregate: min}",
    "verifier={kind: imported, name: theirs, aggregate: last}",
    "verifier={kind: embedded, model: markov-verifier-1.2m}",
    "verifier={kind: embedded, model: ./models/mine, name: mine, aggregate: mean, price: {prompt: 1.5}}",
    "verifier={kind: prm, SERVER}",
    "verifier={kind: prm, SERVER, step_token: '<s>', scale: logit, aggregate: product, text: answer, name: steps}",
    "verifier={kind: score, SERVER, scale: logit, api_key_env: KEY, price: {prompt: 1, completion: 2}}",
    "verifier={kind: rerank, SERVER, extra: {texts: true, raw_scores: false, model: null}}",
    "verifier={kind: rerank, SERVER, limits: {concurrency: 3, requests_per_minute: 7, timeout_seconds: 0.5}}",
    "verifier={kind: judge, SERVER}",
    "verifier={kind: judge, SERVER, prompt: grade, text: whole, extra: {max_tokens: 8192}}",
    "verifier={kind: judge, base_url: ['http://a:1', 'http://b:2/v1'], model: m, limits: {tokens_per_minute: 9}}",
    "backbones.0={name: s, kind: openai, SERVER}",
    "backbones.0={name: s, kind: openai, SERVER, api: completions, stream: true, stop: [a, b], batch: 4}",
    "backbones.0={name: s, kind: openai, SERVER, tokenizer: ./t.json, api_key_env: KEY, extra: {top_k: 20}}",
    "backbones.0={name: s, kind: openai, SERVER, limits: {attempts: 3}, price: {cached: 0.1, reasoning: 3}}",
    "backbones.0={name: s, kind: openai, SERVER, stop: end, price: {prompt: 0}}",
    "backbones.0={name: markov-0.4m, kind: embedded}",
    "backbones.0={name: e, kind: embedded, model: ./m, concurrency: 9, price: {completion: 1}}",
    "backbones.0={name: i, kind: imported, model: simulated:x, content: abc}",
    "backbones.0={name: i, kind: imported, concurrency: 5}",
    "backbones.0={name: w, kind: simulated, profile: p, sampling: {temperature: 0, top_p: 1, max_tokens: 7}}",
    "datasets=[{name: d, limit: 3, max_tokens: 9}]",
    "collect=live",
    "budget={tokens: 1000, price: 2.5, hours: 1}",
    "budget={}",
    "tuning=test_set",
    "tuning={from: 'runs/x/learned/{backbone}.json'}",
    "tuning={crossfit: 3}",
    "replay={replicates: 3, resamples: 4, reference: best_of_n}",
    "prompts={answer: terse, re_answer: terse-re-answer, continuation: '  Hold on ', critique: ./c.txt}",
];

#[test]
fn hashes_of_configs_stay_what_they_were() {
    let mut hashes = String::new();
    let mut configs: Vec<PathBuf> = std::fs::read_dir(root().join("configs"))
        .expect("configs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    configs.sort();
    for path in configs {
        let plan = load(&path, &[]).unwrap_or_else(|error| panic!("{}", render(&error)));
        writeln!(hashes, "{} {}", path.file_name().unwrap_or_default().display(), plan.hash()).expect("written");
    }
    for set in OVERRIDES {
        let calibrated = ["methods=[self_consistency, best_of_n, single]".to_owned()];
        let set = set.replace("SERVER", SERVER);
        // Live, nothing is fitted; and methods that need scores cannot be without a verifier.
        let overrides: Vec<String> = match set.as_str() {
            "collect=live" => [vec![set.clone()], calibrated.to_vec()].concat(),
            "verifier=none" => vec![set.clone(), "methods=[single]".to_owned()],
            _ => vec![set.clone()],
        };
        let plan = parse(BASE, "small.yaml", &overrides).unwrap_or_else(|error| panic!("{}", render(&error)));
        assert_eq!(read(&plan.to_yaml(), &[]).expect("valid"), plan, "{set}");
        writeln!(hashes, "{set} {}", plan.hash()).expect("written");
        // A path is of no file here.
        if set.starts_with("verifier") && !set.contains("./models") {
            let hash = crate::collect::verifier_hash(&plan).expect("a prompt that is shipped");
            writeln!(hashes, "  {hash:?}").expect("written");
        }
    }
    insta::assert_snapshot!(hashes);
}
