//! `mnist-tui predict`: what a trained network takes pictures for.

mod find;

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;

use self::find::{FindArguments, Wanted};
use super::error::{CliError, escaped};
use super::evaluate::model_of;
use super::place::{Form, Place, print_json};
use super::table::{Column, Table};
use crate::causes::with_causes;
use crate::data::picture::{Picture, PictureError, is_picture};
use crate::evaluate::{Model, Preparation};
use crate::terminal;

/// So many classes are told for each picture, the likeliest first.
const TOLD: usize = 3;
/// No file that is larger is read.
const MOST_BYTES: u64 = 1 << 28;
/// Folders further down are not looked into.
const DEEPEST: usize = 16;
/// What stands for standard input.
const INPUT: &str = "-";

/// A network, and pictures.
#[derive(Debug, Args)]
pub(super) struct PredictArguments {
    /// A run (an id, the start of one, a name, or `last`), a file of parameters that says what its network is, or `digits`,
    /// the network within the program.
    #[arg(value_name = "RUN|FILE")]
    model: String,
    /// PNG, JPEG or PNM pictures, folders of them, or `-` for one on standard input.
    #[arg(value_name = "PICTURE", required = true)]
    pictures: Vec<String>,
    /// Print each picture as the network saw it; with --find, the whole picture with a frame around each find.
    #[arg(long, conflicts_with = "json")]
    show: bool,
    /// How pictures are brought to the form of the network's images.
    #[arg(long, value_enum, value_name = "HOW", default_value = "auto")]
    prepare: Prepare,
    /// The pictures have that form already: the size of the images, ink bright on black where those of the training are so.
    #[arg(long, conflicts_with = "prepare")]
    raw: bool,
    #[command(flatten)]
    find: FindArguments,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    form: Form,
}

/// How pictures are brought to the form of the network's images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Prepare {
    /// As digits for a network that was trained on ink like that of MNIST, as a whole for others.
    Auto,
    /// The digit in it: paper, lines and shadows taken away, centred, in the size of MNIST's.
    Digit,
    /// The whole picture, in the size of the images.
    Fit,
}

/// A picture, and what became of it.
struct Looked {
    name: String,
    /// As the network sees it; or why not.
    image: Result<Vec<u8>, String>,
}

/// Predictions as JSON.
#[derive(Serialize)]
struct Predictions {
    model: String,
    prepared: &'static str,
    pictures: Vec<Prediction>,
}

/// What a picture is taken for.
#[derive(Serialize)]
struct Prediction {
    picture: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<Likely>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// A class, and how likely it is.
#[derive(Clone, Serialize)]
struct Likely {
    class: String,
    probability: f32,
}

impl PredictArguments {
    pub(super) fn run(&self) -> Result<ExitCode, CliError> {
        let runs = self.place.open()?;
        let model = model_of(&runs, &self.model)?;
        let how = match self.prepare {
            _ if self.raw => Preparation::Raw,
            Prepare::Auto => model.preparation(),
            Prepare::Digit => Preparation::Digit,
            Prepare::Fit => Preparation::Fit,
        };
        let files: Vec<Found> = self.pictures.iter().flat_map(|named| found(named)).collect();
        if self.find.find {
            let wanted = Wanted { json: self.form.json, show: self.show };
            return self.find.run(&runs, &model, how, files, wanted);
        }
        let mut looked: Vec<Looked> = files.into_par_iter().map(|file| file.look(&model, how)).collect();
        let images: Vec<Vec<u8>> = looked.iter().filter_map(|looked| looked.image.as_ref().ok().cloned()).collect();
        let mut rows = model.predict(&images).into_iter();
        let predictions = looked.iter_mut().map(|Looked { name, image }| {
            let likely = image.as_ref().ok().and_then(|_| rows.next()).map(|row| likeliest(&model, &row));
            let error = image.as_ref().err().cloned();
            Prediction { picture: name.clone(), classes: likely.unwrap_or_default(), error }
        });
        let predictions: Vec<Prediction> = predictions.collect();
        let has_failed = predictions.iter().any(|prediction| prediction.error.is_some());
        for Prediction { picture, error, .. } in &predictions {
            if let Some(error) = error {
                // Nobody is left to be told when it cannot be written; the code says it.
                let _ = writeln!(std::io::stderr(), "error: {}", escaped(&format!("{picture}: {error}")));
            }
        }
        if self.form.json {
            let prepared = name_of(how);
            print_json(&Predictions { model: model.path.display().to_string(), prepared, pictures: predictions })?;
        } else {
            let mut text = String::new();
            if self.show {
                for Looked { name, image } in &looked {
                    let Ok(image) = image else { continue };
                    let cells = terminal::picture(&runs.config().ui, image, model.image_shape);
                    text.push_str(&format!("{}\n{cells}\n", escaped(name)));
                }
            }
            text.push_str(&told(&predictions));
            runs.print(text)?;
        }
        Ok(ExitCode::from(u8::from(has_failed)))
    }
}

/// What a preparation is called in JSON.
fn name_of(how: Preparation) -> &'static str {
    match how {
        Preparation::Digit => "digit",
        Preparation::Fit => "fit",
        Preparation::Raw => "raw",
    }
}

