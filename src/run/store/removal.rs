//! Runs that leave their place, and checkpoints that are not needed any more.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Catalog, RunFolder, StoreError};

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
        Ok(place)
    }

    /// The checkpoints but the best and the newest, with their sizes in bytes.
    pub fn spare_checkpoints(&self) -> Result<Vec<(PathBuf, u64)>, StoreError> {
        let mut checkpoints = self.checkpoints();
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
