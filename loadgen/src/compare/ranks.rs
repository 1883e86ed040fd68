//! Ranks: the smallest is 1, and equal values share the middle of the ranks that they take together.

/// Twice the rank of each value, so that the middle between two ranks is a whole number.
///
/// The values must be comparable: none is NaN.
pub(super) fn doubled_ranks(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0; values.len()];
    let mut first = 0;
    while first < order.len() {
        let mut last = first;
        // Zeros of either sign are equal, and `total_cmp` puts them side by side.
        while last + 1 < order.len() && values[order[last + 1]] <= values[order[first]] {
            last += 1;
        }
        for place in &order[first..=last] {
            // Ranks first + 1 to last + 1: twice their middle.
            ranks[*place] = first + last + 2;
        }
        first = last + 1;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_the_middle_of_their_ranks() {
        for (values, doubled) in [
            (vec![3.0, 1.0, 2.0], vec![6, 2, 4]),
            // Ranks 1, 2, 3 of which the last two are shared: 1, 2.5, 2.5.
            (vec![1.0, 2.0, 2.0], vec![2, 5, 5]),
            (vec![7.0, 7.0, 7.0], vec![4, 4, 4]),
            (vec![0.0, -0.0], vec![3, 3]),
            (vec![], vec![]),
        ] {
            assert_eq!(doubled_ranks(&values), doubled, "{values:?}");
        }
    }
}
