//! Runs that leave their place, and checkpoints that are not needed any more.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Catalog, RunFolder, StoreError};
use crate::files::sync_folder;

impl Catalog {
    /// Where removed runs go.
    pub fn trash(&self) -> PathBuf {
        self.root().join(".trash")
    }
}

impl RunFolder {
    /// Moves the run into the folder `trash`, where it has its id as its name, and says where it is now. Nothing of it is
    /// deleted. A run that is being trained stays.
    pub fn remove_to(&self, trash: &Path) -> Result<PathBuf, StoreError> {
        let _lock = self.lock()?;
        fs::create_dir_all(trash).map_err(StoreError::io(trash))?;
        let names = std::iter::once(self.id()).chain((2..).map(|number| format!("{}-{number}", self.id())));
        let free = names.map(|name| trash.join(name)).find(|path| path.symlink_metadata().is_err());
        let place = free.unwrap_or_else(|| trash.join(self.id()));
        fs::rename(self.path(), &place).map_err(StoreError::io(self.path()))?;
        sync_folder(&place).map_err(StoreError::io(trash))?;
        Ok(place)
    }

    /// When the run was moved to the trash: its lock was taken for that. In milliseconds since 1970.
    pub fn removed_at_ms(&self) -> Option<u64> {
        let removed = self.path().join("lock").metadata().and_then(|metadata| metadata.modified()).ok()?;
        Some(removed.duration_since(UNIX_EPOCH).ok()?.as_millis() as u64)
    }

    /// Moves a run of the trash back beside the others in `root`, and says where it is now. What is there already stays.
    pub fn restore_to(&self, root: &Path) -> Result<PathBuf, StoreError> {
        let id = self.about().map_or_else(|_| self.id(), |about| about.started.run_id);
        let place = root.join(id);
        if place.symlink_metadata().is_ok() {
            return Err(StoreError::InTheWay { path: place });
        }
        fs::rename(self.path(), &place).map_err(StoreError::io(self.path()))?;
        sync_folder(&place).map_err(StoreError::io(root))?;
        Ok(place)
    }

    /// Deletes a run of the trash for good.
    pub fn delete(&self) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        fs::remove_dir_all(self.path()).map_err(StoreError::io(self.path()))
    }

    /// What its files take, in bytes.
    pub fn bytes(&self) -> u64 {
        bytes_below(self.path())
    }

    /// The checkpoints but the best and the newest, with their sizes in bytes.
    pub fn spare_checkpoints(&self) -> Result<Vec<(PathBuf, u64)>, StoreError> {
        let mut checkpoints = self.checkpoints()?;
        checkpoints.pop();
        if checkpoints.is_empty() {
            return Ok(Vec::new());
        }
        let best = self.state()?.best_validation_step();
        let spare = checkpoints.into_iter().filter(|(step, _)| Some(*step) != best);
        let sized = |path: PathBuf| {
            let size = path.metadata().map_or(0, |metadata| metadata.len());
            (path, size)
        };
        Ok(spare.map(|(_, path)| sized(path)).collect())
    }

    /// Deletes the checkpoints but the best and the newest, and says which they were. A run that is being trained keeps all.
    pub fn remove_spare_checkpoints(&self) -> Result<Vec<(PathBuf, u64)>, StoreError> {
        let _lock = self.lock()?;
        let spare = self.spare_checkpoints()?;
        for (path, _) in &spare {
            fs::remove_file(path).map_err(StoreError::io(path))?;
        }
        Ok(spare)
    }
}

/// What the files below a folder take. What cannot be looked at counts nothing.
fn bytes_below(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}
