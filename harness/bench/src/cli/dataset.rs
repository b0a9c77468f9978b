//! `dataset list | show | check | pull`: what question sets there are, and whether they are here and right.

mod pull;
mod shared;

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Subcommand;
use comfy_table::Table;
use serde::Serialize;

use self::shared::{command_error, counted};
use super::{CommandError, Printer};
use crate::dataset::{
    self, Dataset, DatasetError, Inspection, Locations, Manifest, Problem, Source, Whereabouts, content_sha256,
};

/// Arguments of `dataset`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  markovscale dataset list")]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the question sets and where their questions are
    #[command(after_help = "Example:\n  markovscale dataset list --dataset-dir ~/datasets")]
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Show one question set: counts by level and subject, and a sample question
    #[command(after_help = "Example:\n  markovscale dataset show arithmetic-stories --sample 17")]
    Show {
        /// The question set
        name: String,
        /// Which question to show as a sample, from 1
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        sample: usize,
        #[command(flatten)]
        place: Place,
    },
    /// Check question sets row by row and list everything wrong with them
    #[command(after_help = "Example:\n  markovscale dataset check gsm8k --dataset-dir ~/datasets")]
    Check {
        /// The question sets; all that are on this machine if none is named
        names: Vec<String>,
        #[command(flatten)]
        place: Place,
    },
    /// Fetch question sets from the Hugging Face hub into the cache
    ///
    /// HF_ENDPOINT names another hub, HF_TOKEN gives access to gated sets, and HTTPS_PROXY, HTTP_PROXY and NO_PROXY are
    /// obeyed. A download that was cut off is continued.
    #[command(after_help = "Example:\n  markovscale dataset pull gsm8k math500")]
    Pull {
        /// The question sets
        #[arg(required = true)]
        names: Vec<String>,
    },
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Use the files of this folder before the cache
    #[arg(long, value_name = "DIR")]
    dataset_dir: Option<PathBuf>,
}

/// Runs `dataset`.
///
/// # Errors
/// An unknown name or invalid manifest is a usage error; data that are wrong, or some of several downloads that failed, a
/// partial failure; anything else is other.
pub fn run(args: &Args, printer: &Printer) -> Result<(), CommandError> {
    match &args.command {
        Command::List { place } => list(&Locations::new(place.dataset_dir.clone()), printer),
        Command::Show { name, sample, place } => {
            show(name, *sample, &Locations::new(place.dataset_dir.clone()), printer)
        }
        Command::Check { names, place } => check(names, &Locations::new(place.dataset_dir.clone()), printer),
        Command::Pull { names } => pull::run(names, &Locations::new(None), printer),
    }
}

#[derive(Serialize)]
struct Listed {
    name: String,
    title: String,
    shape: &'static str,
    questions: Option<usize>,
    licence: String,
    source: String,
    location: Option<String>,
}

fn list(locations: &Locations, printer: &Printer) -> Result<(), CommandError> {
    let mut rows = Vec::new();
    for name in dataset::known_names(locations).map_err(command_error)? {
        // One broken manifest must not hide the others.
        match dataset::find(&name, locations) {
            Ok(manifest) => rows.push(listed(&manifest, locations)?),
            Err(error) => printer.warn(&error.to_string()),
        }
    }
    if printer.is_json() {
        printer.json(&rows);
        return Ok(());
    }
    let mut table = table(&["name", "questions", "title", "licence", "where"]);
    for row in &rows {
        let place = row.location.clone().unwrap_or_else(|| format!("not here: markovscale dataset pull {}", row.name));
        let count = row.questions.map_or_else(|| "?".to_owned(), |count| count.to_string());
        table.add_row([row.name.clone(), count, row.title.clone(), row.licence.clone(), place]);
    }
    printer.data(&table.to_string());
    Ok(())
}

fn listed(manifest: &Manifest, locations: &Locations) -> Result<Listed, CommandError> {
    let location = match dataset::locate(manifest, locations).map_err(command_error)? {
        Whereabouts::BuiltIn => Some("built in".to_owned()),
        Whereabouts::Files(files) => {
            Some(files.iter().map(|found| found.path.display().to_string()).collect::<Vec<_>>().join(", "))
        }
        Whereabouts::Missing(_) => None,
    };
    Ok(Listed {
        name: manifest.name.clone(),
        title: manifest.title.clone(),
        shape: manifest.shape.name(),
        questions: manifest.questions,
        licence: manifest.licence.clone(),
        source: source(manifest),
        location,
    })
}

fn source(manifest: &Manifest) -> String {
    match &manifest.source {
        Source::BuiltIn => "built-in".to_owned(),
        Source::Local => "local".to_owned(),
        Source::Hub(hub) => format!("{}@{}", hub.repository, hub.revision),
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    listed: Listed,
    revision: &'a str,
    content_sha256: String,
    levels: BTreeMap<u32, usize>,
    subjects: BTreeMap<&'a str, usize>,
    sample: Sample<'a>,
}

#[derive(Serialize)]
struct Sample<'a> {
    number: usize,
    id: &'a str,
    text: &'a str,
    gold: &'a str,
    level: Option<u32>,
    subject: Option<&'a str>,
}

