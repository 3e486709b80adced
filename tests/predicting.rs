//! What a network that has just learnt MNIST takes digits for that people draw and photograph, and `mnist-tui predict`.

mod drawn;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use drawn::{Chance, Paper, Pen, Scene};
use mnist_tui::data::picture::Picture;
use mnist_tui::data::{Dataset, ImageSet, centred, digit, mnist};
use mnist_tui::evaluate::Model;
use mnist_tui::nn::{Network, greatest};
use rayon::prelude::*;

const SHAPE: [usize; 3] = [28, 28, 1];

/// MNIST, and a network that has learnt from a part of it.
struct Learnt {
    data: Dataset,
    network: Network,
    /// The folder with its file, `fast.safetensors`.
    home: PathBuf,
}

/// A network of the preset `fast` that has gone once through 24,000 images: some seconds.
fn learnt() -> &'static Learnt {
    static LEARNT: OnceLock<Learnt> = OnceLock::new();
    LEARNT.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("predicting");
        if home.exists() {
            fs::remove_dir_all(&home).expect("an old home folder goes");
        }
        fs::create_dir_all(&home).expect("a home folder");
        let train = ["--headless", "--preset", "fast", "--epochs", "1", "--train-limit", "25000", "--validation", "1000"];
        let trained = call(&home, &[&train[..], &["--seed", "1", "--save", "fast.safetensors"]].concat(), b"");
        assert!(trained.status.success(), "{}", text(&trained.stderr));
        let network = Model::read(&home.join("fast.safetensors")).expect("a network").network;
        Learnt { data: mnist::load(), network, home }
    })
}

/// What the network takes images for.
fn classes(network: &Network, images: &[Vec<u8>]) -> Vec<usize> {
    let set = ImageSet::new(SHAPE, images.concat(), vec![0; images.len()], 10).expect("fitting lengths");
    network.probabilities(&set, &(0..images.len() as u32).collect::<Vec<_>>()).iter().map(|row| greatest(row)).collect()
}

/// An image on a larger canvas, at another place and some times as large: the nearest pixel, or the mean of near ones.
fn elsewhere(image: &[u8], chance: &mut Chance) -> Vec<u8> {
    const SIDE: usize = 100;
    let (scale, is_smooth) = (chance.between(1.5, 3.0), chance.part() < 0.5);
    let side = (28.0 * scale) as usize;
    let [top, left] = [(); 2].map(|()| chance.one_of(SIDE - side));
    let mut canvas = vec![0; SIDE * SIDE];
    let at = |row: f32, column: f32| f32::from(image[(row as usize).min(27) * 28 + (column as usize).min(27)]);
    for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
        let place = |at: usize, off: f32| (at as f32 + off) * 28.0 / side as f32;
        let offs = if is_smooth { &[0.0, 0.25, 0.5, 0.75][..] } else { &[0.5] };
        let near = offs.iter().flat_map(|down| offs.iter().map(|across| at(place(row, *down), place(column, *across))));
        canvas[(top + row) * SIDE + left + column] = (near.sum::<f32>() / (offs.len() * offs.len()) as f32) as u8;
    }
    canvas
}

#[test]
fn images_drawn_at_another_place_and_size_are_taken_for_the_same() {
    let Learnt { data, network, .. } = learnt();
    let chance = &mut Chance::new(3);
    let own: Vec<Vec<u8>> = (0..1000).map(|index| data.test.image(index).to_vec()).collect();
    let canvases: Vec<Vec<u8>> = own.iter().map(|image| elsewhere(image, chance)).collect();
    let wanted = classes(network, &own);
    let right = wanted.iter().enumerate().filter(|(index, class)| data.test.label(*index) == **class).count();
    assert!(right >= 960, "it has learnt: {right} of 1000");
    let same = |images: Vec<Vec<u8>>| classes(network, &images).iter().zip(&wanted).filter(|(a, b)| a == b).count();
    let drawn = same(canvases.iter().map(|canvas| centred(canvas, [100, 100], SHAPE)).collect());
    assert!(drawn >= 970, "drawn: {drawn} of 1000");
    let picture = |canvas: &Vec<u8>| Picture { height: 100, width: 100, rgb: canvas.iter().flat_map(|ink| [*ink; 3]).collect() };
    let pictured = same(canvases.par_iter().map(|canvas| digit(&picture(canvas), SHAPE).expect("ink")).collect());
    assert!(pictured >= 970, "as a picture: {pictured} of 1000");
    // In the form already: nothing much is changed.
    let as_it_is = |image: &Vec<u8>| Picture { height: 28, width: 28, rgb: image.iter().flat_map(|ink| [*ink; 3]).collect() };
    let kept = same(own.par_iter().map(|image| digit(&as_it_is(image), SHAPE).expect("ink")).collect());
    assert!(kept >= 970, "as they are: {kept} of 1000");
    eprintln!("network {right}, drawn {drawn}, as a picture {pictured}, as they are {kept}, of 1000");
}

