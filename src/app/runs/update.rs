//! What keys do on the page of runs, and what comes of what was asked for.

use super::page::MOST_COMPARED;
use super::{Choice, ChoiceItem, LoadedRun, NextRun, Prompt, PromptKind, Question, RunsAnswer, RunsRequest, RunsView};
use crate::app::{Action, App, Effect, Leave, Line, Mode, Page};
use crate::run::Comparison;
use crate::run::format::{Format, default_output};
use crate::run::store::{CheckpointFile, Listed};

/// Longer than names, notes and paths that make sense.
const LONGEST: usize = 400;

impl App {
    /// Turns to a page.
    pub(in crate::app) fn turn_to_page(&mut self, page: Page) -> Vec<Effect> {
        if self.alone && page == Page::Overview {
            self.runs.problem = Some("nothing is trained here; R goes on with a run, b branches off one, v plays one".into());
            return Vec::new();
        }
        let watches = page == Page::Runs;
        let watched = self.page == Page::Runs;
        self.page = page;
        if watches {
            self.runs.view = RunsView::List;
        }
        self.mode = page.mode();
        if watches == watched { Vec::new() } else { ask(RunsRequest::Watch(watches)) }
    }

    /// What a key does that means something on the page of runs only.
    pub(in crate::app) fn act_on_runs(&mut self, action: Action) -> Vec<Effect> {
        self.runs.problem = None;
        match action {
            Action::Mark => self.runs.mark(),
            Action::MarkAll => self.runs.mark_all(),
            Action::Hide if matches!(self.runs.view, RunsView::Compared(..)) => self.runs.hide(),
            Action::Unit => self.runs.next_unit(),
            Action::Sort => self.runs.sort_next(),
            Action::Filter => {
                let line = Line::new(self.runs.filter.clone(), true, LONGEST);
                let selected = self.runs.selected_run().map(Listed::id);
                let kind = PromptKind::Filter { before: self.runs.filter.clone(), selected };
                self.mode = Mode::Typing(Prompt { kind, line });
            }
            Action::Back => {
                self.runs.view = RunsView::List;
                self.mode = self.page.mode();
            }
            Action::Compare => return self.compare(),
            Action::Export => self.choose_format(),
            Action::Pin => {
                let chosen = self.runs.chosen();
                let pinned = chosen.iter().any(|run| !run.about.pinned);
                return if chosen.is_empty() { Vec::new() } else { ask(RunsRequest::Pin(ids(&chosen), pinned)) };
            }
            Action::Remove => self.ask_to_remove(),
            Action::Show | Action::Rename | Action::Note | Action::GoOn | Action::Branch | Action::Replay => {
                return self.act_on_run(action);
            }
            _ => {}
        }
        Vec::new()
    }

    /// What a key does with the run that is shown or selected.
    fn act_on_run(&mut self, action: Action) -> Vec<Effect> {
        let shown = match &self.runs.view {
            RunsView::Shown(run) => Some(&run.listed),
            _ => self.runs.selected_run(),
        };
        let Some(run) = shown.cloned() else { return Vec::new() };
        match action {
            Action::Show => return ask(RunsRequest::Load(vec![run.id()])),
            Action::Rename => {
                let line = Line::new(run.about.name().to_owned(), true, LONGEST);
                self.mode = Mode::Typing(Prompt { kind: PromptKind::Rename(run.id()), line });
            }
            Action::Note => {
                let line = Line::new(run.about.note.replace('\n', " "), false, LONGEST);
                self.mode = Mode::Typing(Prompt { kind: PromptKind::Note(run.id()), line });
            }
            Action::GoOn => return self.go_on_with(&run),
            Action::Replay if self.is_free() => return next(NextRun::Played(run.id())),
            Action::Branch if self.is_free() => return ask(RunsRequest::Checkpoints(run.id())),
            _ => {}
        }
        Vec::new()
    }

    fn compare(&mut self) -> Vec<Effect> {
        let marked = self.runs.marked();
        if marked.len() < 2 {
            self.runs.problem = Some("mark two runs or more with Space, then compare them".into());
            return Vec::new();
        }
        if marked.len() > MOST_COMPARED {
            self.notice = Some(format!("the first {MOST_COMPARED} of the {} marked", marked.len()));
        }
        ask(RunsRequest::Load(ids(&marked[..marked.len().min(MOST_COMPARED)])))
    }

