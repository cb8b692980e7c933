//! Asking for access to an app, and deciding it.

use sortie_core::{
    access::request::{AccessRequest, RequestStatus, check_text},
    audit::{Actor, AuditAction, Change},
    event::Event,
    id::{AccessRequestId, AppId},
    policy::{self, Action, Caller, Object},
    port::{PortError, access::RequestScope},
    user::Role,
};

use crate::{Control, ControlError};

/// A request as one person sees it.
#[derive(Clone, Debug)]
pub struct RequestView {
    /// The request.
    pub request: AccessRequest,
    /// Whether the person may grant or refuse it now.
    pub can_decide: bool,
}

impl Control {
    /// Asks for access to an app whose card one sees.
    pub async fn request_access(
        &self,
        caller: &Caller,
        app: &AppId,
        message: &str,
    ) -> Result<RequestView, ControlError> {
        let app = self.app_for(caller, app, Action::RequestApp, "ask for access to this app").await?;
        check_text("message", message)?;
        let Some(category) = app.category.clone() else {
            return Err(ControlError::Denied("ask for access to an app without a category"));
        };
        let request = AccessRequest {
            id: self.ids().access_request(),
            tenant: app.tenant.clone(),
            app: app.id.clone(),
            app_name: app.fields.name.clone(),
            category,
            user: caller.principal.user.clone(),
            username: caller.principal.username.clone(),
            message: message.to_owned(),
            status: RequestStatus::Pending,
            decided_by: None,
            decision_note: String::new(),
            decided_at: None,
            created_at: self.now(),
        };
        let change = self.request_change(caller, AuditAction::RequestAccess, &request);
        match self.ports.access.insert_request(&request, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => {
                return Err(ControlError::Conflict("you have asked for this app already".to_owned()));
            }
            Err(error) => return Err(error.into()),
        }
        self.committed().await;
        Ok(Self::seen_request(caller, request))
    }

    /// The caller's requests in the chosen tenant, and those that the caller may decide; newest first.
    pub async fn list_access_requests(
        &self,
        caller: &Caller,
        status: Option<RequestStatus>,
    ) -> Result<Vec<RequestView>, ControlError> {
        let scope = RequestScope {
            tenant: caller.tenant.clone(),
            user: caller.principal.user.clone(),
            categories: caller.principal.grants.administers.iter().cloned().collect(),
            everything: caller.principal.has(&caller.tenant, Role::TenantAdmin),
        };
        let found = self.ports.access.list_requests(&scope, status).await?;
        Ok(found.into_iter().map(|it| Self::seen_request(caller, it)).collect())
    }

    /// Makes who asked an approved user of the app's category, or says no.
    pub async fn decide_access_request(
        &self,
        caller: &Caller,
        id: &AccessRequestId,
        is_granted: bool,
        note: &str,
    ) -> Result<RequestView, ControlError> {
        Self::check_scopes(caller, Action::UpdateCategory, "decide requests")?;
        let before = self.visible_request(caller, id).await?;
        if !decides(caller, &before) {
            return Err(ControlError::Denied("decide this request"));
        }
        check_text("note", note)?;
        let (status, action) = if is_granted {
            // Somebody who left the tenant meanwhile must not come back by this door.
            self.member(&before.tenant, &before.user).await?;
            (RequestStatus::Granted, AuditAction::GrantAccess)
        } else {
            (RequestStatus::Refused, AuditAction::RefuseAccess)
        };
        self.settle(caller, before, status, action, note).await
    }

    /// Takes the own request back.
    pub async fn withdraw_access_request(
        &self,
        caller: &Caller,
        id: &AccessRequestId,
    ) -> Result<RequestView, ControlError> {
        Self::check_scopes(caller, Action::RequestApp, "withdraw requests")?;
        let before = self.visible_request(caller, id).await?;
        if before.user != caller.principal.user {
            return Err(ControlError::Denied("withdraw another person's request"));
        }
        self.settle(caller, before, RequestStatus::Withdrawn, AuditAction::WithdrawAccessRequest, "").await
    }

    async fn settle(
        &self,
        caller: &Caller,
        before: AccessRequest,
        status: RequestStatus,
        action: AuditAction,
        note: &str,
    ) -> Result<RequestView, ControlError> {
        let settled = || ControlError::Conflict("this request is settled already, or its category is gone".to_owned());
        if before.status != RequestStatus::Pending {
            return Err(settled());
        }
        let after = AccessRequest {
            status,
            decided_by: Some(caller.principal.username.clone()),
            decision_note: note.to_owned(),
            decided_at: Some(self.now()),
            ..before
        };
        let change = self.request_change(caller, action, &after);
        match self.ports.access.decide_request(&after, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => return Err(settled()),
            Err(error) => return Err(error.into()),
        }
        self.committed().await;
        Ok(Self::seen_request(caller, after))
    }

    /// A request that the caller made or may decide. Others are not there.
    async fn visible_request(&self, caller: &Caller, id: &AccessRequestId) -> Result<AccessRequest, ControlError> {
        let found = self.ports.access.find_request(id).await?;
        let is_visible = |it: &AccessRequest| {
            caller.principal.is_member(&it.tenant) && (it.user == caller.principal.user || decides(caller, it))
        };
        found.filter(is_visible).ok_or_else(|| ControlError::not_found("access request", id))
    }

    fn seen_request(caller: &Caller, request: AccessRequest) -> RequestView {
        RequestView { can_decide: request.status == RequestStatus::Pending && decides(caller, &request), request }
    }

    fn request_change(&self, caller: &Caller, action: AuditAction, request: &AccessRequest) -> Change {
        let details = vec![
            ("access_request_id", request.id.to_string()),
            ("app_id", request.app.to_string()),
            ("app_name", request.app_name.clone()),
            ("category_id", request.category.to_string()),
            ("user_id", request.user.to_string()),
            ("username", request.username.clone()),
            ("note", request.decision_note.clone()),
        ];
        let actor = Actor { tenant: request.tenant.clone(), ..Actor::from_caller(caller) };
        let change = self.quiet_change(actor, action, details);
        Change { events: vec![Event::of_request(self.ids().event(), request, change.at)], ..change }
    }
}

/// Who manages the category decides.
fn decides(caller: &Caller, request: &AccessRequest) -> bool {
    let object = Object::Category { tenant: &request.tenant, id: &request.category, is_seen: true };
    policy::may(&caller.principal, Action::UpdateCategory, object).is_granted()
}
