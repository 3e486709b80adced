//! The list of runs: as many columns as there is room for.

use std::borrow::Cow;

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::super::super::pen::{Pen, Piece, columns};
use super::super::super::widgets;
use super::super::super::{Context, Role, number};
use super::framed;
use crate::app::{RunRow, Runs, Target};
use crate::protocol::Hyper;
use crate::run::store::{Listed, SortKey};
use crate::run::text::{date, grouped};
use crate::text::{Phrase, Text, Word, say};

/// The least columns for names.
const NAMES: u16 = 13;
/// The most.
const MOST_NAMES: u16 = 44;
/// Columns before a name: the selection and the mark.
const MARKS: u16 = 4;
/// From so many rows on there is room to say more about the selected run.
const TALL: u16 = 20;
/// Rows of that.
const MORE: u16 = 6;

/// A column besides the name.
struct Column<'a> {
    /// The greater stay longer where there is little room.
    importance: u8,
    title: Cow<'a, str>,
    width: u16,
    right: bool,
    cell: Cell,
}

/// What stands in a column.
#[derive(Clone, Copy)]
enum Cell {
    /// A figure of the run, with its colour.
    Figure(fn(&Context, &Listed) -> String, fn(&Context, &Listed) -> Role),
    /// What its recipe has there in which the listed runs differ.
    Difference(usize),
}

/// Columns that are always the same.
const COLUMNS: [(u8, Word, u16, bool, Cell); 9] = [
    (9, Word::Status, 14, false, Cell::Figure(status, status_role)),
    (3, Word::Preset, 9, false, Cell::Figure(|_, run| run.about.started.spec.preset.clone(), muted)),
    (1, Word::Seed, 6, true, Cell::Figure(|_, run| run.about.started.spec.seed.to_string(), muted)),
    (7, Word::Epochs, 7, true, Cell::Figure(epochs, text)),
    (8, Word::OfValidation, 11, true, Cell::Figure(validation, |_, _| Role::Validation)),
    (10, Word::OfTest, 10, true, Cell::Figure(test, |_, _| Role::Test)),
    (4, Word::Time, 8, true, Cell::Figure(time, text)),
    (2, Word::StartedAt, 17, true, Cell::Figure(started, muted)),
    (0, Word::NoteOfARun, 40, false, Cell::Figure(|_, run| run.about.note.replace('\n', " "), muted)),
];
/// How important what differs is; the first of them most.
const DIFFERENCES: u8 = 6;
/// The most columns of something that differs.
const MOST_DIFFERENCE: u16 = 16;
/// Columns that differences come before.
const BEFORE: Word = Word::Epochs;

/// All columns, in the order in which they are shown.
fn columns_of<'a>(context: &Context, page: &'a Runs) -> Vec<Column<'a>> {
    let differences = page.differences().enumerate().map(|(place, title)| {
        let title = title.say(context.language());
        let widest = page.rows().map(|(row, _)| columns(page.difference(row, place))).chain([columns(&title)]).max();
        let importance = if place < 3 { DIFFERENCES } else { DIFFERENCES - 1 };
        let width = widest.unwrap_or(0).min(MOST_DIFFERENCE) + 2;
        Column { importance, title, width, right: true, cell: Cell::Difference(place) }
    });
    let mut all = Vec::new();
    let mut differences: Vec<Column> = differences.collect();
    for (importance, title, width, right, cell) in COLUMNS {
        if title == BEFORE {
            all.append(&mut differences);
        }
        all.push(Column { importance, title: context.say(title), width, right, cell });
    }
    all
}

fn text(_: &Context, _: &Listed) -> Role {
    Role::Text
}

fn muted(_: &Context, _: &Listed) -> Role {
    Role::Muted
}

fn status(context: &Context, run: &Listed) -> String {
    let status = if is_here(context, run) { Word::RunningHere.into() } else { Text::of_status(word_of(context, run)) };
    context.say(status).into()
}

/// Whether it is the run of this dashboard, and goes on.
fn is_here(context: &Context, run: &Listed) -> bool {
    word_of(context, run) == "running" && context.app.run().started.as_ref().is_some_and(|started| started.run_id == run.id())
}

/// The status of a run; of the run of this dashboard, its outcome as soon as it has one.
fn word_of<'a>(context: &Context<'a>, run: &'a Listed) -> &'a str {
    let here = context.app.run();
    match (&here.started, &here.ended) {
        (Some(started), Some(ended)) if started.run_id == run.id() => ended.outcome.status(),
        _ => run.status(),
    }
}

fn status_role(context: &Context, run: &Listed) -> Role {
    match word_of(context, run) {
        "running" => Role::Training,
        "failed" | "damaged" => Role::Bad,
        "interrupted" | "stopped" => Role::Warning,
        _ => Role::Good,
    }
}

fn percent(part: Option<f64>) -> String {
    part.map_or("–".into(), number::percent)
}

