//! The dashboard's loop: what comes in goes to the app, what it asks for is done, and what changed is drawn.

use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::style::Modifier;
use tokio::time::{Instant, sleep_until};

use super::capabilities::{charset, color_depth, environment, language, marker, synchronized};
use super::drawing;
use super::graphics::{Gallery, protocol};
use super::guard::{Guard, TakeMouse, Title};
use super::input::{self, Input, Inputs};
use super::notification::{Clipboard, Notification, Passage};
use super::pace::Pace;
use super::picture;
use super::screen::Screen;
use super::shelf::Shelf;
use super::signals::{Asked, HANGUP, Signals, stop_process_group};
use super::size::{cell, size};
use super::{Scene, Shown};
use crate::app::{App, AppOptions, Control, Effect, Keymap, Leave, Message, Panel, Replay, RunsAnswer, RunsRequest};
use crate::causes::with_causes;
use crate::config::{AxisScale, Config, Mouse};
use crate::link::{Link, Update};
use crate::run::RunState;
use crate::ui::{Charset, ColorDepth, Hits, Look, Theme, draw, draw_with_plates, opening_panel};

/// So long after a person has done something, answers may come of it, and are drawn at once.
const WAITS: Duration = Duration::from_secs(3);
/// The time of a recorded run that is played goes on so often.
const TICK: Duration = Duration::from_millis(100);
/// More time than this does not pass at once.
const LONGEST_TICK: Duration = Duration::from_millis(500);

/// How the dashboard was left.
pub(super) enum Left {
    /// For good.
    Shown(Shown),
    /// The run goes on, and progress lines follow.
    ForHeadless(Box<RunState>),
    /// The run goes on without this terminal.
    Detached(Box<RunState>),
    /// The terminal is gone, and nothing can be said on it.
    Lost(Box<RunState>),
    /// Something else is shown on it.
    Next(Scene),
}

/// The dashboard on the terminal.
pub(super) struct Dashboard {
    app: App,
    inputs: Inputs,
    shelf: Shelf,
    look: Look,
    /// `None` while the terminal is not ours.
    guard: Option<Guard>,
    terminal: Terminal<Screen>,
    /// The pictures, where the terminal takes pixels.
    gallery: Option<Gallery>,
    title: String,
    /// Where everything stands in the last frame.
    hits: Hits,
    pace: Pace,
    drawn: Option<Instant>,
    /// The next frame leaves nothing of what the terminal shows.
    whole: bool,
    /// When the next frame is drawn, if something has changed.
    due: Option<Instant>,
    /// When the person who looks last did something.
    acted: Option<Instant>,
    /// When the app was last told that time passes, while a recorded run is played.
    ticked: Option<Instant>,
}

/// Shows the run that `link` leads to until a person leaves, a signal comes or the terminal is lost.
///
/// The dashboard stays on the terminal, in `kept`, when it is to go on with another run.
pub(super) async fn show(
    config: &Config,
    kept: &mut Option<Dashboard>,
    options: AppOptions,
    link: &mut Link,
    signals: &mut Signals,
) -> io::Result<Left> {
    let made = match kept.take() {
        Some(dashboard) => dashboard.with_another_run(config, options),
        None => Dashboard::new(config, options),
    };
    let mut dashboard = match made {
        Err(_) if input::is_lost() => return Ok(Left::Lost(Box::default())),
        dashboard => dashboard?,
    };
    let left = match dashboard.follow(config, link, signals).await {
        // A picture may be drawn before anybody has told that the terminal is gone.
        Err(_) if input::is_lost() => Ok(dashboard.lost()),
        result => result,
    };
    if matches!(left, Ok(Left::Next(_))) {
        *kept = Some(dashboard);
    }
    left
}

