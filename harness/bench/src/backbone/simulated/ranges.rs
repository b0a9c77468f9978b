//! Numbers of a profile, each within its range.

use serde::{Deserialize, Deserializer};

/// A number that `accept` agrees to; `expected` completes "expected ...".
fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    accept: impl Fn(f64) -> bool,
    expected: &str,
) -> Result<f64, D::Error> {
    let value = f64::deserialize(deserializer)?;
    if value.is_finite() && accept(value) {
        return Ok(value);
    }
    Err(serde::de::Error::custom(format!("found {value}, expected {expected}")))
}

pub(super) fn shape<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, |v| (0.01..=1e4).contains(&v), "a number from 0.01 to 10000")
}

pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, |v| (1e-3..=1e7).contains(&v), "a number from 0.001 to 10000000")
}

pub(super) fn non_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, |v| (0.0..=20.0).contains(&v), "a number from 0 to 20")
}

pub(super) fn probability<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, |v| (0.0..=1.0).contains(&v), "a probability from 0 to 1")
}

pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    checked(deserializer, |v| v.abs() <= 50.0, "a number from -50 to 50")
}
