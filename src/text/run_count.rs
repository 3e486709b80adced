//! A number of runs, in words.

use std::fmt::{Formatter, Result};

use super::{Language, Said};

/// A number of runs: `1 run`, `2 runs`, `2 个运行`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCount(pub usize);

impl Said for RunCount {
    fn said(&self, language: Language, to: &mut Formatter<'_>) -> Result {
        match (language, self.0) {
            (Language::English, 1) => to.write_str("1 run"),
            (Language::English, runs) => write!(to, "{runs} runs"),
            (Language::Chinese, runs) => write!(to, "{runs} 个运行"),
        }
    }
}
