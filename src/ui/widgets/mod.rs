//! What panels are drawn with: charts, their axes, pictures, boxes.

mod axis;
mod frame;
mod heat;
mod picture;
mod plot;
mod wrapped;

pub use axis::{Across, Axis};
pub use frame::{dialog, panel};
pub use heat::Heat;
pub use picture::{Picture, rows_for};
pub use plot::{Curve, Plot, PlotPoint, PlotStyles, Stroke};
pub use wrapped::wrapped;
