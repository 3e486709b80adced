//! What is sent to the terminal: no colour, nothing but ASCII, or nothing at all when that is asked for.

use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::support::{ENDLESS, SHORT, Session, count};

/// Goes through everything that the dashboard can show, and leaves.
fn tour(mut session: Session) -> Vec<u8> {
    session.wait_for_text(&["images/s"]);
    session.press("\x1b[C");
    session.wait_for_text(&["1 changed"]);
    session.press("\r77");
    session.wait_for_text(&["Enter take"]);
    session.press("\x1b");
    session.wait_for_text(&["q quit"]);
    // Every panel alone, then every theme.
    for panel in ["Loss", "Accuracy", "Confusion", "Samples", "Events", "Hyperparameters"] {
        session.press("\tz");
        session.wait_for(panel, |screen| {
            let contents = screen.contents();
            let top: String = contents.lines().nth(2).unwrap_or_default().chars().skip(2).collect();
            top.starts_with(&format!(" {panel} ")) && !top.contains("++") && !top.contains("╮╭")
        });
        session.press("z");
    }
    for _ in 0..4 {
        session.press("t");
        session.wait_for_text(&["theme "]);
    }
    session.press("?");
    session.wait_for_text(&["While it trains"]);
    session.press("q");
    session.wait_for("the list to close", |screen| !screen.contents().contains("While it trains"));
    session.press("\x03");
    session.wait_for_text(&["Leave?"]);
    session.press("s");
    assert!(session.expect_end(0).starts_with("test stopped: "));
    session.bytes()
}

/// The parameters of all sequences that change how text looks.
fn looks(bytes: &[u8]) -> Vec<u16> {
    let mut found = Vec::new();
    for part in bytes.split(|byte| *byte == 0x1b).skip(1) {
        let Some(rest) = part.strip_prefix(b"[") else { continue };
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')).count();
        if rest.get(length) == Some(&b'm') {
            let parameters = String::from_utf8_lossy(&rest[..length]).into_owned();
            found.extend(parameters.split([';', ':']).map(|number| number.parse::<u16>().unwrap_or(0)));
        }
    }
    found
}

/// Whether this parameter sets a colour. 39 and 49 only take it back.
fn is_color(parameter: &u16) -> bool {
    matches!(parameter, 30..=38 | 40..=48 | 90..=107)
}

#[test]
fn without_colour_there_is_bold_and_reverse() {
    let found = looks(&tour(Session::start_with(120, 40, ENDLESS, &[("NO_COLOR", "1")])));
    assert_eq!(found.iter().find(|parameter| is_color(parameter)), None);
    assert!(found.contains(&1), "bold");
    assert!(found.contains(&7), "reverse");
}

#[test]
fn with_colour_there_are_colours() {
    let mut session = Session::start(80, 24, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press("\x03\x03");
    session.expect_end(0);
    assert!(looks(&session.bytes()).iter().any(is_color));
}

#[test]
fn a_locale_without_unicode_gets_ascii() {
    let bytes = tour(Session::start_with(120, 40, ENDLESS, &[("LANG", "C")]));
    let wrong = bytes.iter().position(|byte| !byte.is_ascii());
    assert_eq!(wrong.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(40)..bytes.len().min(at + 40)])), None);
}

#[test]
fn a_wrong_setting_is_refused_before_the_terminal_is_touched() {
    let mut session = Session::start(80, 24, &["--set", "train.learning_rat=1"]);
    let (code, bytes) = session.end();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!((code, count(&bytes, b"\x1b")), (2, 0), "{text}");
    assert!(text.contains("train.learning_rate"), "{text}");
    session.expect_terminal_given_back();
}

#[test]
fn a_terminal_that_cannot_place_characters_gets_progress_lines() {
    let mut session = Session::start_with(80, 24, SHORT, &[("TERM", "dumb")]);
    let (code, bytes) = session.end();
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!((code, count(&bytes, b"\x1b")), (0, 0), "{text}");
    assert!(text.contains("epoch 1 done") && text.contains("test completed: 1 epoch"), "{text}");
}

#[test]
fn with_its_output_or_input_elsewhere_there_is_no_dashboard() {
    for redirection in [">result.txt", "</dev/null", "| cat"] {
        let mut command = CommandBuilder::new("/bin/sh");
        let script = format!("\"$0\" \"$@\" {redirection}");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_mnist-tui")]);
        command.args(SHORT);
        let mut session = Session::run(80, 24, command, &[]);
        let (code, bytes) = session.end();
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!((code, count(&bytes, b"\x1b[?1049h")), (0, 0), "{redirection}: {text}");
        assert!(text.contains("epoch 1 done"), "{redirection}: progress on standard error: {text}");
        let result = if redirection.starts_with('>') { session.file("result.txt") } else { text.into_owned() };
        assert!(result.contains("test completed: 1 epoch"), "{redirection}: {result}");
        session.expect_terminal_given_back();
    }
}

