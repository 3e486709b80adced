//! The first rows: what runs, what it does, how far it is, how fast, how long still.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::pen::{Pen, Piece, columns, width};
use super::{Context, Role, layout::Layout, number};
use crate::app::{PageId, Target};
use crate::protocol::{Connection, Outcome, Phase};
use crate::run::{EvaluationPoint, Health, Series};
use crate::text::{Phrase, Word};

/// From so many columns on, pages have their names, and the steps stand beside the progress.
const WIDE: u16 = 76;
/// A bar that is shorter says nothing.
const LEAST_BAR: u16 = 10;
/// Columns of a percentage.
const PERCENT: u16 = 5;

pub fn draw(context: &Context, layout: &Layout, pen: &mut Pen) {
    let area = layout.header;
    if area.is_empty() {
        return;
    }
    let two_rows = area.height > 1;
    let mut shows_steps = false;
    if two_rows {
        let x = area.x + 1 + draw_pages(context, layout, pen);
        let bar = Rect { x, y: area.y + 1, width: area.right().saturating_sub(x + 1), height: 1 };
        shows_steps = draw_bar(context, bar, area.width >= WIDE, pen);
    }
    let left = left(context, area.width);
    let x = area.x + pen.pieces(area.x, area.y, area.width, &left);
    let mut facts = facts(context, (two_rows, shows_steps), area.width);
    let gap = if two_rows { 3 } else { 2 };
    let room = area.right().saturating_sub(x + 1);
    // The least important go first; they are the last.
    let needed = |facts: &[Vec<Piece>]| facts.iter().map(|fact| width(fact) + gap).sum::<u16>();
    while needed(&facts) > room && facts.pop().is_some() {}
    let mut right = area.right().saturating_sub(1);
    // The most important stands at the right end, where the eye finds it again.
    for fact in &facts {
        right -= width(fact);
        pen.pieces(right, area.y, width(fact), fact);
        right -= gap;
    }
    draw_alert(context, layout.alert, pen);
}

/// The name and the state.
fn left<'a>(context: &Context<'a>, columns: u16) -> Vec<Piece<'a>> {
    let (app, palette) = (context.app, &context.palette);
    let run = app.run();
    let role = match (&run.ended, run.phase) {
        (Some(ended), _) if matches!(ended.outcome, Outcome::Failed { .. }) => Role::Bad,
        (Some(_), _) => Role::Good,
        (None, _) if run.diverged.is_some() => Role::Bad,
        (None, Some(Phase::Training)) if app.shared().health() == Health::Learning => Role::Training,
        (None, _) => Role::Warning,
    };
    let mut pieces: Vec<Piece> = vec![(" ".into(), Style::new())];
    if app.shared().alone {
        pieces.push((context.say(Word::RecordedRuns), palette.bold(Role::Text)));
        return pieces;
    }
    if let Some(started) = &run.started {
        let name = if started.name.is_empty() { &started.spec.preset } else { &started.name };
        if columns >= 60 || app.shared().alert().is_none() && columns >= 30 {
            pieces.push((name.as_str().into(), palette.bold(Role::Text)));
            if columns >= 100 && started.spec.preset != *name {
                let net = context.say(Phrase::Net { preset: started.spec.preset.clone() });
                pieces.push((format!("  {net}").into(), palette.style(Role::Muted)));
            }
            pieces.push(("  ".into(), Style::new()));
        }
    }
    pieces.push(("● ".into(), palette.style(role)));
    pieces.push((context.say(app.shared().state_word()), palette.bold(role)));
    let lost = match &app.shared().connection {
        _ if run.ended.is_some() => None,
        Some(Connection::Lost { retry_in }) => Some(Phrase::ConnectionLost { retry_in: *retry_in }),
        Some(Connection::Gone { reason }) => Some(Phrase::CutOff { reason: reason.clone() }),
        _ => None,
    };
    if let Some(lost) = lost {
        pieces.push((format!("  {}", context.say(lost)).into(), palette.bold(Role::Bad)));
    } else if let Some(word) = app.shared().control.word().filter(|_| columns >= 40) {
        pieces.push((format!("  {}", context.say(word)).into(), palette.style(Role::Warning)));
    }
    pieces
}

