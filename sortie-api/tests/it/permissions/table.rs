//! The table.

use serde_json::{Value, json};

use super::objects::{
    Made,
    Target::{
        self, AccessRequest, Account, ApprovedApp, DiscoverableApp, EmptyCategory, FirstTenant, ForeignApp,
        ForeignCategory, FreshTenant, Guest, HiddenApp, Join, Nothing, Numbered, PublicApp, Session, Share, Tools,
        Waiting,
    },
    in_tools, link_in_tools,
};
use crate::world::{PASSWORD, link, shell};

/// Who asks. Adele owns the objects, Bob is another user, Olga an auditor, Ann an author, Root the administrator, Carl manages
/// the category Tools, Dora is approved for it, Tess administers the first tenant, Zoe and Zack (its administrator) are of
/// another tenant.
pub(super) const WHO: [&str; 11] =
    ["stranger", "adele", "bob", "olga", "ann", "root", "carl", "dora", "tess", "zoe", "zack"];

#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    pub(super) query: &'static str,
    pub(super) target: Target,
    pub(super) body: Option<fn(&str, &Made) -> Value>,
    pub(super) ends_sign_in: bool,
    /// What else there is to say about it in the guide.
    pub(super) about: &'static str,
    /// stranger, adele, bob, olga, ann, root
    six: [u16; 6],
    except: &'static [(&'static str, u16)],
}

impl Row {
    /// One answer for each of [`WHO`]. Who is not named is answered like Bob; from another tenant an object is not there.
    pub(super) fn expected(&self) -> [u16; 11] {
        let [stranger, adele, bob, olga, ann, root] = self.six;
        let outside = if self.target == Nothing || self.six[0] == bob { bob } else { 404 };
        let mut all = [stranger, adele, bob, olga, ann, root, bob, bob, bob, outside, outside];
        for (who, status) in self.except {
            let place = WHO.iter().position(|it| it == who).expect("a known name");
            all[place] = *status;
        }
        all
    }

    const fn saying(self, body: fn(&str, &Made) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn except(self, except: &'static [(&'static str, u16)]) -> Self {
        Self { except, ..self }
    }

    const fn asking(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    const fn ending_the_sign_in(self) -> Self {
        Self { ends_sign_in: true, ..self }
    }
}

const fn row(method: &'static str, template: &'static str, target: Target, six: [u16; 6]) -> Row {
    Row { method, template, query: "", target, body: None, ends_sign_in: false, about: "", six, except: &[] }
}

const EVERYBODY: [u16; 6] = [200; 6];
const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
const ADMIN: [u16; 6] = [401, 403, 403, 403, 403, 200];
const AUDITOR: [u16; 6] = [401, 403, 403, 200, 403, 200];
const OWNER: [u16; 6] = [401, 200, 404, 404, 404, 200];
/// Administrators of a tenant do it in theirs.
const TENANT_ADMINS: &[(&str, u16)] = &[("tess", 200), ("zack", 200)];

pub(super) fn rows() -> Vec<Row> {
    [
        site(),
        own(),
        credentials(),
        apps(),
        sessions(),
        records(),
        accounts(),
        categories(),
        access(),
        tenants(),
        sharing(),
        services(),
        endings(),
    ]
    .concat()
}

fn site() -> Vec<Row> {
    vec![
        row("GET", "/healthz", Nothing, EVERYBODY),
        row("GET", "/readyz", Nothing, EVERYBODY),
        row("GET", "/metrics", Nothing, EVERYBODY),
        row("GET", "/openapi.json", Nothing, EVERYBODY),
        row("GET", "/api/config", Nothing, EVERYBODY),
        row("GET", "/apps.json", Nothing, EVERYBODY),
    ]
}