    fn choose_format(&mut self) {
        let chosen = match &self.runs.view {
            RunsView::List => ids(&self.runs.chosen()),
            RunsView::Shown(run) => vec![run.listed.id()],
            RunsView::Compared(runs, _) => runs.iter().map(|run| run.listed.id()).collect(),
        };
        let formats = Format::ALL.into_iter().filter(|format| chosen.len() == 1 || format.takes_several());
        let items: Vec<ChoiceItem> = formats.map(|format| ChoiceItem::Format(chosen.clone(), format)).collect();
        if !chosen.is_empty() {
            self.mode = Mode::Choosing(Choice { title: "Export as", items, selected: 0 });
        }
    }

    fn ask_to_remove(&mut self) {
        let chosen = self.runs.chosen();
        let names = |runs: &[&Listed]| runs.iter().map(|run| run.about.name().to_owned()).collect::<Vec<_>>().join(", ");
        let trained: Vec<&Listed> = chosen.iter().copied().filter(|run| run.trained_by.is_some()).collect();
        if !trained.is_empty() {
            self.runs.problem = Some(format!("being trained, so it stays: {}", names(&trained)));
        } else if !chosen.is_empty() {
            let text = format!("{}: to the folder .trash beside the runs", names(&chosen));
            let request = RunsRequest::Remove(ids(&chosen));
            let title = if chosen.len() == 1 { "Remove this run?" } else { "Remove these runs?" };
            self.mode = Mode::Confirming(Question { title, text, request });
        }
    }

    /// Whether the dashboard can go on with another run; says why not.
    fn is_free(&mut self) -> bool {
        if self.replay.is_some() {
            return true;
        }
        if self.is_away() {
            self.runs.problem = Some("this dashboard only watches; `mnist-tui runs browse` goes on with runs".into());
            return false;
        }
        let free = self.run.started.is_none() && self.alone || self.run.ended.is_some();
        if !free {
            self.runs.problem = Some("a run trains here: stop it first (1, then x)".into());
        }
        free
    }

    fn go_on_with(&mut self, run: &Listed) -> Vec<Effect> {
        if let Some(owner) = &run.trained_by {
            self.runs.problem = Some(format!("it is being trained by {owner}"));
            return Vec::new();
        }
        if !self.is_free() {
            return Vec::new();
        }
        match run.status() {
            "interrupted" | "stopped" => next(NextRun::Resumed(run.id())),
            _ => {
                self.runs.problem = Some("it is over; b branches off a checkpoint, for more epochs".into());
                Vec::new()
            }
        }
    }

    /// Enter on a line that was typed.
    pub(in crate::app) fn take_text(&mut self, prompt: &Prompt) -> Vec<Effect> {
        self.mode = self.resting_mode();
        let text = prompt.line.text().trim().to_owned();
        match &prompt.kind {
            // It acts already.
            PromptKind::Filter { .. } => {}
            PromptKind::Rename(run) => return ask(RunsRequest::Rename(run.clone(), text)),
            PromptKind::Note(run) => return ask(RunsRequest::Note(run.clone(), text)),
            PromptKind::Export(runs, format) if !text.is_empty() => {
                let (runs, format) = (runs.clone(), *format);
                self.notice = Some("exporting…".into());
                return ask(RunsRequest::Export { runs, format, output: text.into(), overwrite: false });
            }
            PromptKind::Export(..) => {}
        }
        Vec::new()
    }

    /// Something was typed.
    pub(in crate::app) fn typed(&mut self) {
        if let Mode::Typing(Prompt { kind: PromptKind::Filter { selected, .. }, line }) = &self.mode {
            self.runs.set_filter(line.text().trim().to_owned(), selected.clone());
        }
    }

    /// Escape from a line that was being typed.
    pub(in crate::app) fn take_back(&mut self) {
        if let Mode::Typing(Prompt { kind: PromptKind::Filter { before, selected }, .. }) = &self.mode {
            self.runs.set_filter(before.clone(), selected.clone());
        }
    }

    /// Enter on an item of a list.
    pub(in crate::app) fn choose(&mut self, choice: &Choice) -> Vec<Effect> {
        self.mode = self.resting_mode();
        match choice.items.get(choice.selected) {
            Some(ChoiceItem::Format(runs, format)) => {
                let all = self.runs.rows().map(|(_, run)| run);
                let names: Vec<&str> = all.filter(|run| runs.contains(&run.id())).map(|run| run.about.name()).collect();
                let names = if names.len() == runs.len() { names } else { runs.iter().map(String::as_str).collect() };
                let path = default_output(*format, &names).display().to_string();
                let kind = PromptKind::Export(runs.clone(), *format);
                self.mode = Mode::Typing(Prompt { kind, line: Line::new(path, false, LONGEST) });
                Vec::new()
            }
            Some(ChoiceItem::Checkpoint(run, step, _)) => next(NextRun::Branched(run.clone(), *step)),
            None => Vec::new(),
        }
    }

