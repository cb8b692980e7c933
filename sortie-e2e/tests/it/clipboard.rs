//! Text that a person copies into an app, and how much of it at once.

use std::{path::Path, time::Instant};

use super::harness::{PATIENCE, client::id, screen::Screen, world::World};

const LIMIT: usize = 40;

#[tokio::test]
async fn a_text_goes_into_an_app_up_to_the_apps_own_size() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let mut app = person.get("/api/apps/terminal").await.json();
    app["clipboard"] = serde_json::json!({"in": true, "out": true, "max_in_bytes": 2_000_000});
    let refused = person.put("/api/apps/terminal", &app).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(refused.json().to_string().contains("clipboard.max_in_bytes"), "{refused:?}");
    app["clipboard"]["max_in_bytes"] = LIMIT.into();
    let changed = person.put("/api/apps/terminal", &app).await;
    assert_eq!(changed.status, 200, "{changed:?}");

    let session = id(&person.launch("terminal").await);
    person.until(&session, "running").await;
    assert_eq!(person.get(&format!("/api/sessions/{session}")).await.json()["clipboard"]["max_in_bytes"], LIMIT);
    let home = world.record(&session).home;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.terminal().await.unwrap();

    let fits = "echo pasted >>~/short";
    screen.paste(fits).await.unwrap();
    entered(&mut screen, &home.join("short"), 1).await;
    // Longer by one than the limit: dropped as a whole, so what is pasted is what was copied before.
    let too_long = format!("{:LIMIT$} ", "echo pasted >>~/long");
    assert_eq!(too_long.len(), LIMIT + 1);
    screen.paste(&too_long).await.unwrap();
    entered(&mut screen, &home.join("short"), 2).await;
    // As long as the limit: taken.
    screen.paste(too_long.strip_suffix(' ').unwrap()).await.unwrap();
    entered(&mut screen, &home.join("long"), 1).await;
    screen.close().await;
    assert_eq!(person.delete(&format!("/api/sessions/{session}")).await.status, 204);
}

/// Presses Return until what was pasted has been read and has written so many lines: the app fetches a pasted text by itself,
/// some time after the click.
async fn entered(screen: &mut Screen, path: &Path, lines: usize) {
    let begun = Instant::now();
    while std::fs::read_to_string(path).unwrap_or_default().lines().count() != lines {
        assert!(begun.elapsed() < PATIENCE, "there never were {lines} lines in {}", path.display());
        screen.type_line("").await.unwrap();
        screen.frame().await.unwrap();
    }
}
