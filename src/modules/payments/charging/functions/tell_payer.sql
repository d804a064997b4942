-- Tells somebody of a payment, once for each topic. Answers the notification, or NULL when they are gone or know it already.
CREATE OR REPLACE FUNCTION tell_payer(of_user uuid, of_type text, of_topic text, of_facts jsonb, at timestamptz) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  told uuid;
BEGIN
  INSERT INTO notifications (user_id, type, topic, facts, created_at, push_at, sweep_at)
  SELECT users.id, of_type::notification_type, of_topic, of_facts, at, at, at + interval '1 minute'
  FROM users
  WHERE users.id = of_user AND users.deleted_at IS NULL
  ON CONFLICT (user_id, type, topic) DO NOTHING
  RETURNING id INTO told;
  RETURN told;
END
$$;
