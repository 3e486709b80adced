//! Charts as SVG.

use std::fmt::Write;

use super::chart::{Chart, number};
use super::markup::escape;
use super::track::{Track, TrackKind};

const LEFT: f64 = 64.0;
const RIGHT: f64 = 18.0;
/// Where titles and legends begin.
const EDGE: f64 = 14.0;
const BOTTOM: f64 = 30.0;
/// The height of the title, and of each row of the legend.
const TITLE: f64 = 34.0;
const ROW: f64 = 20.0;
/// Room between the legend and the curves.
const GAP: f64 = 6.0;
/// Wide enough for most letters of the legend.
const LETTER: f64 = 6.7;
/// Names in the legend are cut off behind so many letters.
const NAME: usize = 40;

/// Colours of tracks, on light and on dark ground; further tracks begin anew.
const COLORS: [(&str, &str); 8] = [
    ("#0b62c4", "#6cb6ff"),
    ("#b45309", "#ffb454"),
    ("#7c3aed", "#c99bf5"),
    ("#00766c", "#4fd1c5"),
    ("#c62828", "#ff7b7b"),
    ("#4d7c0f", "#a3d977"),
    ("#be185d", "#f78fb3"),
    ("#475569", "#a8b3c7"),
];

/// The styles of charts: on light ground, and on dark where the reader prefers that.
pub(super) fn style() -> String {
    let theme = |ground: [&str; 4], pick: fn(&(&'static str, &'static str)) -> &'static str| {
        let [text, muted, grid, paper] = ground;
        let mut css = format!(
            ".t{{fill:{text}}}.m{{fill:{muted}}}.g{{stroke:{grid}}}.mark{{stroke:{muted}}}.cursor{{stroke:{muted}}}.p{{fill:{paper}}}.o{{stroke:{paper}}}"
        );
        for (index, color) in COLORS.iter().enumerate() {
            let color = pick(color);
            let _ = write!(css, ".s{index}{{stroke:{color}}}.f{index}{{fill:{color}}}");
        }
        css
    };
    let light = theme(["#23272f", "#616977", "#e3e3df", "#ffffff"], |color| color.0);
    let dark = theme(["#dce1ea", "#8b95a7", "#2a313d", "#171b24"], |color| color.1);
    format!(
        "text{{font:12px system-ui,-apple-system,'Segoe UI',sans-serif;font-variant-numeric:tabular-nums}}\
         .title{{font-weight:600;font-size:15px}}\
         .line{{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}}.thin{{fill:none;stroke-width:1.2;stroke-opacity:.55}}\
         .band{{stroke:none;fill-opacity:.15}}.mark{{stroke-dasharray:3 3}}.key{{cursor:default}}\
         {light}@media(prefers-color-scheme:dark){{{dark}}}"
    )
}

/// The places of a chart.
pub(super) struct Plot<'a> {
    chart: &'a Chart,
    width: f64,
    /// The height of the curves.
    body: f64,
    /// The tracks that are named in the legend, and where: column and row.
    legend: Vec<(usize, f64, usize)>,
    rows: usize,
}

impl<'a> Plot<'a> {
    /// A chart of this width whose curves have this height; the legend adds to it.
    pub fn new(chart: &'a Chart, width: f64, body: f64) -> Self {
        let (mut x, mut row) = (EDGE, 0);
        let mut legend = Vec::new();
        for (index, track) in chart.tracks.iter().enumerate().filter(|(index, track)| track.group == *index) {
            let long = 32.0 + LETTER * name(track).chars().count() as f64;
            if x > EDGE && x + long > width - RIGHT {
                (x, row) = (EDGE, row + 1);
            }
            legend.push((index, x, row));
            x += long;
        }
        Self { chart, width, body, legend, rows: row + 1 }
    }

    /// The height of the whole chart.
    pub fn height(&self) -> f64 {
        self.top() + self.body + BOTTOM
    }

    /// Where the curves begin.
    fn top(&self) -> f64 {
        TITLE + ROW * self.rows as f64 + GAP
    }

    fn x(&self, step: f64) -> f64 {
        LEFT + (self.width - LEFT - RIGHT) * step / self.chart.steps as f64
    }

    fn y(&self, value: f64) -> f64 {
        self.top() + self.body * (1.0 - self.chart.height(value))
    }

