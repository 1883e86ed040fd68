//! The three normal equations of a fit: solved, and inverted for the standard errors.
//!
//! The columns differ by many powers of ten (λ in thousands, κ in millionths), so each is scaled to a diagonal of 1
//! before the elimination. A parameter that is held has no equation.

/// A symmetric matrix over λ, σ and κ.
pub(super) type Matrix = [[f64; 3]; 3];

/// Below this pivot of a scaled matrix two columns say the same.
const LEAST_PIVOT: f64 = 1e-13;

/// Σ w J Jᵀ over rows of derivatives; what is not free has a 1 on the diagonal and nothing else.
pub(super) fn matrix(rows: impl Iterator<Item = (f64, [f64; 3])>, free: [bool; 3]) -> Matrix {
    let mut matrix = [[0.0; 3]; 3];
    for (weight, row) in rows {
        for i in 0..3 {
            for j in 0..3 {
                if free[i] && free[j] {
                    matrix[i][j] += weight * row[i] * row[j];
                }
            }
        }
    }
    for i in 0..3 {
        if !free[i] {
            matrix[i][i] = 1.0;
        }
    }
    matrix
}

/// The inverse; `None` when the measurements do not tell the parameters apart.
pub(super) fn inverse(matrix: &Matrix) -> Option<Matrix> {
    let scale = [0, 1, 2].map(|i| matrix[i][i].sqrt().recip());
    if !scale.iter().all(|scale| scale.is_finite()) {
        return None;
    }
    let mut left = [[0.0; 3]; 3];
    let mut right = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..3 {
            left[i][j] = matrix[i][j] * scale[i] * scale[j];
        }
        right[i][i] = 1.0;
    }
    // Positive definite with a diagonal of 1: no exchange of rows is needed.
    for pivot in 0..3 {
        let value = left[pivot][pivot];
        if value < LEAST_PIVOT || !value.is_finite() {
            return None;
        }
        for row in 0..3 {
            if row == pivot {
                continue;
            }
            let factor = left[row][pivot] / value;
            for column in 0..3 {
                left[row][column] -= factor * left[pivot][column];
                right[row][column] -= factor * right[pivot][column];
            }
        }
    }
    for i in 0..3 {
        for j in 0..3 {
            right[i][j] *= scale[i] * scale[j] / left[i][i];
        }
    }
    Some(right)
}

/// M v.
pub(super) fn times(matrix: &Matrix, vector: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|i| dot(matrix[i], vector))
}

/// a · b.
pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_undoes_the_matrix_at_any_scale() {
        // 2 1 0 / 1 2 1 / 0 1 2 has the inverse ¼ (3 −2 1 / −2 4 −2 / 1 −2 3); scaled by 10^6, 1 and 10^−6.
        let scale = [1e6, 1.0, 1e-6];
        let plain = [[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]];
        let expected = [[0.75, -0.5, 0.25], [-0.5, 1.0, -0.5], [0.25, -0.5, 0.75]];
        let scaled = [0, 1, 2].map(|i| [0, 1, 2].map(|j| plain[i][j] * scale[i] * scale[j]));
        let found = inverse(&scaled).unwrap();
        for i in 0..3 {
            for j in 0..3 {
                let found: f64 = found[i][j] * scale[i] * scale[j];
                assert!((found - expected[i][j]).abs() < 1e-12, "{i} {j}: {found}");
            }
        }
    }

    #[test]
    fn columns_that_say_the_same_have_no_inverse() {
        let rows = [[1.0, 2.0, 4.0], [2.0, 4.0, 8.0], [3.0, 6.0, 1.0]];
        let all = [true; 3];
        assert_eq!(inverse(&matrix(rows.map(|row| (1.0, row)).into_iter(), all)), None);
        assert!(inverse(&matrix(rows.map(|row| (1.0, row)).into_iter(), [true, false, true])).is_some());
    }
}
