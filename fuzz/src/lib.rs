//! What the fuzz targets share: the reader of the tests, in a folder for temporary files, and their allocator.

#[path = "../../tests/damaged/allocator.rs"]
mod allocator;
#[path = "../../tests/damaged/reader.rs"]
pub mod reader;

use std::sync::LazyLock;

use reader::Reader;

/// The reader of this process.
pub static READER: LazyLock<Reader> =
    LazyLock::new(|| Reader::new(std::env::temp_dir().join(format!("mnist-tui-fuzz-{}", std::process::id()))));
