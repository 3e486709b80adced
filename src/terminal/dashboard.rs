//! The dashboard's loop: what comes in goes to the app, what it asks for is done, and what changed is drawn.

use std::io;
use std::time::Duration;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate, SetTitle};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::time::{Instant, sleep_until};

use super::Shown;
use super::capabilities::{charset, color_depth, environment, marker, synchronized};
use super::frame_writer::FrameWriter;
use super::guard::Guard;
use super::input::{self, Input};
use super::signals::{Asked, Signals, stop_process_group};
use crate::app::{App, AppOptions, Effect, Leave, Message, Panel};
use crate::config::{AxisScale, Config};
use crate::link::{Link, Update};
use crate::run::RunState;
use crate::ui::{Charset, Look, Theme, draw, opening_panel};

/// More time than this does not pass at once.
const LONGEST_TICK: Duration = Duration::from_millis(500);

/// How the dashboard was left.
pub(super) enum Left {
    /// For good.
    Shown(Shown),
    /// The run goes on, and progress lines follow.
    ForHeadless(Box<RunState>),
}

/// The dashboard on the terminal.
struct Dashboard {
    app: App,
    look: Look,
    /// `None` while the terminal is not ours.
    guard: Option<Guard>,
    terminal: Terminal<CrosstermBackend<FrameWriter>>,
    frame: FrameWriter,
    synchronized: bool,
    title: String,
    /// The least time from one frame to the next.
    interval: Duration,
    drawn: Option<Instant>,
    /// The next frame leaves nothing of what the terminal shows.
    whole: bool,
    /// When the next frame is drawn, if something has changed.
    due: Option<Instant>,
    /// When the app was last told that time passes, while a recorded run is played.
    ticked: Option<Instant>,
}

/// Shows the run that `link` leads to until a person leaves, a signal comes or the terminal is lost.
pub(super) async fn show(config: &Config, options: AppOptions, link: &mut Link, signals: &mut Signals) -> io::Result<Left> {
    let mut dashboard = Dashboard::new(config, options)?;
    match dashboard.follow(link, signals).await {
        // A picture may be drawn before anybody has told that the terminal is gone.
        Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => Ok(dashboard.lost()),
        result => result,
    }
}

