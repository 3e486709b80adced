//! What a network finds on sheets that were composed of images that it was not trained on, and `mnist-tui predict --find`.

mod sheets;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use mnist_tui::data::picture::Picture;
use mnist_tui::data::{Dataset, mnist};
use mnist_tui::evaluate::{Model, Preparation};
use sheets::{Chance, Ground, Placed, Score, sheet};

/// Sheets that are searched.
const SHEETS: u64 = 12;
/// Height and width of a sheet.
const SIZE: [usize; 2] = [640, 800];

/// A folder with `digits.safetensors`, a network that knows what is no digit, and `plain.safetensors`, one that does not.
fn home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("finding");
        if home.exists() {
            fs::remove_dir_all(&home).expect("an old home folder goes");
        }
        fs::create_dir_all(&home).expect("a home folder");
        let train = |preset: &str, limit: &str, more: &[&str]| {
            let recipe = ["--headless", "--preset", preset, "--epochs", "1", "--train-limit", limit, "--validation", "0"];
            let trained = call(&home, &[&recipe[..], &["--seed", "1", "--set", "runs.record=false"], more].concat());
            assert!(trained.status.success(), "{}", text(&trained.stderr));
        };
        train("fast", "40000", &["--set", "data.nothing=true", "--save", "digits.safetensors"]);
        train("mlp", "100", &["--save", "plain.safetensors"]);
        home
    })
}

/// The program in a folder of its own.
fn call(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mnist-tui"));
    command.args(arguments).env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home).env("LANG", "C.UTF-8").current_dir(home);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A sheet of this number with ten to thirty digits of the test images.
fn digits(data: &Dataset, number: u64) -> (Picture, Vec<Placed>) {
    let chance = &mut Chance::new(number);
    let indices: Vec<u32> = (0..data.test.len() as u32).collect();
    let count = 10 + chance.of(21);
    let ground = Ground::for_ink(chance, number as usize);
    sheet((&data.test, &indices), count, SIZE, (ground, [0.7, 1.5]), chance)
}

fn write(home: &Path, name: &str, picture: &Picture) {
    let head = format!("P6 {} {} 255\n", picture.width, picture.height);
    fs::write(home.join(name), [head.as_bytes(), &picture.rgb].concat()).expect("written");
}

#[test]
fn nine_of_ten_digits_are_found_on_sheets_and_nine_of_ten_finds_are_right() {
    let model = Model::read(&home().join("digits.safetensors")).expect("a network");
    let data = mnist::load();
    let (mut score, mut words) = (Score::default(), Vec::new());
    for number in 0..SHEETS {
        let (picture, placed) = digits(&data, number);
        let finds = model.find(&picture, model.preparation(), None).expect("it is searched");
        words.extend(score.add(&placed, &finds).into_iter().map(|word| format!("{number}: {word}")));
    }
    let [found, wrong] = score.parts();
    let words = format!("{score:?}, {found:.3} found and right, {wrong:.3} of the finds wrong\n{}", words.join("\n"));
    eprintln!("{words}");
    assert!(score.there >= SHEETS as usize * 10 && found >= 0.9 && wrong <= 0.1, "{words}");
}

#[test]
fn where_there_are_no_digits_none_are_found() {
    let model = Model::read(&home().join("digits.safetensors")).expect("a network");
    let data = mnist::load();
    for number in 0..3 {
        let chance = &mut Chance::new(100 + number);
        let ground = Ground::for_ink(chance, number as usize);
        let (picture, _) = sheet((&data.test, &[0]), 0, SIZE, (ground, [1.0, 1.0]), chance);
        assert_eq!(model.find(&picture, Preparation::Digit, None), Ok(Vec::new()), "{ground:?}");
    }
}

