//! What more than one page needs to know or to change.

use super::{AppOptions, Control, Effect, Found, Going, Hypers, Keymap, Leave, Overlay, Question, Questions, Replay, Requests};
use crate::config::Notify;
use crate::protocol::{Command, Connection, Phase, Which};
use crate::run::RunState;
use crate::text::{Language, Text};

/// What more than one page needs to know or to change.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The run as far as it is known.
    pub run: RunState,
    /// What the run branched off, when it did and that is still there.
    pub parent: Option<Box<RunState>>,
    /// What was asked of the run and not answered yet.
    pub requests: Requests,
    /// Which hyperparameter is selected, what can be undone, what was refused.
    pub hypers: Hypers,
    /// Whether the run can be steered from here.
    pub control: Control,
    /// The way to the process that trains; `None` when it is this one.
    pub connection: Option<Connection>,
    /// The recorded run that is played; `None` when the run is shown as it is trained.
    pub replay: Option<Replay>,
    /// How everything looks.
    pub view: View,
    /// Something to tell the person until the next key.
    pub notice: Option<Notice>,
    /// Nothing is trained or watched here.
    pub alone: bool,
    /// The person asked to stop and leave: the dashboard goes when the run has ended.
    pub leave_when_ended: bool,
    /// When a person who looks elsewhere is told something.
    pub attention: Attention,
    /// What lies over the page; the last one has the keyboard.
    pub overlays: Vec<Overlay>,
    /// Which keys do what.
    pub keymap: Keymap,
    /// Rows and columns of what has the keyboard, as it was drawn last.
    pub rows: usize,
    /// See `rows`; 1 for a list.
    pub columns: usize,
    /// The open page moves something by itself.
    pub plays: bool,
    /// What was asked of the network, and is not answered yet.
    pub questions: Questions,
    /// The image that is looked at, on all pages.
    pub image: Option<Which>,
    /// The page that is to be turned to, and what is to be seen there.
    pub(super) going: Option<Going>,
    /// The step that a person looks at, on all pages; without, the newest.
    pub moment: Option<u64>,
    /// What was found in the palette and is to be done.
    pub(super) found: Option<Found>,
    /// What the terminal layer is to do, in order.
    pub(super) effects: Vec<Effect>,
    /// The top of what lies over the page is to go.
    pub(super) closing: Option<Closing>,
}

/// How everything looks, as far as keys change it.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What the dashboard speaks.
    pub language: Language,
    /// Whether it can be another one.
    pub speaks_all: bool,
    /// The names of the themes, in the order of the key.
    pub theme_names: Vec<String>,
    /// The theme, as a place in them.
    pub theme: usize,
    /// Whether the terminal tells what the mouse does.
    pub mouse: bool,
    /// Whether charts have logarithmic axes.
    pub log_scale: bool,
}

/// When a person who looks elsewhere is told something.
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// What the configuration says.
    pub notify: Notify,
    /// Whether the window has the focus, as far as the terminal tells.
    pub focused: bool,
}

/// Something to tell the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What.
    pub text: Text,
    /// Something could not be done.
    pub is_problem: bool,
}

/// How what lies over the page goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// With a yes.
    Taken,
    /// As if it had never been there.
    Cancelled,
}

impl Shared {
    pub(super) fn new(run: RunState, options: &AppOptions) -> Self {
        Self {
            run,
            parent: None,
            requests: Requests::default(),
            hypers: Hypers::default(),
            control: options.control.clone(),
            connection: None,
            replay: options.replay_speed.map(Replay::new),
            view: View {
                language: options.language,
                speaks_all: options.speaks_all,
                theme: options.theme % options.theme_names.len().max(1),
                theme_names: options.theme_names.clone(),
                log_scale: options.log_scale,
                mouse: options.mouse,
            },
            notice: None,
            alone: options.alone,
            leave_when_ended: false,
            attention: Attention { notify: options.notify, focused: true },
            overlays: Vec::new(),
            keymap: options.keymap.clone(),
            rows: 10,
            columns: 1,
            plays: false,
            questions: Questions::default(),
            image: None,
            going: None,
            moment: None,
            found: None,
            effects: Vec::new(),
            closing: None,
        }
    }

