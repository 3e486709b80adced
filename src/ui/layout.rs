//! Where everything stands: a pure function from the size and the focus to rectangles.

use ratatui::layout::Rect;

use crate::app::Panel;

/// Rows of the hyperparameters: ten of them, the optimizer, and the border.
const HYPERS: u16 = 13;
/// The same where there is little room: five of them.
const HYPERS_SHORT: u16 = 7;
/// From so many rows on, a column with other panels has room for ten hyperparameters.
const TALL: u16 = 32;
/// Rows of a confusion matrix of ten classes, one row a class: their names and the border come on top.
const MATRIX: u16 = 13;
/// The same with two rows a class, and with three.
const MATRIX_TALL: u16 = 23;
const MATRIX_TALLER: u16 = 33;
/// Rows of one row of sample cards.
const SAMPLES: u16 = 13;
/// The same with large pictures.
const SAMPLES_LARGE: u16 = 19;
/// The least rows of events.
const EVENTS: u16 = 5;

/// Where everything stands.
///
/// From 76 columns, and from 160:
///
/// ```text
/// header                              header
/// ╭Loss──────────╮╭Confusion───────╮  ╭Loss──────────╮╭Confusion────╮╭Samples────╮
/// │              ││                │  │              ││             ││           │
/// ╰──────────────╯│                │  │              ││             ││           │
/// ╭Accuracy──────╮╰────────────────╯  ╰──────────────╯╰─────────────╯│           │
/// │              │╭Samples─────────╮  ╭Accuracy──────╮╭Hypers───────╮│           │
/// ╰──────────────╯╰────────────────╯  │              │╰─────────────╯│           │
/// ╭Hypers────────╮╭Events──────────╮  │              │╭Events───────╮│           │
/// ╰──────────────╯╰────────────────╯  ╰──────────────╯╰─────────────╯╰───────────╯
/// footer                              footer
/// ```
///
/// Below 76 columns a tall terminal has one column of charts and hyperparameters, a small one only the panel with the
/// focus; below 20 × 5 there is only a line of status. What has the focus is always there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// State and progress: one row or two, none without any room.
    pub header: Rect,
    /// Why the run failed.
    pub alert: Rect,
    /// Where a recorded run stands that is played.
    pub transport: Rect,
    /// The panels that are shown.
    pub panels: Vec<(Panel, Rect)>,
    /// Everything between the header and the keys.
    pub body: Rect,
    /// The keys.
    pub footer: Rect,
}

impl Layout {
    /// Divides an area.
    pub fn new(area: Rect, focus: Panel, zoomed: bool, alert: bool, transport: bool) -> Self {
        if area.width < 20 || area.height < 5 {
            let (header, rest) = cut(area, 1);
            let (alert, _) = cut(rest, u16::from(alert));
            let none = Rect { height: 0, ..area };
            return Self { header, alert, transport: none, panels: Vec::new(), body: none, footer: none };
        }
        let (header, rest) = cut(area, if area.height >= 12 { 2 } else { 1 });
        let (alert, rest) = cut(rest, if alert { 1 + u16::from(area.height >= 28) } else { 0 });
        let (rest, footer) = cut(rest, rest.height - 1);
        let (body, transport) = cut(rest, rest.height - u16::from(transport));
        let panels = if zoomed { vec![(focus, body)] } else { divide(body, focus) };
        Self { header, alert, transport, panels, body, footer }
    }
}

/// The first `rows` rows, and the rest.
fn cut(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (Rect { height: rows, ..area }, Rect { y: area.y + rows, height: area.height - rows, ..area })
}

/// The first `columns` columns, and the rest.
fn cut_left(area: Rect, columns: u16) -> (Rect, Rect) {
    let columns = columns.min(area.width);
    (Rect { width: columns, ..area }, Rect { x: area.x + columns, width: area.width - columns, ..area })
}

fn divide(body: Rect, focus: Panel) -> Vec<(Panel, Rect)> {
    match (body.width, body.height) {
        (160.., 24..) => three_columns(body),
        (76.., 16..) => two_columns(body, focus),
        (76.., 8..) => {
            let (left, right) = cut_left(body, body.width / 2);
            vec![(Panel::Loss, left), (if focus == Panel::Loss { Panel::Hypers } else { focus }, right)]
        }
        (_, 20..) if matches!(focus, Panel::Loss | Panel::Accuracy | Panel::Hypers) => charts_over_hypers(body),
        _ => vec![(focus, body)],
    }
}

