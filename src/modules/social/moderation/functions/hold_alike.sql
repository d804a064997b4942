-- Notes the copies of a comment that reports of spam have just hidden: those of the same author with the same text. They are held and decided with it.
CREATE OR REPLACE FUNCTION hold_alike(of_comment uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO held_alike (comment_id, with_id)
  SELECT copy.id, said.id
  FROM comments AS said
  JOIN comments AS copy ON copy.user_id = said.user_id AND copy.id <> said.id AND copy.deleted_at IS NULL AND plain_text(copy.content) = plain_text(said.content)
  WHERE said.id = of_comment
    AND EXISTS (SELECT 1 FROM reports WHERE target_type = 'comment' AND target_id = of_comment AND outcome IS NULL AND reason = 'spam')
  -- A copy that has a case of its own is decided there.
    AND NOT EXISTS (SELECT 1 FROM moderation_cases WHERE target_type = 'comment' AND target_id = copy.id AND due_at IS NOT NULL)
  ON CONFLICT DO NOTHING;
END
$$;
