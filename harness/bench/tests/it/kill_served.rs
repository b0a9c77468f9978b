//! A run against a failing server that is killed again and again ends with the draws and scores of an undisturbed one.

use std::process::Stdio;
use std::time::Duration;

use markovscale_scripted_server::{Fault, Rule, Script, When};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::scripted::{Experiment, serve};

const KILLS: usize = 50;
const QUESTIONS: usize = 150;

/// Everything that may go wrong, each now and then; of attempts, so that no draw fails for ever.
fn faults() -> Vec<Rule> {
    let status = |code| Fault::Status { code, retry_after: None, body: None };
    [
        (Fault::Delay { ms: 30 }, 0.1),
        (status(429), 0.05),
        (status(500), 0.03),
        (status(503), 0.03),
        (Fault::CloseBefore, 0.02),
        (Fault::CloseMidBody, 0.02),
        (Fault::HalfJson, 0.02),
        (Fault::WrongType, 0.02),
        (Fault::EmptyChoices, 0.02),
        (Fault::Never, 0.01),
        (Fault::Stall, 0.01),
    ]
    .map(|(fault, share)| Rule { fault, when: When::probability(share) })
    .into()
}

fn experiment(url: &str) -> Experiment {
    let limits = "backbones.0.limits={concurrency: 16, timeout_seconds: 0.5, attempts: 50}";
    Experiment::at(url, QUESTIONS).set(limits)
}

#[test]
fn killed_fifty_times_during_faults_a_run_ends_the_same() {
    let calm = serve(Script::default());
    let undisturbed = experiment(&calm.url());
    let [all, ..] = undisturbed.count("collect");

    let server = serve(Script { latency_ms: 8, rules: faults(), ..Script::default() });
    let disturbed = experiment(&server.url());
    let mut instants = ChaCha8Rng::seed_from_u64(20_260_102);
    let (mut kills, mut at_work, mut delivered) = (0, 0, 0);
    let mut window = 0.25;
    loop {
        let mut command = disturbed.command("collect");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        std::thread::sleep(Duration::from_secs_f64(instants.random_range(0.02..window)));
        if let Some(status) = child.try_wait().expect("a child") {
            assert!(status.success(), "{status}");
            if kills >= KILLS {
                break;
            }
            // Done too soon: what is sealed is taken away, so that there is work in which to be killed.
            std::fs::remove_dir_all(disturbed.run().join("traces")).expect("a sealed partition");
            continue;
        }
        if kills >= KILLS {
            // From here on it only has to end, however slow the machine is.
            assert!(child.wait().expect("a child").success());
            break;
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("a child");
        kills += 1;
        let now = server.counters().delivered.replies;
        at_work += usize::from(now > delivered);
        delivered = now;
        // The longer it takes to start, the later it must be killed to be killed at work.
        window *= if at_work * 2 < kills { 1.1 } else { 0.97 };
    }
    assert!(at_work >= KILLS / 3, "only {at_work} kills came while draws arrived: the test proves little");
    disturbed.draws().assert_whole(all);
    disturbed.draws().assert_same(&undisturbed.draws());
    assert_eq!(crate::program::files(&disturbed.run().join("journal")), []);
}
