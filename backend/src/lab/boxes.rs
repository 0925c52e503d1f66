//! Where boxes come from: the spawner, or a test.

use crate::{
    link::{FromBox, Setup, ToBox},
    spawner::{BoxLink, Client},
};
use futures_util::future::BoxFuture;
use shared::failure::Failure;

/// Makes boxes.
pub trait Boxes: Send + Sync + 'static {
    /// Makes a box and begins the run in it.
    fn start(&self, setup: Setup) -> BoxFuture<'_, Result<Box<dyn Link>, Failure>>;

    /// The process that makes them, if one does.
    fn made_by(&self) -> Option<i32> {
        None
    }
}

/// One box. Dropping it ends the box with all that is in it.
pub trait Link: Send + Sync + 'static {
    /// Hands a frame to the supervisor; waits while its socket is full.
    fn send<'a>(&'a self, frame: &'a ToBox) -> BoxFuture<'a, Result<(), Failure>>;

    /// The next frame; the last one is [`FromBox::Gone`], then `None` for ever. May be dropped before it is ready.
    fn next(&mut self) -> BoxFuture<'_, Option<FromBox>>;
}

impl Boxes for Client {
    fn start(&self, setup: Setup) -> BoxFuture<'_, Result<Box<dyn Link>, Failure>> {
        Box::pin(async move {
            let link: Box<dyn Link> = Box::new(Client::start(self, setup).await?);
            Ok(link)
        })
    }

    fn made_by(&self) -> Option<i32> {
        Some(self.pid())
    }
}

impl Link for BoxLink {
    fn send<'a>(&'a self, frame: &'a ToBox) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(BoxLink::send(self, frame))
    }

    fn next(&mut self) -> BoxFuture<'_, Option<FromBox>> {
        Box::pin(BoxLink::next(self))
    }
}