fn own() -> Vec<Row> {
    vec![
        row("POST", "/api/auth/login", Nothing, EVERYBODY)
            .saying(|_, _| json!({"username": "bob", "password": PASSWORD})),
        row("POST", "/api/auth/logout", Nothing, [401, 204, 204, 204, 204, 204]).ending_the_sign_in(),
        row("POST", "/api/auth/refresh", Nothing, SIGNED_IN),
        row("GET", "/api/auth/oidc/login", Nothing, [302; 6]),
        row("GET", "/api/auth/oidc/callback", Nothing, [302; 6]),
        row("POST", "/api/auth/oidc/backchannel-logout", Nothing, [415; 6])
            .saying(|_, _| json!({"logout_token": "x"}))
            .about("in a form it is the provider's token that decides"),
        row("GET", "/api/auth/me", Nothing, SIGNED_IN),
        row("POST", "/api/auth/password", Nothing, [401, 422, 422, 422, 422, 422])
            .saying(|_, _| json!({"current_password": "not this one", "new_password": "another long password"})),
        row("GET", "/api/me/preferences", Nothing, SIGNED_IN),
        row("PUT", "/api/me/preferences", Nothing, SIGNED_IN).saying(|_, _| json!({"theme": "dark"})),
        row("GET", "/api/tenants", Nothing, SIGNED_IN),
    ]
}

fn credentials() -> Vec<Row> {
    const WRONG: [u16; 6] = [401, 422, 422, 422, 422, 422];
    const NOT_ONES_OWN: [u16; 6] = [401, 404, 404, 404, 404, 404];
    const FACTOR: &str = "/api/me/second-factor";
    vec![
        row("POST", "/api/auth/second-factor", Nothing, [401; 6])
            .saying(|_, _| json!({"challenge": "x", "code": "000000"}))
            .about("a wrong code"),
        row("POST", "/api/auth/register", Nothing, [403; 6])
            .saying(|_, _| json!({"username": "eve", "password": PASSWORD}))
            .about("where it is not allowed"),
        row("POST", "/api/auth/reset", Nothing, [401; 6])
            .saying(|_, _| json!({"token": "x", "new_password": PASSWORD}))
            .about("a wrong link"),
        row("GET", "/api/me/sign-ins", Nothing, SIGNED_IN),
        row("DELETE", "/api/me/sign-ins/{id}", Account, NOT_ONES_OWN).about("none of one's own"),
        row("GET", "/api/me/tokens", Nothing, SIGNED_IN),
        row("POST", "/api/me/tokens", Nothing, [401, 201, 201, 201, 201, 201])
            .saying(|_, _| json!({"name": "test", "scopes": ["read"]})),
        row("DELETE", "/api/me/tokens/{id}", Account, NOT_ONES_OWN).about("none of one's own"),
        row("GET", FACTOR, Nothing, SIGNED_IN),
        row("POST", FACTOR, Nothing, WRONG)
            .saying(|_, _| json!({"password": "not this one"}))
            .about("with a wrong password"),
        row("POST", "/api/me/second-factor/confirm", Nothing, [401, 409, 409, 409, 409, 409])
            .saying(|_, _| json!({"code": "000000"}))
            .about("where none was begun"),
        row("POST", "/api/me/second-factor/disable", Nothing, WRONG)
            .saying(|_, _| json!({"password": "not this one", "code": "000000"}))
            .about("with a wrong password"),
        row("POST", "/api/me/second-factor/recovery-codes", Nothing, WRONG)
            .saying(|_, _| json!({"password": "not this one", "code": "000000"}))
            .about("with a wrong password"),
    ]
}

/// The last row: it ends the sign-ins with which the others are asked.
fn endings() -> Vec<Row> {
    vec![row("DELETE", "/api/me/sign-ins", Nothing, [401, 204, 204, 204, 204, 204]).ending_the_sign_in()]
}

