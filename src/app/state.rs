//! What the dashboard knows.

use super::{ConfusionSource, Control, HyperPanel, Mode, Page, Panel, Replay, Requests, RunsPage, SampleView};
use crate::config::Notify;
use crate::protocol::{Command, ConfusionMatrix, Connection, Hyper, Outcome, Phase, Reason};
use crate::run::RunState;
use crate::text::{Language, LogText, Phrase, Word};

/// How the dashboard starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppOptions {
    /// The names of the themes, in the order of the key.
    pub theme_names: Vec<String>,
    /// The one to start with.
    pub theme: usize,
    /// What it speaks.
    pub language: Language,
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
    /// Nothing is trained here: the page of runs is all there is to see.
    pub alone: bool,
}

/// Everything the dashboard knows: the run, and what the person looking at it does.
#[derive(Clone, Debug)]
pub struct App {
    pub(super) run: RunState,
    pub(super) theme_names: Vec<String>,
    pub(super) theme: usize,
    pub(super) language: Language,
    pub(super) log_scale: bool,
    pub(super) mode: Mode,
    pub(super) focus: Panel,
    pub(super) zoomed: bool,
    pub(super) hypers: HyperPanel,
    pub(super) requests: Requests,
    pub(super) confusion_source: ConfusionSource,
    pub(super) confusion_scroll: (usize, usize),
    pub(super) sample_page: isize,
    pub(super) sample_view: SampleView,
    pub(super) events_scroll: usize,
    pub(super) notice: Option<String>,
    pub(super) control: Control,
    /// The way to the process that trains; `None` when it is this one.
    pub(super) connection: Option<Connection>,
    /// `None` when the run is shown as it is trained.
    pub(super) replay: Option<Replay>,
    /// The person asked to stop and leave: the dashboard goes when the run has ended.
    pub(super) leave_when_ended: bool,
    pub(super) notify: Notify,
    /// Whether the window has the focus, as far as the terminal tells.
    pub(super) focused: bool,
    pub(super) page: Page,
    pub(super) runs: RunsPage,
    /// What the run branched off, when it did.
    pub(super) parent: Option<Box<RunState>>,
    /// Nothing is trained here.
    pub(super) alone: bool,
}

impl App {
    /// A dashboard on a run that has said nothing yet.
    pub fn new(options: AppOptions) -> Self {
        let AppOptions { theme_names, theme, language, log_scale, focus, control, replay_speed, notify, alone } = options;
        let page = if alone { Page::Runs } else { Page::Overview };
        Self {
            run: RunState::default(),
            theme: theme % theme_names.len().max(1),
            theme_names,
            language,
            log_scale,
            mode: page.mode(),
            focus,
            zoomed: false,
            hypers: HyperPanel::default(),
            requests: Requests::default(),
            confusion_source: ConfusionSource::Auto,
            confusion_scroll: (0, 0),
            sample_page: 0,
            sample_view: SampleView::Predictions,
            events_scroll: 0,
            notice: None,
            control,
            connection: None,
            replay: replay_speed.map(Replay::new),
            leave_when_ended: false,
            notify,
            focused: true,
            page,
            runs: RunsPage::default(),
            parent: None,
            alone,
        }
    }

    /// A dashboard on what is known of a run.
    pub fn of(run: RunState, options: AppOptions) -> Self {
        Self { run, ..Self::new(options) }
    }

    /// The run as far as it is known.
    pub fn run(&self) -> &RunState {
        &self.run
    }

    /// The page that is open.
    pub fn page(&self) -> Page {
        self.page
    }

    /// The page of runs.
    pub fn runs(&self) -> &RunsPage {
        &self.runs
    }

    /// What the run branched off, when it did and that is still there.
    pub fn parent(&self) -> Option<&RunState> {
        self.parent.as_deref()
    }

    /// Whether nothing is trained or watched here.
    pub fn is_alone(&self) -> bool {
        self.alone
    }

    /// The theme, as a place in the list of names.
    pub fn theme(&self) -> usize {
        self.theme
    }

    /// What it speaks.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the charts have logarithmic axes.
    pub fn log_scale(&self) -> bool {
        self.log_scale
    }

    /// What the keyboard does.
    pub fn mode(&self) -> &Mode {
        &self.mode
    }

    /// The panel that arrow keys act on.
    pub fn focus(&self) -> Panel {
        self.focus
    }

    /// Whether the focused panel has the screen to itself.
    pub fn zoomed(&self) -> bool {
        self.zoomed
    }

    /// The state of the hyperparameter panel.
    pub fn hypers(&self) -> &HyperPanel {
        &self.hypers
    }

    /// The value that was asked for and has not come yet.
    pub fn pending(&self, hyper: Hyper) -> Option<f64> {
        self.requests.pending(hyper)
    }

