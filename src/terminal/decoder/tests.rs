//! What bytes mean, whole and in pieces.

use proptest::prelude::*;

use super::*;

const UP: Key = Key::plain(KeyCode::Up);
const LEFT: Key = Key::plain(KeyCode::Left);
const RIGHT: Key = Key::plain(KeyCode::Right);
const HOME: Key = Key::plain(KeyCode::Home);
const END: Key = Key::plain(KeyCode::End);
const ENTER: Key = Key::plain(KeyCode::Enter);
const ESC: Key = Key::plain(KeyCode::Esc);
const DELETE: Key = Key::plain(KeyCode::Delete);
const BACKSPACE: Key = Key::plain(KeyCode::Backspace);

const fn ctrl(key: Key) -> Key {
    Key { ctrl: true, ..key }
}

const fn alt(key: Key) -> Key {
    Key { alt: true, ..key }
}

const fn shift(key: Key) -> Key {
    Key { shift: true, ..key }
}

/// What terminals send for a key, each form by the terminals that have it.
const FORMS: &[(&[u8], Key)] = &[
    // Arrows: xterm, application mode, and with what was held.
    (b"\x1b[A", UP),
    (b"\x1bOA", UP),
    (b"\x1b[D", LEFT),
    (b"\x1b[1;1D", LEFT),
    (b"\x1b[1;1:1D", LEFT),
    (b"\x1b[1;5D", ctrl(LEFT)),
    (b"\x1b[1;3C", alt(RIGHT)),
    (b"\x1b[1;9C", alt(RIGHT)),
    (b"\x1b[1;2C", shift(RIGHT)),
    (b"\x1b[1;8C", shift(alt(ctrl(RIGHT)))),
    (b"\x1b[1;133D", ctrl(LEFT)),
    // rxvt.
    (b"\x1bOd", ctrl(LEFT)),
    (b"\x1b[d", shift(LEFT)),
    (b"\x1b\x1b[D", alt(LEFT)),
    (b"\x1b\x1bOD", alt(LEFT)),
    (b"\x1b[7~", HOME),
    (b"\x1b[8~", END),
    (b"\x1b[7^", ctrl(HOME)),
    (b"\x1b[8$", shift(END)),
    (b"\x1b[3@", shift(ctrl(DELETE))),
    // An older PuTTY.
    (b"\x1bO5D", ctrl(LEFT)),
    (b"\x1bO1;5D", ctrl(LEFT)),
    // Home, End and their neighbours: xterm, the Linux console, screen.
    (b"\x1b[H", HOME),
    (b"\x1bOH", HOME),
    (b"\x1b[1~", HOME),
    (b"\x1b[1;5H", ctrl(HOME)),
    (b"\x1b[F", END),
    (b"\x1bOF", END),
    (b"\x1b[4~", END),
    (b"\x1b[3~", DELETE),
    (b"\x1b[3;5~", ctrl(DELETE)),
    (b"\x1b[5~", Key::plain(KeyCode::PageUp)),
    (b"\x1b[6~", Key::plain(KeyCode::PageDown)),
    (b"\x1b[Z", Key::plain(KeyCode::BackTab)),
    // The keypad in application mode.
    (b"\x1bOM", ENTER),
    (b"\x1bOp", Key::char('0')),
    (b"\x1bOy", Key::char('9')),
    (b"\x1bOk", Key::char('+')),
    (b"\x1bOm", Key::char('-')),
    (b"\x1bOn", Key::char('.')),
    // Characters, alone, with Control and with Alt.
    (b"q", Key::char('q')),
    ("é".as_bytes(), Key::char('é')),
    ("学".as_bytes(), Key::char('学')),
    ("🦀".as_bytes(), Key::char('🦀')),
    (b"\r", ENTER),
    (b"\t", Key::plain(KeyCode::Tab)),
    (b"\x7f", BACKSPACE),
    (b"\x08", BACKSPACE),
    (b"\x01", Key::ctrl('a')),
    (b"\x1a", Key::ctrl('z')),
    (b"\x1f", Key::ctrl('_')),
    (b"\x1bb", alt(Key::char('b'))),
    ("\x1bé".as_bytes(), alt(Key::char('é'))),
    (b"\x1b\x7f", alt(BACKSPACE)),
    (b"\x1b\r", alt(ENTER)),
    (b"\x1b\x01", alt(Key::ctrl('a'))),
    // kitty's protocol, and xterm's other form.
    (b"\x1b[27u", ESC),
    (b"\x1b[13u", ENTER),
    (b"\x1b[127;5u", ctrl(BACKSPACE)),
    (b"\x1b[97;5u", Key::ctrl('a')),
    (b"\x1b[98;3u", alt(Key::char('b'))),
    (b"\x1b[97;2u", Key::char('A')),
    (b"\x1b[47:63;2u", Key::char('?')),
    (b"\x1b[97;1:2u", Key::char('a')),
    (b"\x1b[57417u", LEFT),
    (b"\x1b[57407u", Key::char('8')),
    (b"\x1b[27;5;97~", Key::ctrl('a')),
    (b"\x1b[27;3;98~", alt(Key::char('b'))),
];

