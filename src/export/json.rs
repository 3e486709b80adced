//! Summaries, as `--json` prints them.

use super::{ExportError, ExportedRun};

/// The summary of a run; of several, an array of them.
pub(super) fn write(runs: &[ExportedRun]) -> Result<Vec<u8>, ExportError> {
    let summaries: Vec<_> = runs.iter().map(|run| run.state.summary()).collect();
    let mut bytes = match &summaries[..] {
        [one] => serde_json::to_vec_pretty(one)?,
        all => serde_json::to_vec_pretty(all)?,
    };
    bytes.push(b'\n');
    Ok(bytes)
}
