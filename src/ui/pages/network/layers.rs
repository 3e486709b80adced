//! The layers of the network, and one of them explained from its own numbers.

use ratatui::layout::Rect;

use super::super::super::pen::{Pen, columns};
use super::super::super::widgets;
use super::super::super::{Context, Role, number};
use super::{framed, muted};
use crate::app::{Network, NetworkPart, Target};
use crate::protocol::{LayerShape, LayerSpec, grouped};
use crate::text::{Phrase, Word};

/// `26×26×32`.
fn shape(output: &[usize]) -> String {
    output.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

pub fn draw(context: &Context, page: &Network, area: Rect, pen: &mut Pen) {
    let (shared, palette) = (context.app.shared(), &context.palette);
    let parameters = context.app.run().started.as_ref().map_or(0, |started| started.parameters());
    let notes = vec![muted(context, Phrase::Parameters { count: grouped(parameters as u64) })];
    let inside = framed(context, page.focus == NetworkPart::Layers, Word::LayersTitle.into(), &notes, area, pen);
    let layers: Vec<(&LayerShape, &LayerSpec)> = Network::layers(shared).collect();
    let selected = page.layer(shared);
    let sentences: Vec<String> =
        layers.get(selected).map(|(layer, spec)| explained(context, selected, layer, spec)).unwrap_or_default();
    let room = inside.width.saturating_sub(2).max(1);
    let lines: Vec<String> = sentences.iter().flat_map(|line| widgets::wrapped(line, room)).collect();
    // The list comes first; what is said of the layer has the rest.
    let said = (lines.len() as u16 + 1).min(inside.height / 2);
    let list = Rect { height: inside.height.saturating_sub(said).min(layers.len() as u16), ..inside };
    let names = layers.iter().map(|(layer, _)| columns(&layer.name)).max().unwrap_or(0);
    let shapes = layers.iter().map(|(layer, _)| columns(&shape(&layer.output))).max().unwrap_or(0);
    let first = (selected + 1).saturating_sub(list.height.into());
    for (y, (place, (layer, _))) in (list.y..list.bottom()).zip(layers.iter().enumerate().skip(first)) {
        let row = Rect { y, height: 1, ..inside };
        pen.hits.add(row, Target::Layer(place));
        let on = context.row(row, place == selected, pen);
        let mut x = inside.x + 2;
        pen.text(x, y, names, &layer.name, on(Role::Text));
        x += names + 2;
        let output = shape(&layer.output);
        pen.text(x, y, inside.right().saturating_sub(x), &output, on(Role::Muted));
        x += shapes + 1;
        let right = inside.right().saturating_sub(1);
        let count = if layer.parameters > 0 { number::count(layer.parameters as u64) } else { String::new() };
        if x + columns(&count) < right {
            pen.text_right(x + 9, y, 9, &count, on(Role::Text));
        }
        let bar = right.saturating_sub(x + 11);
        let most = layers.iter().map(|(layer, _)| layer.parameters).max().unwrap_or(0).max(1);
        let length = (f64::from(bar) * layer.parameters as f64 / most as f64).ceil() as u16;
        (x + 10..x + 10 + length.min(bar)).for_each(|x| pen.put(x, y, '━', on(Role::Accent)));
    }
    for (y, line) in (list.bottom() + 1..inside.bottom()).zip(&lines) {
        pen.text(inside.x + 1, y, room, line, palette.style(Role::Muted));
    }
}

/// What a layer does, worked out from its own numbers.
fn explained(context: &Context, place: usize, layer: &LayerShape, spec: &LayerSpec) -> Vec<String> {
    let input = Network::input_shape(context.app.shared(), place);
    let [height, width, channels] = Network::shape(context.app.shared(), place);
    let (from, to) = (shape(&input), shape(&layer.output));
    let parameters = grouped(layer.parameters as u64);
    let (mut phrases, activation) = match *spec {
        LayerSpec::Conv { filters, kernel, activation, .. } => {
            let makes = match input[2] {
                1 => Phrase::ConvolutionOfOne { filters, kernel, height, width },
                channels => Phrase::ConvolutionMakes { filters, kernel, channels, height, width },
            };
            (vec![makes, Phrase::ConvolutionCounts { parameters, filters, kernel, channels: input[2] }], activation)
        }
        LayerSpec::MaxPool { size } => (vec![Phrase::MaxPoolMakes { size, from, to }], Default::default()),
        LayerSpec::AveragePool { size } => (vec![Phrase::AveragePoolMakes { size, from, to }], Default::default()),
        LayerSpec::BatchNorm { activation } => {
            (vec![Phrase::BatchNormMakes { channels }, Phrase::BatchNormCounts { parameters, channels }], activation)
        }
        LayerSpec::Dropout { rate } => (vec![Phrase::DropoutMakes { percent: number::whole_percent(rate) }], Default::default()),
        LayerSpec::Flatten => (vec![Phrase::FlattenMakes { from, to }], Default::default()),
        LayerSpec::Dense { units, activation } => {
            let inputs = grouped(input.iter().product::<usize>() as u64);
            (
                vec![Phrase::DenseMakes { units, inputs: inputs.clone() }, Phrase::DenseCounts { parameters, units, inputs }],
                activation,
            )
        }
    };
    phrases.extend(activation.label().map(|name| Phrase::ThenActivation { name }));
    phrases.into_iter().map(|phrase| context.say(phrase).into_owned()).collect()
}
