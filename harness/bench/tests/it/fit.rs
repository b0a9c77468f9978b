//! `markovscale fit`.

use crate::program::{fail, finish, markovscale, succeed};

fn collected(folder: &std::path::Path, further: &[&str]) {
    for what in ["collect", "score"] {
        let mut command = markovscale(folder, &[what, "configs/simulated.yaml"]);
        command.args(["--set", "datasets=[{name: arithmetic-stories, limit: 40}]"]);
        command.args(["--set", "backbones=[{name: simulated-weak, kind: simulated}]"]).args(further);
        succeed(&mut command);
    }
}

fn fit(folder: &std::path::Path) -> std::process::Command {
    markovscale(folder, &["fit", "simulated", "--resamples", "50", "--permutations", "199"])
}

#[test]
fn fit_says_what_re_answering_is_worth_and_stores_every_number() {
    let folder = tempfile::tempdir().expect("a folder");
    collected(folder.path(), &[]);
    let output = finish(&mut fit(folder.path()));
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}");
    assert!(stdout.contains("simulated-weak (simulated) on arithmetic-stories"), "{stdout}");
    assert!(stdout.contains("Re-answering helps on ") && stdout.contains("is worth "), "{stdout}");
    assert!(
        stdout.contains("For ever (concluded, not seen)") && stdout.contains("memory within questions"),
        "{stdout}"
    );
    assert!(stderr.contains("fit.json") && stderr.contains("fit.md"), "{stderr}");

    let stored = || std::fs::read_to_string(folder.path().join("runs/simulated/fit.json")).expect("fit.json");
    let first = stored();
    let value: serde_json::Value = serde_json::from_str(&first).expect("JSON");
    let partition = &value["partitions"][0];
    assert_eq!((value["format"].as_u64(), partition["simulated"].as_bool()), (Some(2), Some(true)));
    assert_eq!(partition["questions"].as_array().map(Vec::len), Some(40));
    assert_eq!(partition["tests"]["tests"].as_array().map(Vec::len), Some(6));
    assert_eq!(partition["models"].as_array().map(Vec::len), Some(2));
    let change = |name: &str| partition["changes"][name].as_u64().expect("a count");
    let pooled = |name: &str| partition["pooled"]["transitions"][name].as_u64().expect("a count");
    assert_eq!(change("wrong_to_right") + change("missing_to_right"), pooled("wrong_to_right"));
    assert_eq!(change("right_to_wrong") + change("right_to_missing"), pooled("right_to_wrong"));
    assert!(stdout.contains("(format repair"), "{stdout}");
    for horizon in ["drawn", "for_ever"] {
        let end = |name: &str, end: &str| partition["bounds"][horizon][name][end].as_f64().expect("a number");
        assert!(end("lower", "low") <= end("upper", "high"), "{partition}");
        for name in ["upper", "ungated", "lower", "gating_gap", "gain", "helped", "harmed", "unchanged"] {
            let (low, point, high) = (end(name, "low"), end(name, "point"), end(name, "high"));
            assert!(low <= point && point <= high && high - low > 0.0, "{horizon} {name}: {low} {point} {high}");
        }
    }
    let measured = |name: &str| partition["bounds"]["drawn"][name]["point"].as_f64().expect("a number");
    let neutral = partition["bounds"]["neutral"]["point"].as_f64().expect("a number");
    assert!((measured("ungated") - neutral - measured("gain")).abs() < 1e-9, "the gain is what was measured");

    let report = std::fs::read_to_string(folder.path().join("reports/simulated/fit.md")).expect("fit.md");
    for heading in ["What gating could reach", "Rates", "Predicted against observed", "Is it a chain?", "come true?"] {
        assert!(report.contains(heading), "{heading}: {report}");
    }
    assert_eq!(stdout.trim_end(), report.trim_end(), "what is printed is what is stored");
    let brief = succeed(fit(folder.path()).arg("--brief"));
    assert!(brief.contains("Re-answering helps on ") && !brief.contains('|'), "{brief}");
    assert!(report.contains("level ") && report.contains("(simulated)") && !report.contains("NaN"), "{report}");

    let json = succeed(fit(folder.path()).arg("--json").env("RAYON_NUM_THREADS", "1"));
    assert_eq!(json.trim_end(), first, "--json prints what is stored, and threads change nothing");
    assert_eq!(stored(), first);

    // The models and their calibration rest on scores, and those on their steps.
    succeed(fit(folder.path()).args(["--set", "verifier={kind: simulated, aggregate: min}"]));
    let other: serde_json::Value = serde_json::from_str(&stored()).expect("JSON");
    assert_eq!((&other["aggregate"], value.get("aggregate")), (&serde_json::json!("min"), None));
    let models = |fit: &serde_json::Value| fit["partitions"][0]["models"].clone();
    assert_ne!(models(&other), models(&value));
}

#[test]
fn a_run_without_chains_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    collected(
        folder.path(),
        &["--set", "methods=[self_consistency]", "--set", "pool={parallel: 4}", "--set", "budgets=[1, 4]"],
    );
    let (code, stderr) = fail(&mut fit(folder.path()));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("no chains") && stderr.contains("mr_thinking"), "{stderr}");
    assert!(!folder.path().join("runs/simulated/fit.json").exists());
}
