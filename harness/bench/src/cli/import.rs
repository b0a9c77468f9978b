//! `markovscale import`.

use std::path::PathBuf;

use super::meter::Meter;
use super::{CommandError, Global, Printer};
use crate::dataset::Locations;
use crate::import::{
    FIELDS, FieldMap, ImportError, Imported, Join, JsonlImport, Key, OptscaleImport, Target, import_jsonl,
    import_optscale,
};
use crate::key::Mode;
use crate::vocabulary::Sampling;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Draws that were made elsewhere become a run like any other: `replay`, `report`, `fit` and `score` work on it unchanged, and
nothing is ever drawn for it. Files are checked whole before anything is written; an import that is killed leaves no run.

Example:
  markovscale import optscale ~/optscale/data/completions/r1_distill_qwen7b --dataset-dir ~/datasets")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Import the published pools of OptScale (JSON: a list of questions with their completions and scores)
    Optscale(OptscaleArgs),
    /// Import JSON Lines, one draw a line: a file of `export jsonl`, or any other with a field map
    Jsonl(JsonlArgs),
}

/// Arguments that name the run to be made.
#[derive(Debug, clap::Args)]
struct TargetArgs {
    /// The run's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Override a field of the run's experiment, e.g. `methods=[self_consistency, best_of_n]`; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE")]
    overrides: Vec<String>,
    /// Folder with local dataset files
    #[arg(long, value_name = "DIR")]
    dataset_dir: Option<PathBuf>,
    /// Move a run of that name aside instead of refusing
    #[arg(long)]
    force: bool,
}

impl TargetArgs {
    fn target<'a>(&'a self, global: &'a Global) -> Target<'a> {
        Target { runs_dir: &global.runs_dir, name: self.name.as_deref(), overrides: &self.overrides, force: self.force }
    }
}

/// Arguments of `import optscale`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
DIR holds files such as parallel/scored_qwen7b_par_math500_64.json and sequential/scored_qwen7b_seq_math500_64.json: a data
set's name in the file's name, `parallel` or `sequential` in it or in a folder's. Questions are joined by position and their
texts compared, white space aside. Answers are extracted and graded anew. `scores` become the scores of --verifier,
`last_scores` those of NAME-last (`markovscale replay RUN --set verifier.name=NAME-last` uses these).

Example:
  markovscale import optscale data/completions/r1_distill_qwen7b --dataset-dir ~/datasets
  markovscale import optscale pools/parallel --dataset aime24 --name aime --draws 32 --dataset-dir ~/datasets
  markovscale report optscale-r1_distill_qwen7b       # after: markovscale replay optscale-r1_distill_qwen7b")]
struct OptscaleArgs {
    /// The pool's folder, or one file of it
    path: PathBuf,
    #[command(flatten)]
    target: TargetArgs,
    /// Import only this data set; may be repeated
    #[arg(long = "dataset", value_name = "NAME")]
    datasets: Vec<String>,
    /// The kind of draws, where no name or folder tells
    #[arg(long, value_enum)]
    mode: Option<PoolMode>,
    /// The backbone's name in tables and folders [default: the folder's]
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// The model that answered [default: of the published pools DeepSeek-R1-Distill-Qwen-7B, else the backbone's name]
    #[arg(long)]
    model: Option<String>,
    /// The verifier's name
    #[arg(long, value_name = "NAME", default_value = "qwen2.5-math-prm-7b")]
    verifier: String,
    /// Softmax temperature the draws were made with [default: 0.7, as published]
    #[arg(long)]
    temperature: Option<f64>,
    /// Nucleus mass the draws were made with [default: 0.95, as published]
    #[arg(long)]
    top_p: Option<f64>,
    /// Token limit of a draw [default: 10000, and 16000 on AIME, as published]
    #[arg(long, value_name = "TOKENS")]
    max_tokens: Option<u32>,
    /// How questions are joined to the data set
    #[arg(long, value_enum, default_value_t)]
    join: JoinArg,
    /// Take only the first N draws of each question
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    draws: Option<u32>,
    /// A list that the pool does not have; may be repeated
    #[arg(long, value_enum, value_name = "KEY")]
    without: Vec<KeyArg>,
}

const JSONL_EXAMPLE: &str = "\
A file that `markovscale export jsonl` wrote needs no map. Of any other, --map says where lines keep the fields: a path of
keys with dots between, a whole number for an item of a list. Needed are `question` (or `question_id`) and `completion` or
`answer`. With `gold` the lines bring their own questions; without it they are joined to --dataset by their text.

Example:
  markovscale import jsonl quickstart.jsonl --name copy
  markovscale import jsonl draws.jsonl --dataset gsm8k --backbone llama --map question=doc.question,completion=resps.0.0
  markovscale import jsonl mine.jsonl --dataset mine --backbone b --map question=q,gold=label,answer=pred,score=reward";

