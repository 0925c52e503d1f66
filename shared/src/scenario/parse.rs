//! Reads a scenario: front matter, then the fenced `beat` blocks; the prose between them is left to the reader.

use super::{Ask, Beat, Scenario};
use crate::{catalog, command::Values, failure::Failure};
use std::collections::BTreeMap;

/// What is wrong with a scenario, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}; {hint}")]
pub struct ParseError {
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: String,
}

/// A line and its number.
type Line<'a> = (usize, &'a str);

/// Reads a scenario, and checks it against the catalog.
///
/// # Errors
/// The first line that cannot be understood or carried out.
pub fn parse(source: &str) -> Result<Scenario, ParseError> {
    let mut lines = source.lines().enumerate().map(|(at, line)| (at + 1, line));
    let mut scenario = front_matter(&mut lines)?;
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let block: Vec<Line<'_>> = lines
            .by_ref()
            .take_while(|(_, line)| line.trim() != "```")
            .collect();
        if info.trim_start_matches('`').split_whitespace().next() == Some("beat") {
            let beat = beat(at, &block, &scenario)?;
            scenario.beats.push(beat);
        }
    }
    if scenario.beats.is_empty() {
        return Err(error(
            1,
            "there is no beat",
            "add a block that begins with ```beat and ends with ```",
        ));
    }
    Ok(scenario)
}

fn error(line: usize, message: impl Into<String>, hint: impl Into<String>) -> ParseError {
    ParseError {
        line,
        message: message.into(),
        hint: hint.into(),
    }
}

fn refused(line: usize, failure: Failure) -> ParseError {
    ParseError {
        line,
        message: failure.message,
        hint: failure.hint,
    }
}

/// Splits `key: value`.
fn key(line: &str) -> Option<(&str, &str)> {
    line.split_once(':')
        .map(|(key, value)| (key.trim(), value.trim()))
}

fn front_matter<'a>(lines: &mut impl Iterator<Item = Line<'a>>) -> Result<Scenario, ParseError> {
    let first = lines.find(|(_, line)| !line.trim().is_empty());
    if first.is_none_or(|(_, line)| line.trim() != "---") {
        let at = first.map_or(1, |first| first.0);
        return Err(error(
            at,
            "a scenario begins with front matter",
            "begin with a line of ---, then title: and run:",
        ));
    }
    let mut scenario = Scenario {
        title: String::new(),
        entry: String::new(),
        variant: None,
        params: Values::new(),
        roles: BTreeMap::new(),
        minutes: None,
        beats: Vec::new(),
    };
    for (at, line) in lines {
        match key(line) {
            _ if line.trim() == "---" => {
                if scenario.entry.is_empty() {
                    return Err(error(
                        at,
                        "the front matter does not say what to run",
                        "add: run: pipe",
                    ));
                }
                return Ok(scenario);
            }
            _ if line.trim().is_empty() => {}
            Some(("title", value)) => value.trim_matches('"').clone_into(&mut scenario.title),
            Some(("minutes", value)) => {
                let minutes = value
                    .parse()
                    .map_err(|_| error(at, "minutes is not a number", "write minutes: 3"))?;
                scenario.minutes = Some(minutes);
            }
            Some(("run", value)) => run(at, value, &mut scenario)?,
            Some(("roles", value)) => roles(at, value, &mut scenario)?,
            Some(("order" | "summary", _)) => {}
            Some((other, _)) => {
                let message = format!("the front matter has no \"{other}\"");
                return Err(error(
                    at,
                    message,
                    "use title, run, roles, minutes, order, summary",
                ));
            }
            None => {
                return Err(error(
                    at,
                    "this is not \"name: value\"",
                    "end the front matter with a line of ---",
                ));
            }
        }
    }
    Err(error(
        1,
        "the front matter does not end",
        "end it with a line of ---",
    ))
}

/// `pipe/fifo capacity=4096`
fn run(at: usize, line: &str, scenario: &mut Scenario) -> Result<(), ParseError> {
    let words = super::step::words(line).map_err(|failure| refused(at, failure))?;
    let mut words = words.into_iter();
    let place = words.next().map(|word| word.name).unwrap_or_default();
    let (entry, variant) = match place.split_once('/') {
        Some((entry, variant)) => (entry, Some(variant)),
        None => (place.as_str(), None),
    };
    let known = catalog::entry(entry).map_err(|failure| refused(at, failure))?;
    known
        .variant(variant)
        .map_err(|failure| refused(at, failure))?;
    entry.clone_into(&mut scenario.entry);
    scenario.variant = variant.map(str::to_owned);
    for word in words {
        let Some(value) = word.value else {
            return Err(error(
                at,
                format!("\"{}\" has no value", word.name),
                "parameters are name=value",
            ));
        };
        scenario
            .params
            .insert(word.name, super::step::literal(&value, word.quoted));
    }
    known
        .params(&scenario.params)
        .map_err(|failure| refused(at, failure))?;
    Ok(())
}

