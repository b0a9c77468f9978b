//! Norms, gates and rotations, row by row.

use pulp::{Simd, WithSimd};

use super::exponential::exp;

/// Sums are made of this many partial ones.
pub(crate) const PARTS: usize = 16;

/// Puts partial sums together, halves upon halves.
#[inline(always)]
pub(crate) fn together(mut parts: [f32; PARTS]) -> f32 {
    let mut half = PARTS / 2;
    while half > 0 {
        for part in 0..half {
            parts[part] += parts[part + half];
        }
        half /= 2;
    }
    parts[0]
}

/// Root mean square normalisation of rows: y = x / sqrt(mean(x^2) + epsilon) * weight.
pub(crate) struct Norm<'a> {
    pub(crate) weight: &'a [f32],
    pub(crate) epsilon: f32,
    /// Rows, `stride` apart.
    pub(crate) from: &'a [f32],
    pub(crate) stride: usize,
    /// Rows, as far apart as those it reads.
    pub(crate) into: &'a mut [f32],
}

impl WithSimd for Norm<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let width = self.weight.len();
        for (from, into) in self.from.chunks_exact(self.stride).zip(self.into.chunks_exact_mut(self.stride)) {
            let (from, into) = (&from[..width], &mut into[..width]);
            let (whole, rest) = from.as_chunks::<PARTS>();
            let mut parts = [0.0_f32; PARTS];
            for some in whole {
                for (part, x) in parts.iter_mut().zip(some) {
                    *part = x.mul_add(*x, *part);
                }
            }
            for (part, x) in parts.iter_mut().zip(rest) {
                *part = x.mul_add(*x, *part);
            }
            let scale = 1.0 / (together(parts) / width as f32 + self.epsilon).sqrt();
            for ((y, x), weight) in into.iter_mut().zip(from).zip(self.weight) {
                *y = x * scale * weight;
            }
        }
    }
}

/// Adds rows to rows.
pub(crate) struct Add<'a> {
    pub(crate) to: &'a mut [f32],
    pub(crate) stride: usize,
    pub(crate) from: &'a [f32],
    pub(crate) from_stride: usize,
}

impl WithSimd for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (to, from) in self.to.chunks_exact_mut(self.stride).zip(self.from.chunks_exact(self.from_stride)) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        }
    }
}

/// The gated unit of Llama's middle layer: silu(gate) * up, written over the gate. Rows hold `inner` numbers of each.
pub(crate) struct Gate<'a> {
    pub(crate) rows: &'a mut [f32],
    pub(crate) stride: usize,
    pub(crate) inner: usize,
}

impl WithSimd for Gate<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for row in self.rows.chunks_exact_mut(self.stride) {
            let (gates, ups) = row.split_at_mut(self.inner);
            for (gate, up) in gates.iter_mut().zip(&*ups) {
                *gate = *gate / (1.0 + exp(-*gate)) * up;
            }
        }
    }
}

/// Turns each head's halves by the angles of a position.
pub(crate) fn rotate(heads: &mut [f32], head_size: usize, cos: &[f32], sin: &[f32]) {
    for head in heads.chunks_exact_mut(head_size) {
        let (first, second) = head.split_at_mut(head_size / 2);
        for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
            (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
        }
    }
}
