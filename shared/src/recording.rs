//! A recording: the journal of a run as a file of JSON lines, first a header, then one event a line as on the socket.
//!
//! Written by `run --record` and by the download of a run; played by the page without a server.

use crate::{
    event::Event,
    failure::{Code, Failure},
    ids::{RunId, Seq},
    lean,
    state::RunState,
};
use serde::{Deserialize, Serialize};

/// What [`Header::format`] says.
pub const FORMAT: &str = "ipc-playground recording";
/// What [`Header::version`] says.
pub const VERSION: u32 = 1;

/// First line of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// Name and version of the program that wrote it.
    pub server: String,
    /// The run.
    pub run: RunId,
    /// When the run began, milliseconds since 1970.
    pub started_unix_ms: u64,
    /// `seq` of the first event that follows; 1 where all do.
    pub oldest: Seq,
    /// Fold of the events before `oldest`, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Box<RunState>>,
}

/// A whole recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// First line.
    pub header: Header,
    /// All others.
    pub events: Vec<Event>,
    /// The last line was cut off, as when the writer was killed; it is not in `events`.
    pub cut: bool,
}

/// Reads a recording.
///
/// # Errors
/// `bad_message` with the number of the line that is wrong, `not_supported` for a version that is not known here.
pub fn parse(text: &str) -> Result<Recording, Failure> {
    let bad = |line: usize, why: &str| {
        Failure::new(
            Code::BadMessage,
            format!("line {line} of the recording: {why}"),
            "record it again",
        )
    };
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.is_empty());
    let (number, first) = lines.next().ok_or_else(|| bad(1, "the file is empty"))?;
    let header: Header = lean::read(first, "").map_err(|failure| bad(number, &failure.message))?;
    if header.format != FORMAT {
        return Err(bad(number, "this is not a recording of a run"));
    }
    if header.version != VERSION {
        return Err(Failure::new(
            Code::NotSupported,
            format!(
                "this recording is of version {}, known here is {VERSION}",
                header.version
            ),
            "open it with the program that wrote it",
        ));
    }
    let mut recording = Recording {
        events: Vec::new(),
        cut: false,
        header,
    };
    let mut next = recording.header.oldest;
    while let Some((number, line)) = lines.next() {
        match lean::event(line) {
            Ok(event) if event.seq == next => recording.events.push(event),
            Ok(event) => {
                return Err(bad(
                    number,
                    &format!("event {} where {next} must be", event.seq),
                ));
            }
            Err(_) if !text.ends_with('\n') && lines.next().is_none() => recording.cut = true,
            Err(failure) => return Err(bad(number, &failure.message)),
        }
        next += 1;
    }
    Ok(recording)
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, Header, VERSION, parse};
    use crate::ids::RunId;

    fn file(events: &str) -> String {
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            server: "test".to_owned(),
            run: RunId::new("1"),
            started_unix_ms: 0,
            oldest: 1,
            base: None,
        };
        format!("{}\n{events}", serde_json::to_string(&header).unwrap())
    }

    const ONE: &str = r#"{"seq":1,"at_ns":0,"source":"run","kind":"object.removed"}"#;

    #[test]
    fn a_recording_is_read() {
        let recording = parse(&file(&format!("{ONE}\n"))).unwrap();
        assert_eq!((recording.events.len(), recording.cut), (1, false));
    }

    #[test]
    fn a_cut_last_line_is_said() {
        let recording = parse(&file(&format!("{ONE}\n{}", &ONE[..20]))).unwrap();
        assert_eq!((recording.events.len(), recording.cut), (1, true));
    }

    #[test]
    fn what_is_wrong_is_named_by_line() {
        for (text, says) in [
            (String::new(), "line 1"),
            ("{}".to_owned(), "line 1"),
            (file(&format!("{ONE}\n{ONE}\n")), "line 3"),
        ] {
            let refused = parse(&text).unwrap_err();
            assert!(refused.message.contains(says), "{refused}");
        }
    }
}
