//! What the dashboard knows and how it answers: messages in, effects out.
//!
//! Everything here is pure: no terminal, no clock, no channel. The terminal layer turns keys and records into
//! [`Message`]s, gives them to [`App::update`], and carries out the [`Effect`]s it returns.

mod control;
mod dashboard;
mod explain;
mod global;
mod hypers;
mod key;
mod keymap;
mod line;
mod looked;
mod message;
mod overlay;
mod pages;
mod pointer;
mod questions;
mod records;
mod replay;
mod requests;
mod row;
mod setting;
mod shared;
mod status;
mod table;

pub use control::Control;
pub use dashboard::{App, AppOptions};
pub use explain::{Explained, of_hyper, of_images, of_measure, of_network, of_panel};
pub use hypers::Hypers;
pub use key::{Key, KeyCode};
pub use keymap::{Keymap, KeymapError};
pub use line::Line;
pub use looked::{Alike, Looked};
pub use message::{Effect, Leave, Message};
pub use overlay::{
    Choice, ChoiceItem, Drawer, Edit, Found, Help, HelpLine, Overlay, Palette, Prompt, Question, Rate, Rewind, Typed, Way,
};
pub use pages::{
    ChangeEffect, Charts, Confused, Confusion, ConfusionSource, Draw, DrawPen, Galleries, Images, ImagesPart, LayerView,
    LoadedRun, Measure, Network, NetworkPart, NextRun, Overview, PageId, Pages, Panel, Part, Removed, RunRow, Runs, RunsAnswer,
    RunsRequest, RunsView, SIDE, SampleView, Shown, ShownJudgement, Shows, worst_pairs,
};
pub use pointer::{Point, Pointer, Spot, Target};
pub use questions::{Going, Known, Questions};
pub use replay::{Replay, Seek};
pub use requests::Requests;
pub use row::{Layer, Offer, Rank, Row, RowId, Rows};
pub use shared::{Attention, Notice, Shared, View};
pub use table::{Place, Table, TableRow, keys_markdown, tables};

use shared::Closing;
