-- Where a tail goes on that found less than a page, as {posted_at, walk_id}: sixty days further where it looks at sixty days only and there is something older, else nowhere.
CREATE OR REPLACE FUNCTION feed_tail_step(of_viewer uuid, of_filter text, before_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  further CONSTANT timestamptz := before_at - interval '60 days';
BEGIN
  IF of_filter = 'following' AND follows_many(of_viewer, 1000) AND EXISTS (SELECT 1 FROM posts WHERE is_open AND posted_at <= further) THEN
    RETURN jsonb_build_object('posted_at', further, 'walk_id', 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  END IF;
  RETURN NULL;
END
$$;
