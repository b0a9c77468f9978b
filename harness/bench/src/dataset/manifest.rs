//! Manifests: where a dataset comes from, how its columns are called, and how to tell that it is the right one.
//!
//! The shipped manifests are compiled in; a folder can add to them or replace one, a file per dataset, named after it.

use std::fs;
use std::io;
use std::path::{Component, Path};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, SeqAccess, Visitor};

use super::error::DatasetError;
use super::table::Format;

/// The shipped manifests: name and text.
const SHIPPED: [(&str, &str); 22] = [
    ("arithmetic-stories", include_str!("../../../../datasets/arithmetic-stories.yaml")),
    ("algebra-and-counting", include_str!("../../../../datasets/algebra-and-counting.yaml")),
    ("mini-stories", include_str!("../../../../datasets/mini-stories.yaml")),
    ("mini-expressions", include_str!("../../../../datasets/mini-expressions.yaml")),
    ("mini-equations", include_str!("../../../../datasets/mini-equations.yaml")),
    ("mini-remainders", include_str!("../../../../datasets/mini-remainders.yaml")),
    ("mini-fractions", include_str!("../../../../datasets/mini-fractions.yaml")),
    ("mini-stories-calibration", include_str!("../../../../datasets/mini-stories-calibration.yaml")),
    ("mini-expressions-calibration", include_str!("../../../../datasets/mini-expressions-calibration.yaml")),
    ("mini-equations-calibration", include_str!("../../../../datasets/mini-equations-calibration.yaml")),
    ("mini-remainders-calibration", include_str!("../../../../datasets/mini-remainders-calibration.yaml")),
    ("mini-fractions-calibration", include_str!("../../../../datasets/mini-fractions-calibration.yaml")),
    ("mini-stories-verifier", include_str!("../../../../datasets/mini-stories-verifier.yaml")),
    ("mini-expressions-verifier", include_str!("../../../../datasets/mini-expressions-verifier.yaml")),
    ("mini-equations-verifier", include_str!("../../../../datasets/mini-equations-verifier.yaml")),
    ("mini-remainders-verifier", include_str!("../../../../datasets/mini-remainders-verifier.yaml")),
    ("mini-fractions-verifier", include_str!("../../../../datasets/mini-fractions-verifier.yaml")),
    ("gsm8k", include_str!("../../../../datasets/gsm8k.yaml")),
    ("math500", include_str!("../../../../datasets/math500.yaml")),
    ("aime24", include_str!("../../../../datasets/aime24.yaml")),
    ("aime25", include_str!("../../../../datasets/aime25.yaml")),
    ("amc23", include_str!("../../../../datasets/amc23.yaml")),
];

/// How the gold answer stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// After the last `####` of a worked solution.
    Gsm8k,
    /// A LaTeX answer of its own.
    Math,
    /// A number of its own, written as text or as a number.
    Competition,
}

impl Shape {
    /// The name used in manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gsm8k => "gsm8k",
            Self::Math => "math",
            Self::Competition => "competition",
        }
    }
}

/// One file of a dataset on the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFile {
    /// Path inside the repository; its extension tells the format.
    pub file: String,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits, where known.
    pub sha256: Option<String>,
}

/// A dataset repository of the Hugging Face hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubSource {
    /// `owner/name`.
    pub repository: String,
    /// A commit, tag or branch.
    pub revision: String,
    /// The files, whose rows follow one another.
    pub files: Vec<HubFile>,
}

/// Where the questions come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A generator in this program.
    BuiltIn,
    /// A file of the user's.
    Local,
    /// The hub.
    Hub(HubSource),
}

/// A file that `--dataset-dir` may hold instead of the hub's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// Its name; the extension tells the format.
    pub file: String,
    /// SHA-256 of its bytes, where known.
    pub sha256: Option<String>,
}

/// What the columns are called. Of several names the first that the file has is taken.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// The question's text.
    pub question: Vec<String>,
    /// The gold answer, or for the GSM8K shape the solution that ends in it.
    pub answer: Vec<String>,
    /// A worked solution: only checked to be text.
    pub solution: Vec<String>,
    /// Difficulty: a whole number or `Level 3`.
    pub level: Vec<String>,
    /// Subject.
    pub subject: Vec<String>,
    /// The dataset's own id: only checked to be unique.
    pub id: Vec<String>,
}

/// A checked manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Name on the command line and in configs.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Licence of the questions.
    pub licence: String,
    /// How the gold answer stands in a row.
    pub shape: Shape,
    /// Where the questions come from.
    pub source: Source,
    /// Files that `--dataset-dir` may hold.
    pub local_files: Vec<LocalFile>,
    /// What the columns are called.
    pub fields: Fields,
    /// How many questions there are.
    pub questions: Option<usize>,
    /// [`content_sha256`](super::content_sha256) of the questions.
    pub content_sha256: Option<String>,
}

impl Manifest {
    /// The shipped names, in the order they are listed.
    pub(super) fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// The manifest of that name: the folder's, else the shipped one, else `None`.
    pub(super) fn find(name: &str, folder: Option<&Path>) -> Result<Option<Self>, DatasetError> {
        if let Some(folder) = folder.filter(|_| is_name(name)) {
            let path = folder.join(format!("{name}.yaml"));
            match fs::read_to_string(&path) {
                Ok(text) => return Self::parse(&text, name, &path.display().to_string()).map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(DatasetError::ReadManifest { path, source }),
            }
        }
        let shipped = SHIPPED.iter().find(|(shipped, _)| *shipped == name);
        shipped.map(|(name, text)| Self::parse(text, name, &format!("datasets/{name}.yaml"))).transpose()
    }

