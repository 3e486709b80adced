//! The mouse as the dashboard understands it: what was pointed at, not where it was.

use super::{Measure, Panel, RowId};

/// What was pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A key and its words: an item of the last row, a page's name, an answer.
    Row(RowId),
    /// A panel.
    Panel(Panel),
    /// A cell of the confusion matrix.
    Cell {
        /// What the images are.
        truth: usize,
        /// What they were taken for.
        predicted: usize,
    },
    /// A class of the images.
    Class(usize),
    /// A chart, between its axes.
    Chart(Measure),
    /// A layer of the network.
    Layer(usize),
    /// The values of a map, by their rows and columns.
    Values,
    /// What is drawn on, by its rows and columns.
    Canvas,
    /// An item of a list: on a page, or in what lies over it.
    Item(usize),
    /// What lies over the page, somewhere.
    Overlay,
    /// Beside what lies over the page.
    Outside,
}

/// Where within its area something was pointed at, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Cells from the left.
    pub x: u16,
    /// Cells from the top.
    pub y: u16,
    /// Cells of the area across.
    pub width: u16,
    /// Cells of the area down.
    pub height: u16,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    /// The left button went down.
    Press,
    /// It moved while the button was down.
    Drag,
    /// The button went up.
    Release,
    /// The right button went down, or it moved while that was down.
    Erase,
    /// The wheel was turned, by so many notches down.
    Wheel(i8),
}

/// Something was pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// What.
    pub target: Target,
    /// Where in it.
    pub spot: Spot,
    /// How.
    pub how: Pointer,
}
