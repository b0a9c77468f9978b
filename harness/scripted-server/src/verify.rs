//! Scores: a process reward model's (`/pooling`), of pairs (`/score`) and of documents (`/rerank`).

use std::fmt::Write;

use crate::counters::Billed;
use crate::hash::{mix, of_bytes};
use crate::model::{is_right, score, tokens};
use crate::reply::{Reply, quote};
use crate::request;
use crate::script::Script;

/// What stands after every step.
const STEP: &str = "<extra_0>";

/// What a fault does to scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoil {
    /// Nothing.
    Not,
    /// They are `NaN`.
    Nan,
    /// There are none.
    Empty,
    /// So many bytes are added.
    Huge(usize),
}

/// The route of a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Pooling,
    Score,
    Rerank,
}

/// The reply to a verifier's request; an error names what is missing.
pub(crate) fn verify(script: &Script, route: Route, body: &request::Body<'_>, spoil: Spoil) -> Result<Reply, String> {
    let mut data = String::new();
    let mut billed = Billed { replies: 1, ..Billed::default() };
    match route {
        Route::Pooling => pooling(script, body, spoil, &mut data, &mut billed)?,
        Route::Score | Route::Rerank => pairs(script, route, body, spoil, &mut data, &mut billed)?,
    }
    if spoil == Spoil::Empty {
        data.clear();
        billed.choices = 0;
    }
    let mut out = String::with_capacity(data.len() + 300);
    let list = if route == Route::Rerank { "results" } else { "data" };
    let _ = write!(out, "{{\"id\":\"{list}-0\",\"object\":\"list\",\"created\":{},\"model\":", crate::date::now());
    quote(&mut out, &body.model);
    let _ = write!(out, ",\"{list}\":[{data}]");
    if let Spoil::Huge(bytes) = spoil {
        let _ = write!(out, ",\"padding\":\"{}\"", "x".repeat(bytes));
    }
    if script.usage {
        let tokens = billed.prompt_tokens;
        let _ =
            write!(out, ",\"usage\":{{\"prompt_tokens\":{tokens},\"total_tokens\":{tokens},\"completion_tokens\":0}}");
    }
    out.push('}');
    let reply = Reply::json(200, out);
    Ok(Reply { billed: Some(billed), score: true, ..reply })
}

fn written(value: f64, spoil: Spoil) -> String {
    if spoil == Spoil::Nan { "NaN".to_owned() } else { value.to_string() }
}

/// Per step, the probabilities of wrong and right.
fn pooling(
    script: &Script,
    body: &request::Body<'_>,
    spoil: Spoil,
    data: &mut String,
    billed: &mut Billed,
) -> Result<(), String> {
    let inputs: Vec<String> = match &body.input {
        Some(texts) => texts.all().into_iter().map(str::to_owned).collect(),
        None if !body.messages.is_empty() => {
            vec![body.messages.iter().map(|message| &*message.content).collect::<Vec<_>>().join("\n\n")]
        }
        None => return Err("field required: input or messages".to_owned()),
    };
    for (index, input) in inputs.iter().enumerate() {
        let (right, hash) = (is_right(input, input), mix(script.seed, of_bytes(input.as_bytes())));
        let steps = input.matches(STEP).count() as u64;
        let _ =
            write!(data, "{}{{\"index\":{index},\"object\":\"pooling\",\"data\":[", if index > 0 { "," } else { "" });
        for step in 0..steps {
            let value = score(right, mix(hash, step));
            let comma = if step > 0 { "," } else { "" };
            let wrong = ((1.0 - value) * 1e6).round() / 1e6;
            let _ = write!(data, "{comma}[{},{}]", written(wrong, spoil), written(value, spoil));
        }
        data.push_str("]}");
        billed.prompt_tokens += tokens(input);
        billed.choices += 1;
    }
    Ok(())
}

/// The score of every document for the query.
fn pairs(
    script: &Script,
    route: Route,
    body: &request::Body<'_>,
    spoil: Spoil,
    data: &mut String,
    billed: &mut Billed,
) -> Result<(), String> {
    let (first, second) = if route == Route::Score { ("text_1", "text_2") } else { ("query", "documents") };
    let queries = body.text_1.as_ref().ok_or_else(|| format!("field required: {first}"))?.all();
    let documents = body.text_2.as_ref().ok_or_else(|| format!("field required: {second}"))?.all();
    let query = *queries.first().ok_or_else(|| format!("{first} is empty"))?;
    let mut scored: Vec<(usize, f64)> = documents
        .iter()
        .enumerate()
        .map(|(index, document)| {
            let hash = mix(script.seed, mix(of_bytes(query.as_bytes()), of_bytes(document.as_bytes())));
            (index, score(is_right(query, document), hash))
        })
        .collect();
    if route == Route::Rerank {
        scored.sort_by(|left, right| right.1.total_cmp(&left.1));
    }
    for (place, (index, value)) in scored.iter().enumerate() {
        let (comma, value) = (if place > 0 { "," } else { "" }, written(*value, spoil));
        let _ = match route {
            Route::Rerank => {
                let _ = write!(data, "{comma}{{\"index\":{index},\"document\":{{\"text\":");
                quote(data, documents[*index]);
                write!(data, "}},\"relevance_score\":{value}}}")
            }
            _ => write!(data, "{comma}{{\"index\":{index},\"object\":\"score\",\"score\":{value}}}"),
        };
        billed.prompt_tokens += tokens(query) + tokens(documents[*index]);
        billed.choices += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Body;

    fn parsed(reply: &Reply) -> serde_json::Value {
        let Body::Whole(text) = &reply.body else { panic!("events") };
        serde_json::from_str(text).unwrap()
    }

    fn ask(route: Route, body: &str, spoil: Spoil) -> Result<Reply, String> {
        verify(&Script::default(), route, &serde_json::from_str(body).unwrap(), spoil)
    }

    #[test]
    fn steps_pairs_and_documents_get_scores() {
        let body = r#"{"model": "scripted", "input": "What is 1 + 2?\n\nOne.<extra_0>\\boxed{3}<extra_0>"}"#;
        let reply = parsed(&ask(Route::Pooling, body, Spoil::Not).unwrap());
        assert_eq!(reply["data"][0]["data"].as_array().unwrap().len(), 2);
        let body = r#"{"model": "scripted", "query": "What is 1 + 2?", "documents": ["\\boxed{4}", "\\boxed{3}"]}"#;
        for (route, list) in [(Route::Score, "data"), (Route::Rerank, "results")] {
            let reply = ask(route, body, Spoil::Not).unwrap();
            assert_eq!(parsed(&reply)[list].as_array().unwrap().len(), 2);
            assert_eq!(reply.billed.unwrap().choices, 2);
        }
        assert!(ask(Route::Score, "{}", Spoil::Not).unwrap_err().contains("text_1"));
        let Body::Whole(nan) = ask(Route::Score, body, Spoil::Nan).unwrap().body else { panic!("events") };
        assert!(nan.contains("\"score\":NaN"), "{nan}");
    }
}
