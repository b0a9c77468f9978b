//! Module report.
