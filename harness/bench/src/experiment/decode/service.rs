//! Servers of backbones and verifiers, and the limits of a run.

use super::super::error::ProblemBuilder;
use super::super::reader::{Reader, Section};
use super::super::service::{OpenAiPlan, Price, ServicePlan};

/// Keys of a backbone that only servers have.
pub(super) const SERVER_KEYS: &[&str] =
    &["base_url", "api_key_env", "api", "stream", "stop", "batch", "tokenizer", "extra", "limits"];

/// An OpenAI-compatible backbone called `name`.
pub(super) fn openai(reader: &mut Reader, section: &Section<'_>, name: &str) -> Option<OpenAiPlan> {
    let model = reader.text(section, "model").unwrap_or_else(|| name.to_owned());
    Some(OpenAiPlan {
        service: service(reader, section, model)?,
        api: reader.read(section, "api")?,
        stream: reader.read(section, "stream")?,
        stop: reader.texts(section, "stop").unwrap_or_default(),
        batch: reader.read(section, "batch")?,
        tokenizer: reader.text(section, "tokenizer"),
    })
}

/// The server of a backbone or verifier.
pub(super) fn service(reader: &mut Reader, section: &Section<'_>, model: String) -> Option<ServicePlan> {
    let _ = reader.required(section, "base_url");
    let limits = reader.within(section, "limits");
    Some(ServicePlan {
        base_urls: base_urls(reader, section),
        model,
        api_key_env: key_variable(reader, section),
        extra: reader.free(section, "extra").unwrap_or_default(),
        limits: reader.block(&limits)?,
        price: price(reader, section)?,
    })
}

/// What the tokens of a backbone or verifier cost. One that is no server may have a price too: with it, a simulation shows
/// what an experiment would cost and when a budget would end it.
pub(super) fn price(reader: &mut Reader, section: &Section<'_>) -> Option<Price> {
    let price = reader.within(section, "price");
    reader.block(&price)
}

/// Addresses of a server's replicas: `http` or `https`, without a password.
fn base_urls(reader: &mut Reader, section: &Section<'_>) -> Vec<String> {
    let span = section.get("base_url").map_or(section.span, |node| node.span);
    let urls = reader.texts(section, "base_url").unwrap_or_default();
    for url in &urls {
        if let Some(wrong) = wrong_url(url) {
            if url.contains('@') {
                reader.secrets.push(span);
            }
            let message = format!("`base_url` {wrong}");
            let help = "write the address that clients of the server are given, e.g. `http://localhost:8000/v1`";
            reader.report(ProblemBuilder::new(span, message, "not an address of a server").help(help));
        }
    }
    urls.into_iter().map(|url| url.trim_end_matches('/').to_owned()).collect()
}

fn wrong_url(url: &str) -> Option<&'static str> {
    let Ok(parsed) = reqwest::Url::parse(url) else { return Some("is no URL") };
    if !matches!(parsed.scheme(), "http" | "https") {
        return Some("must begin with http:// or https://");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Some("holds a user name or password; name a variable with `api_key_env` instead");
    }
    (parsed.query().is_some() || parsed.fragment().is_some()).then_some("must end before `?` and `#`")
}

/// The name of a variable; what looks like a key itself is hidden and refused.
fn key_variable(reader: &mut Reader, section: &Section<'_>) -> Option<String> {
    let name = reader.text(section, "api_key_env")?;
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && name.len() <= 100;
    if is_name && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(name);
    }
    let span = section.get("api_key_env").map_or(section.span, |node| node.span);
    reader.secrets.push(span);
    let message = "`api_key_env` is not the name of an environment variable";
    let help = "write the variable's name, e.g. `OPENAI_API_KEY`, and put the key into that variable; if this is the key \
                itself and the file was shared, revoke it";
    reader.report(ProblemBuilder::new(span, message, "expected letters, digits and `_`").help(help));
    None
}

/// Reports keys that another kind of backbone or verifier has.
pub(super) fn not_of_kind(reader: &mut Reader, section: &Section<'_>, what: &str, kind: &str, keys: &[&str]) {
    for key in keys {
        if let Some(span) = section.key_span(key) {
            let message = format!("`{key}` has no meaning for a {what} of `kind: {kind}`");
            reader
                .report(ProblemBuilder::new(span, message, "not of this kind").help("take it out, or change the kind"));
        }
    }
}