    /// How far the confusion matrix is scrolled: rows, columns.
    pub fn confusion_scroll(&self) -> (usize, usize) {
        self.confusion_scroll
    }

    /// The page of samples; pages go round, so this can be any number.
    pub fn sample_page(&self) -> isize {
        self.sample_page
    }

    /// What the panel of samples shows.
    pub fn sample_view(&self) -> SampleView {
        self.sample_view
    }

    /// How many lines the events are scrolled up.
    pub fn events_scroll(&self) -> usize {
        self.events_scroll
    }

    /// Something to tell the person until the next key.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Whether the run can be steered from here.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The way to the process that trains; `None` when it is this one.
    pub fn connection(&self) -> Option<&Connection> {
        self.connection.as_ref()
    }

    /// The recorded run that is played; `None` when the run is shown as it is trained.
    pub fn replay(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    /// Whether the run goes on, or is over, without this process.
    pub fn is_away(&self) -> bool {
        self.connection.is_some() || matches!(self.control, Control::ReadOnly | Control::Replaying)
    }

    /// The confusion matrix to show, and which one it is; never [`ConfusionSource::Auto`].
    pub fn confusion(&self) -> (ConfusionSource, Option<&ConfusionMatrix>) {
        let source = match self.confusion_source {
            ConfusionSource::Auto if self.run.ended.is_some() && !self.run.tests.is_empty() => ConfusionSource::Test,
            ConfusionSource::Auto => ConfusionSource::Training,
            chosen => chosen,
        };
        let matrix = match source {
            ConfusionSource::Validation => self.run.validations.last().map(|point| &point.evaluation.confusion),
            ConfusionSource::Test => self.run.tests.last().map(|point| &point.evaluation.confusion),
            ConfusionSource::Auto | ConfusionSource::Training => Some(&self.run.train_confusion),
        };
        (source, matrix.filter(|matrix| matrix.classes() > 0))
    }

    /// Whether training is paused, or will be as soon as the worker gets to it.
    pub fn will_be_paused(&self) -> bool {
        self.requests.pausing().unwrap_or(self.run.phase == Some(Phase::Paused))
    }

    /// The state of the run in a word or two.
    pub fn state_word(&self) -> Word {
        if let Some(ended) = &self.run.ended {
            return match ended.outcome {
                Outcome::Completed => Word::Completed,
                Outcome::TargetReached => Word::TargetReached,
                Outcome::StoppedEarly { .. } => Word::StoppedEarly,
                Outcome::Stopped => Word::Stopped,
                Outcome::Failed { .. } => Word::Failed,
            };
        }
        if self.requests.waits_for(|command| *command == Command::Stop) {
            return Word::Stopping;
        }
        match (self.run.phase, self.requests.pausing()) {
            (None, _) => Word::Starting,
            (Some(Phase::Evaluating), _) => Word::Judging,
            (Some(Phase::Training), Some(true)) => Word::Pausing,
            (Some(Phase::Training), _) => Word::Training,
            (Some(Phase::Paused), Some(false)) => Word::Resuming,
            (Some(Phase::Paused), _) if self.run.diverged.is_some() => Word::Diverged,
            (Some(Phase::Paused), _) => Word::Paused,
        }
    }

    /// Why the run failed, if it did.
    pub fn failure(&self) -> Option<&Reason> {
        match &self.run.ended.as_ref()?.outcome {
            Outcome::Failed { message } => Some(message),
            _ => None,
        }
    }

    /// What has gone wrong, while it matters.
    pub fn alert(&self) -> Option<String> {
        let failure = self.failure().map(|reason| LogText::Failed { reason: reason.clone() }.say(self.language).into_owned());
        let diverged = self.run.diverged.as_ref().filter(|_| self.run.ended.is_none());
        failure.or_else(|| Some(diverged?.say(self.language).into_owned()))
    }

    /// For the terminal's title: `seed 41 % · epoch 2/5`.
    pub fn title(&self) -> String {
        let Some(started) = &self.run.started else { return "mnist-tui".to_owned() };
        let percent = (self.run.progress() * 100.0).floor();
        let epochs = self.run.hyperparameters.map_or(0, |hyper| hyper.epochs);
        let name = started.name.clone();
        let title = match (&self.run.ended, self.run.phase) {
            (Some(_), _) | (None, Some(Phase::Paused)) => Phrase::TitleAtRest { name, percent, state: self.state_word() },
            _ => Phrase::TitleTraining { name, percent, epoch: self.run.epoch, epochs },
        };
        let title = title.say(self.language).into_owned();
        if self.replay.is_some() { Phrase::TitleReplay { title }.say(self.language).into_owned() } else { title }
    }
}
