//! What there is to tell, on the lower border of any page.

use ratatui::layout::Rect;

use super::pen::{Pen, columns};
use super::{Context, Role};

pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    let (app, palette) = (context.app, &context.palette);
    let Some(notice) = &app.shared().notice else { return };
    let (text, role) = match notice.is_problem {
        true => (format!(" ✗ {} ", notice.text.say(context.language())), Role::Bad),
        false => (format!(" {} ", notice.text.say(context.language())), Role::Warning),
    };
    if body.height >= 2 {
        let room = body.width.saturating_sub(4);
        pen.text(body.x + 2, body.bottom() - 1, columns(&text).min(room), &text, palette.bold(role));
    }
}
