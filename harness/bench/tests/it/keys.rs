//! Keys never reach a file or a message, not even where the server says them.

use std::path::Path;
use std::process::Output;

use markovscale_scripted_server::{Fault, Script, When};

use crate::program::{files, finish};
use crate::scripted::{Experiment, serve};

const VARIABLE: &str = "SCRIPTED_SERVER_KEY";
const KEY: &str = "sk-scripted-3f9a77c1e05b4d28";

/// That a text has neither the key nor a telling part of it.
fn assert_hidden(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for secret in [KEY, &KEY[3..], &KEY[12..]] {
        assert!(!text.contains(secret), "{what} holds the key");
    }
}

/// That neither output nor any file below a folder has it. Compressed files are looked at row by row elsewhere.
fn assert_nowhere(folder: &Path, output: &Output) {
    assert_hidden("stdout", &output.stdout);
    assert_hidden("stderr", &output.stderr);
    for (name, bytes) in files(folder) {
        assert_hidden(&name, &bytes);
    }
}

fn experiment(url: &str) -> Experiment {
    Experiment::at(url, 3).set(&format!("backbones.0.api_key_env={VARIABLE}"))
}

#[test]
fn a_key_that_is_right_is_used_and_kept_nowhere() {
    let server = serve(Script { key: Some(KEY.to_owned()), record: true, ..Script::default() });
    let experiment = experiment(&server.url()).variable(VARIABLE, KEY);
    for command in ["doctor", "plan", "collect", "run"] {
        let output = finish(&mut experiment.command(command));
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        assert_nowhere(experiment.folder(), &output);
    }
    let sent = server.requests();
    let with_key = |headers: &[(String, String)]| headers.iter().any(|(_, value)| value.ends_with(KEY));
    assert!(!sent.is_empty() && sent.iter().all(|request| with_key(&request.headers)), "the test server needs it");
    assert!(sent.iter().all(|request| !String::from_utf8_lossy(&request.body).contains(KEY)));
}

#[test]
fn a_server_that_says_the_key_is_not_quoted() {
    let server = serve(Script { key: Some("another".to_owned()), ..Script::default() });
    let experiment = experiment(&server.url()).variable(VARIABLE, KEY);
    for (command, code) in [("doctor", 1), ("collect", 3)] {
        let output = finish(experiment.command(command).arg("--json"));
        assert_eq!(output.status.code(), Some(code), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let said = [output.stdout.clone(), output.stderr.clone()].concat();
        assert!(String::from_utf8_lossy(&said).contains("401"), "{command} says what is wrong");
        assert!(String::from_utf8_lossy(&said).contains(VARIABLE), "{command} names the variable");
        assert_nowhere(experiment.folder(), &output);
    }
    let errors = String::from_utf8_lossy(&finish(&mut experiment.command("collect")).stderr).into_owned();
    assert!(errors.contains("401"), "{errors}");
}

#[test]
fn a_key_in_a_reply_that_is_tried_again_is_not_recorded() {
    let echo = Fault::Status { code: 503, retry_after: None, body: Some(format!("{{\"error\": \"busy, {KEY}\"}}")) };
    let server = serve(Script::failing(echo, When::attempts(1)));
    let experiment = experiment(&server.url()).variable(VARIABLE, KEY);
    let output = finish(&mut experiment.command("collect"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_nowhere(experiment.folder(), &output);
    let earlier = experiment.draws().texts("earlier_attempts");
    assert!(!earlier.is_empty());
    for text in earlier {
        assert_hidden("earlier_attempts", text.as_bytes());
    }
}

#[test]
fn a_missing_key_is_named_before_anything_is_asked() {
    let server = serve(Script::default());
    let output = finish(experiment(&server.url()).command("collect").env_remove(VARIABLE));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains(VARIABLE), "{stderr}");
    assert_eq!(server.counters().requests, 0);
}
