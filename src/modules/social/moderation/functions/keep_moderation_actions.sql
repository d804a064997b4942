-- Trigger: an action of a moderator stays as it is. It goes only with the person it is about, and forgets only an admin who is gone.
CREATE OR REPLACE FUNCTION keep_moderation_actions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.author_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = OLD.author_id) THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' AND NEW.admin_id IS NULL AND NOT EXISTS (SELECT 1 FROM users WHERE id = OLD.admin_id)
    AND to_jsonb(NEW) - 'admin_id' = to_jsonb(OLD) - 'admin_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'moderation_actions is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
