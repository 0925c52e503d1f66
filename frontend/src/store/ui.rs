//! What is open, chosen and scrolled to on the page: of no interest to anybody else.

use super::{Effect, Selected, Store, timeline::Axis};
use shared::{diagnosis, ids::Seq};

/// What a phone shows of the page with the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Sentence, stage, timeline.
    #[default]
    Scene,
    /// The panel.
    Lesson,
    /// The panel with the log.
    Log,
}

/// What the panel beside the stage shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The lesson, or the lessons there are.
    #[default]
    Lesson,
    /// The call or message that is looked at.
    Xray,
    /// The source that is running.
    Source,
    /// All events.
    Log,
}

/// What can be open over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// The list of keys.
    Keys,
    /// The watch link.
    Invite,
}

/// What is open and chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ui {
    /// The list of topics, where it has no place of its own.
    pub topics: bool,
    /// What is open over the page.
    pub dialog: Option<Dialog>,
    /// The address was copied.
    pub copied: bool,
    /// For phones.
    pub view: View,
    /// Beside the stage.
    pub tab: Tab,
    /// Of the timeline.
    pub axis: Axis,
    /// Step of the true-time axis.
    pub zoom: usize,
    /// End of the timeline's window, where a learner went back.
    pub back: Option<Seq>,
    /// What is told to those who do not see the stage.
    pub said: String,
    delivered: u64,
    headline: String,
}

/// Something was opened, closed or chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UiAction {
    /// The list of topics.
    Topics(bool),
    /// Opens over the page, or closes.
    Dialog(Option<Dialog>),
    /// The address was copied, or that was told long enough.
    Copied(bool),
    /// What a phone shows.
    View(View),
    /// What the panel shows.
    Tab(Tab),
    /// The timeline's axis.
    Axis(Axis),
    /// Wider, narrower.
    Zoom(isize),
    /// Older, or the newest.
    Back(Option<Seq>),
    /// It is time to say what has changed.
    Announce,
}

/// Zoom steps of the true-time axis.
pub const ZOOMS: [u32; 5] = [1, 4, 16, 64, 200];

impl Store {
    pub(crate) fn ui(&mut self, action: UiAction) -> Vec<Effect> {
        let ui = &mut self.ui;
        match action {
            UiAction::Topics(open) => ui.topics = open,
            UiAction::Dialog(open) => ui.dialog = open,
            UiAction::Copied(copied) => ui.copied = copied,
            UiAction::View(view) => {
                // The views of a phone share the panel with its own tabs.
                match view {
                    View::Log => ui.tab = Tab::Log,
                    View::Lesson if ui.tab == Tab::Log => ui.tab = Tab::Lesson,
                    View::Lesson | View::Scene => {}
                }
                ui.view = view;
            }
            UiAction::Tab(tab) => ui.tab = tab,
            UiAction::Axis(axis) => ui.axis = axis,
            UiAction::Zoom(by) => ui.zoom = ui.zoom.saturating_add_signed(by).min(ZOOMS.len() - 1),
            UiAction::Back(back) => ui.back = back,
            UiAction::Announce => self.announce(),
        }
        Vec::new()
    }

    /// X-ray opens beside the log, and in place of the lesson.
    pub(crate) fn looked_at(&mut self, selected: Selected) {
        if selected != Selected::Nothing && self.ui.tab != Tab::Log {
            self.ui.tab = Tab::Xray;
        }
    }

    /// Says what has changed since it was last said.
    fn announce(&mut self) {
        let state = self.shown().state;
        let new = state.counts.received.saturating_sub(self.ui.delivered);
        self.ui.delivered = state.counts.received;
        let headline = diagnosis::sentence(&state).headline.replace('`', "");
        if new > 0 {
            self.ui.said = format!("{new} delivered. {headline}");
        } else if headline != self.ui.headline {
            self.ui.said.clone_from(&headline);
        }
        self.ui.headline = headline;
    }
}
