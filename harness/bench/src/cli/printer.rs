//! The one place that decides who may write where: data to stdout, all else to stderr, bars only on a terminal.

use std::io::{BufWriter, IsTerminal, StdoutLock, Write};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde::Serialize;

/// Writes for a command.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    json: bool,
    bars: bool,
}

impl Printer {
    /// A printer for this process; with `json`, data is JSON and nothing but errors goes to stderr.
    pub fn new(json: bool) -> Self {
        Self { json, bars: !json && std::io::stderr().is_terminal() }
    }

    /// Whether the caller asked for JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a line of data to stdout. A closed pipe is not an error.
    pub fn data(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// Stdout for more lines of data than should be written one by one; what is left must be flushed.
    pub fn stream(&self) -> BufWriter<StdoutLock<'static>> {
        BufWriter::new(std::io::stdout().lock())
    }

    /// Writes a value as one JSON document to stdout.
    pub fn json(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.data(&text);
        }
    }

    /// Tells the user something that is not data.
    pub fn note(&self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// Warns, in JSON mode too.
    pub fn warn(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "warning: {text}");
    }

    /// A progress bar with rate and time left; hidden when stderr is no terminal.
    pub fn bar(&self, label: &str, length: u64, unit: &str) -> ProgressBar {
        let target = if self.bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(length), target);
        let template = match unit {
            "bytes" => "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}, {eta} left".to_owned(),
            _ => format!("{{msg}} [{{bar:30}}] {{human_pos}}/{{human_len}} {unit} {{rate}}, {{eta}} left"),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.with_key("rate", rate).progress_chars("=> "));
        }
        bar.set_message(label.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// Whether bars are drawn; when not, long work says plain lines now and then.
    pub fn has_bars(&self) -> bool {
        self.bars
    }
}

/// A rate that does not flicker in its fourth decimal.
fn rate(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let rate = state.per_sec();
    let _ =
        if rate < 10.0 { write!(text, "{rate:.1}/s") } else { write!(text, "{}/s", HumanCount(rate.round() as u64)) };
}