impl Dashboard {
    /// The loop.
    async fn follow(&mut self, config: &Config, link: &mut Link, signals: &mut Signals) -> io::Result<Left> {
        loop {
            let shared = self.app.shared();
            let moves = shared.plays || shared.replay.as_ref().is_some_and(Replay::is_playing);
            self.ticked = moves.then(|| self.ticked.unwrap_or_else(Instant::now));
            let tick = self.ticked.map(|ticked| ticked + TICK);
            let messages = tokio::select! {
                biased;
                asked = signals.next() => match asked {
                    Asked::End(HANGUP) if input::is_lost() => return Ok(self.lost()),
                    Asked::End(HANGUP) => return Ok(Left::Detached(Box::new(self.app.run().clone()))),
                    Asked::End(signal) | Asked::Leave(signal) => {
                        let state = self.app.run().clone();
                        return Ok(Left::Shown(Shown::Signalled(signal, Box::new(state))));
                    }
                    Asked::Suspend => {
                        self.suspend()?;
                        None
                    }
                    Asked::Continued => {
                        self.claim()?;
                        None
                    }
                    Asked::Resized => {
                        self.repaint();
                        None
                    }
                },
                // Before anything else comes in, or whoever sends without end would never see a picture.
                () = sleep_until(self.due.unwrap_or_else(Instant::now)), if self.due.is_some() => {
                    self.draw()?;
                    self.saw()
                }
                Some(input) = self.inputs.next() => match input {
                    Input::Key(key) => Some(Message::Key(key)),
                    Input::Paste(text) => Some(Message::Paste(text)),
                    Input::Point { x, y, how } => self.hits.at(x, y, how).map(Message::Point),
                    Input::Focus(focused) => Some(Message::Focus(focused)),
                    Input::Lost => return Ok(self.lost()),
                },
                Some(answer) = self.shelf.answer() => Some(Message::Runs(answer)),
                update = link.updates() => Some(message(update)),
                () = sleep_until(tick.unwrap_or_else(Instant::now)), if tick.is_some() => Some(self.tick()),
            };
            let Some(message) = messages else { continue };
            let can_wait = self.can_wait(&message);
            self.changed(can_wait);
            let mut effects = VecDeque::from(self.app.update(message));
            while let Some(effect) = effects.pop_front() {
                match self.carry_out(effect, config, link)? {
                    // What comes of an effect may have effects itself.
                    ControlFlow::Continue(more) => effects.extend(more),
                    ControlFlow::Break(left) => return Ok(left),
                }
            }
        }
    }

    /// Does what the state asks for; gives what comes of it, or that the dashboard is left.
    fn carry_out(&mut self, effect: Effect, config: &Config, link: &mut Link) -> io::Result<ControlFlow<Left, Vec<Effect>>> {
        match effect {
            Effect::Send(request) => link.send(request),
            Effect::Ask(asked) => link.ask(asked),
            Effect::Runs(request) => self.shelf.ask(request),
            Effect::Suspend => self.suspend()?,
            Effect::Mouse(on) => crossterm::execute!(io::stdout(), TakeMouse(on))?,
            Effect::Repaint => self.repaint(),
            Effect::Notify(text) => {
                let text = plain_text(&text, self.look.charset);
                self.terminal.backend_mut().queue(Notification { text, passage: Passage::new(&environment) });
            }
            Effect::Copy(text) => {
                self.terminal.backend_mut().queue(Clipboard { text, passage: Passage::new(&environment) });
            }
            Effect::KeepDigit { ink, side, class } => {
                let told = Message::Told(drawing::keep(config, &ink, side, class));
                return Ok(ControlFlow::Continue(self.app.update(told)));
            }
            Effect::OpenPicture(path) => {
                let opened = Message::Opened(drawing::open(&path));
                return Ok(ControlFlow::Continue(self.app.update(opened)));
            }
            Effect::Picture(name) => {
                let told = Message::Told(picture::write(&name, &self.app, &self.look));
                return Ok(ControlFlow::Continue(self.app.update(told)));
            }
            Effect::Leave(Leave::Next(next)) => match super::prepared::next(config, next) {
                Ok(scene) => return Ok(ControlFlow::Break(Left::Next(scene))),
                // Before anything was changed: the dashboard stays as it is.
                Err(error) => {
                    let failed = RunsAnswer::Failed(with_causes(&error).into());
                    return Ok(ControlFlow::Continue(self.app.update(Message::Runs(failed))));
                }
            },
            Effect::Leave(leave) => {
                let state = Box::new(self.app.run().clone());
                return Ok(ControlFlow::Break(match leave {
                    Leave::Ended | Leave::Away => Left::Shown(Shown::Ended(state)),
                    Leave::Discard | Leave::Next(_) => Left::Shown(Shown::Discarded(state)),
                    Leave::Headless => Left::ForHeadless(state),
                    Leave::Detach => Left::Detached(state),
                }));
            }
        }
        Ok(ControlFlow::Continue(Vec::new()))
    }

