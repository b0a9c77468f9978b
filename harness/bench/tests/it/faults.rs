//! Everything that a server may do to a run: it ends with every draw, each once, and with the tokens that were billed.

use std::process::Stdio;
use std::time::Duration;

use markovscale_scripted_server::{Fault, Reasoning, RetryAfter, Rule, Script, Server, When};

use crate::program::{fail, finish, succeed};
use crate::scripted::{Experiment, assert_tokens_add_up, serve};

/// Draws of an [`Experiment`] with twenty questions.
const DRAWS: u64 = 20 * 8;

fn status(code: u16, retry_after: Option<RetryAfter>) -> Fault {
    Fault::Status { code, retry_after, body: None }
}

/// One attempt in so many is met by the fault, and no draw for ever.
fn now_and_then(fault: Fault) -> Script {
    let when = When { probability: Some(0.25), attempts: Some(4), ..When::default() };
    Script { reasoning: Reasoning::Field, ..Script::failing(fault, when) }
}

/// Collects against a server that fails now and then; everything arrives.
fn survives(fault: Fault, overrides: &[&str]) -> Server {
    let name = format!("{fault:?}");
    let server = serve(now_and_then(fault));
    let experiment = overrides.iter().fold(Experiment::new(&server), |experiment, field| experiment.set(field));
    assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0], "{name}");
    let happened: u64 = server.counters().faults.values().sum();
    assert!(happened >= 10, "{name} happened {happened} times only: the test proves little");
    let draws = experiment.draws();
    draws.assert_whole(DRAWS);
    assert_tokens_add_up(&draws, &server);
    assert!(draws.sum("reasoning_tokens") > 0);
    server
}

/// The same, of a fault that costs an attempt, which the trace tells.
fn is_tried_again(fault: Fault, overrides: &[&str], words: &str) {
    let server = serve(now_and_then(fault.clone()));
    let experiment = overrides.iter().fold(Experiment::new(&server), |experiment, field| experiment.set(field));
    assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0], "{fault:?}");
    let counters = server.counters();
    let happened: u64 = counters.faults.values().sum();
    assert!(happened >= 10, "{fault:?} happened {happened} times only: the test proves little");
    let draws = experiment.draws();
    draws.assert_whole(DRAWS);
    assert_tokens_add_up(&draws, &server);
    assert_eq!(draws.sum("attempts"), DRAWS + happened, "{fault:?}: every attempt is recorded");
    let earlier = draws.texts("earlier_attempts");
    assert!(!earlier.is_empty() && earlier.iter().all(|text| text.contains(words)), "{fault:?}: {:?}", earlier.first());
    assert_eq!(counters.delivered_again, 0, "{fault:?}");
}

#[test]
fn too_many_requests_are_tried_again() {
    is_tried_again(status(429, None), &[], "429");
    is_tried_again(status(429, Some(RetryAfter::Seconds(0))), &[], "429");
    is_tried_again(status(429, Some(RetryAfter::Date(0))), &[], "429");
}

#[test]
fn errors_of_the_server_are_tried_again() {
    is_tried_again(status(500, None), &[], "500");
    is_tried_again(status(503, Some(RetryAfter::Seconds(0))), &[], "503");
}

#[test]
fn connections_that_are_closed_are_made_again() {
    is_tried_again(Fault::CloseBefore, &[], "");
    is_tried_again(Fault::CloseMidBody, &[], "");
    is_tried_again(Fault::CloseMidBody, &["backbones.0.stream=true"], "");
}

#[test]
fn replies_that_are_none_are_asked_for_again() {
    for stream in ["backbones.0.stream=false", "backbones.0.stream=true"] {
        is_tried_again(Fault::HalfJson, &[stream], "");
        is_tried_again(Fault::WrongType, &[stream], "HTML");
        is_tried_again(Fault::EmptyChoices, &[stream], "");
        is_tried_again(Fault::ErrorInBody, &[stream], "");
    }
}

