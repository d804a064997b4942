-- Which news of one bulletin about one zone and kind wins (`fold_warnings`).
CREATE OR REPLACE FUNCTION news_rank(is_lifted boolean, ends_at timestamptz) RETURNS int
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN NOT is_lifted THEN 1 WHEN ends_at = '-infinity' THEN 2 ELSE 0 END
$$;
