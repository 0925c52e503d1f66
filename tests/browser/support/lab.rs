//! The lab of a mechanism: sentence, stage, composer.

use super::Page;

/// A script that finds the card of a process, `card`.
fn with_card(worker: &str, then: &str) -> String {
    format!("const card = document.querySelector('[data-worker=\"{worker}\"]'); {then}")
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
        let script = with_card(
            worker,
            &format!("return card !== null && card.innerText.includes('{text}')"),
        );
        self.until(&format!("{worker} says \"{text}\""), &script)
            .await;
    }

    /// Presses a button on the card of a process; it may be in its fold.
    pub(crate) async fn tell(&self, worker: &str, button: &str) {
        let find = format!(
            "const named = [...card.querySelectorAll('button')].find(one => one.checkVisibility() && !one.disabled
                && (one.innerText.trim().startsWith('{button}') || one.ariaLabel?.startsWith('{button}')));"
        );
        let press = with_card(
            worker,
            &format!("if (!card) return false; {find} named?.click(); return named !== undefined"),
        );
        let fold = with_card(
            worker,
            "const more = card?.querySelector('button[aria-expanded=\"false\"]'); more?.click();",
        );
        if self.script(&press).await != serde_json::Value::Bool(true) {
            self.script(&fold).await;
            self.until(&format!("button {button} of {worker}"), &press)
                .await;
        }
    }

    /// Waits until the tube shows so many bytes.
    pub(crate) async fn tube_holds(&self, bytes: &str) {
        self.says(".kernel .figure", &format!("{bytes} of ")).await;
    }

    /// Waits until the sentence on top says that.
    pub(crate) async fn sentence_says(&self, text: &str) {
        self.says(".say", text).await;
    }
}
