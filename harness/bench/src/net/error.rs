//! Why a server cannot be asked at all.

/// A server cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The variable that should hold its key.
    #[error("the environment variable `{variable}`, which must hold the key of {url}, {problem}")]
    Key {
        /// The variable's name.
        variable: String,
        /// The server.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("cannot set up an HTTP client: {0}")]
    Client(String),
    /// A file that it needs.
    #[error("cannot read {path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}
