//! Models that run in this process.

use super::super::error::Draft;
use super::super::reader::{Reader, Section, is_safe_name};
use super::super::source::Place;
use super::service;
use crate::models;

/// The model of an embedded backbone: by default the one of the backbone's own name, which stands at `place`.
pub(super) fn backbone(reader: &mut Reader, section: &Section<'_>, (name, place): (&str, Place)) -> Option<String> {
    service::not_of_kind(reader, section, "backbone", "embedded", &["profile", "content"]);
    service::not_of_kind(reader, section, "backbone", "embedded", service::SERVER_KEYS);
    match section.get("model") {
        Some(_) => model(reader, section),
        None => known(reader, name.to_owned(), place),
    }
}

/// The model that a section names.
pub(super) fn model(reader: &mut Reader, section: &Section<'_>) -> Option<String> {
    let model = reader.text(section, "model")?;
    let place = section.get("model").map_or(section.place, |node| node.place);
    known(reader, model, place)
}

/// A model's path, or a shipped name that exists.
fn known(reader: &mut Reader, model: String, place: Place) -> Option<String> {
    if models::is_path(&model) || models::shipped_names().contains(&&*model) {
        return Some(model);
    }
    let message = format!("no model is called `{model}`");
    reader.report(Draft::new(place, message, "unknown model").help(models::help(&model)));
    None
}

/// The name of a verifier that is given none: its model's, or that of its folder.
pub(super) fn own_name(reader: &mut Reader, section: &Section<'_>, model: &str) -> Option<String> {
    let name = model.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(model);
    if is_safe_name(name) && name != "simulated" {
        return Some(name.to_owned());
    }
    let message = format!("`verifier.name` is missing, and scores cannot be called as the folder of `{model}` is");
    reader.report(Draft::new(section.place, message, "missing here").help("add `name:` with letters, digits and `-`"));
    None
}
