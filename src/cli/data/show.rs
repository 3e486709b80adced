//! `mnist-tui data show`: what is in data as it would be read, with an image of each class.

use clap::Args;

use super::super::error::{CliError, escaped};
use super::super::print;
use super::super::settings::SettingArguments;
use super::super::table::{Column, Table, fitted};
use crate::config::{FlagValue, UiConfig};
use crate::data::{Dataset, ImageSet};
use crate::terminal;

/// So many images stand side by side, each so many columns wide with what is between them.
const ABREAST: usize = 4;
const PITCH: usize = 16;
/// Of more classes no image is shown.
const MOST_SHOWN: usize = 24;

/// Which images, and how they are read.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    /// A name, or a folder.
    #[arg(value_name = "NAME|DIR")]
    source: String,
    #[command(flatten)]
    settings: SettingArguments,
}

impl ShowArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let mut sources = self.settings.sources();
        sources.environment = std::env::vars_os().collect();
        sources.flags.extend(FlagValue::new("--data", &self.source));
        let settings = sources.settings()?;
        let config = settings.config();
        let data = terminal::load(&config.data.spec(), config.train.seed)?;
        let text = described(&config.data.source, &data);
        let text = escaped_lines(&text) + &counts(&data).text(terminal::columns()) + "\n" + &images(&config.ui, &data);
        print(&terminal::in_charset(&config.ui, text))
    }
}

/// What it is, in lines.
fn described(source: &str, data: &Dataset) -> String {
    let [height, width, channels] = data.train.shape();
    let scaling = data.scaling();
    let list = |values: &[f32]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", ");
    let mut text = format!("{source}\n");
    data.notes.iter().for_each(|note| text.push_str(&format!("{note}\n")));
    text.push_str(&format!(
        "{} training and {} test images of {width} × {height} pixels, {channels} channel{}, {} classes\n",
        data.train.len(),
        data.test.len(),
        if channels == 1 { "" } else { "s" },
        data.class_names.len(),
    ));
    text.push_str(&format!("mean {}, deviation {}\n", list(&scaling.mean), list(&scaling.deviation)));
    text.push_str(&format!("sha256 {}\n\n", data.content().sha256));
    text
}

/// How many images there are of each class.
fn counts(data: &Dataset) -> Table {
    let count = |set: &ImageSet| {
        let mut counts = vec![0usize; data.class_names.len()];
        (0..set.len()).for_each(|index| counts[set.label(index)] += 1);
        counts
    };
    let right = |title| Column { title, right: true, spare: 0 };
    let mut table = Table::new([Column { title: "class", right: false, spare: 0 }, right("training"), right("test")]);
    for ((name, train), test) in data.class_names.iter().zip(count(&data.train)).zip(count(&data.test)) {
        table.row([name.clone(), train.to_string(), test.to_string()]);
    }
    table
}

/// The first training image of each class, with its name above it.
fn images(config: &UiConfig, data: &Dataset) -> String {
    let [height, width, channels] = data.train.shape();
    // As wide as what is between two images on the screen.
    let gap = (width * 2 / (PITCH - 2)).max(1);
    let firsts: Vec<(&str, usize)> = data
        .class_names
        .iter()
        .enumerate()
        .filter_map(|(class, name)| {
            let first = (0..data.train.len()).find(|index| data.train.label(*index) == class)?;
            Some((name.as_str(), first))
        })
        .collect();
    let mut text = String::new();
    for row in firsts[..firsts.len().min(MOST_SHOWN)].chunks(ABREAST) {
        let across = (width + gap) * ABREAST;
        let mut pixels = vec![0; height * across * channels];
        for (at, (_, index)) in row.iter().enumerate() {
            for (y, line) in data.train.image(*index).chunks(width * channels).enumerate() {
                let start = (y * across + at * (width + gap)) * channels;
                pixels[start..start + line.len()].copy_from_slice(line);
            }
        }
        let pitch = across.min(terminal::columns().unwrap_or(usize::MAX)).min(ABREAST * PITCH) / ABREAST;
        let names =
            row.iter().map(|(name, _)| fitted(&escaped(name), pitch.saturating_sub(1))).map(|(name, space)| name + &space + " ");
        text.push_str(names.collect::<String>().trim_end());
        text.push('\n');
        text.push_str(&terminal::picture(config, &pixels, [height, across, channels]));
    }
    if firsts.len() > MOST_SHOWN {
        text.push_str(&format!("the first {MOST_SHOWN} of {} classes\n", firsts.len()));
    }
    text
}

/// The text with control characters escaped, but for the ends of lines.
fn escaped_lines(text: &str) -> String {
    text.lines().map(|line| escaped(line) + "\n").collect()
}
