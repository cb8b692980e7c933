//! Requests for access to apps that one sees but may not use.

use crate::{
    id::{AccessRequestId, AppId, CategoryId, TenantId, UserId},
    invalid::Invalid,
    time::Timestamp,
};

/// The longest message or note, in bytes.
pub const MAX_TEXT_BYTES: usize = 1_000;

/// Where a request stands. Every status but the first is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestStatus {
    /// Nobody has decided yet.
    Pending,
    /// The person is an approved user of the app's category now.
    Granted,
    /// Somebody said no.
    Refused,
    /// The person took it back.
    Withdrawn,
}

impl RequestStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Granted, Self::Refused, Self::Withdrawn];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// The app's tenant.
    pub tenant: TenantId,
    /// For which app.
    pub app: AppId,
    /// What the app was called.
    pub app_name: String,
    /// The app's category: what is granted.
    pub category: CategoryId,
    /// Who asks.
    pub user: UserId,
    /// The sign-in name of who asks.
    pub username: String,
    /// Why, in the words of who asks.
    pub message: String,
    /// Where it stands.
    pub status: RequestStatus,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// What was said about the decision.
    pub decision_note: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The rules of a message or a note.
pub fn check_text(field: &'static str, text: &str) -> Result<(), Invalid> {
    let illegal = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.len() > MAX_TEXT_BYTES || text.chars().any(illegal) {
        return Err(Invalid::new(
            field,
            format!("must be at most {MAX_TEXT_BYTES} bytes long, without control characters"),
        ));
    }
    Ok(())
}