/// A picture to be, and what is drawn on it.
fn scene<'a>(data: &'a Dataset, number: usize) -> Scene<'a> {
    let chance = &mut Chance::new(number as u64 + 1000);
    let wanted = number % 10;
    let image = (number * 53 % 5_000..).find(|index| data.test.label(*index) == wanted).expect("each digit is there");
    let pen = match number / 10 % 2 {
        0 => Pen::Stroke([0.02, 0.04, 0.08, 0.14][chance.one_of(4)]),
        _ => Pen::Image(data.test.image(image), chance.between(0.35, 0.6)),
    };
    Scene {
        digit: wanted,
        pen,
        paper: [Paper::Plain, Paper::Ruled, Paper::Squared][chance.one_of(3)],
        size: [[200, 200], [320, 240], [240, 330], [480, 360]][chance.one_of(4)],
        height: chance.between(0.25, 0.7),
        dark: [chance.between(0.4, 0.9), chance.between(0.1, 0.45)],
        shadow: chance.one_of(3),
        noise: [0.0, 0.03, 0.08][chance.one_of(3)],
        inverted: chance.part() < 0.3,
        table: false,
    }
}

#[test]
fn digits_are_told_on_any_paper_with_any_pen_in_any_light() {
    const PICTURES: usize = 200;
    let Learnt { data, network, .. } = learnt();
    let prepared = |number: usize| digit(&scene(data, number).picture(number as u64), SHAPE).unwrap_or(vec![0; 784]);
    let images: Vec<Vec<u8>> = (0..PICTURES).into_par_iter().map(prepared).collect();
    let mut right = [0; 10];
    let mut wrong = Vec::new();
    for (number, class) in classes(network, &images).into_iter().enumerate() {
        let Scene { digit, paper, size, height, dark, shadow, noise, inverted, pen, .. } = scene(data, number);
        right[digit] += usize::from(class == digit);
        if class != digit {
            let pen = if let Pen::Stroke(wide) = pen { format!("a stroke of {wide}") } else { "an image".into() };
            wrong.push(format!(
                "{number}: {digit} for {class}: {pen} on {paper:?}, {size:?}, height {height:.2}, dark {dark:.2?}, shadow {shadow}, \
                 noise {noise}, inverted {inverted}"
            ));
        }
    }
    let all: usize = right.iter().sum();
    let words = format!("{all} of {PICTURES}, by digit {right:?}:\n{}", wrong.join("\n"));
    eprintln!("{words}");
    assert!(all * 100 >= PICTURES * 95, "{words}");
    assert!(right.iter().all(|right| right * 100 >= PICTURES / 10 * 85), "{words}");
}

/// Paper lies on something, and a photograph shows that, too.
#[test]
fn digits_are_told_where_a_dark_table_is_seen_beside_the_paper() {
    const PICTURES: usize = 40;
    let Learnt { data, network, .. } = learnt();
    let beside = |number: usize| {
        let scene = scene(data, number);
        let height = scene.height.min(0.5);
        Scene { height, table: true, inverted: false, shadow: number % 2, ..scene }
    };
    let prepared = |number: usize| digit(&beside(number).picture(number as u64), SHAPE).unwrap_or(vec![0; 784]);
    let images: Vec<Vec<u8>> = (0..PICTURES).into_par_iter().map(prepared).collect();
    let told = classes(network, &images);
    let wrong: Vec<_> = told.iter().enumerate().filter(|(number, class)| number % 10 != **class).collect();
    assert!(wrong.len() * 10 <= PICTURES, "number and class of those that are wrong: {wrong:?}");
}

