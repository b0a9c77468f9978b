//! The simulated backbone.
