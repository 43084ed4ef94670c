//! How a token is asked for.

use base::prelude::*;

words! {
    /// How a token is asked for.
    Grant {
        ClientCredentials = "client_credentials": "for the client itself (RFC 6749, section 4.4)",
        TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange": "for a member of staff who has signed in (RFC 8693)",
    }
}
