//! The layers of the network, and one of them explained from its own numbers.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::super::pen::{Pen, columns};
use super::super::super::widgets;
use super::super::super::{Context, Role, number};
use super::{framed, muted};
use crate::app::{Network, NetworkPart, Target};
use crate::protocol::{LayerMeasure, LayerShape, LayerSpec, grouped};
use crate::run::Advice;
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
    let room = inside.width.saturating_sub(2).max(1);
    let mut sentences: Vec<(String, Role)> = Vec::new();
    if let Some((layer, spec)) = layers.get(selected) {
        let words = explained(context, selected, layer, spec).into_iter();
        sentences.extend(words.map(|words| (words, Role::Muted)));
        sentences.extend(measured(context, layer));
    }
    let all: Vec<(Vec<String>, Role)> = sentences.iter().map(|(words, role)| (widgets::wrapped(words, room), *role)).collect();
    let wanted = all.iter().map(|(lines, _)| lines.len() as u16).sum::<u16>();
    // The list comes first; what is said of the layer has the rest.
    let said = (wanted + 1).min(inside.height.saturating_sub(layers.len() as u16).max(inside.height / 2));
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
        let rest = Rect { x: x + 10, y, width: right.saturating_sub(x + 10), height: 1 };
        match measure(context, layer) {
            Some(measure) if rest.width >= 2 => draw_measure(context, measure, rest, &on, pen),
            _ => {
                let most = layers.iter().map(|(layer, _)| layer.parameters).max().unwrap_or(0).max(1);
                let length = (f64::from(rest.width) * layer.parameters as f64 / most as f64).ceil() as u16;
                (rest.x..rest.x + length.min(rest.width)).for_each(|x| pen.put(x, y, '━', on(Role::Accent)));
            }
        }
    }
    let mut y = list.bottom() + 1;
    for (lines, role) in all {
        // Whole sentences, or none.
        if y + lines.len() as u16 <= inside.bottom() {
            for line in lines {
                pen.text(inside.x + 1, y, room, &line, palette.style(role));
                y += 1;
            }
        }
    }
}

/// What was measured of a layer last.
fn measure<'a>(context: &Context<'a>, layer: &LayerShape) -> Option<&'a LayerMeasure> {
    context.app.run().layers.iter().find(|measure| measure.name == layer.name)
}

/// By which part a step changes the layer, and whether that is well; where there is room, its share of the time.
fn draw_measure(context: &Context, measure: &LayerMeasure, area: Rect, on: &impl Fn(Role) -> Style, pen: &mut Pen) {
    let (mark, role) = match Advice::of(measure, context.app.run().step) {
        Advice::TooEarly => ("…", Role::Muted),
        Advice::Frozen => ("·", Role::Muted),
        advice if advice.is_warning() => ("!", Role::Warning),
        _ => ("✓", Role::Good),
    };
    pen.text_right(area.right(), area.y, 1, mark, on(role));
    if area.width >= 10 {
        let ratio = number::scientific(measure.update_ratio.into());
        pen.text_right(area.right() - 2, area.y, 8, &ratio, on(Role::Text));
    }
    if area.width >= 16 {
        let share = number::whole_percent(measure.time_share);
        pen.text_right(area.x + 6, area.y, 6, &share, on(Role::Muted));
    }
}

/// What was measured of a layer, what it means, and what to do.
fn measured(context: &Context, layer: &LayerShape) -> Vec<(String, Role)> {
    let Some(measure) = measure(context, layer) else { return Vec::new() };
    let (run, shared) = (context.app.run(), context.app.shared());
    let figure = |value: f32| number::figure(value.into());
    let update = number::scientific(measure.update_ratio.into());
    let mut phrases = vec![Phrase::LayerMeasured {
        weights: figure(measure.weight_norm),
        gradient: figure(measure.gradient_norm),
        update: update.clone(),
        time: number::whole_percent(measure.time_share),
    }];
    if let Some((part, all)) = measure.silent {
        phrases.push(Phrase::SilentUnits { count: (part * all as f32).round() as u32, all });
    }
    let advice = Advice::of(measure, run.step);
    let key = shared.keymap.shown("drawer");
    let words = match advice {
        Advice::TooEarly => Phrase::AdviceTooEarly,
        Advice::Fine => Phrase::AdviceFine,
        Advice::Frozen => Phrase::AdviceFrozen,
        Advice::NoGradient => Phrase::AdviceNoGradient { key },
        Advice::TooFast { .. } => Phrase::AdviceTooFast { update, key },
        Advice::TooSlow { .. } => Phrase::AdviceTooSlow { update, key },
        Advice::Silent { count, all } => Phrase::AdviceSilent { count, all, key },
    };
    let mut said: Vec<(String, Role)> =
        phrases.into_iter().map(|phrase| (context.say(phrase).into_owned(), Role::Text)).collect();
    // What is to be done comes first, where something is.
    let (role, place) = if advice.is_warning() { (Role::Warning, 0) } else { (Role::Muted, said.len()) };
    said.insert(place, (context.say(words).into_owned(), role));
    said
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
