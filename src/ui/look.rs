//! What the terminal can show, and what the person prefers.

use std::str::FromStr;

use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

use super::Theme;

/// How everything is drawn.
#[derive(Clone, Debug)]
pub struct Look {
    /// The themes, in the order of the names that the dashboard was given.
    pub themes: Vec<Theme>,
    /// The colours that the terminal has.
    pub depth: ColorDepth,
    /// The characters that it has.
    pub charset: Charset,
    /// What charts are drawn with.
    pub marker: Marker,
}

/// The colours that a terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColorDepth {
    /// Only bold, dim, underlined and reversed.
    #[serde(rename = "none")]
    None,
    /// The sixteen ANSI colours.
    #[serde(rename = "16")]
    Ansi16,
    /// The 256 colours of xterm.
    #[serde(rename = "256")]
    Ansi256,
    /// Red, green and blue in 256 steps each.
    #[default]
    #[serde(rename = "truecolor")]
    TrueColor,
}

/// The characters that a terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charset {
    /// Lines, blocks, braille.
    #[default]
    Unicode,
    /// What a typewriter has.
    Ascii,
}

/// What charts are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// Eight dots a cell.
    #[default]
    Braille,
    /// Four quarters a cell.
    Block,
    /// One dot a cell.
    Dot,
    /// Plain characters.
    Ascii,
}

/// Names are those of the configuration file; an error lists them.
macro_rules! from_name {
    ($($type:ty),*) => {$(
        impl FromStr for $type {
            type Err = Error;

            fn from_str(name: &str) -> Result<Self, Error> {
                Self::deserialize(StrDeserializer::<Error>::new(name))
            }
        }
    )*};
}
from_name!(ColorDepth, Charset, Marker);
