//! The texts a config is read from, and places in them.
//!
//! Only the masked text is kept: whatever looks like a key or password is overwritten with `*`, byte for byte, before
//! anything can print it, so that offsets stay right and no snippet can show a secret.

use std::ops::Range;
use std::sync::Arc;

use super::secret;

/// A stretch of one of the texts of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// Which text: 0 is the file, later ones are overrides in the order given.
    pub(super) source: usize,
    /// First byte.
    pub(super) start: usize,
    /// Number of bytes.
    pub(super) length: usize,
}

/// One text and its name.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// A path, or `command line`.
    pub(super) name: String,
    /// The text without its secrets, as long as the original.
    pub(super) text: Arc<String>,
}

/// The file and the overrides of one config.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// Adds a text and gives its index.
    pub(super) fn add(&mut self, name: &str, text: &str) -> usize {
        self.all.push(Source { name: name.to_owned(), text: Arc::new(secret::mask(text)) });
        self.all.len() - 1
    }

    /// The text that a place lies in.
    pub(super) fn get(&self, span: Span) -> Option<&Source> {
        self.all.get(span.source)
    }

    /// Overwrites a stretch that turned out to be secret only after parsing.
    pub(super) fn hide(&mut self, span: Span) {
        if let Some(source) = self.all.get_mut(span.source) {
            let range = clamp(&source.text, span);
            let hidden = secret::stars(&source.text[range.clone()]);
            Arc::make_mut(&mut source.text).replace_range(range, &hidden);
        }
    }
}

/// The place as a range of `text`: inside it, on character boundaries, and not empty unless at the very end.
pub(super) fn clamp(text: &str, span: Span) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.start.saturating_add(span.length.max(1)).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Line and column (both from 1, columns in characters) of a byte of `text`.
pub(super) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..clamp(text, Span { source: 0, start: byte, length: 0 }).start];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// An item and the place that a problem with it is shown at.
pub(super) type Spanned<T> = (T, Span);
