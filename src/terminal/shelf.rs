//! Recorded runs for the dashboard, read and changed on a thread of its own: neither it nor the training waits for the disk.

use std::io;
use std::path::{Path, PathBuf, absolute};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::{LoadedRun, Removed, RunsAnswer, RunsRequest};
use crate::causes::with_causes;
use crate::export::{ExportError, ExportedRun, Format, export};
use crate::files::at_home;
use crate::inspect::Checkpoints;
use crate::protocol::Asked;
use crate::run::store::{About, Catalog, Listed, RunFolder, StoreError};
use crate::run::text::kilobytes;
use crate::text::{Phrase, RunCount, Text, Word};

/// While somebody looks, runs are listed again after so long.
const AGAIN: Duration = Duration::from_secs(2);
/// Listing takes at most such a part of the time, however many runs there are.
const PART: u32 = 30;

/// The thread that reads and changes recorded runs.
pub(super) struct Shelf {
    requests: Sender<RunsRequest>,
    answers: UnboundedReceiver<RunsAnswer>,
}

impl Shelf {
    /// Starts the thread. It ends when this is dropped.
    ///
    /// Fails when the machine gives no thread.
    pub fn start(root: Option<PathBuf>) -> io::Result<Self> {
        let (requests, asked) = channel();
        let (answer, answers) = unbounded_channel();
        std::thread::Builder::new().name("shelf".into()).spawn(move || match root {
            Some(root) => Keeper { catalog: Catalog::new(root), answer, listed: None, images: None }.run(&asked),
            None => {
                let reason = "the system names no folder for runs; name one with --runs-dir";
                while asked.recv().is_ok() {
                    let _ = answer.send(RunsAnswer::Failed(reason.into()));
                }
            }
        })?;
        Ok(Self { requests, answers })
    }

    /// Asks for something.
    pub fn ask(&self, request: RunsRequest) {
        // It fails only after a panic there, which the hook has told.
        let _ = self.requests.send(request);
    }

    /// What came of it, when something has.
    pub async fn answer(&mut self) -> Option<RunsAnswer> {
        self.answers.recv().await
    }
}

struct Keeper {
    catalog: Catalog,
    answer: UnboundedSender<RunsAnswer>,
    /// What was told last.
    listed: Option<Vec<Listed>>,
    /// The run whose images were asked for last.
    images: Option<(String, Checkpoints)>,
}

