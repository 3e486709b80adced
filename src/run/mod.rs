//! What events amount to: the state that is shown, exported and compared.

mod advice;
mod apart;
mod calibration;
mod comparison;
mod courses;
mod figure;
pub mod format;
mod gallery;
mod health;
mod intervention;
mod log_line;
mod samples;
mod series;
mod state;
mod steerer;
mod steps;
pub mod store;
mod summary;
pub mod text;

pub use advice::Advice;
pub use apart::Apart;
pub use calibration::{Bin, calibration_error, reliability};
pub use comparison::{ComparedLine, Comparison, Difference, FigureRow, differences};
pub use courses::{Courses, Fate, Turned};
pub use figure::Figure;
pub use gallery::{Choice, Filter, Order};
pub use health::{Health, HealthWatch};
pub use intervention::Intervention;
pub use log_line::{LogKind, LogLine};
pub use samples::{SampleOrder, most_probable};
pub use series::{Series, Stat};
pub use state::{Ended, EvaluationPoint, RunState, reach};
pub use steerer::Steerer;
pub use steps::{StepSeries, Told, Unit};
pub use summary::{NamedFigures, SCHEMA_VERSION, Summary};
