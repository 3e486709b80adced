//! What runs can be exported as.

use std::path::PathBuf;

/// What runs can be exported as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The summary; of several runs an array of them.
    Json,
    /// A row a step.
    Csv,
    /// A report to paste somewhere.
    Markdown,
    /// A report to look at, one file without anything outside of it.
    Html,
    /// The curves.
    Svg,
    /// The dashboard as a picture.
    Dashboard,
    /// A folder of event files.
    Tensorboard,
    /// The parameters alone.
    Safetensors,
    /// The network.
    Onnx,
}

impl Format {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::Json,
        Self::Csv,
        Self::Markdown,
        Self::Html,
        Self::Svg,
        Self::Dashboard,
        Self::Tensorboard,
        Self::Safetensors,
        Self::Onnx,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Svg => "svg",
            Self::Dashboard => "dashboard",
            Self::Tensorboard => "tensorboard",
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
        }
    }

    /// The format of this name, or of files that end in it: `md` is markdown.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name || format.extension() == Some(name))
    }

    /// What its files end in; `None` for a folder.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Tensorboard => None,
            Self::Markdown => Some("md"),
            Self::Dashboard => Some("svg"),
            _ => Some(self.name()),
        }
    }

    /// What it is, in a few words.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Json => "the summary, with a version of its form",
            Self::Csv => "a row for each step",
            Self::Markdown => "a report to paste into a pull request",
            Self::Html => "a report with curves to look into, one file",
            Self::Svg => "the curves of loss, accuracy and learning rate",
            Self::Dashboard => "the dashboard as a picture, in SVG",
            Self::Tensorboard => "a folder of event files for TensorBoard",
            Self::Safetensors => "the parameters alone, in PyTorch's layouts",
            Self::Onnx => "the network, for onnxruntime and others",
        }
    }

    /// Whether it holds more than one run.
    pub fn takes_several(self) -> bool {
        !self.needs_network() && self != Self::Dashboard
    }

    /// Whether it needs the parameters at the end.
    pub fn needs_network(self) -> bool {
        matches!(self, Self::Safetensors | Self::Onnx)
    }

    /// Whether it is a folder of files.
    pub fn is_folder(self) -> bool {
        self == Self::Tensorboard
    }
}

/// A run's name as one that every file system takes.
pub fn file_name(title: &str) -> String {
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    let name: String = plain.trim_matches('.').chars().take(80).collect();
    if name.is_empty() { "run".into() } else { name }
}

/// What the export of runs of these names is called when nobody says it.
pub fn default_output(format: Format, names: &[&str]) -> PathBuf {
    let name = match names {
        [name] => file_name(name),
        _ => "runs".to_owned(),
    };
    match format.extension() {
        // Its extension is that of another format.
        Some(extension) if format == Format::Dashboard => format!("{name}-dashboard.{extension}").into(),
        Some(extension) => format!("{name}.{extension}").into(),
        None => format!("{name}-{}", format.name()).into(),
    }
}
