//! What methods learn from labelled other questions before they see one.
//!
//! It is each method's own data. Here it is only carried: kept beside what other methods learned, saved, and given back to
//! the method that knows it. So a policy fitted in one run can be looked at, and reused in another.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Something that a method learns.
pub trait LearnedData: Serialize + DeserializeOwned + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// What files call it; no other lesson has the name.
    const KIND: &'static str;
}

/// What a method learned from labelled questions that it is not scored on.
#[derive(Clone)]
pub struct Learned(Arc<dyn Erased>);

impl Learned {
    /// As a method learned it.
    pub fn new<L: LearnedData>(lesson: L) -> Self {
        Self(Arc::new(lesson))
    }

    /// The lesson; `None` when it is of another kind.
    pub fn get<L: LearnedData>(&self) -> Option<&L> {
        let any: &dyn Any = &*self.0;
        any.downcast_ref()
    }
}

impl PartialEq for Learned {
    fn eq(&self, other: &Self) -> bool {
        self.0.equals(&*other.0)
    }
}

impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Learned {
    /// A map of one entry, from the kind to the data.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let data = self.0.to_json().map_err(serde::ser::Error::custom)?;
        serializer.collect_map([(self.0.kind(), data)])
    }
}

/// A [`LearnedData`] whose type is not known.
trait Erased: Any + fmt::Debug + Send + Sync {
    fn kind(&self) -> &'static str;
    fn equals(&self, other: &dyn Erased) -> bool;
    fn to_json(&self) -> serde_json::Result<Value>;
}

impl<L: LearnedData> Erased for L {
    fn kind(&self) -> &'static str {
        L::KIND
    }

    fn equals(&self, other: &dyn Erased) -> bool {
        let other: &dyn Any = other;
        other.downcast_ref::<L>() == Some(self)
    }

    fn to_json(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self)
    }
}

/// How the lessons of one kind are read.
#[derive(Debug, Clone, Copy)]
pub struct LearnedReader {
    /// What files call the kind.
    pub kind: &'static str,
    read: fn(Value) -> serde_json::Result<Learned>,
}

impl LearnedReader {
    /// The reader of a kind.
    pub const fn of<L: LearnedData>() -> Self {
        Self { kind: L::KIND, read: |data| serde_json::from_value::<L>(data).map(Learned::new) }
    }

    /// A lesson as a file holds it.
    ///
    /// # Errors
    /// When it is malformed, or written by a later version.
    pub fn read(&self, data: Value) -> serde_json::Result<Learned> {
        (self.read)(data)
    }
}