/// Rows of the hyperparameters in a column of so many.
fn hypers_rows(column: u16) -> u16 {
    if column >= TALL { HYPERS } else { HYPERS_SHORT }
}

fn charts_over_hypers(column: Rect) -> Vec<(Panel, Rect)> {
    let (charts, hypers) = cut(column, column.height - hypers_rows(column.height));
    let (loss, accuracy) = cut(charts, charts.height.div_ceil(2));
    vec![(Panel::Loss, loss), (Panel::Accuracy, accuracy), (Panel::Hypers, hypers)]
}

fn two_columns(body: Rect, focus: Panel) -> Vec<(Panel, Rect)> {
    let (left, right) = cut_left(body, body.width - (body.width * 52 / 100).clamp(40, 62));
    let mut panels = charts_over_hypers(left);
    let matrix_rows = match right.height {
        44.. => MATRIX_TALL,
        18.. => MATRIX,
        height => height,
    };
    let (matrix, rest) = cut(right, matrix_rows);
    panels.push((Panel::Confusion, matrix));
    if rest.height > 0 {
        let samples_rows = match rest.height {
            rows if rows >= SAMPLES_LARGE + EVENTS && right.width >= 60 => SAMPLES_LARGE,
            rows if rows >= SAMPLES + EVENTS => SAMPLES,
            rows => rows,
        };
        let (samples, events) = cut(rest, samples_rows);
        panels.push((Panel::Samples, samples));
        if events.height > 0 {
            panels.push((Panel::Events, events));
        }
    }
    // What has the focus takes the place of its neighbour when there was no room for it.
    if !panels.iter().any(|(panel, _)| *panel == focus)
        && let Some(last) = panels.last_mut()
    {
        last.0 = focus;
    }
    panels
}

fn three_columns(body: Rect) -> Vec<(Panel, Rect)> {
    let middle_width = (body.width * 30 / 100).clamp(54, 84);
    let samples_width = (body.width * 26 / 100).clamp(34, 66);
    let (charts, rest) = cut_left(body, body.width - middle_width - samples_width);
    let (middle, samples) = cut_left(rest, middle_width);
    let (loss, accuracy) = cut(charts, charts.height.div_ceil(2));
    let matrix_rows = match middle.height {
        60.. => MATRIX_TALLER,
        40.. => MATRIX_TALL,
        _ => MATRIX,
    };
    let (matrix, rest) = cut(middle, matrix_rows);
    let (hypers, events) = cut(rest, hypers_rows(middle.height));
    vec![
        (Panel::Loss, loss),
        (Panel::Accuracy, accuracy),
        (Panel::Confusion, matrix),
        (Panel::Hypers, hypers),
        (Panel::Events, events),
        (Panel::Samples, samples),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_overlaps_and_nothing_sticks_out(
            x in 0u16..3, y in 0u16..3, width in 0u16..320, height in 0u16..120,
            focus in 0usize..6, zoomed: bool, alert: bool, transport: bool,
        ) {
            let area = Rect { x, y, width, height };
            let focus = Panel::ALL[focus];
            let layout = Layout::new(area, focus, zoomed, alert, transport);
            let mut all = vec![layout.header, layout.alert, layout.transport, layout.footer];
            all.extend(layout.panels.iter().map(|(_, rect)| *rect));
            for (i, a) in all.iter().enumerate() {
                prop_assert!(a.is_empty() || area.union(*a) == area, "{a:?} sticks out of {area:?}");
                for b in &all[i + 1..] {
                    prop_assert!(a.is_empty() || b.is_empty() || !a.intersects(*b), "{a:?} overlaps {b:?}");
                }
            }
            if width >= 20 && height >= 5 {
                prop_assert!(layout.panels.iter().any(|(panel, _)| *panel == focus), "{focus:?} is not there");
                prop_assert!(all.iter().map(|rect| rect.area()).sum::<u32>() == area.area(), "some cells are unused");
            }
        }
    }
}
