//! What panels are drawn with: charts, their axes, pictures, boxes.

mod axis;
mod frame;
mod picture;
mod plot;

pub use axis::{Axis, steps_shown};
pub use frame::{dialog, panel};
pub use picture::{Picture, rows_for};
pub use plot::{OtherCurve, Plot, PlotPoint, PlotStyles};
