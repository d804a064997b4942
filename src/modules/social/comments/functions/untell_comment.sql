-- Trigger on comments: a comment that is gone or held goes from its notification as well, with a push that waits. Its id is never used again, so nobody is told of it twice.
CREATE OR REPLACE FUNCTION untell_comment() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM notifications WHERE user_id = NEW.author_id AND type = 'comment' AND topic = NEW.id::text;
  RETURN NULL;
END
$$;