/// The most important first.
fn facts<'a>(context: &Context<'a>, (bar_below, steps_below): (bool, bool), columns: u16) -> Vec<Vec<Piece<'a>>> {
    let (run, palette) = (context.app.run(), &context.palette);
    let text = palette.style(Role::Text);
    let fact = |value: &str, style: Style, phrase: Phrase| context.fact(value, style, phrase);
    let mut facts = Vec::new();
    let Some(hyper) = run.hyperparameters else { return facts };
    facts.extend(results(context, columns));
    if !bar_below {
        facts.push(vec![(percent(context).into(), text)]);
    }
    if run.ended.is_some() {
        let time = number::duration(run.train_seconds);
        facts.push(fact(&time.clone(), text, Phrase::OfTraining { time }));
    } else if let Some(seconds) = run.seconds_left() {
        let time = number::duration(seconds);
        facts.push(fact(&time.clone(), text, Phrase::Left { time }));
    }
    let (at, of) = (number::count(run.epoch as u64), format!("/{}", number::count(hyper.epochs as u64)));
    facts.push(fact(&at.clone(), text, Phrase::Epoch { at, of }));
    if !steps_below {
        let (at, of) = steps(context);
        facts.push(fact(&at.clone(), text, Phrase::Step { at, of }));
    }
    if let Some(rate) = run.images_per_second() {
        let rate = number::rate(rate);
        let phrase = |rate| if bar_below { Phrase::ImagesPerSecond { rate } } else { Phrase::ImagesPerSecondShort { rate } };
        facts.push(fact(&rate.clone(), text, phrase(rate)));
    }
    facts
}

/// Accuracy and loss: what a person looks for first. Training, then the newest judgement, each in its colour; where there is
/// little room, only the newest judgement.
fn results<'a>(context: &Context<'a>, columns: u16) -> Vec<Vec<Piece<'a>>> {
    let (run, palette) = (context.app.run(), &context.palette);
    let judged = |point: &EvaluationPoint| (point.evaluation.loss, point.evaluation.confusion.accuracy());
    let last = |series: &Series| series.last().map(f64::from);
    let training = last(&run.steps.loss_smooth).zip(last(&run.steps.accuracy_smooth));
    let newest = match run.tests.last().filter(|_| run.ended.is_some()) {
        Some(test) => Some((judged(test), Role::Test)),
        None => run.validations.last().map(|point| (judged(point), Role::Validation)),
    };
    let both = [training.map(|values| (values, Role::Training)), newest];
    let shown: Vec<((f64, f64), Role)> = if columns < WIDE {
        both.into_iter().flatten().next_back().into_iter().collect()
    } else {
        both.into_iter().flatten().collect()
    };
    let fact = |name: Option<Word>, text: fn(&(f64, f64)) -> String| {
        let name = name.map(|name| format!("{} ", context.say(name))).unwrap_or_default();
        let mut pieces: Vec<Piece> = vec![(name.into(), palette.style(Role::Muted))];
        for (i, (values, role)) in shown.iter().enumerate() {
            let gap = if i > 0 { "  " } else { "" };
            pieces.push((format!("{gap}{}", text(values)).into(), palette.bold(*role)));
        }
        pieces
    };
    if shown.is_empty() {
        return Vec::new();
    }
    let name = |name| Some(name).filter(|_| columns >= 60);
    vec![
        fact(name(Word::AccuracyFact), |(_, accuracy)| number::percent(*accuracy)),
        fact(name(Word::LossFact), |(loss, _)| number::figure(*loss)),
    ]
}

/// The steps done, and those that are planned.
fn steps(context: &Context) -> (String, String) {
    let run = context.app.run();
    let planned = run.steps_planned().filter(|_| run.ended.is_none());
    (number::count(run.step), planned.map_or(String::new(), |planned| format!("/{}", number::count(planned))))
}

fn percent(context: &Context) -> String {
    format!("{} %", (context.app.run().progress() * 100.0).floor())
}

