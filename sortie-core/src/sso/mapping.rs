//! What groups at the provider mean here: nothing, unless an operator says so.

use crate::{access::CategoryRight, invalid::Invalid, user::Role};

/// Which group gives which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap(Vec<(String, Role)>);

impl RoleMap {
    /// Reads `group=role, …`; with semicolons between the pairs, groups may hold commas. The last `=` counts.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let rule = "must be pairs such as sortie-admins=admin, with a role of admin, app-author, auditor, user";
        let pair = |(group, role): (String, String)| Role::parse(&role).map(|role| (group, role));
        let pairs: Option<Vec<_>> = pairs(text).map(|it| it.and_then(pair)).collect();
        pairs.map(Self).ok_or_else(|| Invalid::new("role map", rule))
    }

    /// Whether no group means anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles that these groups give. Names are compared exactly.
    pub fn roles(&self, groups: &[String]) -> Vec<Role> {
        let given = |role: &Role| self.0.iter().any(|(group, it)| it == role && groups.contains(group));
        Role::ALL.into_iter().filter(given).collect()
    }
}

/// The roles after a sign-in: those that the mapping gave before go, those that it gives now come, and those that an
/// administrator gave here stay. Nobody is left without any.
pub fn roles_after(current: &[Role], given_before: &[Role], given_now: &[Role]) -> Vec<Role> {
    let kept = |role: &Role| given_now.contains(role) || (current.contains(role) && !given_before.contains(role));
    let roles: Vec<Role> = Role::ALL.into_iter().filter(kept).collect();
    if roles.is_empty() { vec![Role::User] } else { roles }
}

/// A right in one category.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryGrant {
    /// The category, by name.
    pub category: String,
    /// The right.
    pub right: CategoryRight,
}

/// Which group gives which right in which category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryMap(Vec<(String, CategoryGrant)>);

impl CategoryMap {
    /// Reads `group=category:approved, group=category:admin, …`; with semicolons between the pairs, groups may hold commas.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let rule = "must be pairs such as designers=Graphics:approved, with approved or admin behind the last colon";
        let pair = |(group, target): (String, String)| {
            let (category, right) = target.rsplit_once(':')?;
            let (category, right) = (category.trim(), CategoryRight::parse(right.trim())?);
            (!category.is_empty()).then(|| (group, CategoryGrant { category: category.to_owned(), right }))
        };
        let pairs: Option<Vec<_>> = pairs(text).map(|it| it.and_then(pair)).collect();
        pairs.map(Self).ok_or_else(|| Invalid::new("category map", rule))
    }

    /// Whether no group means anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What these groups give, each once and in order.
    pub fn grants(&self, groups: &[String]) -> Vec<CategoryGrant> {
        let given = self.0.iter().filter(|(group, _)| groups.contains(group)).map(|(_, grant)| grant.clone());
        let mut grants: Vec<CategoryGrant> = given.collect();
        grants.sort();
        grants.dedup();
        grants
    }
}

/// The pairs of a text; `None` for one that is none.
fn pairs(text: &str) -> impl Iterator<Item = Option<(String, String)>> {
    let between = if text.contains([';', '\n']) { &[';', '\n'][..] } else { &[','][..] };
    text.split(between).map(str::trim).filter(|it| !it.is_empty()).map(|pair| {
        let (group, target) = pair.rsplit_once('=')?;
        let (group, target) = (group.trim(), target.trim());
        (!group.is_empty() && !target.is_empty()).then(|| (group.to_owned(), target.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn no_group_means_anything_unless_it_is_mapped() {
        let all = groups(&["admin", "admins", "administrators", "root"]);
        assert_eq!(RoleMap::parse("").unwrap().roles(&all), []);
        let map = RoleMap::parse("ops=admin, writers=app-author,ops=auditor").unwrap();
        assert_eq!(map.roles(&all), []);
        assert_eq!(map.roles(&groups(&["ops"])), [Role::Admin, Role::Auditor]);
        assert_eq!(map.roles(&groups(&["OPS", " ops", "ops "])), []);
    }

    #[test]
    fn groups_that_hold_commas_and_equal_signs_are_separated_by_semicolons() {
        let map = RoleMap::parse("cn=ops,dc=example=admin; cn=w,dc=example=app-author;").unwrap();
        assert_eq!(map.roles(&groups(&["cn=ops,dc=example"])), [Role::Admin]);
    }

    #[test]
    fn a_mapping_with_a_mistake_is_refused_as_a_whole() {
        for text in ["ops", "ops=", "=admin", "ops=root", "ops=admin,x"] {
            assert!(RoleMap::parse(text).is_err(), "{text}");
        }
        for text in ["g=c", "g=c:owner", "g=:admin", "c:admin"] {
            assert!(CategoryMap::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn leaving_a_group_takes_its_role_and_no_other() {
        use Role::{Admin, AppAuthor, Auditor, User};
        assert_eq!(roles_after(&[Admin, Auditor], &[Admin], &[]), [Auditor]);
        assert_eq!(roles_after(&[Admin], &[Admin], &[]), [User]);
        assert_eq!(roles_after(&[User], &[], &[AppAuthor]), [AppAuthor, User]);
        assert_eq!(roles_after(&[AppAuthor, User], &[AppAuthor], &[AppAuthor]), [AppAuthor, User]);
        // What an administrator took away by hand comes back only while the group gives it.
        assert_eq!(roles_after(&[User], &[Admin], &[Admin]), [Admin, User]);
    }

    #[test]
    fn a_category_may_hold_a_colon() {
        let map = CategoryMap::parse("d=Tools: small:approved, d=Office:admin, x=Office:approved").unwrap();
        let grants = map.grants(&groups(&["d"]));
        let shown: Vec<_> = grants.iter().map(|it| (it.category.as_str(), it.right)).collect();
        assert_eq!(shown, [("Office", CategoryRight::Admin), ("Tools: small", CategoryRight::Approved)]);
    }
}
