//! Every error as a terminal shows it.

use std::fs;

use super::*;

/// The base without the lines that begin so.
fn without(starts: &[&str]) -> String {
    let kept = BASE.split_inclusive('\n').filter(|line| !starts.iter().any(|start| line.starts_with(start)));
    kept.collect()
}

macro_rules! refused {
    ($($name:ident: $source:expr $(, $set:expr)*;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(broken(&$source, &[$($set),*]));
        }
    )*};
}

refused! {
    unknown_key_at_the_top: with("budgets:", "budgts:");
    unknown_key_in_a_section: with("parallel: 16", "paralel: 16");
    unknown_key_in_sampling: with("{temperature: 0.6}", "{temprature: 0.6}");
    unknown_key_in_a_backbone: with("kind: simulated}", "kind: simulated, profil: x}");
    unknown_parameter: with("stop: [gate", "stops: [gate");
    unknown_parameter_value: with("[gate, map]", "[gate, mpa]");
    unknown_prompt: format!("{BASE}prompts: {{answer: plane}}\n");
    unknown_verifier: with("verifier: simulated", "verifier: simulatd");
    backbone_kind_that_does_not_exist_yet:
        with("{name: weak, kind: simulated}", "{name: weak, kind: gguf, weights: 'weak.gguf'}");
    budget_that_is_a_word: with("[4, 1, 2]", "[4, many, 2]");
    budget_that_is_zero: with("[4, 1, 2]", "[4, 0, 2]");
    budgets_that_are_a_number: with("[4, 1, 2]", "4");
    count_that_is_negative: with("rounds: 8", "rounds: -8");
    count_that_is_no_whole_number: with("rounds: 8", "rounds: 8.0");
    section_that_is_a_number: with("{parallel: 16, chains: 2, rounds: 8}", "16");
    section_that_is_nothing: with("{parallel: 16, chains: 2, rounds: 8}", "");
    reference_misspelt: format!("{BASE}replay: {{reference: self-consistancy}}\n");
    reference_that_is_an_upper_bound:
        format!("{}replay: {{reference: oracle(parallel)}}\n", with("  - best_of_n\n", "  - best_of_n\n  - oracle\n"));
    crossfit_too_small: format!("{BASE}tuning: {{crossfit: 1}}\n");
    epsilon_out_of_range: with("select: posterior", "epsilon: [0.01, 1.5]");
    price_not_a_number: with("select: posterior", "price: .nan");
    temperature_out_of_range: with("temperature: 0.6", "temperature: 3");
    dataset_twice: with("[one, ", "[two, ");
    backbone_twice: with("name: strong", "name: weak");
    budget_twice: with("[4, 1, 2]", "[4, 1, 4]");
    configuration_twice: with("  - best_of_n\n", "  - best_of_n\n  - markovscale\n");
    stop_that_needs_a_chain: with("select: posterior", "draws: parallel");
    score_that_is_not_seen: with("select: posterior", "select: best_score, scores: false");
    confidence_out_of_range: with("select: posterior", "confidence: 0");
    parameter_value_twice: with("[gate, map]", "[gate, map, gate]");
    no_datasets: with("[one, {name: two, limit: 100}]", "[]");
    no_backbones_at_all: without(&["backbones:", "  - {name: weak", "  - name: strong", "    kind:", "    sampling:"]);
    no_methods: without(&["  - self", "  - best", "  - markov"]).replace("methods:", "methods: []");
    no_budgets: with("[4, 1, 2]", "[]");
    no_parameter_values: with("[gate, map]", "[]");
    live_and_fitted_on_the_run: format!("{BASE}collect: live\n");
    live_and_ranking_the_dataset:
        format!("{}collect: live\n", with("  - markovscale: {stop: [gate, map], select: posterior}", "  - difficulty_adaptive_sc"));
    live_and_imported: format!("{}collect: live\n", with("  - markovscale: {stop: [gate, map], select: posterior}\n", ""))
        .replace("kind: simulated}", "kind: imported, content: x}");
    budget_larger_than_parallel_pool: with("[4, 1, 2]", "[4, 32]");
    budget_larger_than_chain: with("[4, 1, 2]", "[4, 16]");
    budget_larger_than_overridden_pool: BASE, "pool.rounds=2";
    scores_without_verifier: without(&["verifier"]).replace("select: posterior", "select: [last, best_score]");
    run_name_that_is_no_folder: with("name: small", "name: ../small");
    run_name_that_is_a_number: with("name: small", "name: 2026");
    method_with_parameters_not_indented:
        with("  - markovscale: {stop: [gate, map], select: posterior}", "  - markovscale:\n    stop: gate");
    key_twice: format!("{BASE}seed: 8\n");
    syntax_open_bracket: with("[4, 1, 2]", "[4, 1, 2");
    syntax_bad_indentation: with("    kind: simulated\n", "   kind: simulated\n");
    unknown_anchor: with("[4, 1, 2]", "*grid");
    two_documents: format!("{BASE}---\n{BASE}");
    a_list_instead_of_a_map: "- one\n- two\n";
    tab_for_indentation: with("    kind: simulated\n", "\tkind: simulated\n");
    empty_file: "";
    comments_only: "# nothing yet\n";
    a_key_in_the_file: with("kind: simulated}", "kind: openai, api_key: sk-abcdef123456}");
    several_problems: with("budgets: [4, 1, 2]", "budgts: [4]").replace("seed: 7", "seed: seven");
    set_without_value: BASE, "pool.parallel";
    set_empty_value: BASE, "seed=";
    set_wrong_type: BASE, "pool.parallel=x";
    set_unknown_key: BASE, "pool.paralel=8";
    set_unknown_section: BASE, "pol.parallel=8";
    set_unknown_name: BASE, "backbones.wek.profile=x";
    set_index_past_the_end: BASE, "backbones.2.profile=x";
    set_below_a_number: BASE, "seed.value=3";
    set_empty_step: BASE, "pool..parallel=3";
    set_broken_yaml: BASE, "datasets=[one";
    set_ambiguous_name: with("- best_of_n", "- markovscale: {select: last}"), "methods.markovscale.epsilon=0.5";
    set_a_key: BASE, "backbones.0.api_key=sk-abcdef123456";
}

