//! The things that the rows are about, and the people who are near to them or far.

use serde_json::{Value, json};

use crate::world::{PASSWORD, World, link, shell};

/// What the path's id stands for. Where nothing else is said it is in the first tenant and fresh for each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Nothing,
    /// A number that services know nothing of, unless a row before made it.
    Numbered,
    /// Adele's.
    Session,
    /// A share of a session: the path's `{share}`.
    Share,
    /// Ann, who waits to be let into a session: the path's `{viewer}`.
    Waiting,
    /// The same, where the path knows the viewer only.
    Join,
    PublicApp,
    /// `admin_only`, without a category.
    HiddenApp,
    /// `approved`, of the category that Carl manages and Dora is approved for.
    ApprovedApp,
    /// The same, and discoverable.
    DiscoverableApp,
    /// Public, in another tenant.
    ForeignApp,
    Account,
    /// The category that Carl manages and Dora is approved for, with an `approved` app; the person is one of its two.
    Tools,
    /// A category that Carl manages, without an app.
    EmptyCategory,
    /// A category of another tenant.
    ForeignCategory,
    /// Adele's, for a discoverable app of Carl's category.
    AccessRequest,
    /// The tenant that is there from the start.
    FirstTenant,
    /// Another one, of which nobody here is a member.
    FreshTenant,
    /// The first tenant, and one who is a member besides.
    Guest,
}

impl Target {
    /// In the words of the guide.
    pub(super) fn described(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Numbered => "something with a number",
            Self::Session => "adele's session",
            Self::Share => "a share of adele's session",
            Self::Waiting => "ann, who waits to be let into adele's session",
            Self::Join => "ann's waiting",
            Self::PublicApp => "public app",
            Self::HiddenApp => "`admin_only` app without a category",
            Self::ApprovedApp => "`approved` app of Tools",
            Self::DiscoverableApp => "discoverable `approved` app of Tools",
            Self::ForeignApp => "public app of another tenant",
            Self::Account => "account",
            Self::Tools => "category Tools",
            Self::EmptyCategory => "category without apps, managed by carl",
            Self::ForeignCategory => "category of another tenant",
            Self::AccessRequest => "adele's request for an app of Tools",
            Self::FirstTenant => "the first tenant",
            Self::FreshTenant => "a tenant of nobody here",
            Self::Guest => "a guest of the first tenant",
        }
    }
}

/// What was made for one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Made {
    pub(super) id: String,
    pub(super) user: String,
}

/// What stays for all requests.
pub(super) struct Objects {
    root: String,
    adele: String,
    ann: String,
    adele_id: String,
    tools: String,
    other: String,
    foreign_app: String,
    foreign_category: String,
    carl: String,
}

impl Objects {
    /// Furnishes the world further.
    pub(super) async fn prepare(world: &World) -> Self {
        let root = world.token("root").await;
        let mut objects = Self {
            adele: world.token("adele").await,
            ann: world.token("ann").await,
            root,
            adele_id: String::new(),
            tools: String::new(),
            other: String::new(),
            foreign_app: "foreign".to_owned(),
            foreign_category: String::new(),
            carl: String::new(),
        };
        objects.adele_id = my_id(world, &objects.adele).await;
        objects.carl = objects.person(world, "carl", "user", None).await;
        let dora = objects.person(world, "dora", "user", None).await;
        objects.person(world, "tess", "tenant-admin", None).await;
        objects.tools = objects.post(world, "/api/categories", &json!({"name": "Tools"})).await;
        let approved = in_tools("approved", false);
        objects.post(world, "/api/apps", &approved).await;
        objects.post(world, "/api/apps", &in_tools("offered", true)).await;
        let tools = format!("/api/categories/{}", objects.tools);
        let carl = objects.carl.clone();
        for (list, user) in [("admins", &carl), ("approved-users", &dora)] {
            objects.post(world, &format!("{tools}/{list}"), &json!({"user_id": user})).await;
        }
        let other = json!({"name": "Other", "slug": "other"});
        objects.other = objects.post(world, "/api/admin/tenants", &other).await;
        let me = my_id(world, &objects.root).await;
        let members = format!("/api/admin/tenants/{}/members", objects.other);
        objects.post(world, &members, &json!({"user_id": me, "roles": ["user"]})).await;
        objects.person(world, "zoe", "user", Some("other")).await;
        objects.person(world, "zack", "admin", Some("other")).await;
        objects.post_in(world, "/api/apps", &shell("foreign", "public"), Some("other")).await;
        objects.foreign_category =
            objects.post_in(world, "/api/categories", &json!({"name": "Tools"}), Some("other")).await;
        // Root sees nothing of it from here on, but that it is there.
        let out = format!("{members}/{me}");
        assert_eq!(world.ask("DELETE", &out).bearer(&objects.root).send().await.status, 204);
        objects
    }

