//! Pictures of the dashboard's state: reads an [`App`], draws it, changes nothing.

mod ascii;
mod color;
mod footer;
mod header;
mod hits;
mod layout;
mod look;
mod notice;
mod number;
mod overlays;
mod pages;
mod palette;
mod parts;
mod pen;
mod plate;
mod role;
mod screenshot;
mod still;
mod theme;
mod transport;
mod widgets;

pub use ascii::text as ascii_text;
pub use hits::Hits;
pub use look::{Charset, ColorDepth, Look, Marker};
pub use plate::Plate;
pub use role::Role;
pub use screenshot::{Screenshot, ShotCell};
pub use still::{marked, still};
pub use theme::{Theme, ThemeError, ThemeProblem};

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::{App, Panel};
use crate::text::{Language, Phrase, Text};
use layout::Layout;
use palette::Palette;
use pen::{Pen, Piece};
use plate::Plates;

/// What everything needs to draw itself.
struct Context<'a> {
    app: &'a App,
    view: parts::View,
    palette: Palette<'a>,
    marker: Marker,
    ascii: bool,
}

impl Context<'_> {
    /// What it speaks.
    fn language(&self) -> Language {
        self.app.shared().view.language
    }

    /// A text in the language of whoever looks.
    fn say(&self, text: impl Into<Text>) -> Cow<'static, str> {
        text.into().say(self.language())
    }

    /// Marks the selected one of some rows; gives the styles of what stands in it.
    fn row(&self, row: Rect, is_selected: bool, pen: &mut Pen) -> impl Fn(Role) -> Style + use<'_> {
        let palette = &self.palette;
        let on = move |style: Style| if is_selected { style.patch(palette.style(Role::Selection)) } else { style };
        if is_selected {
            pen.fill(row, ' ', on(palette.base()));
            pen.put(row.x, row.y, '▸', on(palette.style(Role::Accent)));
        }
        move |role| on(palette.style(role))
    }

    /// A value among words, from which it stands out wherever the language puts it.
    fn fact<'a>(&self, value: &str, style: Style, phrase: Phrase) -> Vec<Piece<'a>> {
        let (words, muted) = (self.say(phrase), self.palette.style(Role::Muted));
        let (before, after) = words.split_once(value).unwrap_or_default();
        let pieces = [(before, muted), (value, style), (after, muted)].into_iter().filter(|(text, _)| !text.is_empty());
        pieces.map(|(text, style)| (text.to_owned().into(), style)).collect()
    }
}

/// The panel that should have the focus at first on a terminal of this size: the hyperparameters, where a person steers,
/// or the loss where they would stand alone.
pub fn opening_panel(width: u16, height: u16) -> Panel {
    let layout = Layout::new(Rect::new(0, 0, width, height), Panel::Hypers, false, false, false);
    if layout.panels.len() == 1 { Panel::Loss } else { Panel::Hypers }
}

/// Draws the dashboard on the whole frame; gives where everything stands.
pub fn draw(app: &App, look: &Look, frame: &mut Frame) -> Hits {
    paint(app, look, None, frame.buffer_mut()).0
}

/// The same for a terminal that takes pixels: the cells of pictures are left empty for what stands in them.
pub fn draw_with_plates(app: &App, look: &Look, frame: &mut Frame) -> (Hits, Vec<Plate>) {
    let plates = (look.depth != ColorDepth::None && look.charset == Charset::Unicode).then(Plates::default);
    paint(app, look, plates, frame.buffer_mut())
}

/// Draws the dashboard on the whole buffer.
fn paint(app: &App, look: &Look, plates: Option<Plates>, buffer: &mut Buffer) -> (Hits, Vec<Plate>) {
    let plain = Theme::plain();
    let shared = app.shared();
    let theme = look.themes.get(shared.view.theme).or(look.themes.first()).unwrap_or(&plain);
    let ascii = look.charset == Charset::Ascii;
    let marker = if ascii { Marker::Ascii } else { look.marker };
    let context = Context { app, view: parts::View::default(), palette: Palette::new(theme, look.depth), marker, ascii };
    let area = buffer.area;
    buffer.set_style(area, context.palette.base());
    let (focus, zoomed) = pages::focus(app.pages());
    let layout = Layout::new(area, focus, zoomed, shared.alert().is_some() || shared.advice().is_some(), shared.replay.is_some());
    let mut pen = Pen::new(buffer);
    pen.plates = plates;
    header::draw(&context, &layout, &mut pen);
    transport::draw(&context, layout.transport, &mut pen);
    pages::draw(&context, &layout, &mut pen);
    notice::draw(&context, layout.body, &mut pen);
    let keys = footer::draw(&context, &layout, &mut pen);
    overlays::draw(&context, layout.body, &mut pen);
    // The last row has the keys of what lies over the page.
    keys.into_iter().for_each(|(area, target)| pen.hits.add_beside(area, target));
    let (hits, plates) = (pen.hits, pen.plates);
    let plates = plates.map_or_else(Vec::new, |plates| plates.settle(buffer, context.palette.base()));
    if ascii {
        ascii::translate(buffer);
    }
    (hits, plates)
}
