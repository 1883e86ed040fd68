//! A line of blocks: the shape of a series at a glance.

/// From the lowest to the highest.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Longer series are shown by the largest of neighbours.
const WIDEST: usize = 40;

/// `None` when there is nothing to show. The scale is logarithmic: latencies span decades.
pub(crate) fn line(values: &[f64]) -> Option<String> {
    let per_block = values.len().div_ceil(WIDEST).max(1);
    let values: Vec<f64> =
        values.chunks(per_block).map(|chunk| chunk.iter().copied().fold(0.0, f64::max)).collect();
    let lowest = values.iter().copied().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(0.0, f64::max);
    if !lowest.is_finite() {
        return None;
    }
    let span = (highest / lowest).ln().max(1.0);
    let block = |value: f64| {
        let height = if value <= 0.0 { 0.0 } else { (value / lowest).ln() / span * 7.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
        let index = height.round().clamp(0.0, 7.0) as usize;
        BLOCKS[index]
    };
    Some(values.iter().map(|value| block(*value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_block_is_the_highest_value() {
        assert_eq!(line(&[0.001, 0.001, 0.1]).unwrap(), "▁▁█");
        assert_eq!(line(&[0.001, 0.001]).unwrap(), "▁▁");
        assert_eq!(line(&[]), None);
        assert_eq!(line(&[0.0]), None);
        assert!(line(&vec![1.0; 3_600]).unwrap().chars().count() <= WIDEST);
    }
}
