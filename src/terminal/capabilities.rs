//! What the terminal can show, from the environment and the configuration.

use crate::config::{Charset as CharsetSetting, ColorMode, Marker as MarkerSetting, UiConfig};
use crate::ui::{Charset, ColorDepth, Marker};

/// Looks up a variable of the environment; an empty one counts as none.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of the process.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The colours. What the configuration asks for wins over `NO_COLOR` (<https://no-color.org>), which wins over what the
/// terminal says of itself.
pub(super) fn color_depth(config: &UiConfig, lookup: Lookup) -> ColorDepth {
    match config.color {
        ColorMode::TrueColor => return ColorDepth::TrueColor,
        ColorMode::Palette256 => return ColorDepth::Ansi256,
        ColorMode::Palette16 => return ColorDepth::Ansi16,
        ColorMode::None => return ColorDepth::None,
        ColorMode::Auto => {}
    }
    let term = lookup("TERM").unwrap_or_default();
    let says_truecolor = lookup("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    match () {
        () if lookup("NO_COLOR").is_some() || term == "dumb" => ColorDepth::None,
        () if says_truecolor || term.ends_with("-direct") => ColorDepth::TrueColor,
        () if term.contains("256color") => ColorDepth::Ansi256,
        () => ColorDepth::Ansi16,
    }
}

/// The characters: those of the locale.
pub(super) fn charset(config: &UiConfig, lookup: Lookup) -> Charset {
    match config.charset {
        CharsetSetting::Unicode => Charset::Unicode,
        CharsetSetting::Ascii => Charset::Ascii,
        CharsetSetting::Auto => {
            let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| lookup(name)).unwrap_or_default();
            let locale = locale.to_ascii_lowercase();
            if locale.contains("utf-8") || locale.contains("utf8") { Charset::Unicode } else { Charset::Ascii }
        }
    }
}

/// What charts are drawn with. The font of the Linux console has no braille.
pub(super) fn marker(config: &UiConfig, lookup: Lookup) -> Marker {
    match config.marker {
        MarkerSetting::Braille => Marker::Braille,
        MarkerSetting::Block => Marker::Block,
        MarkerSetting::Dot => Marker::Dot,
        MarkerSetting::Ascii => Marker::Ascii,
        MarkerSetting::Auto if lookup("TERM").as_deref() == Some("linux") => Marker::Block,
        MarkerSetting::Auto => Marker::Braille,
    }
}

/// Whether frames are sent as one (DEC mode 2026). Some versions of tmux redraw the whole pane at the end of each.
pub(super) fn synchronized(lookup: Lookup) -> bool {
    lookup("TMUX").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_the_conventions_say() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(Variables, ColorDepth, Charset, Marker); 8] = [
            (&[], ColorDepth::Ansi16, Charset::Ascii, Marker::Braille),
            (&[("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8")], ColorDepth::Ansi256, Charset::Unicode, Marker::Braille),
            (&[("COLORTERM", "truecolor"), ("LANG", "C.utf8")], ColorDepth::TrueColor, Charset::Unicode, Marker::Braille),
            (&[("COLORTERM", "24bit"), ("NO_COLOR", "1")], ColorDepth::None, Charset::Ascii, Marker::Braille),
            (&[("TERM", "xterm-direct")], ColorDepth::TrueColor, Charset::Ascii, Marker::Braille),
            (&[("TERM", "dumb")], ColorDepth::None, Charset::Ascii, Marker::Braille),
            (&[("TERM", "linux"), ("LANG", "C.UTF-8")], ColorDepth::Ansi16, Charset::Unicode, Marker::Block),
            (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], ColorDepth::Ansi16, Charset::Ascii, Marker::Braille),
        ];
        let config = UiConfig::default();
        for (variables, depth, set, with) in cases {
            let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let found = (color_depth(&config, &lookup), charset(&config, &lookup), marker(&config, &lookup));
            assert_eq!(found, (depth, set, with), "{variables:?}");
        }
        let asked = UiConfig { color: ColorMode::Palette256, ..config };
        assert_eq!(color_depth(&asked, &|_| Some("1".into())), ColorDepth::Ansi256, "the configuration wins over NO_COLOR");
    }
}