impl Keeper {
    fn run(mut self, asked: &Receiver<RunsRequest>) {
        let (mut watched, mut pause) = (false, AGAIN);
        loop {
            let request = match watched {
                true => asked.recv_timeout(pause),
                false => asked.recv().map_err(RecvTimeoutError::from),
            };
            match request {
                Ok(RunsRequest::Watch(now)) => {
                    watched = now;
                    self.listed = None;
                }
                Ok(request) => {
                    let answer = self.carry_out(request).unwrap_or_else(|error| RunsAnswer::Failed(with_causes(&error).into()));
                    self.tell(answer);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if watched {
                let began = Instant::now();
                self.list();
                pause = AGAIN.max(began.elapsed() * PART);
            }
        }
    }

    fn tell(&self, answer: RunsAnswer) {
        // Nobody listens when the dashboard has been left.
        let _ = self.answer.send(answer);
    }

    /// Lists all runs, and tells when something is new.
    fn list(&mut self) {
        match self.catalog.list() {
            Ok(runs) if self.listed.as_ref() == Some(&runs) => {}
            Ok(runs) => {
                self.listed = Some(runs.clone());
                self.tell(RunsAnswer::Listed(runs));
            }
            Err(error) => self.tell(RunsAnswer::Failed(with_causes(&error).into())),
        }
    }

    fn folder(&self, id: &str) -> RunFolder {
        RunFolder::new(self.catalog.root().join(id))
    }

    fn carry_out(&mut self, request: RunsRequest) -> Result<RunsAnswer, ExportError> {
        Ok(match request {
            RunsRequest::Watch(_) => RunsAnswer::Done(None),
            RunsRequest::Load(ids) => {
                let runs = ids.iter().map(|id| load(self.folder(id))).collect::<Result<Vec<_>, _>>()?;
                RunsAnswer::Loaded(runs)
            }
            RunsRequest::Images(id, query) => {
                let body = self.images(id).answer(&Asked { id: 0, at: None, query: query.clone() }).body;
                RunsAnswer::Images(query, body)
            }
            RunsRequest::Checkpoints(id) => {
                let folder = self.folder(&id);
                let checkpoints = folder.checkpoint_files(&folder.state()?)?;
                RunsAnswer::Checkpoints(id, checkpoints)
            }
            RunsRequest::Parent(id) => match self.folder(&id).state() {
                Ok(state) => RunsAnswer::Parent(Box::new(state)),
                // It has been removed: the branch has all that is needed.
                Err(_) => RunsAnswer::Done(None),
            },
            RunsRequest::Rename(id, name) => match self.change(&id, |about| about.rename(&name))? {
                Err(reason) => {
                    let (name, reason) = (format!("{name:?}"), reason.to_owned());
                    RunsAnswer::Failed(Phrase::CannotBeCalled { name, reason }.into())
                }
                Ok(()) => done(Phrase::NowCalled { name }),
            },
            RunsRequest::Note(id, text) => {
                let word = if text.is_empty() { Word::NoteTakenAway } else { Word::NoteWritten };
                self.change(&id, |about| about.note = text)?;
                done(word)
            }
            RunsRequest::Pin(ids, pinned) => {
                ids.iter().try_for_each(|id| self.change(id, |about| about.pinned = pinned))?;
                let runs = RunCount(ids.len());
                done(if pinned { Phrase::Pinned { runs } } else { Phrase::Unpinned { runs } })
            }
            RunsRequest::Remove(ids) => {
                let trash = self.catalog.trash();
                ids.iter().try_for_each(|id| self.folder(id).remove_to(&trash).map(drop))?;
                done(Phrase::Moved { runs: RunCount(ids.len()), to: trash.display().to_string() })
            }
            RunsRequest::Trash => RunsAnswer::Trash(self.trash()?),
            RunsRequest::Restore(id) => {
                let folder = RunFolder::new(self.catalog.trash().join(id));
                let place = folder.restore_to(self.catalog.root())?;
                done(Phrase::BackIn { path: place.display().to_string() })
            }
            RunsRequest::EmptyTrash => {
                let trash = self.trash()?;
                trash.iter().try_for_each(|run| RunFolder::new(self.catalog.trash().join(&run.id)).delete())?;
                let size = kilobytes(trash.iter().map(|run| run.bytes).sum());
                done(Phrase::Deleted { runs: RunCount(trash.len()), size })
            }
            RunsRequest::Export { runs, format, output, overwrite } => self.export(runs, format, output, overwrite)?,
        })
    }

    /// The images of a run; those of one run are kept.
    fn images(&mut self, id: String) -> &mut Checkpoints {
        let kept = self.images.take().filter(|(kept, _)| *kept == id);
        let checkpoints = kept.map_or_else(|| Checkpoints::new(self.folder(&id)), |(_, kept)| kept);
        &mut self.images.insert((id, checkpoints)).1
    }

    /// What is in the trash, the newest first.
    fn trash(&self) -> Result<Vec<Removed>, StoreError> {
        let listed = Catalog::new(self.catalog.trash()).list()?;
        let removed = |run: &Listed| Removed {
            id: run.folder.id(),
            name: run.about.name().to_owned(),
            removed_at_ms: run.folder.removed_at_ms(),
            bytes: run.folder.bytes(),
        };
        let mut trash: Vec<Removed> = listed.iter().map(removed).collect();
        trash.sort_by_key(|run| std::cmp::Reverse(run.removed_at_ms));
        Ok(trash)
    }

    fn change<T>(&self, id: &str, change: impl FnOnce(&mut About) -> T) -> Result<T, StoreError> {
        self.folder(id).change_about(|about| Ok(change(about)))
    }

    fn export(&self, runs: Vec<String>, format: Format, output: PathBuf, overwrite: bool) -> Result<RunsAnswer, ExportError> {
        let output = at_home(&output).map_err(|error| ExportError::Home { path: output.clone(), source: error })?;
        let loaded = runs.iter().map(|id| ExportedRun::load(&self.folder(id), format)).collect::<Result<Vec<_>, _>>()?;
        Ok(match export(format, &loaded, &output, overwrite) {
            Ok(_) => done(Phrase::Wrote { path: whole(&output) }),
            Err(ExportError::Exists { path }) => {
                RunsAnswer::Exists(RunsRequest::Export { runs, format, output, overwrite: true }, whole(&path))
            }
            Err(error) => return Err(error),
        })
    }
}

fn load(folder: RunFolder) -> Result<LoadedRun, StoreError> {
    let state = folder.state()?;
    Ok(LoadedRun { checkpoints: folder.checkpoint_files(&state)?, state, listed: Catalog::listed(folder)? })
}

fn done(text: impl Into<Text>) -> RunsAnswer {
    RunsAnswer::Done(Some(text.into()))
}

/// A path from the root on, so that it can be found again.
fn whole(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
