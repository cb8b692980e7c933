//! Finding people of the same tenant.

use sortie_core::{
    invalid::Invalid,
    policy::{self, Action, Caller, Object},
    port::access::{PeopleQuery, Person},
};

use crate::{Control, ControlError};

/// How many people everybody finds at once.
const FEW: u32 = 10;
/// How many those find who manage rights.
const MANY: u32 = 1_000;
/// The fewest letters that everybody must know of a name.
const LEAST: usize = 2;

impl Control {
    /// People of the chosen tenant. Who manages rights lists all of them; others must know a part of the name.
    pub async fn people(&self, caller: &Caller, text: &str) -> Result<Vec<Person>, ControlError> {
        let tenant = Object::Tenant(&caller.tenant);
        let all = policy::may(&caller.principal, Action::ListPeople, tenant).is_granted();
        if !all && text.chars().count() < LEAST {
            return Err(Invalid::new("q", format!("must be at least {LEAST} characters of a name")).into());
        }
        if text.len() > 100 {
            return Err(Invalid::new("q", "must be at most 100 bytes long").into());
        }
        let limit = if all { MANY } else { FEW };
        let query = PeopleQuery { tenant: caller.tenant.clone(), text: text.to_owned(), limit };
        Ok(self.ports.access.people(&query).await?)
    }
}