    /// Something fresh for the path's id.
    pub(super) async fn make(&self, world: &World, target: Target, name: &str) -> Made {
        let just = |id: String| Made { id, ..Made::default() };
        match target {
            Target::Nothing => Made::default(),
            Target::Numbered => just("7".to_owned()),
            Target::Session => just(world.launch(&self.adele).await),
            Target::Share | Target::Waiting | Target::Join => self.share(world, target).await,
            Target::PublicApp => just(self.post(world, "/api/apps", &shell(name, "public")).await),
            Target::HiddenApp => just(self.post(world, "/api/apps", &shell(name, "admin_only")).await),
            Target::ApprovedApp => just(self.post(world, "/api/apps", &in_tools(name, false)).await),
            Target::DiscoverableApp => just(self.post(world, "/api/apps", &in_tools(name, true)).await),
            Target::ForeignApp => just(self.foreign_app.clone()),
            Target::Account => just(self.person(world, &format!("{name}-x"), "user", None).await),
            Target::Tools => {
                let user = self.person(world, &format!("{name}-x"), "user", None).await;
                for list in ["admins", "approved-users"] {
                    let path = format!("/api/categories/{}/{list}", self.tools);
                    self.post(world, &path, &json!({"user_id": user})).await;
                }
                Made { id: self.tools.clone(), user }
            }
            Target::EmptyCategory => {
                let id = self.post(world, "/api/categories", &json!({"name": name})).await;
                let path = format!("/api/categories/{id}/admins");
                self.post(world, &path, &json!({"user_id": self.carl})).await;
                just(id)
            }
            Target::ForeignCategory => Made { id: self.foreign_category.clone(), user: self.carl.clone() },
            Target::AccessRequest => {
                // A request that was granted before made her an approved user, who cannot ask.
                let path = format!("/api/categories/{}/approved-users/{}", self.tools, self.adele_id);
                let taken = world.ask("DELETE", &path).bearer(&self.root).send().await.status;
                assert!([204, 404].contains(&taken), "{taken}");
                let app = self.post(world, "/api/apps", &in_tools(name, true)).await;
                let path = format!("/api/apps/{app}/access-requests");
                let asked = world.ask("POST", &path).bearer(&self.adele).json(&json!({"message": "please"})).await;
                assert_eq!(asked.status, 201, "{}", asked.text());
                just(asked.json()["id"].as_str().unwrap().to_owned())
            }
            Target::FirstTenant => just("default".to_owned()),
            Target::FreshTenant => {
                just(self.post(world, "/api/admin/tenants", &json!({"name": name, "slug": name})).await)
            }
            Target::Guest => {
                let user = self.person(world, &format!("{name}-x"), "user", None).await;
                let member = json!({"user_id": user, "roles": ["user"]});
                self.post(world, "/api/admin/tenants/default/members", &member).await;
                Made { id: "default".to_owned(), user }
            }
        }
    }

    /// A session of Adele's with a link by which Ann came.
    async fn share(&self, world: &World, target: Target) -> Made {
        let session = world.launch(&self.adele).await;
        let terms = json!({"link_share": true, "approval": true});
        let path = format!("/api/sessions/{session}/shares");
        let share = world.ask("POST", &path).bearer(&self.adele).json(&terms).await.json();
        let secret = share["url"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        let join = json!({"token": secret});
        let joined = world.ask("POST", "/api/sessions/shares/join").bearer(&self.ann).json(&join).await;
        assert_eq!(joined.status, 202, "{}", joined.text());
        let viewer = joined.json()["join_id"].as_str().unwrap().to_owned();
        if target == Target::Join {
            Made { id: viewer, ..Made::default() }
        } else if target == Target::Waiting {
            Made { id: session, user: viewer }
        } else {
            Made { id: session, user: share["id"].as_str().unwrap().to_owned() }
        }
    }

    async fn person(&self, world: &World, name: &str, role: &str, tenant: Option<&str>) -> String {
        let body = json!({"username": name, "roles": [role], "password": PASSWORD});
        // An account's home is the chosen tenant.
        self.post_in(world, "/api/admin/users", &body, tenant).await
    }

    async fn post(&self, world: &World, path: &str, body: &Value) -> String {
        self.post_in(world, path, body, None).await
    }

    /// Answers the id of what was made, if anything says one.
    async fn post_in(&self, world: &World, path: &str, body: &Value, tenant: Option<&str>) -> String {
        let mut ask = world.ask("POST", path).bearer(&self.root);
        if let Some(tenant) = tenant {
            ask = ask.header("x-tenant-id", tenant);
        }
        let answer = ask.json(body).await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.text());
        if answer.status == 204 { String::new() } else { answer.json()["id"].as_str().unwrap_or_default().to_owned() }
    }
}

async fn my_id(world: &World, token: &str) -> String {
    let me = world.ask("GET", "/api/auth/me").bearer(token).send().await;
    me.json()["id"].as_str().unwrap().to_owned()
}

/// An `approved` app of Tools.
pub(super) fn in_tools(id: &str, discoverable: bool) -> Value {
    let mut app = shell(id, "approved");
    app["category"] = json!("Tools");
    app["discoverable"] = json!(discoverable);
    app
}

/// A link in Tools.
pub(super) fn link_in_tools(id: &str) -> Value {
    let mut app = link(id);
    app["category"] = json!("Tools");
    app
}
