//! The tables of docs/configuration.md, cell by cell.

use std::fmt::Write;
use std::fs;

use super::*;
use crate::experiment::schema::{KEYS, KeySpec, METHODS, ValueKind};
use crate::schema::Fallback;

fn file() -> PathBuf {
    root().join("docs/configuration.md")
}

/// The table of keys, as the declarations have it.
fn keys() -> String {
    let mut table = String::from("| key | type | default | meaning |\n|---|---|---|---|\n");
    for spec in KEYS.iter() {
        let KeySpec { path, key } = spec;
        writeln!(table, "| `{path}` | {} | {} | {} |", kind(spec), default(key.default), key.about).expect("written");
    }
    table
}

fn kind(spec: &KeySpec) -> String {
    match spec.key.value {
        ValueKind::Section if spec.path == "verifier" => "`none`, `simulated`, or a map".to_owned(),
        ValueKind::Section | ValueKind::Free => "map".to_owned(),
        ValueKind::List => "list".to_owned(),
        ValueKind::Text => "text".to_owned(),
        ValueKind::Prompt => "prompt".to_owned(),
        ValueKind::Name => "name".to_owned(),
        ValueKind::Texts => "text or list of texts".to_owned(),
        ValueKind::Flag => "`true` or `false`".to_owned(),
        ValueKind::Whole { least, most } => format!("whole number, {least} to {}", whole(most)),
        ValueKind::Number { least, open: true, most } => format!("number, above {least} and up to {}", number(most)),
        ValueKind::Number { least, open: false, most } => format!("number, {least} to {}", number(most)),
        ValueKind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            let (last, others) = words.split_last().expect("a word");
            if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) }
        }
    }
}

fn whole(most: u64) -> String {
    match most {
        u64::MAX => "2^64 - 1".to_owned(),
        most if most > 1_000_000 && most.is_power_of_two() => format!("2^{}", most.ilog2()),
        most if most > 1_000_000 && 10u64.pow(most.ilog10()) == most => format!("10^{}", most.ilog10()),
        most => most.to_string(),
    }
}

fn number(most: f64) -> String {
    let exponent = most.log10();
    if most > 1e5 && exponent.fract() == 0.0 { format!("10^{exponent}") } else { most.to_string() }
}

fn default(default: Fallback) -> String {
    match default {
        Fallback::Required => "required".to_owned(),
        Fallback::Means(words) => words.to_owned(),
        Fallback::Text(text) => format!("`{text}`"),
        value => value.json().to_string().trim_end_matches(".0").to_owned(),
    }
}

/// With `UPDATE_DOCS=1` the table in the file is replaced; without it, it must be this one.
#[test]
fn the_documentation_has_the_declared_keys() {
    let text = fs::read_to_string(file()).expect("docs/configuration.md");
    let start = text.find("| key | type |").expect("the table of keys");
    let end = start + text[start..].find("\n\n").expect("the table's end") + 1;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(file(), format!("{}{}{}", &text[..start], keys(), &text[end..])).expect("written");
        return;
    }
    for (found, declared) in text[start..end].lines().zip(keys().lines()) {
        assert_eq!(found, declared, "run this test with UPDATE_DOCS=1");
    }
    assert_eq!(text[start..end].lines().count(), keys().lines().count(), "run this test with UPDATE_DOCS=1");
}

#[test]
fn the_documentation_names_every_method_parameter_and_default() {
    let text = fs::read_to_string(file()).expect("docs/configuration.md");
    let row = |name: &str| -> Vec<&str> {
        let start = format!("| `{name}` |");
        let row = text.lines().find(|line| line.starts_with(&start));
        row.unwrap_or_else(|| panic!("docs/configuration.md lacks `{name}`")).split(" | ").map(str::trim).collect()
    };
    for method in METHODS {
        row(method.name);
        for parameter in method.parameters {
            let cells = row(&format!("{}.{}", method.name, parameter.name));
            assert_eq!(cells[2], parameter.default.to_string(), "default of {}: {cells:?}", parameter.name);
        }
    }
}

#[test]
fn keys_of_one_name_are_one_declaration_whichever_route_has_them() {
    let all: Vec<_> = crate::routes::ROUTES.iter().flat_map(|route| route.keys).collect();
    for key in &all {
        assert!(all.iter().all(|other| other.name != key.name || other == key), "{}", key.name);
        let declared = KEYS.iter().filter(|spec| spec.path == format!("verifier.{}", key.name)).count();
        assert_eq!(declared, 1, "{}", key.name);
    }
}
