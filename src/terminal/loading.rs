//! How far the reading of images is, on standard error, when it takes long.

use std::sync::Mutex;
use std::time::Duration;

use super::rewritten::Rewritten;
use crate::data::{DataError, Dataset};
use crate::protocol::DataSpec;

/// What takes no longer needs no word.
const SOON: Duration = Duration::from_secs(1);

/// Loads images and tells how far it is.
pub fn load(spec: &DataSpec, seed: u64) -> Result<Dataset, DataError> {
    let line = Mutex::new(Rewritten::after(SOON));
    let tell = |done: usize, all: usize| {
        // Whoever comes while another writes has nothing new.
        let Ok(mut line) = line.try_lock() else { return };
        if done < all {
            line.write(|| format!("reading pictures: {} %", done * 100 / all.max(1)));
        }
    };
    let loaded = Dataset::load_telling(spec, seed, &tell);
    if let Ok(mut line) = line.into_inner() {
        line.clear();
    }
    loaded
}
