//! Module collect.