    /// A yes.
    pub(in crate::app) fn confirm(&mut self, question: Question) -> Vec<Effect> {
        self.mode = self.resting_mode();
        ask(question.request)
    }

    /// What keys do when nothing lies over the page.
    pub(in crate::app) fn resting_mode(&self) -> Mode {
        match (self.page, &self.runs.view) {
            (Page::Runs, RunsView::Shown(_) | RunsView::Compared(..)) => Mode::Looking,
            (page, _) => page.mode(),
        }
    }

    /// What came of a request.
    pub(in crate::app) fn hear(&mut self, answer: RunsAnswer) {
        match answer {
            RunsAnswer::Listed(runs) => {
                self.runs.list(runs);
                // What is shown may have another name by now.
                let now = match &self.runs.view {
                    RunsView::Shown(run) => {
                        let id = run.listed.id();
                        self.runs.rows().find(|(_, listed)| listed.id() == id).map(|(_, run)| run.clone())
                    }
                    _ => None,
                };
                if let (RunsView::Shown(run), Some(now)) = (&mut self.runs.view, now) {
                    run.listed = now;
                }
            }
            RunsAnswer::Loaded(mut runs) if self.mode == Mode::Browsing => {
                self.runs.scroll = (0, 0);
                self.runs.hidden.clear();
                self.runs.view = match runs.len() {
                    0 => RunsView::List,
                    1 => RunsView::Shown(Box::new(runs.remove(0))),
                    _ => {
                        let states: Vec<_> = runs.iter().map(|run: &LoadedRun| &run.state).collect();
                        let comparison = Box::new(Comparison::of(&states));
                        RunsView::Compared(runs, comparison)
                    }
                };
                self.mode = self.resting_mode();
            }
            // Somebody has turned to something else meanwhile.
            RunsAnswer::Loaded(_) => {}
            RunsAnswer::Checkpoints(run, found) if matches!(self.mode, Mode::Browsing | Mode::Looking) => {
                if found.is_empty() {
                    self.runs.problem = Some("it has no checkpoint".into());
                    return;
                }
                let item = |file: &CheckpointFile| ChoiceItem::Checkpoint(run.clone(), file.step, file.text());
                let items: Vec<ChoiceItem> = found.iter().map(item).collect();
                let selected = items.len() - 1;
                self.mode = Mode::Choosing(Choice { title: "Branch off after", items, selected });
            }
            RunsAnswer::Checkpoints(..) => {}
            RunsAnswer::Parent(parent) => self.parent = Some(parent),
            RunsAnswer::Done(text) => self.notice = Some(text).filter(|text| !text.is_empty()),
            RunsAnswer::Failed(reason) => {
                self.notice = None;
                self.runs.problem = Some(reason);
            }
            RunsAnswer::Exists(request, file) => {
                self.notice = None;
                if matches!(self.mode, Mode::Browsing | Mode::Looking) {
                    self.mode = Mode::Confirming(Question { title: "Overwrite?", text: file, request });
                }
            }
        }
    }

    /// Moves through rows, items or what is shown.
    pub(in crate::app) fn move_on_runs(&mut self, columns: isize, rows: isize) {
        self.runs.problem = None;
        match &mut self.mode {
            Mode::Choosing(choice) => {
                choice.selected = choice.selected.saturating_add_signed(rows).min(choice.items.len().saturating_sub(1));
            }
            Mode::Browsing => self.runs.select(rows),
            _ => {
                let (down, right) = self.runs.scroll;
                let last = match &self.runs.view {
                    RunsView::Compared(runs, _) => runs.len().saturating_sub(1),
                    _ => 0,
                };
                // What is shown is short: nobody scrolls past this.
                self.runs.scroll = (down.saturating_add_signed(rows).min(60), right.saturating_add_signed(columns).min(last));
            }
        }
    }
}

fn ids(runs: &[&Listed]) -> Vec<String> {
    runs.iter().map(|run| run.id()).collect()
}

fn ask(request: RunsRequest) -> Vec<Effect> {
    vec![Effect::Runs(request)]
}

fn next(run: NextRun) -> Vec<Effect> {
    vec![Effect::Leave(Leave::Next(run))]
}
