//! Products of activations with a weight matrix.

use pulp::{Simd, WithSimd};

use super::{Aligned, Instructions};

/// Outputs of a matrix are stored side by side in panels of this many.
const PANEL: usize = 32;

/// Most rows that a kernel keeps in registers at once.
const MOST_ROWS: usize = 12;

/// A linear layer: `inputs` numbers in, `outputs` out, with or without a bias.
///
/// Weights lie in panels of [`PANEL`] outputs, in each by input, then output: those that a vector load brings in are
/// neighbours. The last panel is filled up with zeros.
#[derive(Debug)]
pub(crate) struct Matrix {
    inputs: usize,
    outputs: usize,
    panels: Aligned,
    bias: Option<Vec<f32>>,
}

impl Matrix {
    /// A matrix of weights `[outputs, inputs]` in row order.
    pub(crate) fn new(inputs: usize, weights: &[f32], bias: Option<Vec<f32>>) -> Self {
        let outputs = weights.len() / inputs;
        let mut panels = Aligned::zeros(outputs.next_multiple_of(PANEL) * inputs);
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let panel = &mut panels[output / PANEL * PANEL * inputs..][..PANEL * inputs];
            for (place, &weight) in panel.iter_mut().skip(output % PANEL).step_by(PANEL).zip(row) {
                *place = weight;
            }
        }
        Self { inputs, outputs, panels, bias }
    }

    pub(crate) fn outputs(&self) -> usize {
        self.outputs
    }

    /// Multiplications, each with its addition, for a row.
    pub(crate) fn products(&self) -> usize {
        self.inputs * self.outputs
    }

    /// Numbers from the start of a row of the product to the start of the next: whole panels.
    pub(crate) fn stride(&self) -> usize {
        self.outputs.next_multiple_of(PANEL)
    }

    /// Multiplies: `rows` rows of `from`, `from_stride` apart, into rows of `into`, [`Self::stride`] apart.
    pub(crate) fn multiply(
        &self,
        instructions: Instructions,
        packed: &mut Vec<f32>,
        (from, from_stride, rows): (&[f32], usize, usize),
        into: &mut [f32],
    ) {
        packed.resize(packed.len().max(rows * self.inputs), 0.0);
        let stride = self.stride();
        let packed = &mut packed[..rows * self.inputs];
        instructions.run(Multiply { matrix: self, packed, from, from_stride, into: &mut into[..rows * stride] });
        if let Some(bias) = &self.bias {
            for row in into[..rows * stride].chunks_exact_mut(stride) {
                row.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
            }
        }
    }
}

struct Multiply<'a> {
    matrix: &'a Matrix,
    packed: &'a mut [f32],
    from: &'a [f32],
    from_stride: usize,
    into: &'a mut [f32],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { matrix, packed, from, from_stride, into } = self;
        let inputs = matrix.inputs;
        let rows = packed.len() / inputs;
        for (first, count) in blocks::<S>(rows) {
            let block = &mut packed[first * inputs..][..count * inputs];
            let from = &from[first * from_stride..];
            match count {
                12 => interleave::<12>(block, from, from_stride),
                8 => interleave::<8>(block, from, from_stride),
                6 => interleave::<6>(block, from, from_stride),
                4 => interleave::<4>(block, from, from_stride),
                2 => interleave::<2>(block, from, from_stride),
                _ => interleave::<1>(block, from, from_stride),
            }
        }
        // Panels are the outer loop, so that each weight comes from memory once for the whole batch.
        let panels = matrix.stride() / PANEL;
        let mut panel = 0;
        while panel < panels {
            let wide = if rows <= 2 { 4 } else { 1 };
            let wide = if panels - panel >= wide { wide } else { 1 };
            for (first, count) in blocks::<S>(rows) {
                let block = &packed[first * inputs..][..count * inputs];
                let place = Place { matrix, panel, first };
                match (wide, S::F32_LANES) {
                    (1, 8 | 16) => rows_of::<S, 2, 1>(simd, count, block, place, into),
                    (1, _) => rows_of::<S, 4, 1>(simd, count, block, place, into),
                    _ => rows_of::<S, 2, 4>(simd, count, block, place, into),
                }
            }
            panel += wide;
        }
    }
}