/// The program in a folder of its own.
fn call(home: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(arguments).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home).env("LANG", "C.UTF-8").current_dir(home);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = command.spawn().expect("the program starts");
    // It may have ended without reading all of it.
    let _ = program.stdin.take().expect("an input").write_all(input);
    program.wait_with_output().expect("it ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An image of MNIST as a file, dark on light, some times as large.
fn file_of(data: &Dataset, index: usize, times: usize) -> Vec<u8> {
    let side = 28 * times;
    let pixel = |at: usize| 255 - data.test.image(index)[at / side / times * 28 + at % side / times];
    [format!("P5 {side} {side} 255\n").into_bytes(), (0..side * side).map(pixel).collect()].concat()
}

#[test]
fn files_folders_and_standard_input_are_told_and_what_is_broken_is_named() {
    let Learnt { data, home, .. } = learnt();
    let folder = home.join("digits");
    fs::create_dir_all(folder.join("more")).expect("a folder");
    // The first images of the tests: 7, 2, 1, 0, 4.
    fs::write(folder.join("a.pgm"), file_of(data, 0, 5)).expect("written");
    fs::write(folder.join("more/b.pgm"), file_of(data, 1, 1)).expect("written");
    fs::write(folder.join("notes.txt"), "no picture").expect("written");
    let all = call(home, &["predict", "fast.safetensors", "digits", "-"], &file_of(data, 2, 8));
    assert_eq!((all.status.code(), text(&all.stderr).as_str()), (Some(0), ""));
    let lines: Vec<Vec<String>> =
        text(&all.stdout).lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
    assert_eq!(lines[0], ["picture", "class", "probability", "or", "or"]);
    let told: Vec<[&str; 2]> = lines[1..].iter().map(|line| [line[0].as_str(), line[1].as_str()]).collect();
    assert_eq!(told, [["digits/a.pgm", "7"], ["digits/more/b.pgm", "2"], ["-", "1"]]);
    assert!(lines[1..].iter().all(|line| line.len() == 10), "{lines:?}");
    // Broken ones do not stop the others.
    fs::write(home.join("cut.png"), &b"\x89PNG\r\n\x1a\n\0\0"[..]).expect("written");
    fs::write(home.join("blank.pgm"), [&b"P5 30 30 255\n"[..], &[200; 900]].concat()).expect("written");
    fs::create_dir_all(home.join("nothing")).expect("a folder");
    let named =
        ["predict", "fast.safetensors", "gone.png", "digits/a.pgm", "cut.png", "blank.pgm", "nothing", "digits/notes.txt"];
    let some = call(home, &named, b"");
    assert_eq!(some.status.code(), Some(1));
    let (out, told) = (text(&some.stdout), text(&some.stderr));
    assert!(out.lines().count() == 2 && out.contains("digits/a.pgm  7"), "{out}");
    let errors: Vec<&str> = told.lines().collect();
    for (error, words) in errors.iter().zip([
        "error: gone.png: it cannot be read: ",
        "error: cut.png: it is damaged",
        "error: blank.pgm: there is no ink in it that could be a digit; --prepare fit takes the picture as a whole",
        "error: nothing: there is no PNG, JPEG or PNM picture in this folder",
        "error: digits/notes.txt: it is no PNG, JPEG or PNM picture",
    ]) {
        assert!(error.starts_with(words), "{error}");
    }
    assert_eq!(errors.len(), 5, "{told}");
    let json = call(home, &["predict", "fast.safetensors", "blank.pgm", "digits/a.pgm", "--json"], b"");
    assert_eq!(json.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!((&json["prepared"], &json["pictures"][0]["picture"]), (&"digit".into(), &"blank.pgm".into()));
    assert!(json["pictures"][0]["error"].is_string() && json["pictures"][0]["classes"].is_null(), "{json}");
    let classes = json["pictures"][1]["classes"].as_array().expect("classes");
    assert!(classes.len() == 3 && classes[0]["class"] == "7" && classes[0]["probability"].as_f64() > Some(0.5), "{json}");
}

#[test]
fn pictures_are_shown_as_the_network_saw_them_and_taken_as_they_are() {
    let Learnt { data, home, .. } = learnt();
    fs::write(home.join("seven.pgm"), file_of(data, 0, 5)).expect("written");
    let shown = text(&call(home, &["predict", "fast.safetensors", "seven.pgm", "--show"], b"").stdout);
    // Its name, 14 rows of two pixels each, an empty line, and the table.
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[15]), (18, "seven.pgm", ""), "{shown}");
    assert!(lines[1..15].concat().contains('█') && !shown.contains('\x1b'), "{shown}");
    let colour = call(home, &["predict", "fast.safetensors", "seven.pgm", "--show", "--config", "c.toml"], b"");
    assert_eq!(colour.status.code(), Some(2), "there is no such configuration");
    fs::write(home.join("c.toml"), "[ui]\ncolor = \"truecolor\"\n").expect("written");
    let colour = call(home, &["predict", "fast.safetensors", "seven.pgm", "--show", "--config", "c.toml"], b"");
    assert!(text(&colour.stdout).contains("▀"), "{}", text(&colour.stdout));
    // In the form of the data already: bright on black, 28 × 28.
    let image = [&b"P5 28 28 255\n"[..], data.test.image(0)].concat();
    fs::write(home.join("image.pgm"), image).expect("written");
    let raw = text(&call(home, &["predict", "fast.safetensors", "image.pgm", "--raw", "--json"], b"").stdout);
    let raw: serde_json::Value = serde_json::from_str(&raw).expect("JSON");
    let own = learnt().network.probabilities(&data.test, &[0])[0][7];
    assert_eq!(raw["pictures"][0]["classes"][0]["probability"].as_f64().map(|value| value as f32), Some(own));
    let refused = call(home, &["predict", "fast.safetensors", "seven.pgm", "--raw"], b"");
    let words = "error: seven.pgm: it has 140 × 140 pixels, and the network takes 28 × 28; without --raw it is brought to that\n";
    assert_eq!((refused.status.code(), text(&refused.stderr).as_str()), (Some(1), words));
    for (arguments, code) in [
        (&["predict", "fast.safetensors"][..], 2),
        (&["predict", "nobody", "seven.pgm"], 2),
        (&["predict", "seven.pgm", "seven.pgm"], 1),
        (&["predict", "fast.safetensors", "seven.pgm", "--raw", "--prepare", "fit"], 2),
        (&["predict", "fast.safetensors", "seven.pgm", "--json", "--show"], 2),
    ] {
        let output = call(home, arguments, b"");
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(code), true), "{arguments:?}");
    }
}

