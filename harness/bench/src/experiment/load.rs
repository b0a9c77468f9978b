//! A file or text -> a plan.

use std::path::{Path, PathBuf};

use super::decode;
use super::error::{ConfigError, MOST_PROBLEMS, ProblemBuilder};
use super::overrides;
use super::plan::Plan;
use super::reader::Reader;
use super::source::{Sources, Span};
use super::tree::{self, Value};
use crate::suggest;

/// Largest config read: far above any sensible one, far below what would hurt.
const MOST_BYTES: u64 = 1 << 18;

/// Reads the experiment at `path`, with each override (`path=value`) applied in order.
///
/// When the file cannot be read, or with every problem that was found in it and in the overrides.
pub fn load(path: &Path, overrides: &[String]) -> Result<Plan, ConfigError> {
    let unreadable = |reason, help| ConfigError::Unreadable { path: path.to_owned(), reason, help };
    let bytes =
        match std::fs::metadata(path).and_then(|metadata| readable(&metadata)).and_then(|()| std::fs::read(path)) {
            Ok(bytes) => bytes,
            Err(reason) => {
                let help = help_for_path(path, &reason);
                return Err(unreadable(reason, help));
            }
        };
    let name = path.display().to_string();
    match String::from_utf8(bytes) {
        Ok(text) => parse(&text, &name, overrides),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut sources = Sources::default();
            // What comes before the first bad byte is unchanged, so its offset still holds.
            let source = sources.add(&name, &String::from_utf8_lossy(error.as_bytes()));
            let span = Span { source, start: valid, length: 1 };
            let problem = ProblemBuilder::new(span, "found bytes that are not UTF-8, expected UTF-8 text", "not UTF-8");
            let problem = problem.help("save the file as UTF-8; other encodings are not read");
            Err(ConfigError::Invalid { name, problems: vec![problem.finish(&sources)] })
        }
    }
}

/// Refuses folders and files that cannot be a config.
fn readable(metadata: &std::fs::Metadata) -> std::io::Result<()> {
    if metadata.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if metadata.len() > MOST_BYTES {
        let message = format!("it has {} bytes, a config has at most {MOST_BYTES}", metadata.len());
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, message));
    }
    Ok(())
}

/// What to do about a file that cannot be read: the file of the nearest name, where there is one.
fn help_for_path(path: &Path, reason: &std::io::Error) -> String {
    if reason.kind() == std::io::ErrorKind::IsADirectory {
        return "name the file inside it".to_owned();
    }
    if reason.kind() != std::io::ErrorKind::NotFound {
        return "check the file and its permissions".to_owned();
    }
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return format!("the folder `{}` does not exist", folder.display());
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".yaml") || name.ends_with(".yml"))
        .collect();
    names.sort();
    let wanted = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match suggest::nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{}`?", folder.join(name).display()),
        None if names.is_empty() => format!("there is no YAML file in `{}`", folder.display()),
        None => {
            let names: Vec<&str> = names.iter().map(String::as_str).take(10).collect();
            format!("`{}` holds {}", folder.display(), suggest::quoted(&names))
        }
    }
}

/// Reads an experiment from its text; `name` is what errors call it.
///
/// With every problem that was found in the text and in the overrides. Broken YAML, or an override that does not fit
/// the tree, hides what comes after it.
pub fn parse(source: &str, name: &str, overrides: &[String]) -> Result<Plan, ConfigError> {
    let mut sources = Sources::default();
    let index = sources.add(name, source);
    let invalid = |sources: &Sources, drafts: Vec<ProblemBuilder>| ConfigError::Invalid {
        name: name.to_owned(),
        problems: drafts.into_iter().take(MOST_PROBLEMS).map(|draft| draft.finish(sources)).collect(),
    };
    let mut root = match tree::parse(source, index, 0) {
        Ok(root) => root,
        Err(draft) => return Err(invalid(&sources, vec![draft])),
    };
    if root.value == Value::Null {
        let span = Span { source: index, start: 0, length: 0 };
        let problem = ProblemBuilder::new(span, "found an empty file, expected an experiment", "nothing here");
        let problem = problem.help("start from a copy of `configs/quickstart.yaml`");
        return Err(invalid(&sources, vec![problem]));
    }
    let mut failed = Vec::new();
    for text in overrides {
        failed.extend(overrides::apply(&mut root, text, &mut sources).err());
    }
    if !failed.is_empty() {
        return Err(invalid(&sources, failed));
    }
    let mut reader = Reader::default();
    let plan = decode::plan(&mut reader, &root);
    for span in &reader.secrets {
        sources.hide(*span);
    }
    match plan {
        Some(plan) if reader.problems.is_empty() => Ok(plan),
        _ => Err(invalid(&sources, reader.problems)),
    }
}
