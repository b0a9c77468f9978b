//! Why a model cannot run in this process.

use super::shipped_names;

/// A model cannot run in this process.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The program was built without what runs models.
    #[error(
        "`kind: embedded` runs `{model}` in this process, and this program was built without that; build it with the \
         feature `embedded`, which is on by default: `cargo build --release --features embedded`"
    )]
    NotBuilt {
        /// The model.
        model: String,
    },
    /// Neither a shipped name nor a path.
    #[error("no model is called `{name}`; {help}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        help: String,
    },
    /// A file of its folder cannot be read.
    #[error("read {path}: {reason}; the folder of a model holds {files}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
        /// The names of all that must be there.
        files: String,
    },
    /// Its files are not understood.
    #[error("load the model `{model}`: {reason}")]
    Load {
        /// A shipped name or a path.
        model: String,
        /// Why.
        reason: String,
    },
    /// A verifier is to answer.
    #[error(
        "`{model}` is a verifier (its weights have `score.weight`) and answers nothing; use it as `verifier: {{kind: \
         embedded, model: {model}}}`, and another model as backbone"
    )]
    IsVerifier {
        /// A shipped name or a path.
        model: String,
    },
    /// A model without scores is to score.
    #[error(
        "`{model}` scores no steps (its weights have no `score.weight`), so it cannot be a verifier; name a model that does"
    )]
    NoVerifier {
        /// A shipped name or a path.
        model: String,
    },
}

impl ModelError {
    /// A name that is neither shipped nor a path.
    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown { name: name.to_owned(), help: help(name) }
    }

    /// Files that are not understood.
    #[cfg(feature = "embedded")]
    pub(super) fn of_load(model: &str, error: &markovscale_embedded::LoadError) -> Self {
        Self::Load { model: model.to_owned(), reason: error.to_string() }
    }
}

/// What to write instead of a name that does not exist.
pub(crate) fn help(name: &str) -> String {
    let shipped = crate::suggest::name_help(name, shipped_names());
    format!("{shipped}; the path of a model's folder contains `/`")
}
