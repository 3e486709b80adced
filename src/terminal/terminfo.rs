//! What the system's descriptions of terminals say of colours.

use std::path::{Path, PathBuf};

use super::capabilities::Lookup;

/// Where descriptions are, besides those that the environment names.
const FOLDERS: [&str; 4] = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo"];

/// Whether the description of `term` has `RGB` or `Tc`, as users add them to a terminal that shows 24 bits of colour.
pub(super) fn has_true_color(term: &str, lookup: Lookup) -> bool {
    let Some(first) = term.chars().next().filter(|_| !term.contains('/')) else { return false };
    let variable = |name: &str| lookup(name).unwrap_or_default();
    let home = lookup("HOME").map(|home| Path::new(&home).join(".terminfo"));
    let listed = variable("TERMINFO_DIRS");
    let folders = [PathBuf::from(variable("TERMINFO"))].into_iter().chain(home);
    let folders = folders.chain(std::env::split_paths(&listed)).chain(FOLDERS.map(PathBuf::from));
    // macOS names the folders by the letter's number.
    let places = folders.filter(|folder| folder.is_absolute()).flat_map(|folder| {
        [folder.join(first.to_string()).join(term), folder.join(format!("{:x}", u32::from(first))).join(term)]
    });
    places.into_iter().find_map(|path| std::fs::read(path).ok()).is_some_and(|description| names_true_color(&description))
}

/// Whether a compiled description has one of these capabilities. Their names stand in it as they are, each with a zero
/// behind it; nothing that is switched off is written down.
fn names_true_color(description: &[u8]) -> bool {
    [&b"\0RGB\0"[..], b"\0Tc\0"].iter().any(|name| description.windows(name.len()).any(|window| window == *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_found_where_the_environment_says() {
        let folder = std::env::temp_dir().join(format!("mnist-tui-terminfo-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("m")).expect("a folder");
        for (name, bytes) in
            [("mine", &b"\x1a\x01mine\0\0\0Tc\0"[..]), ("mono", b"\x1a\x01mono\0Tcl\0"), ("mrgb", b"\0U8\0RGB\0")]
        {
            std::fs::write(folder.join("m").join(name), bytes).expect("a file");
        }
        for variable in ["TERMINFO", "TERMINFO_DIRS"] {
            let lookup = |name: &str| (name == variable).then(|| folder.display().to_string());
            let found = ["mine", "mono", "mrgb", "missing", "", "../m/mine"].map(|term| has_true_color(term, &lookup));
            assert_eq!(found, [true, false, true, false, false, false], "{variable}");
        }
        std::fs::remove_dir_all(folder).expect("the folder goes");
    }
}