fn apps() -> Vec<Row> {
    const PATH: &str = "/api/apps/{id}";
    vec![
        row("GET", "/api/apps", Nothing, EVERYBODY),
        row("POST", "/api/apps", Nothing, [401, 403, 403, 403, 201, 201])
            .saying(|name, _| link(name))
            .except(&[("tess", 201), ("zack", 201)])
            .about("a link without a category"),
        row("POST", "/api/apps", Nothing, [401, 403, 403, 403, 201, 201])
            .saying(|name, _| link_in_tools(name))
            .except(&[("tess", 201), ("carl", 201), ("zack", 201)])
            .about("a link in Tools of one's own tenant"),
        row("POST", "/api/apps", Nothing, [401, 403, 403, 403, 201, 201])
            .saying(|name, _| in_tools(name, false))
            .except(&[("tess", 201), ("zack", 201)])
            .about("an app that runs something, in Tools of one's own tenant"),
        row("GET", PATH, PublicApp, SIGNED_IN),
        row("GET", PATH, HiddenApp, [401, 404, 404, 404, 200, 200]).except(&[("tess", 200)]),
        row("GET", PATH, ApprovedApp, [401, 404, 404, 404, 200, 200]).except(&[
            ("tess", 200),
            ("carl", 200),
            ("dora", 200),
        ]),
        row("GET", PATH, DiscoverableApp, SIGNED_IN)
            .about("discoverable `approved` app of Tools: the others see its card"),
        row("GET", PATH, ForeignApp, [401, 404, 404, 404, 404, 404]).except(&[("zoe", 200), ("zack", 200)]),
        row("PUT", PATH, PublicApp, [401, 403, 403, 403, 200, 200])
            .saying(|name, _| link(name))
            .except(&[("tess", 200)]),
        row("PUT", PATH, HiddenApp, [401, 404, 404, 404, 200, 200])
            .saying(|id, _| shell(id, "admin_only"))
            .except(&[("tess", 200)]),
        row("PUT", PATH, ApprovedApp, [401, 404, 404, 404, 200, 200])
            .saying(|id, _| shown_as(id, "Tools"))
            .except(&[("tess", 200), ("carl", 200), ("dora", 403)])
            .about("`approved` app of Tools: how it is shown"),
        row("PUT", PATH, ApprovedApp, [401, 404, 404, 404, 200, 200])
            .saying(|id, _| {
                let mut app = in_tools(id, false);
                app["container_image"] = json!("example.org/other:2");
                app
            })
            .except(&[("tess", 200), ("carl", 403), ("dora", 403)])
            .about("`approved` app of Tools: what runs in it"),
        row("PUT", PATH, ApprovedApp, [401, 404, 404, 404, 200, 200])
            .saying(|id, _| shown_as(id, &format!("New {id}")))
            .except(&[("tess", 200), ("carl", 403), ("dora", 403)])
            .about("`approved` app of Tools: moved into another category"),
        row("PUT", PATH, ForeignApp, [401, 404, 404, 404, 404, 404])
            .saying(|_, _| shell("foreign", "public"))
            .except(&[("zoe", 403), ("zack", 200)]),
        row("DELETE", PATH, PublicApp, [401, 403, 403, 403, 204, 204]).except(&[("tess", 204)]),
        row("DELETE", PATH, HiddenApp, [401, 404, 404, 404, 204, 204]).except(&[("tess", 204)]),
        row("DELETE", PATH, ApprovedApp, [401, 404, 404, 404, 204, 204]).except(&[
            ("tess", 204),
            ("carl", 204),
            ("dora", 403),
        ]),
    ]
}

