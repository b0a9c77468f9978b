//! `markovscale export`.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use indicatif::HumanCount;
use serde_json::json;

use super::prepare::find_run;
use super::{CommandError, Global, Printer};
use crate::export::{Step, export_jsonl};
use crate::trace::{RunFolder, TraceError, write_atomically};

/// Without a terminal, long exports say how far they are this often.
const SAY_EVERY: Duration = Duration::from_secs(10);

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale export jsonl quickstart --output quickstart.jsonl")]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write JSON Lines, one finished draw a line, with its question and every verifier's score
    Jsonl(JsonlArgs),
}

/// Arguments of `export jsonl`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Lines go to stdout as they are read: memory does not grow with the run. The fields are those of the trace
(docs/traces.md), with `question`, `gold`, `level`, `subject` and `scores`; docs/import.md lists them. `import jsonl` makes
a run of them again, with the same draws.

Example:
  markovscale export jsonl quickstart | head -1
  markovscale export jsonl quickstart --output quickstart.jsonl")]
struct JsonlArgs {
    /// The run: its name, its folder, or its experiment's YAML file
    run: PathBuf,
    /// The file to write instead of stdout; it appears when it is complete
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Exports a run.
pub(super) fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), CommandError> {
    let What::Jsonl(args) = &args.what;
    let run = find_run(&args.run, global)?;
    let Some(output) = &args.output else {
        let mut stdout = BufWriter::new(io::stdout().lock());
        return match export(&run, &mut stdout, Path::new("stdout"), printer) {
            // Whoever reads has seen enough.
            Err(TraceError::Io { source, .. }) if source.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(CommandError::other(error)),
            Ok(_) => Ok(()),
        };
    };
    let mut lines = 0;
    write_atomically(output, |file| {
        lines = export(&run, &mut BufWriter::new(file), output, printer)?;
        Ok::<(), TraceError>(())
    })
    .map_err(CommandError::other)?;
    if printer.is_json() {
        printer.json(&json!({"run": run.path(), "file": output, "lines": lines}));
    } else {
        printer.note(&format!("wrote {} draws: {}", HumanCount(lines), output.display()));
    }
    Ok(())
}

fn export(run: &RunFolder, to: &mut impl Write, path: &Path, printer: &Printer) -> Result<u64, TraceError> {
    let (mut label, mut done, mut said) = (String::new(), 0_u64, Instant::now());
    let mut on_step = |step| match step {
        Step::Partition { backbone, dataset } => label = format!("{backbone} x {dataset}"),
        Step::Line => {
            done += 1;
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                printer.note(&format!("exporting {label}: {} draws so far", HumanCount(done)));
            }
        }
    };
    let lines = export_jsonl(run, &mut on_step, |line| {
        to.write_all(line.as_bytes()).and_then(|()| to.write_all(b"\n")).map_err(TraceError::io("write", path))
    })?;
    to.flush().map_err(TraceError::io("write", path))?;
    Ok(lines)
}
