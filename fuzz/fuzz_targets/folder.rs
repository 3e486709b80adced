//! Pictures among others in a folder.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mnist_tui_fuzz::READER.folder_of_pictures(bytes));
