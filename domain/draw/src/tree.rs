//! The Merkle tree over a draw's tickets (RFC 9162, section 2.1).

use crate::hash::{Hash, hash, u64_bytes};

/// The tree: first the leaves, then each row over the one below it, up to the root. The last node of a row of odd length
/// goes up as it is, which is the same as cutting at the greatest power of two.
pub(crate) struct Tree(Vec<Vec<Hash>>);

impl Tree {
    pub(crate) fn over(leaves: Vec<Hash>) -> Self {
        let mut rows = vec![leaves];
        while let Some(below) = rows.last().filter(|below| below.len() > 1) {
            let pair = |pair: &[Hash]| match pair {
                [left, right] => node(left, right),
                alone => alone.first().copied().unwrap_or_else(of_nothing),
            };
            let row = below.chunks(2).map(pair).collect();
            rows.push(row);
        }
        Self(rows)
    }

    pub(crate) fn root(&self) -> Hash {
        self.0.last().and_then(|row| row.first()).copied().unwrap_or_else(of_nothing)
    }

    /// What a leaf needs to be led to the root: the nodes beside its way, from below.
    pub(crate) fn proof(&self, leaf: usize) -> Vec<Hash> {
        let mut at = leaf;
        let mut proof = Vec::new();
        for row in &self.0 {
            proof.extend(row.get(at ^ 1));
            at /= 2;
        }
        proof
    }
}

/// The root of no leaves.
pub(crate) fn of_nothing() -> Hash {
    hash(&[])
}

/// The leaf of a ticket.
pub(crate) fn leaf(salt: &Hash, ticket: u64, holder: &Hash) -> Hash {
    hash(&[&[0], &salt.0, &u64_bytes(ticket), &holder.0])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], &left.0, &right.0])
}

/// Whether a leaf with this number of so many is led to the root by its proof (RFC 9162, section 2.1.3.2).
pub(crate) fn leads_to(root: &Hash, leaf: Hash, number: u64, leaves: u64, proof: &[Hash]) -> bool {
    let Some(mut last) = leaves.checked_sub(1).filter(|last| number <= *last) else {
        return false;
    };
    let (mut at, mut reached) = (number, leaf);
    for beside in proof {
        if last == 0 {
            return false;
        }
        if at % 2 == 1 || at == last {
            reached = node(beside, &reached);
            while at % 2 == 0 && at > 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            reached = node(&reached, beside);
        }
        at /= 2;
        last /= 2;
    }
    last == 0 && reached == *root
}
