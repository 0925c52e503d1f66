//! What pages are made of: functions of what they are given, which say what a learner wants through callbacks.

pub mod badge;
pub mod beats;
pub mod bench;
pub mod composer;
pub mod hex;
pub mod icons;
pub mod keys;
pub mod legend;
pub mod link;
pub mod log;
pub mod log_tools;
pub mod notices;
pub mod params;
pub mod parts;
pub mod player;
pub mod prose;
pub mod rail;
pub mod runbar;
pub mod sentence;
pub mod shell;
pub mod side;
pub mod source;
pub mod stage;
pub mod tabs;
pub mod timeline;
pub mod xray;
