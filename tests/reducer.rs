//! What keys do: a table of keys, and what comes of them.

mod keyboard;
mod synthetic;

use std::sync::Arc;

use keyboard::press;
use mnist_tui::app::{App, AppOptions, Control, Effect, Key, KeyCode, Leave, Message, Overlay, Panel, SampleView};
use mnist_tui::config::Notify;
use mnist_tui::protocol::{
    Command, Connection, Event, Hyper, Outcome, Phase, Place, Quantity, Record, RequestId, Schedule, StepsFinished,
};
use mnist_tui::text::{Language, LogText, Word};
use synthetic::Synthetic;

fn options() -> AppOptions {
    AppOptions { theme_names: vec!["dark".into(), "light".into()], theme: 0, log_scale: true, ..AppOptions::default() }
}

fn app(outcome: Option<Outcome>) -> App {
    let mut app = App::new(options());
    app.update(Message::Records(Synthetic { outcome, changes: &[], ..Synthetic::default() }.records()));
    app
}

fn tell(app: &mut App, event: Event) -> Vec<Effect> {
    let at_ms = app.run().at_ms;
    app.update(Message::Records(vec![Arc::new(Record { at_ms, event })]))
}

fn notice(app: &App) -> Option<String> {
    app.shared().notice.as_ref().map(|notice| notice.text.say(Language::English).into_owned())
}

fn view(app: &App) -> (Panel, bool, usize, bool) {
    let (page, view) = (&app.pages().overview, &app.shared().view);
    (page.focus, page.zoomed, view.theme, view.log_scale)
}

fn commands(effects: &[Effect]) -> Vec<Command> {
    effects.iter().filter_map(|effect| if let Effect::Send(request) = effect { Some(request.command) } else { None }).collect()
}

fn set(hyper: Hyper, value: f64) -> Command {
    Command::SetHyper { hyper, value }
}

#[test]
fn keys_send_commands() {
    use Hyper::{BatchSize, Epochs, LearningRate, Patience, WeightDecay};
    let cases: &[(&str, &[Command])] = &[
        ("Space", &[Command::Pause]),
        ("Space Space", &[Command::Pause, Command::Resume]),
        ("s", &[Command::Step]),
        ("e", &[Command::Evaluate]),
        ("w", &[Command::Checkpoint]),
        ("x Enter", &[Command::Stop]),
        ("x Enter x Enter", &[Command::Stop]),
        ("x Esc", &[]),
        ("q Esc", &[]),
        ("q s", &[Command::Stop]),
        ("Right", &[set(LearningRate, 0.002)]),
        ("l l", &[set(LearningRate, 0.002), set(LearningRate, 0.005)]),
        ("Left", &[set(LearningRate, 0.0005)]),
        ("Down Right", &[set(BatchSize, 128.0)]),
        ("j j Right", &[set(WeightDecay, 1e-6)]),
        ("j j j j j Left", &[set(Epochs, 4.0)]),
        ("j j j j j j j j j Right", &[set(Patience, 1.0)]),
        ("b", &[]),
        ("j j Left", &[]),
        ("Right u", &[set(LearningRate, 0.002), set(LearningRate, 0.001)]),
        (
            "Right Right u u u",
            &[set(LearningRate, 0.002), set(LearningRate, 0.005), set(LearningRate, 0.002), set(LearningRate, 0.001)],
        ),
        ("u", &[]),
        ("Enter 3 e - 4 Enter", &[set(LearningRate, 3e-4)]),
        // A point for many people.
        ("Enter 0 , 0 5 Enter", &[set(LearningRate, 0.05)]),
        ("Enter 9 9 Enter", &[]),
        ("Enter 9 9 Enter Back Enter", &[set(LearningRate, 9.0)]),
        ("Enter Enter", &[]),
        ("Enter 5 Esc", &[]),
        ("Enter Home 1 Enter", &[]),
        ("Enter q s x z Esc", &[]),
        ("Tab Right Down", &[]),
        ("7 8 9", &[]),
        ("? s e x Esc", &[]),
    ];
    for (keys, expected) in cases {
        assert_eq!(commands(&press(&mut app(None), keys)), *expected, "{keys}");
    }
}

