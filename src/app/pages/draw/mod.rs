//! A digit of one's own: drawn by mouse or keys, and what the network says to it while it learns.

mod rows;

use super::{Page, PageId};
use crate::app::row::{Row, Rows};
use crate::app::table::Place;
use crate::app::{
    Alike, AppOptions, Choice, ChoiceItem, Effect, Explained, Known, Looked, Point, Pointer, Prompt, Shared, Table, Target, Typed,
};
use crate::data::centred;
use crate::protocol::{Bytes, Plane, Query, Unanswered, Which};
use crate::run::most_probable;
use crate::text::{Explanation, Text, Word};

/// Rows and columns of the canvas.
pub const SIDE: usize = 28;
/// So many strokes can be taken back.
const MOST_UNDONE: usize = 100;
/// Ink in the middle of the pen, at its sides and at its corners: about as wide as the strokes of MNIST.
const PEN: [u8; 3] = [255, 150, 70];

/// The page to draw on.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The ink, row by row.
    canvas: Vec<u8>,
    /// As it was before each stroke.
    before: Vec<Vec<u8>>,
    /// Row and column of the pen, as keys move it.
    at: [usize; 2],
    /// What the pen does as keys move it.
    pen: DrawPen,
    /// Where the mouse was last, while its button is down.
    dragged: Option<[usize; 2]>,
    looked: Looked,
}

/// What the pen does as keys move it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawPen {
    /// It is lifted.
    #[default]
    Up,
    /// It draws.
    Down,
    /// It erases.
    Eraser,
}

impl Default for Draw {
    fn default() -> Self {
        Self {
            canvas: vec![0; SIDE * SIDE],
            before: Vec::new(),
            at: [SIDE / 2; 2],
            pen: DrawPen::Up,
            dragged: None,
            looked: Looked::default(),
        }
    }
}

impl Draw {
    pub(super) fn new(_: &AppOptions) -> Self {
        Self::default()
    }

    /// The ink of the canvas, [`SIDE`] × [`SIDE`] bytes, row by row.
    pub fn canvas(&self) -> &[u8] {
        &self.canvas
    }

    /// Row and column of the pen, and what it does as keys move it.
    pub fn pen(&self) -> ([usize; 2], DrawPen) {
        (self.at, self.pen)
    }

    /// Whether nothing is drawn.
    pub fn is_empty(&self) -> bool {
        self.canvas.iter().all(|ink| *ink == 0)
    }

    /// The drawing as the network gets it, when something is drawn.
    pub fn prepared(&self, shared: &Shared) -> Option<Vec<u8>> {
        let shape = shared.run.started.as_ref()?.image_shape;
        (!self.is_empty()).then(|| centred(&self.canvas, [SIDE, SIDE], shape))
    }

    fn which(&self, shared: &Shared) -> Option<Which> {
        Some(Which::Given { pixels: Bytes(self.prepared(shared)?) })
    }

    /// What the network takes it for: the probabilities, and after how many steps; the newest that is known, so that they do
    /// not go out at every stroke.
    pub fn probabilities(&self) -> Option<(&[f32], u64)> {
        self.looked.probabilities(None).filter(|_| !self.is_empty())
    }

    /// Where the network looks.
    pub fn occlusion(&self) -> Option<&Plane> {
        self.looked.occlusion(None).filter(|_| !self.is_empty())
    }

    /// The most alike training images; `None` until they are asked for.
    pub fn alike(&self, shared: &Shared) -> Option<Alike<'_>> {
        self.looked.alike(&self.which(shared)?, shared)
    }

    /// Why nothing is said to it, when nothing can be.
    pub fn why(&self) -> Option<Unanswered> {
        self.looked.why()
    }

    /// Remembers the canvas, for when what comes is taken back.
    fn begin(&mut self) {
        if self.before.last() != Some(&self.canvas) {
            if self.before.len() == MOST_UNDONE {
                self.before.remove(0);
            }
            self.before.push(self.canvas.clone());
        }
    }

    /// Draws or erases around a place.
    fn touch(&mut self, [row, column]: [usize; 2], erases: bool) {
        for (down, across) in (-1..=1).flat_map(|down| (-1..=1).map(move |across| (down, across))) {
            let at = |place: usize, by: isize| place.checked_add_signed(by).filter(|place| *place < SIDE);
            let (Some(row), Some(column)) = (at(row, down), at(column, across)) else { continue };
            let ink = &mut self.canvas[row * SIDE + column];
            let pen = PEN[usize::from(down != 0) + usize::from(across != 0)];
            *ink = if erases { 0 } else { (*ink).max(pen) };
        }
    }

    /// Draws or erases on a straight line.
    fn line(&mut self, from: [usize; 2], to: [usize; 2], erases: bool) {
        let [down, across] = [0, 1].map(|i| to[i] as f64 - from[i] as f64);
        let steps = down.abs().max(across.abs()).max(1.0) as usize;
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            let at = [0, 1].map(|i| (from[i] as f64 + part * [down, across][i]).round() as usize);
            self.touch(at, erases);
        }
    }

    /// Moves the pen by keys.
    fn go(&mut self, down: isize, across: isize) {
        let from = self.at;
        let moved = |at: usize, by: isize| at.saturating_add_signed(by).min(SIDE - 1);
        self.at = [moved(from[0], down), moved(from[1], across)];
        if self.pen != DrawPen::Up {
            self.begin();
            self.line(from, self.at, self.pen == DrawPen::Eraser);
        }
    }

    /// Moves the whole drawing; what goes over the edge is gone.
    fn shift(&mut self, down: isize, across: isize) {
        self.begin();
        let old = self.canvas.clone();
        for (i, ink) in self.canvas.iter_mut().enumerate() {
            let from = |at: usize, by: isize| at.checked_add_signed(-by).filter(|at| *at < SIDE);
            *ink = match (from(i / SIDE, down), from(i % SIDE, across)) {
                (Some(row), Some(column)) => old[row * SIDE + column],
                _ => 0,
            };
        }
    }

    /// Asks what it is, to keep it as that: what the network takes it for stands first.
    fn ask_to_keep(&self, shared: &mut Shared) {
        let classes = (0..shared.run.classes()).map(|class| shared.run.class_name(class));
        let items = classes.map(|name| ChoiceItem { name: Text::from(name), text: Text::from("") }).collect();
        let selected = self.probabilities().and_then(|(probabilities, _)| most_probable(probabilities)).unwrap_or(0);
        shared.open(Choice::new(Word::WhatIsIt, items, selected, |pages, shared, class| {
            let (ink, class) = (pages.draw.canvas.clone(), shared.run.class_name(class));
            shared.effects.push(Effect::KeepDigit { ink, side: SIDE, class });
        }));
    }

    /// Asks which picture is to be drawn on.
    fn ask_to_open(&self, shared: &mut Shared) {
        let title = Text::from(Word::OpenTitle);
        shared.open(Prompt::new(title, Word::OpenHint, String::new(), true, |_, shared, typed| match typed {
            Typed::Done(path) if !path.is_empty() => shared.effects.push(Effect::OpenPicture(path.into())),
            _ => {}
        }));
    }

    /// Something was opened to be drawn on.
    pub(in crate::app) fn opened(&mut self, ink: &[u8]) {
        if ink.len() == self.canvas.len() {
            self.begin();
            self.canvas.copy_from_slice(ink);
        }
    }

    fn put_pen(&mut self, pen: DrawPen) {
        self.pen = if self.pen == pen { DrawPen::Up } else { pen };
        if self.pen != DrawPen::Up {
            self.begin();
            self.touch(self.at, self.pen == DrawPen::Eraser);
        }
    }
}

