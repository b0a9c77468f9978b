//! `policies.md`: when `markovscale` with `stop: optimal` goes on, as fitted for each backbone and dataset.

use std::fmt::Write;

use markovscale::{DrawMode, PolicyRow, StoppingPolicy};

use super::report_file::{Render, Report, ReportFile};
use super::text::{backbone_label, escape, pipe_table};
use crate::replay::{LearnedFile, Lesson};

pub(super) const FILE: ReportFile = ReportFile {
    name: "policies.md",
    about: "when `markovscale` with `stop: optimal` draws again, as fitted",
    needs: |replayed| replayed.learned.iter().any(|file| !largest(file).is_empty()),
    render: Render::Text(render),
};

/// Numbers of draws that get a row.
const SHOWN: [u32; 10] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/// The document.
fn render(report: &Report<'_>) -> String {
    let mut text = format!("# Stopping policies of run {}\n\n", escape(&report.context.run));
    text.push_str(
        "Each policy was fitted by backward induction on questions outside a fold (the first fold's fit is shown; RUN/learned \
         holds all). A cell says at which probability of the answer another one is drawn: from the first number up to, not \
         including, the second. Below, the question is given up as hopeless; above, the answer is good enough; a dash \
         means to stop in any case. Columns split P(answer is wrong): which part of it is that no answer seen is right.\n",
    );
    for file in &report.replayed.learned {
        for (lesson, policy) in largest(file) {
            section(&mut text, file, lesson, policy);
        }
    }
    text
}

/// Each configuration's policy for its largest budget, by the first fit.
fn largest(file: &LearnedFile) -> Vec<(&Lesson, &StoppingPolicy)> {
    let lessons = file.fits.first().map_or(&[][..], |fit| fit.show().learned.as_slice());
    let policies = || lessons.iter().filter_map(|lesson| Some((lesson, lesson.learned.get::<StoppingPolicy>()?)));
    let is_largest = |lesson: &Lesson| policies().all(|(l, _)| l.method != lesson.method || l.budget <= lesson.budget);
    policies().filter(|(lesson, policy)| policy.horizon() > 1 && is_largest(lesson)).collect()
}

fn section(text: &mut String, file: &LearnedFile, lesson: &Lesson, policy: &StoppingPolicy) {
    let backbone = escape(&backbone_label(&file.backbone, file.simulated));
    let (method, dataset) = (escape(&lesson.method), escape(&file.dataset));
    let draws = if policy.draws() == DrawMode::Parallel { "parallel draws" } else { "rounds of a chain" };
    let (accuracy, answers) = policy.in_sample();
    let _ = write!(
        text,
        "\n## {backbone} on {dataset}: {method}, up to {} {draws}\n\nFitted on {} questions at a price of {} accuracy a draw; \
         on those questions, which flatters it, it reaches {:.1} % with {answers:.1} answers.\n\n",
        policy.horizon(),
        policy.questions(),
        policy.price(),
        accuracy * 100.0,
    );
    text.push_str(&pipe_table(&rows(&policy.table())));
}

fn rows(table: &[PolicyRow]) -> Vec<Vec<String>> {
    let level = |row: &PolicyRow| format!("{:.0}–{:.0} %", row.share_from * 100.0, row.share_below * 100.0);
    let first = table.first().map_or(0, |row| row.draws);
    let mut header = vec!["Draws so far".to_owned()];
    header.extend(table.iter().filter(|row| row.draws == first).map(level));
    let mut rows = vec![header];
    let last = table.last().map_or(0, |row| row.draws);
    for draws in SHOWN.into_iter().filter(|draws| *draws < last).chain([last]) {
        let mut cells = vec![draws.to_string()];
        cells.extend(table.iter().filter(|row| row.draws == draws).map(cell));
        rows.push(cells);
    }
    rows
}

fn cell(row: &PolicyRow) -> String {
    row.continuation.map_or("–".to_owned(), |range| format!("{:.2}–{:.2}", range.from, range.below))
}