#[test]
fn leaving_asks_only_while_there_is_something_to_lose() {
    const ENDED: Effect = Effect::Leave(Leave::Ended);
    const DISCARD: Effect = Effect::Leave(Leave::Discard);
    let cases: &[(Option<Outcome>, &str, &[Effect])] = &[
        (None, "q", &[]),
        (None, "^C", &[]),
        (None, "q h", &[Effect::Leave(Leave::Headless)]),
        (None, "q d", &[Effect::Leave(Leave::Detach)]),
        (None, "d", &[Effect::Leave(Leave::Detach)]),
        (None, "q x", &[DISCARD]),
        (None, "^C ^C", &[DISCARD]),
        (None, "Enter ^C ^C", &[DISCARD]),
        (None, "q Esc", &[]),
        (Some(Outcome::Completed), "q", &[ENDED]),
        (Some(Outcome::Stopped), "^C", &[ENDED]),
        (Some(Outcome::Failed { message: "out of memory".into() }), "q", &[ENDED]),
        (Some(Outcome::Completed), "Space s e x Right Enter u", &[]),
        (Some(Outcome::Completed), "d", &[ENDED]),
        (None, "^L ^Z", &[Effect::Repaint, Effect::Suspend]),
        (None, "q ^L Esc Enter ^Z", &[Effect::Repaint, Effect::Suspend]),
    ];
    for (outcome, keys, expected) in cases {
        assert_eq!(press(&mut app(outcome.clone()), keys), *expected, "{keys} after {outcome:?}");
    }
    assert_eq!(press(&mut App::new(options()), "d q"), [DISCARD], "nothing has started");
    let mut interrupted = app(None);
    assert_eq!(interrupted.update(Message::Key(Key::ctrl('c'))), []);
    assert_eq!(interrupted.update(Message::Key(Key::ctrl('c'))), [DISCARD]);
}

#[test]
fn stop_and_leave_waits_for_the_judgement() {
    let mut app = app(None);
    press(&mut app, "q s");
    assert_eq!(app.shared().state_word(), Word::Stopping);
    let ended = Event::RunEnded { outcome: Outcome::Stopped, step: 1_764, weights_sha256: String::new(), answers: None };
    assert_eq!(tell(&mut app, ended), [Effect::Leave(Leave::Ended)]);
}

#[test]
fn a_change_is_pending_until_it_is_answered() {
    let mut app = app(None);
    let id = |number| RequestId { client: 0, number };
    press(&mut app, "Right");
    assert_eq!(app.shared().requests.pending(Hyper::LearningRate), Some(0.002));
    let changed = |from, to, number| Event::HyperChanged {
        step: 1_765,
        hyper: Hyper::LearningRate,
        from,
        to,
        base: None,
        answers: id(number),
    };
    tell(&mut app, changed(0.001, 0.002, 1));
    assert_eq!((app.shared().requests.pending(Hyper::LearningRate), app.run().interventions.len()), (None, 1));

    press(&mut app, "Right");
    let command = set(Hyper::LearningRate, 0.005);
    tell(&mut app, Event::CommandRefused { command, reason: "read-only".into(), answers: id(2) });
    assert_eq!(app.shared().requests.pending(Hyper::LearningRate), None);
    assert_eq!(app.shared().hypers.refusal(Hyper::LearningRate).map(ToString::to_string).as_deref(), Some("read-only"));

    // The refused change is not there to be undone; somebody else's is.
    let answers = RequestId { client: 3, number: 1 };
    tell(&mut app, Event::HyperChanged { step: 1_766, hyper: Hyper::Epochs, from: 5.0, to: 9.0, base: None, answers });
    assert_eq!(commands(&press(&mut app, "u u")), [set(Hyper::Epochs, 5.0), set(Hyper::LearningRate, 0.001)]);
    assert_eq!(app.shared().hypers.refusal(Hyper::LearningRate), None);
}

#[test]
fn with_a_schedule_changes_are_those_of_the_effective_rate() {
    let schedule = Schedule::Cosine { warmup: 0.0, initial_factor: 0.1, final_factor: 0.0 };
    let mut app = App::new(options());
    app.update(Message::Records(Synthetic { schedule, changes: &[], ..Synthetic::default() }.records()));
    let hyper = Hyper::LearningRate;
    let changed = |from, to, base, number| {
        let answers = RequestId { client: 0, number };
        Event::HyperChanged { step: 1_765, hyper, from, to, base: Some(base), answers }
    };
    assert_eq!(commands(&press(&mut app, "Right")), [set(hyper, 0.002)]);
    tell(&mut app, changed(0.001, 0.002, 0.004, 1));
    let base = app.run().hyperparameters.map(|hyperparameters| hyperparameters.learning_rate);
    assert_eq!((base, app.run().scheduled_rate()), (Some(0.004), Some(0.002)));
    // Meanwhile the schedule has halved it, and taking the change back halves it once more.
    let learning_rate = vec![0.001];
    let steps = StepsFinished { first_step: 1_765, epoch: 3, loss: vec![0.1], learning_rate, ..StepsFinished::default() };
    tell(&mut app, Event::StepsFinished(Box::new(steps)));
    assert_eq!(app.run().scheduled_rate(), Some(0.001));
    assert_eq!(commands(&press(&mut app, "u")), [set(hyper, 0.0005)]);
}

