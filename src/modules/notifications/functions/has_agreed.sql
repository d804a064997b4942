-- Whether somebody's latest decision about a document is a consent.
CREATE OR REPLACE FUNCTION has_agreed(of_user uuid, to_document consent_document) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT agreed FROM consents WHERE user_id = of_user AND document = to_document ORDER BY decided_at DESC LIMIT 1), false)
$$;
