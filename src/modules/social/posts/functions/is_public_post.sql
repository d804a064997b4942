-- Whether anybody with an account may see a walk, whoever they are.
CREATE OR REPLACE FUNCTION is_public_post(of_walk uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM posts WHERE walk_id = of_walk AND is_open AND audience = 'everyone');
END
$$;