    /// Lets go of a terminal that is gone, as after a hangup.
    fn lost(&mut self) -> Left {
        if let Some(guard) = self.guard.take() {
            guard.abandon();
        }
        Left::Lost(Box::new(self.app.run().clone()))
    }

    fn new(config: &Config, options: AppOptions) -> io::Result<Self> {
        let themes = Theme::builtin();
        let theme_names: Vec<String> = themes.iter().map(|theme| theme.name().to_owned()).collect();
        let theme = theme_names.iter().position(|name| *name == config.ui.theme).unwrap_or(0);
        let shelf = Shelf::start(config.runs.folder())?;
        if options.alone {
            shelf.ask(RunsRequest::Watch(true));
        }
        let app = app(config, AppOptions { theme_names, theme, ..options })?;
        let low_bandwidth = config.ui.low_bandwidth;
        let look = Look {
            themes,
            depth: match color_depth(&config.ui, &environment) {
                ColorDepth::TrueColor if low_bandwidth => ColorDepth::Ansi256,
                depth => depth,
            },
            charset: charset(&config.ui, &environment),
            marker: marker(&config.ui, &environment),
        };
        let guard = Guard::enter()?;
        crossterm::execute!(io::stdout(), TakeMouse(app.shared().view.mouse))?;
        let terminal = Terminal::new(Screen::new(synchronized(&environment)))?;
        Ok(Self {
            app,
            inputs: Inputs::start()?,
            shelf,
            look,
            guard: Some(guard),
            terminal,
            gallery: protocol(config.ui.graphics, &environment).map(Gallery::new),
            title: String::new(),
            hits: Hits::default(),
            pace: Pace::of(&config.ui),
            drawn: None,
            whole: true,
            due: Some(Instant::now()),
            acted: None,
            ticked: None,
        })
    }

    /// The same on the terminal, with nothing known of the run.
    fn with_another_run(self, config: &Config, options: AppOptions) -> io::Result<Self> {
        let theme_names = self.look.themes.iter().map(|theme| theme.name().to_owned()).collect();
        let mut app = app(config, AppOptions { theme_names, theme: self.app.shared().view.theme, ..options })?;
        app.speak(self.app.shared().view.language);
        // What was asked for on behalf of the run before would come too late.
        Ok(Self { app, shelf: Shelf::start(config.runs.folder())?, due: Some(Instant::now()), ..self })
    }

    /// Tells how much time has passed; a process that was stopped meanwhile goes on where it was.
    fn tick(&mut self) -> Message {
        let now = Instant::now();
        let passed = self.ticked.replace(now).map_or(Duration::ZERO, |ticked| now - ticked);
        Message::Tick(passed.min(LONGEST_TICK))
    }

    /// Whether what a message changes may be seen later: nobody has just done something that it comes of.
    fn can_wait(&mut self, message: &Message) -> bool {
        match message {
            Message::Key(_) | Message::Point(_) | Message::Paste(_) => self.acted = Some(Instant::now()),
            Message::Answered(_) => return self.acted.is_none_or(|acted| acted.elapsed() > WAITS),
            _ => {}
        }
        message.can_wait()
    }

    /// Sees to it that a frame is drawn, at once or when the run's progress is due.
    fn changed(&mut self, can_wait: bool) {
        let now = Instant::now();
        let age = self.pace.age(can_wait);
        let due = self.drawn.map_or(now, |drawn| now.max(drawn + age));
        self.due = Some(self.due.map_or(due, |before| before.min(due)));
    }

