//! Names -> loaded questions: where the files are looked for, and what is said when they are not there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::builtin;
use super::digest::content_sha256;
use super::error::{DatasetError, Problem, ProblemList};
use super::manifest::{HubSource, Manifest, Source, is_name};
use super::question::Dataset;
use super::shape::QuestionReader;
use super::table::{self, Format};
use crate::key::sha256_hex;
use crate::suggest::nearest;

/// The folder of the current directory whose manifests add to the shipped ones.
const MANIFEST_FOLDER: &str = "datasets";

/// Where manifests and data are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locations {
    /// `--dataset-dir`: the user's own copies.
    pub dataset_dir: Option<PathBuf>,
    /// Manifests that add to the shipped ones or replace one.
    pub manifest_dir: Option<PathBuf>,
    /// What `dataset pull` fetched.
    pub cache_dir: PathBuf,
}

impl Locations {
    /// The usual places: manifests in `datasets/` here, the cache in `$XDG_CACHE_HOME/markovscale/datasets`.
    pub fn new(dataset_dir: Option<PathBuf>) -> Self {
        // Without a home folder the cache lies beside the temporary files: slower to reach again, never wrong.
        let cache = etcetera::choose_base_strategy().map_or_else(|_| env::temp_dir(), |base| base.cache_dir());
        let manifest_dir = Some(PathBuf::from(MANIFEST_FOLDER)).filter(|folder| folder.is_dir());
        Self { dataset_dir, manifest_dir, cache_dir: cache.join("markovscale").join("datasets") }
    }

    /// Where the cache holds a file of a dataset.
    pub(super) fn cached(&self, name: &str, hub: &HubSource, file: &str) -> PathBuf {
        self.cache_dir.join(name).join(hub.revision.replace('/', "--")).join(file)
    }
}

/// A data file that is there, with the hash it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Its pinned SHA-256.
    pub sha256: Option<String>,
}

/// Where a dataset's questions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// In this program.
    BuiltIn,
    /// In these files, in this order.
    Files(Vec<Found>),
    /// Nowhere; the ways to get them, each a sentence.
    Missing(Vec<String>),
}

/// A dataset with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// What could be read.
    pub dataset: Dataset,
    /// What is wrong; empty for a good dataset.
    pub problems: Vec<Problem>,
}

/// Every known name: the shipped ones, then those of the manifest folder, sorted.
///
/// # Errors
/// The manifest folder cannot be read.
pub fn known_names(locations: &Locations) -> Result<Vec<String>, DatasetError> {
    let mut names: Vec<String> = Manifest::shipped_names().map(str::to_owned).collect();
    let shipped = names.len();
    if let Some(folder) = &locations.manifest_dir {
        let unreadable = |source| DatasetError::ReadManifest { path: folder.clone(), source };
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let is_manifest = path.extension().is_some_and(|extension| extension == "yaml") && is_name(stem);
            if is_manifest && !names.iter().any(|name| name == stem) {
                names.push(stem.to_owned());
            }
        }
    }
    names[shipped..].sort_unstable();
    Ok(names)
}

/// The manifest of that name.
///
/// # Errors
/// The name is unknown, or its manifest is not valid.
pub fn find(name: &str, locations: &Locations) -> Result<Manifest, DatasetError> {
    if let Some(manifest) = Manifest::find(name, locations.manifest_dir.as_deref())? {
        return Ok(manifest);
    }
    let known = known_names(locations)?;
    let nearest = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
    Err(DatasetError::Unknown { name: name.to_owned(), nearest, known })
}

/// Loads a dataset: built in, else from `--dataset-dir`, else from the cache.
///
/// # Errors
/// An unknown name, an invalid manifest, data that are not here, or data with anything wrong in it.
pub fn load(name: &str, locations: &Locations) -> Result<Dataset, DatasetError> {
    let manifest = find(name, locations)?;
    let Inspection { dataset, problems } = inspect(&manifest, locations)?;
    if problems.is_empty() {
        Ok(dataset)
    } else {
        Err(DatasetError::Malformed { name: manifest.name, problems: ProblemList(problems) })
    }
}

/// Reads a dataset and lists everything wrong with it.
///
/// # Errors
/// The data are not here, or a file cannot be read at all.
pub fn inspect(manifest: &Manifest, locations: &Locations) -> Result<Inspection, DatasetError> {
    match locate(manifest, locations)? {
        Whereabouts::BuiltIn => builtin::generate(&manifest.name)
            .map(|dataset| {
                let problems = check_whole(manifest, &dataset, Path::new(&manifest.name), true);
                Inspection { dataset, problems }
            })
            .ok_or_else(|| DatasetError::Missing {
                name: manifest.name.clone(),
                remedies: vec![format!(
                    "No generator has that name; the built-in sets are {}.",
                    builtin::NAMES.join(", ")
                )],
            }),
        Whereabouts::Files(files) => read_files(manifest, &files),
        Whereabouts::Missing(remedies) => Err(DatasetError::Missing { name: manifest.name.clone(), remedies }),
    }
}

