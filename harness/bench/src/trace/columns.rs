//! The columns of a trace, with their meaning: the one table that schemas, metadata and documentation follow.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// What it means, with the unit.
    pub meaning: &'static str,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Yes or no.
    Flag,
    /// Whole numbers of 32 bits.
    Count,
    /// Whole numbers of 64 bits.
    Whole,
    /// Numbers.
    Real,
    /// A list of numbers a row.
    Reals,
    /// Instants.
    Time,
}

impl Kind {
    /// The name of the type in the documentation.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Flag => "bool",
            Self::Count => "int32",
            Self::Whole => "int64",
            Self::Real => "double",
            Self::Reals => "list of double",
            Self::Time => "timestamp[ms, UTC]",
        }
    }

    /// How Arrow stores it.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Flag => DataType::Boolean,
            Self::Count => DataType::Int32,
            Self::Whole => DataType::Int64,
            Self::Real => DataType::Float64,
            Self::Reals => DataType::List(Arc::new(Field::new("item", DataType::Float64, true))),
            Self::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        }
    }
}

impl Column {
    const fn new(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, kind, nullable: false, meaning }
    }

    const fn or_null(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The name of its type in the documentation.
    pub fn type_name(&self) -> &'static str {
        self.kind.type_name()
    }

    fn field(&self) -> Field {
        let meaning = HashMap::from([("meaning".to_owned(), self.meaning.to_owned())]);
        Field::new(self.name, self.kind.data_type(), self.nullable).with_metadata(meaning)
    }
}

/// Columns that the folder names of a sealed part already hold (`backbone=B/dataset=D`); journals store them, parts do
/// not, since several readers refuse a partition column that is in the file as well.
pub(super) const PARTITION_COLUMNS: [&str; 3] = ["verifier", "backbone", "dataset"];

const BACKBONE: Column = Column::new("backbone", Kind::Text, "name of the backbone in the experiment");
const DATASET: Column = Column::new("dataset", Kind::Text, "name of the question set");
const QUESTION: Column = Column::new("question_id", Kind::Text, "the question's content-based id (questions.parquet)");
const MODE: Column = Column::new("mode", Kind::Text, "parallel, sequential, refine, forced or judge");
const CHAIN: Column =
    Column::new("chain", Kind::Count, "which chain of the question, from 0; a parallel draw's number");
const ROUND: Column = Column::new("round", Kind::Count, "round within the chain, from 0 (the first answer)");

const REQUEST_HASH: Column = Column::new(
    "request_hash",
    Kind::Text,
    "first 16 hex digits of the SHA-256 of the body that was sent; null where none was",
)
.or_null();
const EARLIER_ATTEMPTS: Column = Column::new(
    "earlier_attempts",
    Kind::Text,
    "what came of the requests before the last, separated by `; `; null where there were none",
)
.or_null();
const TOKENS_ESTIMATED: Column = Column::new(
    "tokens_estimated",
    Kind::Flag,
    "true when token counts are an estimate, since the server did not tell",
);

/// One row per draw.
pub const DRAW_COLUMNS: [Column; 29] = [
    BACKBONE,
    Column::new("model", Kind::Text, "the model that answered; `simulated:PROFILE` for a simulated one"),
    DATASET,
    QUESTION,
    MODE,
    CHAIN,
    ROUND,
    Column::new("prompt_hash", Kind::Text, "first 16 hex digits of the SHA-256 of the prompt template or continuation"),
    Column::new("completion", Kind::Text, "what the model wrote, whole; of a forced text, what this round added"),
    Column::new(
        "answer",
        Kind::Text,
        "the extracted answer; a critique's verdict (right, wrong) or a rating; null if missing",
    )
    .or_null(),
    Column::new(
        "answer_rule",
        Kind::Text,
        "which rule found the answer in the text: box, phrase, ...; null where none was looked for or found",
    )
    .or_null(),
    Column::new(
        "correct",
        Kind::Flag,
        "whether the answer is equivalent to the gold answer; null if undecided or no answer",
    )
    .or_null(),
    Column::new(
        "finish_reason",
        Kind::Text,
        "stop; length when the token limit cut the completion off; filtered when the server's content filter did; unknown when a stream ended without saying",
    ),
    Column::new("prompt_tokens", Kind::Whole, "prompt tokens"),
    Column::new("cached_tokens", Kind::Whole, "prompt tokens served from a cache"),
    Column::new("completion_tokens", Kind::Whole, "completion tokens, reasoning included"),
    Column::new("reasoning_tokens", Kind::Whole, "of those, reasoning tokens; null if the server does not tell")
        .or_null(),
    Column::new("seed", Kind::Whole, "sampling seed, derived from the draw's name (63 bits)"),
    Column::new("temperature", Kind::Real, "softmax temperature"),
    Column::new("top_p", Kind::Real, "nucleus mass"),
    Column::new("max_tokens", Kind::Count, "token limit of the completion"),
    Column::new("attempts", Kind::Count, "requests made for this draw; 0 where nothing was left to ask"),
    Column::new("latency_ms", Kind::Real, "milliseconds of the successful request; null where none was made").or_null(),
    Column::new("started_at", Kind::Time, "when the request started (UTC); null where none was made").or_null(),
    Column::new("error", Kind::Text, "why the draw failed; null if it did not").or_null(),
    Column::new("simulated", Kind::Flag, "true when a simulation wrote this, not a language model"),
    REQUEST_HASH,
    EARLIER_ATTEMPTS,
    TOKENS_ESTIMATED,
];

/// One row per scored draw and verifier.
pub const SCORE_COLUMNS: [Column; 18] = [
    Column::new("verifier", Kind::Text, "name of the verifier"),
    BACKBONE,
    DATASET,
    QUESTION,
    MODE,
    CHAIN,
    ROUND,
    Column::new("score", Kind::Real, "the verifier's score in [0, 1]; null if it failed").or_null(),
    Column::new("step_scores", Kind::Reals, "scores of the steps, where the verifier gives them"),
    Column::new("verifier_tokens", Kind::Whole, "tokens the verifier read and wrote"),
    Column::new("error", Kind::Text, "why scoring failed; null if it did not").or_null(),
    Column::new("simulated", Kind::Flag, "true when a simulation made this score"),
    Column::new("written_tokens", Kind::Whole, "of the verifier's tokens, those it wrote"),
    Column::new("attempts", Kind::Count, "requests made for this score; 0 where none was"),
    Column::new("latency_ms", Kind::Real, "milliseconds of the successful request; null where none was made").or_null(),
    REQUEST_HASH,
    EARLIER_ATTEMPTS,
    TOKENS_ESTIMATED,
];

/// The schema of a journal of these columns.
pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(Column::field).collect::<Vec<_>>()))
}

/// The columns' names.
pub(super) const fn names<const N: usize>(columns: &[Column; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut i = 0;
    while i < N {
        names[i] = columns[i].name;
        i += 1;
    }
    names
}