#[test]
fn silence_is_given_up_and_asked_again() {
    let soon = "backbones.0.limits.timeout_seconds=0.3";
    is_tried_again(Fault::Never, &[soon], "timed out");
    is_tried_again(Fault::Stall, &[soon], "timed out");
    is_tried_again(Fault::Stall, &[soon, "backbones.0.stream=true"], "timed out");
}

#[test]
fn what_is_only_slow_or_said_twice_is_taken_as_it_is() {
    for (fault, stream) in [(Fault::Delay { ms: 50 }, "false"), (Fault::DuplicateChunks, "true")] {
        let server = survives(fault, &[&format!("backbones.0.stream={stream}")]);
        assert_eq!(server.counters().delivered.replies, DRAWS, "nothing is asked for again");
    }
}

#[test]
fn ten_megabytes_are_read_and_kept() {
    let huge = Fault::Huge { bytes: 10_000_000 };
    let server = serve(Script::failing(huge, When::requests(3, 4)));
    let experiment =
        Experiment::at(&server.url(), 2).set("pool={parallel: 2, chains: 1, rounds: 2}").set("budgets=[1, 2]");
    experiment.count("collect");
    let draws = experiment.draws();
    assert_tokens_add_up(&draws, &server);
    let long = draws.texts("completion").iter().filter(|text| text.len() > 9_000_000).count() as u64;
    assert_eq!(long, server.counters().faults["huge"]);
}

#[test]
fn one_reply_in_ten_a_429_and_everything_adds_up() {
    let failing = Script::failing(status(429, None), When::probability(0.1));
    let server = serve(Script { reasoning: Reasoning::Field, ..failing });
    let experiment = Experiment::at(&server.url(), 100);
    let draws = 100 * 8;
    assert_eq!(experiment.count("collect"), [draws, 0, draws, 0]);
    let counters = server.counters();
    assert!(counters.refused[&429] > draws / 20, "{counters:?}");
    let stored = experiment.draws();
    stored.assert_whole(draws);
    assert_tokens_add_up(&stored, &server);
    assert_eq!((counters.distinct_delivered, counters.delivered_again), (draws, 0));
    assert_eq!(stored.sum("attempts"), draws + counters.refused[&429]);
    // Prices are whole per million tokens, so that what is to be paid is a whole number of millionths (half ones where
    // prompts came from a cache).
    let billed = counters.delivered;
    let dear = billed.prompt_tokens - billed.cached_tokens;
    let halves = 2 * dear + billed.cached_tokens;
    let written = 4 * (billed.completion_tokens - billed.reasoning_tokens) + 8 * billed.reasoning_tokens;
    assert!(billed.cached_tokens > 0 && billed.reasoning_tokens > 0, "{billed:?}");
    let output = succeed(experiment.command("plan").arg("--json"));
    let plan: serde_json::Value = serde_json::from_str(&output).expect("JSON");
    let price = plan["total"]["spent"]["price"].as_f64().expect("a price");
    assert_eq!((price * 2e6).round(), (halves + 2 * written) as f64, "{plan}");
}

#[test]
fn what_fails_for_good_is_listed_and_only_that_is_asked_next_time() {
    let when = When::contains("What is 13 + 23?");
    let server = serve(Script::failing(status(500, None), when));
    let experiment = Experiment::new(&server).set("backbones.0.limits.attempts=2");
    let (code, stderr) = fail(&mut experiment.command("collect"));
    assert_eq!(code, 3, "{stderr}");
    // Four parallel draws and the first of the chain, whose rest cannot be asked for.
    assert!(stderr.contains("5 draws failed; run the same command to try them again"), "{stderr}");
    assert!(stderr.contains("500") && stderr.contains("parallel"), "{stderr}");
    assert_eq!(server.counters().delivered.replies, DRAWS - 8);

    server.set_script(Script::default());
    let before = server.counters().requests;
    assert_eq!(experiment.count("collect"), [DRAWS, DRAWS - 8, 8, 0]);
    let asked = server.counters().requests - before;
    assert!((8..8 + 4).contains(&asked), "8 draws are asked for, beside a look at the server: {asked}");
    experiment.draws().assert_whole(DRAWS);
    assert_tokens_add_up(&experiment.draws(), &server);
    let undisturbed = serve(Script::default());
    let other = Experiment::new(&undisturbed);
    other.count("collect");
    experiment.draws().assert_same(&other.draws());
}

