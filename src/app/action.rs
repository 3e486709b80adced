//! The one table of actions: it drives dispatch, the footer, the help page and the README.

use std::fmt::Write as _;

use super::{App, Control, Key, KeyCode, Mode};

/// Something that a key can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Pause, or go on.
    Pause,
    /// Train one batch.
    Step,
    /// Judge the network on the validation images.
    Evaluate,
    /// Take a checkpoint.
    Checkpoint,
    /// Go back to the last good parameters.
    Rewind,
    /// End the training.
    Stop,
    /// Ten rows up.
    PageUp,
    /// Ten rows down.
    PageDown,
    /// Select the row above, or scroll up.
    Up,
    /// Select the row below, or scroll down.
    Down,
    /// A smaller value, or the page before.
    Left,
    /// A greater value, or the next page.
    Right,
    /// Type a value.
    Edit,
    /// Take the last change back.
    Undo,
    /// The next panel.
    FocusNext,
    /// The panel before.
    FocusPrevious,
    /// The focused panel alone, or all of them.
    Zoom,
    /// The next source of the confusion matrix.
    ConfusionSource,
    /// The next samples.
    SamplesNext,
    /// The samples before.
    SamplesPrevious,
    /// Predictions on samples, or training images as they are varied.
    SamplesView,
    /// Linear or logarithmic axes.
    Scale,
    /// The next theme.
    Theme,
    /// Open the list of keys.
    Help,
    /// Leave; the training goes on in the background.
    Detach,
    /// Leave.
    Quit,
    /// Draw everything again.
    Repaint,
    /// Stop the process until the shell continues it.
    Suspend,
    /// Leave, asking first; while asking, leave at once.
    Interrupt,
    /// Send the typed value.
    Accept,
    /// Close without doing anything.
    Cancel,
    /// Stop, judge, leave.
    QuitStop,
    /// Leave the dashboard only.
    QuitHeadless,
    /// Drop the run.
    QuitDiscard,
    /// Yes, stop.
    StopConfirm,
    /// Ask to steer.
    TakeOver,
    /// Yes, take over.
    TakeOverConfirm,
    /// Stop playing, or go on.
    Play,
    /// Play more slowly.
    Slower,
    /// Play faster.
    Faster,
    /// Back a little.
    SeekBack,
    /// On a little.
    SeekOn,
    /// Back to the telling of steps before.
    StepsBack,
    /// On to the next telling of steps.
    StepsOn,
    /// Back to the end of the epoch before.
    EpochBack,
    /// On to the end of the next epoch.
    EpochOn,
    /// To the start.
    SeekStart,
    /// To the end.
    SeekEnd,
    /// The page of the run.
    PageOverview,
    /// The page of all runs.
    PageRuns,
    /// Mark the selected run, or not.
    Mark,
    /// Mark all runs, or none.
    MarkAll,
    /// Hide the curves of the selected one of the compared runs, or show them.
    Hide,
    /// Let the charts count steps, epochs, images or time.
    Unit,
    /// Show a run.
    Show,
    /// Compare the marked runs.
    Compare,
    /// Show only some runs.
    Filter,
    /// Sort by something else.
    Sort,
    /// Call a run something else.
    Rename,
    /// Write something about a run.
    Note,
    /// Keep runs from being pruned, or not.
    Pin,
    /// Write runs as a file.
    Export,
    /// Go on with a run.
    GoOn,
    /// Branch off a run.
    Branch,
    /// Play a run as it was.
    Replay,
    /// Move runs to the trash.
    Remove,
    /// Back to the list of runs.
    Back,
    /// Take the selected item.
    Choose,
    /// Yes, do it.
    Confirm,
}

/// When a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// On the dashboard.
    Watching,
    /// On the dashboard of those who steer, until the run is over.
    Training,
    /// On the dashboard of those who could steer and do not, until the run is over.
    Observing,
    /// On the dashboard, while a recorded run is played.
    Replaying,
    /// On every page.
    Pages,
    /// On the list of runs.
    Browsing,
    /// On a run that is shown, or several that are compared.
    Looking,
    /// While something is chosen from a list.
    Choosing,
    /// While the page of runs asks something.
    Confirming,
    /// While a value or a text is typed.
    Editing,
    /// While the list of keys is open.
    Help,
    /// While the dashboard asks how to leave.
    Quitting,
    /// While the dashboard asks whether to stop.
    Stopping,
    /// While the dashboard asks whether to take over.
    TakingOver,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// What it does.
    pub action: Action,
    /// The keys that do it.
    pub keys: &'static [Key],
    /// One or two words for the footer.
    pub label: &'static str,
    /// One line for the help page.
    pub help: &'static str,
    /// When it does it.
    pub when: When,
}

