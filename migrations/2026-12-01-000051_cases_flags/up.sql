-- The words that an open case has put on its pupil stand with the case, so that they are shown where absences are coded.
ALTER TABLE case_state ADD COLUMN flags text[] NOT NULL DEFAULT '{}';
CREATE INDEX case_state_flags ON case_state (trust_id, pupil_id) WHERE flags <> '{}';

-- Cases that are open: what was said step by step, and what came along from a school before.
DO $$
DECLARE
    trust int;
    changed int;
BEGIN
    FOR trust IN SELECT generate_series(1, last_value) FROM trust_ids LOOP
        EXECUTE format('SET LOCAL app.trust_id = %L', trust);
        SET LOCAL app.schools = '*';
        UPDATE case_state s SET flags = f.flags
        FROM (SELECT e.case_id, array_agg(DISTINCT said.words ORDER BY said.words) AS flags
              FROM case_event e CROSS JOIN LATERAL (
                  SELECT e.body #>> '{what,flagged}' AS words
                  UNION ALL SELECT jsonb_array_elements_text(e.body #> '{what,carried,state,flags}')) said
              WHERE said.words IS NOT NULL GROUP BY e.case_id) f
        WHERE s.case_id = f.case_id AND s.stage IS NOT NULL;
        GET DIAGNOSTICS changed = ROW_COUNT;
        RAISE NOTICE 'trust %: % rows', trust, changed;
    END LOOP;
END $$;
