//! Panels that pages are made of, one file each.

pub mod augmented;
pub mod chart;
pub mod confusion;
pub mod events;
pub mod hypers;
pub mod samples;
pub mod thumbnails;

use ratatui::layout::Rect;

use super::pen::{Pen, Piece};
use super::{Context, Role, widgets};
use crate::app::{ConfusionSource, Panel, Target};
use crate::run::Verdict;
use crate::text::Word;

/// What panels show of what they could, as the page that has them says.
#[derive(Clone, Copy, Default)]
pub struct View {
    /// The panel that has the focus.
    pub focus: Option<Panel>,
    /// Which images the confusion matrix counts.
    pub confusion: ConfusionSource,
    /// How far it is scrolled: rows, columns.
    pub confusion_scroll: (usize, usize),
    /// The page of samples; pages go round, so this can be any number.
    pub sample_page: isize,
    /// How many lines the events are scrolled up.
    pub events_scroll: usize,
}

/// A panel's border, its title and the notes at the right of it; gives the area inside.
fn framed(context: &Context, panel: Panel, area: Rect, pen: &mut Pen, title: &[Piece], notes: &[Vec<Piece>]) -> Rect {
    let role = if context.view.focus == Some(panel) { Role::Focus } else { Role::Border };
    pen.hits.add(area, Target::Panel(panel));
    widgets::panel(pen, area, context.palette.style(role), title, notes)
}

/// The name of a panel, as a title.
fn title<'a>(context: &Context, panel: Panel, name: Word) -> Piece<'a> {
    let role = if context.view.focus == Some(panel) { Role::Focus } else { Role::Text };
    (context.say(name), context.palette.bold(role))
}

/// What is said of a change, and how it looks; in a list, in a word.
pub fn verdict(verdict: Verdict, in_list: bool) -> (Word, Role) {
    match verdict {
        Verdict::Helped => (Word::Helped, Role::Good),
        Verdict::Hurt => (Word::Hurt, Role::Bad),
        Verdict::Unclear if in_list => (Word::Unclear, Role::Muted),
        Verdict::Unclear => (Word::UnclearYet, Role::Text),
        Verdict::TooSoon => (Word::TooSoon, Role::Muted),
        Verdict::NotMeasured => (Word::NotMeasured, Role::Muted),
    }
}