/// Where a tile lies.
#[derive(Clone, Copy)]
struct Place<'a> {
    matrix: &'a Matrix,
    panel: usize,
    first: usize,
}

/// The rows in blocks for which there are kernels: first row and number.
#[inline(always)]
fn blocks<S: Simd>(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    let most = if S::F32_LANES == 16 { MOST_ROWS } else { 6 };
    let mut first = 0;
    std::iter::from_fn(move || {
        let left = rows - first;
        let count = [12, 8, 6, 4, 2, 1].into_iter().find(|&count| count <= left && count <= most)?;
        // Eight and eight rather than twelve and four: registers are better filled.
        let count = if count == 12 && left == 16 { 8 } else { count };
        first += count;
        Some((first - count, count))
    })
}

/// Rows side by side: all rows' first numbers, then their second ones.
#[inline(always)]
fn interleave<const R: usize>(block: &mut [f32], from: &[f32], stride: usize) {
    let inputs = block.len() / R;
    let rows: [&[f32]; R] = std::array::from_fn(|row| &from[row * stride..][..inputs]);
    for (number, together) in block.as_chunks_mut::<R>().0.iter_mut().enumerate() {
        for (value, row) in together.iter_mut().zip(rows) {
            *value = row[number];
        }
    }
}

#[inline(always)]
fn rows_of<S: Simd, const V: usize, const P: usize>(
    simd: S,
    count: usize,
    block: &[f32],
    place: Place<'_>,
    into: &mut [f32],
) {
    for at in (0..PANEL / S::F32_LANES).step_by(V) {
        match count {
            12 if P == 1 => tile::<S, 12, V, P>(simd, block, place, at, into),
            8 if P == 1 => tile::<S, 8, V, P>(simd, block, place, at, into),
            6 if P == 1 => tile::<S, 6, V, P>(simd, block, place, at, into),
            4 if P == 1 => tile::<S, 4, V, P>(simd, block, place, at, into),
            2 => tile::<S, 2, V, P>(simd, block, place, at, into),
            _ => tile::<S, 1, V, P>(simd, block, place, at, into),
        }
    }
}

/// `R` rows by `P` panels by `V` vectors of outputs from the vector `at` of each panel on, in registers.
#[inline(always)]
fn tile<S: Simd, const R: usize, const V: usize, const P: usize>(
    simd: S,
    block: &[f32],
    place: Place<'_>,
    at: usize,
    into: &mut [f32],
) {
    let Place { matrix, panel, first } = place;
    let size = PANEL * matrix.inputs;
    let in_panel = PANEL / S::F32_LANES;
    let panels: [&[S::f32s]; P] =
        std::array::from_fn(|p| S::as_simd_f32s(&matrix.panels[(panel + p) * size..][..size]).0);
    let mut sums = [[[simd.splat_f32s(0.0); V]; P]; R];
    for (number, inputs) in block.as_chunks::<R>().0.iter().enumerate() {
        let weights: [[S::f32s; V]; P] = std::array::from_fn(|p| {
            let row = &panels[p][number * in_panel + at..][..V];
            std::array::from_fn(|v| row[v])
        });
        for (sums, &input) in sums.iter_mut().zip(inputs) {
            let input = simd.splat_f32s(input);
            for (sums, weights) in sums.iter_mut().zip(&weights) {
                for (sum, &weight) in sums.iter_mut().zip(weights) {
                    *sum = simd.mul_add_f32s(input, weight, *sum);
                }
            }
        }
    }
    let stride = matrix.stride();
    for (row, sums) in sums.iter().enumerate() {
        for (p, sums) in sums.iter().enumerate() {
            let start = (first + row) * stride + (panel + p) * PANEL + at * S::F32_LANES;
            let (vectors, _) = S::as_mut_simd_f32s(&mut into[start..start + V * S::F32_LANES]);
            vectors.iter_mut().zip(sums).for_each(|(place, &sum)| *place = sum);
        }
    }
}
