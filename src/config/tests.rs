//! Tests of the configuration as a whole: what is taken, what overrules what, and what the refusals say.

use std::ffi::OsString;
use std::path::Path;

use proptest::prelude::*;

use super::sources::apply_toml;
use super::*;
use crate::protocol::{Anneal, Holdout, Hyper, Hyperparameters, Optimizer, ScheduleKind};

fn from_toml(text: &str) -> Result<Config, String> {
    let mut settings = Settings::defaults().expect("defaults");
    apply_toml(&mut settings, Path::new("c.toml"), text).map_err(|error| error.to_string())?;
    Ok(settings.config().clone())
}

/// Settings from these sources alone, whatever stands in the home folder of whoever runs the tests.
fn sources(file: &Path, environment: &[(&str, &str)], sets: &[&str], flags: &[(&'static str, &str)]) -> Sources {
    Sources {
        file: Some(file.into()),
        environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        sets: sets.iter().map(|set| (*set).to_owned()).collect(),
        flags: flags.iter().map(|(flag, value)| FlagValue::new(flag, value).expect("a flag")).collect(),
    }
}

fn example() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml"))
}

#[test]
fn the_example_has_every_key_at_its_default() {
    assert_eq!(from_toml(EXAMPLE), Ok(Config::default()));
    let settings = sources(example(), &[], &[], &[]).settings().expect("valid");
    for setting in settings.iter() {
        assert!(matches!(setting.origin, Origin::File { .. }), "{} is missing in the example", setting.key);
    }
}

#[test]
fn the_file_the_environment_and_the_command_line_overrule_each_other_in_this_order() {
    let environment =
        [("MNIST_TUI_TRAIN_EPOCHS", "6"), ("MNIST_TUI_TRAIN_SEED", "6"), ("HOME", "/"), ("MNIST_TUI_TRAIN_NAME", "6")];
    let sets = ["train.epochs=7", " train.seed = 7 ", "data.validation=0.25", "train.name=a = b"];
    let settings = sources(example(), &environment, &sets, &[("--epochs", "8")]).settings().expect("valid");
    let config = settings.config();
    assert_eq!((config.train.hyperparameters.batch_size, config.train.seed, config.train.hyperparameters.epochs), (32, 7, 8));
    assert_eq!((config.train.name.as_str(), config.data.validation), ("a = b", Holdout::Fraction(0.25)));
    let origin = |key| settings.iter().find(|setting| setting.key == key).map(|setting| setting.origin.to_string());
    assert_eq!(origin("train.epochs").as_deref(), Some("--epochs 8"));
    assert_eq!(origin("train.seed").as_deref(), Some("--set  train.seed = 7 "));
}

/// The command line's preset is a whole network; only the command line can change it.
#[test]
fn a_preset_overrules_the_layers_of_a_source_before_it() {
    let folder = std::env::temp_dir().join(format!("mnist-tui-preset-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("c.toml");
    let text = "[train]\npreset = \"fast\"\n[model]\nlayers = [{ kind = \"flatten\" }, { kind = \"dense\", units = 10, activation = \"none\" }]";
    std::fs::write(&file, text).expect("written");
    let layers = |environment: &[(&str, &str)], flags: &[(&'static str, &str)]| {
        let settings = sources(&file, environment, &[], flags).settings().expect("valid");
        settings.config().run_spec(10).expect("a recipe").layers.len()
    };
    assert_eq!(layers(&[], &[]), 2);
    assert_eq!(layers(&[], &[("--preset", "mlp")]), preset::layers("mlp", 10).expect("mlp").len());
    assert_eq!(layers(&[("MNIST_TUI_TRAIN_PRESET", "seed")], &[]), preset::layers("seed", 10).expect("seed").len());
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn whole_numbers_do_for_numbers_and_names_for_kinds() {
    let text = "train = { learning_rate = 1, optimizer = \"sgd\" }\nui.color = \"256\"\n[data]\nvalidation = 0.5";
    let config = from_toml(text).expect("valid");
    assert_eq!((config.train.hyperparameters.learning_rate, config.train.optimizer), (1.0, Optimizer::Sgd));
    assert_eq!((config.ui.color, config.data.validation), (ColorMode::Palette256, Holdout::Fraction(0.5)));
}

/// Only a holdout that nobody asked for gives way to the limit.
#[test]
fn the_default_holdout_fits_into_the_limit() {
    let cases = [
        (&["data.train_limit=2000"][..], 166),
        (&["data.train_limit=5000"], 416),
        (&["data.train_limit=5001"], 5000),
        (&["data.train_limit=11"], 0),
        (&["data.train_limit=0"], 5000),
        (&["data.train_limit=2000", "data.validation=5000"], 5000),
        (&["data.train_limit=1000", "train.preset=best"], 83),
        (&["data.train_limit=1001", "train.preset=best"], 1000),
    ];
    for (sets, held_out) in cases {
        let settings = sources(example(), &[], sets, &[]).settings().expect("valid");
        assert_eq!(settings.config().data.validation, Holdout::Count(held_out), "{sets:?}");
    }
}

/// A name that the list knows and the type does not (or the other way round) would be refused with a strange message.
#[test]
fn every_choice_that_is_offered_is_taken() {
    let keys = Settings::defaults().expect("defaults").iter().map(|setting| setting.key.clone()).collect::<Vec<_>>();
    let chosen: Vec<&String> = keys.iter().filter(|key| choices(key).is_some()).collect();
    assert!(chosen.len() >= 11, "{chosen:?}");
    for key in chosen {
        for (name, _) in choices(key).expect(key) {
            let mut settings = Settings::defaults().expect("defaults");
            settings.set_text(key, name, Origin::Default).expect(name);
        }
    }
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_line() {
    let cases = [
        ("[train]\n\nlearning_rat = 1", "c.toml:3: there is no key train.learning_rat; did you mean train.learning_rate?"),
        ("# a\nlearning_rate = 1", "c.toml:2: there is no key learning_rate; did you mean train.learning_rate?"),
        ("[ui]\nepochs = 1", "c.toml:2: there is no key ui.epochs; did you mean train.epochs?"),
        ("[trian]\nepochs = 1", "c.toml:1: there is no key trian; did you mean train?"),
        ("[elsewhere]", "c.toml:1: there is no key elsewhere; the tables are train, schedule, model, data, augment, runs, ui"),
        (
            "[ui]\ntypeface = 1",
            "c.toml:2: there is no key ui.typeface; the keys of [ui] are theme, color, charset, language, marker, graphics, axis, max_fps, low_bandwidth, notify, mouse",
        ),
        (
            "ui = 3",
            "c.toml:1: ui is a table, not a value; its keys are theme, color, charset, language, marker, graphics, axis, max_fps, low_bandwidth, notify, mouse",
        ),
        (
            "[[data]]",
            "c.toml:1: data is a table, not a value; its keys are source, validation, train_limit, test, image_size, fit, color, nothing, normalize, mirror",
        ),
        ("[train]\nepochs = \"five\"", "c.toml:2: train.epochs must be a whole number, not \"five\""),
        ("[train]\nepochs = 5.0", "c.toml:2: train.epochs must be a whole number, not 5.0"),
        ("[train]\nlearning_rate = true", "c.toml:2: train.learning_rate must be a number, not true"),
        ("[train]\nname = 7", "c.toml:2: train.name must be text in quotes, not 7"),
        ("[train]\nname = \"a\\nb\"", "c.toml:2: train.name must not contain control characters, as \"a\\nb\" does"),
        ("[train.preset]\na = 1", "c.toml:1: train.preset must be text in quotes, not a table"),
        ("[train]\nseed = [1]", "c.toml:2: train.seed must be a whole number, not an array"),
        ("[train]\nseed = 2026-01-01", "c.toml:2: train.seed must be a whole number, not a date"),
        ("[train]\nepochs = 0", "c.toml:2: train.epochs must be between 1 and 1000, not 0"),
        ("[train]\nseed = -1", "c.toml:2: train.seed must be 0 or more, not -1"),
        ("[train]\nthreads = 9999", "c.toml:2: train.threads must be between 0 (one a core) and 1024, not 9999"),
        ("[train]\nlearning_rate = nan", "c.toml:2: train.learning_rate must be between 0.0000001 and 10, not NaN"),
        ("[train]\nuntil_test_accuracy = 99", "c.toml:2: train.until_test_accuracy must be between 0 (off) and 1, not 99.0"),
        ("[data]\nvalidation = 1.0", "c.toml:2: data.validation must be a count of images or a fraction below 1, not 1.0"),
        ("[train]\nmomentum = 1", "c.toml:2: train.momentum must be between 0 and 0.999, not 1"),
        ("[train]\npatience = 1.5", "c.toml:2: train.patience must be a whole number, not 1.5"),
        ("[train]\nmin_delta = -1", "c.toml:2: train.min_delta must be 0 or more, not -1.0"),
        ("[schedule]\nwarmup = 1", "c.toml:2: schedule.warmup must be at least 0 and below 1, not 1.0"),
        ("[schedule]\ngamma = 0", "c.toml:2: schedule.gamma must be above 0 and at most 1, not 0.0"),
        ("[schedule]\nfinal_factor = 2", "c.toml:2: schedule.final_factor must be between 0 and 1, not 2.0"),
        (
            "[schedule]\nkind = \"onecycle\"",
            "c.toml:2: schedule.kind must be one of constant, step, exponential, cosine, one-cycle, plateau, \
             not \"onecycle\"; did you mean \"one-cycle\"?",
        ),
        ("[augment]\nrotation = 181", "c.toml:2: augment.rotation must be between 0 (off) and 180 degrees, not 181.0"),
        ("[augment]\nscale = -0.1", "c.toml:2: augment.scale must be between 0 (off) and 1, not -0.1"),
        ("[augment]\nelastic = nan", "c.toml:2: augment.elastic must be between 0 (off) and 32 pixels, not NaN"),
        ("[train]\naugmentation = 3", "c.toml:2: train.augmentation must be between 0 and 2, not 3"),
        ("[ui]\nmax_fps = 61", "c.toml:2: ui.max_fps must be between 1 and 60, not 61"),
        (
            "[train]\npreset = \"sead\"",
            "c.toml:2: train.preset must be one of seed, two-conv, lenet5, mlp, fast, faces, best, not \"sead\"; did you mean \"seed\"?",
        ),
        (
            "[train]\noptimizer = \"lion\"",
            "c.toml:2: train.optimizer must be one of adam, adamw, sgd, nesterov, rmsprop, not \"lion\"",
        ),
        (
            "[[model.layers]]\nkind = \"conv\"\nfilters = 8\nkernel = 3\nactivation = \"gelu\"",
            "c.toml:1: model.layers, layer 1 cannot be { kind = \"conv\", filters = 8, kernel = 3, activation = \"gelu\" }: \
             unknown variant `gelu`, expected one of `relu`, `sigmoid`, `tanh`, `none`",
        ),
        (
            "[model]\nlayers = [1]",
            "c.toml:2: model.layers must be a list of layers, each a table with its kind, not a list with 1 in it",
        ),
        ("[train]\nepochs = 1\nepochs = 2", "c.toml:3: not valid TOML: duplicate key"),
        ("[train]\nepochs =", "c.toml:2: not valid TOML: string values must be quoted, expected literal string"),
    ];
    for (text, message) in cases {
        assert_eq!(from_toml(text).expect_err(text), message);
    }
}

#[test]
fn what_is_wrong_elsewhere_is_said_with_its_place() {
    let cases = [
        (
            sources(example(), &[], &["train.learning_rat=1"], &[]),
            "--set train.learning_rat=1: there is no key train.learning_rat; did you mean train.learning_rate?",
        ),
        (sources(example(), &[], &["train.epochs"], &[]), "--set train.epochs: no value is given; write it as table.key=value"),
        (
            sources(example(), &[], &["=1"], &[]),
            "--set =1: there is no key ; the tables are train, schedule, model, data, augment, runs, ui",
        ),
        (sources(example(), &[], &["train.epochs="], &[]), "--set train.epochs=: train.epochs must be a whole number, not \"\""),
        (
            sources(example(), &[], &[], &[("--lr", "11")]),
            "--lr 11: train.learning_rate must be between 0.0000001 and 10, not 11",
        ),
        (
            sources(example(), &[("MNIST_TUI_TRAIN_EPOCH", "1")], &[], &[]),
            "MNIST_TUI_TRAIN_EPOCH in the environment: no setting has this name; did you mean MNIST_TUI_TRAIN_EPOCHS?",
        ),
        (
            sources(example(), &[("MNIST_TUI_TRAIN_LR", "1")], &[], &[]),
            "MNIST_TUI_TRAIN_LR in the environment: no setting has this name; did you mean MNIST_TUI_TRAIN_LEARNING_RATE?",
        ),
        (
            sources(example(), &[("MNIST_TUI_WEATHER", "1")], &[], &[]),
            "MNIST_TUI_WEATHER in the environment: no setting has this name; \
             their names are MNIST_TUI_<TABLE>_<KEY>, like MNIST_TUI_TRAIN_EPOCHS",
        ),
        (
            sources(example(), &[], &["train.lr=1"], &[]),
            "--set train.lr=1: there is no key train.lr; did you mean train.learning_rate?",
        ),
        (
            sources(example(), &[], &["train.batch-size=1"], &[]),
            "--set train.batch-size=1: there is no key train.batch-size; did you mean train.batch_size?",
        ),
        (sources(example(), &[], &["lr=1"], &[]), "--set lr=1: there is no key lr; did you mean train.learning_rate?"),
        (
            sources(example(), &[], &["train.min_delta=inf"], &[]),
            "--set train.min_delta=inf: train.min_delta must be a finite number, not inf",
        ),
        (
            sources(example(), &[], &["train.name=last"], &[]),
            "--set train.name=last: train.name cannot be \"last\": that means the newest run",
        ),
        (
            sources(example(), &[], &["train.name=a\u{202e}b"], &[]),
            "--set train.name=a\u{202e}b: train.name cannot be \"a\\u{202e}b\": \
             it has characters that cannot be seen or that turn the text around them",
        ),
        (
            sources(example(), &[], &["runs.dir=~ana/runs"], &[]),
            "--set runs.dir=~ana/runs: runs.dir cannot be \"~ana/runs\": \
             only ~/ is known, your own home folder; write the path in full, or ./~… for a file of that name",
        ),
        (
            sources(example(), &[], &["data.x=1"], &[]),
            "--set data.x=1: there is no key data.x; the keys of [data] are source, validation, train_limit, test, image_size, fit, color, nothing, normalize, mirror",
        ),
        (
            sources(example(), &[("MNIST_TUI_UI_MAX_FPS", "fast")], &[], &[]),
            "MNIST_TUI_UI_MAX_FPS in the environment: ui.max_fps must be a whole number, not \"fast\"",
        ),
        (
            sources(Path::new("no/such.toml"), &[], &[], &[]),
            "no/such.toml: cannot be read: No such file or directory (os error 2)",
        ),
    ];
    for (sources, message) in cases {
        assert_eq!(sources.settings().expect_err(message).to_string(), message);
    }
}

/// `config.ui.theme` is checked by whoever knows the themes, and still answered with its place.
#[test]
fn a_name_that_only_the_caller_knows_is_refused_with_its_place() {
    let settings = sources(example(), &[], &["ui.theme=drak"], &[]).settings().expect("any name will do here");
    let error = settings.expect_one_of("ui.theme", &["dark", "light"]).expect_err("no such theme").to_string();
    assert_eq!(error, "--set ui.theme=drak: ui.theme must be one of dark, light, not \"drak\"; did you mean \"dark\"?");
    assert!(settings.expect_one_of("ui.theme", &["drak"]).is_ok());
}

#[test]
fn a_tilde_is_the_home_folder_and_a_variable_without_a_value_is_not_set() {
    let home = directories::BaseDirs::new().expect("a home").home_dir().to_owned();
    let paths = ["runs.dir=~/a", "model.init_from=~/b.safetensors", "model.save=~/c.safetensors", "train.name=  wide "];
    let settings = sources(example(), &[], &paths, &[]).settings().expect("valid");
    let Config { runs, model, train, .. } = settings.config();
    let given = [&runs.dir, &model.init_from, &model.save].map(std::path::PathBuf::from);
    assert_eq!(given, ["a", "b.safetensors", "c.safetensors"].map(|name| home.join(name)));
    assert_eq!(train.name, "wide");
    let empty = ["TRAIN_EPOCHS", "RUNS_DIR", "CONFIG", "UI_THEME", "WEATHER"].map(|name| (format!("MNIST_TUI_{name}"), ""));
    let empty: Vec<(&str, &str)> = empty.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let with_empty = sources(example(), &empty, &[], &[]).settings().expect("not set");
    assert_eq!(with_empty.config(), sources(example(), &[], &[], &[]).settings().expect("valid").config());
}

#[test]
fn files_of_other_editors_are_read_or_named() {
    let folder = std::env::temp_dir().join(format!("mnist-tui-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("c.toml");
    let read = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("written");
        sources(&path, &[], &[], &[])
            .settings()
            .map(|settings| settings.config().train.hyperparameters.epochs)
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(b"\xef\xbb\xbf[train]\r\nepochs = 7\r\n"), Ok(7));
    assert_eq!(read(b"\xef\xbb\xbf"), Ok(5));
    let error = read(b"[train]\r\n\r\nepochs = x\r\n").expect_err("no value");
    assert!(error.contains("c.toml:3: "), "{error}");
    let utf16: Vec<u8> = "\u{feff}[train]\nepochs = 7\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [utf16.as_slice(), b"# caf\xe9\n"] {
        assert!(read(bytes).expect_err("no UTF-8").contains("c.toml: it is not UTF-8 text"), "{bytes:?}");
    }
    std::fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink(folder.join("gone.toml"), &path).expect("a link");
    let error = sources(&path, &[], &[], &[]).settings().expect_err("it leads to nothing").to_string();
    assert!(error.contains("c.toml: it is a link to ") && error.contains("gone.toml, which is not there"), "{error}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn the_environment_names_the_file() {
    let mut sources = sources(example(), &[("MNIST_TUI_CONFIG", "no/such.toml")], &[], &[]);
    assert!(sources.settings().is_ok(), "--config comes first");
    sources.file = None;
    assert!(sources.settings().expect_err("no such file").to_string().starts_with("no/such.toml: cannot be read"));
}

fn any_config() -> impl Strategy<Value = Config> {
    let optimizer = prop::sample::select(Optimizer::ALL.to_vec());
    let hyperparameters = prop::collection::vec(0.0..=1.0f64, Hyper::ALL.len()).prop_map(|parts| {
        Hyper::ALL.into_iter().zip(parts).fold(Hyperparameters::default(), |values, (hyper, part)| {
            let (least, most) = hyper.range();
            let value = least + part * (most - least);
            values.with(hyper, if hyper.is_whole() { value.round() } else { value }).expect("within its range")
        })
    });
    let augment = prop::collection::vec(0.0..=1.0f64, Augmentation::RANGES.len()).prop_map(|parts| {
        let values =
            Augmentation::RANGES.iter().zip(parts).map(|((key, most, _), part)| ((*key).to_owned(), (part * most).into()));
        Augmentation::deserialize(toml::Table::from_iter(values)).expect("a recipe")
    });
    let train = (
        prop::sample::select(Preset::ALL.map(Preset::name).to_vec()),
        "([a-zA-Z0-9äß数字😀=@.-][^\\pC\\pZ]{0,20})?",
        optimizer,
        hyperparameters,
        0..=i64::MAX as u64,
        0usize..1024,
        0.0..1.0f64,
        0.0..9.0f64,
    );
    let schedule = (prop::sample::select(ScheduleKind::ALL.to_vec()), 0.0..0.999f64, prop::sample::select(Anneal::ALL.to_vec()));
    let validation = prop_oneof![(0usize..100_000).prop_map(Holdout::Count), (0.0..1.0f64).prop_map(Holdout::Fraction)];
    let color = prop::sample::select(ColorMode::ALL.to_vec());
    (train, schedule, validation, 0usize..100_000, augment, color, 1u32..=60).prop_map(
        |(train, schedule, validation, train_limit, augment, color, max_fps)| {
            let (preset, name, optimizer, hyperparameters, seed, threads, until, min_delta) = train;
            let (kind, warmup, anneal) = schedule;
            Config {
                keys: [("overview.zoom".to_owned(), vec!["Z".to_owned()])].into(),
                train: TrainConfig {
                    preset: preset.into(),
                    name,
                    optimizer,
                    hyperparameters,
                    min_delta,
                    seed,
                    threads,
                    head_rate: 1.0,
                    until_test_accuracy: until,
                },
                schedule: ScheduleConfig { kind, warmup, anneal, ..ScheduleConfig::default() },
                model: ModelConfig {
                    layers: if until > 0.5 { preset::layers(preset, 10).unwrap_or_default() } else { Vec::new() },
                    ..ModelConfig::default()
                },
                data: DataConfig { validation, train_limit, ..DataConfig::default() },
                augment,
                runs: RunsConfig { record: threads > 9, ..RunsConfig::default() },
                ui: UiConfig { color, max_fps, ..UiConfig::default() },
            }
        },
    )
}

proptest! {
    #[test]
    fn a_valid_configuration_survives_being_written(config in any_config()) {
        let text = toml::to_string(&config).expect("TOML");
        prop_assert_eq!(from_toml(&text), Ok(config));
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,40}", key in prop::sample::select(vec!["train.epochs", "data.validation", "ui"])) {
        for set in [text.clone(), format!("{key}={text}"), format!("{text}={text}")] {
            let _ = Sources { file: Some(example().into()), sets: vec![set], ..Sources::default() }.settings();
        }
        let environment = vec![(OsString::from(format!("MNIST_TUI_{text}")), OsString::from(&text))];
        let from_environment = Sources { file: Some(example().into()), environment, ..Sources::default() }.settings();
        // A variable without a value is not set.
        prop_assert!(text.is_empty() || from_environment.is_err());
        let _ = from_toml(&text);
        let _ = from_toml(&format!("[train]\n{text}"));
    }
}
