//! The languages of the dashboard.

/// A language of the dashboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// All of them, in the order in which a person goes through them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// That of a locale such as `zh_CN.UTF-8`; English where there are no words for it.
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }

    /// The one that a key changes to.
    pub fn next(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_names_the_language() {
        for locale in ["zh_CN.UTF-8", "zh", "zh-Hans-CN", "ZH_SG", "zh_TW.Big5"] {
            assert_eq!(Language::of_locale(locale), Language::Chinese, "{locale}");
        }
        for locale in ["", "C", "C.UTF-8", "POSIX", "en_GB.UTF-8", "de_DE@euro", "zhx"] {
            assert_eq!(Language::of_locale(locale), Language::English, "{locale}");
        }
    }
}