#[test]
fn who_looks_elsewhere_is_told_when_a_run_ends_or_waits() {
    let ends = || Event::RunEnded { outcome: Outcome::Stopped, step: 1_764, weights_sha256: String::new(), answers: None };
    let diverges = || Event::Diverged { step: 1_765, quantity: Quantity::Gradient, layer: Some("conv1".into()) };
    let (looks, away): (&[bool], &[bool]) = (&[false, true], &[false]);
    for (notify, focus, is_told) in [
        (Notify::Off, away, false),
        (Notify::On, looks, true),
        (Notify::Unfocused, away, true),
        (Notify::Unfocused, looks, false),
        // A terminal that does not tell.
        (Notify::Unfocused, &[], false),
    ] {
        for (event, expected) in [
            (ends(), "mnist-tui: seed stopped"),
            (diverges(), "mnist-tui: seed waits: gradient of conv1 not finite: no step made"),
        ] {
            let mut app = App::new(AppOptions { notify, ..options() });
            app.update(Message::Records(Synthetic { changes: &[], ..Synthetic::default() }.records()));
            focus.iter().for_each(|focused| assert_eq!(app.update(Message::Focus(*focused)), []));
            let expected = if is_told { vec![Effect::Notify(expected.into())] } else { vec![] };
            assert_eq!(tell(&mut app, event), expected, "{notify:?} {focus:?}");
        }
    }
    // What happened before anybody looked is no news.
    let mut app = App::new(AppOptions { notify: Notify::On, ..options() });
    let outcome = Some(Outcome::Completed);
    assert_eq!(app.update(Message::Records(Synthetic { outcome, changes: &[], ..Synthetic::default() }.records())), []);
}

#[test]
fn only_the_run_s_own_course_can_wait() {
    let answers = Some(RequestId { client: 0, number: 1 });
    let paused = |answers| Event::PhaseChanged { phase: Phase::Paused, step: 1, answers };
    let diverges = Event::Diverged { step: 1, quantity: Quantity::Loss, layer: None };
    let records =
        |events: Vec<Event>| Message::Records(events.into_iter().map(|event| Arc::new(Record { at_ms: 0, event })).collect());
    let epoch = || Event::EpochFinished { epoch: 1, step: 1, train_loss: 0.1, train_accuracy: 0.9 };
    for (message, can_wait) in [
        (Message::Key(Key::char('?')), false),
        (Message::Paste("1".into()), false),
        (records(vec![epoch(), paused(None)]), true),
        (records(vec![epoch(), paused(answers)]), false),
        (records(vec![diverges, paused(None)]), false),
    ] {
        assert_eq!(message.can_wait(), can_wait, "{message:?}");
    }
}

#[test]
fn a_run_that_diverged_can_be_gone_back_from() {
    let mut app = app(None);
    let phase = |phase, answers| Event::PhaseChanged { phase, step: 1_764, answers };
    tell(&mut app, Event::Diverged { step: 1_765, quantity: Quantity::Loss, layer: Some("conv1".into()) });
    tell(&mut app, phase(Phase::Paused, None));
    assert_eq!(app.shared().state_word(), Word::Diverged);
    let alert = "loss and gradient of conv1 not finite: no step made";
    assert_eq!(app.shared().alert().as_deref(), Some(alert));
    assert_eq!(commands(&press(&mut app, "b Enter")), [Command::Rewind { to: Place::NewestEpoch, rate: None }]);
    assert_eq!(app.shared().state_word(), Word::Diverged);
    let answers = RequestId { client: 0, number: 1 };
    tell(&mut app, Event::ParametersRestored { step: 1_764, epoch: 2, from: Place::NewestEpoch, answers: Some(answers) });
    let (hyper, base) = (Hyper::LearningRate, None);
    tell(&mut app, Event::HyperChanged { step: 1_765, hyper, from: 0.001, to: 0.0005, base, answers });
    tell(&mut app, phase(Phase::Training, Some(answers)));
    assert_eq!((app.shared().state_word(), app.shared().alert()), (Word::Training, None));
    assert_eq!(commands(&press(&mut app, "u")), [set(Hyper::LearningRate, 0.001)]);
    let log: Vec<LogText> = app.run().log.iter().rev().take(3).map(|line| line.text.clone()).collect();
    let changed = LogText::HyperChanged { hyper: Hyper::LearningRate, from: "0.001".into(), to: "5e-4".into() };
    assert_eq!(log, [LogText::Resumed, changed, LogText::EpochRestored { epoch: 2 }]);
}

