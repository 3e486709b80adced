//! The table `[ui]`: how the dashboard looks.

use serde::{Deserialize, Serialize};

/// How the dashboard looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UiConfig {
    /// The name of a theme.
    pub theme: String,
    /// How many colours the terminal shows.
    pub color: ColorMode,
    /// Whether more than ASCII is drawn.
    pub charset: Charset,
    /// What the dashboard speaks.
    pub language: Language,
    /// What lines in charts are made of.
    pub marker: Marker,
    /// How losses are spread over the height of their chart.
    pub axis: AxisScale,
    /// Pictures of the run's progress a second at most. What a person does is answered at once.
    pub max_fps: u32,
    /// For slow lines: a picture every four seconds, with colours that take fewer bytes.
    pub low_bandwidth: bool,
    /// Whether a person is told of the run's end.
    pub notify: Notify,
}

impl Default for UiConfig {
    fn default() -> Self {
        Self {
            theme: "dark".into(),
            color: ColorMode::Auto,
            charset: Charset::Auto,
            language: Language::Auto,
            marker: Marker::Auto,
            axis: AxisScale::Log,
            max_fps: 3,
            low_bandwidth: false,
            notify: Notify::Unfocused,
        }
    }
}

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorMode {
    /// As the environment says.
    Auto,
    /// 24 bits.
    TrueColor,
    /// The palette of 256.
    #[serde(rename = "256")]
    Palette256,
    /// The palette of 16.
    #[serde(rename = "16")]
    Palette16,
    /// None at all.
    None,
}

/// Whether more than ASCII is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Charset {
    /// As the locale says.
    Auto,
    /// Frames, blocks and braille.
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// What the dashboard speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// As the locale says.
    Auto,
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

/// What lines in charts are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Marker {
    /// The finest that the character set has.
    Auto,
    /// Two by four dots a cell.
    Braille,
    /// One by two blocks a cell.
    Block,
    /// A dot a cell.
    Dot,
    /// A character a cell.
    Ascii,
}

/// How the values of an axis are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AxisScale {
    /// Equal ratios, equal distances.
    Log,
    /// Equal differences, equal distances.
    Linear,
}

/// Whether a person is told, by the bell and a notification, that a run has ended or waits because numbers went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Notify {
    /// Never.
    Off,
    /// Always.
    On,
    /// While another window has the focus. A terminal that does not tell counts as one that has it.
    #[default]
    Unfocused,
}
