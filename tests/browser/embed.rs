//! A stage in somebody else's page: another origin, under a path prefix, in both themes; and the page that writes it down.

use crate::support::{Page, Setting, TELEPHONE, USUAL, browse};
use harness::http;
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

/// The site has an address, so that nothing hangs on which address a name stands for.
const HOST: &str = "127.0.0.2";

/// A site that is not ours: a page with a frame for the address after `?`, which writes down what the frame tells it.
struct Site {
    port: u16,
}

const SITE_PAGE: &str = "<!doctype html><html lang=\"en\"><title>A course</title><h1>A course</h1>
<iframe title=\"Pipe\" width=\"1000\" height=\"300\"></iframe>
<script>
  window.told = [];
  addEventListener('message', event => {
    window.told.push({origin: event.origin, ...event.data});
    if (event.data.type === 'height') document.querySelector('iframe').height = event.data.height;
  });
  document.querySelector('iframe').src = decodeURIComponent(location.search.slice(1));
</script>";

impl Site {
    fn start() -> Self {
        let listener = TcpListener::bind((HOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it listens").port();
        // Ends with the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A browser opens connections on which it may never ask anything.
                thread::spawn(move || answer(&stream));
            }
        });
        Self { port }
    }

    /// As its readers know it: another host than that of the playground, 127.0.0.1.
    fn origin(&self) -> String {
        format!("http://{HOST}:{}", self.port)
    }

    /// A server of the playground that lets the site show it.
    fn allowed(&self) -> Setting {
        let allow = format!("--allow-embed={}", self.origin());
        let args = vec![&*allow.leak(), "--base-path=/play/"];
        Setting {
            args: args.leak(),
            ..USUAL
        }
    }

    /// Opens the page with that frame.
    async fn show(&self, page: &Page, frame: &str) {
        let framed = page
            .server()
            .url(frame)
            .replace(':', "%3A")
            .replace('&', "%26");
        let address = format!("{}/?{framed}", self.origin());
        page.driver
            .client
            .goto(&address)
            .await
            .expect("the site is there");
    }
}

fn answer(stream: &TcpStream) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    lines.find(String::is_empty);
    let (status, body) = if first.contains("favicon") {
        ("204 No Content", "")
    } else {
        ("200 OK", SITE_PAGE)
    };
    // A browser that has gone away needs no answer.
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .ok();
}

/// How many sockets the server has.
async fn sessions(address: SocketAddr) -> Value {
    http::get(address, "/play/api/health").await.json()["counters"]["sessions"].clone()
}

async fn enter(page: &Page) {
    page.driver
        .client
        .clone()
        .enter_frame(0)
        .await
        .expect("there is a frame");
}

async fn leave(page: &Page) {
    page.driver
        .client
        .clone()
        .enter_parent_frame()
        .await
        .expect("there is a page around it");
}

#[tokio::test]
async fn a_page_of_another_origin_shows_a_stage_and_is_told_what_happens() {
    let site = Site::start();
    browse("embed", site.allowed(), async |page| {
        page.server().settled().await;
        let address = page.server().address;
        let mut papers = Vec::new();
        for theme in ["light", "dark"] {
            site.show(page, &format!("/play/embed/pipe?view=stage,timeline&theme={theme}&beat=2")).await;
            page.until("the frame ready", "return told.some(one => one.type === 'ready')").await;
            page.until(
                "the beat that it begins at",
                "return told.some(one => one.type === 'beat' && one.beat === 2 && one.of > 2)",
            )
            .await;
            page.until(
                "the frame as high as it wants to be",
                "return told.some(one => one.type === 'height') && Number(document.querySelector('iframe').height) > 300",
            )
            .await;
            let origins = page.script("return [...new Set(told.map(one => one.origin + one.source))]").await;
            assert_eq!(origins, json!([format!("http://{address}ipc-playground")]));
            enter(page).await;
            page.says("main", "REPLAY").await;
            let paper = page.script("return getComputedStyle(document.body).color").await;
            papers.push(paper);
            page.accessible(&format!("an embed in a page, {theme}")).await;
            leave(page).await;
        }
        assert_ne!(papers[0], papers[1], "the address chooses the theme");
        assert_eq!(sessions(address).await, json!(0), "a recording needs no connection");
        assert!(page.server().supervisors().is_empty(), "looking starts nothing");

        // To the end of the recording, then the real thing.
        enter(page).await;
        let end = "const range = document.querySelector('.player input[type=range]'); range.value = range.max;
            range.dispatchEvent(new Event('input', {bubbles: true}));";
        page.script(end).await;
        leave(page).await;
        page.until("the end told", "return told.some(one => one.type === 'done')").await;
        enter(page).await;
        page.press("Run it live").await;
        page.worker_says("reader", "pipe empty").await;
        assert_eq!(page.server().supervisors().len(), 1);
        let link = page
            .script("return document.querySelector('.embed-foot a').getAttribute('href')")
            .await;
        assert_eq!(link, json!("/play/lab/pipe"));
    })
    .await;
}

