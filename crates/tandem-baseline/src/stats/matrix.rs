//! Small dense symmetric matrices, by hand: a linear-algebra crate would outweigh the few lines needed.

/// A symmetric matrix of `size` rows, stored in full, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Symmetric {
    size: usize,
    cells: Vec<f64>,
}

impl Symmetric {
    /// The matrix whose cell (row, column) is `cell(row, column)`; only row >= column is asked for.
    pub fn from_lower(size: usize, cell: impl Fn(usize, usize) -> f64) -> Self {
        let mut cells = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let value = cell(row, column);
                cells[row * size + column] = value;
                cells[column * size + row] = value;
            }
        }
        Self { size, cells }
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        self.cells
            .get(row * self.size..(row + 1) * self.size)
            .unwrap_or_default()
    }

    /// The inverse by Cholesky decomposition, or `None` if the matrix is not positive definite.
    pub fn inverse(&self) -> Option<Self> {
        let n = self.size;
        let lower = self.cholesky()?;
        // Columns of the inverse of the lower factor, by forward substitution.
        let mut factor = vec![0.0; n * n];
        for column in 0..n {
            factor[column * n + column] = 1.0 / lower[column * n + column];
            for row in column + 1..n {
                let dot: f64 = (column..row)
                    .map(|k| lower[row * n + k] * factor[k * n + column])
                    .sum();
                factor[row * n + column] = -dot / lower[row * n + row];
            }
        }
        Some(Self::from_lower(n, |row, column| {
            (row..n)
                .map(|k| factor[k * n + row] * factor[k * n + column])
                .sum()
        }))
    }

    /// The lower factor L with L L' = self (Golub and Van Loan, *Matrix Computations*, algorithm 4.2.1).
    fn cholesky(&self) -> Option<Vec<f64>> {
        let n = self.size;
        let mut lower = vec![0.0; n * n];
        for row in 0..n {
            for column in 0..=row {
                let dot: f64 = (0..column)
                    .map(|k| lower[row * n + k] * lower[column * n + k])
                    .sum();
                let rest = self.cells[row * n + column] - dot;
                if row == column {
                    if rest.is_nan() || rest <= 0.0 {
                        return None;
                    }
                    lower[row * n + row] = rest.sqrt();
                } else {
                    lower[row * n + column] = rest / lower[column * n + column];
                }
            }
        }
        Some(lower)
    }
}
