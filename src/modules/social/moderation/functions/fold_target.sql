-- Brings a thing up to date with its case. `was_removed_at` is when a removal happened that has just been undone. A photo needs nothing, because whoever shows it asks. So do
-- a course, and a meetup that is hidden or closed. One that is removed is cancelled, for good: all who were in have been told.
CREATE OR REPLACE FUNCTION fold_target(of_type moderation_target, of_target uuid, at timestamptz, was_removed_at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF of_type = 'walk' THEN
    PERFORM fold_post(of_target);
  ELSIF of_type = 'comment' THEN
    -- Posts first, as everywhere where comments change, so that nobody waits in a circle.
    PERFORM 1
    FROM posts
    WHERE walk_id IN (
      SELECT walk_id FROM comments WHERE id = of_target OR id IN (SELECT comment_id FROM held_alike WHERE with_id = of_target)
    )
    ORDER BY walk_id
    FOR NO KEY UPDATE;
    UPDATE comments
    SET held_at = CASE WHEN coalesce(state.hidden_at, state.closed_until) IS NOT NULL THEN coalesce(comments.held_at, at) END,
        deleted_at = CASE
          WHEN state.removed_at IS NOT NULL THEN coalesce(comments.deleted_at, state.removed_at)
          -- What its author has deleted meanwhile stays deleted.
          WHEN comments.deleted_at IS DISTINCT FROM was_removed_at THEN comments.deleted_at
        END
    FROM moderation_cases AS state
    WHERE state.target_type = 'comment' AND state.target_id = of_target
      AND (comments.id = of_target OR comments.id IN (SELECT comment_id FROM held_alike WHERE with_id = of_target));
  ELSIF of_type = 'meetup' AND EXISTS (SELECT 1 FROM moderation_cases WHERE target_type = 'meetup' AND target_id = of_target AND removed_at IS NOT NULL) THEN
    UPDATE meetups SET cancelled_at = at WHERE id = of_target AND cancelled_at IS NULL;
    PERFORM cancel_dates(of_target, NULL, at);
  END IF;
END
$$;
