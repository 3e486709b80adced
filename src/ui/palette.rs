//! A theme as this terminal can show it.

use ratatui::style::{Color, Modifier, Style};

use super::theme::Ramp;
use super::{ColorDepth, Role, Theme, color};

/// A theme as this terminal can show it.
#[derive(Clone, Copy)]
pub struct Palette<'a> {
    theme: &'a Theme,
    depth: ColorDepth,
    styles: [Style; Role::ALL.len()],
}

impl<'a> Palette<'a> {
    /// Finds the nearest colour for everything.
    pub fn new(theme: &'a Theme, depth: ColorDepth) -> Self {
        let styles = Role::ALL.map(|(role, _)| {
            let style = theme.style(role);
            if depth == ColorDepth::None {
                // Whatever the theme is, roles must be told apart, and a selection must be seen.
                return Style::new().add_modifier(role.without_color());
            }
            let fit = |color: Option<Color>| color.map(|color| color::nearest(color, depth));
            if depth == ColorDepth::Ansi16 && role == Role::TrainingFaint {
                // The sixteen have no pale blue: single batches would shine brighter than their mean.
                return Style { fg: Some(Color::DarkGray), ..style };
            }
            if depth == ColorDepth::Ansi16 && role == Role::Test && fit(style.fg) == fit(theme.style(Role::Training).fg) {
                // Nor a lavender: the test set would look like training.
                let fg = if fit(style.fg) == Some(Color::LightBlue) { Color::LightMagenta } else { Color::Magenta };
                return Style { fg: Some(fg), ..style };
            }
            Style { fg: fit(style.fg), bg: fit(style.bg), ..style }
        });
        Self { theme, depth, styles }
    }

    /// What everything is drawn on.
    pub fn base(&self) -> Style {
        let text = self.style(Role::Text);
        if self.depth == ColorDepth::None {
            return text;
        }
        text.bg(color::nearest(self.theme.background(), self.depth))
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The style of a role, bold.
    pub fn bold(&self, role: Role) -> Style {
        self.style(role).add_modifier(Modifier::BOLD)
    }

    /// The numbered badge of an intervention.
    pub fn badge(&self) -> Style {
        self.bold(Role::Accent).add_modifier(Modifier::REVERSED)
    }

    /// Whether ramps have colours; without, shading characters and numbers say it.
    pub fn has_ramps(&self) -> bool {
        self.depth != ColorDepth::None && !self.theme.ramp(Ramp::Picture).is_empty()
    }

    /// The colour at `at`, 0 to 1, of a ramp.
    pub fn ramp(&self, ramp: Ramp, at: f32) -> Option<[u8; 3]> {
        color::on_ramp(self.theme.ramp(ramp), at).filter(|_| self.has_ramps())
    }

    /// A colour as this terminal has it.
    pub fn fit(&self, parts: [u8; 3]) -> Color {
        color::nearest(color::rgb(parts), self.depth)
    }

    /// A background with the ink that can be read on it.
    pub fn on(&self, background: [u8; 3]) -> Style {
        let ink = if color::brightness(background) > 0.45 { [16, 18, 24] } else { [240, 243, 248] };
        Style::new().bg(self.fit(background)).fg(self.fit(ink))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_sixteen_colours_a_ramp_has_one_hue() {
        use Color::{Black, DarkGray, Gray, LightGreen, LightRed, White};
        for theme in Theme::builtin() {
            let palette = Palette::new(&theme, ColorDepth::Ansi16);
            for ramp in [Ramp::HeatRight, Ramp::HeatWrong] {
                let steps = (0..=8).filter_map(|step| palette.ramp(ramp, step as f32 / 8.0)).map(|parts| palette.fit(parts));
                let plain = |color: Color| match color {
                    LightGreen => Color::Green,
                    LightRed => Color::Red,
                    Color::LightYellow => Color::Yellow,
                    Color::LightCyan => Color::Cyan,
                    color => color,
                };
                let mut hues: Vec<Color> =
                    steps.map(plain).filter(|color| ![Black, DarkGray, Gray, White].contains(color)).collect();
                hues.dedup();
                assert!(hues.len() <= 1, "{}, {ramp:?}: {hues:?}", theme.name());
            }
        }
    }
}
