//! Pupils by name and birth date: who may be the same child under another number?

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Integer, Text};

use base::prelude::*;

/// The UPNs of pupils with these folded names (surname first) and birth dates, by both; one where there are several.
pub fn pupils_by_child(
    tx: &mut Tx,
    children: &[(String, NaiveDate)],
) -> Result<BTreeMap<(String, NaiveDate), String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name_key: String,
        #[diesel(sql_type = Date)]
        birth_date: NaiveDate,
        #[diesel(sql_type = Text)]
        upn: String,
    }
    let mut found = BTreeMap::new();
    for some in children.chunks(20_000) {
        // The collation is that of the index.
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT p.name_key, p.birth_date, p.upn FROM unnest($2, $3) AS u (name_key, birth_date) \
             JOIN pupil p ON p.trust_id = $1 AND p.name_key COLLATE \"C\" = u.name_key \
                 AND p.birth_date = u.birth_date AND p.merged_into IS NULL",
        )
        .bind::<Integer, _>(tx.trust())
        .bind::<Array<Text>, _>(some.iter().map(|child| &child.0).collect::<Vec<_>>())
        .bind::<Array<Date>, _>(some.iter().map(|child| child.1).collect::<Vec<_>>())
        .load(tx.conn)?;
        found.extend(rows.into_iter().map(|row| ((row.name_key, row.birth_date), row.upn)));
    }
    Ok(found)
}