#[test]
fn finds_are_told_as_lines_and_as_json_and_drawn() {
    let home = home();
    let (picture, placed) = digits(&mnist::load(), 50);
    write(home, "sheet.ppm", &picture);
    let find = ["predict", "digits.safetensors", "sheet.ppm", "--find"];
    let json = call(home, &[&find[..], &["--json"]].concat());
    assert_eq!((json.status.code(), text(&json.stderr).as_str()), (Some(0), ""));
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let finds = json["pictures"][0]["finds"].as_array().expect("finds");
    assert!(finds.len() * 10 >= placed.len() * 8 && json["prepared"] == "digit", "{json}");
    let lines = call(home, &[&find[..], &["--output", "marked.png"]].concat());
    assert_eq!((lines.status.code(), text(&lines.stderr).as_str()), (Some(0), ""));
    let lines = text(&lines.stdout);
    let rows: Vec<Vec<&str>> = lines.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["picture", "find", "x", "y", "width", "height", "class", "probability"]);
    for ((number, row), find) in (1..).zip(&rows[1..]).zip(finds) {
        let whole = ["x", "y", "width", "height"].map(|part| find[part].to_string());
        let told = ["sheet.ppm".to_owned(), number.to_string()].into_iter().chain(whole).collect::<Vec<_>>();
        assert_eq!((row[..6].join(" "), row[6]), (told.join(" "), find["class"].as_str().expect("a class")));
        let probability = find["probability"].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&probability) && row[7] == format!("{:.1}", probability * 100.0), "{row:?}");
    }
    assert_eq!(rows.len(), finds.len() + 1);
    let marked = Picture::decode(&fs::read(home.join("marked.png")).expect("a file")).expect("a picture");
    assert_eq!((marked.height, marked.width), (picture.height, picture.width));
    // The corner of the first box has its colour, which no grey picture has.
    let at = |part: &str| finds[0][part].as_i64().expect("a number").max(0) as usize;
    let corner = &marked.rgb[((at("y") + at("height") - 1) * marked.width + at("x")) * 3..][..3];
    assert!(corner[0] != corner[2], "{corner:?}");
    let again = call(home, &[&find[..], &["--output", "marked.png"]].concat());
    assert_eq!(
        (again.status.code(), text(&again.stderr).as_str()),
        (Some(1), "error: marked.png exists already; --force overwrites it\n")
    );
    let forced = call(home, &[&find[..], &["--output", "marked.png", "--force", "--show"]].concat());
    assert_eq!((forced.status.code(), text(&forced.stderr).as_str()), (Some(0), ""));
    let shown = text(&forced.stdout);
    assert!(shown.starts_with("sheet.ppm\n") && shown.ends_with(&lines), "{shown}");
    assert!(!shown.contains('\x1b'), "no terminal");
    assert!(shown.matches('┘').count() * 10 >= finds.len() * 8, "{shown}");
}

#[test]
fn what_cannot_be_searched_is_refused_with_what_to_do() {
    let home = home();
    let (sheet, _) = digits(&mnist::load(), 51);
    write(home, "other.ppm", &sheet);
    write(home, "tiny.ppm", &Picture { height: 9, width: 12, rgb: vec![200; 9 * 12 * 3] });
    write(home, "blank.ppm", &Picture { height: 90, width: 120, rgb: vec![200; 90 * 120 * 3] });
    let cases: [(&[&str], i32, &str); 8] = [
        (
            &["plain.safetensors", "other.ppm"],
            2,
            "error: the network has no class \"nothing\", so that it takes everything for something; train one with --set \
             data.nothing=true, which adds that class\n",
        ),
        (
            &["digits.safetensors", "tiny.ppm"],
            1,
            "error: tiny.ppm: it has 12 × 9 pixels, and what is looked for has 14 columns at least; make the picture larger, or \
             look for smaller ones with --smallest\n",
        ),
        (&["digits.safetensors", "blank.ppm"], 0, "blank.ppm: the network knows nothing of what is in it\n"),
        (
            &["digits.safetensors", "other.ppm", "--smallest", "3"],
            1,
            "error: other.ppm: --smallest 3: in a picture of this size, nothing that has less than 9 columns is looked for; cut a \
             part out of it\n",
        ),
        (
            &["digits.safetensors", "other.ppm", "tiny.ppm", "--output", "two.png"],
            2,
            "error: --output two.png: one picture can be drawn there, and 2 were named; search one at a time\n",
        ),
        (&["digits.safetensors", "gone.ppm"], 1, "error: gone.ppm: it cannot be read: No such file or directory (os error 2)\n"),
        (&["digits.safetensors", "other.ppm", "--raw"], 2, "error: the argument '--raw' cannot be used with '--find'"),
        (&["digits.safetensors", "other.ppm", "--smallest", "0"], 2, "error: invalid value '0' for '--smallest <PIXELS>'"),
    ];
    for (arguments, code, words) in cases {
        let output = call(home, &[&["predict"], arguments, &["--find"]].concat());
        let told = text(&output.stderr);
        assert!(output.status.code() == Some(code) && told.starts_with(words), "{arguments:?}: {told}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
    let alone = call(home, &["predict", "digits.safetensors", "other.ppm", "--output", "a.png"]);
    assert_eq!(alone.status.code(), Some(2), "--output without --find");
}
