//! Where everything stands that can be pointed at.

use ratatui::layout::Rect;

use crate::app::{Point, Pointer, Spot, Target};

/// Where everything stands that can be pointed at: drawing gives it.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    /// Later ones lie over earlier ones.
    areas: Vec<(Rect, Target)>,
    rows: u16,
    columns: u16,
}

impl Hits {
    /// Something can be pointed at here.
    pub(super) fn add(&mut self, area: Rect, target: Target) {
        if !area.is_empty() {
            self.areas.push((area, target));
        }
    }

    /// Something lies over everything: nothing below can be reached, and a click beside it closes it.
    pub(super) fn cover(&mut self, all: Rect, area: Rect) {
        self.areas.clear();
        self.add(all, Target::Outside);
        self.add(area, Target::Overlay);
    }

    /// Something can be pointed at here, unless something lies over it.
    pub(super) fn add_beside(&mut self, area: Rect, target: Target) {
        if !self.areas.iter().any(|(over, what)| *what == Target::Overlay && over.intersects(area)) {
            self.add(area, target);
        }
    }

    /// The list that has the keyboard shows so many rows.
    pub(super) fn set_rows(&mut self, rows: u16) {
        self.rows = rows;
    }

    /// What has the keyboard shows things in so many columns beside each other.
    pub(super) fn set_columns(&mut self, columns: u16) {
        self.columns = columns;
    }

    /// Columns of what has the keyboard; 1 for a list.
    pub fn columns(&self) -> usize {
        usize::from(self.columns).max(1)
    }

    /// Rows of the list that has the keyboard.
    pub fn rows(&self) -> usize {
        self.rows.into()
    }

    /// Everything that can be pointed at, with what it is.
    pub fn areas(&self) -> &[(Rect, Target)] {
        &self.areas
    }

    /// What the mouse means with what it does in this cell.
    pub fn at(&self, x: u16, y: u16, how: Pointer) -> Option<Point> {
        let (area, target) = self.areas.iter().rev().find(|(area, _)| area.contains((x, y).into()))?;
        let spot = Spot { x: x - area.x, y: y - area.y, width: area.width, height: area.height };
        Some(Point { target: *target, spot, how })
    }
}