fn validation(_: &Context, run: &Listed) -> String {
    percent(run.summary.as_ref().and_then(|summary| summary.validation_accuracy))
}

fn test(_: &Context, run: &Listed) -> String {
    percent(run.summary.as_ref().and_then(|summary| summary.test_accuracy))
}

fn epochs(_: &Context, run: &Listed) -> String {
    run.summary.as_ref().map_or(0, |summary| summary.epochs).to_string()
}

fn time(_: &Context, run: &Listed) -> String {
    run.summary.as_ref().map_or("–".into(), |summary| number::duration(summary.train_seconds))
}

fn started(_: &Context, run: &Listed) -> String {
    date(run.about.started.started_at_ms).trim_end_matches(" UTC").to_owned()
}

pub fn draw(context: &Context, body: Rect, pen: &mut Pen) {
    let page = &context.app.pages().runs;
    let selected = page.selected_run().filter(|_| body.height >= TALL);
    let more = if selected.is_some() { MORE } else { 0 };
    let list = Rect { height: body.height - more, ..body };
    let inside = framed(context, list, pen, &context.say(Word::RunsTitle), &notes(context, page));
    let inside = Rect { width: inside.width.saturating_sub(1), ..inside };
    if inside.is_empty() {
        return;
    }
    if page.rows().len() == 0 {
        draw_nothing(context, page, inside, pen);
        return;
    }
    let shown = fitting(columns_of(context, page), inside.width);
    let names = (inside.width - MARKS - shown.iter().map(|column| column.width).sum::<u16>()).min(MOST_NAMES);
    draw_titles(context, inside, names, &shown, pen);
    let rows = usize::from(inside.height.saturating_sub(1));
    pen.hits.set_rows(inside.height.saturating_sub(1));
    let first = page.selected().saturating_sub(rows / 2).min(page.rows().len().saturating_sub(rows));
    let visible = page.rows().enumerate().skip(first).take(rows);
    for (y, (place, (row, run))) in (inside.y + 1..).zip(visible) {
        let area = Rect { y, height: 1, ..inside };
        pen.hits.add(area, Target::Item(place));
        draw_row(context, area, names, &shown, (row, run, place == page.selected()), pen);
    }
    if let Some(run) = selected {
        draw_more(context, run, Rect { y: list.bottom(), height: more, ..body }, pen);
    }
}

fn notes<'a>(context: &Context, page: &'a Runs) -> Vec<Vec<Piece<'a>>> {
    let (muted, accent) = (context.palette.style(Role::Muted), context.palette.style(Role::Accent));
    let mut notes = Vec::new();
    if page.is_known() {
        let (shown, all) = (page.rows().len(), page.count());
        let text = if shown == all { grouped(all as u64).into() } else { context.say(Phrase::ShownOf { shown, all }) };
        notes.push(vec![(text, muted)]);
    }
    let marked = page.count_marked();
    if marked > 0 {
        notes.push(vec![(context.say(Phrase::Marked { count: marked }), accent)]);
    }
    if !page.filter().is_empty() {
        notes.push(vec![(format!("/{}", page.filter()).into(), accent)]);
    }
    notes.push(vec![(context.say(Phrase::SortedBy { what: sorted_by(page.sort()) }), muted)]);
    notes
}

/// What runs are sorted by.
fn sorted_by(key: SortKey) -> Word {
    match key {
        SortKey::Started => Word::SortedByStart,
        SortKey::Name => Word::Name,
        SortKey::Status => Word::Status,
        SortKey::Preset => Word::Preset,
        SortKey::Seed => Word::Seed,
        SortKey::Epochs => Word::Epochs,
        SortKey::Steps => Word::Steps,
        SortKey::Seconds => Word::SortedBySeconds,
        SortKey::Accuracy => Word::AccuracyFact,
        SortKey::Loss => Word::LossFact,
    }
}

fn draw_nothing(context: &Context, page: &Runs, inside: Rect, pen: &mut Pen) {
    let text = match (page.is_known(), page.count()) {
        (false, _) => context.say(Word::Reading),
        (true, 0) => context.say(Word::NoRunsYet),
        _ => context.say(Phrase::NoRunMatches { key: context.app.shared().keymap.shown("runs.filter") }),
    };
    pen.text(inside.x + 2, inside.y, inside.width.saturating_sub(2), &text, context.palette.style(Role::Muted));
}

