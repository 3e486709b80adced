//! A report to look at: one file that needs nothing outside of it, for light and dark.

mod sections;

use std::fmt::Write;

use super::chart::Chart;
use super::markdown::comparison;
use super::markup::{date, escape, grouped};
use super::plot::{Plot, style};
use super::{ExportError, ExportedRun};
use crate::run::RunState;

const CSS: &str = include_str!("page/report.css");
const SCRIPT: &str = include_str!("page/report.js");
/// Nothing is ever fetched, whatever is in the file.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A report on runs; of several, one comparison and a part that unfolds for each.
pub(super) fn write(runs: &[ExportedRun]) -> Result<String, ExportError> {
    let titles = ExportedRun::titles(runs);
    let heading = if let [title] = &titles[..] { title.clone() } else { format!("{} runs", titles.len()) };
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{} · mnist-tui</title>\n<style>\n{CSS}{}\n</style>\n</head>\n<body>\n<main>\n",
        escape(&heading),
        style()
    );
    match runs {
        [run] => {
            page.push_str(&header(&heading, &run.state));
            page.push_str(&sections::tiles(&run.state));
            charts(&mut page, runs);
            page.push_str(&sections::all(run)?);
        }
        _ => {
            let _ = writeln!(page, "<header><h1>{}</h1><p>{}</p></header>", escape(&heading), escape(&titles.join(", ")));
            page.push_str(&compared(runs, &titles));
            charts(&mut page, runs);
            page.push_str("<h2>Each run</h2>\n");
            for (run, title) in runs.iter().zip(&titles) {
                let _ = writeln!(page, "<details><summary>{}</summary>", escape(title));
                page.push_str(&sections::tiles(&run.state));
                page.push_str(&sections::all(run)?);
                page.push_str("</details>\n");
            }
        }
    }
    let _ = writeln!(
        page,
        "<footer>Made by mnist-tui {}.</footer>\n</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    );
    Ok(page)
}

fn header(title: &str, state: &RunState) -> String {
    let summary = state.summary();
    let class = if summary.status == "failed" { "status failed" } else { "status" };
    let status = summary.status.replace('_', " ");
    let mut facts = vec![escape(&summary.preset)];
    if let Some(started) = &state.started {
        facts.push(format!("{} parameters", grouped(started.parameters() as u64)));
        facts.push(escape(started.spec.optimizer.label()));
        facts.push(format!("seed {}", started.spec.seed));
        facts.push(date(started.started_at_ms));
    }
    let mut text = format!(
        "<header><h1>{}<span class=\"{class}\">{status}</span></h1><p>{}</p></header>\n",
        escape(title),
        facts.join(" · ")
    );
    if let Some(problem) = summary.error.or(summary.stop_reason) {
        let _ = writeln!(text, "<p class=\"problem\">{}</p>", escape(&problem));
    }
    text
}

/// The curves, each with its values for the script.
fn charts(page: &mut String, runs: &[ExportedRun]) {
    let charts = Chart::all(runs);
    for (index, chart) in charts.iter().enumerate() {
        // The first has the page's whole width, the others share it.
        let (width, body) = if index == 0 { (1030.0, 270.0) } else { (510.0, 200.0) };
        let plot = Plot::new(chart, width, body);
        // Within a script no text may look like its end.
        let data = plot.data().to_string().replace('<', "\\u003c");
        if index == 1 {
            page.push_str("<div class=\"pair\">\n");
        }
        let _ = writeln!(
            page,
            "<figure class=\"card chart\"><svg viewBox=\"0 0 {width} {:.0}\" style=\"min-width:{:.0}px\" tabindex=\"0\" role=\"img\" aria-label=\"{}\">{}</svg>\
             <div class=\"tip\" hidden></div><script type=\"application/json\">{data}</script></figure>",
            plot.height(),
            width * 0.7,
            escape(chart.title),
            plot.draw(&format!("clip{index}")),
        );
    }
    page.push_str("</div>\n");
    if runs.len() > 1 {
        page.push_str(
            "<p class=\"note\">Small dots are validation, large ones the test set. A click on a name hides a run.</p>\n",
        );
    }
}

fn compared(runs: &[ExportedRun], titles: &[String]) -> String {
    let mut text = String::from("<div class=\"card\"><table><tr><th></th>");
    titles.iter().for_each(|title| text.push_str(&format!("<th>{}</th>", escape(title))));
    text.push_str("</tr>");
    for (name, cells) in comparison(runs) {
        let _ = write!(text, "<tr><td>{name}</td>");
        for (cell, best) in cells {
            let _ = write!(text, "<td{}>{}</td>", if best { " class=\"best\"" } else { "" }, escape(&cell));
        }
        text.push_str("</tr>");
    }
    text.push_str("</table></div>\n");
    text
}