const fn row(action: Action, keys: &'static [Key], label: &'static str, help: &'static str, when: When) -> Binding {
    Binding { action, keys, label, help, when }
}

const fn c(character: char) -> Key {
    Key::char(character)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

/// Every key of the dashboard.
pub const ACTIONS: &[Binding] = &[
    row(Action::Play, &[c(' ')], "pause", "pause, or play on; at the end, play again", When::Replaying),
    row(Action::SeekBack, &[k(KeyCode::Left)], "back", "back by a hundredth of the run", When::Replaying),
    row(Action::SeekOn, &[k(KeyCode::Right)], "seek", "on by a hundredth of the run", When::Replaying),
    row(Action::StepsBack, &[c(',')], "steps back", "pause, and back by the steps told at once", When::Replaying),
    row(Action::StepsOn, &[c('.')], "few steps", "pause, and on by the steps told at once", When::Replaying),
    row(Action::EpochBack, &[c('[')], "epoch back", "back to the end of the epoch before", When::Replaying),
    row(Action::EpochOn, &[c(']')], "epoch", "on to the end of the next epoch", When::Replaying),
    row(Action::SeekStart, &[k(KeyCode::Home), c('g')], "start", "to the start", When::Replaying),
    row(Action::SeekEnd, &[k(KeyCode::End), c('G')], "end", "to the end of what is recorded", When::Replaying),
    row(Action::Slower, &[c('-')], "slower", "more slowly", When::Replaying),
    row(Action::Faster, &[c('+'), c('=')], "speed", "faster", When::Replaying),
    row(Action::Pause, &[c(' ')], "pause", "pause the training, or go on", When::Training),
    row(Action::Step, &[c('s')], "one step", "train one batch, then wait", When::Training),
    row(Action::Up, &[k(KeyCode::Up), c('k')], "up", "select the row above; scroll up", When::Watching),
    row(Action::Down, &[k(KeyCode::Down), c('j')], "down", "select the row below; scroll down", When::Watching),
    row(Action::Left, &[k(KeyCode::Left), c('h')], "less", "less of the selected value; page back", When::Watching),
    row(Action::Right, &[k(KeyCode::Right), c('l')], "more", "more of the selected value; page on", When::Watching),
    row(Action::Edit, &[k(KeyCode::Enter)], "type a value", "type a new value, such as 3e-4", When::Training),
    row(Action::Undo, &[c('u')], "undo", "take the last change back; again for the one before", When::Training),
    row(Action::Evaluate, &[c('e')], "evaluate", "judge the network on the validation images now", When::Training),
    row(Action::Checkpoint, &[c('w')], "checkpoint", "write a checkpoint now, and keep it", When::Training),
    row(
        Action::Rewind,
        &[c('b')],
        "rewind",
        "after numbers went wrong: back to the last epoch's end, with half the rate",
        When::Training,
    ),
    row(Action::Stop, &[c('x')], "stop", "stop here and judge on the test set; asks first", When::Training),
    row(Action::TakeOver, &[c('T')], "take over", "steer the run from here; asks first", When::Observing),
    row(Action::FocusNext, &[k(KeyCode::Tab)], "panel", "go to the next panel", When::Watching),
    row(Action::FocusPrevious, &[k(KeyCode::BackTab)], "panel before", "go to the panel before", When::Watching),
    row(Action::Zoom, &[c('z')], "zoom", "show the focused panel alone, or all of them", When::Watching),
    row(Action::Scale, &[c('a')], "log axis", "logarithmic or linear axis on the charts", When::Watching),
    row(Action::ConfusionSource, &[c('c')], "confusion", "confusion of training, validation or test images", When::Watching),
    row(Action::SamplesNext, &[c('n')], "next", "next samples", When::Watching),
    row(Action::SamplesPrevious, &[c('p')], "previous", "samples before", When::Watching),
    row(
        Action::SamplesView,
        &[c('v')],
        "augmented",
        "predictions on samples, or training images as they are augmented",
        When::Watching,
    ),
    row(Action::Theme, &[c('t')], "theme", "next theme", When::Pages),
    row(Action::Help, &[c('?')], "help", "show this list", When::Pages),
    row(Action::Detach, &[c('d')], "detach", "leave; the training goes on in the background", When::Pages),
    row(Action::Quit, &[c('q')], "quit", "leave; asks first while the training goes on", When::Pages),
    row(Action::PageOverview, &[c('1')], "overview", "the run that is trained here", When::Pages),
    row(Action::PageRuns, &[c('2')], "runs", "all recorded runs", When::Pages),
    row(Action::Up, &[k(KeyCode::Up), c('k')], "up", "select the run above", When::Browsing),
    row(Action::Down, &[k(KeyCode::Down), c('j')], "down", "select the run below", When::Browsing),
    row(Action::PageUp, &[k(KeyCode::PageUp)], "page up", "ten runs up", When::Browsing),
    row(Action::PageDown, &[k(KeyCode::PageDown)], "page down", "ten runs down", When::Browsing),
    row(Action::Show, &[k(KeyCode::Enter)], "show", "show the selected run", When::Browsing),
    row(Action::Mark, &[c(' '), c('m')], "mark", "mark the selected run, or not", When::Browsing),
    row(Action::MarkAll, &[c('M')], "mark all", "mark all runs that are listed, or none", When::Browsing),
    row(Action::Compare, &[c('c')], "compare", "compare the marked runs", When::Browsing),
    row(Action::Filter, &[c('/')], "filter", "list only runs with a text: mlp, seed=7, status=running", When::Browsing),
    row(Action::Sort, &[c('s')], "sort", "sort by start, accuracy, loss, name, status, time", When::Browsing),
    row(Action::GoOn, &[c('R')], "resume", "go on with the run where it stopped", When::Browsing),
    row(Action::Branch, &[c('b')], "branch", "go on from one of its checkpoints as a new run", When::Browsing),
    row(Action::Replay, &[c('v')], "replay", "play the run as it was", When::Browsing),
    row(Action::Rename, &[c('r')], "rename", "call the run something else", When::Browsing),
    row(Action::Note, &[c('n')], "note", "write something about the run", When::Browsing),
    row(Action::Pin, &[c('p')], "pin", "keep the marked runs from being pruned, or not", When::Browsing),
    row(Action::Export, &[c('e')], "export", "write the marked runs as a file", When::Browsing),
    row(Action::Remove, &[c('x'), k(KeyCode::Delete)], "remove", "move the marked runs to the trash; asks first", When::Browsing),
    row(Action::Up, &[k(KeyCode::Up), c('k')], "up", "scroll up", When::Looking),
    row(Action::Down, &[k(KeyCode::Down), c('j')], "down", "scroll down", When::Looking),
    row(Action::Left, &[k(KeyCode::Left), c('h')], "left", "select the run to the left", When::Looking),
    row(Action::Right, &[k(KeyCode::Right), c('l')], "right", "select the run to the right", When::Looking),
    row(Action::Hide, &[c(' ')], "hide", "hide the curves of the selected run, or show them", When::Looking),
    row(Action::Unit, &[c('u')], "unit", "charts over steps, epochs, images or time", When::Looking),
    row(Action::Scale, &[c('a')], "log axis", "logarithmic or linear axis on the charts", When::Looking),
    row(Action::Export, &[c('e')], "export", "write what is shown as a file", When::Looking),
    row(Action::GoOn, &[c('R')], "resume", "go on with the run where it stopped", When::Looking),
    row(Action::Branch, &[c('b')], "branch", "go on from one of its checkpoints as a new run", When::Looking),
    row(Action::Replay, &[c('v')], "replay", "play the run as it was", When::Looking),
    row(Action::Back, &[k(KeyCode::Esc), k(KeyCode::Backspace)], "back", "back to the list", When::Looking),
    row(Action::Up, &[k(KeyCode::Up), c('k')], "up", "the item above", When::Choosing),
    row(Action::Down, &[k(KeyCode::Down), c('j')], "down", "the item below", When::Choosing),
    row(Action::Choose, &[k(KeyCode::Enter)], "choose", "take the selected item", When::Choosing),
    row(Action::Cancel, &[k(KeyCode::Esc), c('q')], "cancel", "do nothing", When::Choosing),
    row(Action::Confirm, &[k(KeyCode::Enter), c('y')], "yes", "do it", When::Confirming),
    row(Action::Cancel, &[k(KeyCode::Esc), c('n')], "no", "do nothing", When::Confirming),
    row(Action::Interrupt, &[Key::ctrl('c')], "quit", "leave; twice drops the run at once", When::Always),
    row(Action::Repaint, &[Key::ctrl('l')], "redraw", "draw the screen again", When::Always),
    row(Action::Suspend, &[Key::ctrl('z')], "suspend", "back to the shell until `fg`", When::Always),
    row(Action::Accept, &[k(KeyCode::Enter)], "take", "take what was typed", When::Editing),
    row(Action::Cancel, &[k(KeyCode::Esc)], "cancel", "leave it as it was", When::Editing),
    row(Action::QuitStop, &[c('s')], "stop and judge", "stop here, judge on the test set, show the result", When::Quitting),
    row(Action::Detach, &[c('d')], "detach", "leave, train on in the background", When::Quitting),
    row(Action::QuitHeadless, &[c('h')], "progress lines", "leave the dashboard, train on with progress lines", When::Quitting),
    row(Action::QuitDiscard, &[c('x')], "quit at once", "quit at once; --resume goes on from here", When::Quitting),
    row(Action::Cancel, &[k(KeyCode::Esc)], "keep watching", "keep watching", When::Quitting),
    row(Action::StopConfirm, &[k(KeyCode::Enter), c('y')], "stop", "stop the training and judge", When::Stopping),
    row(Action::Cancel, &[k(KeyCode::Esc), c('n')], "train on", "train on", When::Stopping),
    row(Action::TakeOverConfirm, &[k(KeyCode::Enter), c('y')], "take over", "steer from here", When::TakingOver),
    row(Action::Cancel, &[k(KeyCode::Esc), c('n')], "keep watching", "keep watching", When::TakingOver),
    row(Action::Cancel, &[k(KeyCode::Esc), c('?'), c('q')], "close", "close this list", When::Help),
    row(Action::Up, &[k(KeyCode::Up), c('k')], "up", "scroll up", When::Help),
    row(Action::Down, &[k(KeyCode::Down), c('j')], "down", "scroll down", When::Help),
];

impl When {
    /// Every one, with its heading on the help page, in the order in which they are shown.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Training, "While it trains"),
        (Self::Observing, "While somebody else steers"),
        (Self::Replaying, "While a recorded run is played"),
        (Self::Watching, "On the overview"),
        (Self::Pages, "On every page"),
        (Self::Browsing, "On the page of runs"),
        (Self::Looking, "On a run, or runs side by side"),
        (Self::Always, "Always"),
        (Self::Editing, "While typing"),
        (Self::Choosing, "When choosing from a list"),
        (Self::Confirming, "When asked about runs"),
        (Self::Quitting, "When asked how to leave"),
        (Self::Stopping, "When asked whether to stop"),
        (Self::TakingOver, "When asked whether to take over"),
        (Self::Help, "In this list"),
    ];

    /// Whether a binding of this kind holds now.
    pub fn holds(self, app: &App) -> bool {
        let (mode, ended) = (app.mode(), app.run().ended.is_some());
        match self {
            Self::Always => true,
            Self::Watching => *mode == Mode::Watching,
            Self::Training => *mode == Mode::Watching && !ended && app.control().steers(),
            Self::Observing => *mode == Mode::Watching && !ended && matches!(app.control(), Control::Observing { .. }),
            Self::Replaying => *mode == Mode::Watching && *app.control() == Control::Replaying,
            Self::Pages => matches!(mode, Mode::Watching | Mode::Browsing | Mode::Looking),
            Self::Browsing => *mode == Mode::Browsing,
            Self::Looking => *mode == Mode::Looking,
            Self::Choosing => matches!(mode, Mode::Choosing(_)),
            Self::Confirming => matches!(mode, Mode::Confirming(_)),
            Self::Editing => matches!(mode, Mode::Editing(_) | Mode::Typing(_)),
            Self::Help => matches!(mode, Mode::Help(_)),
            Self::Quitting => *mode == Mode::Quitting,
            Self::Stopping => *mode == Mode::Stopping,
            Self::TakingOver => *mode == Mode::TakingOver,
        }
    }
}

impl Binding {
    /// The action of a key, if it has one now.
    pub fn find(key: Key, app: &App) -> Option<Action> {
        let key = key.normal();
        ACTIONS.iter().find(|row| row.when.holds(app) && row.keys.contains(&key)).map(|row| row.action)
    }

    /// Whether the key would change the run, were this dashboard to steer it.
    pub(super) fn steers(key: Key) -> bool {
        let key = key.normal();
        ACTIONS.iter().any(|row| row.when == When::Training && row.keys.contains(&key))
    }

    /// The row of an action; of several the first.
    pub fn of(action: Action) -> Option<&'static Self> {
        ACTIONS.iter().find(|row| row.action == action)
    }

    /// Its keys as people read them: `↑ k`.
    pub fn keys_text(&self) -> String {
        self.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }
}

/// The tables of `docs/keys.md`.
pub fn keys_markdown() -> String {
    let mut text = String::new();
    for (when, heading) in When::ALL {
        // Writing to a string cannot fail.
        let _ = write!(text, "## {heading}\n\n| key | |\n|---|---|\n");
        for row in ACTIONS.iter().filter(|row| row.when == when) {
            let keys = row.keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "| {keys} | {} |", row.help);
        }
        text.push('\n');
    }
    text
}
