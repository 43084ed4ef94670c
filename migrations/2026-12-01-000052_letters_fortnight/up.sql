-- A letter's figure may be that of a fortnight.
ALTER TABLE letter DROP CONSTRAINT letter_over_check,
    ADD CONSTRAINT letter_over_check CHECK (over IN ('week', 'fortnight', 'half term', 'term', 'year to date'));
