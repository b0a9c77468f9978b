//! The report as a whole: golden tables, degenerate input, figures that parse.

use std::path::Path;

use super::report_file::Report;
use super::sample::{compared, equal_tokens, full, grid};
use super::{FILES, ReportContext, ReportError, terminal_table, write};
use crate::replay::Replayed;

/// Names with what Markdown, LaTeX and XML treat as markup; one backbone simulated, one not.
fn awkward() -> (Replayed, ReportContext) {
    let (mut replayed, mut context) = grid(&[("r1_distill|7b", true), ("q&a 100%", false)], 2, 12, &[1, 4]);
    // A hole in the grid, so that a block shows a missing cell and no mean for that method.
    replayed.outcomes.retain(|outcome| {
        (outcome.method.as_str(), outcome.dataset.as_str(), outcome.budget) != ("best_of_n", "gsm8k", 4)
    });
    context.run = "run_1 <test>".to_owned();
    // Draws of one backbone were cut off too often, some filtered.
    for outcome in replayed.outcomes.iter_mut().filter(|outcome| outcome.simulated) {
        outcome.cut_off = Some(if outcome.dataset == "gsm8k" { 0.031 } else { 0.0001 });
        outcome.filtered = Some(if outcome.dataset == "gsm8k" { 0.004 } else { 0.0 });
    }
    (replayed, context)
}

#[test]
fn tables_match_the_snapshots() {
    let (mut replayed, context) = awkward();
    // The order in which replay finished must not show.
    replayed.outcomes.reverse();
    replayed.comparisons = compared(&replayed.outcomes);
    replayed.equal_tokens = equal_tokens(&replayed.outcomes);
    let folder = tempfile::tempdir().unwrap();
    let written = write(&replayed, &context, folder.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    for name in ["table.md", "table.tex", "outcomes.csv", "comparisons.md", "comparisons.csv", "equal-tokens.md"] {
        insta::assert_snapshot!(name, read(name));
    }
    insta::assert_snapshot!("equal-tokens.csv", read("equal-tokens.csv"));
    insta::assert_snapshot!("terminal.txt", terminal_table(&replayed.outcomes, &context, 80).unwrap());
    // Every file but the policies, which nothing learned.
    assert_eq!(written.len(), FILES.len() - 2 + 8);
    for path in &written {
        assert!(path.metadata().unwrap().len() > 200, "{}", path.display());
    }
    let simulated = read("accuracy-vs-tokens-r1_distill_7b.svg");
    assert!(simulated.contains("<title id=\"title\">Run run_1 &lt;test&gt;, r1_distill|7b (simulated)"));
    let measured = read("accuracy-vs-tokens-q_a_100_.svg");
    assert!(measured.contains("q&amp;a 100%") && !measured.contains("simulated"));
}

#[test]
fn every_file_is_documented() {
    let page = include_str!("../../../../reports/README.md");
    for file in FILES {
        let line = format!("| `{}` | {} |", file.name, file.about);
        assert!(page.contains(&line), "reports/README.md lacks this line:\n{line}");
    }
}

#[test]
fn degenerate_grids_still_give_a_report() {
    for (datasets, methods, budgets) in [(1, 1, vec![1]), (1, 12, vec![8]), (4, 3, vec![3, 5]), (2, 6, vec![1, 64])] {
        for (accuracy, tokens) in [(0.0, 0.0), (1.0, 0.0), (1.0, 5e7), (0.5, 1.0)] {
            let (mut replayed, context) = grid(&[("only", true)], datasets, methods, &budgets);
            for outcome in &mut replayed.outcomes {
                outcome.accuracy = crate::results::Estimate { point: accuracy, low: accuracy, high: accuracy };
                outcome.completion_tokens = tokens;
            }
            // Without rasterising, which takes seconds a picture in a development build.
            let report = Report::new(&replayed, &context).unwrap();
            let mut texts = super::figure::documents(&replayed.outcomes, &context).unwrap();
            texts.push(("table.md".to_owned(), super::markdown::render(&report)));
            texts.push(("table.tex".to_owned(), super::latex::render(&report)));
            for (name, text) in texts {
                assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
            }
            assert!(!terminal_table(&replayed.outcomes, &context, 1).unwrap().contains("NaN"));
        }
    }
}

#[test]
fn impossible_outcomes_are_refused_with_their_place() {
    let (replayed, context) = grid(&[("only", true)], 1, 2, &[1]);
    let folder = tempfile::tempdir().unwrap();
    let refusal = |replayed: &Replayed| write(replayed, &context, folder.path()).unwrap_err();
    assert!(matches!(refusal(&Replayed::default()), ReportError::Empty { .. }));
    let mut broken = replayed.clone();
    broken.outcomes[1].accuracy.low = f64::NAN;
    let message = refusal(&broken).to_string();
    assert!(message.contains("method `self_consistency`, budget 1") && message.contains("accuracy.low"), "{message}");
    let twice = [replayed.outcomes.clone(), replayed.outcomes].concat();
    let twice = Replayed { outcomes: twice, ..Replayed::default() };
    assert!(matches!(refusal(&twice), ReportError::Duplicate { .. }));
}

#[test]
fn an_upper_bound_is_never_marked_best() {
    let (replayed, context) = full(&[("only", true)]);
    for section in super::frame::sections(&replayed.outcomes, &context).unwrap() {
        for block in &section.blocks {
            let bounds = block.rows.iter().filter(|row| row.upper_bound);
            assert!(bounds.flat_map(|row| row.cells.iter().flatten()).all(|cell| !cell.best));
            let marked =
                |column: usize| block.rows.iter().filter(|row| row.cells[column].as_ref().unwrap().best).count();
            assert!((0..5).all(|column| marked(column) >= 1));
        }
    }
}

/// `REPORT_SAMPLE=folder cargo test report_sample` writes figures to look at.
#[test]
fn report_sample() {
    let Some(folder) = std::env::var_os("REPORT_SAMPLE") else {
        eprintln!("skipped: REPORT_SAMPLE names no folder");
        return;
    };
    let folder = Path::new(&folder);
    let (replayed, context) = full(&[("r1-distill-qwen-7b", true), ("qwen2.5-7b", false), ("simulated-weak", true)]);
    let start = std::time::Instant::now();
    write(&replayed, &context, &folder.join("full")).unwrap();
    eprintln!("full report: {:?}", start.elapsed());
    let (replayed, context) = grid(&[("few", true)], 2, 4, &[1, 2, 4, 8, 16, 32, 64]);
    write(&replayed, &context, &folder.join("few")).unwrap();
    let (replayed, context) = grid(&[("six", false)], 3, 6, &[1, 4, 16]);
    write(&replayed, &context, &folder.join("six")).unwrap();
    let (replayed, context) = grid(&[("one", false)], 1, 1, &[1]);
    write(&replayed, &context, &folder.join("one")).unwrap();
}
