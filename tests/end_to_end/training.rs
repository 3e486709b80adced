//! A training without a dashboard, beside what is tested.

use std::process::{Child, Command, Stdio};

use crate::support::Home;

/// A training without a dashboard, killed when the test is over.
pub struct Training(Child);

impl Training {
    /// Starts one that keeps its files in `home`.
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
        command.arg("--headless").args(arguments).env_clear().envs(home.variables());
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        Self(child)
    }

    /// Whether it goes on.
    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("a child").is_none()
    }

    /// Waits for its end, which is a good one.
    #[track_caller]
    pub fn end(mut self) {
        assert!(self.0.wait().expect("it ends").success());
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
