//! The overview: the run at one glance.

use super::super::Context;
use super::super::layout::Layout;
use super::super::parts::{View, augmented, chart, confusion, events, hypers, samples};
use super::super::pen::Pen;
use crate::app::{Measure, Overview, Panel, SampleView};

pub fn draw(context: &Context, page: &Overview, layout: &Layout, pen: &mut Pen) {
    let view = View {
        focus: Some(page.focus),
        confusion: page.confusion_source,
        confusion_scroll: page.confusion_scroll,
        sample_page: page.sample_page,
        events_scroll: page.events_scroll,
    };
    let context = &Context { view, ..*context };
    for (panel, area) in &layout.panels {
        match panel {
            Panel::Loss => chart::draw_overview(context, *panel, Measure::Loss, *area, pen),
            Panel::Accuracy => chart::draw_overview(context, *panel, Measure::Accuracy, *area, pen),
            Panel::Hypers => hypers::draw(context, *area, pen),
            Panel::Confusion => confusion::draw(context, *area, pen),
            Panel::Samples if page.sample_view == SampleView::Augmented => augmented::draw(context, *area, pen),
            Panel::Samples => samples::draw(context, *area, pen),
            Panel::Events => events::draw(context, *area, pen),
        }
    }
}
