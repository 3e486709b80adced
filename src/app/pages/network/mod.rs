//! Inside the network: its layers, their filters, what they make of an image, and what one value is the sum of.

mod rows;

use std::time::Duration;

use super::{Page, PageId};
use crate::app::questions::{FOLLOWS_MS, is_wanted};
use crate::app::row::{Row, Rows};
use crate::app::table::Place;
use crate::app::{AppOptions, Explained, Going, Known, Point, Pointer, Shared, Table, Target, of_network};
use crate::protocol::{Among, Body, LayerShape, LayerSpec, Plane, Query, Seen, Sum, Unanswered, Which};
use crate::text::Word;

/// So many planes are asked for at most.
const MOST_PLANES: usize = 64;
/// While it plays, the window moves on so often.
const PLAYS: Duration = Duration::from_millis(300);

/// A part of the page that can have the focus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkPart {
    /// The layers.
    #[default]
    Layers,
    /// What is shown of one.
    Planes,
    /// The image.
    Image,
}

impl NetworkPart {
    /// All of them, in the order of Tab.
    pub const ALL: [Self; 3] = [Self::Layers, Self::Planes, Self::Image];
}

/// What is shown of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LayerView {
    /// What it makes of the image.
    #[default]
    Activations,
    /// Its weights.
    Filters,
    /// What one of its values is the sum of.
    Sum,
}

impl LayerView {
    /// All of them, in the order of the key.
    pub const ALL: [Self; 3] = [Self::Activations, Self::Filters, Self::Sum];
}

/// The page of the network.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// What has the focus.
    pub focus: NetworkPart,
    /// What is shown of the layer.
    pub view: LayerView,
    layer: usize,
    /// The map, filter or unit that is looked at.
    channel: usize,
    /// The channel of the input whose weights are shown.
    input: usize,
    /// Row and column of the value that is looked at; the one in the middle until somebody has moved it.
    at: Option<[usize; 2]>,
    /// How long the window has stood where it is, while it moves by itself.
    played: Option<Duration>,
    image: Option<Known>,
    planes: Option<Known>,
    sum: Option<Known>,
}

impl Network {
    pub(super) fn new(_: &AppOptions) -> Self {
        Self::default()
    }

    /// The layers of the run's network, each with what it was made from.
    pub fn layers(shared: &Shared) -> impl ExactSizeIterator<Item = (&LayerShape, &LayerSpec)> {
        let started = shared.run.started.as_deref();
        let shapes = started.map_or(&[][..], |started| &started.layers);
        let specs = started.map_or(&[][..], |started| &started.spec.layers);
        shapes.iter().zip(specs)
    }

    /// The layer that is looked at, as a place among them.
    pub fn layer(&self, shared: &Shared) -> usize {
        self.layer.min(Self::layers(shared).len().saturating_sub(1))
    }

    /// The shape of a layer's result, `[height, width, channels]`; units are channels of one pixel.
    pub fn shape(shared: &Shared, layer: usize) -> [usize; 3] {
        let output = Self::layers(shared).nth(layer).map_or(&[][..], |(shape, _)| &shape.output);
        <[usize; 3]>::try_from(output).unwrap_or([1, 1, output.iter().product()])
    }

    /// The shape of what goes into a layer.
    pub fn input_shape(shared: &Shared, layer: usize) -> [usize; 3] {
        match layer.checked_sub(1) {
            Some(before) => Self::shape(shared, before),
            None => shared.run.started.as_ref().map_or([1, 1, 0], |started| started.image_shape),
        }
    }

    /// The map, filter or unit that is looked at.
    pub fn channel(&self, shared: &Shared) -> usize {
        self.channel.min(self.channels(shared).saturating_sub(1))
    }

    /// How many maps or filters there are to look at.
    fn channels(&self, shared: &Shared) -> usize {
        Self::shape(shared, self.layer(shared))[2]
    }

    /// The channel of the input whose weights are shown.
    pub fn input(&self, shared: &Shared) -> usize {
        self.input.min(self.inputs(shared).saturating_sub(1))
    }

    /// How many channels the layer's weights multiply: those of the image before it was made one row.
    pub fn inputs(&self, shared: &Shared) -> usize {
        let layer = self.layer(shared);
        let before = layer.checked_sub(1).and_then(|before| Self::layers(shared).nth(before));
        match before {
            Some((_, LayerSpec::Flatten)) => Self::input_shape(shared, layer - 1)[2],
            // A row of values is drawn as one.
            _ if Self::input_shape(shared, layer)[..2] == [1, 1] => 1,
            _ => Self::input_shape(shared, layer)[2],
        }
    }

    /// Row and column of the value that is looked at.
    pub fn at(&self, shared: &Shared) -> [usize; 2] {
        let [height, width, _] = Self::shape(shared, self.layer(shared));
        let [row, column] = self.at.unwrap_or([height / 2, width / 2]);
        [row.min(height.saturating_sub(1)), column.min(width.saturating_sub(1))]
    }

