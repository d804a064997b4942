-- Writes down what is done about a case, with the state before it. The case and its author must be locked.
CREATE OR REPLACE FUNCTION record_action(
  action_id uuid, of_admin uuid, known moderation_cases, what moderation_action, for_days int, why report_reason, with_note text, on_basis text,
  of_undone uuid, at timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO moderation_actions (id, admin_id, target_type, target_id, author_id, action, days, reason, note, legal_basis, undoes, before, created_at)
  SELECT action_id, of_admin, known.target_type, known.target_id, known.author_id, what, for_days, why, with_note, on_basis, of_undone,
         jsonb_build_object(
           'hidden_at', known.hidden_at, 'removed_at', known.removed_at, 'closed_until', known.closed_until,
           'suspended_until', users.suspended_until, 'banned_at', users.banned_at
         ), at
  FROM (SELECT 1) AS one
  LEFT JOIN users ON users.id = known.author_id;
END
$$;
