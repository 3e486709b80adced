//! Digits that a person has drawn and kept: a folder a class, a picture each. Every later run is judged on them, too.

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use super::picture::{Picture, grey};
use super::{ImageSet, centred};
use crate::causes::with_causes;
use crate::files::write_whole;

/// More of one class are not read.
const MOST: usize = 1_000;

/// A folder of digits that a person has drawn and kept.
#[derive(Clone, Debug)]
pub struct OwnDigits(PathBuf);

/// What was found there.
#[derive(Debug, Default)]
pub struct FoundDigits {
    /// As the network takes them, when there are any.
    pub images: Option<ImageSet>,
    /// What cannot be used, a sentence each.
    pub notes: Vec<String>,
}

impl OwnDigits {
    /// In this folder, which need not be there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Keeps a drawing, `[height, width]` bytes of ink, as one of a class; gives its file.
    ///
    /// Fails when the class's name cannot be that of a folder, or when the file cannot be written.
    pub fn keep(&self, ink: &[u8], [height, width]: [usize; 2], class: &str) -> io::Result<PathBuf> {
        if class.is_empty() || class.starts_with('.') || class.contains(['/', '\0']) {
            return Err(io::Error::other(format!("a class named {class:?} can have no folder")));
        }
        let folder = self.0.join(class);
        fs::create_dir_all(&folder)?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(Cursor::new(&mut file), width as u32, height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(ink).and_then(|()| writer.finish()));
        written.map_err(io::Error::other)?;
        let free = (1..=u32::MAX).map(|number| folder.join(format!("{number}.png"))).find(|path| !path.exists());
        let path = free.ok_or_else(|| io::Error::other("there are too many"))?;
        write_whole(&path, &file)?;
        Ok(path)
    }

    /// Reads those of these classes, brought to images of `shape`. What cannot be read is named and left out.
    pub fn load(&self, classes: &[String], shape: [usize; 3]) -> FoundDigits {
        let mut found = FoundDigits::default();
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for (label, class) in classes.iter().enumerate() {
            let mut files: Vec<PathBuf> = match fs::read_dir(self.0.join(class)) {
                Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    found.notes.push(format!("your own digits in {}: {error}", self.0.join(class).display()));
                    continue;
                }
            };
            files.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")));
            files.sort();
            for path in files.into_iter().take(MOST) {
                match ink(&path) {
                    Ok(picture) => {
                        pixels.extend(centred(&grey(&picture.rgb), [picture.height, picture.width], shape));
                        labels.push(label as u16);
                    }
                    Err(why) => found.notes.push(format!("{}, one of your own digits, is left out: {why}", path.display())),
                }
            }
        }
        if !labels.is_empty() {
            match ImageSet::new(shape, pixels, labels, classes.len()) {
                Ok(images) => found.images = Some(images),
                Err(error) => found.notes.push(format!("your own digits cannot be used: {error}")),
            }
        }
        found
    }
}

fn ink(path: &Path) -> Result<Picture, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    Picture::decode(&bytes).map_err(|error| with_causes(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_what_is_no_picture_is_named() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-own-{}", std::process::id()));
        let own = OwnDigits::new(&folder);
        let classes = ["0", "seven", "8"].map(str::to_owned);
        let load = || own.load(&classes, [28, 28, 1]);
        assert!(load().images.is_none() && load().notes.is_empty(), "nothing is kept yet");
        let mut ink = vec![0; 30 * 20];
        (5..25).for_each(|row| ink[row * 20 + 9] = 255);
        let first = own.keep(&ink, [30, 20], "seven").expect("written");
        let second = own.keep(&ink, [30, 20], "8").expect("written");
        own.keep(&ink, [30, 20], "8").expect("written");
        assert!(first.ends_with("seven/1.png") && second.ends_with("8/1.png"));
        let images = load().images.expect("three");
        assert_eq!((0..images.len()).map(|index| images.label(index)).collect::<Vec<_>>(), [1, 2, 2]);
        assert_eq!(images.image(0), centred(&ink, [30, 20], [28, 28, 1]));
        fs::write(&second, "no picture").expect("written");
        let found = load();
        assert_eq!((found.images.map(|images| images.len()), found.notes.len()), (Some(2), 1));
        assert!(found.notes[0].contains("8/1.png"), "{:?}", found.notes);
        for class in ["../x", "", ".x"] {
            assert!(own.keep(&ink, [30, 20], class).is_err(), "{class}");
        }
        fs::remove_dir_all(folder).expect("removed");
    }
}
