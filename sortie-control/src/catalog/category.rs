//! Categories, and who manages and uses them.

use std::collections::BTreeSet;

use sortie_core::{
    access::CategoryRight,
    audit::{Actor, AuditAction, Change},
    category::{self, Category},
    id::{CategoryId, TenantId, UserId},
    policy::{self, Action, Caller, Decision, Object, Outcome},
    port::{PortError, access::Person},
    user::User,
};

use crate::{Control, ControlError};

/// A category as one person sees it.
#[derive(Clone, Debug)]
pub struct CategoryView {
    /// The category.
    pub category: Category,
    /// Whether the person may change it and its people.
    pub can_manage: bool,
}

impl Control {
    /// The categories that the caller sees: of one of their apps, or their own to manage; administrators see all.
    pub async fn list_categories(&self, caller: &Caller) -> Result<Vec<CategoryView>, ControlError> {
        let seen = self.seen_categories(caller, &caller.tenant).await?;
        let all = self.ports.access.list_categories(&caller.tenant).await?;
        let view = |it: Category| decide(caller, &it, Action::ViewCategory, &seen).is_granted().then_some(it);
        Ok(all.into_iter().filter_map(view).map(|it| managed(caller, it)).collect())
    }

    /// One category, if the caller sees it.
    pub async fn find_category(&self, caller: &Caller, id: &CategoryId) -> Result<CategoryView, ControlError> {
        Ok(managed(caller, self.category_to(caller, id, Action::ViewCategory, "see this category").await?))
    }

