-- What the dates of a series follow from, as `Series` of modules/meetups/series/plan.ts.
CREATE OR REPLACE FUNCTION series_json(of_meetup meetups) RETURNS jsonb
LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', of_meetup.id, 'starts_on', of_meetup.starts_on, 'starts_time', of_meetup.starts_time, 'recurrence_rule', of_meetup.recurrence_rule,
    'made_until', of_meetup.made_until
  )
$$;
