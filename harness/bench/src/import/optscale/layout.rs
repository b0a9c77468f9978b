//! The files of a published pool: which data set and which kind of draws each holds, told by its name and folders.
//!
//! The published layout is `BACKBONE/parallel/scored_qwen7b_par_DATASET_64.json` and
//! `BACKBONE/sequential/scored_qwen7b_seq_DATASET_64.json`; any tree whose names say as much is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::import::ImportError;
use crate::key::Mode;
use crate::suggest::name_help;

/// Folders below the given one that are looked into.
const DEPTH: usize = 4;

/// A pool's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PoolFile {
    pub(super) path: PathBuf,
    pub(super) dataset: String,
    pub(super) mode: Mode,
}

/// What is looked for.
pub(super) struct Wanted<'a> {
    /// A folder, or one file.
    pub(super) path: &'a Path,
    /// Only these data sets; empty for all.
    pub(super) datasets: &'a [String],
    /// Every data set that could be meant.
    pub(super) known: &'a [String],
    /// The kind of draws, where names do not tell.
    pub(super) mode: Option<Mode>,
}

/// Files found, and files left alone with the reason.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) files: Vec<PoolFile>,
    pub(super) skipped: Vec<String>,
}

/// Finds the pool's files, by data set as they are listed and then by kind of draws.
pub(super) fn find(wanted: &Wanted<'_>) -> Result<Layout, ImportError> {
    for name in wanted.datasets {
        if !wanted.known.contains(name) {
            let known: Vec<&str> = wanted.known.iter().map(String::as_str).collect();
            return Err(ImportError::Usage(format!("no dataset is called `{name}`; {}", name_help(name, &known))));
        }
    }
    let mut paths = Vec::new();
    if wanted.path.is_file() {
        paths.push(wanted.path.to_owned());
    } else {
        list(wanted.path, DEPTH, &mut paths)?;
    }
    paths.sort();
    let mut layout = Layout::default();
    let mut by_kind: BTreeMap<(String, Mode), PathBuf> = BTreeMap::new();
    for path in paths {
        match wanted.kind_of(&path) {
            Ok(kind) if !wanted.datasets.is_empty() && !wanted.datasets.contains(&kind.0) => {}
            Ok(kind) => {
                if let Some(other) = by_kind.insert(kind.clone(), path.clone()) {
                    let (dataset, mode) = kind;
                    return Err(ImportError::Usage(format!(
                        "both {} and {} hold {} draws on {dataset}; name the folder of one backbone, or one file",
                        other.display(),
                        path.display(),
                        mode.name(),
                    )));
                }
            }
            Err(why) => layout.skipped.push(format!("{}: {why}", path.display())),
        }
    }
    layout.files = by_kind.into_iter().map(|((dataset, mode), path)| PoolFile { path, dataset, mode }).collect();
    let place = |name: &String| wanted.known.iter().position(|known| known == name);
    layout.files.sort_by_key(|file| (place(&file.dataset), file.mode));
    if layout.files.is_empty() {
        return Err(ImportError::Usage(nothing(wanted, &layout.skipped)));
    }
    Ok(layout)
}

fn nothing(wanted: &Wanted<'_>, skipped: &[String]) -> String {
    let mut text = format!(
        "{} holds no pool: files end in .json, their name has a data set's ({}), and it or a folder says `parallel` or \
         `sequential`; for one file, --dataset and --mode say so instead",
        wanted.path.display(),
        if wanted.datasets.is_empty() { wanted.known.join(", ") } else { wanted.datasets.join(", ") },
    );
    for line in skipped.iter().take(10) {
        text.push_str(&format!("\n  left alone: {line}"));
    }
    text
}

fn list(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), ImportError> {
    for entry in std::fs::read_dir(folder).map_err(ImportError::read(folder))? {
        let path = entry.map_err(ImportError::read(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && depth > 0 && !hidden {
            list(&path, depth - 1, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && !hidden {
            found.push(path);
        }
    }
    Ok(())
}

impl Wanted<'_> {
    /// What a file holds, or why it is no pool's.
    fn kind_of(&self, path: &Path) -> Result<(String, Mode), String> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let words: Vec<&str> =
            stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        Ok((self.dataset(path, &words)?, self.mode(path, &words)?))
    }

    fn dataset(&self, path: &Path, words: &[&str]) -> Result<String, String> {
        // Words are put together too: `aime_24` is `aime24`.
        let runs = (1..=3).flat_map(|length| words.windows(length)).map(<[_]>::concat).collect::<Vec<_>>();
        let plain = |name: &str| name.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "");
        let named: Vec<&String> = self.known.iter().filter(|name| runs.contains(&plain(name))).collect();
        match (named.as_slice(), self.datasets) {
            ([name], _) => Ok((*name).clone()),
            ([], [only]) if path == self.path => Ok(only.clone()),
            ([], _) => Err("its name has no data set's".to_owned()),
            (several, _) => {
                let several: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
                Err(format!("its name has several data sets' ({})", several.join(", ")))
            }
        }
    }

    fn mode(&self, path: &Path, words: &[&str]) -> Result<Mode, String> {
        let folders = path.strip_prefix(self.path).unwrap_or(path).parent().into_iter().flat_map(Path::components);
        let mut folders: Vec<String> = folders.map(|part| part.as_os_str().to_string_lossy().to_lowercase()).collect();
        // The folder that was named may say it too.
        folders.extend(self.path.file_name().map(|name| name.to_string_lossy().to_lowercase()));
        let says = |names: &[&str]| {
            names.iter().any(|name| words.contains(name) || folders.iter().any(|folder| folder == name))
        };
        let (parallel, sequential) = (says(&["parallel", "par", "para"]), says(&["sequential", "seq", "sequ"]));
        match (parallel, sequential, self.mode) {
            (true, false, _) => Ok(Mode::Parallel),
            (false, true, _) => Ok(Mode::Sequential),
            (_, _, Some(mode)) => Ok(mode),
            (false, false, None) => Err("neither its name nor a folder says parallel or sequential".to_owned()),
            (true, true, None) => Err("its name and folders say both parallel and sequential".to_owned()),
        }
    }
}
