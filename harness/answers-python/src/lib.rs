//! The Python module `markovscale_answers`: the crate of that name, with Math-Verify's names for what both do.
//!
//! Whatever reads or compares answers does so without the interpreter's lock. Nothing here has state, looks at a clock or
//! sets a signal, so any thread may call anything; the work of a call is bounded by steps.

mod arguments;
mod types;

use ::markovscale_answers as answers;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use arguments::{Alternatives, Given, Timeout, no_such_argument};
use types::{Answer, Decision, Extraction, Policy};

/// The final answer of a text, and the rule that found it; None where it gives no answer.
#[pyfunction]
#[pyo3(signature = (text, *, guess_unfinished = false))]
fn extract(py: Python<'_>, text: String, guess_unfinished: bool) -> Option<Extraction> {
    let options = answers::ExtractOptions { guess_unfinished };
    py.detach(|| answers::extract_answer(&text, options)).map(Extraction::from)
}

/// The answer that a text gives, as a list of one, or of none where it gives no answer.
///
/// A text that says what its answer is (a box, "the answer is", ####) or is a sentence is read like a completion, and any
/// other as it is written, so that both completions and gold answers can be given.
///
/// With fallback_mode="no_fallback", an answer that is not understood is left out. parsing_timeout and raise_on_error are
/// taken for the sake of callers of Math-Verify: reading takes no time worth limiting and raises nothing.
#[pyfunction]
#[pyo3(signature = (pred, *, fallback_mode = "first_match", parsing_timeout = None, raise_on_error = false, **others))]
fn parse(
    py: Python<'_>,
    pred: String,
    fallback_mode: &str,
    parsing_timeout: Option<Timeout>,
    raise_on_error: bool,
    others: Option<&Bound<'_, PyDict>>,
) -> PyResult<Vec<Answer>> {
    let _ = (parsing_timeout, raise_on_error);
    no_such_argument("parse", others)?;
    let all = match fallback_mode {
        "first_match" => true,
        "no_fallback" => false,
        _ => {
            let message =
                format!("parse(): fallback_mode cannot be '{fallback_mode}'; it is first_match or no_fallback");
            return Err(PyValueError::new_err(message));
        }
    };
    let reading = py.detach(|| answers::read(&pred, answers::ReadAs::Auto));
    let answer = reading.map(|reading| reading.answer).filter(|answer| all || answer.is_understood());
    Ok(answer.map(Answer).into_iter().collect())
}

/// Whether an answer is right, given the gold answer. Of several answers on a side, one that is right is enough.
///
/// An answer is what parse() returns, an Answer, a string (read as it is written) or an int. Answers that are not
/// understood are right only if they are written alike.
///
/// timeout_seconds and raise_on_error are taken for the sake of callers of Math-Verify: the work is bounded by steps, so
/// the result depends on no clock, and an answer raises nothing. strict and allow_set_relation_comp take the one value that
/// is meant here.
#[pyfunction]
#[pyo3(signature = (
    gold, target, *, policy = None, strict = true, allow_set_relation_comp = true, timeout_seconds = None,
    raise_on_error = false, **others
))]
#[expect(clippy::too_many_arguments, reason = "they are Math-Verify's")]
fn verify(
    py: Python<'_>,
    gold: Alternatives,
    target: Alternatives,
    policy: Option<Policy>,
    strict: bool,
    allow_set_relation_comp: bool,
    timeout_seconds: Option<Timeout>,
    raise_on_error: bool,
    others: Option<&Bound<'_, PyDict>>,
) -> PyResult<bool> {
    let _ = (timeout_seconds, raise_on_error);
    no_such_argument("verify", others)?;
    if !strict {
        let message = "verify(): strict=False would take letters by their position and sets for tuples, which this \
                       package never does; for what may be left out or written otherwise, give a policy";
        return Err(PyValueError::new_err(message));
    }
    if !allow_set_relation_comp {
        let message = "verify(): an inequality is always compared with the interval that it describes, whichever side \
                       is gold; allow_set_relation_comp can only be True";
        return Err(PyValueError::new_err(message));
    }
    let policy = policy.unwrap_or_default().0;
    Ok(py.detach(|| {
        let (gold, target) = (gold.read(), target.read());
        let is_right = |gold, target| answers::grade(gold, target, &policy).verdict == answers::Verdict::Equal;
        gold.iter().any(|gold| target.iter().any(|target| is_right(gold, target)))
    }))
}

/// Whether an answer is right, given the gold answer and under a policy, and why.
///
/// Each is an Answer, a string (read as it is written; use parse() or extract() for a completion) or an int.
#[pyfunction]
#[pyo3(signature = (gold, answer, policy = None))]
fn compare(py: Python<'_>, gold: Given, answer: Given, policy: Option<Policy>) -> Decision {
    let policy = policy.unwrap_or_default().0;
    Decision(py.detach(|| answers::grade(&gold.read(), &answer.read(), &policy)))
}

/// The classes of a question's answers: for each the number of its class, None for a missing one, and for each class an
/// answer in its plainest form. Classes depend neither on the order of the answers nor on how often each occurs.
#[pyfunction]
fn classes(py: Python<'_>, answers: Vec<Option<Given>>) -> (Vec<Option<u32>>, Vec<Answer>) {
    let (numbers, representatives) = py.detach(|| {
        let read: Vec<_> = answers.into_iter().map(|answer| answer.map(Given::read)).collect();
        answers::classes(&read)
    });
    (numbers, representatives.into_iter().map(Answer).collect())
}

/// Extract a final answer from text, decide mathematical equivalence, form answer classes.
#[pymodule(gil_used = false)]
fn markovscale_answers(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Answer>()?;
    module.add_class::<Decision>()?;
    module.add_class::<Extraction>()?;
    module.add_class::<Policy>()?;
    module.add_function(wrap_pyfunction!(extract, module)?)?;
    module.add_function(wrap_pyfunction!(parse, module)?)?;
    module.add_function(wrap_pyfunction!(verify, module)?)?;
    module.add_function(wrap_pyfunction!(compare, module)?)?;
    module.add_function(wrap_pyfunction!(classes, module)?)
}
