//! A run that goes wrong without numbers that are not finite, and the ways back from anywhere.

mod keyboard;
mod synthetic;

use std::sync::Arc;

use keyboard::press;
use mnist_tui::app::{App, AppOptions, Effect, Message, Overlay};
use mnist_tui::protocol::{CheckpointReason, Command, Event, Place, Record, StepsFinished};
use mnist_tui::text::{Phrase, Word};
use synthetic::Synthetic;

fn app() -> App {
    let mut app = App::new(AppOptions { log_scale: true, ..AppOptions::default() });
    app.update(Message::Records(Synthetic { changes: &[], ..Synthetic::default() }.records()));
    app
}

fn tell(app: &mut App, event: Event) -> Vec<Effect> {
    let at_ms = app.run().at_ms;
    app.update(Message::Records(vec![Arc::new(Record { at_ms, event })]))
}

fn commands(effects: &[Effect]) -> Vec<Command> {
    effects.iter().filter_map(|effect| if let Effect::Send(request) = effect { Some(request.command) } else { None }).collect()
}

/// The made-up run, of which `records` are told further.
fn unhealthy(losses: &[f32], correct: u32) -> App {
    let mut app = app();
    for (i, loss) in losses.iter().enumerate() {
        let first_step = 1_765 + 100 * i as u64;
        let (loss, correct) = (vec![*loss; 100], vec![correct; 100]);
        let (batch, learning_rate) = (vec![64; 100], vec![0.03; 100]);
        let told = StepsFinished { epoch: 3, first_step, loss, correct, batch, learning_rate, ..StepsFinished::default() };
        tell(&mut app, Event::StepsFinished(Box::new(told)));
    }
    app
}

#[test]
fn a_run_that_goes_wrong_is_told_from_one_that_learns() {
    assert_eq!((app().shared().state_word(), app().shared().advice()), (Word::Training, None));
    let diverging = unhealthy(&[2.3], 6);
    assert_eq!(diverging.shared().state_word(), Word::Diverging);
    let (text, hint) = diverging.shared().advice().expect("advice");
    assert!(matches!(text, Phrase::LossFarAbove { loss, best } if loss > 2.0 && best < 0.3), "{text:?}");
    assert_eq!(hint, Some(Phrase::LowerOrGoBack { rewind: "b".into() }));
    let back = unhealthy(&[2.3, 0.1, 0.1, 0.1], 60);
    assert_eq!(back.shared().state_word(), Word::Training);
}

#[test]
fn a_run_can_be_taken_back_at_any_time() {
    let mut app = app();
    for step in [860, 1_200] {
        let reason = CheckpointReason::Asked;
        tell(&mut app, Event::CheckpointTaken { step, epoch: 2, reason, answers: None });
        tell(&mut app, Event::CheckpointSaved { step, file: String::new(), removed: vec![] });
    }
    tell(&mut app, Event::CheckpointSaved { step: 1_300, file: String::new(), removed: vec![1_200] });
    press(&mut app, "b");
    let Some(Overlay::Rewind(rewind)) = app.shared().overlays.last() else { panic!("no ways back") };
    let places: Vec<(Place, u64)> = rewind.ways.iter().map(|way| (way.place, way.step)).collect();
    let expected =
        [(Place::NewestEpoch, 1_720), (Place::Start, 0), (Place::Checkpoint(1_300), 1_300), (Place::Checkpoint(860), 860)];
    assert_eq!(places, expected);
    assert!(rewind.ways[0].judged.is_some() && rewind.ways[1].judged.is_none());
    for (keys, command) in [
        ("Enter", Some((Place::NewestEpoch, None))),
        ("Down Right Enter", Some((Place::Start, Some(0.001)))),
        ("Right Enter", Some((Place::NewestEpoch, Some(0.001)))),
        ("Down Down 2 e - 3 Enter", Some((Place::Checkpoint(1_300), Some(0.002)))),
        // A rate that cannot be stays, to be mended.
        ("9 9 Enter", None),
        ("Esc", None),
    ] {
        let mut app = app.clone();
        let sent = commands(&press(&mut app, keys));
        let wanted: Vec<Command> = command.into_iter().map(|(to, rate)| Command::Rewind { to, rate }).collect();
        assert_eq!(sent, wanted, "{keys}");
    }
}

#[test]
fn what_is_no_part_of_a_rate_is_refused_and_not_dropped() {
    let refused = |app: &App| app.shared().notice.as_ref().is_some_and(|notice| notice.is_problem);
    let mut first = app();
    press(&mut first, "b");
    for (keys, pasted, is_refused) in
        [("2", None, false), ("2 x", None, true), ("", Some("1e-3"), false), ("", Some("1e-3 x"), true), ("x", None, false)]
    {
        let mut app = first.clone();
        press(&mut app, keys);
        pasted.into_iter().for_each(|text: &str| drop(app.update(Message::Paste(text.into()))));
        assert_eq!(refused(&app), is_refused, "{keys:?} {pasted:?}");
    }
}
