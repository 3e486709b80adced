//! Networks that come with the program.

/// The network that has learnt MNIST's digits, in 16-bit numbers; `assets/digits/README.md` says how it was made.
const DIGITS: &[u8] = include_bytes!("../../assets/digits/digits.safetensors");

/// The names of the networks within the program.
pub const PRETRAINED: [&str; 1] = ["digits"];

/// The file of the network within the program of this name.
pub fn pretrained(name: &str) -> Option<&'static [u8]> {
    (name == PRETRAINED[0]).then_some(DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_network_is_the_one_that_its_papers_describe() {
        let digest = Sha256::digest(DIGITS).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let papers = include_str!("../../assets/digits/README.md");
        assert!(papers.contains(&digest), "{digest} is not in assets/digits/README.md");
        assert_eq!(pretrained("digits"), Some(DIGITS));
        assert_eq!(pretrained("digit"), None);
    }
}
