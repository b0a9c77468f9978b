//! The operations of a story, written down as they are done.

/// A number of the story: where it comes from, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity {
    pub(super) source: Operand,
    pub(super) value: i64,
}

impl Quantity {
    /// A number that the story's text gives.
    pub(super) fn given(value: i64) -> Self {
        Self { source: Operand::Given(value), value }
    }
}

/// Where an operand comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operand {
    /// The text gives it.
    Given(i64),
    /// The result of a step.
    Step(usize),
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) operation: Operation,
    pub(super) left: Operand,
    pub(super) right: Operand,
}

/// All operations of a story.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) steps: Vec<Step>,
}

impl Ledger {
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn add(&mut self, left: Quantity, right: Quantity) -> Quantity {
        self.record(Operation::Add, left, right, left.value + right.value)
    }

    /// `None` unless something is left.
    pub(super) fn subtract(&mut self, left: Quantity, right: Quantity) -> Option<Quantity> {
        (left.value > right.value).then(|| self.record(Operation::Subtract, left, right, left.value - right.value))
    }

    pub(super) fn multiply(&mut self, left: Quantity, right: Quantity) -> Quantity {
        self.record(Operation::Multiply, left, right, left.value * right.value)
    }

    /// `None` unless it comes out even.
    pub(super) fn divide(&mut self, left: Quantity, right: Quantity) -> Option<Quantity> {
        let even = right.value != 0 && left.value % right.value == 0;
        even.then(|| self.record(Operation::Divide, left, right, left.value / right.value))
    }

    /// The operations as numbers.
    pub(super) fn recipe(&self) -> Vec<i64> {
        let operand = |operand| match operand {
            Operand::Given(value) => [0, value],
            Operand::Step(index) => [1, index as i64],
        };
        let steps = self.steps.iter();
        steps.flat_map(|step| [[2, step.operation as i64], operand(step.left), operand(step.right)]).flatten().collect()
    }

    fn record(&mut self, operation: Operation, left: Quantity, right: Quantity, value: i64) -> Quantity {
        self.steps.push(Step { operation, left: left.source, right: right.source });
        Quantity { source: Operand::Step(self.steps.len() - 1), value }
    }
}

/// Cents as dollars: `12`, or `12.50`.
pub(super) fn dollars(cents: i64) -> String {
    if cents % 100 == 0 { format!("{}", cents / 100) } else { format!("{}.{:02}", cents / 100, cents % 100) }
}