impl Page for Draw {
    fn name(&self) -> Word {
        Word::DrawPage
    }

    fn table(&self) -> Table {
        Table::new(Word::OnThePageToDraw, Place::Page(PageId::Draw), rows::ROWS)
    }

    fn explained(&self, _: &Shared) -> Option<Explained> {
        Some(Explained { title: Word::DrawPage.into(), text: Explanation::Draw })
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        let (probabilities, _) = self.probabilities()?;
        let rows = probabilities.iter().enumerate();
        Some(rows.map(|(class, part)| format!("{}\t{part:.4}\n", shared.run.class_name(class))).collect())
    }

    fn turned(&mut self, _: &mut Shared, _: bool) {
        (self.pen, self.dragged) = (DrawPen::Up, None);
    }

    fn wants(&self, shared: &Shared) -> Option<Query> {
        let image = self.which(shared)?;
        match self.dragged {
            // The rest comes when the stroke is done.
            Some(_) => self.looked.wants_prediction(&image, shared),
            None => self.looked.wants(&image, shared),
        }
    }

    fn told(&mut self, _: &Shared, known: Known) {
        self.looked.told(known);
    }

    fn pointed(&mut self, _: &mut Shared, point: &Point) {
        let spot = point.spot;
        let along = |at: u16, of: u16| (usize::from(at) * SIDE / usize::from(of.max(1))).min(SIDE - 1);
        let at = [along(spot.y, spot.height), along(spot.x, spot.width)];
        match (point.target, point.how) {
            (Target::Canvas, Pointer::Press) => {
                self.begin();
                self.touch(at, false);
                (self.dragged, self.at) = (Some(at), at);
            }
            (Target::Canvas, Pointer::Drag) => {
                self.line(self.dragged.unwrap_or(at), at, false);
                (self.dragged, self.at) = (Some(at), at);
            }
            (Target::Canvas, Pointer::Erase) => {
                self.begin();
                self.touch(at, true);
            }
            (_, Pointer::Release) => self.dragged = None,
            _ => {}
        }
    }
}

impl Rows for Draw {
    fn rows(&self) -> &'static [Row<Self>] {
        rows::ROWS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_join_their_places_and_are_taken_back_one_by_one() {
        let mut page = Draw::default();
        page.begin();
        page.line([2, 3], [9, 20], false);
        for (row, column) in [(2, 3), (9, 20), (5, 10)] {
            assert!(page.canvas[row * SIDE + column] > 100, "{row} {column}");
        }
        let first = page.canvas.clone();
        page.shift(3, -2);
        assert_eq!(page.canvas[(12) * SIDE + 18], first[9 * SIDE + 20]);
        page.put_pen(DrawPen::Eraser);
        page.go(0, 1);
        while let Some(before) = page.before.pop() {
            page.canvas = before;
        }
        assert!(page.is_empty());
    }

    #[test]
    fn nothing_is_drawn_beyond_the_edge() {
        let mut page = Draw::default();
        page.touch([0, 0], false);
        page.touch([SIDE - 1, SIDE - 1], false);
        assert_eq!((page.canvas[0], page.canvas[SIDE * SIDE - 1], page.canvas[SIDE - 1]), (255, 255, 0));
        page.put_pen(DrawPen::Down);
        (0..40).for_each(|_| page.go(1, 1));
        assert_eq!(page.pen().0, [SIDE - 1; 2]);
    }
}
