//! One streaming pass over a published pool: nothing of a file is held but the question at hand, and of that not even
//! the completions.
//!
//! The pool is a list of questions. Each has `score.completions[0][i]`, `score.scores[0][i]`, `score.last_scores[0][i]`
//! and `score.completion_tokens[0][i]`; the question's text stands in `score.problem[0]`, or as `problem`, `question` or
//! `prompt` beside `score`.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::import::ImportError;

/// What one question of the file holds beside its completions.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) text: Option<String>,
    /// How many completions; `None` without the key.
    pub(super) completions: Option<usize>,
    pub(super) scores: Option<Vec<f64>>,
    pub(super) last_scores: Option<Vec<f64>>,
    pub(super) completion_tokens: Option<Vec<u64>>,
    /// What the file itself says how many there are.
    pub(super) n: Option<u64>,
}

/// What hears of a pool's contents, in file order.
pub(super) trait Listener {
    /// The `i`-th completion of a question, before the question itself.
    fn completion(&mut self, question: usize, i: usize, text: &str) -> Result<(), ImportError>;
    /// A question is complete.
    fn question(&mut self, question: usize, entry: Entry) -> Result<(), ImportError>;
}

/// Reads a whole file; gives how many questions it has.
pub(super) fn walk(path: &Path, reader: impl Read, listener: &mut dyn Listener) -> Result<usize, ImportError> {
    let mut walk = Walk { listener, question: None, path: String::new(), index: None, stopped: None };
    let mut json = serde_json::Deserializer::from_reader(reader);
    let read = Questions(&mut walk).deserialize(&mut json).and_then(|questions| json.end().map(|()| questions));
    read.map_err(|error| match walk.stopped.take() {
        Some(stopped) => stopped,
        None if error.is_io() => ImportError::Read { path: path.to_owned(), source: error.into() },
        None => {
            let (found, expected) = in_words(&error);
            let place = format!("{} (line {}, column {})", walk.place(), error.line(), error.column());
            ImportError::at(path, place.trim_start(), found, expected)
        }
    })
}

/// Serde's message as what was found and what was expected.
fn in_words(error: &serde_json::Error) -> (String, String) {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    if error.is_eof() {
        return ("the end of the file".to_owned(), "more: was it cut short?".to_owned());
    }
    if let Some(expected) = message.strip_prefix("expected ") {
        return ("something that is not JSON (NaN is not)".to_owned(), expected.to_owned());
    }
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, "JSON as of a published pool"));
    let found = ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .find_map(|kind| found.strip_prefix(kind))
        .unwrap_or(found);
    (found.to_owned(), expected.to_owned())
}

/// Where the pass is, and who listens.
struct Walk<'a> {
    listener: &'a mut dyn Listener,
    question: Option<usize>,
    /// Keys from the question down to here.
    path: String,
    /// The item of the list that is being read.
    index: Option<usize>,
    /// Why the listener ended the pass.
    stopped: Option<ImportError>,
}

impl Walk<'_> {
    /// Goes down into a key; gives what [`Self::leave`] needs.
    fn enter(&mut self, key: &str) -> usize {
        let mark = self.path.len();
        if !self.path.is_empty() && !key.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(key);
        mark
    }

    fn leave(&mut self, mark: usize) {
        self.path.truncate(mark);
        self.index = None;
    }

    fn place(&self) -> String {
        let Some(question) = self.question else { return String::new() };
        let mut place = format!("question {} (index {question})", question + 1);
        if !self.path.is_empty() {
            place.push_str(&format!(", {}", self.path));
        }
        if let Some(index) = self.index {
            place.push_str(&format!("[{index}]"));
        }
        place
    }

    /// Ends the pass if the listener wants it to.
    fn heard<E: serde::de::Error>(&mut self, result: Result<(), ImportError>) -> Result<(), E> {
        result.map_err(|error| {
            self.stopped = Some(error);
            E::custom("stopped")
        })
    }
}

/// The list of questions.
struct Questions<'w, 'a>(&'w mut Walk<'a>);

impl<'de> DeserializeSeed<'de> for Questions<'_, '_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Questions<'_, '_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of questions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<usize, A::Error> {
        let mut count = 0;
        self.0.question = Some(0);
        while let Some(entry) = items.next_element_seed(Fields { walk: self.0, scored: false })? {
            let heard = self.0.listener.question(count, entry);
            self.0.heard(heard)?;
            count += 1;
            self.0.question = Some(count);
        }
        self.0.question = None;
        Ok(count)
    }
}