/// What is nothing to the dashboard, and takes nothing else along.
const NOTHING: &[&[u8]] = &[
    b"\x1b[2~",
    b"\x1b[[A",
    b"\x1bOP",
    b"\x1b[15~",
    b"\x1b[1;5P",
    b"\x1b[?62;4c",
    b"\x1b[?2026;2$y",
    b"\x1b[12;40R",
    b"\x1b[<1;12;3M",
    b"\x1b[97;1:3u",
    b"\x1b[57358u",
    b"\x1b[9999999999999999~",
    b"\x1b[999999999999u",
    b"\xff",
    b"\xc3\x28",
];

fn keys(inputs: Vec<Input>) -> Vec<Key> {
    inputs.into_iter().map(|input| if let Input::Key(key) = input { key } else { panic!("{input:?} is no key") }).collect()
}

#[test]
fn every_form_of_a_key_is_that_key() {
    for (bytes, key) in FORMS {
        let mut decoder = Decoder::default();
        assert_eq!(keys(decoder.feed(bytes)), [*key], "{:?}", bytes.escape_ascii().to_string());
        assert_eq!(decoder.patience(), None, "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn what_is_not_known_takes_nothing_along() {
    for bytes in NOTHING {
        let mut decoder = Decoder::default();
        let found = keys(decoder.feed(&[bytes, &b"q"[..]].concat()));
        assert_eq!(found.last(), Some(&Key::char('q')), "{:?}", bytes.escape_ascii().to_string());
        assert!(!found.contains(&ESC), "{:?}", bytes.escape_ascii().to_string());
    }
}

#[test]
fn escape_is_itself_when_nothing_follows() {
    let cases: [(&[u8], &[Key]); 5] = [
        (b"\x1b", &[ESC]),
        (b"\x1b\x1b", &[ESC, ESC]),
        (b"\x1b[", &[ESC, Key::char('[')]),
        (b"\x1bO", &[ESC, Key::char('O')]),
        (b"\x1b[1;", &[]),
    ];
    for (bytes, expected) in cases {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(bytes), [], "{bytes:?}");
        assert!(decoder.patience().is_some(), "{bytes:?}");
        assert_eq!(keys(decoder.settle()), expected, "{bytes:?}");
        assert_eq!((decoder.patience(), decoder.settle()), (None, Vec::new()), "{bytes:?}");
    }
    let mut decoder = Decoder::default();
    assert_eq!(keys(decoder.feed(b"\x1b\x1b\x1b[A")), [ESC, alt(UP)]);
    assert!(decoder.patience().is_none_or(|patience| patience >= Duration::from_millis(200)));
    decoder.feed(b"\x1b");
    assert!(decoder.patience().is_some_and(|patience| patience > Duration::from_millis(200)), "as long as a slow line takes");
}

#[test]
fn a_space_behind_a_key_of_rxvt_with_shift_is_a_key_of_its_own() {
    let end = Key { shift: true, ..Key::plain(KeyCode::End) };
    assert_eq!(keys(Decoder::default().feed(b"\x1b[8$ ")), [end, Key::char(' ')]);
    let mut decoder = Decoder::default();
    assert_eq!(keys(decoder.feed(b"\x1b[8$")), [end]);
    assert_eq!(keys(decoder.feed(b" ")), [Key::char(' ')]);
}

#[test]
fn a_paste_is_one_input_whatever_is_in_it() {
    let mut decoder = Decoder::default();
    let text = "3e-4\x1b[A\x1b[20é\r\n";
    let inputs = decoder.feed(format!("\x1b[200~{text}\x1b[201~q").as_bytes());
    assert_eq!(inputs, [Input::Paste(text.into()), Input::Key(Key::char('q'))]);
    // Its end was lost.
    assert_eq!(decoder.feed(b"\x1b[200~abc"), []);
    assert_eq!(decoder.settle(), [Input::Paste("abc".into())]);
    assert_eq!(keys(decoder.feed(b"q")), [Key::char('q')]);
    // Nobody needs all of it.
    decoder.feed(b"\x1b[200~");
    (0..200).for_each(|_| drop(decoder.feed(&[b'a'; 10_000])));
    let inputs = decoder.feed(PASTE_ENDS);
    assert!(matches!(&inputs[..], [Input::Paste(text)] if text.len() <= LONGEST_PASTE));
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let key = proptest::sample::select(FORMS).prop_map(|(bytes, _)| bytes.to_vec());
    let other = proptest::sample::select(NOTHING).prop_map(<[u8]>::to_vec);
    let paste = "[ -~é学\r]{0,12}".prop_map(|text| format!("\x1b[200~{text}\x1b[201~").into_bytes());
    let focus = prop_oneof![Just(b"\x1b[I".to_vec()), Just(b"\x1b[O".to_vec())];
    prop_oneof![8 => key, 1 => other, 1 => paste, 1 => focus, 1 => proptest::collection::vec(any::<u8>(), 1..6)]
}

proptest! {
    /// However a terminal's bytes are cut, they mean the same.
    #[test]
    fn no_cut_changes_what_bytes_mean(parts in proptest::collection::vec(pieces(), 1..8), cuts in any::<[u8; 32]>()) {
        let bytes = parts.concat();
        let mut whole = Decoder::default();
        let mut expected = whole.feed(&bytes);
        expected.extend(whole.settle());
        let (mut cut, mut found) = (Decoder::default(), Vec::new());
        let (mut rest, mut cuts) = (&bytes[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let length = usize::from(cuts.next().copied().unwrap_or(1) % 4 + 1).min(rest.len());
            found.extend(cut.feed(&rest[..length]));
            rest = &rest[length..];
        }
        found.extend(cut.settle());
        prop_assert_eq!(found, expected);
    }

    /// Keys one after the other are these keys, cut at every byte.
    #[test]
    fn keys_in_a_row_are_these_keys(forms in proptest::collection::vec(proptest::sample::select(FORMS), 1..12)) {
        let mut decoder = Decoder::default();
        let mut found = Vec::new();
        for (bytes, _) in &forms {
            bytes.iter().for_each(|byte| found.extend(decoder.feed(&[*byte])));
        }
        let expected: Vec<Key> = forms.iter().map(|(_, key)| *key).collect();
        prop_assert_eq!(keys(found), expected);
    }
}

#[test]
fn the_mouse_is_told_apart_from_keys() {
    let told = |bytes: &[u8]| Decoder::default().feed(bytes);
    let point = |x, y, how| vec![Input::Point { x, y, how }];
    for (bytes, expected) in [
        (&b"\x1b[<0;3;4M"[..], point(2, 3, Pointer::Press)),
        (b"\x1b[<0;3;4m", point(2, 3, Pointer::Release)),
        (b"\x1b[<16;300;1M", point(299, 0, Pointer::Press)),
        (b"\x1b[<32;1;1M", point(0, 0, Pointer::Drag)),
        (b"\x1b[<64;1;1M", point(0, 0, Pointer::Wheel(-1))),
        (b"\x1b[<65;1;1M", point(0, 0, Pointer::Wheel(1))),
        (b"\x1b[<2;1;1M", point(0, 0, Pointer::Erase)),
        (b"\x1b[<34;2;1M", point(1, 0, Pointer::Erase)),
        (b"\x1b[<1;1;1M", Vec::new()),
        (b"\x1b[<0;0;1M", Vec::new()),
        (b"\x1b[<0;99999;1M", Vec::new()),
        (b"\x1b[<M", Vec::new()),
    ] {
        assert_eq!(told(bytes), expected, "{}", bytes.escape_ascii());
    }
}
