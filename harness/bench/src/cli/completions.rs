//! `markovscale completions`.

use clap_complete::Shell;

use super::{CommandError, Printer};

/// Arguments of `completions`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  markovscale completions bash > ~/.local/share/bash-completion/completions/markovscale"
)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the completion script of a command.
pub(super) fn run(args: &Args, command: &mut clap::Command, printer: &Printer) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "markovscale", &mut script);
    printer.data(String::from_utf8_lossy(&script).trim_end());
    Ok(())
}
