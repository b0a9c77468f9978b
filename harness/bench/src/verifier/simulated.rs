//! The simulated verifier.
