//! Words and numbers as tables and figures show them.

use std::fmt::Write;

use crate::results::Estimate;

/// A backbone's name as shown: one that is simulated never appears without saying so.
pub(super) fn backbone_label(name: &str, simulated: bool) -> String {
    if simulated { format!("{name} (simulated)") } else { name.to_owned() }
}

/// A method's label as shown: an upper bound never appears without saying so.
pub(super) fn method_label(method: &str, upper_bound: bool) -> String {
    if upper_bound { format!("{method} (upper bound)") } else { method.to_owned() }
}

/// A share as a percentage with one decimal.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// Half of an interval's width, in percentage points.
pub(super) fn half_width(estimate: Estimate) -> String {
    percent((estimate.high - estimate.low).max(0.0) / 2.0)
}

/// A token count with three significant digits and `k` or `M`.
pub(super) fn tokens(count: f64) -> String {
    let (value, unit) = match count {
        count if count < 999.5 => return format!("{count:.0}"),
        count if count < 999_500.0 => (count / 1e3, "k"),
        count => (count / 1e6, "M"),
    };
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$}{unit}")
}

/// An integer with thousands separators.
pub(super) fn grouped(count: impl Into<u64>) -> String {
    let digits = count.into().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A difference in percentage points, with its interval.
pub(super) fn points(Estimate { point, low, high }: Estimate) -> String {
    let signed = |share: f64| {
        let text = format!("{:+.1}", share * 100.0);
        // A zero has no sign, whatever it was rounded from.
        if matches!(text.as_str(), "+0.0" | "-0.0") { "0.0".to_owned() } else { text }
    };
    format!("{} [{}, {}]", signed(point), signed(low), signed(high))
}

/// A corrected p-value; none where no question differs.
pub(super) fn p_value(p_holm: f64, differing: u32) -> String {
    match p_holm {
        _ if differing == 0 => "–".to_owned(),
        p if p < 0.001 => "< 0.001".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// What a title says where some rows, or all of them, are simulated.
pub(super) fn simulated_note(rows: impl Iterator<Item = bool> + Clone) -> &'static str {
    match rows.clone().filter(|simulated| *simulated).count() {
        0 => "",
        some if some < rows.count() => ", simulated backbones among them",
        _ => " (simulated)",
    }
}

/// A pipe table padded so that the source reads as a table too. The first column is left-aligned, the others right.
pub(crate) fn pipe_table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(3);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = if column == 0 { write!(text, "| {cell:<width$} ") } else { write!(text, "| {cell:>width$} ") };
        }
        text.push_str("|\n");
        if index == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(if column == 0 { width + 2 } else { width + 1 });
                let _ = write!(text, "|{dashes}{}", if column == 0 { "" } else { ":" });
            }
            text.push_str("|\n");
        }
    }
    text
}

/// Escapes what Markdown would read as markup; line breaks become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '&' => {
                escaped.push('\\');
                escaped.push(character);
            }
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
