//! Texts in aligned columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::error::escaped;

/// Between two columns.
const GAP: &str = "  ";
/// What stands for the rest of a text.
const CUT: char = '…';
/// No column is cut to less.
const LEAST: usize = 6;

/// Texts in aligned columns, for a terminal so many columns wide, or without an end.
#[derive(Clone, Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// What stands above it.
    pub title: &'static str,
    /// Numbers stand at the right.
    pub right: bool,
    /// Where there is no room, the columns with the greatest of these go first; those with 0 stay, and are cut.
    pub spare: u8,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// One more row. Control characters are escaped, so that the terminal does not obey them.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| escaped(&cell)).collect());
    }

    /// The table in lines, the titles first when there are any.
    pub fn text(&self, room: Option<usize>) -> String {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        let mut widths: Vec<usize> = kept.iter().map(|column| self.width(*column)).collect();
        // A column without titles and texts would leave a gap.
        kept.retain(|column| widths[*column] > 0);
        let total = |kept: &[usize], widths: &[usize]| {
            kept.iter().map(|column| widths[*column]).sum::<usize>() + GAP.len() * kept.len().saturating_sub(1)
        };
        if let Some(room) = room {
            while total(&kept, &widths) > room {
                let spare = kept.iter().copied().filter(|column| self.columns[*column].spare > 0);
                let Some(first) = spare.max_by_key(|column| self.columns[*column].spare) else { break };
                kept.retain(|column| *column != first);
            }
            while total(&kept, &widths) > room {
                let Some(widest) = kept.iter().copied().max_by_key(|column| widths[*column]) else { break };
                if widths[widest] <= LEAST {
                    break;
                }
                widths[widest] -= 1;
            }
        }
        let titles = self.columns.iter().map(|column| column.title.to_owned()).collect::<Vec<_>>();
        let head = Some(&titles).filter(|titles| titles.iter().any(|title| !title.is_empty()));
        let mut text = String::new();
        for row in head.into_iter().chain(&self.rows) {
            let cells = kept.iter().map(|column| {
                let (cell, space) = fitted(row.get(*column).map_or("", String::as_str), widths[*column]);
                if self.columns[*column].right { space + &cell } else { cell + &space }
            });
            text.push_str(cells.collect::<Vec<_>>().join(GAP).trim_end());
            text.push('\n');
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
        cells.max().unwrap_or(0).max(self.columns[column].title.width())
    }
}

/// The text, or its beginning where it is wider, and the space that is left of so many columns.
pub(super) fn fitted(text: &str, width: usize) -> (String, String) {
    let cell = cut(text, width);
    let space = " ".repeat(width.saturating_sub(cell.width()));
    (cell, space)
}

/// The text, or its beginning where it is wider.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for character in text.chars() {
        if cut.width() + character.width().unwrap_or(0) + 1 > width {
            break;
        }
        cut.push(character);
    }
    cut.push(CUT);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_give_way_where_there_is_no_room() {
        let column = |title, right, spare| Column { title, right, spare };
        let mut table =
            Table::new([column("NAME", false, 0), column("", false, 0), column("SEED", true, 1), column("STATUS", false, 0)]);
        table.row(["数字 one", "", "7", "running"].map(str::to_owned));
        table.row(["b\x1b[31m", "", "1234567", "failed"].map(str::to_owned));
        let whole = "NAME            SEED  STATUS\n数字 one           7  running\nb\\u{1b}[31m  1234567  failed\n";
        assert_eq!(table.text(None), whole);
        assert_eq!(table.text(Some(29)), whole);
        let narrow = "NAME         STATUS\n数字 one     running\nb\\u{1b}[31m  failed\n";
        assert_eq!(table.text(Some(28)), narrow);
        assert_eq!(table.text(Some(16)), "NAME     STATUS\n数字 o…  running\nb\\u{1b…  failed\n");
        assert!(table.text(Some(1)).lines().all(|line| line.width() <= 14));
    }
}
