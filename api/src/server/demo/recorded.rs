//! Who is on the rolls, beside whom the demonstration's files have there: what somebody changed is told by it.

use serde_json::Value;

use super::notes::SchoolNote;
use crate::server::client::Client;
use base::prelude::*;

/// A row of a file, by the names of its columns.
pub(super) type Row = BTreeMap<String, String>;

/// An enrolment: the school's URN and the first day.
type Stay = (String, String);

/// What a file says of a day beside class and year group.
const CHARACTERISTICS: [&str; 7] =
    ["registration", "fsm", "sen", "eal", "looked_after", "child_in_need", "service_child"];

/// What is on the rolls.
pub(super) struct Recorded {
    /// By UPN.
    pupils: BTreeMap<String, PupilRecorded>,
    /// Names by id.
    classes: BTreeMap<i64, String>,
}

/// A pupil as recorded.
struct PupilRecorded {
    /// Surname, forename, birth date and sex, under the columns of a file.
    person: Row,
    /// By school and first day: the last day, empty while on roll, and the enrolment's id.
    stays: BTreeMap<Stay, (String, i64)>,
}

impl Recorded {
    /// Reads the rolls of the whole trust.
    pub fn read(client: &Client, schools: &[SchoolNote]) -> Result<Self, String> {
        let urns: BTreeMap<i64, &str> = schools
            .iter()
            .map(|school| (i64::from(school.school_id.number()), school.urn.as_str()))
            .collect();
        let mut by_id: BTreeMap<i64, (String, PupilRecorded)> = BTreeMap::new();
        for pupil in all(client, "/v1/pupils")? {
            let columns = ["surname", "forename", "birth_date", "sex"];
            let person = columns.map(|name| (name.to_owned(), text(&pupil, name)));
            let one = PupilRecorded { person: person.into(), stays: BTreeMap::new() };
            by_id.insert(number(&pupil, "pupil_id"), (text(&pupil, "upn"), one));
        }
        for stay in all(client, "/v1/enrolments")? {
            let urn = urns.get(&number(&stay, "school_id"));
            let pupil = by_id.get_mut(&number(&stay, "pupil_id"));
            if let Some((urn, (_, pupil))) = urn.zip(pupil) {
                let of = ((*urn).to_owned(), text(&stay, "first_day"));
                let until = (text(&stay, "last_day"), number(&stay, "enrolment_id"));
                pupil.stays.insert(of, until);
            }
        }
        let classes = all(client, "/v1/classes")?;
        let name = |class: &Value| (number(class, "class_id"), text(class, "name"));
        Ok(Self {
            pupils: by_id.into_values().collect(),
            classes: classes.iter().map(name).collect(),
        })
    }

    /// The rows of a later file that are to be sent: what is new in it of pupils whom nobody has touched.
    pub fn rows(
        &self,
        client: &Client,
        earlier: &[Row],
        later: &[Row],
    ) -> Result<Vec<Row>, String> {
        let (known, then) = (by_upn(earlier), by_upn(later));
        let nothing = Vec::new();
        let mut rows = Vec::new();
        for (upn, theirs) in &then {
            let before = known.get(upn).unwrap_or(&nothing);
            match (self.pupils.get(*upn), before.is_empty()) {
                (None, true) => rows.extend(theirs.iter().map(|row| (*row).clone())),
                (Some(pupil), false) if pupil.is_untouched(before, theirs) => {
                    rows.extend(self.new_rows(client, pupil, before, theirs)?);
                }
                _ => {}
            }
        }
        Ok(rows)
    }

    /// What is new of one pupil: with the name, and the class of this year, that are recorded, and only those facts that
    /// change.
    fn new_rows(
        &self,
        client: &Client,
        pupil: &PupilRecorded,
        before: &[&Row],
        later: &[&Row],
    ) -> Result<Vec<Row>, String> {
        let mut rows = Vec::new();
        for (place, row) in later.iter().enumerate().filter(|(_, row)| !before.contains(row)) {
            let mut new = (*row).clone();
            new.extend(pupil.person.clone());
            let last = later.iter().take(place).rfind(|one| stay(one) == stay(row));
            for column in CHARACTERISTICS {
                if last.is_some_and(|last| last.get(column) == row.get(column)) {
                    new.insert(column.to_owned(), String::new());
                }
            }
            let same_year =
                before.iter().any(|one| stay(one) == stay(row) && year(one) == year(row));
            if let Some((_, enrolment)) = pupil.stays.get(&stay(row)).filter(|_| same_year) {
                new.extend(self.placed(client, *enrolment, &cell(row, "from"))?);
            }
            rows.push(new);
        }
        Ok(rows)
    }