fn sessions() -> Vec<Row> {
    vec![
        row("GET", "/api/sessions", Nothing, SIGNED_IN),
        row("POST", "/api/sessions", Nothing, [401, 201, 201, 201, 201, 201])
            .saying(|_, _| json!({"app_id": "shell"}))
            .except(&[("zoe", 404), ("zack", 404)])
            .about("of a public app"),
        row("POST", "/api/sessions", Nothing, [401, 404, 404, 404, 403, 201])
            .saying(|_, _| json!({"app_id": "hidden"}))
            .except(&[("tess", 201)])
            .about("of an `admin_only` app without a category"),
        row("POST", "/api/sessions", Nothing, [401, 404, 404, 404, 403, 201])
            .saying(|_, _| json!({"app_id": "approved"}))
            .except(&[("tess", 201), ("carl", 201), ("dora", 201)])
            .about("of an `approved` app of Tools"),
        row("POST", "/api/sessions", Nothing, [401, 403, 403, 403, 403, 201])
            .saying(|_, _| json!({"app_id": "offered"}))
            .except(&[("tess", 201), ("carl", 201), ("dora", 201), ("zoe", 404), ("zack", 404)])
            .about("of a discoverable `approved` app of Tools"),
        row("POST", "/api/sessions", Nothing, [401, 404, 404, 404, 404, 404])
            .saying(|_, _| json!({"app_id": "foreign"}))
            .except(&[("zoe", 201), ("zack", 201)])
            .about("of a public app of another tenant"),
        row("GET", "/api/sessions/events", Nothing, SIGNED_IN),
        row("GET", "/api/sessions/{id}", Session, OWNER).except(&[("tess", 200)]),
        row("DELETE", "/api/sessions/{id}", Session, [401, 204, 404, 404, 404, 204]).except(&[("tess", 204)]),
        row("POST", "/api/sessions/{id}/stop", Session, OWNER).except(&[("tess", 200)]),
        row("POST", "/api/sessions/{id}/restart", Session, [401, 201, 404, 404, 404, 201]).except(&[("tess", 201)]),
        // Without an upgrade nobody gets further than this; the streams' own tests go on from here.
        row("GET", "/ws/sessions/{id}", Session, [401, 426, 426, 426, 426, 426])
            .except(&[("zoe", 426), ("zack", 426)])
            .about("adele's session, before the upgrade"),
        row("GET", "/api/admin/sessions", Nothing, ADMIN).except(TENANT_ADMINS),
        row("GET", "/api/quotas", Nothing, SIGNED_IN),
    ]
}

fn records() -> Vec<Row> {
    vec![
        row("GET", "/api/audit", Nothing, AUDITOR).except(TENANT_ADMINS),
        row("GET", "/api/audit/export", Nothing, AUDITOR).except(TENANT_ADMINS),
        row("GET", "/api/audit/filters", Nothing, AUDITOR).except(TENANT_ADMINS),
        row("POST", "/api/analytics/launch", Nothing, [401, 201, 201, 201, 201, 201])
            .saying(|_, _| json!({"app_id": "docs"}))
            .except(&[("zoe", 404), ("zack", 404)])
            .about("of a public link"),
        row("GET", "/api/analytics", Nothing, AUDITOR).except(TENANT_ADMINS),
        row("GET", "/api/analytics/stats", Nothing, AUDITOR).except(TENANT_ADMINS),
    ]
}

fn accounts() -> Vec<Row> {
    const OF_ANOTHER_TENANT: &[(&str, u16)] = &[("zoe", 403), ("zack", 404)];
    vec![
        row("GET", "/api/admin/users", Nothing, ADMIN).except(&[("zack", 200)]),
        row("POST", "/api/admin/users", Nothing, [401, 403, 403, 403, 403, 201])
            .saying(|name, _| account(name))
            .except(&[("zack", 201)]),
        row("GET", "/api/admin/users/{id}", Account, ADMIN).except(OF_ANOTHER_TENANT),
        row("PUT", "/api/admin/users/{id}", Account, ADMIN).saying(|name, _| account(name)).except(OF_ANOTHER_TENANT),
        row("DELETE", "/api/admin/users/{id}", Account, [401, 403, 403, 403, 403, 204]).except(OF_ANOTHER_TENANT),
        row("POST", "/api/admin/users/{id}/reset", Account, [401, 403, 403, 403, 403, 201]).except(OF_ANOTHER_TENANT),
        row("DELETE", "/api/admin/users/{id}/second-factor", Account, [401, 403, 403, 403, 403, 204])
            .except(OF_ANOTHER_TENANT),
        row("GET", "/api/admin/users/{id}/sign-ins", Account, ADMIN).except(OF_ANOTHER_TENANT),
        row("DELETE", "/api/admin/users/{id}/sign-ins", Account, [401, 403, 403, 403, 403, 204])
            .except(OF_ANOTHER_TENANT),
        row("GET", "/api/admin/settings", Nothing, ADMIN).except(&[("zack", 200)]),
        row("PUT", "/api/admin/settings", Nothing, ADMIN)
            .saying(|_, _| json!({"sign_in_notice": "hello"}))
            .except(&[("zack", 200)]),
    ]
}

