//! The web app's files.

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_script_comes_as_small_as_the_browser_takes_it_and_is_kept_for_ever() {
    let world = World::start().await;
    for (takes, gets, encoding) in
        [("", "plain script", ""), ("gzip", "gzipped script", "gzip"), ("gzip, br", "brotli script", "br")]
    {
        let answer = world.ask("GET", "/assets/app-1.js").header("accept-encoding", takes).await;
        assert_eq!((answer.text().as_str(), answer.header("content-encoding")), (gets, encoding));
        assert!(answer.header("cache-control").contains("immutable"));
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        let again = world
            .ask("GET", "/assets/app-1.js")
            .header("accept-encoding", takes)
            .header("if-none-match", answer.header("etag"))
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_of_the_web_app_gets_its_page_and_a_missing_file_nothing() {
    let world = World::start().await;
    let page = world.ask("GET", "/sessions/some-id").header("accept", "text/html,*/*").await;
    assert_eq!((page.status, page.text().as_str()), (200, "<!doctype html>page"));
    assert_eq!(page.header("cache-control"), "no-cache");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert_eq!(world.ask("GET", "/assets/gone.js").header("accept", "text/html").await.status, 404);
    assert_eq!(world.ask("GET", "/some.js").header("accept", "*/*").await.status, 404);
    assert_eq!(world.ask("GET", "/docs/guide").await.text(), "guide");
    assert_eq!(world.ask("POST", "/").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn head_says_what_get_would() {
    let world = World::start().await;
    let head = world.ask("HEAD", "/theme.js").await;
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, "5", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_moved_and_a_folder_without_its_slash_say_where_to_go() {
    let world = World::start().await;
    for (asked, now) in [("/guide/old", "/docs/guide.html"), ("/guide/old/", "/docs/guide.html"), ("/docs", "/docs/")] {
        let answer = world.ask("GET", asked).header("accept", "text/html").await;
        assert_eq!((answer.status, answer.header("location")), (308, now), "{asked}");
    }
    assert_eq!(world.ask("GET", "/docs/").await.text(), "documentation");
}