    /// What can be shown of the layer that is looked at: the view that is chosen, or the first that there is.
    pub fn view(&self, shared: &Shared) -> LayerView {
        let spec = Self::layers(shared).nth(self.layer(shared)).map(|(_, spec)| *spec);
        match (self.view, spec) {
            (LayerView::Sum, Some(LayerSpec::Conv { .. })) => LayerView::Sum,
            (LayerView::Filters, Some(LayerSpec::Conv { .. } | LayerSpec::Dense { .. })) => LayerView::Filters,
            _ => LayerView::Activations,
        }
    }

    /// The first plane that is shown, and how many at most.
    pub fn visible(&self, shared: &Shared) -> (usize, usize) {
        let a_page = (shared.rows * shared.columns).clamp(1, MOST_PLANES);
        (self.channel(shared) / a_page * a_page, a_page)
    }

    /// The planes that are known of what is shown, the first of them, and how many there are in all.
    pub fn planes(&self, shared: &Shared) -> Option<(&[Plane], usize, usize)> {
        let Known { query, body: Body::Planes { total, planes }, .. } = self.planes.as_ref()? else { return None };
        let layer = self.layer(shared);
        let from = match (query, self.view(shared)) {
            (Query::Layer { image, layer: of, from, .. }, LayerView::Activations | LayerView::Sum)
                if *of == layer && Some(image) == which(shared).as_ref() =>
            {
                from
            }
            (Query::Filters { layer: of, from, input, .. }, LayerView::Filters)
                if *of == layer && *input == self.input(shared) =>
            {
                from
            }
            _ => return None,
        };
        Some((planes, *from, *total))
    }

    /// After how many steps the network was as it is shown.
    pub fn step(&self) -> Option<u64> {
        self.planes.as_ref().or(self.image.as_ref()).filter(|known| known.why().is_none()).map(|known| known.step)
    }

    /// Why nothing is shown, when nothing can be.
    pub fn why(&self) -> Option<Unanswered> {
        self.planes.as_ref().and_then(Known::why).or(self.image.as_ref().and_then(Known::why))
    }

    /// The image, and the probability of each class.
    pub fn image(&self) -> Option<(&Seen, &[f32])> {
        match &self.image.as_ref()?.body {
            Body::Predicted { image, probabilities } => Some((image, probabilities)),
            _ => None,
        }
    }

    /// What the value that is looked at is the sum of.
    pub fn sum(&self, shared: &Shared) -> Option<&Sum> {
        let Known { query, body: Body::Sum(sum), .. } = self.sum.as_ref()? else { return None };
        (*query == self.wanted_sum(shared)?).then_some(sum)
    }

    fn wanted_sum(&self, shared: &Shared) -> Option<Query> {
        let [row, column] = self.at(shared);
        let value = [row, column, self.channel(shared)];
        Some(Query::Sum { image: which(shared)?, layer: self.layer(shared), value })
    }

    fn wanted_planes(&self, shared: &Shared) -> Option<Query> {
        let (layer, (from, count)) = (self.layer(shared), self.visible(shared));
        Some(match self.view(shared) {
            LayerView::Activations => Query::Layer { image: which(shared)?, layer, from, count },
            LayerView::Sum => Query::Layer { image: which(shared)?, layer, from: self.channel(shared), count: 1 },
            LayerView::Filters => Query::Filters { layer, input: self.input(shared), from, count },
        })
    }

    /// Arrow keys move what has the focus.
    fn go(&mut self, shared: &mut Shared, down: isize, right: isize) {
        match (self.focus, self.view(shared)) {
            (NetworkPart::Layers, _) => {
                let last = Self::layers(shared).len().saturating_sub(1);
                self.layer = self.layer(shared).saturating_add_signed(down + right).min(last);
            }
            (NetworkPart::Image, _) => next_image(shared, down + right),
            (NetworkPart::Planes, LayerView::Sum) => {
                let [row, column] = self.at(shared);
                let [height, width, _] = Self::shape(shared, self.layer(shared));
                let moved = |at: usize, by: isize, length: usize| at.saturating_add_signed(by).min(length.saturating_sub(1));
                self.at = Some([moved(row, down, height), moved(column, right, width)]);
            }
            (NetworkPart::Planes, _) => self.next_channel(shared, right + down * shared.columns as isize),
        }
    }

    fn next_channel(&mut self, shared: &Shared, by: isize) {
        self.channel = self.channel(shared).saturating_add_signed(by).min(self.channels(shared).saturating_sub(1));
    }

    /// Moves the window by itself, or no longer.
    fn play(&mut self, shared: &mut Shared) {
        self.played = if self.played.is_some() { None } else { Some(Duration::ZERO) };
        shared.plays = self.played.is_some();
    }

