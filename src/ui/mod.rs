//! Pictures of the dashboard's state: reads an [`App`], draws it, changes nothing.

mod ascii;
mod color;
mod layout;
mod look;
mod number;
mod palette;
mod panels;
mod pen;
mod role;
mod screenshot;
mod theme;
mod widgets;

pub use ascii::text as ascii_text;
pub use look::{Charset, ColorDepth, Look, Marker};
pub use role::Role;
pub use screenshot::{Screenshot, ShotCell};
pub use theme::{Theme, ThemeError, ThemeProblem};

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, Panel};
use layout::Layout;
use palette::Palette;
use pen::Pen;

/// What every panel needs to draw itself.
struct Context<'a> {
    app: &'a App,
    palette: Palette<'a>,
    marker: Marker,
    ascii: bool,
}

/// The panel that should have the focus at first on a terminal of this size: the hyperparameters, where a person steers,
/// or the loss where they would stand alone.
pub fn opening_panel(width: u16, height: u16) -> Panel {
    let layout = Layout::new(Rect::new(0, 0, width, height), Panel::Hypers, false, false, false);
    if layout.panels.len() == 1 { Panel::Loss } else { Panel::Hypers }
}

/// Draws the dashboard on the whole frame.
pub fn draw(app: &App, look: &Look, frame: &mut Frame) {
    paint(app, look, frame.buffer_mut());
}

/// Draws the dashboard on the whole buffer.
fn paint(app: &App, look: &Look, buffer: &mut Buffer) {
    let plain = Theme::plain();
    let theme = look.themes.get(app.theme()).or(look.themes.first()).unwrap_or(&plain);
    let ascii = look.charset == Charset::Ascii;
    let marker = if ascii { Marker::Ascii } else { look.marker };
    let context = Context { app, palette: Palette::new(theme, look.depth), marker, ascii };
    let area = buffer.area;
    buffer.set_style(area, context.palette.base());
    let layout = Layout::new(area, app.focus(), app.zoomed(), app.alert().is_some(), app.replay().is_some());
    panels::draw(&context, &layout, &mut Pen::new(buffer));
    if ascii {
        ascii::translate(buffer);
    }
}