/// Arguments of `import jsonl`.
#[derive(Debug, clap::Args)]
#[command(after_help = JSONL_EXAMPLE, after_long_help = format!("Fields:\n{}\n{JSONL_EXAMPLE}", fields()))]
struct JsonlArgs {
    /// The file
    path: PathBuf,
    #[command(flatten)]
    target: TargetArgs,
    /// Where lines keep the fields, as `field=path,field=path,...`; may be repeated
    #[arg(long, value_name = "FIELD=PATH,...")]
    map: Vec<String>,
    /// The data set, where lines do not say
    #[arg(long, value_name = "NAME")]
    dataset: Option<String>,
    /// The backbone's name, where lines do not say
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// The model that answered, where lines do not say
    #[arg(long)]
    model: Option<String>,
    /// The verifier behind the field `score` [default: imported]
    #[arg(long, value_name = "NAME")]
    verifier: Option<String>,
    /// Softmax temperature, where lines do not say
    #[arg(long, default_value_t = 0.7)]
    temperature: f64,
    /// Nucleus mass, where lines do not say
    #[arg(long, default_value_t = 0.95)]
    top_p: f64,
    /// Token limit, where lines do not say
    #[arg(long, value_name = "TOKENS", default_value_t = 16_384)]
    max_tokens: u32,
}

/// The fields as lines of text, for `--help`.
fn fields() -> String {
    FIELDS.iter().map(|field| format!("  {:<19}{}\n", field.name, field.about)).collect()
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PoolMode {
    /// `i` is a rollout
    Parallel,
    /// `i` is a round of one chain
    Sequential,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum JoinArg {
    /// By position; the texts must agree
    #[default]
    Position,
    /// By the question's text, whatever the order
    Text,
    /// By position, whatever the texts
    Unchecked,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum KeyArg {
    /// Means of step scores
    Scores,
    /// Scores of the last step
    LastScores,
}

/// Imports, and says what to do next.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let imported = match &args.what {
        What::Optscale(args) => optscale(args, global, printer),
        What::Jsonl(args) => jsonl(args, global, printer),
    };
    let imported = imported.map_err(failed)?;
    if printer.is_json() {
        printer.json(&imported);
    } else {
        said(&imported, printer);
    }
    Ok(())
}

fn optscale(args: &OptscaleArgs, global: &Global, printer: &Printer) -> Result<Imported, ImportError> {
    let without: Vec<Key> = args
        .without
        .iter()
        .map(|key| match key {
            KeyArg::Scores => Key::Scores,
            KeyArg::LastScores => Key::LastScores,
        })
        .collect();
    let mut meter = Meter::new(printer);
    let import = OptscaleImport {
        path: &args.path,
        target: args.target.target(global),
        locations: &Locations::new(args.target.dataset_dir.clone()),
        backbone: args.backbone.as_deref(),
        model: args.model.as_deref(),
        verifier: &args.verifier,
        datasets: &args.datasets,
        mode: args.mode.map(|mode| match mode {
            PoolMode::Parallel => Mode::Parallel,
            PoolMode::Sequential => Mode::Sequential,
        }),
        temperature: args.temperature,
        top_p: args.top_p,
        max_tokens: args.max_tokens,
        join: match args.join {
            JoinArg::Position => Join::Position,
            JoinArg::Text => Join::Text,
            JoinArg::Unchecked => Join::Unchecked,
        },
        draws: args.draws,
        without: &without,
    };
    import_optscale(&import, &mut |step| meter.on(step))
}

fn jsonl(args: &JsonlArgs, global: &Global, printer: &Printer) -> Result<Imported, ImportError> {
    let map = if args.map.is_empty() { None } else { Some(FieldMap::parse(&args.map)?) };
    let (temperature, top_p, max_tokens) = (args.temperature, args.top_p, args.max_tokens);
    let mut meter = Meter::new(printer);
    let import = JsonlImport {
        path: &args.path,
        target: args.target.target(global),
        locations: &Locations::new(args.target.dataset_dir.clone()),
        map,
        backbone: args.backbone.as_deref(),
        model: args.model.as_deref(),
        dataset: args.dataset.as_deref(),
        verifier: args.verifier.as_deref(),
        sampling: Sampling { temperature, top_p, max_tokens },
    };
    import_jsonl(&import, &mut |step| meter.on(step))
}

fn said(imported: &Imported, printer: &Printer) {
    for warning in &imported.source.warnings {
        printer.warn(warning);
    }
    let Imported { run, name, questions, draws, scores, .. } = imported;
    printer.note(&format!("imported {draws} draws and {scores} scores of {questions} questions: {}", run.display()));
    printer.note(&format!("next: markovscale replay {name}, markovscale report {name}, markovscale fit {name}"));
}

/// What is wrong with a file or a name is the user's to mend: exit code 2; trouble with the disk is not.
fn failed(error: ImportError) -> CommandError {
    match error {
        ImportError::Config(error) => CommandError::Config(miette::Report::new(*error)),
        ImportError::Malformed(_) | ImportError::Usage(_) | ImportError::Dataset(_) => {
            CommandError::usage(error.to_string())
        }
        ImportError::Read { .. } | ImportError::Changed { .. } | ImportError::Trace(_) => CommandError::other(error),
    }
}
