//! `mnist-tui evaluate`: how good a trained network is, how sure that is, and whether another is better.

use std::path::Path;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::error::{CliError, escaped};
use super::place::{Form, Place, Runs, print_json};
use super::table::{Column, Table};
use crate::data::{Dataset, ImageSet};
use crate::evaluate::{Comparison, Judged, Model, Report, Which, compare};
use crate::protocol::{ColorChoice, DataSpec, PictureSpec};
use crate::run::store::{StoreError, chosen_by};
use crate::terminal;
use crate::text::Language;

/// More classes are told in JSON alone.
const MOST_CLASSES: usize = 40;
/// So many images that two networks differ on are named.
const NAMED: usize = 12;
/// So many images are printed of each kind.
const SHOWN: usize = 6;

/// What to judge, and with which images.
#[derive(Debug, Args)]
pub(super) struct EvaluateArguments {
    /// A run (an id, the start of one, a name, or `last`), or a file of parameters that says what its network is.
    #[arg(value_name = "RUN|FILE")]
    model: String,
    /// Another one, to see whether they differ on the same images.
    #[arg(value_name = "RUN|FILE")]
    other: Option<String>,
    /// Other images than those of the training: a name, or a folder.
    #[arg(long, value_name = "NAME|DIR")]
    data: Option<String>,
    /// Which of the images.
    #[arg(long, value_enum, value_name = "PART", default_value = "test")]
    split: Part,
    /// Print the surest mistakes as pictures, or of two networks the images on which only one is right.
    #[arg(long, conflicts_with = "json")]
    show: bool,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// A part of the images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Those for tests.
    Test,
    /// Those that were held out of the training images.
    Validation,
    /// All that there are.
    All,
}

impl Part {
    /// The set of an image of such a judgement, and its place there.
    fn place(self, index: usize, dataset: &Dataset) -> (&ImageSet, usize) {
        match (self, index.checked_sub(dataset.train.len())) {
            (Self::Test, _) => (&dataset.test, index),
            (Self::All, Some(behind)) => (&dataset.test, behind),
            _ => (&dataset.train, index),
        }
    }

    fn which(self) -> Which {
        match self {
            Self::Test => Which::Test,
            Self::Validation => Which::Validation,
            Self::All => Which::All,
        }
    }
}

/// A judgement as JSON.
#[derive(Serialize)]
struct Evaluated<'a> {
    model: String,
    data: &'a str,
    split: String,
    /// Which images had a say in which parameters were taken.
    chosen_by: &'a str,
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<(String, &'a Report)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
}

impl EvaluateArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let runs = self.place.open()?;
        let first = model_of(&runs, &self.model)?;
        let spec = match &self.data {
            None => first.spec.data.clone(),
            Some(source) => self.given(source, &first),
        };
        let dataset = terminal::load(&spec, first.spec.seed)?;
        let (judged, report) = self.judge(&first, &dataset)?;
        let second = self.other.as_ref().map(|other| model_of(&runs, other)).transpose()?;
        let second = second.map(|model| Ok::<_, CliError>((self.judge(&model, &dataset)?, model))).transpose()?;
        let comparison = second.as_ref().map(|((other, _), _)| compare(&judged, other));
        let chosen_by = chosen_by(&first.spec).say(Language::English);
        let name = |model: &Model| model.path.display().to_string();
        if self.form.json {
            let split = format!("{:?}", self.split).to_lowercase();
            let other = second.as_ref().map(|((_, report), model)| (name(model), report));
            return print_json(&Evaluated {
                model: name(&first),
                data: &spec.source,
                split,
                chosen_by: &chosen_by,
                report: &report,
                other,
                comparison,
            });
        }
        let mut text = escaped(&format!("{}\n", name(&first))).replace("\\n", "\n");
        text.push_str(&told(&report, self.split, &chosen_by));

        if let (Some(((_, report), model)), Some(comparison)) = (&second, &comparison) {
            text.push_str(&format!("\n{}\n", escaped(&name(model))));
            text.push_str(&figures(report));
            text.push_str(&differ(comparison));
        }
        runs.print(text)?;
        match (&second, comparison) {
            _ if !self.show => Ok(()),
            (Some(((other, _), _)), Some(Comparison { only_first, only_second, .. })) => {
                self.show("only the first has right", &runs, &dataset, (other, &only_first))?;
                self.show("only the second has right", &runs, &dataset, (&judged, &only_second))
            }
            _ => self.show("the surest mistakes", &runs, &dataset, (&judged, &judged.mistakes())),
        }
    }

    /// Prints some images as pictures, each with what it was taken for.
    fn show(&self, title: &str, runs: &Runs, dataset: &Dataset, (judged, images): (&Judged, &[u32])) -> Result<(), CliError> {
        let more = if images.len() > SHOWN { format!(", {SHOWN} of {}", images.len()) } else { String::new() };
        runs.print(format!("\n{title}{more}\n"))?;
        let name = |class: usize| escaped(dataset.class_names.get(class).map_or("?", String::as_str)).to_string();
        for index in images.iter().take(SHOWN) {
            let Some((label, predicted, sure)) = judged.told(*index) else { continue };
            let (set, at) = self.split.place(*index as usize, dataset);
            runs.print(format!("\n{index}: {} taken for {}, {:.0} % sure\n", name(label), name(predicted), sure * 100.0))?;
            super::print(&terminal::picture(&runs.config().ui, set.image(at), set.shape()))?;
        }
        Ok(())
    }

    /// What reads other images so that they fit the network.
    fn given(&self, source: &str, model: &Model) -> DataSpec {
        let [height, width, channels] = model.image_shape;
        let source = match Dataset::CHOICES.iter().any(|(name, _)| *name == source) {
            true => source.to_owned(),
            false => std::path::absolute(source).map_or(source.to_owned(), |path| path.display().to_string()),
        };
        let color = if channels == 1 { ColorChoice::Grey } else { ColorChoice::Color };
        let pictures = PictureSpec { size: Some([height, width]), color, ..model.spec.data.pictures };
        DataSpec { source, pictures, content: None, ..model.spec.data.clone() }
    }

    fn judge(&self, model: &Model, dataset: &Dataset) -> Result<(Judged, Report), CliError> {
        model.check(dataset, self.data.is_none())?;
        let judged = model.judge(dataset, self.split.which())?;
        let mut frequencies = vec![0; dataset.class_names.len()];
        (0..dataset.train.len()).for_each(|index| frequencies[dataset.train.label(index)] += 1);
        let report = judged.report(&dataset.class_names, &frequencies);
        Ok((judged, report))
    }
}

