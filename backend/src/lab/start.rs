//! Starting a run: everything is checked before any process exists.

use super::{Attached, Lab, Run, Token, run::Books, task::Task, token::random_hex};
use crate::{
    link::Setup,
    mechanism::Play,
    worker::{Language, python},
};
use shared::{
    catalog,
    command::Values,
    failure::{Code, Failure},
    ids::RunId,
    state::RunState,
};
use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, atomic::Ordering},
};
use tokio::time::Instant;

/// What a learner wants to run, as it was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    /// Entry of the catalog.
    pub entry: String,
    /// Variant; the first if absent.
    pub variant: Option<String>,
    /// Parameters that differ from their default.
    pub params: Values,
    /// Language of a role.
    pub roles: BTreeMap<String, String>,
    /// Trace system calls.
    pub xray: bool,
}

/// A run that began.
#[derive(Debug)]
pub struct Started {
    /// The run.
    pub run: Arc<Run>,
    /// Counts the one who started it as connected.
    pub attached: Attached,
}

impl Lab {
    /// Starts a run owned by `owner`; `address` is whose share of the runs it takes.
    ///
    /// # Errors
    /// `bad_param`, `not_supported` or `limit_hit` before any process exists; `internal` if none can be made.
    pub async fn start(
        &self,
        owner: &Token,
        address: Option<IpAddr>,
        order: Order,
    ) -> Result<Started, Failure> {
        let entry = catalog::entry(&order.entry)?;
        let variant = entry.variant(order.variant.as_deref())?;
        let params = entry.params(&order.params)?;
        check_languages(&Play::new(entry.id, variant.id, &params, &order.roles)?)?;
        let asked = Instant::now();
        self.inner.starts.take(address, asked)?;
        let slot = self.inner.slots.take(address)?;
        self.make_room();

        let id = RunId::new(random_hex::<6>());
        let state = RunState {
            run: Some(id.clone()),
            entry: entry.id.to_owned(),
            variant: variant.id.to_owned(),
            params: params.clone(),
            xray: order.xray,
            ..RunState::default()
        };
        let link = self.inner.boxes.start(Setup {
            run: id.clone(),
            entry: entry.id.to_owned(),
            variant: variant.id.to_owned(),
            params,
            roles: order.roles,
            xray: order.xray,
            cpu: self.core(),
        });
        let link = link.await?;
        let counters = &self.inner.counters;
        let counted = counters.boxes.one();
        counters.box_start.took(asked.elapsed());
        let budget = Arc::clone(&self.inner.budget);
        let books = Books {
            asked,
            budget,
            counters: Arc::clone(counters),
        };
        let (run, requests) = Run::new(id, owner.clone(), entry, state, &self.inner.limits, books);
        let attached = run.attach();
        self.insert(&run);
        tracing::info!(run = %run.id(), entry = entry.id, variant = variant.id, "run started");
        let task = Task::new(
            self.clone(),
            Arc::clone(&run),
            link,
            requests,
            (slot, counted),
        );
        self.inner.tasks.spawn(task.work());
        Ok(Started { run, attached })
    }

    /// The core for the next run; runs take turns, so that two of them seldom share one.
    fn core(&self) -> Option<usize> {
        let cores = &self.inner.cores;
        let turn = self.inner.next_core.fetch_add(1, Ordering::Relaxed);
        turn.checked_rem(cores.len())
            .and_then(|index| cores.get(index).copied())
    }
}

/// Entries whose roles cannot be in Python on this host: it lacks a module that they import.
pub(crate) fn without_python() -> Vec<String> {
    let lacks = |entry: &&catalog::Entry| {
        let variant = entry.variants.first()?.id;
        let play = Play::new(entry.id, variant, &Values::new(), &BTreeMap::new()).ok()?;
        let module = play.mechanism.module()?;
        python::folder_of(module).is_none().then_some(())
    };
    let all = catalog::ENTRIES.iter();
    let lacking = all.filter(|entry| lacks(entry).is_some());
    lacking.map(|entry| entry.id.to_owned()).collect()
}

/// A role in Python needs one on this host.
fn check_languages(play: &Play) -> Result<(), Failure> {
    if !play.languages.contains(&Language::Python) {
        return Ok(());
    }
    if let Err(why) = python::installed() {
        let hint = "apt install python3, or use rust";
        return Err(Failure::new(Code::NotSupported, why, hint).field("roles"));
    }
    match play.mechanism.module() {
        Some(module) if python::folder_of(module).is_none() => {
            let why = format!("the python3 of this server has no module \"{module}\"");
            let hint = format!("apt install python3-{module}, or use rust");
            Err(Failure::new(Code::NotSupported, why, hint).field("roles"))
        }
        Some(_) | None => Ok(()),
    }
}
