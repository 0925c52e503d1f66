//! Reads what the kernel holds, without becoming part of the lesson.

mod event;
pub mod file;
mod holders;
mod maps;
pub mod named;
pub mod peek;
mod pipe;
mod process;
mod queue;
mod signals;
mod slots;
pub mod socket;
mod sysv;

pub use event::{EventReading, look_at_event, semaphore};
pub use holders::{Held, Scope, holder, holders, numbered};
pub use maps::{Mapped, mapped};
pub use pipe::{PipeReading, look_through_dup, look_through_open};
pub use process::{Doing, ProcessGauge};
pub use queue::{QueueReading, look_at_named_queue, look_at_queue};
pub use signals::{masks, masks_of_task};
pub use slots::SlotModel;
pub use socket::Diag;
pub use sysv::{Attached, Numbered, attached, numbered_objects};
