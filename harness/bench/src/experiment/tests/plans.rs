//! Defaults, expansion, shipped configs, documentation, hashes.

use std::fs;

use markovscale::DrawMode;
use markovscale::{MarkovScaleConfig, Oracle};

use super::*;
use crate::experiment::schema::KEYS;
use crate::prompt::PromptPlan;

#[test]
fn tuning_on_the_test_set_is_possible_and_marked() {
    let plan = parse(BASE, "t.yaml", &["tuning=test_set".to_owned()]).unwrap();
    assert_eq!(plan.tuning, Tuning::TestSet);
    assert_eq!(parse(&plan.to_yaml(), "t.yaml", &[]).unwrap(), plan);
    for config in &plan.methods {
        let marked = plan.label(config).ends_with(" [tuned on test]");
        assert_eq!(marked, config.needs_calibration(), "{}", config.label());
    }
    let error = parse(BASE, "t.yaml", &["tuning=testset".to_owned()]).unwrap_err();
    assert!(format!("{error:?}").contains("test_set"), "{error:?}");
}

#[test]
fn defaults_fill_what_is_left_out() {
    let plan =
        plan("name: a\ndatasets: [d]\nbackbones: [{name: b, kind: simulated}]\nmethods: [single]\nbudgets: [1]\n");
    assert_eq!(plan.seed, 0);
    let backbone = &plan.backbones[0];
    assert_eq!(backbone.kind, BackboneKind::Simulated { profile: "b".to_owned() });
    assert_eq!(
        (backbone.sampling.temperature, backbone.sampling.top_p, backbone.sampling.max_tokens),
        (0.7, 0.95, 16_384)
    );
    assert_eq!(backbone.concurrency, 64);
    assert_eq!(plan.verifier, VerifierPlan::None);
    assert_eq!(plan.pool, Pool { parallel: 64, chains: 2, rounds: 64 });
    assert_eq!(plan.tuning, Tuning::CrossFit(5));
    assert_eq!(plan.replay, ReplayPlan { replicates: 200, resamples: 1000, reference: None });
    assert_eq!(plan.prompts, PromptPlan::default());
    assert_eq!((plan.configurations(), plan.draws_per_question()), (1, 64));
}

#[test]
fn a_default_that_is_given_changes_nothing() {
    let minimal = |backbone: &str, verifier: &str| {
        format!(
            "name: a\ndatasets: [d]\nbackbones: [{{name: b, {backbone}}}]\n{verifier}methods: [single]\nbudgets: [1]\n"
        )
    };
    let server = "base_url: http://localhost:1, model: m";
    // Every key has a meaning in one of these.
    let mut bases = vec![minimal("kind: simulated", ""), minimal("kind: openai, base_url: http://localhost:1", "")];
    for route in crate::routes::ROUTES {
        bases.push(minimal("kind: simulated", &format!("verifier: {{kind: {}, {server}}}\n", route.kind)));
    }
    for spec in KEYS.iter().filter(|spec| !spec.key.default.json().is_null()) {
        let path = spec.path.replace("[]", ".0");
        let set = format!("{path}={}", spec.key.default.json());
        let reading = bases.iter().filter_map(|base| Some((read(base, &[&set]).ok()?, plan(base))));
        let read: Vec<_> = reading.collect();
        assert!(!read.is_empty(), "{set}");
        for (given, left_out) in read {
            assert_eq!(given, left_out, "{set}");
        }
    }
}

#[test]
fn lists_expand_in_the_order_written_and_budgets_ascend() {
    let text = with("{stop: [gate, map], select: posterior}", "{epsilon: [0.01, 0.02], stop: [map, gate]}");
    let plan = plan(&text);
    let expanded: Vec<(f64, String)> = plan
        .methods
        .iter()
        .filter_map(|config| config.parameters::<MarkovScaleConfig>())
        .map(|config| (config.epsilon, format!("{:?}", config.stop)))
        .collect();
    let expected = [(0.01, "Map"), (0.01, "Gate"), (0.02, "Map"), (0.02, "Gate")];
    assert_eq!(expanded, expected.map(|(epsilon, stop)| (epsilon, stop.to_owned())));
    assert_eq!(plan.budgets, [1, 2, 4]);
    assert_eq!(plan.configurations(), 2 * 6);
    assert_eq!(plan.draws_per_question(), 16 + 2 * 8);
}

