//! Pictures.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| mnist_tui_fuzz::READER.picture(bytes));
