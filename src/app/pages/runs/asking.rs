//! What the page of runs asks a person, and what it asks for then.

use super::list::MOST_COMPARED;
use super::{NextRun, Removed, Runs, RunsRequest, RunsView};
use crate::app::{Choice, ChoiceItem, Effect, Leave, Prompt, Question, Shared, Typed};
use crate::run::format::{Format, default_output};
use crate::run::store::{CheckpointFile, Listed};
use crate::run::text::{date, kilobytes};
use crate::text::{Phrase, RunCount, Text, Word};

/// What a text that is being typed, or an item that is being chosen, is for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Only runs with this are listed, while it is typed already.
    Filter {
        /// What was filtered by before.
        before: String,
        /// The id of the run that was selected.
        selected: Option<String>,
    },
    /// The new name of a run.
    Rename(String),
    /// What is written about a run.
    Note(String),
    /// What to export runs as.
    Format(Vec<String>, Vec<Format>),
    /// Where to export them to.
    Export(Vec<String>, Format),
    /// The run to bring back from the trash; after them, to empty it.
    Trash(Vec<String>),
    /// The step to branch off a run after.
    Branch(String, Vec<u64>),
}

impl Runs {
    fn prompt(&mut self, shared: &mut Shared, asked: Asked, (title, hint): (Text, Word), text: String, fresh: bool) {
        self.asked = Some(asked);
        shared.open(Prompt::new(title, hint, text, fresh, |pages, shared, typed| pages.runs.typed(shared, typed)));
    }

    fn choice(&mut self, shared: &mut Shared, asked: Asked, title: Word, items: Vec<ChoiceItem>, selected: usize) {
        self.asked = Some(asked);
        shared.open(Choice::new(title, items, selected, |pages, shared, item| pages.runs.chose(shared, item)));
    }

    pub(super) fn ask_filter(&mut self, shared: &mut Shared) {
        let before = self.filter.clone();
        let asked = Asked::Filter { before: before.clone(), selected: self.selected_run().map(Listed::id) };
        let words = (Word::FilterTitle.into(), Word::FilterHint);
        self.prompt(shared, asked, words, before, true);
    }

    pub(super) fn ask_name(&mut self, shared: &mut Shared) {
        let Some(run) = self.run_at_hand() else { return };
        let (asked, name) = (Asked::Rename(run.id()), run.about.name().to_owned());
        self.prompt(shared, asked, (Word::RenameTitle.into(), Word::RenameHint), name, true);
    }

    pub(super) fn ask_note(&mut self, shared: &mut Shared) {
        let Some(run) = self.run_at_hand() else { return };
        let (asked, note) = (Asked::Note(run.id()), run.about.note.replace('\n', " "));
        self.prompt(shared, asked, (Word::NoteTitle.into(), Word::NoteHint), note, false);
    }

    pub(super) fn ask_format(&mut self, shared: &mut Shared) {
        let chosen = match &self.view {
            RunsView::List => ids(&self.chosen()),
            RunsView::Shown(run) => vec![run.listed.id()],
            RunsView::Compared(runs, _) => runs.iter().map(|run| run.listed.id()).collect(),
        };
        if chosen.is_empty() {
            return;
        }
        let formats: Vec<Format> = Format::ALL.into_iter().filter(|format| chosen.len() == 1 || format.takes_several()).collect();
        let item = |format: &Format| ChoiceItem { name: format.name().into(), text: summary(*format).into() };
        let items = formats.iter().map(item).collect();
        self.choice(shared, Asked::Format(chosen, formats), Word::ExportTitle, items, 0);
    }

    pub(super) fn ask_checkpoint(&mut self, shared: &mut Shared, run: &str, found: &[CheckpointFile]) {
        if found.is_empty() {
            return shared.refuse(Phrase::NoCheckpointThere);
        }
        let item = |file: &CheckpointFile| ChoiceItem { name: Phrase::AtStep { step: file.step }.into(), text: file.text() };
        let items: Vec<ChoiceItem> = found.iter().map(item).collect();
        let asked = Asked::Branch(run.to_owned(), found.iter().map(|file| file.step).collect());
        let newest = items.len() - 1;
        self.choice(shared, asked, Word::BranchTitle, items, newest);
    }

