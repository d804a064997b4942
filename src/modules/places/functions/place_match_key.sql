-- What the register and Kakao have in common of a vet's name: 튼튼동물병원, 튼튼 동물메디컬센터. A name that is nothing but such words stays as it is.
CREATE OR REPLACE FUNCTION place_match_key(name_key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(regexp_replace(name_key, '동물병원|(동물)?(의료센터|메디컬센터)', '', 'g'), ''), name_key)
$$;
