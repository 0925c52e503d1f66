//! How two processes prove to each other that they have the same key, without sending it: `deliver_challenge` and
//! `answer_challenge` of Python 3.11's `multiprocessing.connection`.
//!
//! ```text
//! server ── #CHALLENGE# and 20 random bytes ──▶ client
//! server ◀── MD5 HMAC of the 20 bytes, 16 ───── client     then the same the other way
//! server ── #WELCOME#, or #FAILURE# ──────────▶ client
//! ```

use hmac::{Hmac, Mac};
use md5::Md5;

/// What the server and its clients know; in Python a random one, which children inherit.
pub(super) const KEY: &str = "abracadabra";
/// What a client knows that was told something else.
pub(super) const OTHER: &str = "open sesame";

const CHALLENGE: &[u8] = b"#CHALLENGE#";
const WELCOME: &[u8] = b"#WELCOME#";
const FAILURE: &[u8] = b"#FAILURE#";
/// Random bytes of a challenge.
const RANDOM: usize = 20;
/// Longest message before both have proven that they know the key: somebody else may stand at the other end.
pub(super) const LONGEST: usize = 256;

/// What was asked and answered, for who shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) challenge: String,
    pub(super) digest: String,
}

/// Why the other side is not believed, or does not believe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unproven<T> {
    /// `AuthenticationError` in Python, with these words.
    Key(&'static str),
    /// What came is no challenge.
    Strange,
    /// It came to nothing for another reason.
    Other(T),
}

impl<T> From<T> for Unproven<T> {
    fn from(why: T) -> Self {
        Self::Other(why)
    }
}

/// One end of a connection, for messages of bytes.
pub(super) trait Talk {
    type Trouble;
    fn put(&mut self, bytes: &[u8]) -> Result<(), Self::Trouble>;
    fn take(&mut self) -> Result<Vec<u8>, Self::Trouble>;
}

/// Asks the other side to prove that it knows the key.
pub(super) fn deliver<T: Talk>(talk: &mut T, key: &[u8]) -> Result<(), Unproven<T::Trouble>> {
    let mut random = [0; RANDOM];
    if getrandom::fill(&mut random).is_err() {
        return Err(Unproven::Strange);
    }
    talk.put(&[CHALLENGE, &random].concat())?;
    let response = talk.take()?;
    // Compared without telling by the time how much of it was right.
    if mac(key, &random).verify_slice(&response).is_err() {
        talk.put(FAILURE)?;
        return Err(Unproven::Key("digest received was wrong"));
    }
    talk.put(WELCOME)?;
    Ok(())
}

/// Proves it to the other side.
pub(super) fn answer<T: Talk>(talk: &mut T, key: &[u8]) -> Result<Proof, Unproven<T::Trouble>> {
    let message = talk.take()?;
    let random = message.strip_prefix(CHALLENGE).ok_or(Unproven::Strange)?;
    let digest = mac(key, random).finalize().into_bytes();
    talk.put(&digest)?;
    if talk.take()? != WELCOME {
        return Err(Unproven::Key("digest sent was rejected"));
    }
    Ok(Proof {
        challenge: hex(random),
        digest: hex(&digest),
    })
}

fn mac(key: &[u8], message: &[u8]) -> Hmac<Md5> {
    // A key of any length will do.
    let mut mac =
        Hmac::<Md5>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(message);
    mac
}

/// `3f 2a 00`
pub(super) fn hex(bytes: &[u8]) -> String {
    let two: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    two.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{KEY, Mac as _, OTHER, Talk, Unproven, answer, deliver, hex, mac};
    use std::{
        sync::mpsc::{Receiver, RecvError, Sender, channel},
        thread,
    };

    struct End(Sender<Vec<u8>>, Receiver<Vec<u8>>);

    impl Talk for End {
        type Trouble = RecvError;

        fn put(&mut self, bytes: &[u8]) -> Result<(), RecvError> {
            self.0.send(bytes.to_vec()).map_err(|_| RecvError)
        }

        fn take(&mut self) -> Result<Vec<u8>, RecvError> {
            self.1.recv()
        }
    }

    fn ends() -> (End, End) {
        let ((to_a, at_a), (to_b, at_b)) = (channel(), channel());
        (End(to_b, at_a), End(to_a, at_b))
    }

    #[test]
    fn the_digest_is_that_of_python() {
        // hmac.new(b"abracadabra", bytes(range(20)), "md5").hexdigest()
        let message: Vec<u8> = (0..20).collect();
        let digest = mac(KEY.as_bytes(), &message).finalize().into_bytes();
        assert_eq!(
            hex(&digest).replace(' ', ""),
            "ff63d69f0d1055b99f32d588bd840b74"
        );
    }

    #[test]
    fn who_knows_the_key_is_welcome_and_nobody_else() {
        let (mut server, mut client) = ends();
        let serves = thread::spawn(move || deliver(&mut server, KEY.as_bytes()));
        let proof = answer(&mut client, KEY.as_bytes()).unwrap();
        assert_eq!(proof.challenge.len(), 3 * 20 - 1);
        assert_eq!(proof.digest.len(), 3 * 16 - 1);
        serves.join().unwrap().unwrap();

        let (mut server, mut client) = ends();
        let serves = thread::spawn(move || deliver(&mut server, KEY.as_bytes()));
        let why = answer(&mut client, OTHER.as_bytes()).unwrap_err();
        assert_eq!(why, Unproven::Key("digest sent was rejected"));
        let why = serves.join().unwrap().unwrap_err();
        assert_eq!(why, Unproven::Key("digest received was wrong"));
    }

    #[test]
    fn what_is_no_challenge_gets_no_digest() {
        let (mut server, mut client) = ends();
        server.put(b"give me a digest of this").unwrap();
        assert_eq!(
            answer(&mut client, KEY.as_bytes()).unwrap_err(),
            Unproven::Strange
        );
        drop(client);
        assert_eq!(server.take(), Err(RecvError), "nothing was sent");
    }
}
