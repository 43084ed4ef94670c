-- What a court order does to the parent whom it restrains, and whether a parent of a child in care is written to.

-- `court_order_effects`: none says that whoever leads on safeguarding is still to be asked; it bars nobody.
-- `letters_in_care`: as the social worker says; null until the social worker was asked.
ALTER TABLE parent_safeguard
    ADD COLUMN court_order_effects text[] NOT NULL DEFAULT '{}' CHECK (court_order_effects <@ ARRAY['no_information',
        'address_hidden', 'no_contact_with_child', 'no_contact_with_other_parent', 'may_not_collect']),
    ADD COLUMN letters_in_care boolean;
