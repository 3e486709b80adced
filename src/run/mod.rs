//! What events amount to: the state that is shown, exported and compared.

mod series;
mod state;
pub mod store;
mod summary;

pub use series::{Series, Stat};
pub use state::{Ended, EvaluationPoint, Intervention, LogKind, LogLine, RunState, StepSeries, Told};
pub use summary::{NamedFigures, SCHEMA_VERSION, Summary};
