//! What the README says is what the program does.

use std::fs;
use std::path::Path;

use mnist_tui::app::keys_markdown;
use mnist_tui::config::preset;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README")
}

#[test]
fn it_lists_the_keys_of_the_table_of_actions() {
    let keys = keys_markdown();
    assert!(readme().contains(keys.trim()), "put this into the README:\n{keys}");
}

#[test]
fn it_lists_every_preset() {
    let readme = readme();
    for name in preset::NAMES {
        assert!(readme.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn its_pictures_and_documents_are_there() {
    let readme = readme();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}
