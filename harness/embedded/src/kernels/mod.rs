//! Arithmetic that gives the same bits on every machine.
//!
//! Each output is one chain of fused multiply-adds in a fixed order, or a fixed number of partial sums put together in a
//! fixed order. Vector lanes hold different outputs, never parts of one, so neither their number nor how many rows are
//! worked on at once can change a bit.

pub(crate) mod aligned;
pub(crate) mod attention;
pub(crate) mod exponential;
pub(crate) mod matrix;
pub(crate) mod pointwise;

pub(crate) use aligned::Aligned;
pub(crate) use matrix::Matrix;

/// The vector instructions to use.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Instructions {
    /// The best that this machine has.
    Detected(pulp::Arch),
    /// None: what the others are tested against.
    #[cfg(test)]
    Scalar,
}

impl Instructions {
    pub(crate) fn detected() -> Self {
        Self::Detected(pulp::Arch::new())
    }

    /// All that this machine has.
    #[cfg(test)]
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Scalar, Self::detected()];
        #[cfg(target_arch = "x86_64")]
        all.extend(pulp::x86::V3::try_new().map(|narrower| Self::Detected(pulp::Arch::V3(narrower))));
        all
    }

    #[inline(always)]
    pub(crate) fn run<K: pulp::WithSimd>(self, kernel: K) -> K::Output {
        match self {
            Self::Detected(machine) => machine.dispatch(kernel),
            #[cfg(test)]
            Self::Scalar => pulp::Simd::vectorize(pulp::Scalar, kernel),
        }
    }
}