#[test]
fn refusals_that_no_repetition_mends_are_not_repeated() {
    let server = serve(Script::failing(status(400, None), When::default()));
    let experiment = Experiment::at(&server.url(), 1);
    let (code, stderr) = fail(&mut experiment.command("collect"));
    assert_eq!(code, 3, "{stderr}");
    let refused = server.counters().refused[&400];
    // Every parallel draw once, and the first of the chain.
    assert_eq!(refused, 5, "{stderr}");
}

/// Collects while the server is gone for a time, after it answered a third of the draws.
fn goes_on_after(gone: Duration) {
    let server = serve(Script { latency_ms: 5, ..Script::default() });
    let experiment = Experiment::new(&server).set("backbones.0.limits.attempts=100");
    let mut command = experiment.command("collect");
    command.env("MARKOVSCALE_PATIENCE", "0.2").stderr(Stdio::null());
    let mut collecting = command.spawn().expect("the program starts");
    while server.counters().delivered.replies < DRAWS / 3 {
        assert!(collecting.try_wait().expect("a child").is_none(), "it ended before the server was gone");
        std::thread::sleep(Duration::from_millis(1));
    }
    let (address, before) = (server.address(), server.counters().delivered.replies);
    server.stop();
    std::thread::sleep(gone);
    assert!(collecting.try_wait().expect("a child").is_none(), "it waits for the server");
    let back = Server::start_on(address, Script::default()).expect("the same port");
    assert!(collecting.wait().expect("a child").success());
    experiment.draws().assert_whole(DRAWS);
    assert!(back.counters().delivered.replies <= DRAWS - before + 16, "what was finished is not asked for again");
    let undisturbed = serve(Script::default());
    let other = Experiment::new(&undisturbed);
    other.count("collect");
    experiment.draws().assert_same(&other.draws());
}

#[test]
fn a_server_that_is_gone_for_some_seconds_is_waited_for() {
    goes_on_after(Duration::from_secs(3));
}

#[test]
#[ignore = "takes more than a minute"]
fn a_server_that_is_gone_for_a_minute_is_waited_for() {
    goes_on_after(Duration::from_secs(60));
}

#[test]
fn a_server_that_was_never_there_ends_the_run_with_advice() {
    let server = serve(Script::default());
    let experiment = Experiment::at(&server.url(), 2);
    server.stop();
    let output = finish(&mut experiment.command("collect"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains(experiment.url()) && stderr.contains("base_url"), "{stderr}");
}

#[test]
fn several_faults_at_once_change_no_draw() {
    let rules = [
        (Fault::Delay { ms: 20 }, 0.1),
        (status(429, None), 0.1),
        (status(500, None), 0.1),
        (Fault::CloseBefore, 0.05),
        (Fault::CloseMidBody, 0.05),
        (Fault::HalfJson, 0.05),
        (Fault::WrongType, 0.05),
        (Fault::EmptyChoices, 0.05),
    ];
    let rule = |(fault, share): (Fault, f64)| Rule { fault, when: When::probability(share) };
    let server = serve(Script { rules: rules.map(rule).into(), ..Script::default() });
    let experiment = Experiment::new(&server).set("backbones.0.limits.attempts=50");
    assert_eq!(experiment.count("collect"), [DRAWS, 0, DRAWS, 0]);
    let undisturbed = serve(Script::default());
    let other = Experiment::new(&undisturbed);
    other.count("collect");
    experiment.draws().assert_same(&other.draws());
    assert_tokens_add_up(&experiment.draws(), &server);
}
