//! Letters as each parent is to read them, and to whom none goes and why.

use diesel::prelude::*;

use super::rows::LetterRow;
use schema::letter_copy;

use base::prelude::*;

/// A letter as one parent is to read it.
#[derive(Debug, Clone, Serialize, HasQuery, ToSchema)]
#[diesel(table_name = letter_copy)]
pub struct CopyRow {
    /// The letter.
    #[serde(skip)]
    pub letter_id: LetterId,
    /// Counts up when a letter that was held is released and written anew.
    #[serde(skip)]
    pub round: i32,
    /// The parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 812)]
    pub parent_id: Option<ParentId>,
    /// How the parent is addressed.
    #[schema(example = "Mrs Okafor")]
    pub addressed: String,
    /// What it is about; absent when none goes to this parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text; absent when none goes to this parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Why none goes to this parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "has neither parental responsibility nor the child living with them")]
    pub why_not: Option<String>,
    /// When it was written (UTC).
    pub recorded_at: DateTime<Utc>,
}

/// A copy to be kept.
pub(super) struct NewCopy {
    pub parent_id: Option<ParentId>,
    pub addressed: String,
    /// Subject and text, or why there is none.
    pub text: Result<(String, String), String>,
}

/// Keeps the copies of a letter, in the order of the parents.
pub(super) fn add(tx: &mut Tx, letter: &LetterRow, new: &[NewCopy]) -> Result<()> {
    let last: Option<i32> = letter_copy::table
        .filter(letter_copy::letter_id.eq(letter.letter_id))
        .select(diesel::dsl::max(letter_copy::round))
        .first(tx.conn)?;
    let row = |(place, copy): (i32, &NewCopy)| {
        let (text, why_not) = match &copy.text {
            Ok((subject, body)) => (Some((subject.clone(), body.clone())), None),
            Err(why) => (None, Some(why.clone())),
        };
        let (subject, body) = text.unzip();
        (
            letter_copy::trust_id.eq(tx.trust()),
            letter_copy::school_id.eq(letter.school_id),
            letter_copy::letter_id.eq(letter.letter_id),
            letter_copy::round.eq(last.unwrap_or(0) + 1),
            letter_copy::place.eq(place),
            letter_copy::parent_id.eq(copy.parent_id),
            letter_copy::addressed.eq(copy.addressed.clone()),
            letter_copy::subject.eq(subject),
            letter_copy::body.eq(body),
            letter_copy::why_not.eq(why_not),
            letter_copy::recorded_at.eq(tx.now()),
        )
    };
    let rows: Vec<_> = (1..).zip(new).map(row).collect();
    diesel::insert_into(letter_copy::table).values(rows).execute(tx.conn)?;
    Ok(())
}

/// The copies of letters as they were written last, by letter, in the order of the parents.
pub(super) fn of_letters(
    tx: &mut Tx,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Vec<CopyRow>>> {
    let rows: Vec<CopyRow> = CopyRow::query()
        .filter(letter_copy::letter_id.eq_any(letters))
        .order((letter_copy::letter_id, letter_copy::round, letter_copy::place))
        .load(tx.conn)?;
    let mut copies: BTreeMap<LetterId, Vec<CopyRow>> = BTreeMap::new();
    for row in rows {
        let of_letter = copies.entry(row.letter_id).or_default();
        of_letter.retain(|other| other.round == row.round);
        of_letter.push(row);
    }
    Ok(copies)
}
