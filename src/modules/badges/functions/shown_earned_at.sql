-- When a badge was earned, as `for_viewer` may know it. It is the second in which a walk ended, so others see the day.
CREATE OR REPLACE FUNCTION shown_earned_at(earned user_badges, for_viewer uuid) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN earned.user_id = for_viewer THEN earned.earned_at ELSE seoul_midnight(earned.earned_at) END $$;