    pub(super) fn ask_trash(&mut self, shared: &mut Shared, found: &[Removed]) {
        if found.is_empty() {
            return shared.tell(Word::TrashIsEmpty);
        }
        let item = |run: &Removed| ChoiceItem {
            name: run.name.as_str().into(),
            text: Phrase::RemovedAt { when: run.removed_at_ms.map_or("–".into(), date), size: kilobytes(run.bytes) }.into(),
        };
        let mut items: Vec<ChoiceItem> = found.iter().map(item).collect();
        let size = kilobytes(found.iter().map(|run| run.bytes).sum());
        let text = Phrase::ForGood { runs: RunCount(found.len()), size }.into();
        items.push(ChoiceItem { name: Word::EmptyTheTrash.into(), text });
        let asked = Asked::Trash(found.iter().map(|run| run.id.clone()).collect());
        self.choice(shared, asked, Word::TrashTitle, items, 0);
    }

    pub(super) fn ask_to_remove(&self, shared: &mut Shared) {
        let chosen = self.chosen();
        let names = |runs: &[&Listed]| runs.iter().map(|run| run.about.name().to_owned()).collect::<Vec<_>>().join(", ");
        let trained: Vec<&Listed> = chosen.iter().copied().filter(|run| run.trained_by.is_some()).collect();
        if !trained.is_empty() {
            shared.refuse(Phrase::BeingTrainedStays { names: names(&trained) });
        } else if !chosen.is_empty() {
            let text = Phrase::ToTheTrash { names: names(&chosen) }.into();
            let title = if chosen.len() == 1 { Word::RemoveOneQuestion } else { Word::RemoveSomeQuestion };
            shared.open(Question::confirming(title, text, Effect::Runs(RunsRequest::Remove(ids(&chosen)))));
        }
    }

    pub(super) fn compare(&self, shared: &mut Shared) {
        let marked = self.marked();
        if marked.len() < 2 {
            return shared.refuse(Phrase::MarkTwo { key: shared.keymap.shown("runs.mark") });
        }
        if marked.len() > MOST_COMPARED {
            shared.tell(Phrase::FirstOfMarked { shown: MOST_COMPARED, marked: marked.len() });
        }
        ask(shared, RunsRequest::Load(ids(&marked[..marked.len().min(MOST_COMPARED)])));
    }

    pub(super) fn pin(&self, shared: &mut Shared) {
        let chosen = self.chosen();
        let pinned = chosen.iter().any(|run| !run.about.pinned);
        if !chosen.is_empty() {
            ask(shared, RunsRequest::Pin(ids(&chosen), pinned));
        }
    }

    pub(super) fn go_on(&self, shared: &mut Shared) {
        let Some(run) = self.run_at_hand() else { return };
        if let Some(owner) = &run.trained_by {
            return shared.refuse(Phrase::IsTrainedBy { owner: Box::new(Text::of_owner(owner)) });
        }
        if !is_free(shared) {
            return;
        }
        match run.status() {
            "interrupted" | "stopped" => next(shared, NextRun::Resumed(run.id())),
            "damaged" => {
                if let Some(damage) = run.damage.clone() {
                    shared.refuse(damage);
                }
            }
            _ => {
                let key = shared.keymap.shown("runs.branch");
                shared.refuse(Phrase::RunIsOver { key });
            }
        }
    }

    pub(super) fn play(&self, shared: &mut Shared) {
        let Some(run) = self.run_at_hand() else { return };
        if is_free(shared) {
            next(shared, NextRun::Played(run.id()));
        }
    }

    pub(super) fn branch(&self, shared: &mut Shared) {
        let Some(run) = self.run_at_hand() else { return };
        if is_free(shared) {
            ask(shared, RunsRequest::Checkpoints(run.id()));
        }
    }

