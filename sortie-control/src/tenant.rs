//! Tenants: made and deleted by administrators, looked after by their own.

use sortie_core::{
    access::Membership,
    audit::{Actor, AuditAction, Change},
    id::{TenantId, UserId},
    invalid::Invalid,
    policy::{self, Action, Caller, Object, Outcome},
    port::{PortError, tenants::Member},
    tenant::{Branding, Tenant, TenantQuotas},
    user::Role,
};
use tracing::info;

use crate::{Control, ControlError};

/// What is said about a tenant.
#[derive(Clone, Debug)]
pub struct TenantFields {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub slug: String,
    /// How it looks.
    pub branding: Branding,
    /// How much it may use.
    pub quotas: TenantQuotas,
}

impl Control {
    /// The caller's own tenants.
    pub fn own_tenants(caller: &Caller) -> Vec<Membership> {
        let principal = &caller.principal;
        let mut own = principal.grants.memberships.clone();
        for membership in own.iter_mut().filter(|it| it.tenant == principal.tenant) {
            let more: Vec<_> = principal.roles.iter().filter(|it| !membership.roles.contains(it)).copied().collect();
            membership.roles.extend(more);
        }
        own
    }

    /// How a tenant looks: known to everybody who knows its name, like a sign at a door.
    pub async fn branding(&self, tenant: &str) -> Result<Option<Tenant>, ControlError> {
        Ok(self.ports.tenants.tenant_called(tenant).await?)
    }

    /// Every tenant for administrators of the installation; for others those that they administer.
    pub async fn list_tenants(&self, caller: &Caller) -> Result<Vec<Tenant>, ControlError> {
        let may = |it: &TenantId| {
            policy::may(&caller.principal, Action::ViewTenant, Object::Installation(Some(it))).is_granted()
        };
        let tenants: Vec<Tenant> =
            self.ports.tenants.list_tenants().await?.into_iter().filter(|it| may(&it.id)).collect();
        if tenants.is_empty() { Err(ControlError::Denied("manage tenants")) } else { Ok(tenants) }
    }

    /// One tenant.
    pub async fn find_tenant(&self, caller: &Caller, id: &TenantId) -> Result<Tenant, ControlError> {
        self.tenant_to(caller, id, Action::ViewTenant, "see how this tenant is set up").await
    }

    /// Makes a tenant. Who makes it is not a member by that.
    pub async fn create_tenant(&self, caller: &Caller, fields: TenantFields) -> Result<Tenant, ControlError> {
        if !policy::may(&caller.principal, Action::ManageTenants, Object::Installation(None)).is_granted() {
            return Err(ControlError::Denied("make tenants"));
        }
        let at = self.now();
        let TenantFields { name, slug, branding, quotas } = fields;
        let id = self.ids().tenant();
        let tenant = Tenant { id, name, slug, branding, quotas, version: 1, created_at: at, updated_at: at };
        tenant.validate()?;
        let change = self.tenant_change(caller, AuditAction::CreateTenant, &tenant, Vec::new());
        self.ports.tenants.insert_tenant(&tenant, change).await.map_err(taken)?;
        info!(tenant.id = %tenant.id, "Tenant created");
        self.committed().await;
        Ok(tenant)
    }

    /// Replaces what is said about a tenant. Its short name and its quotas are for administrators of the installation.
    pub async fn update_tenant(
        &self,
        caller: &Caller,
        id: &TenantId,
        fields: TenantFields,
    ) -> Result<Tenant, ControlError> {
        let before = self.tenant_to(caller, id, Action::UpdateTenant, "change this tenant").await?;
        let TenantFields { name, slug, branding, quotas } = fields;
        let after = Tenant {
            name,
            slug,
            branding,
            quotas,
            version: before.version + 1,
            updated_at: self.now(),
            ..before.clone()
        };
        if (before.slug != after.slug || before.quotas != after.quotas)
            && !policy::may(&caller.principal, Action::ManageTenants, Object::Installation(Some(id))).is_granted()
        {
            return Err(ControlError::Denied("change this tenant's short name or quotas"));
        }
        after.validate()?;
        let quotas = (before.quotas != after.quotas).then(|| ("quotas", format!("{:?}", after.quotas)));
        let change = self.tenant_change(caller, AuditAction::UpdateTenant, &after, quotas.into_iter().collect());
        self.ports.tenants.update_tenant(before.version, &after, change).await.map_err(taken)?;
        self.committed().await;
        Ok(after)
    }