/// Where a dataset's questions are.
///
/// # Errors
/// `--dataset-dir` is not a folder.
pub fn locate(manifest: &Manifest, locations: &Locations) -> Result<Whereabouts, DatasetError> {
    if manifest.source == Source::BuiltIn {
        return Ok(Whereabouts::BuiltIn);
    }
    if let Some(path) = locations.dataset_dir.as_ref().filter(|path| !path.is_dir()) {
        return Err(DatasetError::NoFolder { path: path.clone() });
    }
    // A user's own file may also lie beside its manifest.
    let beside = locations.manifest_dir.as_ref().filter(|_| manifest.source == Source::Local);
    for folder in locations.dataset_dir.iter().chain(beside) {
        let files = manifest.local_files.iter();
        let mut files = files.map(|local| Found { path: folder.join(&local.file), sha256: local.sha256.clone() });
        if let Some(found) = files.find(|found| found.path.is_file()) {
            return Ok(Whereabouts::Files(vec![found]));
        }
    }
    if let Source::Hub(hub) = &manifest.source {
        let files = hub.files.iter();
        let files = files
            .map(|file| Found { path: locations.cached(&manifest.name, hub, &file.file), sha256: file.sha256.clone() });
        let files: Vec<Found> = files.collect();
        if files.iter().all(|found| found.path.is_file()) {
            return Ok(Whereabouts::Files(files));
        }
    }
    Ok(Whereabouts::Missing(remedies(manifest, locations)))
}

/// The ways to get a dataset that is not here.
fn remedies(manifest: &Manifest, locations: &Locations) -> Vec<String> {
    let mut remedies = Vec::new();
    if matches!(manifest.source, Source::Hub(_)) {
        remedies.push(format!("With a network, run `markovscale dataset pull {}`.", manifest.name));
    }
    remedies.extend(offline_remedies(manifest, locations));
    remedies
}

/// The ways that need no network: which file to put where.
pub(super) fn offline_remedies(manifest: &Manifest, locations: &Locations) -> Vec<String> {
    let mut remedies = Vec::new();
    if let Source::Hub(hub) = &manifest.source {
        let files = hub.files.iter().map(|file| {
            let cached = locations.cached(&manifest.name, hub, &file.file);
            let (repository, file) = (&hub.repository, &file.file);
            let revision = hub.revision.replace('/', "%2F");
            format!("https://huggingface.co/datasets/{repository}/resolve/{revision}/{file} as {}", cached.display())
        });
        remedies.push(format!("Without a network, put {}.", files.collect::<Vec<_>>().join(" and ")));
    }
    let names: Vec<&str> = manifest.local_files.iter().map(|local| local.file.as_str()).collect();
    if !names.is_empty() {
        let names = names.join(" or ");
        let way = match &locations.dataset_dir {
            Some(folder) => format!("put {names} into {}, which holds none of that name.", folder.display()),
            None => format!("give --dataset-dir DIR, a folder with {names}."),
        };
        remedies.push(if remedies.is_empty() { capital(&way) } else { format!("Or {way}") });
    }
    remedies
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Reads a dataset from files, and checks hashes, rows, and the whole.
pub(super) fn read_files(manifest: &Manifest, files: &[Found]) -> Result<Inspection, DatasetError> {
    let mut reader = QuestionReader::new(manifest);
    let mut problems = Vec::new();
    for file in files {
        let path = &file.path;
        let bytes = fs::read(path).map_err(|source| DatasetError::Read { path: path.clone(), source })?;
        problems.extend(check_hash(&bytes, file));
        // A download in progress is named `x.jsonl.partial`.
        let named =
            if path.extension().is_some_and(|end| end == "partial") { path.with_extension("") } else { path.clone() };
        match Format::of(&named) {
            Ok(format) => reader.add(table::parse(&bytes, format, path), path),
            Err(expected) => problems.push(whole(path, "another extension".to_owned(), expected.to_owned())),
        }
    }
    let (questions, row_problems) = reader.finish();
    let dataset = Dataset { name: manifest.name.clone(), revision: revision(manifest), questions };
    // With unreadable rows the count and the digest are bound to be wrong too, and would only hide the cause.
    if row_problems.is_empty() {
        // Bytes that match their pinned hash need no second proof.
        let by_content = !files.iter().all(|file| file.sha256.is_some());
        let path = files.first().map_or(Path::new(""), |file| file.path.as_path());
        problems.extend(check_whole(manifest, &dataset, path, by_content));
    }
    problems.extend(row_problems);
    Ok(Inspection { dataset, problems })
}

fn revision(manifest: &Manifest) -> String {
    match &manifest.source {
        Source::Hub(hub) => hub.revision.clone(),
        Source::Local | Source::BuiltIn => "local".to_owned(),
    }
}

fn whole(path: &Path, found: String, expected: String) -> Problem {
    Problem { path: path.to_owned(), row: None, field: None, found, expected }
}

fn check_hash(bytes: &[u8], file: &Found) -> Option<Problem> {
    let pinned = file.sha256.as_ref()?;
    let actual = sha256_hex(bytes);
    (actual != *pinned).then(|| {
        whole(
            &file.path,
            format!("a file with SHA-256 {actual}"),
            format!("{pinned}, as the manifest pins it (replace the file or the hash)"),
        )
    })
}

fn check_whole(manifest: &Manifest, dataset: &Dataset, path: &Path, by_content: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let count = dataset.questions.len();
    match manifest.questions {
        Some(expected) if expected != count => {
            problems.push(whole(path, format!("{count} questions"), format!("{expected}")));
        }
        None if count == 0 => problems.push(whole(path, "no questions".to_owned(), "at least one".to_owned())),
        _ => {}
    }
    if let Some(pinned) = manifest.content_sha256.as_ref().filter(|_| by_content) {
        let actual = content_sha256(&dataset.questions);
        if actual != *pinned {
            let found = format!("questions with content SHA-256 {actual}");
            problems.push(whole(path, found, format!("{pinned}, as the manifest pins it")));
        }
    }
    problems
}