#[test]
fn a_notification_comes_when_it_is_wanted() {
    let (lost, gained) = ("\x1b[O", "\x1b[I");
    for (setting, keys, expected) in
        [("unfocused", lost, 1), ("unfocused", "", 0), ("unfocused", "\x1b[O\x1b[I", 0), ("on", gained, 1), ("off", lost, 0)]
    {
        let setting = format!("ui.notify={setting}");
        let arguments = [ENDLESS, &["--set", &setting]].concat();
        let mut session = Session::start(80, 24, &arguments);
        session.wait_for_text(&["● training"]);
        session.press(keys);
        session.press("x");
        session.wait_for_text(&["stop the training and judge"]);
        session.press("y");
        session.wait_for_text(&["● stopped"]);
        session.press("q");
        session.expect_end(0);
        let bytes = session.bytes();
        assert_eq!(count(&bytes, b"\x07\x1b]9;mnist-tui: test stopped, test accuracy "), expected, "{setting} {keys:?}");
        assert_eq!(count(&bytes, b"\x1b]9;"), expected, "{setting} {keys:?}");
        let [on, off] = [&b"\x1b[?1004h"[..], b"\x1b[?1004l"].map(|mark| count(&bytes, mark));
        assert_eq!((on, off), (1, 1), "focus is asked for, and no longer");
    }
}

#[test]
fn a_training_sends_little() {
    let session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training", "images/s"]);
    let frames = |bytes: &[u8]| count(bytes, b"\x1b[?2026h");
    let (before, started) = (session.bytes().len(), Instant::now());
    // Long enough for samples to change their places once: that picture is large.
    session.wait_until("some pictures", || frames(&session.bytes()[before..]) >= 36);
    let (bytes, took) = (session.bytes().len() - before, started.elapsed());
    assert!(took > Duration::from_millis(10_500), "about three pictures a second");
    // After a large picture the next one waits, up to 9 kB a second; the first may have been a large one.
    assert!((bytes as f64) < 9_500.0 * took.as_secs_f64() + 15_000.0, "{bytes} bytes in {took:?}");
}

#[test]
fn nothing_is_sent_while_nothing_changes() {
    let mut session = Session::start(120, 40, ENDLESS);
    session.wait_for_text(&["● training"]);
    session.press(" ");
    session.wait_for_text(&["● paused", "Space resume"]);
    // An answer that comes after everything that was still on its way.
    session.press("?");
    session.wait_for_text(&["While it trains"]);
    let before = session.bytes().len();
    // Neither does a key without a meaning change the picture.
    session.press("~~~");
    session.press("\x1b");
    session.wait_for("the list to close", |screen| !screen.contents().contains("While it trains"));
    let frames = count(&session.bytes()[before..], b"\x1b[?2026h");
    assert_eq!(frames, 1, "only the closed list is drawn");
    session.press("\x03\x03");
    session.expect_end(0);
}

#[test]
fn a_terminal_that_shows_pictures_gets_them_and_they_go_with_what_they_belong_to() {
    let placed = b"\x1b_Ga=T,f=100,";
    let gone = b"\x1b_Ga=d,d=I,";
    let kitty: &[(&str, &str)] = &[("TERM", "xterm-kitty")];
    let mut session = Session::start_with(120, 40, ENDLESS, kitty);
    session.wait_until("samples as pictures", || count(&session.bytes(), placed) > 1);
    assert_eq!(count(&session.bytes(), "▀".as_bytes()), 0, "nothing in half-blocks");
    session.press("2");
    session.wait_until("the pictures of another page to go", || count(&session.bytes(), gone) > 1);
    session.press("\x03\x03");
    session.expect_end(0);
    // Within tmux nobody knows where a picture would stand.
    for variables in [&[("TERM", "xterm-kitty"), ("TMUX", "/tmp/t,1,0")][..], &[("TERM", "xterm-256color")]] {
        let mut session = Session::start_with(120, 40, ENDLESS, variables);
        session.wait_until("samples in half-blocks", || count(&session.bytes(), "▀".as_bytes()) > 100);
        session.press("\x03\x03");
        session.expect_end(0);
        assert_eq!(count(&session.bytes(), b"\x1b_G"), 0, "{variables:?}");
    }
}
