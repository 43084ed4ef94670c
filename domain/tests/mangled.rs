//! However a policy's files are mangled, reading them ends with a list of problems.

mod common;

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The files of one of the policies.
type Files = std::collections::BTreeMap<String, Vec<u8>>;

fn policies() -> Vec<Files> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let folders = common::entries(&root).into_iter().filter(|path| path.is_dir());
    folders.map(|folder| common::files(&folder)).collect()
}

/// What happens to a file.
#[derive(Debug, Clone)]
enum Mangle {
    Flip { at: prop::sample::Index, bit: u8 },
    Delete { at: prop::sample::Index },
    DeleteLine { at: prop::sample::Index },
    SwapLines { at: prop::sample::Index, with: prop::sample::Index },
    Cut { at: prop::sample::Index },
}

fn mangle() -> impl Strategy<Value = Mangle> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        4 => (at(), 0..8_u8).prop_map(|(at, bit)| Mangle::Flip { at, bit }),
        4 => at().prop_map(|at| Mangle::Delete { at }),
        4 => at().prop_map(|at| Mangle::DeleteLine { at }),
        4 => (at(), at()).prop_map(|(at, with)| Mangle::SwapLines { at, with }),
        1 => at().prop_map(|at| Mangle::Cut { at }),
    ]
}

fn mangled(mut bytes: Vec<u8>, mangle: &Mangle) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    match mangle {
        Mangle::Flip { at, bit } => *at.get_mut(&mut bytes) ^= 1 << bit,
        Mangle::Delete { at } => drop(bytes.remove(at.index(bytes.len()))),
        Mangle::Cut { at } => bytes.truncate(at.index(bytes.len())),
        Mangle::DeleteLine { at } => drop(lines.remove(at.index(lines.len()))),
        Mangle::SwapLines { at, with } => {
            let (at, with) = (at.index(lines.len()), with.index(lines.len()));
            lines.swap(at, with);
        }
    }
    match mangle {
        Mangle::DeleteLine { .. } | Mangle::SwapLines { .. } => lines.join(&b'\n'),
        Mangle::Flip { .. } | Mangle::Delete { .. } | Mangle::Cut { .. } => bytes,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        rng_seed: RngSeed::Fixed(1996),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mangled_policies_end_in_problems_that_name_a_place(
        policy in prop::sample::select(policies()),
        mangles in prop::collection::vec((any::<prop::sample::Index>(), mangle()), 1..4),
    ) {
        let mut files = policy;
        for (file, mangle) in &mangles {
            let file = file.index(files.len());
            if let Some(bytes) = files.values_mut().nth(file) {
                *bytes = mangled(std::mem::take(bytes), mangle);
            }
        }
        let lines = |file: &str| {
            files.get(file).map_or(0, |bytes| bytes.iter().filter(|byte| **byte == b'\n').count() + 1)
        };
        for problem in common::problems(files.clone()) {
            prop_assert!(problem.line <= lines(&problem.file).max(1), "{problem}");
            prop_assert!(!problem.says.is_empty(), "{problem:?}");
        }
    }
}
