-- Ranks walks again of which a body was thought to have done too much, when they no longer exceed it without a walk that is gone. Call it after the change, in the same
-- transaction, with the person's row locked, and `fold_histogram` at its end.
CREATE OR REPLACE FUNCTION lift_excess(without_walk uuid, code text, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  excess CONSTANT jsonb := jsonb_build_array(jsonb_build_object('code', code));
  others jsonb;
  walk walks;
BEGIN
  FOR walk IN
    SELECT later.*
    FROM walks gone
    JOIN walks later ON later.user_id = gone.user_id
    WHERE gone.id = without_walk AND gone.deleted_at IS NOT NULL
      AND later.is_valid AND later.deleted_at IS NULL AND later.source = 'recorded' AND later.reasons @> excess
      AND later.started_at BETWEEN gone.started_at - interval '52 hours' AND gone.ended_at + interval '64 hours'
    ORDER BY later.started_at
  LOOP
    CONTINUE WHEN exceeds_a_body(walk);
    SELECT coalesce(jsonb_agg(reason.value ORDER BY reason.ordinality), '[]') INTO others
    FROM jsonb_array_elements(walk.reasons) WITH ORDINALITY AS reason
    WHERE reason.value ->> 'code' IS DISTINCT FROM lift_excess.code;
    UPDATE walks SET reasons = others, is_ranked = NOT others @> '[{"effect": "unranked"}]' WHERE id = walk.id;
    PERFORM settle_walk(walk.id, at);
  END LOOP;
END
$$;
