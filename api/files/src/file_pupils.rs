//! The pupils and schools of a file of marks as they turn up, by number.

use std::collections::HashMap;

use domain::Upn;

use super::cells;
use super::problem::Fault;

/// A pupil at a school, as a file names them.
pub(super) struct FilePupil {
    /// 0 for the import's own school, else one more than the place in the list of schools.
    pub school: u32,
    pub upn: Upn,
}

/// A school's number and a unique pupil number in capitals.
type Key = (u32, [u8; 13]);

/// All pupils and schools of a file so far.
#[derive(Default)]
pub(super) struct FilePupils {
    pub schools: Vec<String>,
    pub pupils: Vec<FilePupil>,
    school_numbers: HashMap<String, u32>,
    pupil_numbers: HashMap<Key, u32>,
    /// The pupil of the row before: files are mostly in the order of pupils.
    last: Option<(Key, u32)>,
}

impl FilePupils {
    /// The number of a school; `None` is the import's own.
    pub fn school(&mut self, urn: Option<&str>) -> u32 {
        let Some(urn) = urn else { return 0 };
        // Files are mostly in the order of schools.
        if self.schools.last().is_some_and(|last| last == urn) {
            return small(self.schools.len());
        }
        if let Some(number) = self.school_numbers.get(urn) {
            return *number;
        }
        self.schools.push(urn.to_owned());
        let number = small(self.schools.len());
        self.school_numbers.insert(urn.to_owned(), number);
        number
    }

    /// The number of a pupil at a school.
    ///
    /// # Errors
    /// When the text is no unique pupil number.
    pub fn pupil(&mut self, school: u32, text: &str) -> Result<u32, Fault> {
        let key = <[u8; 13]>::try_from(text.as_bytes()).ok().map(|upn| (school, upn));
        if let (Some(key), Some((last, number))) = (key, self.last)
            && key == last
        {
            return Ok(number);
        }
        let number = match key.and_then(|key| self.pupil_numbers.get(&key)) {
            Some(number) => *number,
            None => self.new_pupil(school, cells::upn(text)?),
        };
        self.last = key.map(|key| (key, number));
        Ok(number)
    }

    /// Adds the pupils of the piece of the file that comes next; their numbers here, by their numbers there.
    pub fn join(&mut self, next: Self) -> Vec<u32> {
        let own = std::iter::once(0);
        let schools = own.chain(next.schools.iter().map(|urn| self.school(Some(urn))));
        let schools: Vec<u32> = schools.collect();
        let number = |pupil: FilePupil| {
            let school = usize::try_from(pupil.school).ok().and_then(|place| schools.get(place));
            self.new_pupil(school.copied().unwrap_or_default(), pupil.upn)
        };
        next.pupils.into_iter().map(number).collect()
    }

    /// The number of a pupil who is new, or is not known to be there.
    fn new_pupil(&mut self, school: u32, upn: Upn) -> u32 {
        let next = small(self.pupils.len());
        let mut key = [0; 13];
        key.iter_mut().zip(upn.as_str().bytes()).for_each(|(place, byte)| *place = byte);
        let number = *self.pupil_numbers.entry((school, key)).or_insert(next);
        if number == next {
            self.pupils.push(FilePupil { school, upn });
        }
        number
    }
}

/// A count that is below the number of a file's bytes, and so below 2^32.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pupil_has_one_number_at_each_school() {
        let mut pupils = FilePupils::default();
        let (own, other) = (pupils.school(None), pupils.school(Some("100000")));
        let first = pupils.pupil(own, "B801200005001").unwrap();
        assert_eq!(pupils.pupil(own, "b801200005001"), Ok(first));
        assert_ne!(pupils.pupil(other, "B801200005001"), Ok(first));
        assert_eq!(pupils.pupil(own, "B801200005001"), Ok(first));
        assert!(pupils.pupil(own, "A801200005001").is_err());
        assert_eq!((pupils.pupils.len(), pupils.schools.len()), (2, 1));
    }
}
