//! The images on which only one of two compared runs is right.

use insta::assert_snapshot;
use mnist_tui::app::{App, Effect, Message, RunsAnswer, RunsRequest, RunsView};
use mnist_tui::protocol::{Body, Bytes, Query, Seen};
use mnist_tui::text::Language;
use mnist_tui::ui::Charset;

use crate::synthetic::judgements_of;
use crate::{answer, press, render, runs};

/// Two runs that have judged the same images, and what the request for images is answered with.
fn compared() -> App {
    let mut app = crate::app(None);
    let mut compared = runs();
    compared.truncate(2);
    for (run, loaded) in compared.iter_mut().enumerate() {
        judgements_of(run).iter().for_each(|record| loaded.state.apply(record));
    }
    answer(&mut app, RunsAnswer::Loaded(compared));
    app
}

/// Answers what is asked for images, a picture that tells its place for each.
fn answer_images(app: &mut App, effects: &[Effect]) -> Vec<u32> {
    let mut asked = Vec::new();
    for effect in effects {
        let Effect::Runs(RunsRequest::Images(run, query)) = effect else { continue };
        assert_eq!(run, "id-wide");
        let Query::Images { places, .. } = query else { panic!("{query:?}") };
        let seen = |place: &u32| Seen {
            index: *place,
            label: Some((place % 10) as u16),
            pixels: Bytes((0..784).map(|i| if i % 28 < place % 28 { 200 } else { 20 }).collect()),
            predicted: None,
            value: None,
        };
        let images = places.iter().map(seen).collect();
        asked.extend(places);
        answer(app, RunsAnswer::Images(query.clone(), Body::Images { images }));
    }
    asked
}

#[test]
fn two_compared_runs_show_the_images_on_which_one_of_them_is_right() {
    let mut app = compared();
    let effects = press(&mut app, "Enter");
    let asked = answer_images(&mut app, &effects);
    let found = app.pages().runs.galleries().and_then(|galleries| galleries.apart.clone()).expect("the same images");
    let judged = |run: usize, place: u32| {
        // As the made-up judgement of the fourth epoch has it.
        (place as usize * 7 + 12 + run) % 31 >= 2
    };
    for (side, only) in found.only.iter().enumerate() {
        let expected = (0..500).filter(|place| judged(side, *place) && !judged(1 - side, *place)).count();
        assert_eq!(only.len(), expected);
        assert!(only.iter().all(|place| judged(side, *place) && !judged(1 - side, *place)));
        assert!(only.iter().all(|place| asked.contains(place)));
    }
    for (name, app) in [
        ("apart", app.clone()),
        ("zh-apart", {
            app.speak(Language::Chinese);
            app.clone()
        }),
    ] {
        for (width, height) in [(120, 40), (80, 24), (60, 20), (40, 12)] {
            assert_snapshot!(format!("{name}-{width}x{height}"), render(&app, Charset::Unicode, width, height));
        }
    }
    // More than there is room for are scrolled to, and never past the last.
    app.update(Message::Saw { rows: 2, columns: 3 });
    for _ in 0..30 {
        let effects = press(&mut app, "Down");
        answer_images(&mut app, &effects);
    }
    let galleries = app.pages().runs.galleries().expect("open");
    let most = found.only.iter().map(Vec::len).max().unwrap_or(0);
    assert!(galleries.skipped(3) < most && galleries.skipped(3) + 3 >= most);
    press(&mut app, "Esc");
    assert!(app.pages().runs.galleries().is_none() && matches!(app.pages().runs.view(), RunsView::Compared(..)));
    press(&mut app, "Esc");
    assert!(matches!(app.pages().runs.view(), RunsView::List));
}

#[test]
fn runs_without_images_in_common_say_so() {
    let mut app = compared();
    let RunsView::Compared(compared, _) = app.pages().runs.view() else { panic!("compared") };
    let mut compared = compared.clone();
    compared[1].state.started.as_mut().expect("started").spec.seed = 8;
    press(&mut app, "Esc");
    answer(&mut app, RunsAnswer::Loaded(compared));
    assert_eq!(press(&mut app, "Enter"), [], "nothing is asked for");
    assert!(render(&app, Charset::Unicode, 120, 40).contains("judged no images in common"));
    // Of more than two, the two whose curves are shown.
    let mut app = crate::app(None);
    answer(&mut app, RunsAnswer::Loaded(runs()));
    press(&mut app, "Enter");
    assert!(app.pages().runs.galleries().is_none(), "which two?");
    press(&mut app, "Space Right Space Right Space Enter");
    assert_eq!(app.pages().runs.galleries().map(|galleries| galleries.pair), Some([3, 4]));
}