/// The map of a question, or the one under its `score`.
struct Fields<'w, 'a> {
    walk: &'w mut Walk<'a>,
    scored: bool,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, '_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.scored { "a map of the pool's lists" } else { "a question: a map with the key `score`" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let Self { walk, scored } = self;
        let mut entry = Entry::default();
        while let Some(key) = map.next_key::<String>()? {
            let mark = walk.enter(&key);
            match (scored, key.as_str()) {
                (false, "score") => {
                    let inner = map.next_value_seed(Fields { walk, scored: true })?;
                    if entry.completions.is_some() {
                        return Err(A::Error::custom("a second `score`, expected one"));
                    }
                    let (text, n) = (inner.text.clone().or(entry.text.take()), entry.n);
                    entry = Entry { text, n, ..inner };
                }
                (false, "n") => entry.n = map.next_value::<serde_json::Value>()?.as_u64(),
                (_, "problem" | "question" | "prompt") => {
                    let text = map.next_value_seed(Text)?;
                    entry.text = entry.text.take().or(text);
                }
                (true, "completions") => {
                    once::<_, A::Error>(&entry.completions)?;
                    entry.completions = Some(map.next_value_seed(List::<Completions>::new(walk, true))?);
                }
                (true, "scores") => {
                    once::<_, A::Error>(&entry.scores)?;
                    entry.scores = Some(map.next_value_seed(List::<Numbers<f64>>::new(walk, true))?);
                }
                (true, "last_scores") => {
                    once::<_, A::Error>(&entry.last_scores)?;
                    entry.last_scores = Some(map.next_value_seed(List::<Numbers<f64>>::new(walk, true))?);
                }
                (true, "completion_tokens") => {
                    once::<_, A::Error>(&entry.completion_tokens)?;
                    entry.completion_tokens = Some(map.next_value_seed(List::<Numbers<u64>>::new(walk, true))?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            walk.leave(mark);
        }
        Ok(entry)
    }
}

/// Refuses a key that stands twice.
fn once<T, E: serde::de::Error>(there: &Option<T>) -> Result<(), E> {
    if there.is_some() { Err(E::custom("the key a second time, expected it once")) } else { Ok(()) }
}

/// A question's text: a text, or a list with one. Anything else is no text and no error: the key is not the pool's own.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Text(String),
            List(Vec<String>),
            Other(IgnoredAny),
        }
        let shape: Shape = serde::Deserialize::deserialize(deserializer)?;
        Ok(match shape {
            Shape::Text(text) => Some(text),
            Shape::List(texts) => texts.into_iter().next(),
            Shape::Other(_) => None,
        })
    }
}

/// What a list of the pool holds.
trait Kind {
    /// What is kept of the list.
    type Kept: Default;

    /// Reads one more item; false at the end.
    fn item<'de, A: SeqAccess<'de>>(
        walk: &mut Walk<'_>,
        kept: &mut Self::Kept,
        items: &mut A,
    ) -> Result<bool, A::Error>;
}

/// Completions are told to the listener and counted.
struct Completions;

impl Kind for Completions {
    type Kept = usize;

    fn item<'de, A: SeqAccess<'de>>(walk: &mut Walk<'_>, kept: &mut usize, items: &mut A) -> Result<bool, A::Error> {
        let found = items.next_element_seed(Completion { walk, i: *kept })?.is_some();
        *kept += usize::from(found);
        Ok(found)
    }
}

/// Numbers are kept.
struct Numbers<T>(PhantomData<T>);

impl<T: serde::de::DeserializeOwned> Kind for Numbers<T> {
    type Kept = Vec<T>;

    fn item<'de, A: SeqAccess<'de>>(_: &mut Walk<'_>, kept: &mut Vec<T>, items: &mut A) -> Result<bool, A::Error> {
        let item = items.next_element()?;
        let found = item.is_some();
        kept.extend(item);
        Ok(found)
    }
}

/// A list of the pool: the items, in a list that holds nothing else.
struct List<'w, 'a, K> {
    walk: &'w mut Walk<'a>,
    outer: bool,
    kind: PhantomData<K>,
}

impl<'w, 'a, K> List<'w, 'a, K> {
    fn new(walk: &'w mut Walk<'a>, outer: bool) -> Self {
        Self { walk, outer, kind: PhantomData }
    }
}

impl<'de, K: Kind> DeserializeSeed<'de> for List<'_, '_, K> {
    type Value = K::Kept;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Kept, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, K: Kind> Visitor<'de> for List<'_, '_, K> {
    type Value = K::Kept;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.outer { "a list that holds one list" } else { "a list" })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<K::Kept, A::Error> {
        let Self { walk, outer, .. } = self;
        if outer {
            let mark = walk.enter("[0]");
            let kept = items.next_element_seed(List::<K>::new(walk, false))?;
            walk.leave(mark);
            let Some(kept) = kept else {
                return Err(A::Error::custom("an empty list, expected a list that holds one"));
            };
            return match items.next_element::<IgnoredAny>()? {
                None => Ok(kept),
                Some(_) => Err(A::Error::custom("a list of several, expected a list that holds one list")),
            };
        }
        let mut kept = K::Kept::default();
        for i in 0.. {
            walk.index = Some(i);
            if !K::item(walk, &mut kept, &mut items)? {
                break;
            }
        }
        walk.index = None;
        Ok(kept)
    }
}

/// One completion.
struct Completion<'w, 'a> {
    walk: &'w mut Walk<'a>,
    i: usize,
}

impl<'de> DeserializeSeed<'de> for Completion<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Completion<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        let Self { walk, i } = self;
        let heard = walk.listener.completion(walk.question.unwrap_or(0), i, text);
        walk.heard(heard)
    }
}
