//! The report as a whole: golden tables, degenerate input, figures that parse.

use std::path::Path;

use super::sample::{compared, equal_tokens, full, grid};
use super::{ReportError, terminal_table, write};

/// Names with what Markdown, LaTeX and XML treat as markup; one backbone simulated, one not.
fn awkward() -> (Vec<crate::replay::Outcome>, super::ReportContext) {
    let (mut outcomes, mut context) = grid(&[("r1_distill|7b", true), ("q&a 100%", false)], 2, 12, &[1, 4]);
    // A hole in the grid, so that a block shows a missing cell and no mean for that method.
    outcomes.retain(|outcome| {
        (outcome.method.as_str(), outcome.dataset.as_str(), outcome.budget) != ("best_of_n", "gsm8k", 4)
    });
    context.run = "run_1 <test>".to_owned();
    // Draws of one backbone were cut off too often, some filtered.
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.simulated) {
        outcome.cut_off = Some(if outcome.dataset == "gsm8k" { 0.031 } else { 0.0001 });
        outcome.filtered = Some(if outcome.dataset == "gsm8k" { 0.004 } else { 0.0 });
    }
    (outcomes, context)
}

/// Compares with the stored file; `UPDATE_GOLDEN=1` writes it anew.
fn assert_golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/report").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(found == expected, "{name} differs from {}; UPDATE_GOLDEN=1 renews it:\n{found}", path.display());
}

#[test]
fn tables_match_the_golden_files() {
    let (mut outcomes, context) = awkward();
    // The order in which replay finished must not show.
    outcomes.reverse();
    let folder = tempfile::tempdir().unwrap();
    let (comparisons, equal) = (compared(&outcomes), equal_tokens(&outcomes));
    let written = write(&outcomes, (&comparisons, &equal), &[], &context, folder.path()).unwrap();
    let [markdown, csv] = written.comparisons.as_ref().unwrap();
    assert_golden("comparisons.md", &std::fs::read_to_string(markdown).unwrap());
    assert_golden("comparisons.csv", &std::fs::read_to_string(csv).unwrap());
    let [markdown, csv] = written.equal_tokens.as_ref().unwrap();
    assert_golden("equal-tokens.md", &std::fs::read_to_string(markdown).unwrap());
    assert_golden("equal-tokens.csv", &std::fs::read_to_string(csv).unwrap());
    assert_golden("table.md", &std::fs::read_to_string(&written.markdown).unwrap());
    assert_golden("table.tex", &std::fs::read_to_string(&written.latex).unwrap());
    assert_golden("outcomes.csv", &std::fs::read_to_string(&written.csv).unwrap());
    assert_golden("terminal.txt", &terminal_table(&outcomes, &context, 80).unwrap());
    assert_eq!(written.figures.len(), 8);
    for path in written.paths() {
        assert!(path.metadata().unwrap().len() > 200, "{}", path.display());
    }
    let simulated = std::fs::read_to_string(&written.figures[0]).unwrap();
    assert!(simulated.contains("<title id=\"title\">Run run_1 &lt;test&gt;, r1_distill|7b (simulated)"));
    let measured = std::fs::read_to_string(&written.figures[4]).unwrap();
    assert!(measured.contains("q&amp;a 100%") && !measured.contains("simulated"));
}

#[test]
fn degenerate_grids_still_give_a_report() {
    for (datasets, methods, budgets) in [(1, 1, vec![1]), (1, 12, vec![8]), (4, 3, vec![3, 5]), (2, 6, vec![1, 64])] {
        for (accuracy, tokens) in [(0.0, 0.0), (1.0, 0.0), (1.0, 5e7), (0.5, 1.0)] {
            let (mut outcomes, context) = grid(&[("only", true)], datasets, methods, &budgets);
            for outcome in &mut outcomes {
                outcome.accuracy = crate::replay::Estimate { point: accuracy, low: accuracy, high: accuracy };
                outcome.completion_tokens = tokens;
            }
            // Without rasterising, which takes seconds a picture in a development build.
            let sections = super::frame::sections(&outcomes, &context).unwrap();
            let mut texts = super::figure::documents(&outcomes, &context).unwrap();
            texts.push(("table.md".to_owned(), super::markdown::render(&sections, &outcomes, &context)));
            texts.push(("table.tex".to_owned(), super::latex::render(&sections, &outcomes, &context)));
            for (name, text) in texts {
                assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
            }
            assert!(!terminal_table(&outcomes, &context, 1).unwrap().contains("NaN"));
        }
    }
}

#[test]
fn impossible_outcomes_are_refused_with_their_place() {
    let (outcomes, context) = grid(&[("only", true)], 1, 2, &[1]);
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(write(&[], (&[], &[]), &[], &context, folder.path()), Err(ReportError::Empty { .. })));
    let mut broken = outcomes.clone();
    broken[1].accuracy.low = f64::NAN;
    let message = write(&broken, (&[], &[]), &[], &context, folder.path()).unwrap_err().to_string();
    assert!(message.contains("method `self_consistency`, budget 1") && message.contains("accuracy.low"), "{message}");
    let twice = [outcomes.clone(), outcomes].concat();
    assert!(matches!(write(&twice, (&[], &[]), &[], &context, folder.path()), Err(ReportError::Duplicate { .. })));
}

#[test]
fn an_upper_bound_is_never_marked_best() {
    let (outcomes, context) = full(&[("only", true)]);
    for section in super::frame::sections(&outcomes, &context).unwrap() {
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
    let (outcomes, context) = full(&[("r1-distill-qwen-7b", true), ("qwen2.5-7b", false), ("simulated-weak", true)]);
    let start = std::time::Instant::now();
    write(&outcomes, (&[], &[]), &[], &context, &folder.join("full")).unwrap();
    eprintln!("full report: {:?}", start.elapsed());
    let (outcomes, context) = grid(&[("few", true)], 2, 4, &[1, 2, 4, 8, 16, 32, 64]);
    write(&outcomes, (&[], &[]), &[], &context, &folder.join("few")).unwrap();
    let (outcomes, context) = grid(&[("six", false)], 3, 6, &[1, 4, 16]);
    write(&outcomes, (&[], &[]), &[], &context, &folder.join("six")).unwrap();
    let (outcomes, context) = grid(&[("one", false)], 1, 1, &[1]);
    write(&outcomes, (&[], &[]), &[], &context, &folder.join("one")).unwrap();
}
