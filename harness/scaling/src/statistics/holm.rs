//! Holm's correction for several tests.

/// Holm-corrected p-values, in the order given: with `m` p-values sorted upwards, the `i`-th (from 0) is
/// `max over j <= i of min(1, (m - j) p_j)` (Holm 1979). Controls the family-wise error under any dependence.
///
/// A p-value that is not a number stays one and counts as a test.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&left, &right| p_values[left].total_cmp(&p_values[right]));
    let mut corrected = vec![f64::NAN; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        if p_values[index].is_nan() {
            continue;
        }
        largest = largest.max((p_values.len() - rank) as f64 * p_values[index]).min(1.0);
        corrected[index] = largest;
    }
    corrected
}