/// Predictions as a table.
fn told(predictions: &[Prediction]) -> String {
    let column = |title, right, spare| Column { title, right, spare };
    let mut table = Table::new([
        column("picture", false, 0),
        column("class", false, 0),
        column("probability", true, 0),
        column("or", false, 1),
        column("", true, 1),
        column("or", false, 2),
        column("", true, 2),
    ]);
    let mut is_any = false;
    for Prediction { picture, classes, .. } in predictions.iter().filter(|prediction| prediction.error.is_none()) {
        let likely =
            classes.iter().flat_map(|likely| [likely.class.clone(), format!("{:.1} %", f64::from(likely.probability) * 100.0)]);
        table.row(std::iter::once(picture.clone()).chain(likely));
        is_any = true;
    }
    if is_any { table.text(terminal::columns()) } else { String::new() }
}

/// The likeliest classes, the first of equal ones first.
fn likeliest(model: &Model, row: &[f32]) -> Vec<Likely> {
    let mut classes: Vec<Likely> = model
        .class_names
        .iter()
        .zip(row)
        .map(|(class, probability)| Likely { class: class.clone(), probability: *probability })
        .collect();
    classes.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    classes.truncate(TOLD);
    classes
}

/// Something that was named, or is in a folder that was.
struct Found {
    name: String,
    /// What is wrong, where that is known before it is read.
    error: Option<String>,
}

/// The pictures that a name stands for: a file, or all in a folder.
fn found(named: &str) -> Vec<Found> {
    let path = Path::new(named);
    if named == INPUT || !path.is_dir() {
        return vec![Found { name: named.into(), error: None }];
    }
    let mut names = Vec::new();
    if let Err(error) = list(path, 0, &mut names) {
        return vec![Found { name: named.into(), error: Some(format!("the folder cannot be read: {error}")) }];
    }
    if names.is_empty() {
        let error = "there is no PNG, JPEG or PNM picture in this folder".to_owned();
        return vec![Found { name: named.into(), error: Some(error) }];
    }
    names.into_iter().map(|name| Found { name, error: None }).collect()
}

/// Adds the pictures in a folder, and in those below it, in the order of their names.
fn list(folder: &Path, depth: usize, names: &mut Vec<String>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let is_hidden = path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(['.', '_']));
        if is_hidden {
            continue;
        }
        if path.is_dir() && depth < DEEPEST {
            list(&path, depth + 1, names)?;
        } else if path.is_file() && begins_as_a_picture(&path) {
            names.push(path.display().to_string());
        }
    }
    Ok(())
}

/// Whether a file is a picture, or is called one.
fn begins_as_a_picture(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_lowercase();
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(8).read_to_end(&mut start));
    ["png", "jpg", "jpeg", "ppm", "pgm", "pbm", "pnm"].contains(&extension.as_str()) || read.is_ok() && is_picture(&start)
}

impl Found {
    /// Reads it and brings it to the form of the network's images.
    fn look(self, model: &Model, how: Preparation) -> Looked {
        let image = self.error.map_or_else(|| image_of(&self.name, model, how), Err);
        Looked { name: self.name, image }
    }
}

fn image_of(name: &str, model: &Model, how: Preparation) -> Result<Vec<u8>, String> {
    model.prepared(&picture_of(name)?, how).map_err(|error| error.to_string())
}

fn picture_of(name: &str) -> Result<Picture, String> {
    let mut bytes = Vec::new();
    let read = match name {
        INPUT => std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes),
        _ => fs::File::open(name).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| format!("it cannot be read: {error}"))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {} MB; make it smaller", MOST_BYTES >> 20));
    }
    if bytes.is_empty() {
        return Err("it is empty".into());
    }
    Picture::decode(&bytes).map_err(|error: PictureError| with_causes(&error))
}
