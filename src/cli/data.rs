//! `mnist-tui data`: lists the images that can be trained on, and checks them.

use clap::Subcommand;

use super::error::CliError;
use super::print;
use crate::data::{Dataset, mnist};
use crate::protocol::DataSpec;

/// What to do with the images.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum DataCommand {
    /// List the images that can be trained on.
    List,
    /// Check the images within the program against their digests.
    Verify,
}

impl DataCommand {
    pub(super) fn run(self) -> Result<(), CliError> {
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
            Self::Verify => {
                mnist::verify()?;
                mnist::FILES.iter().try_for_each(|file| print(&format!("{}  {}: ok\n", file.sha256, file.name)))
            }
        }
    }
}
