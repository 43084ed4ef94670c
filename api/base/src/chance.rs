//! The system's randomness: keys and secrets come from here, and from nowhere else.

/// So many bytes that nobody can guess. Errors: the system gives none.
pub fn unguessable<const BYTES: usize>() -> Result<[u8; BYTES], String> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
