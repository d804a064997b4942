-- The card of a pet, as everybody may see it.
CREATE OR REPLACE FUNCTION pet_card(of_pet uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT card FROM shown_pets(at) WHERE id = of_pet);
END
$$;