#[test]
fn unknown_method() {
    let text = broken(&with("best_of_n", "best-of-m"), &[]);
    // The list grows with the methods.
    let (problem, methods) = text.split_once("(there are").expect("the methods that there are");
    assert!(methods.contains("`single`") && methods.contains("`markovscale`"), "{methods}");
    insta::assert_snapshot!(problem);
}

#[test]
fn problems_have_line_and_column() {
    let error = read(&with("[4, 1, 2]", "[4, many, 2]"), &[]).expect_err("refused");
    let problem = &error.problems()[0];
    assert_eq!((problem.source_name.as_str(), problem.line, problem.column), ("small.yaml", 15, 14));
}

#[test]
fn columns_are_right_after_characters_of_several_bytes() {
    let error = read(&with("seed: 7", "# é → 日本\nseed: \"é\""), &[]).expect_err("refused");
    let problem = &error.problems()[0];
    assert_eq!((problem.line, problem.column), (3, 7));
}

#[test]
fn files_that_cannot_be_read_are_told_with_the_nearest_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = |name: &str| {
        let error = load(&folder.path().join(name), &[]).expect_err("refused");
        render(&error).replace(&folder.path().display().to_string(), "DIR")
    };
    assert!(shown("quickstart.yml").contains("there is no YAML file"), "{}", shown("quickstart.yml"));
    fs::write(folder.path().join("quickstart.yaml"), BASE).expect("written");
    assert!(shown("quickstrat.yaml").contains("did you mean `DIR/quickstart.yaml`?"), "{}", shown("quickstrat.yaml"));
    assert!(shown("no/such.yaml").contains("the folder `DIR/no` does not exist"), "{}", shown("no/such.yaml"));
    assert!(shown("").contains("it is a folder"), "{}", shown(""));
    fs::write(folder.path().join("latin1.yaml"), b"name: small\nseed: \xe9\n").expect("written");
    insta::assert_snapshot!("not_utf_8", shown("latin1.yaml"));
    fs::write(folder.path().join("huge.yaml"), vec![b'#'; 2 << 20]).expect("written");
    assert!(shown("huge.yaml").contains("a config has at most"), "{}", shown("huge.yaml"));
    assert!(load(&folder.path().join("quickstart.yaml"), &[]).is_ok());
}

#[test]
fn a_file_of_another_kind_is_told_briefly() {
    let text: String = (0..20_000).map(|number| format!("key{number}: 1\n")).collect();
    let error = read(&text, &[]).expect_err("refused");
    assert_eq!(error.problems().len(), 20);
    assert!(render(&error).contains("its first 20 problems are"));
    let chain: String = (1..300).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1)).collect();
    assert!(read(&format!("a0: &a0 x\n{chain}"), &[]).is_err());
    assert!(read(&"[".repeat(100_000), &[]).is_err());
    assert!(read(&"a: {".repeat(50_000), &[]).is_err());
}

#[test]
fn an_alias_bomb_is_refused_quickly() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let started = std::time::Instant::now();
    assert!(read(&text, &[]).is_err());
    assert!(started.elapsed().as_secs() < 20);
}
