//! Worked steps, and the slips that make a plausible wrong answer of them.

/// The lines of a solution as they are written down, one operation each, like `3*6=18`.
///
/// With a [`Slip`], one operation goes wrong and what follows is worked out from its wrong result, as people and models do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Work {
    lines: Vec<String>,
    results: Vec<i64>,
    slip: Option<Slip>,
}

/// One mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slip {
    /// Which operation goes wrong, counted from 0.
    pub(crate) at: usize,
    /// How.
    pub(crate) kind: SlipKind,
}

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlipKind {
    /// Its result is off by this much.
    Off(i64),
    /// Another operation is done.
    Confused,
}

impl Work {
    pub(crate) fn with(slip: Option<Slip>) -> Self {
        Self { slip, ..Self::default() }
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.lines
    }

    /// The result of each operation so far.
    pub(crate) fn results(&self) -> &[i64] {
        &self.results
    }

    pub(crate) fn add(&mut self, a: i64, b: i64) -> i64 {
        self.operation(a, '+', b, a + b, a - b)
    }

    pub(crate) fn subtract(&mut self, a: i64, b: i64) -> i64 {
        self.operation(a, '-', b, a - b, a + b)
    }

    pub(crate) fn multiply(&mut self, a: i64, b: i64) -> i64 {
        self.operation(a, '*', b, a * b, a + b)
    }

    /// `None` unless `b` divides `a`, which can fail after a slip.
    pub(crate) fn divide(&mut self, a: i64, b: i64) -> Option<i64> {
        let exact = b != 0 && a % b == 0;
        exact.then(|| self.operation(a, '/', b, a / b, a - b))
    }

    fn operation(&mut self, a: i64, sign: char, b: i64, result: i64, confused: i64) -> i64 {
        let result = self.settle(result, confused);
        // A negative second operand needs brackets to be read.
        let b = if b < 0 { format!("({b})") } else { b.to_string() };
        self.lines.push(format!("{a}{sign}{b}={result}"));
        result
    }

    /// Takes note of a result that is no operation of two numbers, and of the line that says it.
    pub(crate) fn note(&mut self, result: i64, line: impl FnOnce(i64) -> String) -> i64 {
        let result = self.settle(result, result + 1);
        self.lines.push(line(result));
        result
    }

    fn settle(&mut self, result: i64, confused: i64) -> i64 {
        let slips = self.slip.filter(|slip| slip.at == self.results.len());
        let result = match slips.map(|slip| slip.kind) {
            None => result,
            Some(SlipKind::Off(by)) => result + by,
            Some(SlipKind::Confused) => confused,
        };
        self.results.push(result);
        result
    }
}
