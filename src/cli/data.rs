//! `mnist-tui data`: lists the images that can be trained on, shows what is in a folder, and checks what is in the program.

use clap::{Args, Subcommand};

use super::error::{CliError, escaped};
use super::print;
use super::settings::SettingArguments;
use super::table::{Column, Table};
use crate::config::FlagValue;
use crate::data::{Dataset, ImageSet, mnist};
use crate::protocol::DataSpec;
use crate::terminal;

/// What to do with the images.
#[derive(Debug, Subcommand)]
pub(super) enum DataCommand {
    /// List the images that can be trained on.
    List,
    /// Show what is in a folder, as it would be read: classes, counts, sizes, and what is wrong.
    Show(Box<ShowArguments>),
    /// Check the images within the program against their digests.
    Verify,
}

/// Which images, and how they are read.
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// A name, or a folder.
    #[arg(value_name = "NAME|DIR")]
    source: String,
    #[command(flatten)]
    settings: SettingArguments,
}

impl ShowArguments {
    fn run(&self) -> Result<(), CliError> {
        let mut sources = self.settings.sources();
        sources.environment = std::env::vars_os().collect();
        sources.flags.extend(FlagValue::new("--data", &self.source));
        let settings = sources.settings()?;
        let config = settings.config();
        let data = terminal::load(&config.data.spec(), config.train.seed)?;
        let [height, width, channels] = data.train.shape();
        let scaling = data.scaling();
        let list = |values: &[f32]| values.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", ");
        let mut text = format!("{}\n", config.data.source);
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
        print(&terminal::in_charset(&config.ui, escaped_lines(&text) + &table.text(terminal::columns())))
    }
}

/// The text with control characters escaped, but for the ends of lines.
fn escaped_lines(text: &str) -> String {
    text.lines().map(|line| escaped(line) + "\n").collect()
}

impl DataCommand {
    pub(super) fn run(&self) -> Result<(), CliError> {
        match self {
            Self::List => Dataset::CHOICES.iter().try_for_each(|(name, _)| {
                let spec = DataSpec { source: (*name).into(), ..DataSpec::default() };
                let Dataset { train, test, class_names, .. } = Dataset::load(&spec, 0)?;
                let [height, width, channels] = train.shape();
                print(&format!(
                    "{name}: {} training and {} test images, {height} × {width} pixels, {channels} channel{}, {} classes\n",
                    train.len(),
                    test.len(),
                    if channels == 1 { "" } else { "s" },
                    class_names.len(),
                ))
            }),
            Self::Show(show) => show.run(),
            Self::Verify => {
                mnist::verify()?;
                mnist::FILES.iter().try_for_each(|file| print(&format!("{}  {}: ok\n", file.sha256, file.name)))
            }
        }
    }
}
