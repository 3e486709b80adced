//! The parameters alone.

use std::collections::HashMap;

use super::{ExportError, ExportedRun, Format};

/// The parameters in PyTorch's names and layouts, with what they are in the file's metadata.
pub(super) fn write(run: &ExportedRun) -> Result<Vec<u8>, ExportError> {
    let network = run.network(Format::Safetensors.name())?;
    Ok(network.to_safetensors(metadata(run).into_iter().collect::<HashMap<_, _>>())?)
}

/// What a network is, for those who find the file alone.
pub(super) fn metadata(run: &ExportedRun) -> Vec<(String, String)> {
    let summary = run.state.summary();
    let mut entries = vec![
        ("program", format!("mnist-tui {}", summary.program_version)),
        ("run", summary.run_id),
        ("name", summary.name),
        ("preset", summary.preset),
        ("epochs", summary.epochs.to_string()),
        ("steps", summary.steps.to_string()),
    ];
    entries.extend(summary.test_accuracy.map(|accuracy| ("test_accuracy", accuracy.to_string())));
    if let Some(started) = &run.state.started {
        entries.push(("classes", serde_json::json!(started.class_names).to_string()));
        entries.push(("spec", serde_json::json!(started.spec).to_string()));
    }
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
