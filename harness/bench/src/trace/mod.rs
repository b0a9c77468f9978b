//! Module trace.
