//! Models that run in this process.

use super::super::error::ProblemBuilder;
use super::super::reader::{Reader, Section, is_safe_name};
use super::super::source::Span;
use super::service;
use crate::models;

/// The model of an embedded backbone: by default the one of the backbone's own name, which stands at `place`.
pub(super) fn backbone(reader: &mut Reader, section: &Section<'_>, (name, span): (&str, Span)) -> Option<String> {
    service::not_of_kind(reader, section, "backbone", "embedded", &["profile", "content"]);
    service::not_of_kind(reader, section, "backbone", "embedded", service::SERVER_KEYS);
    match section.get("model") {
        Some(_) => model(reader, section),
        None => known(reader, name.to_owned(), span),
    }
}

/// The model that a section names.
pub(super) fn model(reader: &mut Reader, section: &Section<'_>) -> Option<String> {
    let model = reader.text(section, "model")?;
    let span = section.get("model").map_or(section.span, |node| node.span);
    known(reader, model, span)
}

/// A model's path, or a shipped name that exists.
fn known(reader: &mut Reader, model: String, span: Span) -> Option<String> {
    if models::is_path(&model) || models::shipped_names().contains(&&*model) {
        return Some(model);
    }
    let message = format!("no model is called `{model}`");
    reader.report(ProblemBuilder::new(span, message, "unknown model").help(models::help(&model)));
    None
}

/// The name of a verifier that is given none: its model's, or that of its folder.
pub(super) fn own_name(reader: &mut Reader, section: &Section<'_>, model: &str) -> Option<String> {
    let name = model.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(model);
    if is_safe_name(name) && name != "simulated" {
        return Some(name.to_owned());
    }
    let message = format!("`verifier.name` is missing, and scores cannot be called as the folder of `{model}` is");
    reader.report(
        ProblemBuilder::new(section.span, message, "missing here").help("add `name:` with letters, digits and `-`"),
    );
    None
}
