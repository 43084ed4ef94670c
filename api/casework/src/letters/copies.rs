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
    /// The whole page as it is posted: the school, the day, the parent and the address, the child, the text, who signs;
    /// absent when none goes to this parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The postal address that it goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The parent's language, as a tag of BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bn")]
    pub language: Option<String>,
    /// The language that it is written in: the parent's where the policy has the letter in it, and else English, with a
    /// line that offers help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "en")]
    pub written_in: Option<String>,
    /// The date on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated: Option<NaiveDate>,
    /// The version of the school's letterhead on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3)]
    pub letterhead: Option<i32>,
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
    /// The parent's language; nobody has none.
    pub language: Option<String>,
    /// The page, or why there is none.
    pub text: Result<Written, String>,
}

/// A page as it is posted.
pub(super) struct Written {
    pub subject: String,
    pub body: String,
    pub language: String,
    pub address: Option<String>,
    pub dated: NaiveDate,
    pub letterhead: Option<i32>,
}

/// Keeps the copies of a letter, in the order of the parents.
pub(super) fn add(tx: &mut Tx, letter: &LetterRow, new: &[NewCopy]) -> Result<()> {
    let last: Option<i32> = letter_copy::table
        .filter(letter_copy::letter_id.eq(letter.letter_id))
        .select(diesel::dsl::max(letter_copy::round))
        .first(tx.conn)?;
    let row = |(place, copy): (i32, &NewCopy)| {
        let written = copy.text.as_ref().ok();
        (
            letter_copy::trust_id.eq(tx.trust()),
            letter_copy::school_id.eq(letter.school_id),
            letter_copy::letter_id.eq(letter.letter_id),
            letter_copy::round.eq(last.unwrap_or(0) + 1),
            letter_copy::place.eq(place),
            letter_copy::parent_id.eq(copy.parent_id),
            letter_copy::addressed.eq(copy.addressed.clone()),
            letter_copy::subject.eq(written.map(|written| written.subject.clone())),
            letter_copy::body.eq(written.map(|written| written.body.clone())),
            letter_copy::why_not.eq(copy.text.as_ref().err().cloned()),
            letter_copy::address.eq(written.and_then(|written| written.address.clone())),
            letter_copy::language.eq(copy.language.clone()),
            letter_copy::written_in.eq(written.map(|written| written.language.clone())),
            letter_copy::dated.eq(written.map(|written| written.dated)),
            letter_copy::letterhead.eq(written.and_then(|written| written.letterhead)),
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
