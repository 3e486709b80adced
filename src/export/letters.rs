//! A small font for words in pictures: capital letters, digits and a few signs, three pixels wide and five high.

/// Columns of a letter.
pub(super) const WIDTH: usize = 3;
/// Rows of a letter.
pub(super) const HEIGHT: usize = 5;

/// What a letter is drawn as, row by row, each from the left.
const LETTERS: [(char, &str); 41] = [
    ('0', "### #.# #.# #.# ###"),
    ('1', ".#. ##. .#. .#. ###"),
    ('2', "##. ..# .#. #.. ###"),
    ('3', "##. ..# .#. ..# ##."),
    ('4', "#.# #.# ### ..# ..#"),
    ('5', "### #.. ##. ..# ##."),
    ('6', ".## #.. ### #.# ###"),
    ('7', "### ..# .#. .#. .#."),
    ('8', "### #.# ### #.# ###"),
    ('9', "### #.# ### ..# ##."),
    ('A', ".#. #.# ### #.# #.#"),
    ('B', "##. #.# ##. #.# ##."),
    ('C', ".## #.. #.. #.. .##"),
    ('D', "##. #.# #.# #.# ##."),
    ('E', "### #.. ##. #.. ###"),
    ('F', "### #.. ##. #.. #.."),
    ('G', ".## #.. #.# #.# .##"),
    ('H', "#.# #.# ### #.# #.#"),
    ('I', "### .#. .#. .#. ###"),
    ('J', "..# ..# ..# #.# .#."),
    ('K', "#.# #.# ##. #.# #.#"),
    ('L', "#.. #.. #.. #.. ###"),
    ('M', "#.# ### ### #.# #.#"),
    ('N', "##. #.# #.# #.# #.#"),
    ('O', ".#. #.# #.# #.# .#."),
    ('P', "##. #.# ##. #.. #.."),
    ('Q', ".#. #.# #.# ### .##"),
    ('R', "##. #.# ##. #.# #.#"),
    ('S', ".## #.. .#. ..# ##."),
    ('T', "### .#. .#. .#. .#."),
    ('U', "#.# #.# #.# #.# ###"),
    ('V', "#.# #.# #.# #.# .#."),
    ('W', "#.# #.# ### ### #.#"),
    ('X', "#.# #.# .#. #.# #.#"),
    ('Y', "#.# #.# .#. .#. .#."),
    ('Z', "### ..# .#. #.. ###"),
    (':', "... .#. ... .#. ..."),
    ('-', "... ... ### ... ..."),
    ('_', "... ... ... ... ###"),
    ('.', "... ... ... ... .#."),
    (' ', "... ... ... ... ..."),
];

/// The pixels of a letter, as row and column; a full block for what the font does not have.
pub(super) fn letter(letter: char) -> impl Iterator<Item = (usize, usize)> {
    let known = LETTERS.iter().find(|(known, _)| *known == letter.to_ascii_uppercase());
    let rows = known.map_or("### ### ### ### ###", |(_, rows)| rows);
    let pixels = rows.split(' ').enumerate().flat_map(|(row, line)| line.bytes().enumerate().map(move |at| (row, at)));
    pixels.filter(|(_, (_, pixel))| *pixel == b'#').map(|(row, (column, _))| (row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_their_size_and_differ() {
        for (at, (name, rows)) in LETTERS.iter().enumerate() {
            assert_eq!(rows.split(' ').count(), HEIGHT, "{name}");
            assert!(rows.split(' ').all(|row| row.len() == WIDTH), "{name}");
            assert!(LETTERS[..at].iter().all(|(other, drawn)| other != name && drawn != rows), "{name}");
        }
        assert_eq!(letter('é').count(), WIDTH * HEIGHT);
        assert!(letter('a').eq(letter('A')) && letter(' ').next().is_none());
    }
}
