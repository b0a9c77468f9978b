//! The shares of draws that one request brought.

/// Splits a count in proportion to weights; the shares add up to it exactly. What rounding leaves goes to the largest
/// remainders, the earlier of equal ones first.
pub(super) fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let even = sum == 0;
    let of = if even { weights.len().max(1) as u128 } else { sum };
    let products: Vec<u128> =
        weights.iter().map(|weight| u128::from(total) * if even { 1 } else { u128::from(*weight) }).collect();
    let mut shares: Vec<u64> = products.iter().map(|product| u64::try_from(product / of).unwrap_or(u64::MAX)).collect();
    let left = total - shares.iter().sum::<u64>().min(total);
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(products[*index] % of));
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shares_are_in_proportion() {
        assert_eq!(split(10, &[1, 1]), [5, 5]);
        assert_eq!(split(10, &[1, 2]), [3, 7]);
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(7, &[0, 0]), [4, 3]);
        assert_eq!(split(7, &[]), Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn shares_add_up(total in 0_u64..1_000_000, weights in prop::collection::vec(0_u64..100_000, 1..40)) {
            prop_assert_eq!(split(total, &weights).iter().sum::<u64>(), total);
        }
    }
}
