//! What a colour means. Panels ask for roles, themes answer with colours.

use ratatui::style::Modifier;

/// What a colour means, the same on every panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What is to be read.
    Text,
    /// What is there when one looks for it: units, labels, ticks.
    Muted,
    /// Borders and rules.
    Border,
    /// The border of the panel that has the keys.
    Focus,
    /// What the person does: keys, and the changes made.
    Accent,
    /// Figures of the training images.
    Training,
    /// Single batches, behind the smoothed curve.
    TrainingFaint,
    /// Figures of the validation images.
    Validation,
    /// Figures of the test images.
    Test,
    /// Right.
    Good,
    /// Waiting, not settled.
    Warning,
    /// Wrong.
    Bad,
    /// The selected row.
    Selection,
}

impl Role {
    /// Every role, with its key in a theme file.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Text, "text"),
        (Self::Muted, "muted"),
        (Self::Border, "border"),
        (Self::Focus, "focus"),
        (Self::Accent, "accent"),
        (Self::Training, "training"),
        (Self::TrainingFaint, "training_faint"),
        (Self::Validation, "validation"),
        (Self::Test, "test"),
        (Self::Good, "good"),
        (Self::Warning, "warning"),
        (Self::Bad, "bad"),
        (Self::Selection, "selection"),
    ];

    /// What tells the role apart where there is no colour.
    pub fn without_color(self) -> Modifier {
        match self {
            Self::Text | Self::Training | Self::Good => Modifier::empty(),
            Self::Muted | Self::Border | Self::TrainingFaint => Modifier::DIM,
            Self::Focus | Self::Accent | Self::Validation | Self::Warning => Modifier::BOLD,
            Self::Test | Self::Bad => Modifier::BOLD.union(Modifier::UNDERLINED),
            Self::Selection => Modifier::REVERSED,
        }
    }
}
