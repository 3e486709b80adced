//! Decoded pictures on the disk: what has been decoded once is not decoded again, as long as every file is what it was.

use std::fs;
use std::path::PathBuf;

use directories::ProjectDirs;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data::mnist::hex;
use crate::data::picture::{grey, is_grey};
use crate::files::write_whole;
use crate::protocol::{ColorChoice, PictureSpec};

/// Fewer pictures are decoded sooner than looked up.
const LEAST: usize = 1_000;
/// So many of the newest caches stay.
const KEPT: usize = 4;
/// The version of its form, and of what decoding and changing sizes give.
const VERSION: u32 = 1;

/// The pixels of a picture: one channel where it has no colours, else three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Grey(Vec<u8>),
    Color(Vec<u8>),
}

impl Stored {
    /// Of red, green and blue.
    pub(super) fn new(rgb: Vec<u8>, color: ColorChoice) -> Self {
        if color == ColorChoice::Grey || is_grey(&rgb) { Self::Grey(grey(&rgb)) } else { Self::Color(rgb) }
    }

    pub(super) fn is_color(&self) -> bool {
        matches!(self, Self::Color(_))
    }

    /// Appends the pixels in so many channels, one or three.
    pub(super) fn append(&self, channels: usize, out: &mut Vec<u8>) {
        match (self, channels) {
            (Self::Grey(pixels), 3) => out.extend(pixels.iter().flat_map(|value| [*value; 3])),
            (Self::Color(pixels), 1) => out.extend(grey(pixels)),
            (Self::Grey(pixels) | Self::Color(pixels), _) => out.extend(pixels),
        }
    }
}

/// Where the decoded pictures of a folder are kept.
pub(super) struct Cache {
    path: PathBuf,
    size: [usize; 2],
}

/// The first line of a cache: for each picture that could be looked at, its channels or what is wrong with it, and the digest of
/// all pixels.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    pictures: Vec<Result<u8, String>>,
    sha256: String,
}

impl Cache {
    /// The cache of files with these contents; `None` where there are few, or no folder for it.
    pub(super) fn new(contents: impl Iterator<Item = [u8; 32]>, size: [usize; 2], spec: &PictureSpec) -> Option<Self> {
        let folder = ProjectDirs::from("", "", "mnist-tui")?.cache_dir().join("pictures");
        Self::in_folder(folder, contents, size, spec)
    }

    fn in_folder(
        folder: PathBuf,
        contents: impl Iterator<Item = [u8; 32]>,
        size: [usize; 2],
        spec: &PictureSpec,
    ) -> Option<Self> {
        let mut digest = Sha256::new();
        let how = format!("{VERSION} {size:?} {} {}", spec.fit.name(), spec.color == ColorChoice::Grey);
        digest.update(Sha256::digest(how));
        let count = contents.map(|content| digest.update(content)).count();
        (count >= LEAST).then(|| Self { path: folder.join(hex(&digest.finalize())), size })
    }

    /// What is in it, for pictures of which `readable` says whether they could be looked at.
    pub(super) fn read(&self, readable: impl Iterator<Item = bool>) -> Option<Vec<Result<Stored, String>>> {
        let bytes = fs::read(&self.path).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
        let mut pixels = &bytes[end + 1..];
        if header.version != VERSION || hex(&Sha256::digest(pixels)) != header.sha256 {
            return None;
        }
        let mut pictures = header.pictures.into_iter();
        let one = |is_readable: bool| {
            if !is_readable {
                return Some(Err(String::new()));
            }
            Some(match pictures.next()? {
                Err(reason) => Err(reason),
                Ok(channels @ (1 | 3)) => {
                    let length = self.size[0] * self.size[1] * usize::from(channels);
                    let (picture, rest) = pixels.split_at_checked(length)?;
                    pixels = rest;
                    Ok(if channels == 3 { Stored::Color(picture.to_vec()) } else { Stored::Grey(picture.to_vec()) })
                }
                Ok(_) => return None,
            })
        };
        readable.map(one).collect()
    }

    /// Puts pictures into it. Without a cache everything works, only slower: what cannot be written is not.
    pub(super) fn write<'a>(&self, stored: impl Iterator<Item = &'a Result<Stored, String>>) {
        let mut pixels = Vec::new();
        let pictures = stored.map(|stored| match stored {
            Ok(Stored::Grey(picture)) => {
                pixels.extend(picture);
                Ok(1)
            }
            Ok(Stored::Color(picture)) => {
                pixels.extend(picture);
                Ok(3)
            }
            Err(reason) => Err(reason.clone()),
        });
        let pictures = pictures.collect();
        let header = Header { version: VERSION, pictures, sha256: hex(&Sha256::digest(&pixels)) };
        let Ok(mut bytes) = serde_json::to_vec(&header) else { return };
        bytes.push(b'\n');
        bytes.append(&mut pixels);
        let Some(folder) = self.path.parent() else { return };
        if fs::create_dir_all(folder).and_then(|()| write_whole(&self.path, &bytes)).is_ok() {
            self.remove_old();
        }
    }

    fn remove_old(&self) {
        let Some(entries) = self.path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let age = |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
        let mut caches: Vec<_> = entries.flatten().filter_map(age).collect();
        caches.sort();
        let old = caches.len().saturating_sub(KEPT);
        for (_, path) in caches.into_iter().take(old).filter(|(_, path)| *path != self.path) {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decoded_comes_back_and_a_damaged_cache_does_not() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-cache-{}", std::process::id()));
        let contents = |last: u8| (0..LEAST).map(move |i| if i == 0 { [last; 32] } else { [i as u8; 32] });
        let spec = PictureSpec::default();
        let cache = |last| Cache::in_folder(folder.clone(), contents(last), [1, 2], &spec).expect("enough");
        assert!(Cache::in_folder(folder.clone(), contents(0).skip(1), [1, 2], &spec).is_none(), "too few");
        assert_ne!(cache(0).path, cache(1).path, "another content is another cache");
        let mut stored =
            vec![Ok(Stored::Grey(vec![7, 8])), Ok(Stored::Color(vec![1, 2, 3, 4, 5, 6])), Err("it is cut short".into())];
        cache(0).write(stored.iter());
        // One that could not be looked at, in between.
        stored.insert(1, Err(String::new()));
        assert_eq!(cache(0).read([true, false, true, true].into_iter()), Some(stored));
        assert_eq!(cache(1).read([true].into_iter()), None);
        let path = cache(0).path;
        let mut bytes = fs::read(&path).expect("written");
        *bytes.last_mut().expect("pixels") ^= 1;
        fs::write(&path, &bytes).expect("written");
        assert_eq!(cache(0).read([true, false, true, true].into_iter()), None);
        let header = String::from_utf8(bytes[..bytes.iter().position(|byte| *byte == b'\n').expect("a line")].to_vec());
        let two = header.expect("JSON").replace("{\"Ok\":1}", "{\"Ok\":2}");
        *bytes.last_mut().expect("pixels") ^= 1;
        let start = bytes.iter().position(|byte| *byte == b'\n').expect("a line");
        fs::write(&path, [two.as_bytes(), &bytes[start..]].concat()).expect("written");
        assert_eq!(cache(0).read([true].into_iter()), None, "no picture has two channels");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