    /// Something was typed.
    fn typed(&mut self, shared: &mut Shared, typed: Typed) {
        match (self.asked.clone(), typed) {
            (Some(Asked::Filter { selected, .. }), Typed::Now(text)) => self.set_filter(text.to_owned(), selected),
            (Some(Asked::Filter { before, selected }), Typed::Cancelled) => self.set_filter(before, selected),
            (Some(Asked::Rename(run)), Typed::Done(text)) => ask(shared, RunsRequest::Rename(run, text.to_owned())),
            (Some(Asked::Note(run)), Typed::Done(text)) => ask(shared, RunsRequest::Note(run, text.to_owned())),
            (Some(Asked::Export(runs, format)), Typed::Done(text)) if !text.is_empty() => {
                shared.tell(Word::Exporting);
                ask(shared, RunsRequest::Export { runs, format, output: text.into(), overwrite: false });
            }
            _ => {}
        }
    }

    /// Something was chosen.
    fn chose(&mut self, shared: &mut Shared, item: usize) {
        match self.asked.take() {
            Some(Asked::Trash(runs)) => match runs.get(item) {
                Some(run) => ask(shared, RunsRequest::Restore(run.clone())),
                None => {
                    let text = Phrase::GoneForGood { runs: RunCount(runs.len()) }.into();
                    shared.open(Question::confirming(Word::EmptyTrashQuestion, text, Effect::Runs(RunsRequest::EmptyTrash)));
                }
            },
            Some(Asked::Format(runs, formats)) => {
                let format = formats[item];
                let listed = self.rows().map(|(_, run)| run).filter(|run| runs.contains(&run.id()));
                let names: Vec<&str> = listed.map(|run| run.about.name()).collect();
                let names = if names.len() == runs.len() { names } else { runs.iter().map(String::as_str).collect() };
                let path = default_output(format, &names).display().to_string();
                let hint = if format.is_folder() { Word::ToThisFolder } else { Word::ToThisFile };
                let title = Phrase::ExportAs { format: format.name() }.into();
                self.prompt(shared, Asked::Export(runs, format), (title, hint), path, false);
            }
            Some(Asked::Branch(run, steps)) => next(shared, NextRun::Branched(run, steps[item])),
            _ => {}
        }
    }

    /// The run that is shown or selected.
    pub(super) fn run_at_hand(&self) -> Option<&Listed> {
        match &self.view {
            RunsView::Shown(run) => Some(&run.listed),
            _ => self.selected_run(),
        }
    }
}

/// Whether the dashboard can go on with another run; says why not.
fn is_free(shared: &mut Shared) -> bool {
    if shared.replay.is_some() {
        return true;
    }
    if shared.is_away() {
        shared.refuse(Phrase::OnlyWatches);
        return false;
    }
    let free = shared.run.started.is_none() && shared.alone || shared.run.ended.is_some();
    if !free {
        let [page, stop] = ["page.overview", "run.stop"].map(|id| shared.keymap.shown(id));
        shared.refuse(Phrase::StopItFirst { page, stop });
    }
    free
}

/// What a format is for.
fn summary(format: Format) -> Word {
    match format {
        Format::Json => Word::JsonSummary,
        Format::Csv => Word::CsvSummary,
        Format::Markdown => Word::MarkdownSummary,
        Format::Html => Word::HtmlSummary,
        Format::Svg => Word::SvgSummary,
        Format::Dashboard => Word::DashboardSummary,
        Format::Tensorboard => Word::TensorboardSummary,
        Format::Safetensors => Word::SafetensorsSummary,
        Format::Onnx => Word::OnnxSummary,
    }
}

fn ids(runs: &[&Listed]) -> Vec<String> {
    runs.iter().map(|run| run.id()).collect()
}

/// Asks the disk.
pub(super) fn ask(shared: &mut Shared, request: RunsRequest) {
    shared.effects.push(Effect::Runs(request));
}

fn next(shared: &mut Shared, run: NextRun) {
    shared.leave(Leave::Next(run));
}