/// `writer=python reader=rust`
fn roles(at: usize, line: &str, scenario: &mut Scenario) -> Result<(), ParseError> {
    for word in super::step::words(line).map_err(|failure| refused(at, failure))? {
        let Some(language) = word
            .value
            .filter(|word| matches!(word.as_str(), "python" | "rust"))
        else {
            return Err(error(
                at,
                format!("\"{}\" has no language", word.name),
                "write roles: writer=python, or reader=rust",
            ));
        };
        scenario.roles.insert(word.name, language);
    }
    Ok(())
}

/// What a line that begins with spaces continues.
#[derive(Clone, Copy)]
enum Last {
    Nothing,
    Say,
    Question,
    Option,
}

/// A question as it is read.
struct Draft {
    line: usize,
    question: String,
    options: Vec<String>,
    right: Vec<usize>,
}

fn beat(start: usize, block: &[Line<'_>], scenario: &Scenario) -> Result<Beat, ParseError> {
    let entry = catalog::entry(&scenario.entry).map_err(|failure| refused(start, failure))?;
    let variant = entry
        .variant(scenario.variant.as_deref())
        .map_err(|failure| refused(start, failure))?;
    let mut beat = Beat {
        steps: Vec::new(),
        say: String::new(),
        ask: None,
        expect: Vec::new(),
        absent: Vec::new(),
    };
    let mut draft: Option<Draft> = None;
    let mut last = Last::Nothing;
    for &(at, line) in block {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if let (Some(option), Some(draft)) = (line.trim_start().strip_prefix("- "), &mut draft) {
            let (option, right) = match option.trim().strip_suffix('*') {
                Some(option) => (option.trim_end(), true),
                None => (option.trim(), false),
            };
            if right {
                draft.right.push(draft.options.len());
            }
            draft.options.push(option.to_owned());
            last = Last::Option;
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let continued = match (last, &mut draft) {
                (Last::Say, _) => Some(&mut beat.say),
                (Last::Question, Some(draft)) => Some(&mut draft.question),
                _ => None,
            };
            if let Some(text) = continued {
                text.push(' ');
                text.push_str(line.trim());
                continue;
            }
        }
        last = Last::Nothing;
        match key(line) {
            Some(("do", step)) => {
                let step: super::Step = step.parse().map_err(|failure| refused(at, failure))?;
                step.check(entry, variant.id)
                    .map_err(|failure| refused(at, failure))?;
                beat.steps.push(step);
            }
            Some(("say", text)) if beat.say.is_empty() => {
                text.clone_into(&mut beat.say);
                last = Last::Say;
            }
            Some(("ask", question)) if draft.is_none() => {
                let question = question.to_owned();
                draft = Some(Draft {
                    line: at,
                    question,
                    options: Vec::new(),
                    right: Vec::new(),
                });
                last = Last::Question;
            }
            Some(("expect", fact)) => beat
                .expect
                .push(fact.parse().map_err(|failure| refused(at, failure))?),
            Some(("absent", fact)) => beat
                .absent
                .push(fact.parse().map_err(|failure| refused(at, failure))?),
            Some((again @ ("say" | "ask"), _)) => {
                let message = format!("a beat has one \"{again}\"");
                return Err(error(
                    at,
                    message,
                    "begin a line with two spaces to go on with the one before",
                ));
            }
            _ => {
                let hint = "use do:, say:, ask: (with - options), expect:, absent:";
                return Err(error(at, "this line of a beat is not understood", hint));
            }
        }
    }
    if beat.say.is_empty() {
        return Err(error(
            start,
            "the beat says nothing",
            "add: say: what the learner sees",
        ));
    }
    beat.ask = draft.map(ask).transpose()?;
    Ok(beat)
}

fn ask(draft: Draft) -> Result<Ask, ParseError> {
    let Draft {
        line,
        question,
        options,
        right,
    } = draft;
    match right.as_slice() {
        [answer] if options.len() > 1 => Ok(Ask {
            question,
            options,
            answer: *answer,
        }),
        _ => {
            let message = format!(
                "the question has {} answers, of which {} are right",
                options.len(),
                right.len()
            );
            Err(error(
                line,
                message,
                "give at least two lines of \"- answer\", one of them ending in *",
            ))
        }
    }
}
