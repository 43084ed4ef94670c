ALTER TABLE parent_safeguard DROP COLUMN letters_in_care, DROP COLUMN court_order_effects;