    fn look_at(&mut self, view: LayerView) {
        (self.view, self.focus) = (view, NetworkPart::Planes);
    }
}

/// The image that is looked at: the one that a person has chosen, or the first sample.
pub fn which(shared: &Shared) -> Option<Which> {
    shared.image.clone().or_else(|| {
        let first = shared.run.sample_order.places().first().copied().unwrap_or(0);
        let place = shared.run.samples.get(first)?.index as u32;
        Some(Which::Of { among: Among::Training, place })
    })
}

/// Another one of the samples.
fn next_image(shared: &mut Shared, by: isize) {
    let samples = &shared.run.samples;
    let now = which(shared);
    let is_now = |index: usize| now == Some(Which::Of { among: Among::Training, place: index as u32 });
    let at = samples.iter().position(|sample| is_now(sample.index));
    let next = match at {
        Some(at) => (at as isize + by).rem_euclid(samples.len() as isize) as usize,
        None => 0,
    };
    if let Some(sample) = samples.get(next) {
        shared.image = Some(Which::Of { among: Among::Training, place: sample.index as u32 });
    }
}

impl Page for Network {
    fn name(&self) -> Word {
        Word::NetworkPage
    }

    fn table(&self) -> Table {
        Table::new(Word::OnThePageOfTheNetwork, Place::Page(PageId::Network), rows::ROWS)
    }

    fn place(&self) -> Option<(usize, usize)> {
        Some((NetworkPart::ALL.iter().position(|part| *part == self.focus)? + 1, NetworkPart::ALL.len()))
    }

    fn explained(&self, shared: &Shared) -> Option<Explained> {
        Some(of_network(self.focus, self.view(shared)))
    }

    fn copied(&self, shared: &Shared) -> Option<String> {
        match self.view(shared) {
            LayerView::Sum => self.sum(shared).map(|sum| sum.after.to_string()),
            _ => Self::layers(shared).nth(self.layer(shared)).map(|(shape, _)| shape.name.clone()),
        }
    }

    fn turned(&mut self, shared: &mut Shared, _to: bool) {
        self.played = None;
        shared.plays = false;
    }

    fn ticked(&mut self, shared: &mut Shared, passed: Duration) {
        let Some(played) = &mut self.played else { return };
        *played += passed;
        if *played >= PLAYS {
            *played = Duration::ZERO;
            let [row, column] = self.at(shared);
            let [height, width, _] = Self::shape(shared, self.layer(shared));
            let next = (row * width + column + 1) % (height * width).max(1);
            self.at = Some([next / width.max(1), next % width.max(1)]);
        }
    }

    fn wants(&self, shared: &Shared) -> Option<Query> {
        let image = Query::Predict { image: which(shared)? };
        let (planes, sum) = (self.wanted_planes(shared)?, self.wanted_sum(shared)?);
        let shows_sum = self.view(shared) == LayerView::Sum;
        let all = [(image, &self.image), (planes, &self.planes), (sum, &self.sum)];
        let mut all = all.into_iter().take(if shows_sum { 3 } else { 2 });
        // What is not known at all comes before what could be newer.
        let missing = all.clone().find(|(query, known)| is_wanted(known.as_ref(), query, None, shared));
        let newer = all.find(|(query, known)| is_wanted(known.as_ref(), query, Some(FOLLOWS_MS), shared));
        missing.or(newer).map(|(query, _)| query)
    }

    fn told(&mut self, _: &Shared, known: Known) {
        match known.query {
            Query::Predict { .. } => self.image = Some(known),
            Query::Layer { .. } | Query::Filters { .. } => self.planes = Some(known),
            Query::Sum { .. } => self.sum = Some(known),
            _ => {}
        }
    }

    fn go_to(&mut self, shared: &mut Shared, going: &Going) {
        if let Going::Inside { image } = going {
            shared.image = Some(image.clone());
        }
    }

    fn pointed(&mut self, shared: &mut Shared, point: &Point) {
        match (point.target, point.how) {
            (Target::Layer(layer), Pointer::Press) => (self.layer, self.focus) = (layer, NetworkPart::Layers),
            (Target::Item(channel), Pointer::Press) => (self.channel, self.focus) = (channel, NetworkPart::Planes),
            (Target::Values, Pointer::Press | Pointer::Drag) => {
                let [height, width, _] = Self::shape(shared, self.layer(shared));
                let along = |at: u16, of: u16, length: usize| usize::from(at) * length / usize::from(of.max(1));
                let spot = point.spot;
                self.at = Some([along(spot.y, spot.height, height), along(spot.x, spot.width, width)]);
                self.focus = NetworkPart::Planes;
            }
            (_, Pointer::Wheel(by)) => self.go(shared, by.into(), 0),
            _ => {}
        }
    }
}

impl Rows for Network {
    fn rows(&self) -> &'static [Row<Self>] {
        rows::ROWS
    }
}
