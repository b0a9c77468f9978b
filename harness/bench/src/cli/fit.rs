//! `markovscale fit`.

use std::path::PathBuf;
use std::time::Instant;

use super::prepare::{find_run, load_plan};
use super::{CommandError, Global, Printer};
use crate::fit::{FitSettings, fit_run, summary, write_fit};

/// Arguments of `fit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Fits the run's chains with known answers, tests whether they are chains at all, and says what re-answering is worth:
rates pooled, by difficulty and per question, population bounds, predicted against observed rounds, tests, the answer
model and its calibration. Writes RUN/fit.json (every number) and REPORTS/NAME/fit.md (tables); asks no model.

Example:
  markovscale fit quickstart")]
pub(super) struct Args {
    /// The run: its name, its folder, or its experiment's YAML file
    run: PathBuf,
    /// Override a field of the run's experiment, e.g. `verifier.aggregate=min`; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// Change of a question's accuracy, in points, that counts as help or harm
    #[arg(long, default_value_t = 2.0, value_name = "POINTS")]
    margin: f64,
    /// Bootstrap resamples behind each interval
    #[arg(long, default_value_t = FitSettings::default().resamples, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    resamples: u32,
    /// Permutations behind each test
    #[arg(long, default_value_t = FitSettings::default().permutations, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    permutations: u32,
}

/// Fits a run, stores the fit and says what it means.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    if !(0.0..=100.0).contains(&args.margin) {
        return Err(CommandError::usage(format!("--margin is {}, expected 0 to 100 points", args.margin)));
    }
    let run = find_run(&args.run, global)?;
    let plan = load_plan(&run.experiment(), &args.overrides)?;
    let started = Instant::now();
    let bar = printer.bar("fit", (plan.backbones.len() * plan.datasets.len()) as u64, "partitions");
    let mut first = true;
    let settings =
        FitSettings { resamples: args.resamples, permutations: args.permutations, margin: args.margin / 100.0 };
    let fitted = fit_run(&plan, &run, settings, |backbone, dataset| {
        if !std::mem::take(&mut first) {
            bar.inc(1);
        }
        if !printer.has_bars() {
            printer.note(&format!("fitting {backbone} on {dataset}"));
        }
    });
    bar.finish_and_clear();
    let fitted = fitted.map_err(CommandError::other)?;
    let written = write_fit(&fitted, run.path(), &global.reports_dir.join(&fitted.run)).map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&fitted);
        return Ok(());
    }
    printer.data(&summary(&fitted));
    printer.note(&format!("fitted {} partitions ({:.1} s)", fitted.partitions.len(), started.elapsed().as_secs_f64()));
    for path in written {
        printer.note(&format!("wrote {}", path.display()));
    }
    Ok(())
}
