//! The words of the dashboard, in two languages.
//!
//! What is kept and compared is data, a [`Text`]; only `ui` puts it into words, in the [`Language`] of whoever looks. The
//! command line, errors of files and everything on disk are English.

#![deny(unused_variables, reason = "a value that one of the languages leaves out")]

mod explanation;
mod fact_label;
mod key_help;
mod key_label;
mod language;
mod log_text;
mod percent;
mod phrase;
mod recipe_key;
mod run_count;
mod said;
mod vocabulary;
mod word;

pub use explanation::Explanation;
pub use fact_label::FactLabel;
pub use key_help::KeyHelp;
pub use key_label::KeyLabel;
pub use language::Language;
pub use log_text::LogText;
pub use percent::Percent;
pub use phrase::Phrase;
pub use recipe_key::RecipeKey;
pub use run_count::RunCount;
pub use said::Said;
pub use word::Word;

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use crate::protocol::{Hyper, Reason};

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
    /// A key's label.
    Label(KeyLabel),
    /// What a key does.
    Help(KeyHelp),
    /// A hyperparameter.
    Hyper(Hyper),
    /// One of our words.
    Word(Word),
    /// Words with values in them.
    Phrase(Phrase),
    /// What is said of a run.
    Fact(FactLabel),
    /// A field of a recipe.
    Recipe(RecipeKey),
    /// What a run said of itself.
    Log(LogText),
    /// Why something was not done.
    Reason(Reason),
    /// What others said, which stays as it is: a person's own words, the system's, those of an older log.
    Plain(String),
}

impl Text {
    /// The status of a run, as lists of runs have it.
    pub fn of_status(status: &str) -> Self {
        match status {
            "running" => Word::Running.into(),
            "interrupted" => Word::Interrupted.into(),
            "damaged" => Word::Damaged.into(),
            "completed" => Word::Completed.into(),
            "target_reached" => Word::TargetReached.into(),
            "stopped_early" => Word::StoppedEarly.into(),
            "stopped" => Word::Stopped.into(),
            "failed" => Word::Failed.into(),
            other => other.replace('_', " ").into(),
        }
    }

    /// Who trains a run, as its lock says.
    pub fn of_owner(owner: &str) -> Self {
        let process = owner.strip_prefix("process ").and_then(|rest| rest.split_once(" on "));
        process.map_or_else(|| owner.into(), |(id, host)| Phrase::Process { id: id.into(), host: host.into() }.into())
    }

    /// Puts it into words.
    pub fn say(&self, language: Language) -> Cow<'static, str> {
        match self {
            Self::Label(label) => label.say(language),
            Self::Help(help) => help.say(language),
            Self::Hyper(hyper) => say(hyper, language).into(),
            Self::Word(word) => word.say(language),
            Self::Phrase(phrase) => phrase.say(language),
            Self::Fact(label) => label.say(language),
            Self::Recipe(key) => say(key, language).into(),
            Self::Log(text) => text.say(language),
            Self::Reason(reason) => say(reason, language).into(),
            Self::Plain(text) => text.clone().into(),
        }
    }
}

macro_rules! from {
    ($($from:ty => $kind:ident),* $(,)?) => {$(
        impl From<$from> for Text {
            fn from(text: $from) -> Self {
                Self::$kind(text)
            }
        }
    )*};
}
from!(
    KeyLabel => Label, KeyHelp => Help, Word => Word, Phrase => Phrase, FactLabel => Fact, RecipeKey => Recipe, LogText => Log,
    Reason => Reason, String => Plain,
);

impl From<Hyper> for Text {
    fn from(hyper: Hyper) -> Self {
        Self::Hyper(hyper)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
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
