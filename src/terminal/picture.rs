//! What is on the screen, as files: an SVG picture, and the characters alone.

use std::io;
use std::path::{Path, PathBuf};

use super::size::size;
use crate::app::App;
use crate::export::screenshot_svg;
use crate::files::write_new;
use crate::text::{Phrase, Text};
use crate::ui::{Look, Screenshot};

/// So many pictures of one name at most.
const MOST: usize = 9_999;

/// Writes `NAME.svg` and `NAME.txt` in the working folder, with a number where there are such files; says what came of it.
pub(super) fn write(name: &str, app: &App, look: &Look) -> Result<Text, Text> {
    let shot = Screenshot::of_app(app, look, size(io::stdout()).unwrap_or((80, 24)));
    let (svg, text) = (screenshot_svg(&shot, name), shot.text());
    let folder = std::env::current_dir().unwrap_or_default();
    match write_numbered(&folder, name, &[("svg", &svg), ("txt", &text)]) {
        Ok(path) => Ok(Phrase::WrotePicture { path: path.display().to_string() }.into()),
        Err((path, error)) => Err(Phrase::NoPicture { path: path.display().to_string(), reason: error.to_string() }.into()),
    }
}

/// Writes all files under the first name of which none is there; gives it without an extension.
fn write_numbered(folder: &Path, name: &str, files: &[(&str, &str)]) -> Result<PathBuf, (PathBuf, io::Error)> {
    for number in 1..=MOST {
        let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
        let path = |extension: &str| folder.join(format!("{name}.{extension}"));
        if files.iter().any(|(extension, _)| path(extension).symlink_metadata().is_ok()) {
            continue;
        }
        for (extension, contents) in files {
            write_new(&path(extension), contents.as_bytes()).map_err(|error| (path(extension), error))?;
        }
        return Ok(folder.join(name));
    }
    Err((folder.join(name), io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_picture_takes_the_place_of_another_file() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-pictures-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("a.txt"), "mine").expect("a file");
        let written: Vec<_> =
            [1, 2].map(|_| write_numbered(&folder, "a", &[("svg", "S"), ("txt", "T")]).expect("written")).into();
        assert_eq!(written, [folder.join("a-2"), folder.join("a-3")]);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("it is there");
        assert_eq!(["a.txt", "a-2.svg", "a-3.txt"].map(read), ["mine", "S", "T"]);
        std::fs::remove_dir_all(&folder).expect("removed");
        let (path, error) = write_numbered(&folder, "a", &[("svg", "S")]).expect_err("there is no folder");
        assert_eq!((path, error.kind()), (folder.join("a.svg"), io::ErrorKind::NotFound));
    }
}
