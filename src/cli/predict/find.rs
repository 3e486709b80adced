//! `mnist-tui predict --find`: what is in a larger picture, and where.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{Found, picture_of};
use crate::cli::error::{CliError, escaped};
use crate::cli::path::HomePath;
use crate::cli::place::{Runs, print_json};
use crate::cli::table::{Column, Table};
use crate::data::picture::Picture;
use crate::evaluate::{Find, Model, Preparation};
use crate::export::{Mark, marked};
use crate::files::{write_new, write_whole};
use crate::terminal;

/// Whether pictures are searched, and how.
#[derive(Clone, Debug, Args)]
pub(super) struct FindArguments {
    /// Find what the network knows in larger pictures, as often as it is there: needs a network trained with data.nothing = true.
    #[arg(long, conflicts_with = "raw")]
    pub find: bool,
    /// What is looked for has so many columns or more; a 56th of a picture for digits, a 16th for anything else.
    #[arg(long, value_name = "PIXELS", requires = "find", value_parser = clap::value_parser!(u32).range(1..))]
    smallest: Option<u32>,
    /// A PNG file that gets the picture with what was found in it.
    #[arg(long, value_name = "FILE", requires = "find", value_parser = HomePath)]
    output: Option<PathBuf>,
    /// Write over a file that exists.
    #[arg(long, requires = "output")]
    force: bool,
}

/// What was asked for besides.
pub(super) struct Wanted {
    pub json: bool,
    pub show: bool,
}

/// Everything that was found, as JSON.
#[derive(Serialize)]
struct Searched {
    model: String,
    prepared: &'static str,
    pictures: Vec<SearchedPicture>,
}

/// What was found in a picture.
#[derive(Serialize)]
struct SearchedPicture {
    picture: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finds: Option<Vec<FoundThere>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    decoded: Option<Picture>,
}

/// Something that was found, in whole pixels.
#[derive(Clone, Serialize)]
struct FoundThere {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    class: String,
    probability: f32,
}

impl FindArguments {
    /// Searches pictures one after the other; each uses all cores.
    pub fn run(
        &self,
        runs: &Runs,
        model: &Model,
        how: Preparation,
        files: Vec<Found>,
        wanted: Wanted,
    ) -> Result<ExitCode, CliError> {
        if let Some(path) = self.output.as_ref().filter(|_| files.len() > 1) {
            return Err(CliError::OnePicture { path: path.clone(), pictures: files.len() });
        }
        if let Some(path) = self.output.as_ref().filter(|path| !self.force && path.symlink_metadata().is_ok()) {
            return Err(CliError::Exists { path: path.clone() });
        }
        model.can_find(how)?;
        let is_drawn = wanted.show || self.output.is_some();
        let pictures: Vec<SearchedPicture> = files.into_iter().map(|file| self.search(file, model, how, is_drawn)).collect();
        let has_failed = pictures.iter().any(|picture| picture.error.is_some());
        for SearchedPicture { picture, error, finds, .. } in &pictures {
            let said = match (error, finds) {
                (Some(error), _) => format!("error: {}", escaped(&format!("{picture}: {error}"))),
                (None, Some(finds)) if finds.is_empty() && !wanted.json => {
                    escaped(&format!("{picture}: the network knows nothing of what is in it"))
                }
                _ => continue,
            };
            // Nobody is left to be told when it cannot be written; the code says it.
            let _ = writeln!(std::io::stderr(), "{said}");
        }
        if let (Some(path), Some(picture)) = (&self.output, pictures.first()) {
            self.write(path, picture)?;
        }
        if wanted.json {
            let prepared = super::name_of(how);
            print_json(&Searched { model: model.path.display().to_string(), prepared, pictures })?;
        } else {
            let mut text = String::new();
            if wanted.show {
                pictures.iter().for_each(|picture| text.push_str(&picture.drawn(runs)));
            }
            runs.print(text + &told(&pictures))?;
        }
        Ok(ExitCode::from(u8::from(has_failed)))
    }

    /// Writes the picture with a box and a word for each find.
    fn write(&self, path: &Path, picture: &SearchedPicture) -> Result<(), CliError> {
        let Some(decoded) = &picture.decoded else { return Ok(()) };
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::AlreadyExists => CliError::Exists { path: path.into() },
            _ => CliError::Write { path: path.into(), source },
        };
        let file = marked(decoded, &picture.marks()).map_err(failed)?;
        if self.force { write_whole(path, &file) } else { write_new(path, &file) }.map_err(failed)
    }

    /// Searches a picture, and keeps it where it is to be drawn.
    fn search(&self, file: Found, model: &Model, how: Preparation, is_drawn: bool) -> SearchedPicture {
        let Found { name, error } = file;
        let smallest = self.smallest.map(|pixels| pixels as usize);
        let searched = error.map_or_else(|| picture_of(&name), Err).and_then(|picture| {
            let finds = model.find(&picture, how, smallest).map_err(|error| error.to_string())?;
            Ok((finds.iter().map(|find| FoundThere::of(find, model)).collect(), picture))
        });
        match searched {
            Ok((finds, picture)) => {
                SearchedPicture { picture: name, finds: Some(finds), error: None, decoded: is_drawn.then_some(picture) }
            }
            Err(error) => SearchedPicture { picture: name, finds: None, error: Some(error), decoded: None },
        }
    }
}

impl SearchedPicture {
    /// The picture in cells, with a numbered frame for each find.
    fn drawn(&self, runs: &Runs) -> String {
        let Some(Picture { height, width, rgb }) = &self.decoded else { return String::new() };
        let marks: Vec<[i64; 4]> = self.marks().iter().map(|mark| mark.area).collect();
        let cells = terminal::marked_picture(&runs.config().ui, rgb, [*height, *width, 3], &marks);
        format!("{}\n{cells}\n", escaped(&self.picture))
    }

    /// A box and a word for each find.
    fn marks(&self) -> Vec<Mark> {
        let finds = (1..).zip(self.finds.iter().flatten());
        let label = |number: usize, find: &FoundThere| format!("{number}:{}", find.class);
        finds.map(|(number, find)| Mark { area: [find.x, find.y, find.width, find.height], label: label(number, find) }).collect()
    }
}

impl FoundThere {
    fn of(find: &Find, model: &Model) -> Self {
        let [x, y, width, height] = find.area.pixels();
        let class = model.class_names.get(find.class).cloned().unwrap_or_default();
        Self { x, y, width, height, class, probability: find.probability }
    }
}

/// What was found as a table.
fn told(pictures: &[SearchedPicture]) -> String {
    let column = |title, right| Column { title, right, spare: 0 };
    let mut table = Table::new([
        column("picture", false),
        column("find", true),
        column("x", true),
        column("y", true),
        column("width", true),
        column("height", true),
        column("class", false),
        column("probability", true),
    ]);
    let mut is_any = false;
    for SearchedPicture { picture, finds, .. } in pictures {
        for (number, find) in (1..).zip(finds.iter().flatten()) {
            let numbers = [number, find.x, find.y, find.width, find.height].map(|number| number.to_string());
            let probability = format!("{:.1} %", f64::from(find.probability) * 100.0);
            table.row(std::iter::once(picture.clone()).chain(numbers).chain([find.class.clone(), probability]));
            is_any = true;
        }
    }
    if is_any { table.text(terminal::columns()) } else { String::new() }
}