    /// The step that a person looks at, or the newest: a recorded run may have been sought back behind the first.
    pub fn looked_at(&self) -> u64 {
        self.moment.map_or(self.run.step, |step| step.min(self.run.step))
    }

    /// The moment whose network is to be looked into; `None` for the network as it is now. Of a recorded run there are only
    /// those of its checkpoints, so nothing is asked anew between two of them.
    pub(super) fn asked_at(&self) -> Option<u64> {
        let is_past = self.replay.is_some() || self.moment.is_some_and(|moment| moment < self.run.step);
        let step = is_past.then(|| self.looked_at())?;
        Some(self.run.checkpoints.range(..=step).next_back().map_or(step, |(taken, _)| *taken))
    }

    /// Whether the run goes on, or is over, without this process.
    pub fn is_away(&self) -> bool {
        self.connection.is_some() || matches!(self.control, Control::ReadOnly | Control::Replaying)
    }

    /// Whether the run's course can be changed from here.
    pub fn steers(&self) -> bool {
        self.run.ended.is_none() && self.control.steers()
    }

    /// Whether training is paused, or will be as soon as the worker gets to it.
    pub fn will_be_paused(&self) -> bool {
        self.requests.pausing().unwrap_or(self.run.phase == Some(Phase::Paused))
    }

    /// Tells the person something.
    pub(super) fn tell(&mut self, text: impl Into<Text>) {
        self.notice = Some(Notice { text: text.into(), is_problem: false });
    }

    /// Tells the person what could not be done.
    pub(super) fn refuse(&mut self, text: impl Into<Text>) {
        self.notice = Some(Notice { text: text.into(), is_problem: true });
    }

    /// Asks something of the run.
    pub(super) fn send(&mut self, command: Command) {
        let request = self.requests.send(command);
        self.effects.push(Effect::Send(request));
    }

    /// Asks the run to do what it is not asked to do yet.
    pub(super) fn send_once(&mut self, command: Command) {
        if !self.requests.waits_for(|waiting| *waiting == command) {
            self.send(command);
        }
    }

    /// Tells why the run cannot be changed from here.
    pub(super) fn tell_refusal(&mut self) {
        let refusal = self.control.refusal(&self.keymap.shown("run.take-over"));
        self.notice = refusal.map(|text| Notice { text: text.into(), is_problem: true });
    }

    /// A page of the list that has the keyboard, up or down: one row stays.
    pub(super) fn page(&self, down: bool) -> isize {
        let rows = isize::try_from(self.rows.saturating_sub(1).max(1)).unwrap_or(1);
        if down { rows } else { -rows }
    }

    /// Leaves the dashboard.
    pub(super) fn leave(&mut self, how: Leave) {
        self.effects.push(Effect::Leave(how));
    }

    /// Leaves, asking first where something can be lost.
    pub(super) fn quit(&mut self) {
        if self.replay.is_none() && self.run.ended.is_some() {
            self.leave(Leave::Ended);
        } else if self.is_away() {
            self.leave(Leave::Away);
        } else if self.run.started.is_none() {
            // Nothing is trained yet, so nothing can be lost.
            self.leave(Leave::Discard);
        } else {
            self.open(Question::leaving());
        }
    }

    /// Lets the training go on without this terminal.
    pub(super) fn detach(&mut self) {
        match self.run.started {
            // There is nothing to send to the background.
            _ if self.run.ended.is_some() || self.is_away() => self.quit(),
            None => {}
            Some(_) => self.leave(Leave::Detach),
        }
    }

    /// Lays something over what is there.
    pub(super) fn open(&mut self, overlay: impl Into<Overlay>) {
        self.overlays.push(overlay.into());
    }

    /// What lies over everything else is to go.
    pub(super) fn close(&mut self, how: Closing) {
        self.closing = Some(how);
    }
}
