//! How the dashboard answers: one function from a message to effects.

use super::{
    Action, App, Binding, Control, Effect, Key, KeyCode, Leave, Message, Mode, Page, Panel, Replay, RunsRequest, SampleView, Seek,
};
use crate::config::Notify;
use crate::protocol::{Command, Connection, Event, Record, Request};
use crate::run::RunState;

impl App {
    /// Takes a message into account; the effects are for the terminal layer, in order.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Key(key) => self.key(key),
            Message::Paste(text) => {
                match &mut self.mode {
                    Mode::Editing(edit) => edit.paste(&text),
                    Mode::Typing(prompt) => prompt.line.paste(&text),
                    _ => {}
                }
                self.typed();
                Vec::new()
            }
            Message::Runs(answer) => {
                self.hear(answer);
                Vec::new()
            }
            Message::Records(records) if self.replay.is_some() => self.play(|replay| replay.add(records)),
            Message::Tick(passed) => self.play(|replay| replay.tick(passed)),
            Message::Focus(focused) => {
                self.focused = focused;
                Vec::new()
            }
            Message::Records(records) => {
                // What comes first happened before anybody looked.
                let news = self.run.started.is_some();
                records.iter().flat_map(|record| [self.record(record), self.tell(record).filter(|_| news)]).flatten().collect()
            }
            Message::Restarted => {
                self.run = RunState::default();
                self.hypers.forget_changes();
                self.events_scroll = 0;
                Vec::new()
            }
            Message::Refused { answers, reason } => {
                if let Some(request) = self.requests.refused(answers) {
                    self.refused(request, &reason.to_string());
                }
                Vec::new()
            }
            Message::Connection(connection) => {
                self.connect(connection);
                Vec::new()
            }
        }
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        self.notice = None;
        match Binding::find(key, self) {
            Some(action) => {
                self.hypers.forget_refusal();
                self.act(action)
            }
            None => {
                let is_typed = match &mut self.mode {
                    Mode::Editing(edit) => edit.key(key),
                    Mode::Typing(prompt) => prompt.line.key(key),
                    _ => false,
                };
                if is_typed {
                    self.typed();
                } else if let Key { code: KeyCode::Char(_), alt: true, ctrl: false, .. } = key {
                    // Terminals send the same for a key with Alt as for Escape and then that key. Where the first means
                    // nothing, it was the other.
                    let mut effects = self.key(Key::plain(KeyCode::Esc));
                    effects.extend(self.key(Key { alt: false, ..key }));
                    return effects;
                }
                if self.mode == Mode::Watching && self.run.ended.is_none() && Binding::steers(key) {
                    self.notice = self.control.refusal();
                }
                Vec::new()
            }
        }
    }

    fn connect(&mut self, connection: Connection) {
        match &connection {
            Connection::Up { client } => {
                self.requests.renumber(*client);
                self.control.follow(&self.run.steerer, *client);
            }
            Connection::Skipped { records } => {
                self.notice = Some(format!("too slow: skipped {records} looks at samples"));
                return;
            }
            Connection::Lost { .. } | Connection::Gone { .. } => {}
        }
        self.connection = Some(connection);
    }

    fn refused(&mut self, request: Request, reason: &str) {
        match request.command {
            Command::SetHyper { hyper, .. } => self.hypers.refuse(request.id, hyper, reason),
            command => {
                self.leave_when_ended &= command != Command::Stop;
                self.notice = Some(format!("refused: {reason}"));
            }
        }
    }

    /// Takes into account who steers now.
    fn follow_control(&mut self) {
        let before = self.control.clone();
        self.control.follow(&self.run.steerer, self.requests.client());
        if self.control == before {
            return;
        }
        match (&before, &self.control) {
            (Control::Steering, Control::Observing { by: Some(by) }) => {
                self.notice = Some(format!("{by} took over; T takes back"));
                if matches!(self.mode, Mode::Editing(_) | Mode::Stopping) {
                    self.mode = self.resting_mode();
                }
            }
            (_, Control::Steering) => self.notice = Some("you steer".into()),
            _ => {}
        }
    }

    /// Changes where the recorded run stands, and tells what had been told by then.
    fn play(&mut self, change: impl FnOnce(&mut Replay)) -> Vec<Effect> {
        let Some(replay) = &mut self.replay else { return Vec::new() };
        change(replay);
        let (again, records) = replay.news();
        if again {
            self.run = RunState::default();
            self.events_scroll = 0;
        }
        records.iter().for_each(|record| self.fold(record));
        Vec::new()
    }

    fn fold(&mut self, record: &Record) {
        let lines = self.run.log.len();
        self.run.apply(record);
        if self.events_scroll > 0 {
            // Lines that somebody reads stay where they are.
            self.events_scroll += self.run.log.len() - lines;
        }
    }

    fn record(&mut self, record: &Record) -> Option<Effect> {
        self.fold(record);
        let ours = self.requests.answered(&record.event);
        match (&record.event, ours) {
            (Event::HyperChanged { hyper, from, to, .. }, None) => self.hypers.changed(None, *hyper, *from, *to),
            (Event::CommandRefused { reason, .. }, Some(request)) => self.refused(request, &reason.to_string()),
            (Event::RunStarted(started), _) => {
                self.follow_control();
                return Some(Effect::Runs(RunsRequest::Parent(started.parent.as_ref()?.run_id.clone())));
            }
            (Event::ControlTaken { .. } | Event::ControlReleased { .. } | Event::RunResumed { .. }, _) => self.follow_control(),
            (Event::RunEnded { .. }, _) => {
                if std::mem::take(&mut self.leave_when_ended) {
                    return Some(Effect::Leave(Leave::Ended));
                }
                if matches!(self.mode, Mode::Editing(_) | Mode::Quitting | Mode::Stopping) {
                    // Nothing is left to edit, to stop or to ask about.
                    self.mode = self.resting_mode();
                }
            }
            _ => {}
        }
        None
    }

    /// What a person who looks elsewhere is told of an event that was just taken into account.
    fn tell(&self, record: &Record) -> Option<Effect> {
        let what = match &record.event {
            Event::RunEnded { .. } => {
                let test = self.run.tests.last().map(|point| point.evaluation.confusion.accuracy());
                let accuracy = test.map(|accuracy| format!(", test accuracy {:.2} %", accuracy * 100.0));
                format!("{}{}", self.state_word().say(self.language), accuracy.unwrap_or_default())
            }
            Event::Diverged { .. } => format!("waits: {}", self.run.diverged.as_ref()?.say(self.language)),
            _ => return None,
        };
        let wanted = match self.notify {
            Notify::Off => false,
            Notify::On => true,
            Notify::Unfocused => !self.focused,
        };
        wanted.then(|| Effect::Notify(format!("mnist-tui: {} {what}", self.run.started.as_ref().map_or("", |run| &run.name))))
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Pause if self.will_be_paused() => self.send(Command::Resume),
            Action::Pause => self.send(Command::Pause),
            Action::Step => self.send(Command::Step),
            Action::Evaluate => self.send(Command::Evaluate),
            Action::Checkpoint => self.send(Command::Checkpoint),
            Action::Rewind => self.rewind(),
            Action::Stop if self.run.started.is_some() => self.turn_to(Mode::Stopping),
            Action::Stop => Vec::new(),
            Action::Up => self.move_by(0, -1),
            Action::Down => self.move_by(0, 1),
            Action::Left => self.move_by(-1, 0),
            Action::Right => self.move_by(1, 0),
            Action::Edit => self.edit(),
            Action::Undo => self.undo(),
            Action::FocusNext => self.focus_on(self.focus.neighbour(true)),
            Action::FocusPrevious => self.focus_on(self.focus.neighbour(false)),
            Action::Zoom => {
                self.zoomed = !self.zoomed;
                Vec::new()
            }
            Action::ConfusionSource => {
                self.confusion_source = self.confusion_source.next();
                Vec::new()
            }
            Action::SamplesNext => self.turn_page(1),
            Action::SamplesPrevious => self.turn_page(-1),
            Action::SamplesView => {
                self.sample_view = match self.sample_view {
                    SampleView::Predictions => SampleView::Augmented,
                    SampleView::Augmented => SampleView::Predictions,
                };
                Vec::new()
            }
            Action::Scale => {
                self.log_scale = !self.log_scale;
                Vec::new()
            }
            Action::Theme => {
                self.theme = (self.theme + 1) % self.theme_names.len().max(1);
                self.notice = self.theme_names.get(self.theme).map(|name| format!("theme {name}"));
                Vec::new()
            }
            Action::Help => self.turn_to(Mode::Help(0)),
            Action::Quit => self.quit(),
            Action::Interrupt if self.mode == Mode::Quitting => vec![Effect::Leave(Leave::Discard)],
            Action::Interrupt => self.quit(),
            Action::Repaint => vec![Effect::Repaint],
            Action::Suspend => vec![Effect::Suspend],
            Action::PageOverview => self.turn_to_page(Page::Overview),
            Action::PageRuns => self.turn_to_page(Page::Runs),
            Action::PageUp => self.move_by(0, -10),
            Action::PageDown => self.move_by(0, 10),
            Action::Choose => match self.mode.clone() {
                Mode::Choosing(choice) => self.choose(&choice),
                _ => Vec::new(),
            },
            Action::Confirm => match self.mode.clone() {
                Mode::Confirming(question) => self.confirm(question),
                _ => Vec::new(),
            },
            Action::Cancel => {
                self.take_back();
                self.turn_to(self.resting_mode())
            }
            Action::Accept => self.accept(),
            Action::QuitStop => {
                self.leave_when_ended = true;
                self.stop()
            }
            Action::Detach => self.detach(),
            Action::QuitHeadless => vec![Effect::Leave(Leave::Headless)],
            Action::QuitDiscard => vec![Effect::Leave(Leave::Discard)],
            Action::StopConfirm => self.stop(),
            Action::TakeOver => self.turn_to(Mode::TakingOver),
            Action::TakeOverConfirm => {
                self.mode = self.resting_mode();
                self.send(Command::TakeControl)
            }
            Action::Play => self.play(Replay::toggle),
            Action::Slower => self.play(|replay| replay.change_speed(false)),
            Action::Faster => self.play(|replay| replay.change_speed(true)),
            Action::SeekBack => self.play(|replay| replay.seek(Seek::Short(false))),
            Action::SeekOn => self.play(|replay| replay.seek(Seek::Short(true))),
            Action::StepsBack => self.play(|replay| replay.seek(Seek::Steps(false))),
            Action::StepsOn => self.play(|replay| replay.seek(Seek::Steps(true))),
            Action::EpochBack => self.play(|replay| replay.seek(Seek::Epoch(false))),
            Action::EpochOn => self.play(|replay| replay.seek(Seek::Epoch(true))),
            Action::SeekStart => self.play(|replay| replay.seek(Seek::Start)),
            Action::SeekEnd => self.play(|replay| replay.seek(Seek::End)),
            Action::Mark
            | Action::MarkAll
            | Action::Hide
            | Action::Unit
            | Action::Show
            | Action::Compare
            | Action::Filter
            | Action::Sort
            | Action::Rename
            | Action::Note
            | Action::Pin
            | Action::Export
            | Action::GoOn
            | Action::Branch
            | Action::Replay
            | Action::Remove
            | Action::Back => self.act_on_runs(action),
        }
    }

    pub(super) fn send(&mut self, command: Command) -> Vec<Effect> {
        vec![Effect::Send(self.requests.send(command))]
    }

    fn turn_to(&mut self, mode: Mode) -> Vec<Effect> {
        self.mode = mode;
        Vec::new()
    }

    fn focus_on(&mut self, panel: Panel) -> Vec<Effect> {
        self.focus = panel;
        Vec::new()
    }

    fn quit(&mut self) -> Vec<Effect> {
        if self.replay.is_none() && self.run.ended.is_some() {
            vec![Effect::Leave(Leave::Ended)]
        } else if self.is_away() {
            vec![Effect::Leave(Leave::Away)]
        } else if self.run.started.is_none() {
            // Nothing is trained yet, so nothing can be lost.
            vec![Effect::Leave(Leave::Discard)]
        } else {
            self.turn_to(Mode::Quitting)
        }
    }

    fn detach(&mut self) -> Vec<Effect> {
        match self.run.started {
            // There is nothing to send to the background.
            _ if self.run.ended.is_some() || self.is_away() => self.quit(),
            None => Vec::new(),
            Some(_) => vec![Effect::Leave(Leave::Detach)],
        }
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.mode = self.resting_mode();
        if self.requests.waits_for(|command| *command == Command::Stop) {
            return Vec::new();
        }
        self.send(Command::Stop)
    }

    fn rewind(&mut self) -> Vec<Effect> {
        if self.run.diverged.is_none() {
            self.notice = Some("nothing went wrong".to_owned());
            return Vec::new();
        }
        if self.requests.waits_for(|command| *command == Command::Rewind) {
            return Vec::new();
        }
        self.send(Command::Rewind)
    }

    fn turn_page(&mut self, by: isize) -> Vec<Effect> {
        self.sample_page = self.sample_page.wrapping_add(by);
        Vec::new()
    }

    /// What arrow keys do: it depends on what has the focus.
    fn move_by(&mut self, columns: isize, rows: isize) -> Vec<Effect> {
        if let Mode::Help(scroll) = &mut self.mode {
            let most = super::ACTIONS.len() + 2 * super::When::ALL.len();
            *scroll = scroll.saturating_add_signed(rows).min(most);
            return Vec::new();
        }
        if self.page == Page::Runs {
            self.move_on_runs(columns, rows);
            return Vec::new();
        }
        match self.focus {
            Panel::Hypers if rows != 0 => self.hypers.step(rows > 0),
            Panel::Hypers if !self.control.steers() => self.notice = self.control.refusal().filter(|_| self.run.ended.is_none()),
            Panel::Hypers if self.run.ended.is_none() => {
                let hyper = self.hypers.selected();
                if let Some(value) = self.expected(hyper) {
                    return self.set(hyper, hyper.nudge(value, columns > 0));
                }
            }
            Panel::Samples => return self.turn_page(columns + rows),
            Panel::Events => {
                let last = self.run.log.len().saturating_sub(1);
                self.events_scroll = self.events_scroll.saturating_add_signed(-rows).min(last);
            }
            Panel::Confusion => {
                let last = self.confusion().1.map_or(0, |matrix| matrix.classes() - 1);
                let (row, column) = self.confusion_scroll;
                self.confusion_scroll =
                    (row.saturating_add_signed(rows).min(last), column.saturating_add_signed(columns).min(last));
            }
            Panel::Hypers | Panel::Loss | Panel::Accuracy => {}
        }
        Vec::new()
    }
}
