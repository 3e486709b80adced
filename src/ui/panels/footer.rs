//! The last row: the keys that matter now.

use super::super::layout::Layout;
use super::super::pen::{Pen, Piece, columns, width};
use super::super::{Context, Role};
use crate::app::{ACTIONS, Action, Mode, Page, Panel, Replay, RunsView, SampleView, When};

pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) {
    let area = layout.footer;
    if area.is_empty() {
        return;
    }
    let (app, palette) = (context.app, &context.palette);
    let mut room = area.width.saturating_sub(2);
    if let Some(notice) = app.notice().filter(|_| app.page() == Page::Overview) {
        let used = columns(notice).min(room * 2 / 3);
        pen.text_right(area.right() - 1, area.y, used, notice, palette.style(Role::Warning));
        room -= used + 1;
    }
    let items: Vec<Vec<Piece>> =
        wanted(context, layout.panels.len() == 1).into_iter().filter_map(|action| item(context, action)).collect();
    // Help and quit stand at the end and always stay; of the others, what still fits.
    let (others, last) = items.split_at(items.len().saturating_sub(2));
    let needed = |items: &[Vec<Piece>]| items.iter().map(|item| width(item) + 2).sum::<u16>();
    let mut left = (room + 2).saturating_sub(needed(last));
    let fitting = others.iter().filter(|item| {
        let fits = width(item) + 2 <= left;
        left -= if fits { width(item) + 2 } else { 0 };
        fits
    });
    let shown: Vec<&Vec<Piece>> = fitting.chain(last).collect();
    let mut x = area.x + 1;
    for item in shown {
        x += pen.pieces(x, area.y, room.saturating_sub(x - area.x - 1), item) + 2;
    }
}

/// What matters now, the most important first; help and quit at the end.
fn wanted(context: &Context, alone: bool) -> Vec<Action> {
    use Action::{
        Accept, Back, Branch, Cancel, Choose, Confirm, ConfusionSource, Detach, Down, Edit, EpochOn, Evaluate, Export, Faster,
        FocusNext, GoOn, Help, Hide, PageRuns, Pause, Play, Quit, QuitDiscard, QuitHeadless, QuitStop, Rewind, Right,
        SamplesNext, SamplesView, Scale, SeekOn, SeekStart, Step, StepsOn, Stop, StopConfirm, TakeOver, TakeOverConfirm, Theme,
        Undo, Unit, Up, Zoom,
    };
    let app = context.app;
    match app.mode() {
        Mode::Editing(_) | Mode::Typing(_) => return vec![Accept, Cancel],
        Mode::Choosing(_) => return vec![Up, Choose, Cancel],
        Mode::Confirming(_) => return vec![Confirm, Cancel],
        Mode::Browsing => return browsing(context),
        Mode::Looking if matches!(app.runs().view(), RunsView::Shown(_)) => {
            return vec![Back, Up, Export, Branch, GoOn, Unit, Scale, Help, Quit];
        }
        Mode::Looking => return vec![Back, Right, Hide, Unit, Up, Export, Scale, Help, Quit],
        Mode::Quitting => return vec![QuitStop, Detach, QuitHeadless, QuitDiscard, Cancel],
        Mode::Stopping => return vec![StopConfirm, Cancel],
        Mode::TakingOver => return vec![TakeOverConfirm, Cancel],
        Mode::Help(_) => return vec![Up, Down, Cancel],
        Mode::Watching => {}
    }
    let mut wanted = vec![Pause, TakeOver, Play, SeekOn, Faster, EpochOn];
    if app.run().diverged.is_some() {
        wanted.push(Rewind);
    }
    if alone && !app.zoomed() {
        // The others are not seen: how to get to them matters most.
        wanted.push(FocusNext);
    }
    if app.will_be_paused() {
        wanted.push(Step);
    }
    match app.focus() {
        Panel::Hypers => wanted.extend([Right, Edit]),
        Panel::Loss | Panel::Accuracy => wanted.push(Scale),
        Panel::Confusion => wanted.push(ConfusionSource),
        Panel::Samples => wanted.extend([SamplesNext, SamplesView]),
        Panel::Events => wanted.push(Up),
    }
    wanted.extend([StepsOn, SeekStart]);
    if app.hypers().can_undo() {
        wanted.push(Undo);
    }
    wanted.extend([FocusNext, PageRuns, Zoom, Stop, Evaluate, ConfusionSource, Scale, SamplesNext, Theme, Detach, Help, Quit]);
    let mut seen = Vec::new();
    wanted.retain(|action| {
        let first = !seen.contains(action);
        seen.push(*action);
        first
    });
    wanted
}

/// What matters on the list of runs.
fn browsing(context: &Context) -> Vec<Action> {
    use Action::{Branch, Compare, Export, Filter, GoOn, Help, Mark, Note, PageOverview, Pin, Quit, Remove, Rename, Show, Sort};
    let page = context.app.runs();
    let mut wanted = if context.app.is_alone() { Vec::new() } else { vec![PageOverview] };
    if page.marked().len() > 1 {
        wanted.push(Compare);
    }
    if page.selected_run().is_some() {
        wanted.extend([Show, Mark]);
        if page.selected_run().is_some_and(|run| matches!(run.status(), "interrupted" | "stopped")) {
            wanted.push(GoOn);
        }
        wanted.extend([Filter, Sort, Export, Branch, Rename, Remove, Note, Pin]);
    } else {
        wanted.push(Filter);
    }
    wanted.extend([Help, Quit]);
    wanted
}

/// The keys of an action and its word; nothing when it cannot be done now.
fn item<'a>(context: &Context, action: Action) -> Option<Vec<Piece<'a>>> {
    let (app, palette) = (context.app, &context.palette);
    let row = ACTIONS.iter().find(|row| row.action == action && row.when.holds(app))?;
    let watching = row.when == When::Watching;
    let (keys, label) = match action {
        Action::Right if watching && (app.run().ended.is_some() || !app.control().steers()) => return None,
        Action::Right if watching => ("← →".to_owned(), "change"),
        Action::Detach if app.run().ended.is_some() => return None,
        Action::Right if row.when == When::Looking => ("← →".to_owned(), "runs"),
        Action::Up if row.when == When::Looking => ("↑ ↓".to_owned(), "scroll"),
        Action::Up if row.when == When::Choosing => ("↑ ↓".to_owned(), "select"),
        Action::Up if watching => ("↑ ↓".to_owned(), "scroll"),
        Action::SamplesNext => ("n p".to_owned(), "samples"),
        Action::SamplesView if app.sample_view() == SampleView::Augmented => (row.keys.first()?.to_string(), "predictions"),
        Action::Pause if app.will_be_paused() => (row.keys.first()?.to_string(), "resume"),
        Action::Play if app.replay().is_some_and(Replay::is_at_end) => (row.keys.first()?.to_string(), "play again"),
        Action::Play if app.replay().is_some_and(|replay| !replay.is_playing()) => (row.keys.first()?.to_string(), "play"),
        Action::SeekOn => ("← →".to_owned(), row.label),
        Action::EpochOn => ("[ ]".to_owned(), row.label),
        Action::StepsOn => (", .".to_owned(), row.label),
        Action::Faster => ("- +".to_owned(), row.label),
        Action::Scale if app.log_scale() => (row.keys.first()?.to_string(), "linear axis"),
        _ => (row.keys.first()?.to_string(), row.label),
    };
    Some(vec![
        (keys.into(), palette.bold(Role::Accent)),
        (" ".into(), palette.style(Role::Muted)),
        (label.into(), palette.style(Role::Muted)),
    ])
}
