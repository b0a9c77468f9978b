//! What is wrong with a config, and where.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::secret;
use super::source::{Sources, Span, clamp, line_and_column};

/// A config that cannot be turned into a plan.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the experiment `{path}`: {reason}")]
    Unreadable {
        /// The file as it was named.
        path: PathBuf,
        /// Why, in the system's words.
        reason: std::io::Error,
        /// What to do about it.
        help: String,
    },
    /// The text was read and is not a valid experiment.
    #[error("{}", summary(.name, .problems))]
    Invalid {
        /// The file's name.
        name: String,
        /// What is wrong, in the order found; at least one and at most 20.
        problems: Vec<Problem>,
    },
}

/// Most problems told at once: a file of another kind has thousands.
pub(super) const MOST_PROBLEMS: usize = 20;

fn summary(name: &str, problems: &[Problem]) -> String {
    match problems {
        [only] => only.message.clone(),
        several if several.len() == MOST_PROBLEMS => {
            format!("`{name}` is not a valid experiment; its first {MOST_PROBLEMS} problems are")
        }
        several => format!("`{name}` is not a valid experiment: {} problems", several.len()),
    }
}

impl ConfigError {
    /// Every problem of the text, for output that is not meant for a terminal; empty when it could not be read.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Unreadable { .. } => &[],
            Self::Invalid { problems, .. } => problems,
        }
    }

    /// The only problem, when there is just one: it is then shown without a headline of its own.
    fn only(&self) -> Option<&Problem> {
        match self.problems() {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Diagnostic for ConfigError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        match self {
            Self::Unreadable { help, .. } => Some(Box::new(help)),
            Self::Invalid { .. } => self.only()?.help(),
        }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.only()?.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only()?.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let problems = self.problems();
        (problems.len() > 1).then(|| {
            let all = problems.iter().map(|problem| -> &dyn Diagnostic { problem });
            Box::new(all) as Box<dyn Iterator<Item = &dyn Diagnostic>>
        })
    }
}

/// One thing wrong at one place.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What was found and what was expected.
    pub message: String,
    /// The file, or `command line` for an override.
    pub source_name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What to do about it.
    pub help: Option<String>,
    code: NamedSource<Arc<String>>,
    labels: Vec<LabeledSpan>,
}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A problem while it is being described; [`ProblemBuilder::finish`] looks up its text. Boxed: it travels in many results.
#[derive(Debug, Clone)]
pub(super) struct ProblemBuilder(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    message: String,
    span: Span,
    label: String,
    help: Option<String>,
    also: Option<(Span, String)>,
}

impl ProblemBuilder {
    /// A problem at a span; `label` stands under the marked text.
    pub(super) fn new(span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self(Box::new(Details { message: message.into(), span, label: label.into(), help: None, also: None }))
    }

    /// Adds what to do about it.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Marks a second place.
    pub(super) fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.0.also = Some((span, label.into()));
        self
    }

    /// Puts the text around the span. Secrets in the message are hidden like those in the text.
    pub(super) fn finish(self, sources: &Sources) -> Problem {
        let Details { message, span, label, mut help, also } = *self.0;
        let (name, text) =
            sources.get(span).map_or_else(Default::default, |source| (source.name.clone(), source.text.clone()));
        let marked = clamp(&text, span);
        let (line, column) = line_and_column(&text, marked.start);
        let mut labels = vec![LabeledSpan::new_primary_with_span(Some(secret::mask(&label)), marked)];
        if let Some((other_span, label)) = also {
            if other_span.source == span.source {
                labels.push(LabeledSpan::new_with_span(Some(label), clamp(&text, other_span)));
            } else if let Some(other) = sources.get(other_span) {
                // A diagnostic shows one text; the other place is told in words.
                let (line, column) = line_and_column(&other.text, other_span.start);
                let told = match other.text.strip_prefix("--set ") {
                    Some(_) => format!("{label}: `{}`", other.text),
                    None => format!("{label}: {}, line {line}, column {column}", other.name),
                };
                help = Some(help.map_or(told.clone(), |help| format!("{help} ({told})")));
            }
        }
        Problem {
            message: secret::mask(&message),
            source_name: name.clone(),
            line,
            column,
            help: help.map(|help| secret::mask(&help)),
            code: NamedSource::new(name, text),
            labels,
        }
    }
}