    fn draw(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.whole) {
            self.forget_picture()?;
        }
        let title = plain_text(&self.app.shared().title(), self.look.charset);
        if title != self.title {
            self.terminal.backend_mut().queue(Title(&title));
            self.title = title;
        }
        let Self { terminal, app, look, hits, gallery, .. } = self;
        if let Some(gallery) = gallery {
            let mut plates = Vec::new();
            terminal.draw(|frame| (*hits, plates) = draw_with_plates(app, look, frame))?;
            let sent = gallery.show(plates, cell(io::stdout()));
            terminal.backend_mut().add(&sent);
        } else {
            terminal.draw(|frame| *hits = draw(app, look, frame))?;
        }
        self.pace.sent(self.terminal.backend_mut().send()?);
        self.drawn = Some(Instant::now());
        self.due = None;
        Ok(())
    }

    /// Tells how much is seen at once, where that is not what it was.
    fn saw(&self) -> Option<Message> {
        let (rows, columns) = (self.hits.rows(), self.hits.columns());
        let shared = self.app.shared();
        ((rows, columns) != (shared.rows, shared.columns)).then_some(Message::Saw { rows, columns })
    }

    /// Takes for granted no cell of what the terminal shows, so that the next frame writes them all.
    fn forget_picture(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())?;
        // No panel draws a cell like these.
        self.terminal.current_buffer_mut().content.iter_mut().for_each(|cell| cell.modifier = Modifier::all());
        self.terminal.swap_buffers();
        self.gallery.iter_mut().for_each(Gallery::forget);
        Ok(())
    }

    /// Makes the next frame a whole one, whatever the terminal shows. One that is made smaller and greater again between
    /// two frames has lost what it showed, and has the same size as before.
    fn repaint(&mut self) {
        self.whole = true;
        self.changed(false);
    }

    /// Gives the terminal back and stops; goes on when the process is continued.
    fn suspend(&mut self) -> io::Result<()> {
        self.guard = None;
        stop_process_group();
        self.claim()
    }

    /// Takes the terminal over, again if need be: a shell may have used it meanwhile.
    fn claim(&mut self) -> io::Result<()> {
        self.guard = None;
        self.guard = Some(Guard::enter()?);
        crossterm::execute!(io::stdout(), TakeMouse(self.app.shared().view.mouse))?;
        self.title.clear();
        self.repaint();
        Ok(())
    }
}

/// What comes over the link, as the app takes it.
fn message(update: Update) -> Message {
    match update {
        Update::Records(records) => Message::Records(records),
        Update::Restarted => Message::Restarted,
        Update::Refused { answers, reason } => Message::Refused { answers, reason },
        Update::Connection(connection) => Message::Connection(connection),
        Update::Answer(answer) => Message::Answered(answer),
    }
}

/// What the dashboard knows at first.
fn app(config: &Config, options: AppOptions) -> io::Result<App> {
    let (width, height) = size(io::stdout()).unwrap_or_default();
    // Where nothing can be changed there is only to look.
    let looks_only = matches!(options.control, Control::ReadOnly | Control::Replaying);
    let focus = if looks_only { Panel::Loss } else { opening_panel(width, height) };
    let log_scale = config.ui.axis == AxisScale::Log;
    let language = language(&config.ui, &environment).unwrap_or_default();
    // What is wrong with keys was refused with the other settings.
    let keymap = Keymap::new(&config.keys).unwrap_or_default();
    let mouse = config.ui.mouse == Mouse::On;
    let speaks_all = charset(&config.ui, &environment) == Charset::Unicode;
    Ok(App::new(AppOptions { keymap, mouse, language, speaks_all, log_scale, focus, notify: config.ui.notify, ..options }))
}

/// Text for the window's frame or a notification, in characters that the terminal has.
fn plain_text(text: &str, charset: Charset) -> String {
    let plain = |character: char| match character {
        '·' if charset == Charset::Ascii => '-',
        character if charset == Charset::Ascii && !character.is_ascii() => '?',
        character => character,
    };
    text.chars().filter(|character| !character.is_control()).map(plain).collect()
}
