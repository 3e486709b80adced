//! Numbers for people: thousands separated, three or four digits, never more than the reader wants.

pub use crate::protocol::grouped as count;

/// `950`, `1.2k`, `12k`, `1.2M`: at most four columns.
pub fn short(value: u64) -> String {
    let scaled = |unit: u64, letter: char| {
        if value < 10 * unit {
            // Cut, not rounded: 9,999 is 9.9k, and fits.
            format!("{}.{}{letter}", value / unit, value % unit * 10 / unit)
        } else {
            format!("{}{letter}", value / unit)
        }
    };
    match value {
        0..1_000 => value.to_string(),
        1_000..1_000_000 => scaled(1_000, 'k'),
        1_000_000..1_000_000_000 => scaled(1_000_000, 'M'),
        _ => scaled(1_000_000_000, 'G'),
    }
}

/// `950`, `1k`, `12k`, `2M`: at most four columns, and three below 100,000.
pub fn shortest(value: u64) -> String {
    match value {
        0..1_000 => value.to_string(),
        1_000..1_000_000 => format!("{}k", value / 1_000),
        _ => short(value),
    }
}

/// Three significant digits: `2.31`, `0.0432`, `4.1e-6`, `1.2e9`.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "∞" } else { "-∞" }.to_owned()
    } else if size == 0.0 {
        "0".to_owned()
    } else if !(0.000_995..99_950.0).contains(&size) {
        format!("{value:.1e}")
    } else {
        // The size after rounding decides, so that 9.996 is 10.0 and not 10.00.
        let decade = |size: f64| size.log10().floor() as i32;
        let unit = 10f64.powi(decade(size) - 2);
        let places = 2 - decade((size / unit).round() * unit * (1.0 + 1e-12));
        format!("{value:.*}", places.max(0) as usize)
    }
}

/// Two significant digits and the power of ten: `1.1e-3`.
pub fn scientific(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value:.1e}") }
}

/// `97.30 %`, `99.12 %`: always two decimals, and never 100 % for less.
pub fn percent(part: f64) -> String {
    match part {
        part if !part.is_finite() => "–".to_owned(),
        part if part >= 1.0 => "100.00 %".to_owned(),
        part => format!("{:.2} %", (part * 100.0).min(99.99)),
    }
}

/// `7 %`, `100 %`: at most five columns.
pub fn whole_percent(part: f32) -> String {
    format!("{:.0} %", part * 100.0)
}

/// `0:07`, `1:23`, `2:03:04`.
pub fn duration(seconds: f64) -> String {
    let total = seconds.clamp(0.0, 1e9) as u64;
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A rate of images: `17,200`, `842`, `9.6`.
pub fn rate(value: f64) -> String {
    match value {
        v if !v.is_finite() || v < 0.0 => "–".to_owned(),
        v if v >= 10_000.0 => count((v / 100.0).round() as u64 * 100),
        v if v >= 1_000.0 => count((v / 10.0).round() as u64 * 10),
        v if v >= 10.0 => format!("{v:.0}"),
        v => format!("{v:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let cases = [
            (count(0), "0"),
            (count(999), "999"),
            (count(1_234_567), "1,234,567"),
            (short(999), "999"),
            (short(1_234), "1.2k"),
            (short(9_999), "9.9k"),
            (short(54_321), "54k"),
            (shortest(999), "999"),
            (shortest(4_321), "4k"),
            (shortest(54_321), "54k"),
            (short(1_000_000), "1.0M"),
            (figure(2.3056), "2.31"),
            (figure(9.996), "10.0"),
            (figure(0.043_21), "0.0432"),
            (figure(0.000_999_6), "0.00100"),
            (figure(4.12e-6), "4.1e-6"),
            (figure(258.06), "258"),
            (figure(123_456.0), "1.2e5"),
            (figure(f64::NAN), "NaN"),
            (figure(f64::INFINITY), "∞"),
            (percent(0.973), "97.30 %"),
            (percent(0.991_2), "99.12 %"),
            (percent(0.999_99), "99.99 %"),
            (percent(1.0), "100.00 %"),
            (percent(f64::NAN), "–"),
            (duration(7.9), "0:07"),
            (duration(83.0), "1:23"),
            (duration(7384.0), "2:03:04"),
            (duration(f64::NAN), "0:00"),
            (rate(17_234.0), "17,200"),
            (rate(1_234.0), "1,230"),
            (rate(9.64), "9.6"),
        ];
        for (found, expected) in cases {
            assert_eq!(found, expected);
        }
    }
}
