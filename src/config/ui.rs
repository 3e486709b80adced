//! The table `[ui]`: how the dashboard looks.

use serde::{Deserialize, Serialize};

use crate::protocol::choices;

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
    /// What pictures are made of.
    pub graphics: Graphics,
    /// How losses are spread over the height of their chart.
    pub axis: AxisScale,
    /// Pictures of the run's progress a second at most. What a person does is answered at once.
    pub max_fps: u32,
    /// For slow lines: a picture every four seconds, with colours that take fewer bytes.
    pub low_bandwidth: bool,
    /// Whether a person is told of the run's end.
    pub notify: Notify,
    /// Whether the mouse is the dashboard's, where the terminal can.
    pub mouse: Mouse,
}

impl Default for UiConfig {
    fn default() -> Self {
        Self {
            theme: "dark".into(),
            color: ColorMode::Auto,
            charset: Charset::Auto,
            language: Language::Auto,
            marker: Marker::Auto,
            graphics: Graphics::Auto,
            axis: AxisScale::Log,
            max_fps: 3,
            low_bandwidth: false,
            notify: Notify::Unfocused,
            mouse: Mouse::On,
        }
    }
}

choices! {
    /// How many colours the terminal shows.
    pub enum ColorMode {
        /// as the environment says
        Auto = "auto",
        /// 24 bits
        TrueColor = "truecolor",
        /// the palette of 256
        Palette256 = "256",
        /// the palette of 16
        Palette16 = "16",
        /// none at all
        None = "none",
    }
}

choices! {
    /// Whether more than ASCII is drawn.
    pub enum Charset {
        /// as the locale says
        Auto = "auto",
        /// frames, blocks and braille
        Unicode = "unicode",
        /// ASCII alone
        Ascii = "ascii",
    }
}

choices! {
    /// What the dashboard speaks.
    pub enum Language {
        /// as the locale says
        Auto = "auto",
        /// English
        En = "en",
        /// Simplified Chinese
        Zh = "zh",
    }
}

choices! {
    /// What lines in charts are made of.
    pub enum Marker {
        /// the finest that the character set has
        Auto = "auto",
        /// two by four dots a cell
        Braille = "braille",
        /// one by two blocks a cell
        Block = "block",
        /// a dot a cell
        Dot = "dot",
        /// a character a cell
        Ascii = "ascii",
    }
}

choices! {
    /// What pictures are made of.
    pub enum Graphics {
        /// the terminal's own graphics, where its name says that it has them
        Auto = "auto",
        /// kitty's graphics protocol
        Kitty = "kitty",
        /// iTerm2's inline images
        Iterm2 = "iterm2",
        /// DEC's sixels
        Sixel = "sixel",
        /// half-blocks, two pixels a cell
        Blocks = "blocks",
    }
}

choices! {
    /// How the values of an axis are spread.
    pub enum AxisScale {
        /// equal ratios, equal distances
        Log = "log",
        /// equal differences, equal distances
        Linear = "linear",
    }
}

choices! {
    /// Whether the mouse is the dashboard's, where the terminal can.
    pub enum Mouse {
        /// clicks and the wheel do what keys do
        On = "on",
        /// the terminal's, which selects text with it
        Off = "off",
    }
}

choices! {
    /// Whether a person is told, by the bell and a notification, that a run has ended or waits because numbers went wrong.
    #[derive(Default)]
    pub enum Notify {
        /// never
        Off = "off",
        /// always
        On = "on",
        /// while another window has the focus; a terminal that does not tell counts as one that has it
        Unfocused [default] = "unfocused",
    }
}
