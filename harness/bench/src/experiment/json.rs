//! Trees and plans as JSON.

use serde_json::{Map, Value as Json};

use super::tree::{Node, Value};

/// A tree as JSON; `None` where it holds a number that JSON cannot.
pub(super) fn json(node: &Node) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Whole(value) => match (u64::try_from(*value), i64::try_from(*value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => return None,
        },
        Value::Number(value) => Json::Number(serde_json::Number::from_f64(*value)?),
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entries = entries.iter().map(|entry| Some((entry.key.clone(), json(&entry.node)?)));
            Json::Object(entries.collect::<Option<Map<String, Json>>>()?)
        }
    })
}

/// Adds the fields of a map.
pub(super) fn put(value: &mut Json, fields: Json) {
    if let (Json::Object(into), Json::Object(fields)) = (value, fields) {
        into.extend(fields);
    }
}
