//! So many at once, and so many a second.

use std::time::Instant;

/// So many at once, and so many a second.
pub(super) struct Bucket {
    left: f64,
    most: f64,
    per_second: f64,
    looked: Instant,
}

impl Bucket {
    /// A full one.
    pub fn new(most: f64, per_second: f64) -> Self {
        Self { left: most, most, per_second, looked: Instant::now() }
    }

    /// Takes one out, when there is one.
    pub fn take(&mut self) -> bool {
        let now = Instant::now();
        self.left = (self.left + (now - self.looked).as_secs_f64() * self.per_second).min(self.most);
        self.looked = now;
        let there = self.left >= 1.0;
        self.left -= if there { 1.0 } else { 0.0 };
        there
    }
}