    /// Deletes a tenant in which nothing lives any more. The first one stays.
    pub async fn delete_tenant(&self, caller: &Caller, id: &TenantId) -> Result<(), ControlError> {
        let tenant = self.tenant_to(caller, id, Action::ManageTenants, "delete tenants").await?;
        if *id == TenantId::default_tenant() {
            return Err(ControlError::Conflict("the first tenant stays".to_owned()));
        }
        let change = self.tenant_change(caller, AuditAction::DeleteTenant, &tenant, Vec::new());
        match self.ports.tenants.delete_tenant(&tenant, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => {
                return Err(ControlError::InUse {
                    code: "tenant_in_use",
                    said: "accounts, apps or live sessions still belong to this tenant, or it was changed meanwhile",
                });
            }
            Err(error) => return Err(error.into()),
        }
        info!(tenant.id = %tenant.id, "Tenant deleted");
        self.committed().await;
        Ok(())
    }

    /// The members of a tenant.
    pub async fn members(&self, caller: &Caller, id: &TenantId) -> Result<Vec<Member>, ControlError> {
        self.tenant_to(caller, id, Action::ViewTenant, "see this tenant's members").await?;
        Ok(self.ports.tenants.members(id).await?)
    }

    /// Gives a member roles. Only administrators of the installation bring in somebody who is not a member yet.
    pub async fn save_member(
        &self,
        caller: &Caller,
        id: &TenantId,
        user: &UserId,
        roles: &[String],
    ) -> Result<Member, ControlError> {
        let tenant = self.tenant_to(caller, id, Action::UpdateTenant, "change this tenant's members").await?;
        let roles = member_roles(roles)?;
        let is_manager =
            policy::may(&caller.principal, Action::ManageTenants, Object::Installation(Some(id))).is_granted();
        let known = if is_manager {
            self.ports.accounts.find_user(user).await?.ok_or_else(|| ControlError::not_found("user", user))?
        } else {
            self.member(id, user).await?
        };
        let names: Vec<_> = roles.iter().map(|it| it.name()).collect();
        let details =
            vec![("user_id", known.id.to_string()), ("username", known.username.clone()), ("roles", names.join(", "))];
        let membership = Membership { tenant: id.clone(), slug: tenant.slug.clone(), name: tenant.name.clone(), roles };
        let change = self.tenant_change(caller, AuditAction::SaveTenantMember, &tenant, details);
        self.ports.tenants.save_member(&membership, user, change).await?;
        self.committed().await;
        let members = self.ports.tenants.members(id).await?;
        members.into_iter().find(|it| it.person.id == *user).ok_or_else(|| ControlError::not_found("user", user))
    }

    /// Ends a membership. People stay in their home.
    pub async fn remove_member(&self, caller: &Caller, id: &TenantId, user: &UserId) -> Result<(), ControlError> {
        let tenant = self.tenant_to(caller, id, Action::UpdateTenant, "change this tenant's members").await?;
        let change =
            self.tenant_change(caller, AuditAction::RemoveTenantMember, &tenant, vec![("user_id", user.to_string())]);
        if !self.ports.tenants.remove_member(id, user, change).await? {
            return Err(ControlError::not_found("member", user));
        }
        self.committed().await;
        Ok(())
    }

    async fn tenant_to(
        &self,
        caller: &Caller,
        id: &TenantId,
        action: Action,
        what: &'static str,
    ) -> Result<Tenant, ControlError> {
        let not_found = || ControlError::not_found("tenant", id);
        let decision = policy::may(&caller.principal, action, Object::Installation(Some(id)));
        match decision.outcome {
            Outcome::Granted => self.ports.tenants.find_tenant(id).await?.ok_or_else(not_found),
            Outcome::Denied => Err(ControlError::refused(decision, what)),
            Outcome::Hidden => Err(not_found()),
        }
    }

    fn tenant_change(
        &self,
        caller: &Caller,
        action: AuditAction,
        tenant: &Tenant,
        more: Vec<(&'static str, String)>,
    ) -> Change {
        let mut details = vec![("tenant_id", tenant.id.to_string()), ("tenant", tenant.name.clone())];
        details.extend(more);
        self.quiet_change(Actor::from_caller(caller), action, details)
    }
}

/// Reads the roles of a member.
fn member_roles(names: &[String]) -> Result<Vec<Role>, Invalid> {
    let mut roles = Vec::new();
    for name in names {
        match Role::parse(name) {
            Some(role) if Role::OF_MEMBERS.contains(&role) => {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
            Some(_) | None => return Err(Invalid::new("roles", "must be of tenant-admin, app-author, auditor, user")),
        }
    }
    if roles.is_empty() {
        roles.push(Role::User);
    }
    Ok(roles)
}

fn taken(error: PortError) -> ControlError {
    if matches!(error, PortError::Conflict) {
        ControlError::Conflict("another tenant has this short name, or it was changed meanwhile".to_owned())
    } else {
        error.into()
    }
}
