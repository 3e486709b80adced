//! The dashboard: one function from a message to effects.

use super::row::{Layer, Offer, RowId};
use super::{
    Closing, Control, Drawer, Effect, Found, Key, KeyCode, Keymap, Message, Pages, Panel, Point, Pointer, Questions, Rank,
    Replay, RunsAnswer, Shared, Target,
};
use crate::config::Notify;
use crate::run::RunState;
use crate::text::Language;

/// How the dashboard starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppOptions {
    /// The names of the themes, in the order of the key.
    pub theme_names: Vec<String>,
    /// The one to start with.
    pub theme: usize,
    /// What it speaks.
    pub language: Language,
    /// Whether the terminal has the characters of all languages, so that a key may change it.
    pub speaks_all: bool,
    /// Whether the charts start with logarithmic axes.
    pub log_scale: bool,
    /// The panel that has the focus at first.
    pub focus: Panel,
    /// Whether the run can be steered from here.
    pub control: Control,
    /// How many times as fast as it was recorded the run is played, when it is a recorded one.
    pub replay_speed: Option<f64>,
    /// When a person is told of the run's end.
    pub notify: Notify,
    /// Which keys do what.
    pub keymap: Keymap,
    /// Whether the terminal tells what the mouse does.
    pub mouse: bool,
    /// Nothing is trained here: the page of runs is all there is to see.
    pub alone: bool,
}

/// Everything the dashboard knows: the run, and what the person looking at it does.
#[derive(Clone, Debug)]
pub struct App {
    shared: Shared,
    pages: Pages,
}

impl App {
    /// A dashboard on a run that has said nothing yet.
    pub fn new(options: AppOptions) -> Self {
        Self::of(RunState::default(), options)
    }

    /// A dashboard on what is known of a run.
    pub fn of(run: RunState, options: AppOptions) -> Self {
        Self { shared: Shared::new(run, &options), pages: Pages::new(&options) }
    }

    /// What more than one page knows.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Speaks this language from now on.
    pub fn speak(&mut self, language: Language) {
        self.shared.view.language = language;
    }

    /// The pages.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// The run as far as it is known.
    pub fn run(&self) -> &RunState {
        &self.shared.run
    }