/// A frame that is refused is an error on the console.
const REFUSED: Setting = Setting {
    console_errors: true,
    ..USUAL
};

#[tokio::test]
async fn a_page_that_is_not_named_shows_nothing() {
    let site = Site::start();
    browse("embed-refused", REFUSED, async |page| {
        site.show(page, "/embed/pipe").await;
        enter(page).await;
        page.until(
            "the browser's refusal",
            "return document.readyState === 'complete' && !location.href.startsWith('about:blank')",
        )
        .await;
        let drawn = page
            .script("return document.querySelector('.embed') !== null")
            .await;
        assert_eq!(drawn, false);
        leave(page).await;
        assert_eq!(page.script("return told.length").await, json!(0));
    })
    .await;
}

#[tokio::test]
async fn the_builder_shows_it_writes_it_down_and_says_what_will_refuse_it() {
    browse("embed-builder", USUAL, async |page| {
        page.open("/").await;
        let door = page.link("Teach & embed").await;
        page.click(&door).await;
        page.says("h1", "Embed a stage").await;
        page.press("timeline").await;
        page.choose(".fields label:nth-of-type(4) select", "dark")
            .await;
        page.says(
            ".snippet pre",
            "/embed/pipe?view=stage,timeline&amp;theme=dark",
        )
        .await;
        page.says("[aria-label='For mdBook']", "<iframe").await;
        page.says("[aria-label='For Docusaurus (MDX)']", "style={{border: 0}}")
            .await;
        page.fill(
            ".fields label:nth-of-type(7) input",
            "https://docs.example.org/course",
        )
        .await;
        page.says(
            "[data-test=verdict]",
            "--allow-embed https://docs.example.org",
        )
        .await;
        page.says("[data-test=verdict]", "this machine alone").await;
        let own = page.script("return location.origin").await;
        page.fill(
            ".fields label:nth-of-type(7) input",
            own.as_str().expect("an address"),
        )
        .await;
        page.says("[data-test=verdict]", "Nothing of this server refuses it")
            .await;
        enter(page).await;
        page.says("main", "REPLAY").await;
        leave(page).await;
        page.accessible_in_both_themes("the embed builder").await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn a_lesson_in_an_embed_begins_at_its_beat_when_somebody_begins() {
    browse("embed-lesson", USUAL, async |page| {
        page.server().settled().await;
        let address = page.server().address;
        page.open("/embed/pipe?lesson=forgotten-end&beat=2").await;
        page.says(".quest", "Nothing runs yet").await;
        assert_eq!(
            http::get(address, "/api/health").await.json()["counters"]["sessions"],
            json!(0)
        );
        assert!(
            page.server().supervisors().is_empty(),
            "looking starts nothing"
        );
        page.press("Start").await;
        page.says(".quest b", "2 of ").await;
        page.see("[data-test=beat-ask]").await;
        let link = "return document.querySelector('.embed-foot a').getAttribute('href')";
        assert_eq!(page.script(link).await, json!("/learn/pipe/forgotten-end"));
        page.accessible_in_both_themes("a lesson in an embed").await;
        page.fits().await;
    })
    .await;
}

#[tokio::test]
async fn the_roles_of_an_embed_are_in_its_language() {
    browse("embed-language", USUAL, async |page| {
        page.open("/embed/pipe?mode=live&lang=python").await;
        page.send("hello").await;
        page.worker_says("reader", "Python").await;
        page.worker_says("writer", "Python").await;
        let link = page
            .script("return document.querySelector('.embed-foot a').getAttribute('href')")
            .await;
        assert_eq!(link, json!("/lab/pipe?roles=reader:python,writer:python"));
    })
    .await;
}

#[tokio::test]
async fn the_builder_writes_down_a_lesson_and_a_language() {
    browse("embed-builder-lesson", USUAL, async |page| {
        page.open("/embed-builder").await;
        page.choose(".fields label:nth-of-type(3) select", "python")
            .await;
        page.says(".snippet pre", "/embed/pipe?lang=python").await;
        page.choose(".fields label:nth-of-type(2) select", "forgotten-end")
            .await;
        page.fill(".fields label:nth-of-type(6) input", "2").await;
        page.says(
            ".snippet pre",
            "/embed/pipe?lesson=forgotten-end&amp;beat=2",
        )
        .await;
        enter(page).await;
        page.says("main", "Nothing runs yet").await;
        leave(page).await;
    })
    .await;
}

#[tokio::test]
async fn the_builder_fits_a_telephone() {
    browse("embed-builder-narrow", TELEPHONE, async |page| {
        page.open("/embed-builder").await;
        page.see(".snippet pre").await;
        page.fits().await;
    })
    .await;
}
