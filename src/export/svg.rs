//! The curves of runs as one picture.

use super::ExportedRun;
use super::chart::Chart;
use super::markup::escape;
use super::plot::{Plot, style};

const WIDTH: f64 = 760.0;
const BODY: f64 = 220.0;

/// Loss, accuracy and learning rate, one below the other.
pub(super) fn write(runs: &[ExportedRun]) -> String {
    let charts = Chart::all(runs);
    let (mut y, mut body) = (8.0, String::new());
    for (index, chart) in charts.iter().enumerate() {
        let plot = Plot::new(chart, WIDTH, BODY);
        body.push_str(&format!("<g transform=\"translate(0 {y})\">{}</g>\n", plot.draw(&format!("clip{index}"))));
        y += plot.height() + 12.0;
    }
    let names = escape(&ExportedRun::titles(runs).join(", "));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" height=\"{y}\" role=\"img\">\
         <title>Loss, accuracy and learning rate of {names}</title>\n<style>{}</style>\n\
         <rect class=\"p\" width=\"100%\" height=\"100%\" rx=\"8\"/>\n{body}</svg>\n",
        style()
    )
}
