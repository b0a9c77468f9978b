//! Models that run in the process: a run of them is the same however it is interrupted and however much is under way.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::program::{fail, markovscale, succeed};
use crate::scripted::Experiment;

const QUESTIONS: usize = 60;
const POOL: &str = "pool={parallel: 20, chains: 1, rounds: 4}";

/// The path of a model that tests bring.
fn tiny(name: &str) -> String {
    format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn experiment(questions: usize) -> Experiment {
    let backbone = format!(
        "backbones=[{{name: tiny, kind: embedded, model: '{}', sampling: {{temperature: 1.5, top_p: 1, max_tokens: 24}}}}]",
        tiny("tiny-model")
    );
    Experiment::at("http://127.0.0.1:9/v1", questions)
        .set(&backbone)
        .set(&format!("verifier={{kind: embedded, model: '{}'}}", tiny("tiny-verifier")))
        .set("prompts={answer: terse, re_answer: terse-re-answer}")
        .set("methods=[self_consistency, best_of_n, mr_thinking]")
        .set("replay={replicates: 5, resamples: 20}")
        .set(POOL)
}

#[test]
fn a_run_is_the_same_however_it_is_interrupted_and_however_much_is_under_way() {
    let undisturbed = experiment(QUESTIONS);
    succeed(&mut undisturbed.command("run"));
    let (draws, scores) = (undisturbed.draws(), undisturbed.scores());
    draws.assert_whole(QUESTIONS as u64 * 24);
    scores.assert_whole(QUESTIONS as u64 * 24);
    assert_eq!(draws.flags("simulated") + scores.flags("simulated"), 0);
    assert!(draws.sum("prompt_tokens") > 0 && draws.sum("completion_tokens") > 0);
    assert!(scores.reals("score").iter().all(|score| (0.0..=1.0).contains(score)));
    let outcomes =
        |experiment: &Experiment| std::fs::read(experiment.run().join("outcomes.parquet")).expect("outcomes");

    // Stopped by a budget, then killed again and again.
    let disturbed = experiment(QUESTIONS);
    let (code, _) = fail(disturbed.command("collect").args(["--set", "budget.tokens=9000"]));
    assert_eq!(code, 3);
    for milliseconds in [20, 60, 120, 240] {
        let mut command = disturbed.command("run");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().expect("a child");
    }
    succeed(&mut disturbed.command("run"));
    disturbed.draws().assert_same(&draws);
    disturbed.scores().assert_same(&scores);
    assert!(outcomes(&disturbed) == outcomes(&undisturbed), "outcomes differ");
    // Once more, which has nothing to do.
    assert_eq!(disturbed.count("collect"), [QUESTIONS as u64 * 24, QUESTIONS as u64 * 24, 0, 0]);

    let one_by_one = experiment(QUESTIONS).set("backbones.0.concurrency=1");
    one_by_one.count("collect");
    one_by_one.draws().assert_same(&draws);
}

#[test]
fn what_answered_and_scored_is_recorded_and_other_weights_are_another_experiment() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model");
    std::fs::create_dir(&model).expect("a folder");
    for name in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(format!("{}/{name}", tiny("tiny-model")), model.join(name)).expect("copied");
    }
    let experiment = experiment(2).set(&format!("backbones.0.model='{}'", model.display()));
    experiment.count("collect");
    experiment.count("score");
    let environment = std::fs::read(experiment.run().join("environment.json")).expect("an environment");
    let environment: Value = serde_json::from_slice(&environment).expect("JSON");
    let models = environment["models"].as_array().expect("a list");
    assert_eq!(models.len(), 2, "{environment}");
    assert!(models.iter().all(|model| model["sha256"]["model.safetensors"].as_str().expect("hex").len() == 64));

    let config = model.join("tokenizer_config.json");
    let text = std::fs::read_to_string(&config).expect("text");
    std::fs::write(&config, text + "\n").expect("written");
    let (code, stderr) = fail(&mut experiment.command("collect"));
    assert!(code == 1 && stderr.contains("backbone=tiny/dataset=sums"), "{code} {stderr}");
}

#[test]
fn a_draw_lives_while_methods_decide_and_costs_what_it_is_said_to() {
    let live = experiment(4).set("collect=live").set("methods=[self_consistency, mr_thinking]").set("verifier=none");
    succeed(&mut live.set("backbones.0.price={prompt: 1, completion: 2}").command("run"));
}

#[test]
fn doctor_loads_every_model_and_says_how_fast_it_is() {
    let text = succeed(&mut experiment(2).command("doctor"));
    assert!(text.contains("parameters, a context of 256 tokens"), "{text}");
    assert!(text.contains(" tokens/s)") && text.contains("a score of 0."), "{text}");
    let told = |set: &str| {
        let output = crate::program::finish(&mut experiment(2).set(set).command("doctor"));
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = told(&format!("backbones.0.model='{}'", tiny("tiny-verifier")));
    assert!(code == Some(1) && text.contains("is a verifier"), "{text}");
    let (_, text) = told(&format!("verifier={{kind: embedded, model: '{}'}}", tiny("tiny-model")));
    assert!(text.contains("scores no steps") && text.contains("name a shipped model"), "{text}");
    assert!(!text.contains("server says"), "{text}");
}

#[test]
fn a_model_that_is_not_there_is_told_before_anything_is_drawn() {
    let missing = experiment(2).set("backbones.0.model=./no-such-model");
    let (code, stderr) = fail(&mut missing.command("run"));
    assert!(code == 2 && stderr.contains("config.json"), "{code} {stderr}");
    assert!(!missing.run().exists());
    let misspelt = experiment(2).set("backbones.0.model=markow-0.4m");
    let (code, stderr) = fail(&mut misspelt.command("run"));
    assert!(code == 2 && stderr.contains("no model is called `markow-0.4m`"), "{code} {stderr}");
}

#[test]
fn one_question_is_solved_by_a_model_in_the_process() {
    let experiment = experiment(1);
    let mut command = markovscale(experiment.folder(), &["solve", "--config", "experiment.yaml", "--json"]);
    command.current_dir(experiment.folder());
    for set in [
        format!("backbones=[{{name: tiny, kind: embedded, model: '{}'}}]", tiny("tiny-model")),
        "prompts={answer: terse, re_answer: terse-re-answer}".to_owned(),
    ] {
        command.args(["--set", &set]);
    }
    command.args(["--method", "self_consistency", "--budget", "3", "What is 3 + 4?"]);
    let said = succeed(&mut command);
    assert_eq!(said.lines().filter(|line| line.contains("\"event\":\"round\"")).count(), 3, "{said}");
}
