//! An identity provider, as it comes in and as it is kept.

use base::openid::SignedIn;
use base::prelude::*;

/// The most characters of an issuer.
pub(super) const ISSUER: usize = 300;
/// The most identity providers of a trust.
const MOST: usize = 10;

words! {
    /// Which claim is the person. Never an e-mail address: that is given to somebody else when they leave.
    PersonClaim {
        Sub = "sub": "`sub`, the provider's name for the person",
        Oid = "oid": "`oid`, the person in the directory that `tid` names",
    }
}

/// An identity provider of the trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    /// Its issuer, to the letter, as its ID tokens have it in `iss`: an https address.
    #[schema(example = "https://login.example/larkrise")]
    pub issuer: String,
    /// Which claim is the person.
    pub person: PersonClaim,
    /// The directory, as `tid` has it; with `oid` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "72f988bf-86f1-41af-91ab-2d7cd011db47")]
    pub directory: Option<String>,
}

impl IdentityProvider {
    /// Who has signed in there, by the claim that is the person. `None`: the token does not say, or another directory.
    pub fn person_of(&self, signed_in: SignedIn) -> Option<String> {
        let person = match self.person {
            PersonClaim::Sub => Some(signed_in.sub),
            PersonClaim::Oid => signed_in.oid.filter(|_| signed_in.tid == self.directory),
        };
        person.filter(|person| name::kept(person, name::LINE).as_ref() == Some(person))
    }
}

/// The identity providers of a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProviders {
    /// Each issuer once; none: nobody signs in.
    pub providers: Vec<IdentityProvider>,
}

impl IdentityProviders {
    /// Errors: every place that is not right.
    pub(super) fn check(&self, app: &App) -> Result<()> {
        let mut problem = Problem::new(Kind::Invalid);
        if self.providers.len() > MOST {
            problem = problem.and("/providers", format!("at most {MOST} identity providers"));
        }
        let mut issuers = BTreeSet::new();
        for (index, one) in self.providers.iter().enumerate() {
            let at = |member: &str| format!("/providers/{index}/{member}");
            let is_short = one.issuer.len() <= ISSUER;
            if !is_short || !app.openid.may_be_asked(&one.issuer) {
                problem = problem.and(at("issuer"), "an https address without a query");
            } else if !issuers.insert(&one.issuer) {
                problem = problem.and(at("issuer"), "an issuer that stands here once");
            }
            let kept = one.directory.as_ref().map(|text| name::kept(text, name::NAME).is_some());
            if kept != (one.person == PersonClaim::Oid).then_some(true) {
                problem = problem.and(at("directory"), "a directory with oid, and with sub none");
            }
        }
        if problem.errors().is_empty() { Ok(()) } else { Err(problem) }
    }
}