fn show(name: &str, sample: usize, locations: &Locations, printer: &Printer) -> Result<(), CommandError> {
    let manifest = dataset::find(name, locations).map_err(command_error)?;
    let loaded = dataset::load(name, locations).map_err(command_error)?;
    let count = loaded.questions.len();
    let question = sample
        .checked_sub(1)
        .and_then(|index| loaded.questions.get(index))
        .ok_or_else(|| CommandError::usage(format!("--sample {sample}: `{name}` has the questions 1 to {count}")))?;
    let mut listed = listed(&manifest, locations)?;
    listed.questions = Some(count);
    let shown = Shown {
        listed,
        revision: &loaded.revision,
        content_sha256: content_sha256(&loaded.questions),
        levels: tally(&loaded, |index| loaded.questions[index].level),
        subjects: tally(&loaded, |index| loaded.questions[index].subject.as_deref()),
        sample: Sample {
            number: sample,
            id: &question.id.0,
            text: &question.text,
            gold: &question.gold,
            level: question.level,
            subject: question.subject.as_deref(),
        },
    };
    if printer.is_json() {
        printer.json(&shown);
    } else {
        print_shown(&shown, printer);
    }
    Ok(())
}

fn tally<K: Ord>(dataset: &Dataset, key: impl Fn(usize) -> Option<K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for key in (0..dataset.questions.len()).filter_map(key) {
        *counts.entry(key).or_insert(0) += 1;
    }
    counts
}

fn print_shown(shown: &Shown<'_>, printer: &Printer) {
    let listed = &shown.listed;
    printer.data(&format!("{}: {}", listed.name, listed.title));
    let mut facts = table(&["what", "value"]);
    facts.add_row(["questions".to_owned(), listed.questions.unwrap_or_default().to_string()]);
    facts.add_row(["source", &listed.source]);
    facts.add_row(["revision", shown.revision]);
    facts.add_row(["licence", &listed.licence]);
    facts.add_row(["where", listed.location.as_deref().unwrap_or("not here")]);
    facts.add_row(["content SHA-256", &shown.content_sha256]);
    printer.data(&facts.to_string());
    if !shown.levels.is_empty() {
        let mut levels = table(&["level", "questions"]);
        for (level, count) in &shown.levels {
            levels.add_row([level.to_string(), count.to_string()]);
        }
        printer.data(&levels.to_string());
    }
    if !shown.subjects.is_empty() {
        let mut subjects = table(&["subject", "questions"]);
        for (subject, count) in &shown.subjects {
            subjects.add_row([(*subject).to_owned(), count.to_string()]);
        }
        printer.data(&subjects.to_string());
    }
    let sample = &shown.sample;
    printer.data(&format!("Question {} ({}):\n  {}", sample.number, sample.id, sample.text.replace('\n', "\n  ")));
    printer.data(&format!("Gold answer:\n  {}", sample.gold));
}

#[derive(Serialize)]
struct Checked {
    name: String,
    /// `good`, `wrong` or `missing`.
    state: &'static str,
    questions: usize,
    content_sha256: Option<String>,
    problems: Vec<Wrong>,
}

#[derive(Serialize)]
struct Wrong {
    path: String,
    row: Option<usize>,
    field: Option<String>,
    found: String,
    expected: String,
}

impl From<&Problem> for Wrong {
    fn from(problem: &Problem) -> Self {
        Self {
            path: problem.path.display().to_string(),
            row: problem.row,
            field: problem.field.clone(),
            found: problem.found.clone(),
            expected: problem.expected.clone(),
        }
    }
}

fn check(names: &[String], locations: &Locations, printer: &Printer) -> Result<(), CommandError> {
    let all = if names.is_empty() { dataset::known_names(locations).map_err(command_error)? } else { names.to_vec() };
    let mut checked = Vec::new();
    let mut failures = Vec::new();
    for name in all {
        let manifest = dataset::find(&name, locations).map_err(command_error)?;
        match dataset::inspect(&manifest, locations) {
            Ok(Inspection { dataset, problems }) => {
                for problem in problems.iter().filter(|_| !printer.is_json()) {
                    printer.data(&problem.to_string());
                }
                if !problems.is_empty() {
                    failures.push(format!("{name} has {}", counted(problems.len(), "problem")));
                }
                checked.push(Checked {
                    state: if problems.is_empty() { "good" } else { "wrong" },
                    questions: dataset.questions.len(),
                    content_sha256: problems.is_empty().then(|| content_sha256(&dataset.questions)),
                    problems: problems.iter().map(Wrong::from).collect(),
                    name,
                });
            }
            // Asked for by name, missing data are a failure; otherwise they are only worth a word.
            Err(DatasetError::Missing { remedies, .. }) => {
                if !names.is_empty() {
                    failures.push(format!("{name} is not on this machine. {}", remedies.join(" ")));
                }
                let problems = Vec::new();
                checked.push(Checked { name, state: "missing", questions: 0, content_sha256: None, problems });
            }
            Err(error) => return Err(command_error(error)),
        }
    }
    if printer.is_json() {
        printer.json(&checked);
    } else {
        let mut table = table(&["name", "state", "questions", "content SHA-256"]);
        for row in checked {
            let digest = row.content_sha256.unwrap_or_default();
            table.add_row([row.name, row.state.to_owned(), row.questions.to_string(), digest]);
        }
        printer.data(&table.to_string());
    }
    if failures.is_empty() { Ok(()) } else { Err(CommandError::Partly(failures.join("\n"))) }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    table.set_header(header.iter().copied());
    table
}

#[cfg(test)]
mod tests;
