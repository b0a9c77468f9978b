//! The methods and their parameters as text, for `--help`.

use markovscale::{METHODS, ParameterSpec};

use super::ValueKind;

/// The methods and their parameters as lines of text, for `--help`.
pub fn describe_methods() -> String {
    let mut text = String::new();
    for method in METHODS {
        text.push_str(&format!("{:<27}{}\n", method.name, method.about));
        for parameter in method.parameters {
            let ParameterSpec { name, kind, default, about, .. } = parameter;
            let (about, kind) = (about.trim_end_matches('.'), ValueKind::from(*kind).describe());
            text.push_str(&format!("  {name:<25}{about}: {kind}, default {}\n", default()));
        }
    }
    text
}