fn categories() -> Vec<Row> {
    const PATH: &str = "/api/categories/{id}";
    const MANAGERS: &[(&str, u16)] = &[("tess", 200), ("carl", 200), ("dora", 403)];
    const MANAGERS_WRITE: &[(&str, u16)] = &[("tess", 204), ("carl", 204), ("dora", 403)];
    vec![
        row("GET", "/api/categories", Nothing, SIGNED_IN),
        row("POST", "/api/categories", Nothing, [401, 403, 403, 403, 201, 201])
            .saying(|name, _| json!({"name": name}))
            .except(&[("tess", 201), ("zack", 201)]),
        row("GET", PATH, Tools, [401, 200, 200, 200, 200, 200]).about("category Tools, of which one sees a card"),
        row("GET", PATH, EmptyCategory, [401, 404, 404, 404, 200, 200]).except(&[("tess", 200), ("carl", 200)]),
        row("GET", PATH, ForeignCategory, [401, 404, 404, 404, 404, 404])
            .except(&[("zoe", 200), ("zack", 200)])
            .about("category of another tenant, of whose apps its people see some"),
        row("PUT", PATH, EmptyCategory, [401, 404, 404, 404, 403, 200])
            .saying(|name, _| json!({"name": name, "description": "other"}))
            .except(&[("tess", 200), ("carl", 200)]),
        row("PUT", PATH, Tools, [401, 403, 403, 403, 403, 200])
            .saying(|_, _| json!({"name": "Tools", "description": "other"}))
            .except(MANAGERS),
        row("DELETE", PATH, EmptyCategory, [401, 404, 404, 404, 403, 204]).except(&[("tess", 204), ("carl", 403)]),
        row("DELETE", PATH, Tools, [401, 403, 403, 403, 403, 409]).except(&[("tess", 409)]),
        row("GET", "/api/categories/{id}/admins", Tools, ADMIN).except(MANAGERS),
        row("POST", "/api/categories/{id}/admins", Tools, [401, 403, 403, 403, 403, 204])
            .saying(|_, made| json!({"user_id": made.user}))
            .except(MANAGERS_WRITE),
        row("DELETE", "/api/categories/{id}/admins/{userId}", Tools, [401, 403, 403, 403, 403, 204])
            .except(MANAGERS_WRITE),
        row("GET", "/api/categories/{id}/approved-users", Tools, ADMIN).except(MANAGERS),
        row("GET", "/api/categories/{id}/approved-users", ForeignCategory, [401, 404, 404, 404, 404, 404])
            .except(&[("zoe", 403), ("zack", 200)]),
        row("POST", "/api/categories/{id}/approved-users", Tools, [401, 403, 403, 403, 403, 204])
            .saying(|_, made| json!({"user_id": made.user}))
            .except(MANAGERS_WRITE),
        row("POST", "/api/categories/{id}/approved-users", ForeignCategory, [401, 404, 404, 404, 404, 404])
            .saying(|_, made| json!({"user_id": made.user}))
            .except(&[("zoe", 403)])
            .about("category of another tenant; a person of the first"),
        row("DELETE", "/api/categories/{id}/approved-users/{userId}", Tools, [401, 403, 403, 403, 403, 204])
            .except(MANAGERS_WRITE),
    ]
}

