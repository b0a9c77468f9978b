//! Module calibrate.