    /// Makes a category.
    pub async fn create_category(
        &self,
        caller: &Caller,
        name: &str,
        description: &str,
    ) -> Result<CategoryView, ControlError> {
        Self::check(caller, Action::CreateCategory, "make categories")?;
        category::check(name, description)?;
        let at = self.now();
        let made = Category {
            id: self.ids().category(),
            tenant: caller.tenant.clone(),
            name: name.to_owned(),
            description: description.to_owned(),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let change = self.category_change(caller, AuditAction::CreateCategory, &made, Vec::new());
        self.ports.access.insert_category(&made, change).await.map_err(taken)?;
        self.committed().await;
        Ok(managed(caller, made))
    }

    /// Gives a category another name and description. Its apps and the rights in it stay.
    pub async fn update_category(
        &self,
        caller: &Caller,
        id: &CategoryId,
        name: &str,
        description: &str,
    ) -> Result<CategoryView, ControlError> {
        let before = self.category_to(caller, id, Action::UpdateCategory, "change this category").await?;
        category::check(name, description)?;
        let after = Category {
            name: name.to_owned(),
            description: description.to_owned(),
            version: before.version + 1,
            updated_at: self.now(),
            ..before.clone()
        };
        let renamed = (before.name != after.name).then(|| ("was", before.name.clone()));
        let change = self.category_change(caller, AuditAction::UpdateCategory, &after, renamed.into_iter().collect());
        self.ports.access.update_category(before.version, &after, change).await.map_err(taken)?;
        self.committed().await;
        Ok(managed(caller, after))
    }

    /// Deletes a category in which no app is.
    pub async fn delete_category(&self, caller: &Caller, id: &CategoryId) -> Result<(), ControlError> {
        let category = self.category_to(caller, id, Action::DeleteCategory, "delete this category").await?;
        let change = self.category_change(caller, AuditAction::DeleteCategory, &category, Vec::new());
        match self.ports.access.delete_category(&category, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => {
                return Err(ControlError::InUse {
                    code: "category_in_use",
                    said: "this category still holds apps, or was changed meanwhile; move them first",
                });
            }
            Err(error) => return Err(error.into()),
        }
        self.committed().await;
        Ok(())
    }

    /// Who has a right in a category: for those who manage it.
    pub async fn category_people(
        &self,
        caller: &Caller,
        id: &CategoryId,
        right: CategoryRight,
    ) -> Result<Vec<Person>, ControlError> {
        self.category_to(caller, id, Action::UpdateCategory, "see this category's people").await?;
        Ok(self.ports.access.category_people(id, right).await?)
    }

    /// Gives a member of the category's tenant a right in it. Giving it again changes nothing.
    pub async fn give_category_right(
        &self,
        caller: &Caller,
        id: &CategoryId,
        right: CategoryRight,
        user: &UserId,
    ) -> Result<(), ControlError> {
        let category = self.category_to(caller, id, Action::UpdateCategory, "change this category's people").await?;
        let user = self.member(&category.tenant, user).await?;
        let action = match right {
            CategoryRight::Admin => AuditAction::AddCategoryAdmin,
            CategoryRight::Approved => AuditAction::AddCategoryApprovedUser,
        };
        let change = self.category_change(caller, action, &category, person(&user));
        self.ports.access.give_right(id, right, &user.id, change).await?;
        self.committed().await;
        Ok(())
    }

    /// Takes a right away.
    pub async fn take_category_right(
        &self,
        caller: &Caller,
        id: &CategoryId,
        right: CategoryRight,
        user: &UserId,
    ) -> Result<(), ControlError> {
        let category = self.category_to(caller, id, Action::UpdateCategory, "change this category's people").await?;
        let action = match right {
            CategoryRight::Admin => AuditAction::RemoveCategoryAdmin,
            CategoryRight::Approved => AuditAction::RemoveCategoryApprovedUser,
        };
        let change = self.category_change(caller, action, &category, vec![("user_id", user.to_string())]);
        if !self.ports.access.take_right(id, right, user, change).await? {
            return Err(ControlError::not_found("user", user));
        }
        self.committed().await;
        Ok(())
    }

    /// A person who is a member of a tenant. Others are not there.
    pub(crate) async fn member(&self, tenant: &TenantId, id: &UserId) -> Result<User, ControlError> {
        let not_found = || ControlError::not_found("user", id);
        let user = self.ports.accounts.find_user(id).await?.ok_or_else(not_found)?;
        if self.is_member(tenant, &user).await? { Ok(user) } else { Err(not_found()) }
    }

    /// Whether a person belongs to a tenant.
    pub(crate) async fn is_member(&self, tenant: &TenantId, user: &User) -> Result<bool, ControlError> {
        Ok(user.tenant == *tenant || self.ports.access.grants_of(&user.id).await?.member_of(tenant).is_some())
    }

    /// One category, if the caller may do this to it.
    pub(crate) async fn category_to(
        &self,
        caller: &Caller,
        id: &CategoryId,
        action: Action,
        what: &'static str,
    ) -> Result<Category, ControlError> {
        let not_found = || ControlError::not_found("category", id);
        let category = self.ports.access.find_category(id).await?.ok_or_else(not_found)?;
        let seen = self.seen_categories(caller, &category.tenant).await?;
        let decision = decide(caller, &category, action, &seen);
        match decision.outcome {
            Outcome::Granted => Ok(category),
            Outcome::Denied => Err(ControlError::refused(decision, what)),
            Outcome::Hidden => Err(not_found()),
        }
    }

    /// The categories in which an app is that the caller sees.
    pub(crate) async fn seen_categories(
        &self,
        caller: &Caller,
        tenant: &TenantId,
    ) -> Result<BTreeSet<CategoryId>, ControlError> {
        let scope = policy::app_scope(&caller.principal, tenant);
        Ok(self.ports.access.categories_with_apps(&scope).await?.into_iter().collect())
    }

    fn category_change(
        &self,
        caller: &Caller,
        action: AuditAction,
        category: &Category,
        more: Vec<(&'static str, String)>,
    ) -> Change {
        let mut details = vec![("category_id", category.id.to_string()), ("category", category.name.clone())];
        details.extend(more);
        let actor = Actor { tenant: category.tenant.clone(), ..Actor::from_caller(caller) };
        self.quiet_change(actor, action, details)
    }
}

fn decide(caller: &Caller, category: &Category, action: Action, seen: &BTreeSet<CategoryId>) -> Decision {
    let is_seen = seen.contains(&category.id);
    let object = Object::Category { tenant: &category.tenant, id: &category.id, is_seen };
    policy::may(&caller.principal, action, object)
}

fn managed(caller: &Caller, category: Category) -> CategoryView {
    let object = Object::Category { tenant: &category.tenant, id: &category.id, is_seen: true };
    let can_manage = policy::may(&caller.principal, Action::UpdateCategory, object).is_granted();
    CategoryView { category, can_manage }
}

fn person(user: &User) -> Vec<(&'static str, String)> {
    vec![("user_id", user.id.to_string()), ("username", user.username.clone())]
}

fn taken(error: PortError) -> ControlError {
    if matches!(error, PortError::Conflict) {
        ControlError::Conflict("there already is a category of this name, or it was changed meanwhile".to_owned())
    } else {
        error.into()
    }
}
