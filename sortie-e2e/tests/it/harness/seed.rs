//! The catalog that the flows use: small X programs, and programs that go wrong.

use serde_json::{Value, json};

/// A terminal's background: red, green, blue. Nothing else on a screen has these colours.
pub(crate) const PAPER: [u8; 3] = [0x20, 0x40, 0x60];

/// The colour of its text.
pub(crate) const INK: [u8; 3] = [0xf0, 0xe0, 0x80];

/// A terminal that is quick to draw. `tag` stands in its command line, so that `/proc` tells whose it is.
pub(crate) fn terminal(id: &str, tag: &str) -> Value {
    json!({
        "id": id, "name": "Terminal", "description": "A shell.", "category": "Tools", "launch_type": "container",
        "command": ["xterm", "-T", tag, "-bg", &colour(PAPER), "-fg", &colour(INK)], "workspace": {"kind": "ephemeral"},
    })
}

fn colour([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// An app with a command of its own.
pub(crate) fn program(id: &str, command: &[&str]) -> Value {
    json!({"id": id, "name": id, "category": "Odd", "launch_type": "container", "command": command})
}

/// The seed file's content.
pub(crate) fn catalog(tag: &str) -> Value {
    let mut notes = terminal("notes", tag);
    notes["name"] = json!("Notes");
    notes["workspace"] = json!({"kind": "persistent"});
    let mut secret = terminal("vault", tag);
    secret["name"] = json!("Vault");
    secret["visibility"] = json!("admin_only");
    secret["env"] = json!([{"name": "VAULT_KEY", "value": "canary-of-an-app"}]);
    json!({"applications": [
        terminal("terminal", tag),
        notes,
        secret,
        program("clock", &["xclock", "-title", tag]),
        program("crasher", &["sh", "-c", "echo first; echo boom >&2; exit 3"]),
        program("absent", &["no-such-program-anywhere"]),
        {"id": "wiki", "name": "Wiki", "category": "Links", "launch_type": "url", "url": "https://example.org/wiki"},
    ]})
}