    /// The elements of the chart. `id` tells it from other charts of the same document.
    pub fn draw(&self, id: &str) -> String {
        let chart = self.chart;
        let (top, right, bottom) = (self.top(), self.width - RIGHT, self.top() + self.body);
        let mut svg = format!("<text class=\"t title\" x=\"{EDGE}\" y=\"22\">{}</text>", escape(chart.title));
        let _ = write!(
            svg,
            "<clipPath id=\"{id}\"><rect x=\"{LEFT}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/></clipPath>",
            top - 4.0,
            right - LEFT + 6.0,
            self.body + 8.0
        );
        for (value, label) in chart.ticks() {
            let y = self.y(value);
            let _ = write!(
                svg,
                "<line class=\"g\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text class=\"m\" text-anchor=\"end\" x=\"{:.1}\" y=\"{:.1}\">{label}</text>",
                LEFT - 8.0,
                y + 4.0
            );
        }
        for (step, label) in chart.step_ticks() {
            let (x, y) = (self.x(step), bottom + 20.0);
            let _ = write!(svg, "<text class=\"m\" text-anchor=\"middle\" x=\"{x:.1}\" y=\"{y:.1}\">{label}</text>");
        }
        let _ = write!(svg, "<text class=\"m\" text-anchor=\"end\" x=\"{right}\" y=\"22\">steps</text>");
        for (step, number) in &chart.markers {
            let x = self.x(*step as f64);
            let _ = write!(
                svg,
                "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>\
                 <text class=\"m\" x=\"{:.1}\" y=\"{:.1}\">{number}</text>",
                x + 4.0,
                top + 10.0
            );
        }
        for track in &chart.tracks {
            let _ = write!(svg, "<g data-group=\"{}\" clip-path=\"url(#{id})\">{}</g>", track.group, self.track(track));
        }
        for (index, x, row) in &self.legend {
            let track = &chart.tracks[*index];
            let y = TITLE + ROW * *row as f64 + 6.0;
            let color = track.color % COLORS.len();
            let swatch = match &track.kind {
                TrackKind::Points { joined: false, .. } => {
                    format!("<circle class=\"f{color}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>", x + 7.0)
                }
                TrackKind::Points { .. } => format!(
                    "<line class=\"thin s{color}\" x1=\"{x:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><circle class=\"f{color}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"3\"/>",
                    x + 14.0,
                    x + 7.0
                ),
                TrackKind::Curve { .. } => {
                    format!("<line class=\"line s{color}\" x1=\"{x:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>", x + 14.0)
                }
            };
            let _ = write!(
                svg,
                "<g class=\"key\" data-key=\"{index}\">{swatch}<text class=\"t\" x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
                x + 19.0,
                y + 4.0,
                escape(&name(track))
            );
        }
        svg
    }

    fn track(&self, track: &Track) -> String {
        let color = track.color % COLORS.len();
        let mut svg = String::new();
        match &track.kind {
            TrackKind::Curve { stretches, band } => {
                let place = |step: u64, value: f64| format!("{:.1} {:.1}", self.x(step as f64), self.y(value));
                if *band && stretches.len() > 1 {
                    let above = stretches.iter().map(|stretch| place(stretch.step, stretch.range.1));
                    let below = stretches.iter().rev().map(|stretch| place(stretch.step, stretch.range.0));
                    let outline: Vec<String> = above.chain(below).collect();
                    let _ = write!(svg, "<path class=\"band f{color}\" d=\"M{}Z\"/>", outline.join("L"));
                }
                let line: Vec<String> = stretches.iter().map(|stretch| place(stretch.step, stretch.value)).collect();
                if !line.is_empty() {
                    let _ = write!(svg, "<path class=\"line s{color}\" d=\"M{}\"/>", line.join("L"));
                }
            }
            TrackKind::Points { points, joined } => {
                let place = |(step, value): &(u64, f64)| (self.x(*step as f64), self.y(*value));
                if *joined && points.len() > 1 {
                    let line: Vec<String> = points.iter().map(place).map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
                    let _ = write!(svg, "<path class=\"thin s{color}\" d=\"M{}\"/>", line.join("L"));
                }
                let radius = if *joined { 3.0 } else { 4.5 };
                for (x, y) in points.iter().map(place) {
                    let _ = write!(svg, "<circle class=\"f{color} o\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>");
                }
            }
        }
        svg
    }

    /// What a script needs to show values: the places of the axes, and all tracks with their values.
    pub fn data(&self) -> serde_json::Value {
        let chart = self.chart;
        let tracks: Vec<serde_json::Value> = chart
            .tracks
            .iter()
            .map(|track| {
                let color = track.color % COLORS.len();
                match &track.kind {
                    TrackKind::Curve { stretches, band } => {
                        let column = |pick: fn(&super::track::Stretch) -> f64| stretches.iter().map(|s| short(pick(s))).collect();
                        let steps: Vec<u64> = stretches.iter().map(|stretch| stretch.step).collect();
                        let (low, high): (Vec<f64>, Vec<f64>) =
                            if *band { (column(|s| s.range.0), column(|s| s.range.1)) } else { Default::default() };
                        let values: Vec<f64> = column(|s| s.value);
                        serde_json::json!({"label": track.label, "group": track.group, "color": color, "steps": steps, "values": values, "low": low, "high": high})
                    }
                    TrackKind::Points { points, .. } => {
                        let (steps, values): (Vec<u64>, Vec<f64>) = points.iter().map(|(step, value)| (*step, short(*value))).unzip();
                        serde_json::json!({"label": track.label, "group": track.group, "color": color, "steps": steps, "values": values, "points": true})
                    }
                }
            })
            .collect();
        let (low, high) = chart.range;
        serde_json::json!({
            "title": chart.title, "scale": format!("{:?}", chart.scale).to_lowercase(), "low": low, "high": high, "steps": chart.steps,
            "left": LEFT, "top": self.top(), "width": self.width - LEFT - RIGHT, "height": self.body, "tracks": tracks,
        })
    }
}

/// The name of a track, cut off where it is long.
fn name(track: &Track) -> String {
    if track.label.chars().count() <= NAME {
        return track.label.clone();
    }
    track.label.chars().take(NAME - 1).chain(['…']).collect()
}

/// A value to four significant digits, so that long curves make small files.
fn short(value: f64) -> f64 {
    number(value).parse().unwrap_or(value)
}
