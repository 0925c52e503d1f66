//! The first message of a connection.

use super::{
    Farewell, close,
    feed::Feed,
    session::{Host, Session},
};
use crate::lab::{Follower, Token};
use shared::{
    PROTOCOL,
    command::{ClientMessage, Resume, ServerMessage},
    failure::{Code, Failure},
};

/// Reads `hello` and answers it; with what it resumes, if anything.
///
/// # Errors
/// Why the connection ends.
pub(super) async fn greet(session: &mut Session, first: &str) -> Result<(), Farewell> {
    let (protocol, token, resume) = match shared::codec::decode_client(first) {
        Ok(ClientMessage::Hello {
            protocol,
            token,
            resume,
        }) => (protocol, token, resume),
        Ok(_) => {
            return Err(no_hello(Failure::new(
                Code::BadMessage,
                "the first message must be hello",
                "say hello",
            )));
        }
        Err(refused) => return Err(no_hello(refused.failure)),
    };
    if protocol != PROTOCOL {
        let message = format!("protocol {protocol} is not spoken here, only {PROTOCOL}");
        return Err(Farewell {
            code: close::PROTOCOL,
            failure: Failure::new(
                Code::UnsupportedProtocol,
                message,
                "reload the page, or update the program",
            ),
            retry: None,
        });
    }
    let given = token.as_deref().and_then(Token::parse);
    if let Some(token) = given.clone().filter(|token| session.host.lab.knows(token)) {
        session.token = token;
    }
    session.say(&hello(&session.host, &session.token)).await;
    if let Some(resume) = resume {
        take_up(session, given, resume).await;
    }
    Ok(())
}

async fn take_up(session: &mut Session, given: Option<Token>, resume: Resume) {
    // Who gives no token owns nothing, so any new token is as wrong as none.
    let token = given.unwrap_or_else(Token::random);
    let limits = session.host.lab.limits();
    match session.host.lab.find(&resume.run, &token) {
        Ok(run) => {
            let follower = Follower::new(
                run,
                Some(resume.after),
                limits.queue_bytes,
                limits.events_per_second,
            );
            session.feed(Feed::Run(follower)).await;
        }
        Err(failure) => {
            session.refuse(None, failure).await;
        }
    }
}

fn hello(host: &Host, token: &Token) -> ServerMessage {
    let limits = host.lab.limits();
    ServerMessage::Hello {
        protocol: PROTOCOL,
        server: crate::NAME.to_owned(),
        token: token.reveal().to_owned(),
        protection: host.protection.to_owned(),
        limits: limits.by_name(),
        grace_ms: limits.grace_ms,
        python: crate::worker::python::installed()
            .ok()
            .map(crate::worker::python::Python::version),
        no_python: crate::lab::without_python(),
    }
}

fn no_hello(failure: Failure) -> Farewell {
    Farewell {
        code: close::POLICY,
        failure,
        retry: None,
    }
}
