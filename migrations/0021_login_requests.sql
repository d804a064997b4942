-- Logins that can be repeated.
SET LOCAL lock_timeout = '5s';

ALTER TABLE sessions ADD request_hash text; -- of the login that opened it, so that the same request again is known; NULL for logins of the deploy before