#[test]
fn oracle_draws_parallel_unless_told() {
    let draws = |text: &str| plan(&with("- best_of_n", text)).methods[1].parameters::<Oracle>().expect("oracle").draws;
    assert_eq!(draws("- oracle"), DrawMode::Parallel);
    assert_eq!(draws("- oracle:"), DrawMode::Parallel);
    assert_eq!(draws("- oracle: {draws: sequential}"), DrawMode::Sequential);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let expected = plan(BASE);
    assert_eq!(plan(&BASE.replace('\n', "\r\n")), expected);
    assert_eq!(plan(&format!("\u{feff}{BASE}")), expected);
    let error = read(&format!("\u{feff}{}", BASE.replace("seed: 7", "seed: x")), &[]).expect_err("refused");
    assert_eq!((error.problems()[0].line, error.problems()[0].column), (2, 7));
}

#[test]
fn a_dataset_may_have_a_token_limit_of_its_own() {
    let plan = plan(&with("limit: 100", "max_tokens: 99"));
    assert_eq!(plan.backbones[0].sampling_on(&plan.datasets[0]).max_tokens, 16_384);
    assert_eq!(plan.backbones[0].sampling_on(&plan.datasets[1]).max_tokens, 99);
}

#[test]
fn anchors_aliases_and_merge_keys_work() {
    let text = with("{name: weak, kind: simulated}", "&weak {name: weak, kind: simulated, concurrency: 3}")
        .replace("  - name: strong\n    kind: simulated\n", "  - <<: *weak\n    name: strong\n");
    let plan = plan(&text);
    assert_eq!(plan.backbones[1].name, "strong");
    assert_eq!(plan.backbones[1].concurrency, 3);
}

#[test]
fn shipped_configs_expand_to_more_than_twenty_configurations() {
    let configs = [
        ("quickstart", 5, 8),
        ("embedded", 5, 16),
        ("embedded-calibration", 5, 16),
        ("simulated", 2, 16),
        ("paper", 5, 64),
    ];
    for (name, datasets, largest) in configs {
        let path = root().join(format!("configs/{name}.yaml"));
        let plan = load(&path, &[]).unwrap_or_else(|error| panic!("{}", render(&error)));
        assert_eq!(plan.name, name);
        assert!(plan.configurations() > 20, "{}", plan.configurations());
        assert_eq!((plan.datasets.len(), plan.backbones.len(), plan.budgets.last()), (datasets, 3, Some(&largest)));
        assert_eq!(read(&plan.to_yaml(), &[]).expect("valid"), plan);
    }
}

#[test]
fn the_expanded_config_is_written_in_full() {
    insta::assert_snapshot!(plan(BASE).to_yaml());
}

#[test]
fn the_examples_of_the_documentation_are_valid() {
    let text = fs::read_to_string(root().join("docs/configuration.md")).expect("docs/configuration.md");
    let examples: Vec<&str> = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        plan(example);
    }
}

#[test]
fn the_reference_is_the_one_named_or_self_consistency() {
    let label = |sets: &[&str]| {
        let plan = read(BASE, sets).unwrap_or_else(|error| panic!("{}", render(&error)));
        assert_eq!(read(&plan.to_yaml(), &[]).unwrap_or_else(|error| panic!("{}", render(&error))), plan);
        plan.reference().map(markovscale::MethodConfig::label)
    };
    assert_eq!(label(&[]).as_deref(), Some("self_consistency"));
    assert_eq!(label(&["replay.reference=best_of_n"]).as_deref(), Some("best_of_n"));
    assert_eq!(label(&["methods=[oracle, best_of_n, markovscale]"]).as_deref(), Some("best_of_n"));
    assert_eq!(label(&["methods=[oracle]"]), None, "an upper bound is nothing to compare with");
    let leaky = label(&["methods=[markovscale, mr_thinking]", "tuning=test_set"]);
    assert_eq!(leaky.as_deref(), Some("mr_thinking"), "nor is what saw the answers");
}

