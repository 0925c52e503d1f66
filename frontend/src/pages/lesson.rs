//! `/learn/pipe/forgotten-end`: a lesson, beat by beat.

use crate::{
    components::bench::{Bench, Purpose},
    lessons::Lesson,
};
use yew::prelude::*;

/// The lesson.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct LessonProps {
    pub(super) lesson: &'static Lesson,
    pub(super) topics: bool,
}

/// One lesson beside the stage it plays on.
#[component]
pub(super) fn LessonPage(props: &LessonProps) -> Html {
    html! { <Bench purpose={Purpose::Lesson(props.lesson)} title={props.lesson.title} topics={props.topics} /> }
}
