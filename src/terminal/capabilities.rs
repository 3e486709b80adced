//! What the terminal can show, from the environment and the configuration.

use super::terminfo;
use crate::config::{Charset as CharsetSetting, ColorMode, Language as LanguageSetting, Marker as MarkerSetting, UiConfig};
use crate::text::Language;
use crate::ui::{Charset, ColorDepth, Marker};

/// The names of terminals that show 24 bits of colour, and whose description may say nothing of it.
const TRUE_COLOR: [&str; 13] = [
    "xterm-kitty",
    "kitty",
    "xterm-ghostty",
    "ghostty",
    "alacritty",
    "foot",
    "wezterm",
    "contour",
    "rio",
    "konsole",
    "iterm2",
    "mintty",
    "vscode",
];

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
    // Which kind of terminal it is, without how it differs: `xterm` of `xterm-256color`.
    let kind = term.split(['-', '.']).next().unwrap_or_default();
    // GNU screen hands on what the terminal around it says, and knows no more than 256 colours before its version 5. tmux
    // takes 24 bits and makes of them what the terminal around it can show.
    let in_screen = lookup("TMUX").is_none() && lookup("STY").is_some();
    let says_truecolor = lookup("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    // COLORTERM does not travel over ssh, TERM does.
    let has_truecolor =
        TRUE_COLOR.iter().any(|name| term.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    match () {
        () if lookup("NO_COLOR").is_some() || term == "dumb" => ColorDepth::None,
        () if term.ends_with("-direct") => ColorDepth::TrueColor,
        () if in_screen => ColorDepth::Ansi256,
        () if says_truecolor || has_truecolor || terminfo::has_true_color(&term, lookup) => ColorDepth::TrueColor,
        () if term.contains("256color") || ["tmux", "screen"].contains(&kind) || lookup("TMUX").is_some() => ColorDepth::Ansi256,
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

/// What the dashboard speaks: the language of the locale, where the terminal has characters for it. `None` when another one
/// is asked for than it has characters for.
pub(super) fn language(config: &UiConfig, lookup: Lookup) -> Option<Language> {
    let asked = match config.language {
        LanguageSetting::En => return Some(Language::English),
        LanguageSetting::Zh => Some(Language::Chinese),
        LanguageSetting::Auto => None,
    };
    if charset(config, lookup) == Charset::Ascii {
        return if asked.is_none() { Some(Language::English) } else { None };
    }
    let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| lookup(name)).unwrap_or_default();
    Some(asked.unwrap_or_else(|| Language::of_locale(&locale())))
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

/// Whether frames are sent as one (DEC mode 2026). Some versions of tmux redraw the whole pane at the end of each; GNU
/// screen takes no notice.
pub(super) fn synchronized(lookup: Lookup) -> bool {
    lookup("TMUX").or_else(|| lookup("STY")).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_as_the_conventions_say() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(Variables, ColorDepth, Charset, Marker, bool); 14] = [
            (&[], ColorDepth::Ansi16, Charset::Ascii, Marker::Braille, true),
            (
                &[("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8")],
                ColorDepth::Ansi256,
                Charset::Unicode,
                Marker::Braille,
                true,
            ),
            (&[("COLORTERM", "truecolor"), ("LANG", "C.utf8")], ColorDepth::TrueColor, Charset::Unicode, Marker::Braille, true),
            (&[("COLORTERM", "24bit"), ("NO_COLOR", "1")], ColorDepth::None, Charset::Ascii, Marker::Braille, true),
            (&[("TERM", "xterm-direct")], ColorDepth::TrueColor, Charset::Ascii, Marker::Braille, true),
            (&[("TERM", "dumb")], ColorDepth::None, Charset::Ascii, Marker::Braille, true),
            (&[("TERM", "linux"), ("LANG", "C.UTF-8")], ColorDepth::Ansi16, Charset::Unicode, Marker::Block, true),
            (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], ColorDepth::Ansi16, Charset::Ascii, Marker::Braille, true),
            (&[("TMUX", "/tmp/t,1,0"), ("TERM", "tmux-256color")], ColorDepth::Ansi256, Charset::Ascii, Marker::Braille, false),
            (&[("TMUX", "/tmp/t,1,0"), ("TERM", "screen")], ColorDepth::Ansi256, Charset::Ascii, Marker::Braille, false),
            (
                &[("TMUX", "/tmp/t,1,0"), ("TERM", "screen-256color"), ("COLORTERM", "truecolor")],
                ColorDepth::TrueColor,
                Charset::Ascii,
                Marker::Braille,
                false,
            ),
            (&[("STY", "1.a"), ("TERM", "screen")], ColorDepth::Ansi256, Charset::Ascii, Marker::Braille, false),
            (
                &[("STY", "1.a"), ("TERM", "screen.xterm-256color"), ("COLORTERM", "truecolor")],
                ColorDepth::Ansi256,
                Charset::Ascii,
                Marker::Braille,
                false,
            ),
            (
                &[("STY", "1.a"), ("TERM", "screen"), ("COLORTERM", "24bit")],
                ColorDepth::Ansi256,
                Charset::Ascii,
                Marker::Braille,
                false,
            ),
        ];
        let config = UiConfig::default();
        for (variables, depth, set, with, as_one) in cases {
            let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let found =
                (color_depth(&config, &lookup), charset(&config, &lookup), marker(&config, &lookup), synchronized(&lookup));
            assert_eq!(found, (depth, set, with, as_one), "{variables:?}");
        }
        let asked = UiConfig { color: ColorMode::Palette256, ..config };
        assert_eq!(color_depth(&asked, &|_| Some("1".into())), ColorDepth::Ansi256, "the configuration wins over NO_COLOR");
    }

    #[test]
    fn the_language_is_that_of_the_locale_unless_one_is_asked_for() {
        use LanguageSetting::{Auto, En, Zh};
        type Variables = &'static [(&'static str, &'static str)];
        let cases: [(LanguageSetting, Variables, Option<Language>); 10] = [
            (Auto, &[], Some(Language::English)),
            (Auto, &[("LANG", "zh_CN.UTF-8")], Some(Language::Chinese)),
            (Auto, &[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], Some(Language::English)),
            (Auto, &[("LC_ALL", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_US.UTF-8")], Some(Language::Chinese)),
            // No characters for it, and nobody has insisted.
            (Auto, &[("LANG", "zh_CN.GB18030")], Some(Language::English)),
            (En, &[("LANG", "zh_CN.UTF-8")], Some(Language::English)),
            (En, &[], Some(Language::English)),
            (Zh, &[("LANG", "de_DE.UTF-8")], Some(Language::Chinese)),
            (Zh, &[("LANG", "C")], None),
            (Zh, &[], None),
        ];
        for (setting, variables, expected) in cases {
            let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            let config = UiConfig { language: setting, ..UiConfig::default() };
            assert_eq!(language(&config, &lookup), expected, "{setting:?} {variables:?}");
        }
        let ascii = UiConfig { language: Zh, charset: CharsetSetting::Ascii, ..UiConfig::default() };
        assert_eq!(language(&ascii, &|_| Some("zh_CN.UTF-8".into())), None, "ASCII was asked for, too");
    }

    #[test]
    fn the_name_of_a_terminal_says_its_colours() {
        use ColorDepth::{Ansi16, Ansi256, None as Plain, TrueColor};
        let cases = [
            ("xterm-kitty", TrueColor),
            ("xterm-ghostty", TrueColor),
            ("ghostty", TrueColor),
            ("alacritty", TrueColor),
            ("alacritty-direct", TrueColor),
            ("foot", TrueColor),
            ("foot-extra", TrueColor),
            ("wezterm", TrueColor),
            ("xterm-direct", TrueColor),
            ("footloose", Ansi16),
            ("xterm-256color", Ansi256),
            ("rxvt-unicode-256color", Ansi256),
            ("tmux", Ansi256),
            ("tmux-256color", Ansi256),
            ("screen", Ansi256),
            ("screen.xterm-256color", Ansi256),
            ("screen-256color", Ansi256),
            ("xterm", Ansi16),
            ("linux", Ansi16),
            ("vt220", Ansi16),
            ("dumb", Plain),
            ("", Ansi16),
        ];
        let config = UiConfig::default();
        for (term, depth) in cases {
            let lookup = |name: &str| (name == "TERM").then(|| term.to_owned());
            assert_eq!(color_depth(&config, &lookup), depth, "{term}");
            let without = |name: &str| if name == "NO_COLOR" { Some("1".to_owned()) } else { lookup(name) };
            assert_eq!(color_depth(&config, &without), Plain, "{term} with NO_COLOR");
        }
    }
}
