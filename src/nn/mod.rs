//! The learning engine: the only place that knows dfdx.

mod kernel;