    /// Class and year group of an enrolment on a day, as recorded.
    fn placed(&self, client: &Client, enrolment: i64, day: &str) -> Result<Row, String> {
        let page = client.get(&format!("/v1/enrolments/{enrolment}"));
        let page = page.map_err(|error| error.to_string())?;
        let placements = page["placements"].as_array().map_or(&[][..], Vec::as_slice);
        // Days are written so that their order is that of their texts.
        let held = placements.iter().filter(|one| text(one, "from_day").as_str() <= day);
        let Some(held) = held.max_by_key(|one| text(one, "from_day")) else {
            return Ok(Row::new());
        };
        let class = self.classes.get(&number(held, "class_id")).cloned();
        let year_group = match number(held, "year_group") {
            0 => "R".to_owned(),
            number => number.to_string(),
        };
        let class = class.map(|class| ("class".to_owned(), class));
        Ok(class.into_iter().chain([("year_group".to_owned(), year_group)]).collect())
    }

    /// Rows of a file of marks again for the other schools that somebody has moved their pupils to.
    pub fn moved(&self, planned: &[Row], marks: Vec<Row>) -> Vec<Row> {
        let known = by_upn(planned);
        let mut rows = Vec::new();
        for row in marks {
            let (upn, urn) = (cell(&row, "upn"), cell(&row, "urn"));
            let planned = known.get(upn.as_str()).map_or(&[][..], Vec::as_slice);
            let Some(pupil) = self.pupils.get(&upn) else { continue };
            let theirs = |at: &&Stay| at.0 != urn && !planned.iter().any(|one| stay(one) == **at);
            let schools: BTreeSet<&String> =
                pupil.stays.keys().filter(theirs).map(|(urn, _)| urn).collect();
            for urn in schools {
                let mut there = row.clone();
                there.insert("urn".to_owned(), urn.clone());
                rows.push(there);
            }
        }
        rows
    }
}

impl PupilRecorded {
    /// Whether the pupil's days and schools are those of the files: of the earlier one, or already of the later.
    fn is_untouched(&self, before: &[&Row], later: &[&Row]) -> bool {
        let said = |rows: &[&Row], at: &Stay, last: &String| {
            rows.iter().any(|row| stay(row) == *at && cell(row, "last_day") == *last)
        };
        let first_shown = before.iter().map(|row| cell(row, "first_day")).min().unwrap_or_default();
        let as_planned = self.stays.iter().all(|(at, (last, _))| {
            let over = !last.is_empty() && *last < first_shown;
            over || said(before, at, last) || said(later, at, last)
        });
        as_planned && before.iter().all(|row| self.stays.contains_key(&stay(row)))
    }
}

/// Every item of a list, page by page.
fn all(client: &Client, path: &str) -> Result<Vec<Value>, String> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("{path}?limit=500{cursor}"));
        let mut page = page.map_err(|error| error.to_string())?;
        if let Value::Array(some) = page["items"].take() {
            items.extend(some);
        }
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(items),
        }
    }
}

/// Reads a file's rows.
pub(super) fn read_rows(bytes: &[u8]) -> Result<Vec<Row>, String> {
    let rows = csv::Reader::from_reader(bytes).into_deserialize();
    rows.collect::<Result<Vec<Row>, _>>().map_err(|error| error.to_string())
}

/// Writes rows that all have the same columns.
pub(super) fn write_rows(rows: &[Row]) -> Result<Vec<u8>, String> {
    let mut file = csv::Writer::from_writer(Vec::new());
    if let Some(first) = rows.first() {
        file.write_record(first.keys()).map_err(|error| error.to_string())?;
    }
    for row in rows {
        file.write_record(row.values()).map_err(|error| error.to_string())?;
    }
    file.into_inner().map_err(|error| error.to_string())
}

/// The rows of each pupil, in the order of the file.
fn by_upn(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut of_pupils: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let upn = row.get("upn").map_or("", String::as_str);
        of_pupils.entry(upn).or_default().push(row);
    }
    of_pupils
}

fn stay(row: &Row) -> Stay {
    (cell(row, "urn"), cell(row, "first_day"))
}

/// The school year that a row speaks of.
fn year(row: &Row) -> Option<AcademicYear> {
    AcademicYear::of(cell(row, "from").parse().ok()?)
}

fn cell(row: &Row, column: &str) -> String {
    row.get(column).cloned().unwrap_or_default()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value, name: &str) -> i64 {
    value[name].as_i64().unwrap_or_default()
}