#[test]
fn the_state_is_a_word() {
    let mut app = app(None);
    assert_eq!(app.shared().state_word(), Word::Training);
    press(&mut app, "Space");
    assert_eq!(app.shared().state_word(), Word::Pausing);
    let phase = |phase, answers| Event::PhaseChanged { phase, step: 1_764, answers };
    tell(&mut app, phase(Phase::Paused, Some(RequestId { client: 0, number: 1 })));
    assert_eq!((app.shared().state_word(), app.shared().title().as_str()), (Word::Paused, "seed 41 % · paused"));
    press(&mut app, "Space");
    assert_eq!(app.shared().state_word(), Word::Resuming);
    tell(&mut app, phase(Phase::Training, Some(RequestId { client: 0, number: 2 })));
    assert_eq!((app.shared().state_word(), app.shared().title().as_str()), (Word::Training, "seed 41 % · epoch 3/5"));
}

#[test]
fn the_view_follows_the_keys() {
    let mut app = app(None);
    press(&mut app, "Tab z t a");
    assert_eq!(view(&app), (Panel::Loss, true, 1, false));
    press(&mut app, "BackTab t p");
    assert_eq!((view(&app), app.pages().overview.sample_page), ((Panel::Hypers, true, 0, false), -1));
    press(&mut app, "v v v");
    assert_eq!(app.pages().overview.sample_view, SampleView::Augmented);
    press(&mut app, "Tab Enter");
    assert!(app.shared().overlays.is_empty(), "what is not focused is not edited");
    press(&mut app, "BackTab Enter");
    assert!(matches!(app.shared().overlays[..], [Overlay::Edit(_)]));
    app.update(Message::Paste(" 2e-3 \n; rm".into()));
    assert_eq!(notice(&app).as_deref(), Some("only a number can be typed here, as in 3e-4"));
    assert_eq!(commands(&press(&mut app, "Back Enter")), []);
}

fn taken(client: u32, answers: Option<RequestId>) -> Event {
    Event::ControlTaken { client, name: format!("client {client}"), answers }
}

#[test]
fn only_who_steers_sends_commands() {
    let keys = "Space s Right l e w b u x Enter y Enter";
    for (control, says) in [
        (Control::Observing { by: Some("ana@lab".into()) }, "ana@lab steers: T takes over"),
        (Control::Observing { by: None }, "nobody steers: T takes over"),
        (Control::ReadOnly, "read-only: attach without --read-only to steer"),
        (Control::Replaying, "a recorded run cannot be changed"),
    ] {
        let mut app = App::new(AppOptions { control: control.clone(), ..options() });
        let records = Synthetic { changes: &[], ..Synthetic::default() }.records();
        // All but the start, which says who steers.
        app.update(Message::Records(records[1..].to_vec()));
        for key in keys.split_whitespace() {
            // Whoever looks on may ask what there is to see.
            let done = press(&mut app, key).into_iter().filter(|effect| !matches!(effect, Effect::Ask(_)));
            assert_eq!(done.collect::<Vec<_>>(), [], "{key} while {control:?}");
        }
        // A recorded run can be played, and sought through.
        let played = control == Control::Replaying;
        for key in if played { &["s", "Enter", "x"][..] } else { &["Space", "Right", "Enter", "x"] } {
            press(&mut app, key);
            assert_eq!((notice(&app).as_deref(), app.shared().overlays.len()), (Some(says), 0), "{key}");
        }
        press(&mut app, "T");
        let asks = matches!(app.shared().overlays[..], [Overlay::Question(_)]);
        assert_eq!(asks, matches!(control, Control::Observing { .. }), "{control:?}");
    }
}

