//! The command line: one file per command. Nothing below this module prints or exits.

mod answers;
pub mod calibrate;
mod collect;
mod completions;
pub mod dataset;
mod doctor;
mod error;
mod export;
mod fit;
mod global;
mod import;
mod interrupt;
mod meter;
mod plan;
mod prepare;
mod printer;
mod progress;
mod replay;
mod report;
mod run;
mod score;
mod solve;
mod unfinished;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use error::CommandError;
use global::Global;
pub use printer::Printer;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something went wrong (a file, the network)
  2  the usage or the configuration is wrong
  3  part of the work failed or was interrupted; what failed is listed, and the same command continues from there
  130 ended at once by Ctrl-C (a second one while collecting)

Example:
  markovscale run configs/quickstart.yaml";

/// Inference-time scaling experiments: draw answers, store every draw, replay methods, report accuracy against compute.
#[derive(Debug, Parser)]
#[command(name = "markovscale", version, after_help = EXIT_CODES, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Collect, score, replay and report an experiment; continues where an earlier run stopped
    Run(run::Args),
    /// Collect what an experiment lacks, without replaying it
    Collect(collect::Args),
    /// Score collected draws with the experiment's verifier
    Score(score::Args),
    /// Replay every method over a run's stored draws
    Replay(replay::Args),
    /// Write tables and figures from a run's outcomes
    Report(report::Args),
    /// Fit a run's chains: rates, population bounds, tests of the model, the answer model and its calibration
    Fit(fit::Args),
    /// Answer one question live, round by round, with every decision and why
    Solve(solve::Args),
    /// Show what a run would draw and cost; draws nothing
    Plan(plan::Args),
    /// Import draws that were made elsewhere as a run: published pools, or JSON Lines
    Import(import::Args),
    /// Write a run's draws for other programs
    Export(export::Args),
    /// List, show, check and download question sets
    Dataset(dataset::Args),
    /// Grade pairs of answers, find answers in texts, and audit the decisions of a run
    Answers(answers::Args),
    /// Fit a simulated backbone to published measurements, or check a fitted one
    Calibrate(calibrate::Args),
    /// Check whether an experiment could run here: models, servers, keys, clock, disk, folders, questions, font
    Doctor(doctor::Args),
    /// Print a shell's completion script
    Completions(completions::Args),
}

/// Runs the command line and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are data (stdout, 0); anything else is a usage error (stderr, 2).
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Files of a run and connections to servers are many.
    let _ = crate::net::open_files();
    let printer = Printer::new(cli.global.json);
    match dispatch(&cli.command, &cli.global, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(command: &Command, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    match command {
        Command::Run(args) => run::run(args, global, printer),
        Command::Collect(args) => collect::run(args, global, printer),
        Command::Score(args) => score::run(args, global, printer),
        Command::Replay(args) => replay::run(args, global, printer),
        Command::Report(args) => report::run(args, global, printer),
        Command::Fit(args) => fit::run(args, global, printer),
        Command::Solve(args) => solve::run(args, global, printer),
        Command::Plan(args) => plan::run(args, global, printer),
        Command::Import(args) => import::run(args, global, printer),
        Command::Export(args) => export::run(args, global, printer),
        Command::Dataset(args) => dataset::run(args, printer),
        Command::Answers(args) => answers::run(args, global, printer),
        Command::Calibrate(args) => calibrate::run(args, printer),
        Command::Doctor(args) => doctor::run(args, global, printer),
        Command::Completions(args) => completions::run(args, &mut definition(), printer),
    }
}

fn say(error: &CommandError) {
    let text = match error {
        CommandError::Config(report) => format!("{report:?}"),
        CommandError::Partly(message) | CommandError::Usage(message) => format!("error: {message}"),
        CommandError::Other(error) => {
            let mut text = format!("error: {error}");
            let mut source = error.source();
            while let Some(cause) = source {
                let cause_text = cause.to_string();
                // Messages that already end with their cause do not say it twice.
                if !text.contains(&cause_text) {
                    text.push_str(&format!("\n  because: {cause_text}"));
                }
                source = cause.source();
            }
            text
        }
    };
    let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
}

/// The command's definition, for completions and documentation.
fn definition() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }

    #[test]
    fn every_help_ends_with_an_example() {
        fn check(command: &mut clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let help = command.render_long_help().to_string();
            let (_, example) = help.rsplit_once("Example:\n").unwrap_or_else(|| panic!("no example in{path}"));
            assert!(example.contains("markovscale "), "{path}: {example}");
            for sub in command.get_subcommands_mut().filter(|c| c.get_name() != "help") {
                check(sub, &path);
            }
        }
        check(&mut definition(), "");
    }
}
