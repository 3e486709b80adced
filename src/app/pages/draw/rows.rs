//! What can be done on the page to draw.

use super::{Draw, DrawPen};
use crate::app::key::{c, k};
use crate::app::row::{Row, hidden, row};
use crate::app::{Going, Key, KeyCode, Rank};
use crate::text::{KeyHelp, KeyLabel};
use Rank::{Footer, Hidden, Not, Pair};

/// Something has to be drawn before it can be changed.
fn when_drawn(page: &Draw, rank: Rank) -> Rank {
    if page.is_empty() { Not } else { rank }
}

const fn shifted(code: KeyCode) -> Key {
    Key { code, ctrl: false, alt: false, shift: true }
}

pub(super) const ROWS: &[Row<Draw>] = &[
    row("draw.up", &[k(KeyCode::Up)], KeyLabel::Up, KeyHelp::DrawUp, hidden, |page, _| page.go(-1, 0)),
    row(
        "draw.down",
        &[k(KeyCode::Down)],
        KeyLabel::Cursor,
        KeyHelp::DrawDown,
        |_, _| Pair(21, KeyLabel::Cursor, "draw.up"),
        |page, _| page.go(1, 0),
    ),
    row("draw.left", &[k(KeyCode::Left)], KeyLabel::Left, KeyHelp::DrawLeft, hidden, |page, _| page.go(0, -1)),
    row("draw.right", &[k(KeyCode::Right)], KeyLabel::Right, KeyHelp::DrawRight, hidden, |page, _| page.go(0, 1)),
    row(
        "draw.pen",
        &[c(' ')],
        KeyLabel::Pen,
        KeyHelp::DrawPen,
        |page, _| if page.pen == DrawPen::Down { Rank::As(20, KeyLabel::LiftPen) } else { Footer(20) },
        |page, _| page.put_pen(DrawPen::Down),
    ),
    row(
        "draw.eraser",
        &[c('x')],
        KeyLabel::Eraser,
        KeyHelp::DrawEraser,
        |_, _| Footer(24),
        |page, _| page.put_pen(DrawPen::Eraser),
    ),
    row(
        "draw.clear",
        &[c('c')],
        KeyLabel::Clear,
        KeyHelp::DrawClear,
        |page, _| when_drawn(page, Footer(22)),
        |page, _| {
            page.begin();
            page.canvas.fill(0);
            page.pen = DrawPen::Up;
        },
    ),
    row(
        "draw.undo",
        &[c('u')],
        KeyLabel::Undo,
        KeyHelp::DrawUndo,
        |page, _| if page.before.is_empty() { Not } else { Footer(23) },
        |page, _| {
            if let Some(before) = page.before.pop() {
                page.canvas = before;
                page.pen = DrawPen::Up;
            }
        },
    ),
    row(
        "draw.shift-up",
        &[shifted(KeyCode::Up)],
        KeyLabel::Up,
        KeyHelp::DrawShiftUp,
        |page, _| when_drawn(page, Hidden),
        |page, _| page.shift(-1, 0),
    ),
    row(
        "draw.shift-down",
        &[shifted(KeyCode::Down)],
        KeyLabel::Down,
        KeyHelp::DrawShiftDown,
        |page, _| when_drawn(page, Hidden),
        |page, _| page.shift(1, 0),
    ),
    row(
        "draw.shift-left",
        &[shifted(KeyCode::Left)],
        KeyLabel::Left,
        KeyHelp::DrawShiftLeft,
        |page, _| when_drawn(page, Hidden),
        |page, _| page.shift(0, -1),
    ),
    row(
        "draw.shift-right",
        &[shifted(KeyCode::Right)],
        KeyLabel::Right,
        KeyHelp::DrawShiftRight,
        |page, _| when_drawn(page, Hidden),
        |page, _| page.shift(0, 1),
    ),
    row(
        "draw.alike",
        &[c('m')],
        KeyLabel::MostAlike,
        KeyHelp::DrawAlike,
        |page, _| when_drawn(page, Footer(26)),
        |page, shared| {
            let image = page.which(shared);
            page.looked.search(image);
        },
    ),
    row(
        "draw.inside",
        &[k(KeyCode::Enter)],
        KeyLabel::Inside,
        KeyHelp::DrawInside,
        |page, _| when_drawn(page, Footer(25)),
        |page, shared| shared.going = page.which(shared).map(|image| Going::Inside { image }),
    ),
    row(
        "draw.keep",
        &[c('k')],
        KeyLabel::Keep,
        KeyHelp::DrawKeep,
        |page, shared| if shared.run.classes() > 0 { when_drawn(page, Footer(26)) } else { Not },
        |page, shared| page.ask_to_keep(shared),
    ),
    row("draw.open", &[c('o')], KeyLabel::Open, KeyHelp::DrawOpen, |_, _| Footer(27), |page, shared| page.ask_to_open(shared)),
];
