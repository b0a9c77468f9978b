//! Why a download failed, and what to do about it.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::dataset::error::{DatasetError, ProblemList};

/// Why a dataset could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The dataset has no source on the hub.
    #[error("`{name}` is not on the hub: there is nothing to pull")]
    NothingToPull {
        /// The dataset.
        name: String,
    },
    /// `HF_ENDPOINT` is no web address.
    #[error("HF_ENDPOINT is `{endpoint}`; expected an address such as https://huggingface.co")]
    Endpoint {
        /// What it is.
        endpoint: String,
    },
    /// The HTTPS client cannot be set up.
    #[error("HTTPS cannot be set up: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
    /// The hub wants a token, or another one.
    #[error("{url}: {status}: the dataset is private, gated or does not exist; {advice}")]
    Refused {
        /// What was asked for.
        url: String,
        /// 401 or 403.
        status: u16,
        /// What to do.
        advice: &'static str,
    },
    /// The hub has no such file.
    #[error("{url}: 404: no such file; check repository, revision and file in the manifest")]
    NotFound {
        /// What was asked for.
        url: String,
    },
    /// Another answer that is not a file.
    #[error("{url}: the server answers {status}; expected the file")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// No transfer succeeded.
    #[error("{url}: given up after {attempts} attempts: {reason}. {}", remedies.join(" "))]
    Unreachable {
        /// What was asked for.
        url: String,
        /// Attempts without a new byte.
        attempts: u32,
        /// What went wrong last.
        reason: String,
        /// How to get the files otherwise, each a sentence.
        remedies: Vec<String>,
    },
    /// The files are not what the manifest says. They are removed.
    #[error("what the hub sent for `{name}` is not what its manifest pins, and was removed:{problems}")]
    Wrong {
        /// The dataset.
        name: String,
        /// What is wrong.
        problems: ProblemList,
    },
    /// The cache cannot be read or written.
    #[error("{}: {source}; free the disk or set XDG_CACHE_HOME to a folder that can be written", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another process fetches the same dataset.
    #[error("{}: another process is fetching this dataset; wait for it", path.display())]
    Busy {
        /// The lock.
        path: PathBuf,
    },
    /// The files in the cache cannot be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
}

impl PullError {
    /// Adds how to do without the network to an error that calls for it.
    pub(super) fn with_remedies(mut self, ways: impl FnOnce() -> Vec<String>) -> Self {
        if let Self::Unreachable { remedies, .. } = &mut self {
            *remedies = ways();
        }
        self
    }
}

/// An error and its causes on one line. Addresses are left out: redirects carry signatures.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = inner.source();
    }
    text
}
