//! Which pictures are sent and how, and what terminals make of them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ratatui::layout::Rect;

use super::*;
use crate::data::mnist;

#[test]
fn the_terminal_says_by_its_name_what_it_shows_pictures_by() {
    use Protocol::{Iterm2, Kitty, Sixel};
    type Variables = &'static [(&'static str, &'static str)];
    let cases: [(Graphics, Variables, Option<Protocol>); 17] = [
        (Graphics::Auto, &[], None),
        (Graphics::Auto, &[("TERM", "xterm-256color")], None),
        (Graphics::Auto, &[("TERM", "alacritty")], None),
        (Graphics::Auto, &[("TERM", "xterm-kitty")], Some(Kitty)),
        (Graphics::Auto, &[("TERM", "xterm-ghostty")], Some(Kitty)),
        (Graphics::Auto, &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "ghostty")], Some(Kitty)),
        (Graphics::Auto, &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "iTerm.app")], Some(Iterm2)),
        (Graphics::Auto, &[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], Some(Iterm2)),
        (Graphics::Auto, &[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Iterm2)),
        (Graphics::Auto, &[("TERM", "foot")], Some(Sixel)),
        (Graphics::Auto, &[("TERM", "foot-extra")], Some(Sixel)),
        (Graphics::Auto, &[("TERM", "footloose")], None),
        (Graphics::Auto, &[("TERM", "é")], None),
        (Graphics::Sixel, &[("TERM", "xterm")], Some(Sixel)),
        (Graphics::Blocks, &[("TERM", "xterm-kitty")], None),
        (Graphics::Auto, &[("TERM", "tmux-256color"), ("TMUX", "/tmp/t,1,0"), ("LC_TERMINAL", "iTerm2")], None),
        (Graphics::Kitty, &[("TERM", "screen"), ("STY", "1.a")], None),
    ];
    for (asked, variables, expected) in cases {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(protocol(asked, &lookup), expected, "{asked:?} {variables:?}");
    }
}

/// A picture of one colour.
fn plain(x: u16, shade: u8) -> Plate {
    Plate { area: Rect::new(x, 1, 4, 2), width: 2, pixels: vec![[shade; 3]; 4] }
}

/// What is sent with the pictures left out: what is done to which number.
fn done(sent: &str) -> Vec<String> {
    let commands = sent.split("\x1b_G").skip(1).map(|command| command.split(';').next().unwrap_or_default());
    commands.map(|control| control.split(",q=2").next().unwrap_or_default().replace("a=T,f=100,", "show ")).collect()
}

#[test]
fn only_pictures_that_change_are_sent() {
    let mut gallery = Gallery::new(Protocol::Kitty);
    let mut show = |plates: &[Plate]| done(&gallery.show(plates.to_vec(), (10, 20)));
    let placed = |number: u32| format!("show i={number},p=1,c=4,r=2,C=1");
    assert_eq!(show(&[plain(0, 1), plain(5, 2)]), [placed(1), placed(2)]);
    assert_eq!(show(&[plain(0, 1), plain(5, 2)]), [""; 0]);
    // Another picture in the same place takes the number over.
    assert_eq!(show(&[plain(0, 1), plain(5, 3)]), [placed(2)]);
    // What goes is taken away, and its number is free for the next.
    assert_eq!(show(&[plain(5, 3)]), ["a=d,d=I,i=1"]);
    assert_eq!(show(&[plain(5, 3), plain(10, 1)]), [placed(1)]);
    assert_eq!(show(&[]), ["a=d,d=I,i=2", "a=d,d=I,i=1"]);
    show(&[plain(0, 1)]);
    gallery.forget();
    assert_eq!(done(&gallery.show(vec![plain(0, 1)], (10, 20))), ["a=d,d=A".into(), placed(1)], "all is sent anew");
}

#[test]
fn a_large_picture_comes_in_pieces_that_kitty_takes() {
    let pixels: Vec<[u8; 3]> =
        (0..256 * 256u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[..3].try_into().unwrap_or([0; 3])).collect();
    let plate = Plate { area: Rect::new(0, 0, 40, 20), width: 256, pixels };
    let sent = Gallery::new(Protocol::Kitty).show(vec![plate.clone()], (10, 20));
    let commands: Vec<(&str, &str)> = sent
        .split("\x1b_G")
        .skip(1)
        .map(|command| command.trim_end_matches("\x1b\\").split_once(';').expect("a picture"))
        .collect();
    assert!(commands.len() > 2);
    for (i, (control, chunk)) in commands.iter().enumerate() {
        assert!(control.ends_with(if i + 1 < commands.len() { "m=1" } else { "m=0" }), "{control}");
        assert!(chunk.len() <= 4096 && (i + 1 == commands.len() || chunk.len() % 4 == 0), "{}", chunk.len());
    }
    let whole: String = commands.iter().map(|(_, chunk)| *chunk).collect();
    assert_eq!(STANDARD.decode(whole).expect("base64"), Colors::of(&plate).png());
}