fn access() -> Vec<Row> {
    const DECIDERS: &[(&str, u16)] = &[("tess", 200), ("carl", 200)];
    vec![
        row("GET", "/api/users", Nothing, SIGNED_IN).asking("?q=ad").about("who knows a part of a name"),
        row("GET", "/api/users", Nothing, [401, 422, 422, 422, 422, 200])
            .except(&[("tess", 200), ("carl", 200), ("zack", 200)])
            .about("everybody"),
        row("POST", "/api/apps/{id}/access-requests", DiscoverableApp, [401, 201, 201, 201, 201, 403])
            .saying(|_, _| json!({"message": "please"}))
            .except(&[("tess", 403), ("carl", 403), ("dora", 403)])
            .about("discoverable `approved` app of Tools; who uses it cannot ask"),
        row("POST", "/api/apps/{id}/access-requests", ApprovedApp, [401, 404, 404, 404, 403, 403]).except(&[
            ("tess", 403),
            ("carl", 403),
            ("dora", 403),
        ]),
        row("GET", "/api/access-requests", Nothing, SIGNED_IN),
        row("POST", "/api/access-requests/{id}/grant", AccessRequest, [401, 403, 404, 404, 404, 200]).except(DECIDERS),
        row("POST", "/api/access-requests/{id}/refuse", AccessRequest, [401, 403, 404, 404, 404, 200]).except(DECIDERS),
        row("POST", "/api/access-requests/{id}/withdraw", AccessRequest, [401, 200, 404, 404, 404, 403])
            .except(&[("tess", 403), ("carl", 403)]),
        row("GET", "/api/access/explain", Nothing, SIGNED_IN).asking("?action=launch_app&app_id=shell"),
    ]
}

fn sharing() -> Vec<Row> {
    const OWNER_GONE: [u16; 6] = [401, 204, 404, 404, 404, 204];
    vec![
        row("GET", "/api/sessions/shared", Nothing, SIGNED_IN),
        row("GET", "/api/sessions/{id}/shares", Session, OWNER).except(&[("tess", 200)]),
        row("POST", "/api/sessions/{id}/shares", Session, [401, 201, 404, 404, 404, 403])
            .saying(|_, _| json!({"link_share": true}))
            .except(&[("tess", 403)]),
        row("DELETE", "/api/sessions/{id}/shares/{share}", Share, OWNER_GONE).except(&[("tess", 204)]),
        row("POST", "/api/sessions/shares/join", Nothing, [404; 6]).saying(|_, _| json!({"token": "no such secret"})),
        row("GET", "/api/sessions/joins/{id}", Join, [401, 404, 404, 404, 200, 404]),
        row("GET", "/api/sessions/{id}/viewers", Session, OWNER).except(&[("tess", 200)]),
        row("DELETE", "/api/sessions/{id}/viewers", Session, OWNER_GONE).except(&[("tess", 204)]),
        row("DELETE", "/api/sessions/{id}/viewers/{viewer}", Waiting, OWNER_GONE).except(&[("tess", 204)]),
        row("POST", "/api/sessions/{id}/viewers/{viewer}/admit", Waiting, [401, 204, 404, 404, 404, 403])
            .except(&[("tess", 403)]),
        row("POST", "/api/sessions/{id}/viewers/{viewer}/refuse", Waiting, [401, 204, 404, 404, 404, 403])
            .except(&[("tess", 403)]),
        row("POST", "/api/sessions/{id}/control", Session, [401, 200, 404, 404, 404, 403])
            .saying(|_, _| json!({"viewer_id": null}))
            .except(&[("tess", 403)]),
        row("POST", "/api/sessions/{id}/observe", Session, [401, 403, 404, 404, 404, 200])
            .saying(|_, _| json!({"reason": "a complaint"}))
            .except(&[("tess", 200)]),
    ]
}

