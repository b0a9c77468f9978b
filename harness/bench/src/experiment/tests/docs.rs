//! The tables of docs/configuration.md and of the README that follow from declarations. `UPDATE_DOCS=1` writes them.

use std::fmt::Write;
use std::fs;

use markovscale::METHODS;

use super::*;
use crate::experiment::schema::{KEYS, KeySpec, ValueKind};
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
        value => value_kind(value),
    }
}

fn value_kind(value: ValueKind) -> String {
    match value {
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

/// The table of methods.
fn methods() -> String {
    let mut table = String::from("| method | draws | what it returns | source |\n|---|---|---|---|\n");
    for spec in METHODS {
        let draws = spec.draws().join(" or ");
        writeln!(table, "| `{}` | {draws} | {} | {} |", spec.name, spec.about, spec.source).expect("written");
    }
    table
}

/// The table of the parameters of all methods.
fn parameters() -> String {
    let mut table = String::from("| parameter | type | default | meaning |\n|---|---|---|---|\n");
    for spec in METHODS {
        for parameter in spec.parameters {
            let (kind, default) = (value_kind(parameter.kind.into()), (parameter.default)());
            let (name, about) = (parameter.name, parameter.about.trim_end_matches('.'));
            writeln!(table, "| `{}.{name}` | {kind} | {default} | {about} |", spec.name).expect("written");
        }
    }
    table
}

/// With `UPDATE_DOCS=1` the tables in the files are replaced; without it, they must be these.
#[test]
fn the_documentation_has_the_declared_tables() {
    let configuration = vec![keys(), methods(), parameters()];
    for (path, tables) in [(file(), configuration), (root().join("README.md"), vec![methods()])] {
        let mut text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for table in tables {
            let header = table.lines().next().expect("a header");
            let start = text.find(header).unwrap_or_else(|| panic!("{} lacks {header}", path.display()));
            let end = start + text[start..].find("\n\n").expect("the table's end") + 1;
            if std::env::var_os("UPDATE_DOCS").is_some() {
                text.replace_range(start..end, &table);
                continue;
            }
            let how = "write it with `UPDATE_DOCS=1 cargo test -p markovscale-bench --lib the_documentation_has`";
            for (found, declared) in text[start..end].lines().zip(table.lines()) {
                assert_eq!(found, declared, "{how}");
            }
            assert_eq!(text[start..end].lines().count(), table.lines().count(), "{how}");
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, text).expect("written");
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