    /// Reads a manifest. `name` is what its file is called, `path` what errors call it.
    pub(super) fn parse(text: &str, name: &str, path: &str) -> Result<Self, DatasetError> {
        let raw: RawManifest = serde_saphyr::from_str(text).map_err(|error| {
            let place = error.location().map(|location| (location.line(), location.column()));
            let message = error.without_snippet().to_string();
            DatasetError::Manifest { path: path.to_owned(), place, message }
        })?;
        let wrong = |message: String| DatasetError::Manifest { path: path.to_owned(), place: None, message };
        if raw.name != name {
            return Err(wrong(format!(
                "`name` is `{}`, but the file is named `{name}.yaml`; they must agree",
                raw.name
            )));
        }
        raw.check().map_err(wrong)
    }
}

/// Whether a dataset may be called that: it becomes a file and folder name.
pub(super) fn is_name(name: &str) -> bool {
    let starts_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    starts_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    name: String,
    title: String,
    licence: String,
    shape: Shape,
    source: RawSource,
    #[serde(default)]
    local_files: Vec<RawFile>,
    #[serde(default)]
    fields: RawFields,
    questions: Option<usize>,
    content_sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    file: String,
    sha256: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHub {
    repository: String,
    revision: String,
    files: Vec<RawFile>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawFields {
    question: Names,
    answer: Names,
    solution: Names,
    level: Names,
    subject: Names,
    id: Names,
}

enum RawSource {
    BuiltIn,
    Local,
    Hub(RawHub),
}

/// One name or a list of them.
#[derive(Default)]
struct Names(Vec<String>);

// Hand-written instead of `untagged`, which forgets the place of an error inside.
impl<'de> Deserialize<'de> for RawSource {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SourceVisitor;
        impl<'de> Visitor<'de> for SourceVisitor {
            type Value = RawSource;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`built-in`, `local`, or repository, revision and files")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawSource, E> {
                match text {
                    "built-in" => Ok(RawSource::BuiltIn),
                    "local" => Ok(RawSource::Local),
                    other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawSource, A::Error> {
                RawHub::deserialize(MapAccessDeserializer::new(map)).map(RawSource::Hub)
            }
        }
        deserializer.deserialize_any(SourceVisitor)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a column name or a list of them")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Names, E> {
                Ok(Names(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = sequence.next_element()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_any(NamesVisitor)
    }
}

impl RawManifest {
    fn check(self) -> Result<Manifest, String> {
        if !is_name(&self.name) {
            return Err(format!(
                "`name` is `{}`; expected letters, digits, `-`, `_` and `.`, a letter first",
                self.name
            ));
        }
        check_digest(self.content_sha256.as_deref(), "content_sha256")?;
        let built_in = matches!(self.source, RawSource::BuiltIn);
        if !built_in && (self.fields.question.0.is_empty() || self.fields.answer.0.is_empty()) {
            return Err("`fields` must name the columns of `question` and `answer`".to_owned());
        }
        if matches!(self.source, RawSource::Local) && self.local_files.is_empty() {
            return Err("`source: local` needs the names of the files in `local_files`".to_owned());
        }
        let source = match self.source {
            RawSource::BuiltIn => Source::BuiltIn,
            RawSource::Local => Source::Local,
            RawSource::Hub(hub) => Source::Hub(hub.check()?),
        };
        let local_files = self.local_files.into_iter().map(RawFile::check).collect::<Result<Vec<_>, _>>()?;
        Ok(Manifest {
            name: self.name,
            title: self.title,
            licence: self.licence,
            shape: self.shape,
            source,
            local_files: local_files.into_iter().map(|(file, sha256)| LocalFile { file, sha256 }).collect(),
            fields: Fields {
                question: self.fields.question.0,
                answer: self.fields.answer.0,
                solution: self.fields.solution.0,
                level: self.fields.level.0,
                subject: self.fields.subject.0,
                id: self.fields.id.0,
            },
            questions: self.questions,
            content_sha256: self.content_sha256,
        })
    }
}

impl RawHub {
    fn check(self) -> Result<HubSource, String> {
        let parts: Vec<&str> = self.repository.split('/').collect();
        if parts.len() != 2 || !parts.iter().all(|part| is_name(part)) {
            return Err(format!("`repository` is `{}`; expected `owner/name`", self.repository));
        }
        if !self.revision.split('/').all(is_name) {
            return Err(format!("`revision` is `{}`; expected a commit, tag or branch", self.revision));
        }
        if self.files.is_empty() {
            return Err("`files` is empty; expected the file that holds the questions".to_owned());
        }
        let files = self.files.into_iter().map(RawFile::check).collect::<Result<Vec<_>, _>>()?;
        Ok(HubSource {
            repository: self.repository,
            revision: self.revision,
            files: files.into_iter().map(|(file, sha256)| HubFile { file, sha256 }).collect(),
        })
    }
}

impl RawFile {
    /// A path that stays inside the folder it is joined to, of a known format.
    fn check(self) -> Result<(String, Option<String>), String> {
        let path = Path::new(&self.file);
        if self.file.is_empty() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(format!("`file` is `{}`; expected a relative path without `..`", self.file));
        }
        Format::of(path).map_err(|expected| format!("`file` is `{}`; expected {expected}", self.file))?;
        check_digest(self.sha256.as_deref(), "sha256")?;
        Ok((self.file, self.sha256))
    }
}

fn check_digest(digest: Option<&str>, key: &str) -> Result<(), String> {
    let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    match digest.filter(|text| !is_digest(text)) {
        Some(text) => Err(format!("`{key}` is `{text}`; expected 64 lower-case hexadecimal digits")),
        None => Ok(()),
    }
}
