//! What callers pass.

use ::markovscale_answers as answers;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};

use crate::types::Answer;

/// An answer, read or not.
pub(crate) enum Given {
    Read(answers::Answer),
    Text(String),
}

impl Given {
    /// Reads it; wants no interpreter's lock.
    pub(crate) fn read(self) -> answers::Answer {
        match self {
            Self::Read(answer) => answer,
            Self::Text(text) => answers::Answer::parse(&text),
        }
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Given {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(answer) = object.cast::<Answer>() {
            return Ok(Self::Read(answer.get().0.clone()));
        }
        if object.is_instance_of::<PyString>() {
            return Ok(Self::Text(object.extract()?));
        }
        // True is an int to Python and no number to anyone else; a float's digits are seldom those that were meant.
        if object.is_instance_of::<PyInt>() && !object.is_instance_of::<PyBool>() {
            return Ok(Self::Text(object.str()?.to_string()));
        }
        let kind = object.get_type().fully_qualified_name()?;
        let remedy = if kind == "float" { "; write a float as a string, with the digits that you mean" } else { "" };
        Err(PyTypeError::new_err(format!("expected an answer (Answer, str or int), found {kind}{remedy}")))
    }
}

/// One answer or several, as `parse` returns them.
pub(crate) struct Alternatives(Vec<Given>);

impl Alternatives {
    pub(crate) fn read(self) -> Vec<answers::Answer> {
        self.0.into_iter().map(Given::read).collect()
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Alternatives {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            return object.extract().map(Self);
        }
        Ok(Self(vec![object.extract()?]))
    }
}

/// A number of seconds, which nothing here ever takes.
pub(crate) struct Timeout;

impl<'a, 'py> FromPyObject<'a, 'py> for Timeout {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let kind = object.get_type().fully_qualified_name()?;
        let problem = |_| PyTypeError::new_err(format!("expected a number of seconds or None, found {kind}"));
        object.extract::<f64>().map(|_| Self).map_err(problem)
    }
}

/// Arguments of Math-Verify without a meaning here, and why.
const MEANINGLESS: &[(&str, &str)] = &[
    ("extraction_config", "LaTeX, plain text, words and letters are all read, so there is nothing to choose"),
    ("extraction_mode", "the rules are tried in a fixed order, and the first that finds something decides"),
    ("float_rounding", "decimals are exact, but where a gold decimal is rounded; see `rounding` of Policy"),
    ("numeric_precision", "values are exact, or computed with a bound on their error"),
];

/// What was passed by a name that a function does not know.
pub(crate) fn no_such_argument(function: &str, others: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
    let Some(name) = others.and_then(|others| others.keys().iter().next()) else { return Ok(()) };
    let name = name.to_string();
    let why = MEANINGLESS.iter().find(|(known, _)| *known == name);
    let why = why.map(|(_, why)| format!(": {why}")).unwrap_or_default();
    Err(PyTypeError::new_err(format!("{function}() takes no argument '{name}'{why}")))
}
