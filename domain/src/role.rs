//! Roles and what each may do.
//!
//! They are the product's: a trust gives its staff roles but cannot redefine them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

const TEXT: &str = include_str!("../roles.toml");

/// All roles and all permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    permissions: BTreeMap<String, String>,
    /// In the order of the file.
    roles: Vec<Role>,
}

/// What a role is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The whole installation, outside every trust.
    Platform,
    /// All schools of one trust.
    Trust,
    /// The schools of a trust that the person is given.
    School,
    /// A local authority, which sees what was shared with it.
    Authority,
}

/// One role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its name in tokens, such as `school_office`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is given for.
    pub level: Level,
    /// Whether it decides in the place of whoever a policy names.
    #[serde(default)]
    pub stands_in: bool,
    /// The names of its permissions.
    pub permissions: BTreeSet<String>,
}

/// Something wrong with the text of the roles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The text cannot be read at all.
    #[error("the roles cannot be read: {0}")]
    Text(String),
    /// A role has a permission that is not in the list.
    #[error(
        "the role {role} has the permission {permission:?}, which is not in the list of permissions"
    )]
    UnknownPermission {
        /// The role.
        role: String,
        /// The permission.
        permission: String,
    },
    /// No role has the permission.
    #[error("no role has the permission {permission:?}")]
    HeldByNobody {
        /// The permission.
        permission: String,
    },
    /// Two roles have the same name.
    #[error("there is more than one role with the name {role}")]
    DuplicateRole {
        /// The name.
        role: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    permissions: BTreeMap<String, String>,
    #[serde(rename = "role")]
    roles: Vec<Role>,
}

impl Roles {
    /// The roles that the product is built with. Errors: never for a released build: a test loads them.
    pub fn built_in() -> Result<Self, Vec<RoleError>> {
        Self::load(TEXT)
    }

    /// Reads roles from the text of a `roles.toml`, whose head explains the format. Errors: everything that is wrong
    /// with it, or the first error when it cannot be read at all.
    pub fn load(text: &str) -> Result<Self, Vec<RoleError>> {
        let FileText { permissions, roles } =
            toml::from_str(text).map_err(|error| vec![RoleError::Text(error.to_string())])?;
        let mut problems = Vec::new();
        let mut names = BTreeSet::new();
        for role in &roles {
            if !names.insert(&role.name) {
                problems.push(RoleError::DuplicateRole { role: role.name.clone() });
            }
            let unknown = role.permissions.iter().filter(|name| !permissions.contains_key(*name));
            problems.extend(unknown.map(|name| RoleError::UnknownPermission {
                role: role.name.clone(),
                permission: name.clone(),
            }));
        }
        let held: BTreeSet<&String> = roles.iter().flat_map(|role| &role.permissions).collect();
        let unheld = permissions.keys().filter(|name| !held.contains(name));
        problems.extend(unheld.map(|name| RoleError::HeldByNobody { permission: name.clone() }));
        if problems.is_empty() { Ok(Self { permissions, roles }) } else { Err(problems) }
    }

    /// The roles, in the order of the file.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The role of that name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// Whether a role has a permission; false when either does not exist.
    pub fn allows(&self, role: &str, permission: &str) -> bool {
        self.role(role).is_some_and(|role| role.permissions.contains(permission))
    }

    /// The permissions by name, each with what it allows.
    pub fn permissions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.permissions.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 9] = [
        "platform_admin",
        "trust_admin",
        "trust_officer",
        "school_lead",
        "school_office",
        "teacher",
        "safeguarding_lead",
        "la_partner",
        "runner",
    ];

    fn may(roles: &Roles, permission: &str) -> Vec<&'static str> {
        NAMES.into_iter().filter(|role| roles.allows(role, permission)).collect()
    }

    #[test]
    fn the_built_in_roles_are_the_agreed_ones_in_order() {
        let roles = Roles::built_in().unwrap();
        assert!(roles.roles().iter().map(|role| role.name.as_str()).eq(NAMES));
        assert!(roles.permissions().all(|(_, text)| !text.is_empty()));
        assert_eq!(roles.role("la_partner").map(|role| role.level), Some(Level::Authority));
        assert_eq!(roles.role("nobody"), None);
        assert!(!roles.allows("nobody", "pupil:read"));
        assert!(!roles.allows("trust_admin", "no:such"));
    }

    #[test]
    fn who_may_do_what() {
        let roles = Roles::built_in().unwrap();
        assert_eq!(may(&roles, "trust:create"), ["platform_admin"]);
        assert_eq!(may(&roles, "school:write"), ["trust_admin"]);
        assert_eq!(may(&roles, "mark:amend"), ["trust_admin", "school_lead", "school_office"]);
        assert_eq!(
            may(&roles, "import:run"),
            ["trust_admin", "trust_officer", "school_lead", "school_office"]
        );
        assert_eq!(
            may(&roles, "register:take"),
            ["trust_admin", "school_lead", "school_office", "teacher"]
        );
        assert_eq!(
            may(&roles, "report:read"),
            ["trust_admin", "trust_officer", "school_lead", "school_office", "safeguarding_lead"]
        );
        assert_eq!(
            may(&roles, "analytics:read"),
            [
                "trust_admin",
                "trust_officer",
                "school_lead",
                "school_office",
                "safeguarding_lead",
                "runner"
            ]
        );
    }

    #[test]
    fn neither_the_platform_nor_the_authority_nor_the_scheduler_sees_a_child() {
        let roles = Roles::built_in().unwrap();
        let about_children = [
            "pupil:",
            "enrolment:",
            "parent:",
            "contact:",
            "leave:",
            "safeguarding:",
            "register:",
            "mark:",
            "import:",
            "report:",
        ];
        for (permission, _) in roles.permissions() {
            if about_children.iter().any(|start| permission.starts_with(start)) {
                for role in ["platform_admin", "la_partner", "runner"] {
                    assert!(!roles.allows(role, permission), "{role} {permission}");
                }
            }
        }
    }

    #[test]
    fn the_trust_administrator_may_do_everything_inside_the_trust_but_read_court_orders() {
        let roles = Roles::built_in().unwrap();
        for (permission, _) in roles.permissions() {
            let is_others = permission == "trust:create" || permission.starts_with("safeguarding:");
            assert_eq!(roles.allows("trust_admin", permission), !is_others, "{permission}");
        }
        for permission in ["safeguarding:read", "safeguarding:write"] {
            assert_eq!(may(&roles, permission), ["school_lead", "safeguarding_lead"]);
        }
        assert_eq!(may(&roles, "safeguarding:lift"), ["safeguarding_lead"]);
    }

    #[test]
    fn what_does_not_fit_together_is_said_at_once() {
        let role = |name, permissions| {
            format!(
                "[[role]]\nname = \"{name}\"\ntitle = \"T\"\nlevel = \"trust\"\npermissions = {permissions}\n"
            )
        };
        let text = format!(
            "[permissions]\n\"a:b\" = \"x\"\n\"c:d\" = \"y\"\n{}{}",
            role("one", "[\"a:b\"]"),
            role("one", "[\"a:c\"]"),
        );
        assert_eq!(
            Roles::load(&text),
            Err(vec![
                RoleError::DuplicateRole { role: "one".to_owned() },
                RoleError::UnknownPermission {
                    role: "one".to_owned(),
                    permission: "a:c".to_owned()
                },
                RoleError::HeldByNobody { permission: "c:d".to_owned() },
            ])
        );
        assert!(matches!(Roles::load("nonsense").unwrap_err()[..], [RoleError::Text(_)]));
    }
}
