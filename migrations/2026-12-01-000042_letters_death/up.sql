-- A child has died: besides letters, reviews, awards and the day's contacts stop.
ALTER TABLE letter_stop ADD COLUMN died boolean NOT NULL DEFAULT false CHECK (stopped OR NOT died);
