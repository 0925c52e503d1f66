//! One file a page. Each begins with an `h1` that takes the focus when the page is turned to.

mod embed;
mod glossary;
mod home;
mod keys;
mod lab;
mod learn;
mod lesson;
mod missing;
mod replay;

use crate::route::Route;
use yew::prelude::*;

/// The page of a place; `topics` opens the list of topics where it has no place of its own.
pub fn view(route: &Route, topics: bool) -> Html {
    match route {
        Route::Home => html! { <home::Home /> },
        Route::Learn => html! { <learn::Learn /> },
        Route::Lesson { entry, lesson, .. } => match crate::lessons::lesson(entry, lesson) {
            Some(lesson) => html! { <lesson::LessonPage {lesson} {topics} key={format!("{entry}/{}", lesson.id)} /> },
            None => html! { <missing::Missing what={format!("There is no lesson “{lesson}” of {entry}.")} /> },
        },
        Route::Lab(lab) => match shared::catalog::entry(&lab.entry) {
            Ok(entry) if entry.built => html! { <lab::LabPage {topics} key={lab.entry.clone()} /> },
            Ok(entry) => html! { <missing::Coming title={entry.title} what={entry.question} /> },
            Err(failure) => html! { <missing::Missing what={format!("{}.", failure.message)} /> },
        },
        Route::Replay { .. } => html! { <replay::Replay {topics} /> },
        Route::Embed { options, .. } => html! { <embed::Embed options={options.clone()} /> },
        Route::Glossary => html! { <glossary::Glossary /> },
        Route::Keys => html! { <keys::Keys /> },
        Route::Coming { title, .. } => html! { <missing::Coming title={*title} what="" /> },
        Route::Missing { path } => html! { <missing::Missing what={format!("There is no page at “{path}”.")} /> },
    }
}
