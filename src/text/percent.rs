//! A part of a whole, for people.

use std::fmt;

use super::{Language, Said};

/// A part of a whole, 0 to 1: `99.12 %`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percent(pub f64);

impl fmt::Display for Percent {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:.2} %", self.0 * 100.0)
    }
}

impl Said for Percent {
    fn said(&self, _language: Language, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}