/// What a terminal makes of sixels: the colour of each pixel.
fn decoded(sixels: &str) -> (usize, Vec<Option<[u8; 3]>>) {
    let body = sixels.split_once('q').expect("a start").1.trim_end_matches("\x1b\\");
    let (size, mut rest) = body.trim_start_matches('"').split_at(body.find('#').expect("colours") - 1);
    let size: Vec<usize> = size.split(';').map(|part| part.parse().expect("a number")).collect();
    let (width, height) = (size[2], size[3]);
    let mut pixels = vec![None; width * height];
    let (mut colors, mut color, mut x, mut top) = (BTreeMap::new(), 0, 0, 0);
    while let Some(letter) = rest.chars().next() {
        rest = &rest[1..];
        let mut number = |stops: fn(char) -> bool| {
            let end = rest.find(stops).unwrap_or(rest.len());
            let text = &rest[..end];
            rest = &rest[end..];
            text
        };
        let (mut times, mut sixel) = (1, letter);
        match letter {
            '#' => {
                let parts: Vec<usize> =
                    number(|c| !c.is_ascii_digit() && c != ';').split(';').map(|part| part.parse().expect("a number")).collect();
                color = parts[0];
                if let [_, 2, r, g, b] = parts[..] {
                    colors.insert(color, [r, g, b].map(|part| (part * 255 / 100) as u8));
                }
                continue;
            }
            '$' => x = 0,
            '-' => (x, top) = (0, top + 6),
            '!' => {
                times = number(|c| !c.is_ascii_digit()).parse().expect("a number");
                sixel = rest.chars().next().expect("a sixel");
                rest = &rest[1..];
            }
            _ => {}
        }
        if !('?'..='~').contains(&sixel) {
            continue;
        }
        for _ in 0..times {
            for bit in (0..6).filter(|bit| (sixel as u8 - b'?') >> bit & 1 == 1) {
                pixels[(top + bit) * width + x] = Some(colors[&color]);
            }
            x += 1;
        }
    }
    (width, pixels)
}

proptest! {
    #[test]
    fn sixels_fill_all_their_cells_with_the_picture(
        shades in proptest::collection::vec(0u8..5, 12), columns in 1u16..6, rows in 1u16..4, cell in (3u16..12, 5u16..25),
    ) {
        let pixels: Vec<[u8; 3]> = shades.iter().map(|shade| [shade * 51, 0, 255]).collect();
        let plate = Plate { area: Rect::new(0, 0, columns, rows), width: 4, pixels: pixels.clone() };
        let sent = Gallery::new(Protocol::Sixel).show(vec![plate], cell);
        let (width, seen) = decoded(&sent);
        let (wide, high) = (usize::from(columns * cell.0), usize::from(rows * cell.1));
        prop_assert_eq!((width, seen.len()), (wide, wide * high));
        for (i, color) in seen.into_iter().enumerate() {
            let (x, y) = (i % wide, i / wide);
            let expected = pixels[y * 3 / high * 4 + x * 4 / wide];
            let color = color.expect("no pixel is left as it was");
            prop_assert!(color.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3), "{:?} for {:?}", color, expected);
        }
    }
}

/// The picture of a test image of MNIST as the dashboard would have it, in 16 shades.
fn digits() -> Vec<Plate> {
    let set = mnist::load().test;
    let shade = |value: u8| [((f32::from(value) / 17.0).round() * 17.0) as u8; 3];
    (0..200)
        .map(|i| Plate {
            area: Rect::new(0, 0, 28, 14),
            width: 28,
            pixels: set.image(i).iter().map(|value| shade(*value)).collect(),
        })
        .collect()
}

#[test]
fn a_digit_takes_half_a_kilobyte_at_most_in_kittys_protocol() {
    let sizes: Vec<usize> =
        digits().into_iter().map(|plate| Gallery::new(Protocol::Kitty).show(vec![plate], (10, 20)).len()).collect();
    let (mean, most) = (sizes.iter().sum::<usize>() / sizes.len(), sizes.iter().max().copied().unwrap_or_default());
    assert!(mean <= 400 && most <= 512, "mean {mean}, most {most}");
}
