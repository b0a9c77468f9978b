//! `markovscale calibrate`: fit a simulated profile to published measurements, or check one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use super::{CommandError, Printer};
use crate::backbone::simulated::{DatasetParameters, Profile};
use crate::calibrate::{
    Cell, FitRecord, MomentRow, Noise, Published, PublishedDataset, Quantity, cells, fit, fit_evaluations, moment_rows,
    profile_yaml, simulate, within_summary,
};

/// The shipped profile that `--check` looks at when no file is named.
const SHIPPED: &str = "r1-distill-qwen-7b";

/// Simulated questions per evaluation of the fit; small sets are repeated until they have about this many.
const FIT_QUESTIONS: u32 = 10_000;

/// The same for the table.
const CHECK_QUESTIONS: u32 = 20_000;

/// Fits a simulated backbone and verifier to published curves, and shows how close it comes.
///
/// Accuracy and tokens of best-of-n, majority and last answer at n = 1 to 64 are compared with the published run's own
/// noise. Exit code 3 when a cell lies outside.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale calibrate --published ../shared/published --output \
                        configs/profiles/r1-distill-qwen-7b.yaml\n  markovscale calibrate --published \
                        ../shared/published --check")]
pub struct Args {
    /// Folder with curves.csv and score_moments.csv.
    #[arg(long, value_name = "DIR")]
    pub published: PathBuf,
    /// Profile to write; with --check, the profile to read (default: the shipped one).
    #[arg(long, value_name = "FILE", required_unless_present = "check")]
    pub output: Option<PathBuf>,
    /// Only evaluate an existing profile; write nothing.
    #[arg(long)]
    pub check: bool,
    /// Seed of the simulated experiments.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Simulations per dataset that the search may spend.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub evaluations: u32,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    simulated: bool,
    profile: String,
    within: usize,
    cells_compared: usize,
    cells: Vec<Cell>,
    scores: Vec<MomentRow>,
}

/// Runs the command.
///
/// # Errors
/// Exit code 2 for unusable inputs, 3 when a cell lies outside its interval, 1 when the profile cannot be written.
pub fn run(args: &Args, printer: &Printer) -> Result<(), CommandError> {
    let published = Published::read(&args.published).map_err(|error| CommandError::usage(failed(&error)))?;
    if args.check {
        let name = args.output.as_deref().map_or_else(|| SHIPPED.to_owned(), |path| path.display().to_string());
        let profile = Profile::load(&name).map_err(|error| CommandError::usage(failed(&error)))?;
        let blocks = published.datasets.iter().map(|d| (d.name.clone(), *profile.parameters(&d.name))).collect();
        let (cells, scores) = compare(args.seed, &published, &blocks);
        return show(printer, name, cells, scores);
    }
    let output = writable(args.output.as_deref())?;
    let parameters = fit_all(args, &published, printer);
    let (cells, scores) = compare(args.seed, &published, &parameters);
    write_profile(args, output, &published, &parameters, &cells)?;
    printer.note(&format!("wrote {}", output.display()));
    show(printer, output.display().to_string(), cells, scores)
}

/// The file to write, checked before minutes are spent on what goes into it.
fn writable(output: Option<&Path>) -> Result<&Path, CommandError> {
    let Some(output) = output else {
        return Err(CommandError::usage("--output FILE is missing; it says where to write the fitted profile"));
    };
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    if !folder.is_dir() {
        return Err(CommandError::usage(format!(
            "failed to write {}: no folder {}",
            output.display(),
            folder.display()
        )));
    }
    Ok(output)
}

fn failed(error: &dyn std::error::Error) -> String {
    format!("failed to {error}")
}

/// The simulated experiments of a dataset. `--check` uses other random numbers than the fit, so that a fit cannot hide
/// behind those it was made with.
fn noise(seed: u64, purpose: &str, questions: u32, published: &PublishedDataset) -> Noise {
    let experiments = questions.div_ceil(published.questions.max(1));
    Noise::sample(seed, &format!("{purpose} {}", published.name), published.questions, experiments)
}

fn fit_all(args: &Args, published: &Published, printer: &Printer) -> BTreeMap<String, DatasetParameters> {
    let evaluations = args.evaluations as usize;
    let length = (fit_evaluations(evaluations) * published.datasets.len()) as u64;
    let bar = printer.bar("calibrate", length, "simulations");
    let mut parameters = BTreeMap::new();
    for dataset in &published.datasets {
        bar.set_message(format!("calibrate {}", dataset.name));
        if !printer.has_bars() {
            printer.note(&format!("fitting {} ({} questions)", dataset.name, dataset.questions));
        }
        let noise = noise(args.seed, "fit", FIT_QUESTIONS, dataset);
        parameters.insert(dataset.name.clone(), fit(dataset, &noise, evaluations, &|| bar.inc(1)));
    }
    bar.finish_and_clear();
    parameters
}

fn compare(
    seed: u64,
    published: &Published,
    parameters: &BTreeMap<String, DatasetParameters>,
) -> (Vec<Cell>, Vec<MomentRow>) {
    let mut all = Vec::new();
    let mut scores = Vec::new();
    for dataset in &published.datasets {
        if let Some(block) = parameters.get(&dataset.name) {
            let simulated = simulate(block, &noise(seed, "check", CHECK_QUESTIONS, dataset));
            all.extend(cells(dataset, &simulated));
            scores.extend(moment_rows(dataset, &simulated));
        }
    }
    (all, scores)
}

