//! Commands of this program that run beside one another, and end when it is told to end.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::task::JoinSet;

use super::signals::{Asked, Signals, stop_process_group};

/// Runs commands to their ends, `jobs` at a time and in their order, and tells of each with its place and what it wrote.
///
/// The first signal to end is passed on to those that run, and no others are started; so is every later one. When they
/// have ended, its number is the answer. The terminal's own signals reach only this process, so that none comes twice.
pub fn run_all(commands: Vec<Command>, jobs: usize, mut done: impl FnMut(usize, io::Result<Output>)) -> io::Result<Option<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        let mut waiting = commands.into_iter().enumerate();
        let mut children = JoinSet::new();
        let mut running: BTreeMap<usize, u32> = BTreeMap::new();
        let mut signalled = None;
        loop {
            while signalled.is_none() && running.len() < jobs {
                let Some((index, mut command)) = waiting.next() else { break };
                command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
                match tokio::process::Command::from(command).spawn() {
                    Ok(child) => {
                        running.extend(child.id().map(|id| (index, id)));
                        children.spawn(async move { (index, child.wait_with_output().await) });
                    }
                    Err(error) => done(index, Err(error)),
                }
            }
            tokio::select! {
                // The number of a process that has ended may soon be that of another.
                biased;
                ended = children.join_next() => match ended {
                    None => return Ok(signalled),
                    Some(ended) => {
                        let (index, output) = ended.map_err(io::Error::other)?;
                        running.remove(&index);
                        done(index, output);
                    }
                },
                asked = signals.next() => match asked {
                    Asked::End(signal) => {
                        signalled.get_or_insert(signal);
                        pass_on(&running, Signal::TERM);
                    }
                    Asked::Leave(number) => {
                        signalled.get_or_insert(number);
                        pass_on(&running, Signal::from_named_raw(number.into()).unwrap_or(Signal::TERM));
                    }
                    Asked::Suspend => {
                        pass_on(&running, Signal::TSTP);
                        stop_process_group();
                    }
                    Asked::Continued => pass_on(&running, Signal::CONT),
                    Asked::Resized => {}
                },
            }
        }
    })
}

fn pass_on(running: &BTreeMap<usize, u32>, signal: Signal) {
    for pid in running.values().filter_map(|id| Pid::from_raw(*id as i32)) {
        // One that has just ended needs none.
        let _ = kill_process(pid, signal);
    }
}
