//! What cannot be sent is refused in words, next to the field.

use crate::support::{USUAL, browse};

#[tokio::test]
async fn bad_hex_is_refused_beside_the_field() {
    browse("bad-hex", USUAL, async |page| {
        page.open("/lab/pipe").await;
        page.choose("#message-kind", "hex").await;
        page.send("4g").await;
        let field = page.see("#message[aria-invalid=true]").await;
        // It is read out with the field, and stands right below it.
        let words = field.attr("aria-describedby").await.expect("an attribute");
        let words = format!("#{}", words.expect("the words belong to the field"));
        page.says(&words, "is not a hex digit").await;
        page.says(&words, "68 65").await;
        page.send("68 65 6c 6c 6f").await;
        page.log_says("got 5 bytes").await;
        page.until(
            "no refusal any more",
            "return document.querySelector('#message[aria-invalid]') === null",
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
