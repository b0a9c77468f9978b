//! What callers get: values that never change, so that threads can share them, and that can be pickled.

use std::hash::{DefaultHasher, Hash, Hasher};

use ::markovscale_answers as answers;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An answer, read once and ready to be compared. Two are == if they are written alike; use compare() for whether they
/// mean the same.
#[pyclass(frozen, eq, from_py_object, module = "markovscale_answers")]
#[derive(Clone, PartialEq)]
pub(crate) struct Answer(pub(crate) answers::Answer);

#[pymethods]
impl Answer {
    /// Reads an answer as it is written.
    #[new]
    fn new(py: Python<'_>, text: String) -> Self {
        Self(py.detach(|| answers::Answer::parse(&text)))
    }

    /// The answer as written, on one line.
    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    /// Whether it has a known value, so that comparing it does not rest on its text alone.
    #[getter]
    fn is_understood(&self) -> bool {
        self.0.is_understood()
    }

    fn __str__(&self) -> &str {
        self.0.text()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Answer({})", repr(py, self.0.text())?))
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.text().hash(&mut hasher);
        hasher.finish()
    }

    fn __getnewargs__(&self) -> (&str,) {
        (self.0.text(),)
    }
}

/// An answer and the rule that found it.
#[pyclass(frozen, eq, module = "markovscale_answers")]
#[derive(Clone, PartialEq)]
pub(crate) struct Extraction(answers::Extraction);

impl From<answers::Extraction> for Extraction {
    fn from(found: answers::Extraction) -> Self {
        Self(found)
    }
}

#[pymethods]
impl Extraction {
    #[new]
    fn new(answer: Answer, rule: &str) -> PyResult<Self> {
        let names = |rule: &answers::ExtractionRule| rule.name();
        let rule = named(answers::ExtractionRule::ALL, names, rule, "rule")?;
        Ok(Self(answers::Extraction { answer: answer.0, rule }))
    }

    /// The answer.
    #[getter]
    fn answer(&self) -> Answer {
        Answer(self.0.answer.clone())
    }

    /// The rule's name: box, phrase, hash_mark, choice, last_expression, last_number.
    #[getter]
    fn rule(&self) -> &'static str {
        self.0.rule.name()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Extraction({}, '{}')", self.answer().__repr__(py)?, self.rule()))
    }

    fn __getnewargs__(&self) -> (Answer, &'static str) {
        (self.answer(), self.rule())
    }
}

/// A verdict and why. True if the verdict is equal.
#[pyclass(frozen, eq, module = "markovscale_answers")]
#[derive(Clone, PartialEq)]
pub(crate) struct Decision(pub(crate) answers::Decision);

#[pymethods]
impl Decision {
    #[new]
    fn new(verdict: &str, reason: &str) -> PyResult<Self> {
        let verdict = named(answers::Verdict::ALL, |verdict| verdict.name(), verdict, "verdict")?;
        let reason = named(answers::Reason::ALL, |reason| reason.name(), reason, "reason")?;
        Ok(Self(answers::Decision { verdict, reason }))
    }

    /// equal, different or unknown.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.0.verdict.name()
    }

    /// The reason's name, such as algebra or unit_ignored.
    #[getter]
    fn reason(&self) -> &'static str {
        self.0.reason.name()
    }

    /// The reason in words.
    #[getter]
    fn explanation(&self) -> &'static str {
        self.0.reason.explain()
    }

    fn __bool__(&self) -> bool {
        self.0.verdict == answers::Verdict::Equal
    }

    fn __repr__(&self) -> String {
        format!("Decision('{}', '{}')", self.verdict(), self.reason())
    }

    fn __getnewargs__(&self) -> (&'static str, &'static str) {
        (self.verdict(), self.reason())
    }
}

/// Conventions that mathematics leaves open, as switches: Policy(percent="hundredths", order="counts").
#[pyclass(frozen, eq, from_py_object, module = "markovscale_answers")]
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Policy(pub(crate) answers::Policy);

#[pymethods]
impl Policy {
    #[new]
    #[pyo3(signature = (**switches))]
    fn new(switches: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let mut policy = answers::Policy::default();
        for (switch, choice) in switches.into_iter().flatten() {
            let (switch, choice): (String, String) = (switch.extract()?, choice.extract()?);
            policy.set(&switch, &choice).map_err(|error| PyValueError::new_err(format!("Policy(): {error}")))?;
        }
        Ok(Self(policy))
    }

    /// Nothing is forgiven: every switch at its strictest.
    #[staticmethod]
    fn strict() -> Self {
        Self(answers::Policy::strict())
    }

    /// Each switch and the choice that is made, by name.
    #[getter]
    fn switches<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let switches = PyDict::new(py);
        for (switch, choice) in self.0.choices() {
            switches.set_item(switch, choice)?;
        }
        Ok(switches)
    }

    fn __repr__(&self) -> String {
        let switches: Vec<String> =
            self.0.choices().iter().map(|(switch, choice)| format!("{switch}='{choice}'")).collect();
        format!("Policy({})", switches.join(", "))
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((), Bound<'py, PyDict>)> {
        Ok(((), self.switches(py)?))
    }
}

/// A text as Python would write it.
fn repr(py: Python<'_>, text: &str) -> PyResult<String> {
    Ok(pyo3::types::PyString::new(py, text).repr()?.to_string())
}

/// One of `all` by its name.
fn named<T: Copy>(all: &[T], name: impl Fn(&T) -> &'static str, found: &str, what: &str) -> PyResult<T> {
    all.iter().copied().find(|known| name(known) == found).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(name).collect();
        PyValueError::new_err(format!("no {what} '{found}'; there are {}", known.join(", ")))
    })
}
