//! Functions that expressions are made of beside sums, products and powers with whole exponents.

/// A function, kept where its value has no simpler exact form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Function {
    /// Base and exponent, where the exponent is no rational number.
    Power,
    /// Index (a whole number of at least 2) and radicand.
    Root,
    /// Natural logarithm.
    Ln,
    /// Base and argument.
    Log,
    Sin,
    Cos,
    Tan,
    Cot,
    Sec,
    Csc,
    Arcsin,
    Arccos,
    Arctan,
    Arccot,
    Arcsec,
    Arccsc,
    Sinh,
    Cosh,
    Tanh,
    Coth,
    Arsinh,
    Arcosh,
    Artanh,
    Abs,
    Floor,
    Ceiling,
    Factorial,
    /// `5!! = 5 · 3 · 1`.
    DoubleFactorial,
    Binomial,
    /// Greatest common divisor.
    Gcd,
    /// Least common multiple.
    Lcm,
    Max,
    Min,
    /// Remainder of the first by the second.
    Modulo,
    /// A name applied to arguments, `f(2)`: the name as a letter, then what it is applied to. The same for the same
    /// arguments, and nothing else is known of it.
    Applied,
    /// `\vec a \times \vec b`, in the order of the alphabet.
    Cross,
}

/// Names as written, with a backslash or without. `arc` stands before some of them, `\operatorname{…}` around others.
const NAMES: [(&str, Function); 48] = [
    ("sin", Function::Sin),
    ("cos", Function::Cos),
    ("tan", Function::Tan),
    ("tg", Function::Tan),
    ("cot", Function::Cot),
    ("ctg", Function::Cot),
    ("cotg", Function::Cot),
    ("sec", Function::Sec),
    ("csc", Function::Csc),
    ("cosec", Function::Csc),
    ("arcsin", Function::Arcsin),
    ("asin", Function::Arcsin),
    ("arccos", Function::Arccos),
    ("acos", Function::Arccos),
    ("arctan", Function::Arctan),
    ("arctg", Function::Arctan),
    ("atan", Function::Arctan),
    ("arccot", Function::Arccot),
    ("arcctg", Function::Arccot),
    ("acot", Function::Arccot),
    ("arcsec", Function::Arcsec),
    ("arccsc", Function::Arccsc),
    ("sinh", Function::Sinh),
    ("sh", Function::Sinh),
    ("cosh", Function::Cosh),
    ("ch", Function::Cosh),
    ("tanh", Function::Tanh),
    ("th", Function::Tanh),
    ("coth", Function::Coth),
    ("arsinh", Function::Arsinh),
    ("arcsinh", Function::Arsinh),
    ("asinh", Function::Arsinh),
    ("arcosh", Function::Arcosh),
    ("arccosh", Function::Arcosh),
    ("acosh", Function::Arcosh),
    ("artanh", Function::Artanh),
    ("arctanh", Function::Artanh),
    ("atanh", Function::Artanh),
    ("ln", Function::Ln),
    ("log", Function::Log),
    ("lg", Function::Log),
    ("exp", Function::Power),
    ("gcd", Function::Gcd),
    ("lcm", Function::Lcm),
    ("max", Function::Max),
    ("min", Function::Min),
    ("floor", Function::Floor),
    ("ceil", Function::Ceiling),
];

impl Function {
    /// The function of a name; `exp` and `log` still need their base.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// `\sin^{-1}` is the arcsine, not the reciprocal.
    pub(crate) fn inverse(self) -> Option<Self> {
        Some(match self {
            Self::Sin => Self::Arcsin,
            Self::Cos => Self::Arccos,
            Self::Tan => Self::Arctan,
            Self::Cot => Self::Arccot,
            Self::Sec => Self::Arcsec,
            Self::Csc => Self::Arccsc,
            Self::Sinh => Self::Arsinh,
            Self::Cosh => Self::Arcosh,
            Self::Tanh => Self::Artanh,
            _ => return None,
        })
    }

    /// Whether nothing is known of it but its arguments, so that it stands in algebra as a letter does.
    pub(crate) fn is_formal(self) -> bool {
        matches!(self, Self::Applied | Self::Cross)
    }

    /// Whether it takes several arguments in brackets: `\gcd(12, 18)`.
    pub(crate) fn takes_list(self) -> bool {
        matches!(self, Self::Gcd | Self::Lcm | Self::Max | Self::Min)
    }

    /// Whether it is given by different formulas on different sides of some point, so that few points say little.
    pub(crate) fn is_piecewise(self) -> bool {
        !matches!(
            self,
            Self::Power
                | Self::Ln
                | Self::Log
                | Self::Sin
                | Self::Cos
                | Self::Tan
                | Self::Cot
                | Self::Sec
                | Self::Csc
                | Self::Sinh
                | Self::Cosh
                | Self::Tanh
                | Self::Coth
        )
    }
}
