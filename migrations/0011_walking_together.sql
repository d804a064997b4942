-- Meeting to walk: invitations, what their live rooms leave behind, and whose position was shown to whom.
SET LOCAL lock_timeout = '5s';

CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  request_hash text NOT NULL,
  inviter_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  scheduled_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL, -- whoever has not answered by then is no longer asked
  ends_at timestamptz NOT NULL, -- of the live room
  location_name text,
  location geography(Point, 4326),
  message text,
  created_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  CHECK (created_at < expires_at AND expires_at < scheduled_at AND scheduled_at < ends_at)
);
CREATE INDEX invitations_sent ON invitations (inviter_id, created_at DESC, id DESC);
CREATE INDEX invitations_scheduled ON invitations (scheduled_at);

CREATE TYPE invitation_answer AS ENUM ('pending', 'accepted', 'declined', 'expired');
CREATE TABLE invitees (
  invitation_id uuid NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  answer invitation_answer NOT NULL DEFAULT 'pending',
  answered_at timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL, -- the invitation's, for the order of the inbox
  PRIMARY KEY (invitation_id, user_id)
);
CREATE INDEX invitees_received ON invitees (user_id, created_at DESC, invitation_id DESC);
CREATE INDEX invitees_pending ON invitees (invitation_id) WHERE answer = 'pending';

-- When two people were side by side in a live room, by the room's own record. Times only: positions never leave the room.
CREATE TABLE room_encounters (
  invitation_id uuid NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
  one_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  other_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  together tstzmultirange NOT NULL,
  PRIMARY KEY (one_id, other_id, invitation_id),
  CHECK (one_id < other_id)
);
CREATE INDEX room_encounters_other ON room_encounters (other_id);
CREATE INDEX room_encounters_invitation ON room_encounters (invitation_id);

-- The record that the law asks for (위치정보법 §16): whose position was shown to whom. It outlives the meeting and the account of who saw it, hence no references.
CREATE TABLE location_provisions (
  subject_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  invitation_id uuid NOT NULL,
  viewer_id uuid NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (subject_id, invitation_id, viewer_id)
);
CREATE INDEX location_provisions_shown ON location_provisions (subject_id, first_at DESC, invitation_id DESC, viewer_id DESC);
CREATE INDEX location_provisions_last ON location_provisions (last_at);

-- How an invitation stands for one of its two sides: an invitee's own answer, or for the inviter what came of all of them.
CREATE FUNCTION invitation_status(of_invitation invitations, for_user uuid, at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN of_invitation.cancelled_at IS NOT NULL THEN 'cancelled'
    WHEN of_invitation.inviter_id = for_user THEN (
      SELECT CASE
        WHEN bool_or(answer = 'accepted') THEN 'accepted'
        WHEN bool_or(answer = 'pending') THEN CASE WHEN of_invitation.expires_at > at THEN 'pending' ELSE 'expired' END
        WHEN bool_and(answer = 'declined') THEN 'declined'
        ELSE 'expired'
      END
      FROM invitees
      WHERE invitation_id = of_invitation.id
    )
    ELSE (
      SELECT CASE WHEN answer = 'pending' AND of_invitation.expires_at <= at THEN 'expired' ELSE answer::text END
      FROM invitees
      WHERE invitation_id = of_invitation.id AND user_id = for_user
    )
  END
$$;

-- The live rooms that a person may be in: what ends a session, blocks somebody or moves a privacy zone must reach them.
CREATE FUNCTION live_rooms(of_user uuid, at timestamptz) RETURNS TABLE (invitation_id uuid)
LANGUAGE sql STABLE AS $$
  SELECT id FROM invitations WHERE inviter_id = of_user AND cancelled_at IS NULL AND ends_at > at
  UNION
  SELECT invitations.id
  FROM invitees
  JOIN invitations ON invitations.id = invitees.invitation_id
  WHERE invitees.user_id = of_user AND invitees.answer = 'accepted' AND invitations.cancelled_at IS NULL AND invitations.ends_at > at
$$;

CREATE FUNCTION seconds_in(spans tstzmultirange) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span))), 0)::double precision FROM unnest(spans) AS span
$$;

-- Whom a walk was walked with: valid walks that began within half an hour of it, of people who were beside its owner for ten minutes in all, by a room's
-- record. What they were together around these walks counts, give or take ten minutes: a phone's walk ends a little before or after the room.
CREATE FUNCTION company_of(walk walks) RETURNS uuid[]
LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT other.user_id), '{}')
  FROM (
    SELECT other_id AS user_id, together FROM room_encounters WHERE one_id = walk.user_id
    UNION ALL
    SELECT one_id, together FROM room_encounters WHERE other_id = walk.user_id
  ) AS met
  JOIN walks other ON other.user_id = met.user_id
    AND other.is_valid
    AND other.deleted_at IS NULL
    AND other.started_at BETWEEN walk.started_at - interval '30 minutes' AND walk.started_at + interval '30 minutes'
    AND met.together && tstzrange(other.started_at, other.ended_at)
  WHERE walk.is_valid
    AND walk.deleted_at IS NULL
    AND met.together && tstzrange(walk.started_at, walk.ended_at)
    AND seconds_in(met.together * tstzmultirange(tstzrange(
      least(walk.started_at, other.started_at) - interval '10 minutes', greatest(walk.ended_at, other.ended_at) + interval '10 minutes'
    ))) >= 600
$$;

-- Writes down the company that somebody's walks turn out to have had, and gives what follows. What was found once stays, whatever becomes of the other walk.
-- To be called with the person's row locked; the batch then ends with fold_histogram.
CREATE FUNCTION find_company(of_user uuid, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  walk record;
BEGIN
  FOR walk IN
    SELECT DISTINCT ON (walks.id) walks.id, walks.started_at, company_of(walks) AS company, walks.together_with
    FROM (
      SELECT together FROM room_encounters WHERE one_id = of_user
      UNION ALL
      SELECT together FROM room_encounters WHERE other_id = of_user
    ) AS met
    JOIN walks ON walks.user_id = of_user
      AND walks.is_valid
      AND walks.deleted_at IS NULL
      AND walks.started_at BETWEEN lower(met.together) - interval '12 hours' AND upper(met.together)
    WHERE upper(met.together) > at - interval '32 days'
  LOOP
    CONTINUE WHEN walk.company <@ walk.together_with;
    UPDATE walks
    SET together_with = (SELECT array_agg(DISTINCT id) FROM unnest(together_with || walk.company) AS id)
    WHERE id = walk.id;
    PERFORM fold_walk(walk.id);
    PERFORM award_badges(of_user, seoul_day(walk.started_at), walk.id, at);
  END LOOP;
END
$$;
