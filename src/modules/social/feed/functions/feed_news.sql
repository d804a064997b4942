-- How many posts of a feed are newer than `since`, at most 99.
CREATE OR REPLACE FUNCTION feed_news(of_viewer uuid, of_filter text, in_region text, since timestamptz, at timestamptz) RETURNS int
LANGUAGE plpgsql STABLE AS $$
DECLARE
  -- A few more than are told, because some are left out.
  most CONSTANT int := 200;
  lowest CONSTANT uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  newest posts[];
BEGIN
  newest := CASE of_filter
    WHEN 'following' THEN newest_followed(of_viewer, since, lowest, at, most)
    WHEN 'local' THEN newest_local(of_viewer, in_region, since, lowest, at, most)
    ELSE newest_anywhere(of_viewer, since, lowest, at, most)
  END;
  RETURN (
    SELECT least(count(*), 99)
    FROM unnest(newest) AS news
    WHERE NOT is_left_out(of_viewer, news.walk_id, news.author_id)
  );
END
$$;
