//! Descriptors that travel with a message: `SCM_RIGHTS` of unix(7), read from the calls.

use shared::{
    ids::WorkerId,
    state::{Call, RunState},
};

/// Where the numbers stand in a `struct msghdr` as it is printed.
const MARK: &str = "cmsg_type=SCM_RIGHTS, cmsg_data=[";

/// An open file on its way to another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Who sent it, and its descriptor there.
    pub from: (WorkerId, i32),
    /// Who got it, and its descriptor there; absent while it lies in the socket.
    pub to: Option<(WorkerId, i32)>,
}

/// Descriptors that were sent, oldest first, as far as their calls are still known.
pub fn tags(run: &RunState) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    let mut came = Vec::new();
    for call in run.calls.iter().filter(|call| call.errno.is_none()) {
        for fd in rights(call) {
            let here = (call.worker.clone(), fd);
            if call.name == "sendmsg" {
                tags.push(Tag {
                    from: here,
                    to: None,
                });
            } else {
                came.push(here);
            }
        }
    }
    // A receive may return before the send does that it owes its descriptor to.
    for here in came {
        let mut lying = tags.iter_mut();
        if let Some(tag) = lying.find(|tag| tag.to.is_none() && tag.from.0 != here.0) {
            tag.to = Some(here);
        }
    }
    tags
}

fn rights(call: &Call) -> Vec<i32> {
    if !matches!(call.name.as_str(), "sendmsg" | "recvmsg") {
        return Vec::new();
    }
    let mut args = call.args.iter();
    let Some((_, rest)) = args.find_map(|arg| arg.split_once(MARK)) else {
        return Vec::new();
    };
    let numbers = rest.split(']').next().unwrap_or_default();
    let numbers = numbers.split(", ");
    numbers.filter_map(|number| number.parse().ok()).collect()
}
