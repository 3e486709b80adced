//! Runs side by side: their figures, and where their recipes differ.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Figure, RunState, Summary};
use crate::protocol::{Hyper, RunStarted};
use crate::text::{RecipeKey, Text};

/// Runs side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Every figure.
    pub figures: Vec<FigureRow>,
    /// What of the recipes is not the same, hyperparameters apart.
    pub recipe: Vec<Difference>,
    /// The hyperparameters that are not the same, for each run as text.
    pub hyperparameters: Vec<(Hyper, Vec<String>)>,
}

/// One figure of several runs.
#[derive(Clone, Debug)]
pub struct FigureRow {
    /// The figure.
    pub figure: Figure,
    /// Its value in each run.
    pub values: Vec<Option<f64>>,
}

/// A line of a table of runs side by side; one without cells stands between groups.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedLine {
    /// What is compared.
    pub label: Text,
    /// What each run has there, and whether no other run has better.
    pub cells: Vec<(String, bool)>,
}

/// Something in which the recipes of runs differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// As in `run.json`: `data.train_limit`.
    pub key: String,
    /// Its value in each run; null where it has none.
    pub values: Vec<Value>,
}

impl Comparison {
    /// Compares runs.
    pub fn of(runs: &[&RunState]) -> Self {
        let summaries: Vec<Summary> = runs.iter().map(|run| run.summary()).collect();
        let figures = Figure::ALL.map(|figure| FigureRow { figure, values: summaries.iter().map(figure.value).collect() });
        let hypers = Hyper::ALL.map(|hyper| (hyper, runs.iter().map(|run| run.hyper_text(hyper)).collect::<Vec<_>>()));
        let differ = |texts: &[String]| texts.iter().any(|text| *text != texts[0]);
        Self {
            figures: figures.into(),
            recipe: recipe(&runs.iter().map(|run| run.started.as_deref()).collect::<Vec<_>>()),
            hyperparameters: hypers.into_iter().filter(|(_, texts)| differ(texts)).collect(),
        }
    }

    /// Where the recipes differ and the figures, in words.
    pub fn lines(&self) -> Vec<ComparedLine> {
        let plain = |label: Text, texts: Vec<String>| ComparedLine {
            label,
            cells: texts.into_iter().map(|text| (text, false)).collect(),
        };
        let recipe = self
            .recipe
            .iter()
            .map(|difference| plain(RecipeKey(difference.key.clone()).into(), difference.values.iter().map(text).collect()));
        let hypers = self.hyperparameters.iter().map(|(hyper, texts)| plain((*hyper).into(), texts.clone()));
        let mut lines: Vec<ComparedLine> = recipe.chain(hypers).collect();
        lines.push(plain("".into(), Vec::new()));
        lines.extend(self.figures.iter().map(|row| {
            let cell = |run| (row.text(run).unwrap_or("–".into()), row.is_best(run));
            ComparedLine { label: row.figure.name.into(), cells: (0..row.values.len()).map(cell).collect() }
        }));
        lines
    }
}

impl FigureRow {
    /// The figure of a run for people, when it was measured.
    pub fn text(&self, run: usize) -> Option<String> {
        self.values.get(run).copied().flatten().map(self.figure.show)
    }

    /// Whether no other run is better.
    pub fn is_best(&self, run: usize) -> bool {
        let known = self.values.iter().flatten().copied().filter(|value| !value.is_nan());
        let best = self.figure.best.and_then(|more| known.reduce(if more { f64::max } else { f64::min }));
        self.values.len() > 1 && best.is_some() && self.values.get(run).copied().flatten() == best
    }
}

impl RunState {
    /// A hyperparameter at the start, and at the end when it is another.
    pub fn hyper_text(&self, hyper: Hyper) -> String {
        let start = self.started.as_ref().map(|started| hyper.display(started.spec.hyperparameters.get(hyper)));
        let end = self.hyperparameters.map(|now| hyper.display(now.get(hyper)));
        match (start, end) {
            (Some(start), Some(end)) if start != end => format!("{start} → {end}"),
            (start, end) => start.or(end).unwrap_or_else(|| "–".into()),
        }
    }
}

/// In what recipes differ, in a word or two, with the text of each: hyperparameters as they were at the start, then the rest.
/// Presets, seeds and epochs are not among it, nor layers, since they follow from presets; the data come last.
pub fn differences(runs: &[&RunStarted]) -> Vec<(Text, Vec<String>)> {
    let hyper = |hyper: Hyper| {
        let texts = runs.iter().map(|run| hyper.display(run.spec.hyperparameters.get(hyper)));
        (Text::from(hyper), texts.collect::<Vec<_>>())
    };
    let rest = recipe(&runs.iter().copied().map(Some).collect::<Vec<_>>()).into_iter();
    let mut rest: Vec<_> =
        rest.filter(|difference| !["preset", "seed", "layers", "parameters"].contains(&difference.key.as_str())).collect();
    rest.sort_by_key(|difference| difference.key.starts_with("data."));
    let named = |difference: Difference| {
        let place = difference.key.trim_end_matches(".kind");
        let name = place.rsplit('.').next().unwrap_or(place).replace('_', " ");
        (RecipeKey(name).into(), difference.values.iter().map(text).collect())
    };
    let differ = |texts: &[String]| texts.iter().any(|text| *text != texts[0]);
    let hypers = Hyper::ALL.into_iter().filter(|hyper| *hyper != Hyper::Epochs);
    hypers.map(hyper).filter(|(_, texts)| differ(texts)).chain(rest.into_iter().map(named)).collect()
}

/// A value of a recipe for people.
fn text(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn recipe(runs: &[Option<&RunStarted>]) -> Vec<Difference> {
    let recipes: Vec<_> = runs.iter().map(|started| started.map(fields).unwrap_or_default()).collect();
    let mut keys: Vec<&String> = recipes.iter().flat_map(BTreeMap::keys).collect();
    keys.sort();
    keys.dedup();
    let difference = |key: &String| {
        let values: Vec<Value> = recipes.iter().map(|recipe| recipe.get(key).cloned().unwrap_or_default()).collect();
        values.iter().any(|value| *value != values[0]).then(|| Difference { key: key.clone(), values })
    };
    keys.into_iter().filter_map(difference).collect()
}

/// The recipe as keys and values, without hyperparameters; layers as the shapes that they make.
fn fields(started: &RunStarted) -> BTreeMap<String, Value> {
    let mut fields = BTreeMap::new();
    if let Ok(Value::Object(spec)) = serde_json::to_value(&started.spec) {
        for (key, value) in spec.into_iter().filter(|(key, _)| key != "hyperparameters" && key != "layers") {
            flatten(&mut fields, key, value);
        }
    }
    let layers = started.layers.iter().map(|layer| {
        let shape: Vec<String> = layer.output.iter().map(usize::to_string).collect();
        format!("{} {}", layer.name, shape.join("×"))
    });
    fields.insert("layers".into(), layers.collect::<Vec<_>>().join(", ").into());
    fields.insert("parameters".into(), started.parameters().into());
    fields
}

fn flatten(fields: &mut BTreeMap<String, Value>, key: String, value: Value) {
    match value {
        Value::Object(inner) => inner.into_iter().for_each(|(name, value)| flatten(fields, format!("{key}.{name}"), value)),
        value => drop(fields.insert(key, value)),
    }
}
