//! The program `mnist-tui`.

fn main() {}