    /// Takes a message into account; the effects are for the terminal layer, in order.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let Self { shared, pages } = self;
        match message {
            Message::Key(key) => self.key(key),
            Message::Point(point) => self.point(point),
            Message::Paste(text) => {
                if let Some(mut top) = shared.overlays.pop() {
                    top.pasted(&text, pages, shared);
                    shared.overlays.push(top);
                }
            }
            Message::Runs(RunsAnswer::Parent(parent)) => shared.parent = Some(parent),
            Message::Runs(answer) => pages.each(|page| page.answered(shared, &answer)),
            Message::Records(records) if shared.replay.is_some() => shared.play(|replay| replay.add(records)),
            Message::Tick(passed) => {
                shared.play(|replay| replay.tick(passed));
                pages.ticked(shared, passed);
            }
            Message::Answered(answer) => {
                if let Some(known) = shared.questions.answered(answer, shared.run.at_ms) {
                    pages.told(shared, known);
                }
            }
            Message::Saw { rows, columns } => (shared.rows, shared.columns) = (rows, columns),
            Message::Opened(Ok(ink)) => pages.draw.opened(&ink),
            Message::Opened(Err(problem)) => shared.refuse(problem),
            Message::Told(Ok(text)) => shared.tell(text),
            Message::Told(Err(problem)) => shared.refuse(problem),
            Message::Focus(focused) => shared.attention.focused = focused,
            Message::Records(records) => {
                // What comes first happened before anybody looked.
                let is_news = shared.run.started.is_some();
                records.iter().for_each(|record| shared.record(record, is_news));
            }
            Message::Restarted => {
                shared.run = RunState::default();
                shared.questions = Questions::default();
                shared.hypers.forget_changes();
                pages.each(|page| page.heard(shared));
            }
            Message::Refused { answers, reason } => {
                if let Some(request) = shared.requests.refused(answers) {
                    shared.refused(request, &reason);
                }
            }
            Message::Connection(connection) => {
                shared.questions.lose();
                shared.connect(connection);
            }
        }
        let Self { shared, pages } = self;
        pages.each(|page| page.heard(shared));
        let overlays = std::mem::take(&mut shared.overlays);
        shared.overlays = overlays.into_iter().filter(|overlay| overlay.holds(shared)).collect();
        // The open page asks for what it does not know yet, one thing at a time.
        let wanted = pages.page().wants(shared).filter(|_| pages.page().shows_run());
        let asked = wanted.and_then(|query| shared.questions.ask(query, shared.asked_at()));
        shared.effects.extend(asked.map(Effect::Ask));
        std::mem::take(&mut shared.effects)
    }

    /// What can be done now, by which keys: what comes first has a key that several could have.
    pub fn offers(&self) -> Vec<Offer> {
        let mut all = match self.shared.overlays.last() {
            Some(top) => top.offers(&self.shared),
            None => self.pages.offers(&self.shared),
        };
        all.extend(self.pages.always(&self.shared));
        // What cannot be done now does not stand in the way of what can.
        all.sort_by_key(|offer| offer.rank == Rank::Refused);
        let mut taken: Vec<Key> = Vec::new();
        for offer in &mut all {
            offer.keys = self.shared.keymap.keys(offer.id, &offer.keys);
            offer.keys.retain(|key| !taken.contains(key));
            taken.extend(&offer.keys);
        }
        all
    }

    fn point(&mut self, point: Point) {
        if point.how == Pointer::Press {
            self.shared.notice = None;
        }
        let Self { shared, pages } = self;
        match point.target {
            Target::Row(id) if point.how == Pointer::Press => self.take_row(id),
            Target::Row(_) => {}
            Target::Outside if point.how == Pointer::Press => self.close(Closing::Cancelled),
            target => match shared.overlays.pop() {
                Some(mut top) => {
                    top.pointed(target, point.how, shared);
                    shared.overlays.push(top);
                    if let Some(how) = shared.closing.take() {
                        self.close(how);
                    }
                }
                None => pages.pointed(shared, &point),
            },
        }
    }

    /// What lies over everything else goes.
    fn close(&mut self, how: Closing) {
        let Self { shared, pages } = self;
        if let Some(top) = shared.overlays.pop() {
            top.closed(how, pages, shared);
        }
        self.go_on();
    }

    /// Does what was found in the palette.
    fn go_on(&mut self) {
        match self.shared.found.take() {
            Some(Found::Row(id)) => self.take_row(id),
            Some(Found::Hyper(hyper)) => {
                self.shared.hypers.select(hyper);
                self.shared.open(Drawer);
                if self.shared.steers() {
                    self.shared.edit();
                } else {
                    self.shared.tell_refusal();
                }
            }
            Some(Found::Theme(place)) => self.shared.set_theme(place),
            Some(Found::Language(language)) => self.shared.set_language(language),
            None => {}
        }
    }

    fn take_row(&mut self, id: RowId) {
        self.take(|offer| offer.id == id);
    }

    /// Does what is offered; gives whether it was.
    fn take(&mut self, is_meant: impl Fn(&Offer) -> bool) -> bool {
        match self.offers().into_iter().find(is_meant) {
            Some(offer) if offer.rank == Rank::Refused => self.shared.tell_refusal(),
            Some(offer) => {
                self.shared.hypers.forget_refusal();
                self.act(offer.id);
            }
            None => return false,
        }
        true
    }

    fn key(&mut self, key: Key) {
        self.shared.notice = None;
        let key = key.normal();
        if self.take(|offer| offer.keys.contains(&key)) {
            return;
        }
        let Self { shared, pages } = self;
        let is_typed = shared.overlays.pop().is_some_and(|mut top| {
            let is_typed = top.typed(key, pages, shared);
            shared.overlays.push(top);
            is_typed
        });
        if let Key { code: KeyCode::Char(_), alt: true, ctrl: false, .. } = key
            && !is_typed
        {
            // Terminals send the same for a key with Alt as for Escape and then that key. Where the first means
            // nothing, it was the other.
            self.key(Key::plain(KeyCode::Esc));
            self.key(Key { alt: false, ..key });
        }
    }

    /// Does what a row that is offered does.
    fn act(&mut self, id: RowId) {
        let Self { shared, pages } = self;
        if pages.act_always(id, shared) {
            return;
        }
        let Some(mut top) = shared.overlays.pop() else { return pages.act(id, shared) };
        let place = shared.overlays.len();
        top.act(id, shared);
        match shared.closing.take() {
            Some(how) => top.closed(how, pages, shared),
            // What it has opened lies over it.
            None => shared.overlays.insert(place, top),
        }
        self.go_on();
    }
}

impl Shared {
    /// Changes where the recorded run stands, and tells what had been told by then.
    pub(super) fn play(&mut self, change: impl FnOnce(&mut Replay)) {
        let Some(replay) = &mut self.replay else { return };
        change(replay);
        let (again, records) = replay.news();
        if again {
            self.run = RunState::default();
        }
        records.iter().for_each(|record| self.run.apply(record));
    }
}