#[test]
fn the_network_within_the_program_needs_no_training() {
    const PICTURES: usize = 200;
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("within-the-program");
    if home.exists() {
        fs::remove_dir_all(&home).expect("an old home folder goes");
    }
    fs::create_dir_all(home.join("pictures")).expect("a home folder");
    let data = mnist::load();
    (0..PICTURES).into_par_iter().for_each(|number| {
        let Picture { width, height, rgb } = scene(&data, number).picture(number as u64);
        let path = home.join(format!("pictures/{number:03}.ppm"));
        fs::write(path, [format!("P6 {width} {height} 255\n").as_bytes(), &rgb].concat()).expect("a picture");
    });
    let told = call(&home, &["predict", "digits", "pictures", "--json"], b"");
    assert!(told.status.success(), "{}", text(&told.stderr));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
    let mut right = [0; 10];
    for (number, picture) in told["pictures"].as_array().expect("a list").iter().enumerate() {
        right[number % 10] += usize::from(picture["classes"][0]["class"].as_str() == Some(DIGITS[number % 10]));
    }
    assert!(right.iter().sum::<usize>() * 100 >= PICTURES * 95, "{right:?}");
    assert!(right.iter().all(|right| right * 100 >= PICTURES / 10 * 85), "{right:?}");
    // What it has wrong, and where it differs from another, can be looked at.
    let shown = text(&call(&home, &["evaluate", "digits", "--show"], b"").stdout);
    assert!(shown.contains("\nthe surest mistakes, 6 of ") && shown.matches(" taken for ").count() == 6, "{shown}");
    assert!(shown.contains("█"), "{shown}");
    let same = text(&call(&home, &["evaluate", "digits", "digits", "--show"], b"").stdout);
    assert!(same.contains("only the first has right\n") && !same.contains(" taken for "), "{same}");
    // It is where a run may start, and a file of that name is that file.
    let train =
        ["--headless", "--preset", "fast", "--epochs", "1", "--train-limit", "600", "--validation", "100", "--lr", "1e-6"];
    let trained = call(&home, &[&train[..], &["--init-from", "digits", "--name", "on"]].concat(), b"");
    assert!(trained.status.success(), "{}", text(&trained.stderr));
    assert!(text(&trained.stdout).contains("test accuracy 99."), "{}", text(&trained.stdout));
    fs::write(home.join("digits"), "no network").expect("a file");
    for arguments in [&["predict", "digits", "pictures/000.ppm"][..], &[&train[..], &["--init-from", "digits"]].concat()] {
        let refused = call(&home, arguments, b"");
        assert!(
            !refused.status.success() && text(&refused.stderr).contains("not a safetensors file"),
            "{}",
            text(&refused.stderr)
        );
    }
}
