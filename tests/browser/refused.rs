//! What cannot be sent is refused in words, next to the field.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn bad_hex_is_refused_beside_the_field() {
    browse("bad-hex", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.choose("#message-kind", "hex").await;
        page.send("4g").await;
        page.says("#message-error", "hex").await;
        let invalid = page
            .see("#message")
            .await
            .attr("aria-invalid")
            .await
            .expect("an attribute");
        assert_eq!(invalid.as_deref(), Some("true"));
        // It is read out with the field, and stands right below it.
        let described = page
            .see("#message")
            .await
            .attr("aria-describedby")
            .await
            .expect("an attribute");
        assert_eq!(described.as_deref(), Some("message-error"));
        page.send("68 65 6c 6c 6f").await;
        page.says("#log, [role=log], .log", "message.received")
            .await;
        page.until(
            "no refusal any more",
            "return !document.querySelector('#message-error')?.innerText",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_parameter_out_of_its_range_names_the_range() {
    browse("bad-parameter", USUAL, async |page| {
        page.open("/lab/pipe?writers=9").await;
        page.press("Send").await;
        page.until(
            "words beside the parameter",
            "return document.body.innerText.includes('from 1 to 4')",
        )
        .await;
    })
    .await;
}