fn write_profile(
    args: &Args,
    path: &Path,
    published: &Published,
    parameters: &BTreeMap<String, DatasetParameters>,
    cells: &[Cell],
) -> Result<(), CommandError> {
    let name = path.file_stem().map_or_else(|| SHIPPED.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let command = format!(
        "markovscale calibrate --published {} --output {} --seed {} --evaluations {}",
        args.published.display(),
        path.display(),
        args.seed,
        args.evaluations
    );
    let record = FitRecord { name: &name, command: &command, published, cells };
    std::fs::write(path, profile_yaml(&record, parameters))
        .map_err(|error| CommandError::other(format!("failed to write {}: {error}", path.display())))
}

fn show(printer: &Printer, profile: String, cells: Vec<Cell>, scores: Vec<MomentRow>) -> Result<(), CommandError> {
    let (within, compared) = within_summary(&cells);
    let outside: Vec<String> = cells.iter().filter(|cell| !cell.within).map(describe).collect();
    if printer.is_json() {
        printer.json(&Report { simulated: true, profile, within, cells_compared: compared, cells, scores });
    } else {
        printer.data(&format!("{}\n", cell_table(&cells, Quantity::Accuracy)));
        printer.data(&format!("{}\n", cell_table(&cells, Quantity::Tokens)));
        printer.data(&format!("{}\n", score_table(&scores)));
        printer.data(&format!("simulated profile {profile}: {within} of {compared} cells within the published noise"));
    }
    if outside.is_empty() {
        return Ok(());
    }
    Err(CommandError::Partly(format!("outside the published run's noise:\n  {}", outside.join("\n  "))))
}

fn describe(cell: &Cell) -> String {
    let quantity = match cell.quantity {
        Quantity::Accuracy => "accuracy",
        Quantity::Tokens => "tokens",
    };
    format!(
        "{} {} n = {}: {quantity} {} simulated, {} published (z = {:+.2})",
        cell.dataset,
        cell.method.name(),
        cell.n,
        number(cell.quantity, cell.simulated),
        number(cell.quantity, cell.published),
        cell.z
    )
}

fn number(quantity: Quantity, value: f64) -> String {
    match quantity {
        Quantity::Accuracy => format!("{:.2} %", 100.0 * value),
        Quantity::Tokens => format!("{value:.0}"),
    }
}

fn cell_table(cells: &[Cell], quantity: Quantity) -> Table {
    let mut table = Table::new();
    let what = if quantity == Quantity::Accuracy { "accuracy" } else { "tokens" };
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "dataset",
        "method",
        "n",
        &format!("{what}, published"),
        "simulated",
        "95 % interval",
        "z",
        "difference",
        "within",
    ]);
    for cell in cells.iter().filter(|cell| cell.quantity == quantity) {
        table.add_row([
            cell.dataset.clone(),
            cell.method.name().to_owned(),
            cell.n.to_string(),
            number(quantity, cell.published),
            number(quantity, cell.simulated),
            format!("{} to {}", number(quantity, cell.low), number(quantity, cell.high)),
            format!("{:+.2}", cell.z),
            format!("{:+.1} %", 100.0 * cell.relative_difference),
            if cell.within { "yes" } else { "NO" }.to_owned(),
        ]);
    }
    for index in 2..8 {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn score_table(rows: &[MomentRow]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "verifier scores",
        "mean: published",
        "simulated",
        "sd between questions",
        "simulated",
        "sd within",
        "simulated",
    ]);
    for row in rows {
        let (p, s) = (&row.published, &row.simulated);
        let values = [p.mean, s.mean, p.sd_between, s.sd_between, p.sd_within, s.sd_within];
        table.add_row(std::iter::once(row.dataset.clone()).chain(values.iter().map(|value| format!("{value:.3}"))));
    }
    table
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn parse(arguments: &[&str]) -> Result<Args, clap::Error> {
        let all = ["calibrate"].iter().chain(arguments);
        Command::try_parse_from(all).map(|command| command.args)
    }

    #[test]
    fn output_is_needed_unless_checking() {
        assert!(parse(&["--published", "p"]).is_err());
        assert!(parse(&["--published", "p", "--check"]).unwrap().check);
        assert!(parse(&["--published", "p", "--output", "f.yaml", "--evaluations", "3"]).is_err());
        let error = writable(Some(Path::new("no/such/folder/f.yaml"))).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn a_missing_folder_is_a_usage_error_that_names_the_file() {
        let args = parse(&["--published", "no/such/folder", "--check"]).unwrap();
        let error = run(&args, &Printer::new(true)).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(format!("{error:?}").contains("curves.csv"), "{error:?}");
    }

    #[test]
    fn tables_show_one_quantity_and_mark_what_lies_outside() {
        let cell = |quantity, simulated| Cell {
            dataset: "d".into(),
            method: crate::calibrate::PublishedMethod::BestOfN,
            n: 4,
            quantity,
            published: 0.5,
            simulated,
            low: 0.4,
            high: 0.6,
            z: 2.5,
            relative_difference: simulated / 0.5 - 1.0,
            within: simulated <= 0.6,
        };
        let cells = [cell(Quantity::Accuracy, 0.7), cell(Quantity::Tokens, 0.5)];
        let text = cell_table(&cells, Quantity::Accuracy).to_string();
        assert!(text.contains("70.00 %") && text.contains("40.00 % to 60.00 %") && text.contains("NO"), "{text}");
        assert_eq!(text.lines().count(), 3);
        assert!(!cell_table(&cells, Quantity::Tokens).to_string().contains("NO"));
        let described = describe(&cells[0]);
        assert_eq!(described, "d best_of_n n = 4: accuracy 70.00 % simulated, 50.00 % published (z = +2.50)");
    }
}
