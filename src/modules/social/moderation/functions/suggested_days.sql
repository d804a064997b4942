-- How long the next suspension of a person lasts: one day, then seven, then thirty. One that was undone does not count.
CREATE OR REPLACE FUNCTION suggested_days(of_user uuid) RETURNS int
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT CASE count(*) WHEN 0 THEN 1 WHEN 1 THEN 7 ELSE 30 END
    FROM moderation_actions AS done
    WHERE done.author_id = of_user AND done.action = 'suspend'
      AND NOT EXISTS (SELECT 1 FROM moderation_actions AS later WHERE later.undoes = done.id)
  );
END
$$;
