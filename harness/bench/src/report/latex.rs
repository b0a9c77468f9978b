//! `table.tex`: one booktabs `longtable` per backbone (seven blocks of twelve rows do not fit one page's float).

use std::fmt::Write;

use super::caption::table;
use super::cost::Cost;
use super::frame::{Row, Section};
use super::report_file::{Render, Report, ReportFile};
use super::text::{backbone_label, half_width, method_label, percent};
use crate::results::Outcome;

pub(super) const FILE: ReportFile = ReportFile {
    name: "table.tex",
    about: "the same tables in LaTeX, to be read by `\\input`",
    needs: |_| true,
    render: Render::Text(render),
};

pub(super) const STANDALONE_FILE: ReportFile = ReportFile {
    name: "table-standalone.tex",
    about: "a LaTeX document around `table.tex`",
    needs: |_| true,
    render: Render::Text(|_| STANDALONE.to_owned()),
};

/// A document around `table.tex`.
const STANDALONE: &str = r"\documentclass[10pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage[a4paper,landscape,margin=15mm]{geometry}
\usepackage{booktabs}
\usepackage{longtable}
\begin{document}
\input{table.tex}
\end{document}
";

/// The tables, to be read by `\input` in a one-column document.
pub(super) fn render(report: &Report<'_>) -> String {
    let (outcomes, context) = (&report.replayed.outcomes, report.context);
    let mut text =
        "% Written by `markovscale report`. Needs \\usepackage{booktabs} and \\usepackage{longtable}.\n".to_owned();
    for section in &report.sections {
        let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.backbone == section.backbone).collect();
        let caption: Vec<String> =
            table(&own, &section.datasets, context).iter().map(|sentence| escape(sentence)).collect();
        let mean = if section.has_mean {
            " Mean: unweighted, over all datasets; its interval takes theirs as independent."
        } else {
            ""
        };
        let label = escape(&backbone_label(&section.backbone, section.simulated));
        let columns = section.datasets.len() + usize::from(section.has_mean);
        let _ = write!(
            text,
            "\n\\begingroup\\scriptsize\\setlength{{\\tabcolsep}}{{3pt}}\n\\begin{{longtable}}{{l{}}}\n\
             \\caption{{{label}. {}{mean}}}\\\\\n\\toprule\n{}\\midrule\\endfirsthead\n\
             \\multicolumn{{{}}}{{l}}{{{label}, continued}}\\\\\n\\toprule\n{}\\midrule\\endhead\n\
             \\bottomrule\\endfoot\n",
            "rr".repeat(columns),
            caption.join(" "),
            header(section, context.cost),
            1 + 2 * columns,
            header(section, context.cost),
        );
        body(&mut text, section, columns, context.cost);
        text.push_str("\\end{longtable}\n\\endgroup\n");
    }
    text
}

fn header(section: &Section, cost: Cost) -> String {
    let mut names: Vec<String> = section.datasets.iter().map(|dataset| escape(dataset)).collect();
    if section.has_mean {
        names.push("Mean (unweighted)".to_owned());
    }
    let (mut top, mut rules, mut units) = (String::new(), String::new(), "Method".to_owned());
    for (index, name) in names.iter().enumerate() {
        let (first, last) = (2 + 2 * index, 3 + 2 * index);
        let _ = write!(top, " & \\multicolumn{{2}}{{c}}{{{name}}}");
        let _ = write!(rules, "\\cmidrule(lr){{{first}-{last}}}");
        let _ = write!(units, " & Acc. (\\%) & {}", if cost == Cost::Price { "Price" } else { "Tokens" });
    }
    format!("{top} \\\\\n{rules}\n{units} \\\\\n")
}

fn body(text: &mut String, section: &Section, columns: usize, cost: Cost) {
    for (index, block) in section.blocks.iter().enumerate() {
        if index > 0 {
            text.push_str("\\midrule\n");
        }
        let span = 1 + 2 * columns;
        let _ = writeln!(text, "\\multicolumn{{{span}}}{{l}}{{\\textit{{Budget {}}}}} \\\\*", block.budget);
        let mut ruled = false;
        for row in &block.rows {
            if row.upper_bound && !ruled && block.rows.iter().any(|row| !row.upper_bound) {
                let _ = writeln!(text, "\\cmidrule(lr){{1-{span}}}");
                ruled = true;
            }
            text.push_str(&line(section, row, cost));
        }
    }
}

fn line(section: &Section, row: &Row, cost: Cost) -> String {
    let bold = |text: String, best: bool| {
        if best { format!("\\textbf{{{text}}}") } else { text }
    };
    let label = escape(&method_label(&row.method, row.upper_bound));
    let mut line = if row.upper_bound { format!("\\textit{{{label}}}") } else { label };
    for cell in row.cells.iter().chain(section.has_mean.then_some(&row.mean)) {
        line.push_str(&cell.as_ref().map_or(" & -- & --".to_owned(), |cell| {
            let accuracy = bold(percent(cell.accuracy.point), cell.best);
            format!(" & {accuracy} $\\pm$ {} & {}", half_width(cell.accuracy), cost.show(cell.cost))
        }));
    }
    line.push_str(" \\\\\n");
    line
}

/// Escapes LaTeX's special characters; line breaks become spaces.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '|' => escaped.push_str("\\textbar{}"),
            '<' => escaped.push_str("\\textless{}"),
            '>' => escaped.push_str("\\textgreater{}"),
            '±' => escaped.push_str("$\\pm$"),
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
