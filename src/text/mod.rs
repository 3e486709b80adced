//! The words of the dashboard, in two languages.
//!
//! What is kept and compared is data, a [`Text`]; only `ui` puts it into words, in the [`Language`] of whoever looks. The
//! command line, errors of files and everything on disk are English.

#![deny(unused_variables, reason = "a value that one of the languages leaves out")]

mod explanation;
mod language;
mod log_text;
mod percent;
mod phrase;
mod said;
mod vocabulary;
mod word;

pub use explanation::Explanation;
pub use language::Language;
pub use log_text::LogText;
pub use percent::Percent;
pub use phrase::Phrase;
pub use said::Said;
pub use word::Word;

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// How many columns of a terminal a text takes: the only measure of width.
pub fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// Something of the protocol or of ours, in words.
pub fn say(what: &impl Said, language: Language) -> String {
    said::In(what, language).to_string()
}

/// Makes an enum of texts, each with a column for every language, and `say`, which puts one into words.
///
/// ```text
/// texts! {
///     /// What is said of epochs.
///     pub enum Epochs {
///         Started => en "started", zh "已开始";
///         Done { epoch: usize, loss: f64 } => en "epoch {epoch} done: loss {loss:.4}", zh "第 {epoch} 轮结束：损失 {loss:.4}";
///     }
/// }
/// ```
///
/// A missing language, a hole without a value and a value that a language has no hole for do not compile. A value can be a
/// number, a text as it is, or itself something that is said in a language: whatever is [`Said`].
macro_rules! texts {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($variant:ident $({ $($field:ident: $type:ty),+ })? => en $en:literal, zh $zh:literal;)+
    }) => {
        $(#[$meta])*
        pub enum $name {
            $(
                #[doc = concat!("“", $en, "”")]
                $variant $({ $(#[doc = "What stands in its place."] $field: $type),+ })?,
            )+
        }

        impl $name {
            /// Puts it into words.
            pub fn say(&self, language: $crate::text::Language) -> std::borrow::Cow<'static, str> {
                match self {
                    $(Self::$variant $({ $($field),+ })? => match language {
                        $crate::text::Language::English => $crate::text::in_language!(language, $en $(, $($field)+)?),
                        $crate::text::Language::Chinese => $crate::text::in_language!(language, $zh $(, $($field)+)?),
                    },)+
                }
            }
        }

        impl $crate::text::Said for $name {
            fn said(&self, language: $crate::text::Language, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.pad(&self.say(language))
            }
        }
    };
}

/// A text in one language: as it is, or with values in its holes.
macro_rules! in_language {
    ($language:ident, $text:literal) => {{
        const { assert!(!$crate::text::said::has_hole($text), "a hole that there is no value for") }
        std::borrow::Cow::Borrowed($text)
    }};
    ($language:ident, $text:literal, $($field:ident)+) => {{
        $(let $field = $crate::text::said::In($field, $language);)+
        std::borrow::Cow::Owned(format!($text))
    }};
}

pub(crate) use {in_language, texts};

/// Any text of the dashboard.
#[derive(Clone, Debug, PartialEq)]
pub enum Text {
    /// One of our words.
    Word(Word),
    /// Words with values in them.
    Phrase(Phrase),
    /// What a run said of itself.
    Log(LogText),
    /// What others said, which stays as it is: a person's own words, the system's, those of an older log.
    Plain(String),
}

impl Text {
    /// Puts it into words.
    pub fn say(&self, language: Language) -> Cow<'static, str> {
        match self {
            Self::Word(word) => word.say(language),
            Self::Phrase(phrase) => phrase.say(language),
            Self::Log(text) => text.say(language),
            Self::Plain(text) => text.clone().into(),
        }
    }
}

impl From<Word> for Text {
    fn from(word: Word) -> Self {
        Self::Word(word)
    }
}

impl From<Phrase> for Text {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

impl From<LogText> for Text {
    fn from(text: LogText) -> Self {
        Self::Log(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    texts! {
        /// Texts with values in them.
        pub enum Sample {
            Still => en "waiting", zh "等待中";
            Done { epoch: usize, loss: f64, state: Word } =>
                en "epoch {epoch:>2}: loss {loss:.4}, {state}", zh "第 {epoch} 轮：{state}，损失 {loss:.2}";
        }
    }

    #[test]
    fn values_stand_where_each_language_wants_them() {
        let done = Sample::Done { epoch: 3, loss: 0.123_456, state: Word::Paused };
        assert_eq!(done.say(Language::English), "epoch  3: loss 0.1235, paused");
        assert_eq!(done.say(Language::Chinese), "第 3 轮：已暂停，损失 0.12");
        assert_eq!(Sample::Still.say(Language::Chinese), "等待中");
        assert_eq!(Text::from("ana's run".to_owned()).say(Language::Chinese), "ana's run");
    }

    #[test]
    fn a_wide_character_takes_two_columns() {
        assert_eq!(["", "loss", "损失", "损失 a"].map(columns), [0, 4, 4, 6]);
    }
}