impl Dashboard {
    /// The loop.
    async fn follow(&mut self, link: &mut Link, signals: &mut Signals) -> io::Result<Left> {
        let mut inputs = input::start()?;
        loop {
            self.ticked =
                self.app.replay().filter(|replay| replay.is_playing()).map(|_| self.ticked.unwrap_or_else(Instant::now));
            let tick = self.ticked.map(|ticked| ticked + self.interval);
            let messages = tokio::select! {
                biased;
                asked = signals.next() => match asked {
                    Asked::End(signal) => {
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
                },
                Some(input) = inputs.recv() => match input {
                    Input::Key(key) => Some(Message::Key(key)),
                    Input::Paste(text) => Some(Message::Paste(text)),
                    Input::Changed => {
                        self.repaint();
                        None
                    }
                    Input::Lost => return Ok(self.lost()),
                },
                update = link.updates() => Some(message(update)),
                () = sleep_until(tick.unwrap_or_else(Instant::now)), if tick.is_some() => Some(self.tick()),
                () = sleep_until(self.due.unwrap_or_else(Instant::now)), if self.due.is_some() => {
                    self.draw()?;
                    None
                }
            };
            let Some(message) = messages else { continue };
            self.changed();
            for effect in self.app.update(message) {
                match effect {
                    Effect::Send(request) => link.send(request),
                    Effect::Suspend => self.suspend()?,
                    Effect::Repaint => self.repaint(),
                    Effect::Leave(leave) => {
                        let state = Box::new(self.app.run().clone());
                        return Ok(match leave {
                            Leave::Ended | Leave::Away => Left::Shown(Shown::Ended(state)),
                            Leave::Discard => Left::Shown(Shown::Discarded),
                            Leave::Headless => Left::ForHeadless(state),
                        });
                    }
                }
            }
        }
    }

    /// Lets go of a terminal that is gone, as after a hangup.
    fn lost(&mut self) -> Left {
        if let Some(guard) = self.guard.take() {
            guard.abandon();
        }
        Left::Shown(Shown::Signalled(1, Box::new(self.app.run().clone())))
    }

    fn new(config: &Config, options: AppOptions) -> io::Result<Self> {
        let themes = Theme::builtin();
        let theme_names: Vec<String> = themes.iter().map(|theme| theme.name().to_owned()).collect();
        let theme = theme_names.iter().position(|name| *name == config.ui.theme).unwrap_or(0);
        let (width, height) = crossterm::terminal::size()?;
        // Where nothing can be changed there is only to look.
        let focus = if options.control.steers() { opening_panel(width, height) } else { Panel::Loss };
        let log_scale = config.ui.axis == AxisScale::Log;
        let app = App::new(AppOptions { theme_names, theme, log_scale, focus, ..options });
        let look = Look {
            themes,
            depth: color_depth(&config.ui, &environment),
            charset: charset(&config.ui, &environment),
            marker: marker(&config.ui, &environment),
        };
        // Colours are left out by the themes. crossterm's own way resets bold and reverse with them.
        crossterm::style::force_color_output(true);
        let guard = Guard::enter()?;
        let frame = FrameWriter::default();
        let terminal = Terminal::new(CrosstermBackend::new(frame.clone()))?;
        Ok(Self {
            app,
            look,
            guard: Some(guard),
            terminal,
            frame,
            synchronized: synchronized(&environment),
            title: String::new(),
            interval: Duration::from_secs(1) / config.ui.max_fps.max(1),
            drawn: None,
            whole: false,
            due: Some(Instant::now()),
            ticked: None,
        })
    }

    /// Tells how much time has passed; a process that was stopped meanwhile goes on where it was.
    fn tick(&mut self) -> Message {
        let now = Instant::now();
        let passed = self.ticked.replace(now).map_or(Duration::ZERO, |ticked| now - ticked);
        Message::Tick(passed.min(LONGEST_TICK))
    }

    /// Sees to it that a frame is drawn as soon as the last one is old enough.
    fn changed(&mut self) {
        self.due = self.due.or_else(|| {
            let now = Instant::now();
            Some(self.drawn.map_or(now, |drawn| now.max(drawn + self.interval)))
        });
    }

    fn draw(&mut self) -> io::Result<()> {
        if self.synchronized {
            queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        }
        if std::mem::take(&mut self.whole) {
            // `Terminal::clear` would ask for the cursor's place, and the thread that reads keys would take the answer.
            let size = self.terminal.size()?;
            self.terminal.resize(size.into())?;
        }
        let title = plain_title(&self.app.title(), self.look.charset);
        if title != self.title {
            queue!(self.terminal.backend_mut(), SetTitle(&title))?;
            self.title = title;
        }
        let Self { terminal, app, look, .. } = self;
        terminal.draw(|frame| draw(app, look, frame))?;
        if self.synchronized {
            queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        }
        self.frame.send()?;
        self.drawn = Some(Instant::now());
        self.due = None;
        Ok(())
    }

    /// Makes the next frame a whole one, whatever the terminal shows. One that is made smaller and greater again between
    /// two frames has lost what it showed, and has the same size as before.
    fn repaint(&mut self) {
        self.whole = true;
        self.changed();
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
    }
}

/// A title in characters that the terminal has.
fn plain_title(title: &str, charset: Charset) -> String {
    let plain = |character: char| match character {
        '·' if charset == Charset::Ascii => '-',
        character if charset == Charset::Ascii && !character.is_ascii() => '?',
        character => character,
    };
    title.chars().map(plain).collect()
}
