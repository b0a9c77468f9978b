//! Observed information: the curvature of a cost at its minimum, and what it says about each parameter.

use std::array::from_fn;

/// Step of the differences, in unconstrained parameters (logarithms, logits, logits of scores). The costs are smooth on
/// the scale of 1 and exact to about 1e-9, so both errors of a second difference are below a thousandth of a unit.
const STEP: f64 = 0.01;

/// Second derivatives of a cost by central differences; `2 N^2` evaluations.
pub(super) fn hessian<const N: usize>(cost: impl Fn(&[f64; N]) -> f64, at: &[f64; N]) -> [[f64; N]; N] {
    let moved = |steps: &[(usize, f64)]| {
        let mut point = *at;
        steps.iter().for_each(|&(axis, step)| point[axis] += step);
        cost(&point)
    };
    let middle = cost(at);
    let second = |row: usize, column: usize| {
        if row == column {
            return (moved(&[(row, STEP)]) + moved(&[(row, -STEP)]) - 2.0 * middle) / (STEP * STEP);
        }
        let corner = |first: f64, second: f64| moved(&[(row, first), (column, second)]);
        (corner(STEP, STEP) + corner(-STEP, -STEP) - corner(STEP, -STEP) - corner(-STEP, STEP)) / (4.0 * STEP * STEP)
    };
    let lower: [[f64; N]; N] = from_fn(|row| from_fn(|column| if column <= row { second(row, column) } else { 0.0 }));
    from_fn(|row| from_fn(|column| lower[row.max(column)][row.min(column)]))
}

/// Inverse of a symmetric positive definite matrix by elimination; `None` when it is not positive definite.
pub(super) fn inverse<const N: usize>(mut matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut inverse = [[0.0; N]; N];
    (0..N).for_each(|axis| inverse[axis][axis] = 1.0);
    for pivot in 0..N {
        let scale = matrix[pivot][pivot];
        if !(scale > 0.0 && scale.is_finite()) {
            return None;
        }
        matrix[pivot].iter_mut().chain(&mut inverse[pivot]).for_each(|value| *value /= scale);
        let (pivot_row, pivot_inverse) = (matrix[pivot], inverse[pivot]);
        for row in (0..N).filter(|&row| row != pivot) {
            let factor = matrix[row][pivot];
            for column in 0..N {
                matrix[row][column] -= factor * pivot_row[column];
                inverse[row][column] -= factor * pivot_inverse[column];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverts_what_a_quadratic_curves_like() {
        let matrix = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.2], [0.5, -0.2, 2.0]];
        let cost = |x: &[f64; 3]| {
            (0..3).flat_map(|i| (0..3).map(move |j| (i, j))).map(|(i, j)| 0.5 * x[i] * matrix[i][j] * x[j]).sum::<f64>()
        };
        let found = hessian(cost, &[0.3, -1.0, 2.0]);
        let inverse = inverse(found).unwrap();
        for i in 0..3 {
            for j in 0..3 {
                assert!((found[i][j] - matrix[i][j]).abs() < 1e-7);
                let product: f64 = (0..3).map(|k| matrix[i][k] * inverse[k][j]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn refuses_a_saddle() {
        assert_eq!(inverse([[1.0, 2.0], [2.0, 1.0]]), None);
        assert_eq!(inverse([[f64::NAN]]), None);
    }
}
