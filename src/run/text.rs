//! Numbers and times for people.

pub use crate::protocol::grouped;
use crate::text::Percent;

/// `99.12 %`.
pub fn percent(part: f64) -> String {
    Percent(part).to_string()
}

/// What takes so many bytes: `1,234` thousands of them, and a part of one counts.
pub fn kilobytes(bytes: u64) -> String {
    grouped(bytes.div_ceil(1000))
}

/// `8.2 s`, `3 min 05 s` or `2 h 03 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

/// `2026-01-31 13:05 UTC` for milliseconds since 1970 (days to dates as in Howard Hinnant's `civil_from_days`).
pub fn date(at_ms: u64) -> String {
    let minutes = at_ms / 60_000;
    let days = minutes / 1440 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02} {:02}:{:02} UTC", minutes / 60 % 24, minutes % 60)
}

/// A word as a POSIX shell takes it for one.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([8.23, 59.4, 185.0, 7380.0].map(duration), ["8.2 s", "59.4 s", "3 min 05 s", "2 h 03 min"]);
        let dates =
            [(0, "1970-01-01 00:00 UTC"), (951_782_400_000, "2000-02-29 00:00 UTC"), (1_767_268_800_000, "2026-01-01 12:00 UTC")];
        for (at, expected) in dates {
            assert_eq!(date(at), expected);
        }
    }

    #[test]
    fn words_pass_a_shell_unchanged() {
        let cases = [("--lr", "--lr"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("$HOME;ls", "'$HOME;ls'")];
        for (word, expected) in cases {
            assert_eq!(shell_word(word), expected);
        }
    }
}