#[test]
fn the_wheel_goes_from_hand_to_hand() {
    let mut app = app(None);
    press(&mut app, "Enter");
    tell(&mut app, taken(3, None));
    assert_eq!((&app.shared().control, app.shared().overlays.len()), (&Control::Observing { by: Some("client 3".into()) }, 0));
    assert_eq!(notice(&app).as_deref(), Some("client 3 took over; T takes back"));
    assert_eq!(commands(&press(&mut app, "T Esc T y")), [Command::TakeControl]);
    tell(&mut app, taken(0, Some(RequestId { client: 0, number: 1 })));
    assert_eq!((&app.shared().control, notice(&app).as_deref()), (&Control::Steering, Some("you steer")));
    tell(&mut app, taken(3, None));
    tell(&mut app, Event::ControlReleased { client: 3 });
    assert_eq!(app.shared().control, Control::Observing { by: None });
    // Another process trains now, and this is its dashboard.
    tell(&mut app, Event::RunResumed { step: 1_764, threads: 1 });
    assert_eq!(app.shared().control, Control::Steering);
}

#[test]
fn a_run_of_another_process_is_left_without_a_question() {
    let observing = Control::Observing { by: None };
    let mut app = App::new(AppOptions { control: observing, ..options() });
    app.update(Message::Connection(Connection::Up { client: 5 }));
    app.update(Message::Records(Synthetic { changes: &[], ..Synthetic::default() }.records()));
    assert_eq!(app.shared().control, Control::Observing { by: Some(Word::StartingTerminal.into()) });
    tell(&mut app, taken(5, None));
    let pause = press(&mut app, "Space");
    assert!(matches!(pause[..], [Effect::Send(request)] if request.id == RequestId { client: 5, number: 1 }), "{pause:?}");
    assert_eq!(app.shared().state_word(), Word::Pausing);
    let reason = "too many at once".into();
    app.update(Message::Refused { answers: RequestId { client: 5, number: 1 }, reason });
    assert_eq!((app.shared().state_word(), notice(&app).as_deref()), (Word::Training, Some("refused: too many at once")));
    assert_eq!(press(&mut app, "q"), [Effect::Leave(Leave::Away)]);

    app.update(Message::Connection(Connection::Lost { retry_in: 2 }));
    assert_eq!(app.run().step, 1_764, "what is known stays");
    app.update(Message::Restarted);
    assert_eq!((app.run().step, app.run().log.len()), (0, 0));
    assert_eq!(press(&mut app, "q"), [Effect::Leave(Leave::Away)]);
}

#[test]
fn a_replay_shows_what_had_been_told_by_then() {
    let records = Synthetic { outcome: Some(Outcome::Completed), ..Synthetic::default() }.records();
    let mut app = App::new(AppOptions { control: Control::Replaying, replay_speed: Some(1.0), ..options() });
    app.update(Message::Records(records.clone()));
    assert_eq!((app.run().step, app.run().started.is_some()), (0, true), "it stands before the first step");
    let mut press = |key| {
        let effects = app.update(Message::Key(key));
        assert_eq!(effects, [], "{key}");
        let run = app.run();
        (run.step, run.epochs_finished, run.validations.len(), run.ended.is_some())
    };
    let end = (1_764, 2, 2, true);
    for (key, told) in [
        (Key::char('.'), (20, 0, 0, false)),
        (Key::char('.'), (40, 0, 0, false)),
        (Key::char(','), (20, 0, 0, false)),
        (Key::char(']'), (860, 1, 1, false)),
        (Key::char(']'), (1_720, 2, 2, false)),
        (Key::char(']'), end),
        (Key::char('['), (1_720, 2, 2, false)),
        (Key::plain(KeyCode::End), end),
        (Key::plain(KeyCode::Home), (0, 0, 0, false)),
        (Key::char('s'), (0, 0, 0, false)),
        (Key::plain(KeyCode::Enter), (0, 0, 0, false)),
        (Key::plain(KeyCode::Right), (0, 0, 0, false)),
    ] {
        assert_eq!(press(key), told, "{key}");
    }
    app.update(Message::Key(Key::char(' ')));
    app.update(Message::Tick(std::time::Duration::from_secs(3)));
    let mut plain = App::new(options());
    let due = records.iter().filter(|record| record.at_ms <= 3_000).cloned().collect();
    plain.update(Message::Records(due));
    assert!(app.run().step.abs_diff(plain.run().step) <= 20, "{} {}", app.run().step, plain.run().step);
    assert_eq!(app.update(Message::Key(Key::char('q'))), [Effect::Leave(Leave::Away)]);
}
