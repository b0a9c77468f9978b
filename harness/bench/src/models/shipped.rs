//! Models that are part of the program: the folders of `models/`, compiled in.

#[cfg(feature = "embedded")]
use markovscale_embedded::ModelFiles;

/// A file of a shipped model.
#[cfg(feature = "embedded")]
macro_rules! file {
    ($name:literal, $file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/", $name, "/", $file))
    };
}

/// The folders of `models/` with these names.
macro_rules! folders {
    ($($name:literal),* $(,)?) => {
        /// Names of the shipped models.
        pub(super) const NAMES: &[&str] = &[$($name),*];

        /// Their files, in the same order.
        #[cfg(feature = "embedded")]
        const FILES: &[ModelFiles<'static>] = &[$(ModelFiles {
            config: file!($name, "config.json"),
            weights: file!($name, "model.safetensors"),
            tokenizer: file!($name, "tokenizer.json"),
            tokenizer_config: file!($name, "tokenizer_config.json"),
        }),*];
    };
}

folders!("markov-0.4m", "markov-1.2m", "markov-3.2m", "markov-verifier-1.2m");

/// The files of a shipped model.
#[cfg(feature = "embedded")]
pub(super) fn files(name: &str) -> Option<ModelFiles<'static>> {
    NAMES.iter().position(|shipped| *shipped == name).and_then(|place| FILES.get(place).copied())
}
