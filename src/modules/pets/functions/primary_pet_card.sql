-- The card of a person's primary pet, as others see it. It is NULL when the pet is a placeholder.
CREATE OR REPLACE FUNCTION primary_pet_card(of_user uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT card FROM shown_pets(at) WHERE user_id = of_user AND is_primary_shown);
END
$$;