/// The columns that there is room for beside a name: the least important go first, of those the last.
fn fitting(mut columns: Vec<Column<'_>>, width: u16) -> Vec<Column<'_>> {
    // Names come before what is rarely looked for.
    columns.retain(|column| width >= 100 || column.importance > 2);
    let needed = |columns: &[Column]| columns.iter().map(|column| column.width).sum::<u16>() + MARKS + NAMES;
    while needed(&columns) > width {
        let least = columns.iter().enumerate().rev().min_by_key(|(_, column)| column.importance);
        let Some((place, _)) = least else { break };
        columns.remove(place);
    }
    columns
}

fn draw_titles(context: &Context, inside: Rect, names: u16, shown: &[Column], pen: &mut Pen) {
    let style = context.palette.style(Role::Muted);
    pen.text(inside.x + MARKS, inside.y, names, &context.say(Word::Name), style);
    let mut x = inside.x + MARKS + names;
    for column in shown {
        draw_cell(column, x, inside.y, &column.title, style, pen);
        x += column.width;
    }
}

/// A text in a column: one blank before it, or behind what stands at the left.
fn draw_cell(column: &Column, x: u16, y: u16, text: &str, style: Style, pen: &mut Pen) {
    let room = column.width - 1;
    if column.right {
        pen.text_right(x + column.width, y, room, text, style);
    } else {
        pen.text(x + 1, y, room, text, style);
    }
}

fn draw_row(
    context: &Context,
    area: Rect,
    names: u16,
    shown: &[Column],
    (row, run, selected): (RunRow, &Listed, bool),
    pen: &mut Pen,
) {
    let on = context.row(area, selected, pen);
    if context.app.pages().runs.is_marked(&run.id()) {
        pen.put(area.x + 2, area.y, '✓', on(Role::Accent));
    }
    let indent = match row.depth {
        0 => String::new(),
        depth => format!("{}└ ", "  ".repeat(depth.min(8) - 1)),
    };
    let x = area.x + MARKS;
    let used = pen.text(x, area.y, names, &indent, on(Role::Muted));
    let used = used + pen.text(x + used, area.y, names - used, run.about.name(), on(Role::Text));
    if run.about.pinned && used + 1 < names {
        let pinned = format!(" {}", context.say(Word::PinnedRun));
        let text = if used + columns(&pinned) <= names { pinned } else { format!(" {}", context.say(Word::PinnedShort)) };
        pen.text(x + used, area.y, names - used, &text, on(Role::Accent));
    }
    let mut x = x + names;
    for column in shown {
        match column.cell {
            Cell::Figure(text, role) => draw_cell(column, x, area.y, &text(context, run), on(role(context, run)), pen),
            Cell::Difference(place) => {
                draw_cell(column, x, area.y, context.app.pages().runs.difference(row, place), on(Role::Text), pen)
            }
        }
        x += column.width;
    }
}

/// More about the selected run.
fn draw_more(context: &Context, run: &Listed, area: Rect, pen: &mut Pen) {
    let palette = &context.palette;
    let title = [(run.about.name().to_owned().into(), palette.bold(Role::Text))];
    let id = vec![(run.id().into(), palette.style(Role::Muted))];
    let inside = widgets::panel(pen, area, palette.style(Role::Border), &title, &[id]);
    let spec = &run.about.started.spec;
    let now = run.summary.as_ref().and_then(|summary| summary.hyperparameters).unwrap_or(spec.hyperparameters);
    let hypers = [Hyper::LearningRate, Hyper::BatchSize, Hyper::Epochs]
        .map(|hyper| format!("{} {}", say(&hyper, context.language()), hyper.display(now.get(hyper))));
    let parent = run.about.started.parent.as_ref();
    let parent = parent.map(|parent| {
        let phrase = Phrase::BranchedOff { run: parent.run_id.clone(), step: grouped(parent.step) };
        context.say(phrase).into_owned()
    });
    let owner = run.trained_by.as_deref().map(|owner| {
        let owner = Box::new(Text::of_owner(owner));
        context.say(Phrase::TrainedBy { owner }).into_owned()
    });
    let problem = run.summary.as_ref().and_then(|summary| summary.error.clone().or(summary.stop_reason.clone()));
    let history: Vec<String> = [run.damage.clone(), parent, owner, problem].into_iter().flatten().collect();
    let recipe = Phrase::Recipe {
        preset: spec.preset.clone(),
        seed: spec.seed,
        data: spec.data.source.clone(),
        optimizer: spec.optimizer.label(),
    };
    let lines = [
        (Word::Recipe, context.say(recipe).into_owned()),
        (Word::Now, hypers.join(", ")),
        (Word::History, if history.is_empty() { "–".into() } else { history.join("; ") }),
        (Word::NoteOfARun, if run.about.note.is_empty() { "–".into() } else { run.about.note.replace('\n', " ") }),
    ];
    let labels = lines.iter().map(|(label, _)| columns(&context.say(*label))).max().unwrap_or(0) + 2;
    for (y, (label, text)) in (inside.y..inside.bottom()).zip(lines) {
        pen.text(inside.x + 1, y, inside.width.saturating_sub(1), &context.say(label), palette.style(Role::Muted));
        let x = inside.x + 1 + labels;
        pen.text(x, y, inside.right().saturating_sub(x), &text, palette.style(Role::Text));
    }
}
