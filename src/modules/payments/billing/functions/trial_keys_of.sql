-- What a trial is counted by: every login of somebody, and what the stores and Toss know them by (src/core/keyed-hashes.ts has the pads). A login keeps its key when the
-- account is deleted and made again.
CREATE OR REPLACE FUNCTION trial_keys_of(of_user uuid, inner_pad bytea, outer_pad bytea) RETURNS SETOF bytea
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  SELECT keyed_hash(inner_pad, outer_pad, concat_ws(':', 'login', identities.provider, identities.provider_id)) FROM identities WHERE identities.user_id = of_user
  UNION ALL
  SELECT keyed_hash(inner_pad, outer_pad, concat_ws(':', 'account', users.store_account_token)) FROM users WHERE users.id = of_user;
END
$$;