#[test]
fn the_hash_ignores_only_spelling() {
    let base = plan(BASE);
    for set in ["pool.parallel=32", "budgets=[1]", "name=other", "seed=8", "backbones.0.sampling.temperature=0.1"] {
        let changed = read(BASE, &[set]).unwrap_or_else(|error| panic!("{}", render(&error)));
        assert_ne!(changed.hash(), base.hash(), "{set}");
    }
    assert_eq!(plan(&format!("# comment\n{BASE}replay: {{resamples: 1000}}\n")).hash(), base.hash());
    assert_eq!(base.hash().len(), 64);
}

#[test]
fn imported_draws_and_scores_are_named_and_nothing_else_is_taken_for_them() {
    let imported = "{name: strong, kind: imported, model: m/x, content: abc}";
    let text =
        with("  - name: strong\n    kind: simulated\n    sampling: {temperature: 0.6}", &format!("  - {imported}"));
    let of_strong = plan(&text).backbones.remove(1);
    assert_eq!(of_strong.kind, BackboneKind::Imported { model: "m/x".to_owned(), content: "abc".to_owned() });
    assert!(of_strong.imported() && !of_strong.simulated() && !plan(&text).imported());
    let set = ["backbones=[{name: b, kind: imported}]", "verifier={kind: imported, name: prm}"];
    let whole = read(BASE, &set).unwrap_or_else(|error| panic!("{}", render(&error)));
    assert!(whole.imported());
    assert_eq!((whole.backbones[0].model().as_str(), whole.verifier.name()), ("b", Some("prm")));
    assert_eq!(read(&whole.to_yaml(), &[]).expect("valid"), whole);
    for (set, part) in [
        ("backbones=[{name: b, kind: imported, profile: p}]", "`profile` has no meaning"),
        ("backbones=[{name: b, kind: simulated, content: x}]", "`content` has no meaning"),
        ("verifier=imported", "`verifier.name` is missing"),
        ("verifier={kind: simulated, name: x}", "`name` has no meaning"),
        ("verifier={kind: simulated, price: {prompt: 1}}", "`price` has no meaning"),
    ] {
        let message = broken(BASE, &[set]);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_served_verifier_is_read_and_written_whole_and_has_no_keys_of_another_kind() {
    let server = "base_url: [http://localhost:1/v1, http://localhost:2/v1], model: m";
    for (own, text) in [
        ("kind: prm, name: p, step_token: '<s>', scale: logit, aggregate: product", ScoredText::Whole),
        ("kind: prm, text: answer", ScoredText::Answer),
        ("kind: score, scale: logit", ScoredText::Answer),
        ("kind: rerank, extra: {texts: true, model: null}", ScoredText::Answer),
        ("kind: judge, prompt: ./mine.txt, text: whole", ScoredText::Whole),
    ] {
        let set = format!("verifier={{{own}, {server}}}");
        let whole = read(BASE, &[&set]).unwrap_or_else(|error| panic!("{}", render(&error)));
        let VerifierPlan::Service(verifier) = &whole.verifier else { panic!("{own}") };
        assert_eq!(verifier.text, text, "{own}");
        assert_eq!(read(&whole.to_yaml(), &[]).expect("valid"), whole, "{own}");
    }
    for (own, part) in [
        ("kind: judge, scale: logit", "`scale` has no meaning"),
        ("kind: score, aggregate: min", "`aggregate` has no meaning"),
        ("kind: score, step_token: x", "`step_token` has no meaning"),
        ("kind: prm, prompt: grade", "`prompt` has no meaning"),
        ("kind: prm, name: simulated", "taken for a simulation's"),
        ("kind: prm, scale: percent", "expected one of `probability`, `logit`"),
    ] {
        let message = broken(BASE, &[&format!("verifier={{{own}, {server}}}")]);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn models_in_the_process_are_read_and_written_whole_and_have_no_keys_of_another_kind() {
    let set =
        ["backbones=[{name: b, kind: embedded, model: ./models/b, sampling: {max_tokens: 9}, price: {prompt: 1}}]"];
    let whole = read(BASE, &[set[0], "verifier={kind: embedded, model: a/prm-1/, aggregate: min}"])
        .unwrap_or_else(|error| panic!("{}", render(&error)));
    let backbone = &whole.backbones[0];
    assert_eq!(backbone.kind, BackboneKind::Embedded { model: "./models/b".to_owned() });
    assert_eq!((backbone.model().as_str(), backbone.concurrency), ("./models/b", EMBEDDED_CONCURRENCY));
    assert!(!backbone.simulated() && !backbone.imported() && backbone.has_price());
    assert_eq!((whole.verifier.name(), whole.aggregate), (Some("prm-1"), Some(Aggregate::Min)));
    assert!(!whole.verifier.simulated());
    assert_eq!(read(&whole.to_yaml(), &[]).expect("valid"), whole);
    let named =
        read(BASE, &[set[0], "verifier={kind: embedded, model: ./m, name: v, price: {prompt: 2}}"]).expect("valid");
    assert_eq!((named.verifier.name(), named.verifier.price().prompt), (Some("v"), 2.0));
    assert_eq!(read(&named.to_yaml(), &[]).expect("valid"), named);
    for (set, part) in [
        ("backbones=[{name: b, kind: embedded, model: ./m, profile: p}]", "`profile` has no meaning"),
        ("backbones=[{name: b, kind: embedded, model: ./m, base_url: 'http://x'}]", "`base_url` has no meaning"),
        ("backbones=[{name: b, kind: embedded, model: ./m, batch: 4}]", "`batch` has no meaning"),
        ("backbones=[{name: b, kind: embedded, model: ./m, limits: {concurrency: 4}}]", "`limits` has no meaning"),
        ("verifier=embedded", "write `verifier: {kind: embedded, model: MODEL}`"),
        ("verifier={kind: embedded}", "`verifier.model` is missing"),
        ("verifier={kind: embedded, model: ..}", "`verifier.name` is missing"),
        ("verifier={kind: embedded, model: ./m, name: simulated}", "taken for a simulation's"),
        ("verifier={kind: embedded, model: ./m, step_token: x}", "`step_token` has no meaning"),
        ("verifier={kind: embedded, model: ./m, base_url: 'http://x'}", "`base_url` has no meaning"),
    ] {
        let message = broken(BASE, &[set]);
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_model_that_is_not_shipped_is_told_with_its_place_and_what_there_is() {
    let told = |text: &str, name: &str, column: usize| {
        let error = read(text, &[]).expect_err("refused");
        let problem = &error.problems()[0];
        assert_eq!(problem.column, column, "{}", render(&error));
        let shown = render(&error).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&format!("no model is called `{name}`")), "{shown}");
        assert!(shown.contains("contains `/`"), "{shown}");
        // Lines break after the hyphen of a name, too.
        let unbroken = shown.replace(' ', "");
        for shipped in crate::models::shipped_names() {
            assert!(unbroken.contains(shipped), "{shown}");
        }
    };
    told(&with("{name: weak, kind: simulated}", "{name: weak, kind: embedded}"), "weak", 12);
    told(&with("name: weak, kind: simulated", "name: weak, kind: embedded, model: marcov"), "marcov", 41);
    told(&with("verifier: simulated", "verifier: {kind: embedded, model: marcov}"), "marcov", 35);
}

#[test]
fn a_simulation_may_have_a_price_and_without_one_its_plan_is_what_it_was() {
    let priced = read(BASE, &["backbones.0.price={prompt: 0.15, cached: 0.075, completion: 0.6}"]).expect("valid");
    let expected = crate::experiment::Price { prompt: 0.15, cached: Some(0.075), completion: 0.6, reasoning: None };
    assert_eq!((priced.backbones[0].price, priced.backbones[1].has_price()), (expected, false));
    assert!(priced.has_prices() && !plan(BASE).has_prices());
    assert_eq!(priced.price_of_backbone(&priced.backbones[0].name), expected);
    assert_eq!(read(&priced.to_yaml(), &[]).expect("valid"), priced);
    assert!(!plan(BASE).to_yaml().contains("price:\n"), "{}", plan(BASE).to_yaml());
}
