//! The lab of a mechanism: sentence, stage, composer, log.

use super::Page;

/// A script that finds the card of a process, `card`.
fn with_card(worker: &str, then: &str) -> String {
    format!(
        "const card = document.querySelector('.proc[role=group][aria-label^=\"{worker}, \"]'); {then}"
    )
}

impl Page {
    /// Writes a message and sends it.
    pub(crate) async fn send(&self, text: &str) {
        self.fill("#message", text).await;
        self.press("Send").await;
    }

    /// Sends so many messages of so many bytes.
    pub(crate) async fn flood(&self, len: u32, times: u32) {
        self.choose("#message-kind", "fill").await;
        self.fill("#message", &len.to_string()).await;
        self.fill("#times", &times.to_string()).await;
        self.press("Send").await;
    }

    /// Waits until the card of a process says that.
    pub(crate) async fn worker_says(&self, worker: &str, text: &str) {
        let says = format!("return card !== null && card.innerText.includes('{text}')");
        self.until(
            &format!("{worker} says \"{text}\""),
            &with_card(worker, &says),
        )
        .await;
    }

    /// The process id on a card: that on this host, since each box counts its own from 1.
    pub(crate) async fn pid_of(&self, worker: &str) -> u64 {
        self.worker_says(worker, "PID ").await;
        let pid = self
            .script(&with_card(
                worker,
                "const says = card.textContent;
                 return Number((says.match(/\\((\\d+) on this host/) ?? says.match(/PID (\\d+)/))[1])",
            ))
            .await;
        pid.as_u64().expect("a process id")
    }

    /// Presses a button on the card of a process; it may be in its fold.
    pub(crate) async fn tell(&self, worker: &str, button: &str) {
        let press = with_card(
            worker,
            &format!(
                "const named = [...card?.querySelectorAll('button') ?? []].find(one => one.checkVisibility()
                    && (one.innerText.trim().startsWith('{button}') || one.ariaLabel?.startsWith('{button}')));
                 const act = named ?? card?.querySelector('button.more[aria-expanded=\"false\"]');
                 act?.click();
                 return named !== undefined;"
            ),
        );
        self.until(&format!("button {button} of {worker}"), &press)
            .await;
    }

    /// Waits until the tube shows so many bytes.
    pub(crate) async fn tube_holds(&self, bytes: &str) {
        self.until(
            &format!("{bytes} bytes in the tube"),
            &format!("return document.querySelector('.kernel .figure b')?.innerText === '{bytes}'"),
        )
        .await;
    }

    /// Waits until the sentence on top says that.
    pub(crate) async fn sentence_says(&self, text: &str) {
        self.says("[data-test=sentence]", text).await;
    }

    /// Waits until the log, in its tab, says that.
    pub(crate) async fn log_says(&self, text: &str) {
        let log = self.see("#side-log").await;
        self.click(&log).await;
        self.says("[data-test=log]", text).await;
    }
}
