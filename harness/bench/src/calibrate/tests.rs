//! `calibrate` end to end, on made-up and on the published measurements.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::backbone::simulated::{DatasetParameters, Profile};

fn truth() -> DatasetParameters {
    *Profile::load("simulated-strong").unwrap().parameters("aime24")
}

/// Writes the curves that the given parameters are expected to give, as if 200 questions had been published.
fn write_published(folder: &Path, parameters: &DatasetParameters) {
    let simulated = simulate(parameters, &Noise::sample(1, "truth", 200, 10));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let deviation = (simulated.level_variance * 200.0).sqrt();
    let mut curves = String::from("dataset,method,n,accuracy,mean_completion_tokens,questions_correct\n");
    for (index, method) in METHODS.into_iter().enumerate() {
        for n in 1..=ROUNDS {
            // Between budgets the curve is flat, apart from the wobble of a chain's last answers.
            let budget = BUDGETS.iter().rposition(|&budget| budget <= n).unwrap();
            let wobble =
                if index == 2 && n > BUDGETS[budget] { deviation * rng.sample::<f64, _>(StandardNormal) } else { 0.0 };
            let correct = (simulated.accuracy[index][budget] * 200.0 + wobble).round();
            let per_draw = simulated.tokens[usize::from(index == 2)][6] / ROUNDS as f64;
            let tokens = per_draw * (n as f64 + if n % 2 == 0 { 0.01 } else { 0.0 });
            writeln!(curves, "d,{},{n},{},{tokens},{correct}", method.name(), correct / 200.0).unwrap();
        }
    }
    std::fs::write(folder.join("curves.csv"), curves).unwrap();
    let mut moments = String::from("dataset,question_index,mean_first64,sd_first64\n");
    let ScoreMoments { mean, sd_between, sd_within, .. } = simulated.moments;
    for question in 0..40 {
        let sign = if question % 2 == 0 { 1.0 } else { -1.0 };
        let (mean, sd) = ((mean + sign * sd_between).clamp(0.0, 1.0), sd_within * (1.0 + 0.3 * sign));
        writeln!(moments, "d,{question},{mean},{sd}").unwrap();
    }
    std::fs::write(folder.join("score_moments.csv"), moments).unwrap();
}

#[test]
fn a_fit_to_its_own_model_comes_back_within_the_noise() {
    let folder = tempfile::tempdir().unwrap();
    write_published(folder.path(), &truth());
    let published = Published::read(folder.path()).unwrap();
    assert_eq!((published.datasets.len(), published.datasets[0].questions), (1, 200));
    let noise = Noise::sample(2, "fit", 200, 3);
    let calls = std::cell::Cell::new(0);
    let fitted = fit(&published.datasets[0], &noise, 120, &|| calls.set(calls.get() + 1));
    let simulated = simulate(&fitted, &Noise::sample(3, "check", 200, 5));
    let cells = cells(&published.datasets[0], &simulated);
    let accuracy: Vec<Cell> = cells.iter().filter(|c| c.quantity == Quantity::Accuracy).cloned().collect();
    // Short searches on few questions may leave a cell out where the last bit of an exponential differs between
    // machines.
    assert!(within_summary(&accuracy).0 >= 19, "{accuracy:#?}");
    assert!((120..260).contains(&calls.get()), "{}", calls.get());

    let record = FitRecord { name: "tiny", command: "calibrate", published: &published, cells: &cells };
    let yaml = profile_yaml(&record, &[("d".to_owned(), fitted)].into());
    let profile = Profile::parse(&yaml, "tiny.yaml").unwrap();
    assert_eq!(*profile.parameters("d"), fitted);
    assert_eq!(profile.default, fitted);
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| simulate(&truth(), &Noise::sample(5, "d", 25, 12)))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn methods_agree_where_theory_says_so() {
    let simulated = simulate(&truth(), &Noise::sample(5, "d", 50, 20));
    let [best, majority, last] = simulated.accuracy;
    assert_eq!(best[0], majority[0]);
    // A missing first answer leaves the vote to the second, so majority of 2 may only be better.
    assert!(majority[1] >= majority[0] && majority[1] - majority[0] < 0.1);
    assert!(best[6] > best[0]);
    // Without memory or shift, every round is a fresh draw.
    let mut redraw = truth();
    redraw.success.memory = 0.0;
    redraw.success.shift = 0.0;
    let [_, _, flat] = simulate(&redraw, &Noise::sample(5, "d", 50, 20)).accuracy;
    assert!((flat[0] - flat[6]).abs() < 0.04, "{flat:?}");
    assert!(last[6] > last[0] + 0.05, "{last:?}");
}

#[test]
fn mistakes_in_the_published_files_are_placed() {
    let folder = tempfile::tempdir().unwrap();
    let error = Published::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("curves.csv"), "{error}");
    write_published(folder.path(), &truth());
    let curves = std::fs::read_to_string(folder.path().join("curves.csv")).unwrap();
    let broken = |from: &str, to: &str| {
        std::fs::write(folder.path().join("curves.csv"), curves.replacen(from, to, 1)).unwrap();
        Published::read(folder.path()).unwrap_err().to_string()
    };
    let error = broken("d,best_of_n,3,", "d,best_of_n,three,");
    assert!(error.contains("row 4") && error.contains("column n") && error.contains("three"), "{error}");
    let error = broken("d,best_of_n,3,", "d,best_of_m,3,");
    assert!(error.contains("column method") && error.contains("self_consistency"), "{error}");
    let error = broken("d,best_of_n,3,", "d,best_of_n,4,");
    assert!(error.contains("second row"), "{error}");
    let error = broken("d,best_of_n,3,", "e,best_of_n,3,");
    assert!(error.contains("no row of d, best_of_n, n = 3"), "{error}");
    let error = broken("accuracy", "acuracy");
    assert!(error.contains("accuracy"), "{error}");
}

#[test]
fn the_shipped_profile_lies_within_the_published_noise() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/published"));
    if !folder.exists() {
        eprintln!("skipped: {} is not here", folder.display());
        return;
    }
    let published = Published::read(&folder).unwrap();
    let profile = Profile::load("r1-distill-qwen-7b").unwrap();
    for dataset in &published.datasets {
        // Other random numbers than the fit's.
        let noise = Noise::sample(11, &dataset.name, dataset.questions, 4000_u32.div_ceil(dataset.questions));
        let cells = cells(dataset, &simulate(profile.parameters(&dataset.name), &noise));
        let outside: Vec<&Cell> = cells.iter().filter(|cell| !cell.within).collect();
        assert!(outside.is_empty(), "{outside:#?}");
    }
}
