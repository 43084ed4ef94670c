ALTER TABLE letter DROP CONSTRAINT letter_over_check,
    ADD CONSTRAINT letter_over_check CHECK (over IN ('week', 'half term', 'term', 'year to date'));
