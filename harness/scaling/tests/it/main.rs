//! The crate against the reference vectors: numbers computed by a slow, plain program in another language.

#[cfg(test)]
mod vectors;
