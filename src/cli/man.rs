//! `mnist-tui man`: writes manual pages.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::error::CliError;
use super::{command, print};
use crate::files::write_whole;

/// Where to.
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The folder; it is made when it is not there.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl ManArguments {
    pub(super) fn run(&self) -> Result<(), CliError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| CliError::Write { path, source }
        };
        fs::create_dir_all(&self.folder).map_err(failed(&self.folder))?;
        let mut pages = Vec::new();
        // Names like mnist-tui-runs-list are made when the command is built.
        let mut command = command().disable_help_subcommand(true);
        command.build();
        add(&command, &mut pages).map_err(failed(&self.folder))?;
        for (name, page) in &pages {
            let path = self.folder.join(name);
            write_whole(&path, page).map_err(failed(&path))?;
        }
        print(&format!("wrote {} pages to {}\n", pages.len(), self.folder.display()))
    }
}

/// The pages of a command and those below it, each with the name of its file.
fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), page));
    command.get_subcommands().filter(|sub| !sub.is_hide_set()).try_for_each(|sub| add(sub, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subcommand_has_a_page_with_its_examples() {
        let mut command = command().disable_help_subcommand(true);
        command.build();
        let mut pages = Vec::new();
        add(&command, &mut pages).expect("pages");
        let page = |name: &str| {
            let page = pages.iter().find(|(file, _)| file == name).unwrap_or_else(|| panic!("no {name}"));
            String::from_utf8(page.1.clone()).expect("text")
        };
        assert!(page("mnist-tui.1").contains("mnist\\-tui\\-sweep(1)"));
        assert!(page("mnist-tui-sweep.1").contains("\\-\\-vary"));
        assert!(page("mnist-tui-runs-prune.1").contains("Examples:"));
        assert!(page("mnist-tui-export.1").contains("for onnxruntime and others"));
    }
}
