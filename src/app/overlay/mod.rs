//! What lies over a page. The last one has the keyboard.

mod choice;
mod drawer;
mod edit;
mod explain;
mod help;
mod palette;
mod prompt;
mod question;
mod rewind;

pub use choice::{Choice, ChoiceItem};
pub use drawer::Drawer;
pub use edit::Edit;
pub use help::{Help, HelpLine};
pub use palette::{Found, Palette};
pub use prompt::{Prompt, Typed};
pub use question::Question;
pub use rewind::{Rate, Rewind, Way};

use super::row::{Layer, Offer, RowId};
use super::{Closing, Explained, Key, KeyCode, Line, Pages, Pointer, Shared, Table, Target};
use crate::app::table::Place;
use crate::protocol::Hyper;
use crate::text::{Phrase, Word};

/// What lies over a page.
#[derive(Clone, Debug)]
pub enum Overlay {
    /// A value is being typed.
    Edit(Edit),
    /// A text is being typed.
    Prompt(Prompt),
    /// Something is being chosen from a list.
    Choice(Choice),
    /// Something is being asked.
    Question(Question),
    /// The list of keys.
    Help(Help),
    /// What something is.
    Explain(Explained),
    /// The hyperparameters.
    Drawer(Drawer),
    /// Actions, hyperparameters and settings, found by a few letters.
    Palette(Palette),
    /// The moments that the run can be taken back to.
    Rewind(Rewind),
}

macro_rules! each {
    ($overlay:expr, $it:ident => $do:expr) => {
        match $overlay {
            Overlay::Edit($it) => $do,
            Overlay::Prompt($it) => $do,
            Overlay::Choice($it) => $do,
            Overlay::Question($it) => $do,
            Overlay::Help($it) => $do,
            Overlay::Explain($it) => $do,
            Overlay::Drawer($it) => $do,
            Overlay::Palette($it) => $do,
            Overlay::Rewind($it) => $do,
        }
    };
}

macro_rules! from {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Overlay {
            fn from(it: $kind) -> Self {
                Self::$kind(it)
            }
        }
    )*};
}
from!(Edit, Prompt, Choice, Question, Help, Drawer, Palette, Rewind);

impl Layer for Overlay {
    fn offers(&self, shared: &Shared) -> Vec<Offer> {
        each!(self, it => it.offers(shared))
    }

    fn act(&mut self, id: RowId, shared: &mut Shared) -> bool {
        each!(self, it => it.act(id, shared))
    }
}

impl Overlay {
    /// Whether it still makes sense.
    pub(super) fn holds(&self, shared: &Shared) -> bool {
        match self {
            // Nothing is left to edit.
            Self::Edit(_) | Self::Rewind(_) => shared.steers(),
            Self::Question(question) => (question.holds)(shared),
            Self::Drawer(_) => !shared.alone,
            Self::Prompt(_) | Self::Choice(_) | Self::Help(_) | Self::Explain(_) | Self::Palette(_) => true,
        }
    }

    /// Whether it asks how to leave.
    pub(super) fn is_leaving(&self) -> bool {
        matches!(self, Self::Question(question) if question.is_leaving())
    }

    /// A key that no row takes; gives whether it was typed.
    pub(super) fn typed(&mut self, key: Key, pages: &mut Pages, shared: &mut Shared) -> bool {
        let is_number = matches!(self, Self::Edit(_)) || matches!(self, Self::Rewind(rewind) if rewind.is_typing());
        let is_typed = match self {
            Self::Edit(edit) => edit.key(key),
            Self::Prompt(prompt) => prompt.typed(|line| line.key(key), pages, shared),
            Self::Help(help) => help.typed(|line| line.key(key)),
            Self::Palette(palette) => palette.typed(|line| line.key(key)),
            Self::Rewind(rewind) => rewind.typed(key),
            Self::Choice(_) | Self::Question(_) | Self::Explain(_) | Self::Drawer(_) => false,
        };
        if is_number && !is_typed && matches!(key, Key { code: KeyCode::Char(_), ctrl: false, alt: false, .. }) {
            shared.refuse(Phrase::OnlyANumber);
        }
        is_typed
    }

