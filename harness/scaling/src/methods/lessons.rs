//! Reads what some method learned: the kind says which one's it is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::METHODS;
use super::learned::{Learned, LearnedReader};

impl<'de> Deserialize<'de> for Learned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfKind)
    }
}

struct OfKind;

impl<'de> Visitor<'de> for OfKind {
    type Value = Learned;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from what a method learned to its data")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Learned, M::Error> {
        let Some(kind) = map.next_key::<String>()? else {
            return Err(M::Error::invalid_length(0, &self));
        };
        let readers: Vec<LearnedReader> = METHODS.iter().filter_map(|method| method.learns).collect();
        let Some(reader) = readers.iter().find(|reader| reader.kind == kind) else {
            let known: Vec<&str> = readers.iter().map(|reader| reader.kind).collect();
            let known = known.join("`, `");
            return Err(M::Error::custom(format_args!("no method learns `{kind}`; methods learn `{known}`")));
        };
        let learned = reader.read(map.next_value()?);
        let learned = learned.map_err(|error| M::Error::custom(format_args!("`{kind}`: {error}")))?;
        match map.next_key::<String>()? {
            None => Ok(learned),
            Some(second) => {
                Err(M::Error::custom(format_args!("`{second}` stands beside `{kind}`; expected one of them")))
            }
        }
    }
}