/// The network of a file, of a run, or one that is within the program.
pub(super) fn model_of(runs: &Runs, named: &str) -> Result<Model, CliError> {
    if Path::new(named).is_file() {
        return Ok(Model::read(Path::new(named))?);
    }
    match (runs.catalog.find(named), Model::pretrained(named)) {
        (Err(StoreError::NoRun { .. }), Some(model)) => Ok(model?),
        (folder, _) => Ok(Model::of_run(&folder?)?),
    }
}

fn percent(part: f64) -> String {
    format!("{:.2} %", part * 100.0)
}

fn within(interval: Option<[f64; 2]>) -> String {
    interval.map_or_else(String::new, |[low, high]| format!("{:.2} – {:.2} %", low * 100.0, high * 100.0))
}

fn column(title: &'static str, right: bool, spare: u8) -> Column {
    Column { title, right, spare }
}

fn figures(report: &Report) -> String {
    let mut table = Table::new([
        column("metric", false, 0),
        column("value", true, 0),
        column("95 % interval", false, 2),
        column("without learning", true, 3),
        column("what it tells", false, 4),
    ]);
    for figure in &report.figures {
        let is_part = !["loss", "macro F1"].contains(&figure.metric);
        let text = |value: f64| if is_part { percent(value) } else { format!("{value:.4}") };
        table.row([
            figure.metric.to_owned(),
            text(figure.value),
            within(figure.interval),
            figure.baseline.map_or_else(String::new, text),
            figure.tells.to_owned(),
        ]);
    }
    table.text(terminal::columns())
}

/// The report of a network.
fn told(report: &Report, split: Part, chosen_by: &str) -> String {
    let which = match split {
        Part::Test => "test images",
        Part::Validation => "validation images",
        Part::All => "images, training images among them where it was trained on these,",
    };
    let mut text = format!("{} of {} {which} right; {chosen_by}\n\n", report.right, report.images);
    text.push_str(&figures(report));
    let mut table = Table::new([
        column("confidence", false, 0),
        column("images", true, 0),
        column("says", true, 0),
        column("is right", true, 0),
    ]);
    for bin in &report.reliability {
        let range = format!("{:.0} – {:.0} %", bin.from * 100.0, bin.to * 100.0);
        table.row([range, bin.images.to_string(), percent(bin.confidence), percent(bin.accuracy)]);
    }
    text.push_str(&format!("\n{}", table.text(terminal::columns())));
    if report.classes.len() > MOST_CLASSES {
        text.push_str(&format!("\n{} classes; --json has the figures of each\n", report.classes.len()));
        return text;
    }
    let mut table = Table::new([
        column("class", false, 0),
        column("right", true, 0),
        column("95 % interval", false, 2),
        column("images", true, 3),
    ]);
    for (name, part, interval, images) in &report.classes {
        table.row([name.clone(), percent(*part), within(*interval), images.to_string()]);
    }
    text.push_str(&format!("\n{}", table.text(terminal::columns())));
    text
}

/// Whether two networks differ, in words.
fn differ(Comparison { only_first, only_second, p_value }: &Comparison) -> String {
    let list = |images: &[u32]| {
        let some = images.iter().take(NAMED).map(u32::to_string).collect::<Vec<_>>().join(", ");
        let more = if images.len() > NAMED { ", …" } else { "" };
        if images.is_empty() { String::new() } else { format!(": {some}{more}") }
    };
    let verdict = match (*p_value < 0.05, only_first.len() > only_second.len()) {
        (false, _) => "that may well be chance",
        (true, true) => "the first is better",
        (true, false) => "the second is better",
    };
    format!(
        "\nonly the first has {} right{}\nonly the second has {} right{}\nMcNemar's test: p = {p_value:.4}; {verdict}\n",
        only_first.len(),
        list(only_first),
        only_second.len(),
        list(only_second),
    )
}