fn tenants() -> Vec<Row> {
    const LIST: &str = "/api/admin/tenants";
    const PATH: &str = "/api/admin/tenants/{id}";
    const MEMBERS: &str = "/api/admin/tenants/{id}/members";
    const NOBODY: [u16; 6] = [401, 404, 404, 404, 404, 200];
    vec![
        row("GET", LIST, Nothing, ADMIN).except(TENANT_ADMINS),
        row("POST", LIST, Nothing, [401, 403, 403, 403, 403, 201]).saying(|name, _| tenant(name)),
        row("GET", PATH, FirstTenant, ADMIN).except(&[("tess", 200)]),
        row("GET", PATH, FreshTenant, NOBODY).except(&[("tess", 404)]),
        row("PUT", PATH, FirstTenant, ADMIN)
            .saying(|_, _| json!({"name": "Default", "slug": "default", "settings": {"display_name": "Home"}}))
            .except(&[("tess", 200)])
            .about("the first tenant: how it looks"),
        row("PUT", PATH, FirstTenant, ADMIN)
            .saying(|name, _| json!({"name": "Default", "slug": "default", "quotas": {"max_apps": number(name)}}))
            .about("the first tenant: its quotas"),
        row("PUT", PATH, FreshTenant, NOBODY).saying(|name, _| tenant(name)).except(&[("tess", 404)]),
        row("DELETE", PATH, FirstTenant, [401, 403, 403, 403, 403, 409]),
        row("DELETE", PATH, FreshTenant, [401, 404, 404, 404, 404, 204]).except(&[("tess", 404)]),
        row("GET", MEMBERS, FirstTenant, ADMIN).except(&[("tess", 200)]),
        row("POST", MEMBERS, Guest, ADMIN)
            .saying(|_, made| json!({"user_id": made.user, "roles": ["auditor"]}))
            .except(&[("tess", 200)]),
        row("DELETE", "/api/admin/tenants/{id}/members/{userId}", Guest, [401, 403, 403, 403, 403, 204])
            .except(&[("tess", 204)]),
    ]
}

/// How somebody writes an app who was not shown what runs in it.
fn shown_as(id: &str, category: &str) -> Value {
    json!({"id": id, "name": "shown otherwise", "url": "https://x.example/", "visibility": "approved", "category": category})
}

/// A number that no other name gives, nearly.
fn number(name: &str) -> u32 {
    name.bytes().fold(10_000, |number, byte| number * 7 % 1_000_003 + u32::from(byte)) + 10_000
}

fn tenant(name: &str) -> Value {
    json!({"name": name, "slug": name.to_lowercase()})
}

fn account(name: &str) -> Value {
    json!({"username": name, "roles": ["user"], "password": "a password for a test"})
}

fn services() -> Vec<Row> {
    const APP: &str = "/api/v1/apps/{id}";
    const SECRET: &str = "/api/v1/secrets/{name}";
    const OUTSIDE: &[(&str, u16)] = &[("zoe", 403), ("zack", 403)];
    vec![
        row("GET", "/api/v1/", Nothing, ADMIN),
        row("GET", "/api/v1/state", Nothing, ADMIN),
        row("GET", "/api/v1/state/current", Nothing, ADMIN),
        row("GET", "/api/v1/state/target", Nothing, ADMIN),
        row("POST", "/api/v1/state/target", Nothing, ADMIN).asking("?dry_run=true").saying(|_, _| json!({"apps": {}})),
        row("POST", "/api/v1/state/apply", Nothing, ADMIN),
        row("GET", "/api/v1/state/explain", Nothing, ADMIN),
        row("GET", "/api/v1/state/history", Nothing, ADMIN),
        row("GET", "/api/v1/state/history/{id}", Numbered, [401, 403, 403, 403, 403, 404]).except(OUTSIDE),
        row("POST", "/api/v1/state/history/{id}/restore", Numbered, [401, 403, 403, 403, 403, 404]).except(OUTSIDE),
        row("GET", "/api/v1/status", Nothing, ADMIN),
        row("GET", "/api/v1/apps", Nothing, ADMIN),
        row("GET", APP, Numbered, [401, 403, 403, 403, 403, 404]).except(OUTSIDE),
        row("POST", APP, Numbered, ADMIN).saying(|_, _| json!({"services": []})).except(OUTSIDE),
        row("DELETE", APP, Numbered, ADMIN).except(OUTSIDE),
        row("GET", "/api/v1/logs", Nothing, ADMIN),
        row("GET", "/api/v1/events", Nothing, ADMIN),
        row("GET", "/api/v1/secrets", Nothing, ADMIN),
        row("PUT", SECRET, Numbered, ADMIN).saying(|_, _| json!({"value": "x"})).except(OUTSIDE),
        row("DELETE", SECRET, Numbered, [401, 403, 403, 403, 403, 204]).except(OUTSIDE),
    ]
}
