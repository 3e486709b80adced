//! What runs can be exported as.

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
    /// A folder of event files.
    Tensorboard,
    /// The parameters alone.
    Safetensors,
    /// The network.
    Onnx,
}

impl Format {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 8] =
        [Self::Json, Self::Csv, Self::Markdown, Self::Html, Self::Svg, Self::Tensorboard, Self::Safetensors, Self::Onnx];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Svg => "svg",
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
            Self::Tensorboard => "a folder of event files for TensorBoard",
            Self::Safetensors => "the parameters alone, in PyTorch's layouts",
            Self::Onnx => "the network, for onnxruntime and others",
        }
    }

    /// Whether it holds more than one run.
    pub fn takes_several(self) -> bool {
        !self.needs_network()
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
