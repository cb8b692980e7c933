//! Rights and requests at rest.

use super::PortResult;
use crate::{
    access::{
        CategoryRight, Grants,
        request::{AccessRequest, RequestStatus},
    },
    audit::Change,
    category::Category,
    id::{AccessRequestId, CategoryId, TenantId, UserId},
    policy::Scope,
};

/// A person as others of the tenant may know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: UserId,
    /// The sign-in name.
    pub username: String,
    /// The name to show; may be empty.
    pub display_name: String,
}

/// Which people are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleQuery {
    /// Of this tenant: it is their home, or they are members.
    pub tenant: TenantId,
    /// With this in the sign-in name or the name to show, in any case of the letters; empty for everybody.
    pub text: String,
    /// At most so many.
    pub limit: u32,
}

/// Which requests for access are wanted: those of one person, and those that one may decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestScope {
    /// In this tenant.
    pub tenant: TenantId,
    /// Made by this person.
    pub user: UserId,
    /// For apps of these categories.
    pub categories: Vec<CategoryId>,
    /// Or all of the tenant.
    pub everything: bool,
}

/// Keeps categories, the rights in them, and requests for them. Every write commits its change with it, or nothing at all.
pub trait AccessStore: Send + Sync {
    /// Everything that was given to a person.
    fn grants_of<'a>(&'a self, user: &'a UserId) -> PortResult<'a, Grants>;

    /// The categories of a tenant, by name.
    fn list_categories<'a>(&'a self, tenant: &'a TenantId) -> PortResult<'a, Vec<Category>>;

    /// Which categories hold an app of the scope.
    fn categories_with_apps<'a>(&'a self, scope: &'a Scope) -> PortResult<'a, Vec<CategoryId>>;

    /// One category.
    fn find_category<'a>(&'a self, id: &'a CategoryId) -> PortResult<'a, Option<Category>>;

    /// The category of a tenant with this name.
    fn category_named<'a>(&'a self, tenant: &'a TenantId, name: &'a str) -> PortResult<'a, Option<Category>>;

    /// Inserts a new category; `Conflict` when the tenant has one of this name.
    fn insert_category<'a>(&'a self, category: &'a Category, change: Change) -> PortResult<'a, ()>;

    /// Writes a category over the one with version `before`, and its name into its apps; `Conflict` when that is not its
    /// version any more or the name is taken.
    fn update_category<'a>(&'a self, before: i64, category: &'a Category, change: Change) -> PortResult<'a, ()>;

    /// Deletes a category of this version with the rights in it; `Conflict` when it changed or an app is in it.
    fn delete_category<'a>(&'a self, category: &'a Category, change: Change) -> PortResult<'a, ()>;

    /// Who has a right in a category, by name.
    fn category_people<'a>(&'a self, id: &'a CategoryId, right: CategoryRight) -> PortResult<'a, Vec<Person>>;

    /// Gives a person a right in a category; answers whether it is new. Where it is not nothing is written, the change neither.
    /// `Conflict` when the category or the person is gone.
    fn give_right<'a>(
        &'a self,
        id: &'a CategoryId,
        right: CategoryRight,
        user: &'a UserId,
        change: Change,
    ) -> PortResult<'a, bool>;

    /// Takes a right away; answers whether there was one. Where there was none nothing is written, the change neither.
    fn take_right<'a>(
        &'a self,
        id: &'a CategoryId,
        right: CategoryRight,
        user: &'a UserId,
        change: Change,
    ) -> PortResult<'a, bool>;

    /// People of a tenant, by sign-in name.
    fn people<'a>(&'a self, query: &'a PeopleQuery) -> PortResult<'a, Vec<Person>>;

    /// Inserts a request; `Conflict` when the person has a pending one for the app.
    fn insert_request<'a>(&'a self, request: &'a AccessRequest, change: Change) -> PortResult<'a, ()>;

    /// One request.
    fn find_request<'a>(&'a self, id: &'a AccessRequestId) -> PortResult<'a, Option<AccessRequest>>;

    /// Requests, newest first.
    fn list_requests<'a>(
        &'a self,
        scope: &'a RequestScope,
        status: Option<RequestStatus>,
    ) -> PortResult<'a, Vec<AccessRequest>>;

    /// Writes a decision over a pending request; one that grants makes the person an approved user of the category.
    /// `Conflict` when it is not pending any more.
    fn decide_request<'a>(&'a self, request: &'a AccessRequest, change: Change) -> PortResult<'a, ()>;
}