/// The pages with their keys, the open one marked; where there is no room for all of them only that, and the panel that is
/// shown. Gives the columns used.
fn draw_pages(context: &Context, layout: &Layout, pen: &mut Pen) -> u16 {
    let (palette, pages, area) = (&context.palette, context.app.pages(), layout.header);
    let y = area.y + 1;
    let mut x = area.x + 1;
    let name = |page: &PageId| context.say(pages.page_of(*page).name());
    let names: u16 = PageId::ALL.iter().map(|page| columns(&name(page)) + 2).sum();
    let fits = |gap: &u16| names + gap * (PageId::ALL.len() as u16 - 1) + PERCENT + 2 <= area.width;
    let gap = [3, 2, 1].into_iter().find(fits).filter(|_| area.width >= WIDE);
    let Some(gap) = gap else {
        let last = PageId::ALL.last().map_or('1', |page| page.key());
        let name = context.say(pages.page().name());
        let mut pieces: Vec<Piece> = vec![
            (format!("{}/{last} ", pages.open().key()).into(), palette.style(Role::Accent)),
            (name, palette.bold(Role::Text)),
        ];
        if let (1, Some((place, all))) = (layout.panels.len(), pages.page().place()) {
            pieces.push((format!(" {place}/{all}").into(), palette.style(Role::Muted)));
        }
        return pen.pieces(x, y, area.width.saturating_sub(2), &pieces) + 2;
    };
    for page in PageId::ALL {
        let is_open = *page == pages.open();
        let style =
            if is_open { palette.bold(Role::Focus).add_modifier(Modifier::UNDERLINED) } else { palette.style(Role::Muted) };
        let pieces: [Piece; 2] = [(format!("{} ", page.key()).into(), palette.style(Role::Accent)), (name(page), style)];
        let used = pen.pieces(x, y, area.right().saturating_sub(x + 1), &pieces);
        pen.hits.add(Rect { x, y, width: used, height: 1 }, Target::Row(page.row()));
        x += used + gap;
    }
    (x - area.x - 1).saturating_sub(gap.saturating_sub(2))
}

/// A thin bar with a notch where each epoch ends, and the part that is done; gives whether the steps stand beside it.
fn draw_bar(context: &Context, area: Rect, is_wide: bool, pen: &mut Pen) -> bool {
    let (run, palette) = (context.app.run(), &context.palette);
    if context.app.shared().alone {
        return false;
    }
    let (text, muted) = (palette.style(Role::Text), palette.style(Role::Muted));
    let mut right: Vec<Piece> = Vec::new();
    if is_wide && run.started.is_some() {
        let (at, of) = steps(context);
        right.extend(context.fact(&at.clone(), text, Phrase::Step { at, of }));
        right.push(("  ".into(), muted));
    }
    right.push((format!("{:>5}", percent(context)).into(), text));
    // Without room for a bar beside them, the steps go.
    if width(&right) + LEAST_BAR > area.width {
        right.drain(..right.len() - 1);
    }
    let shows_steps = right.len() > 1;
    let columns = area.width.saturating_sub(width(&right) + 1);
    let done = (run.progress() * f64::from(columns)).round() as u16;
    let epochs = run.hyperparameters.map_or(0, |hyper| hyper.epochs as u64);
    let notches = epochs > 1 && epochs <= u64::from(columns) / 4;
    for i in 0..columns {
        // A cell has a notch when an epoch ends in it.
        let end = |i: u16| u64::from(i) * epochs / u64::from(columns);
        let notch = notches && i + 1 < columns && end(i) != end(i + 1);
        let (symbol, role) = match (i < done, notch) {
            (true, _) => ('━', Role::Training),
            (false, true) => ('┼', Role::Border),
            (false, false) => ('─', Role::Border),
        };
        pen.put(area.x + i, area.y, symbol, palette.style(role));
    }
    pen.pieces(area.right().saturating_sub(width(&right)), area.y, width(&right), &right);
    shows_steps
}

fn draw_alert(context: &Context, area: Rect, pen: &mut Pen) {
    let shared = context.app.shared();
    let key = |id| shared.keymap.shown(id);
    let (alert, hint, role) = match (shared.alert(), shared.advice()) {
        (Some(alert), _) => {
            let hint = match shared.failure() {
                Some(_) => Phrase::StillThere { quit: key("quit") },
                None => Phrase::HowToGoOn { rewind: key("run.rewind"), resume: key("run.pause") },
            };
            (format!("✗ {alert}"), Some(hint).filter(|_| shared.control.steers()), Role::Bad)
        }
        (None, Some((advice, hint))) => (format!("! {}", context.say(advice)), hint, Role::Warning),
        (None, None) => return,
    };
    let style = context.palette.bold(role).add_modifier(Modifier::REVERSED);
    pen.fill(Rect { height: area.height.min(1), ..area }, ' ', style);
    pen.text(area.x + 1, area.y, area.width.saturating_sub(2), &alert, style);
    if let Some(hint) = hint.filter(|_| area.height > 1) {
        let hint = context.say(hint);
        pen.text(area.x + 1, area.y + 1, area.width.saturating_sub(2), &hint, context.palette.style(Role::Muted));
    }
}
