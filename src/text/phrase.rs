//! What stands on pages with values in it: titles, figures, counts.

use super::{Word, texts};

texts! {
    /// What stands on pages with values in it.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Phrase {
        // The window's title.
        TitleTraining { name: String, percent: f64, epoch: usize, epochs: usize } =>
            en "{name} {percent} % · epoch {epoch}/{epochs}", zh "{name} {percent} % · 第 {epoch}/{epochs} 轮";
        TitleAtRest { name: String, percent: f64, state: Word } =>
            en "{name} {percent} % · {state}", zh "{name} {percent} % · {state}";
        TitleReplay { title: String } => en "replay: {title}", zh "回放：{title}";
    }
}
