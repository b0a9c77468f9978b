//! Nelder-Mead with dimension-adapted coefficients (Gao and Han, Computational Optimization and Applications 51, 2012).
//!
//! The workspace's `argmin` is built without its `Vec` support, and the objective here is a step function on common
//! random numbers that only needs comparisons.

/// Minimises `cost` from `start`, whose coordinates are first varied by `steps`, with about `evaluations` calls.
/// Returns the best point and its cost.
pub(super) fn minimise(
    start: &[f64],
    steps: &[f64],
    evaluations: usize,
    mut cost: impl FnMut(&[f64]) -> f64,
) -> (Vec<f64>, f64) {
    let dimension = start.len() as f64;
    let (expand, contract, shrink) = (1.0 + 2.0 / dimension, 0.75 - 0.5 / dimension, 1.0 - 1.0 / dimension);
    let mut evaluate = |point: Vec<f64>| {
        let value = cost(&point);
        (point, if value.is_finite() { value } else { f64::INFINITY })
    };
    let mut simplex = vec![evaluate(start.to_vec())];
    for (axis, step) in steps.iter().enumerate() {
        let mut point = start.to_vec();
        point[axis] += step;
        simplex.push(evaluate(point));
    }
    let mut spent = simplex.len();
    while spent < evaluations {
        simplex.sort_by(|a, b| a.1.total_cmp(&b.1));
        let last = simplex.len() - 1;
        let centre = centroid(&simplex[..last]);
        let along = |factor: f64| -> Vec<f64> {
            centre.iter().zip(&simplex[last].0).map(|(c, w)| c + factor * (c - w)).collect()
        };
        let (best, second, worst) = (simplex[0].1, simplex[last - 1].1, simplex[last].1);
        let reflected = evaluate(along(1.0));
        let replacement = if reflected.1 < best {
            let expanded = evaluate(along(expand));
            Some(if expanded.1 < reflected.1 { expanded } else { reflected })
        } else if reflected.1 < second {
            Some(reflected)
        } else {
            let outside = reflected.1 < worst;
            let contracted = evaluate(along(if outside { contract } else { -contract }));
            (contracted.1 < worst.min(reflected.1)).then_some(contracted)
        };
        match replacement {
            Some(vertex) => {
                simplex[last] = vertex;
                spent += 2;
            }
            None => {
                let anchor = simplex[0].0.clone();
                for vertex in simplex.iter_mut().skip(1) {
                    let point = anchor.iter().zip(&vertex.0).map(|(a, v)| a + shrink * (v - a)).collect();
                    *vertex = evaluate(point);
                }
                spent += simplex.len() + 1;
            }
        }
    }
    simplex.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_else(|| (start.to_vec(), f64::INFINITY))
}

fn centroid(simplex: &[(Vec<f64>, f64)]) -> Vec<f64> {
    let count = simplex.len() as f64;
    let dimension = simplex.first().map_or(0, |vertex| vertex.0.len());
    (0..dimension).map(|axis| simplex.iter().map(|vertex| vertex.0[axis]).sum::<f64>() / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_curved_valley() {
        let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
        let (point, value) = minimise(&[-1.2, 1.0], &[0.5, 0.5], 600, rosenbrock);
        assert!(value < 1e-6 && (point[0] - 1.0).abs() < 1e-2, "{point:?} {value}");
    }

    #[test]
    fn a_cost_that_is_no_number_is_avoided() {
        let (point, _) = minimise(&[2.0], &[0.5], 200, |x| if x[0] < 1.0 { f64::NAN } else { x[0] });
        assert!((point[0] - 1.0).abs() < 1e-3, "{point:?}");
    }
}