    /// Something in it was pointed at.
    pub(super) fn pointed(&mut self, target: Target, how: Pointer, shared: &mut Shared) {
        match (self, target, how) {
            (Self::Choice(choice), _, Pointer::Wheel(by)) => choice.step(by.into()),
            (Self::Choice(choice), Target::Item(item), Pointer::Press) => choice.press(item, shared),
            (Self::Rewind(rewind), _, Pointer::Wheel(by)) => rewind.step(by.into()),
            (Self::Rewind(rewind), Target::Item(item), Pointer::Press) => rewind.press(item, shared),
            (Self::Palette(palette), _, Pointer::Wheel(by)) => palette.step(by.into()),
            (Self::Palette(palette), Target::Item(item), Pointer::Press) => palette.press(item, shared),
            (Self::Help(help), _, Pointer::Wheel(by)) => help.step(3 * isize::from(by)),
            (Self::Help(help), Target::Item(line), Pointer::Press) => help.press(line, shared),
            (Self::Drawer(_), Target::Item(item), Pointer::Press) => {
                Hyper::ALL.get(item).inspect(|hyper| shared.hypers.select(**hyper));
            }
            (Self::Drawer(_), _, Pointer::Wheel(by)) => shared.hypers.step(by > 0),
            (Self::Explain(_), _, Pointer::Press) => shared.close(Closing::Cancelled),
            _ => {}
        }
    }

    /// A text that was pasted.
    pub(super) fn pasted(&mut self, text: &str, pages: &mut Pages, shared: &mut Shared) {
        let paste = |line: &mut Line| {
            line.paste(text);
            true
        };
        let mut is_taken = true;
        match self {
            Self::Edit(edit) => is_taken = edit.paste(text),
            Self::Rewind(rewind) => is_taken = rewind.paste(text),
            Self::Prompt(prompt) => drop(prompt.typed(paste, pages, shared)),
            Self::Help(help) => drop(help.typed(paste)),
            Self::Palette(palette) => drop(palette.typed(paste)),
            Self::Choice(_) | Self::Question(_) | Self::Explain(_) | Self::Drawer(_) => {}
        }
        if !is_taken {
            shared.refuse(Phrase::OnlyANumber);
        }
    }

    /// It goes.
    pub(super) fn closed(self, how: Closing, pages: &mut Pages, shared: &mut Shared) {
        match (self, how) {
            (Self::Edit(edit), Closing::Taken) => edit.taken(shared),
            (Self::Prompt(prompt), how) => prompt.closed(how, pages, shared),
            (Self::Choice(choice), Closing::Taken) => choice.taken(pages, shared),
            (Self::Rewind(rewind), Closing::Taken) => rewind.taken(shared),
            (Self::Palette(palette), Closing::Taken) => shared.found = palette.found(),
            _ => {}
        }
    }
}

/// What keys do while something lies over a page.
pub(super) fn tables() -> Vec<Table> {
    vec![
        Table::new(Word::WhileTypingAValue, Place::Overlay, edit::EDIT),
        Table::new(Word::WhileTypingAText, Place::Overlay, prompt::PROMPT),
        Table::new(Word::WhenChoosingFromAList, Place::Overlay, choice::CHOICE),
        Table::new(Word::WhenAskedForAYes, Place::Overlay, question::CONFIRMING),
        Table::new(Word::WhenAskedHowToLeave, Place::Overlay, question::LEAVING),
        Table::new(Word::WhenAskedWhetherToStop, Place::Overlay, question::STOPPING),
        Table::new(Word::WhenAskedWhetherToTakeOver, Place::Overlay, question::TAKING_OVER),
        Table::new(Word::InTheListOfKeys, Place::Overlay, help::HELP),
        Table::new(Word::WhereSomethingIsExplained, Place::Overlay, explain::EXPLAIN),
        Table::new(Word::InTheDrawerOfHyperparameters, Place::Overlay, drawer::DRAWER),
        Table::new(Word::WhenGoingBack, Place::Overlay, rewind::REWIND),
        Table::new(Word::WhileFindingSomething, Place::Overlay, palette::PALETTE),
    ]
}
