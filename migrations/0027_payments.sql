-- Premium that is bought: plans, goods, what the stores and Toss say about purchases, and what follows from it.
SET LOCAL lock_timeout = '5s';

ALTER TYPE user_role ADD VALUE 'tester'; -- purchases of a store's sandbox count for them in production
ALTER TYPE notification_type ADD VALUE 'trial_started';
ALTER TYPE notification_type ADD VALUE 'trial_consent';
ALTER TYPE notification_type ADD VALUE 'trial_ended';
ALTER TYPE notification_type ADD VALUE 'renewal_soon';
ALTER TYPE notification_type ADD VALUE 'payment_done';
ALTER TYPE notification_type ADD VALUE 'subscription_ended';
ALTER TYPE notification_type ADD VALUE 'refunded';
ALTER TYPE notification_type ADD VALUE 'purchase_moved';

CREATE TYPE payment_provider AS ENUM ('toss', 'ios_iap', 'google_play');
CREATE TYPE purchase_environment AS ENUM ('production', 'sandbox');
CREATE TYPE product_kind AS ENUM ('subscription', 'badge_pack', 'theme', 'outfit');
CREATE TYPE period_kind AS ENUM ('trial', 'paid');
CREATE TYPE order_state AS ENUM ('open', 'sending', 'unknown', 'waiting', 'paid', 'failed', 'cancelled');
CREATE TYPE charge_state AS ENUM ('due', 'sending', 'unknown', 'declined', 'done', 'given_up', 'void');
CREATE TYPE refund_state AS ENUM ('due', 'sending', 'unknown', 'done', 'refused');
CREATE TYPE refund_basis AS ENUM ('withdrawal', 'termination', 'cancelled_charge', 'admin');
CREATE TYPE payment_kind AS ENUM ('charge', 'refund', 'reversal');
CREATE TYPE payment_consent_kind AS ENUM ('auto_renewal', 'trial_conversion', 'price_rise', 'withdrawal_limits');
CREATE TYPE event_outcome AS ENUM ('applied', 'stale', 'duplicate', 'ignored', 'parked', 'dead');
CREATE TYPE billing_key_state AS ENUM ('live', 'dead');

-- What the stores know somebody by, and what stands for somebody in records that outlive their account.
ALTER TABLE users ADD store_account_token uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX users_store_account_token ON users (store_account_token);

CREATE TABLE plans (
  code text PRIMARY KEY,
  interval_months int NOT NULL CHECK (interval_months > 0),
  trial_days int NOT NULL,
  product_id text NOT NULL, -- at every provider
  base_plan text NOT NULL, -- on Google Play
  is_active boolean NOT NULL DEFAULT true
);
CREATE UNIQUE INDEX plans_product_id ON plans (product_id);
-- A price holds for periods that begin then or later.
CREATE TABLE plan_prices (
  plan text NOT NULL REFERENCES plans (code),
  starts_at timestamptz NOT NULL,
  price_won int NOT NULL CHECK (price_won > 0),
  PRIMARY KEY (plan, starts_at)
);
CREATE TABLE products (
  id text PRIMARY KEY, -- at every provider
  kind product_kind NOT NULL,
  name text NOT NULL,
  price_won int CHECK (price_won > 0), -- NULL where the plan has the price
  plan text REFERENCES plans (code),
  sort_order int NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  CHECK ((kind = 'subscription') = (plan IS NOT NULL) AND (plan IS NULL) = (price_won IS NOT NULL))
);
CREATE INDEX products_plan ON products (plan);

INSERT INTO plans (code, interval_months, trial_days, product_id, base_plan) VALUES
  ('monthly', 1, 7, 'com.withbowwow.premium.monthly', 'monthly'),
  ('annual', 12, 7, 'com.withbowwow.premium.annual', 'annual');
INSERT INTO plan_prices (plan, starts_at, price_won) VALUES ('monthly', '2026-01-01T00:00:00+09:00', 3900), ('annual', '2026-01-01T00:00:00+09:00', 31200);
INSERT INTO products (id, kind, name, price_won, plan, sort_order) VALUES
  ('com.withbowwow.premium.monthly', 'subscription', '프리미엄 월간', NULL, 'monthly', 1),
  ('com.withbowwow.premium.annual', 'subscription', '프리미엄 연간', NULL, 'annual', 2),
  ('com.withbowwow.badge_pack', 'badge_pack', '특별 뱃지 팩', 1000, NULL, 3),
  ('com.withbowwow.theme.dark', 'theme', '다크 테마', 2000, NULL, 4),
  ('com.withbowwow.theme.season', 'theme', '계절 테마', 2000, NULL, 5),
  ('com.withbowwow.outfit.scarf', 'outfit', '스카프', 500, NULL, 6),
  ('com.withbowwow.outfit.raincoat', 'outfit', '우비', 1000, NULL, 7),
  ('com.withbowwow.outfit.hanbok', 'outfit', '한복', 1500, NULL, 8);

CREATE TABLE billing_keys (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  customer_key text NOT NULL, -- the one it was issued with. Toss refuses any other
  sealed_key text NOT NULL,
  key_hash text NOT NULL,
  card jsonb NOT NULL, -- issuer_code, number (masked), type
  state billing_key_state NOT NULL DEFAULT 'live',
  dead_reason text,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX billing_keys_hash ON billing_keys (key_hash);
CREATE INDEX billing_keys_user ON billing_keys (user_id);
CREATE INDEX billing_keys_spent ON billing_keys (id) WHERE state = 'dead' OR user_id IS NULL;

-- A contract with one provider. Columns below the line are what its facts add up to; `fold_subscription` alone writes them. Its records outlive the account.
CREATE TABLE subscriptions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  person_ref uuid, -- the store_account_token of the last owner
  provider payment_provider NOT NULL,
  environment purchase_environment NOT NULL,
  external_id text NOT NULL, -- App Store: the original transaction id. Google Play: SHA-256 of the purchase token. Toss: the own id
  account_token uuid, -- as the store says it
  plan text NOT NULL REFERENCES plans (code),
  next_plan text REFERENCES plans (code),
  auto_renew boolean NOT NULL DEFAULT true,
  anchor_at timestamptz, -- Toss: the first paid instant, from which all periods are counted
  months int NOT NULL DEFAULT 0, -- Toss: since the anchor, how many are paid
  period_no int NOT NULL DEFAULT 0, -- Toss: how many periods are paid
  billing_key_id uuid REFERENCES billing_keys (id) ON DELETE SET NULL,
  cancelled_at timestamptz,
  superseded_at timestamptz,
  superseded_by uuid REFERENCES subscriptions (id),
  transferred_at timestamptz,
  request_hash text,
  created_at timestamptz NOT NULL,
  -- what the facts add up to
  ends_at timestamptz, -- of what is paid or tried, without grace
  trial_ends_at timestamptz,
  grace_ends_at timestamptz,
  hold_ends_at timestamptz,
  is_paused boolean NOT NULL DEFAULT false,
  paused_until timestamptz,
  is_pending boolean NOT NULL DEFAULT false,
  is_revoked boolean NOT NULL DEFAULT false,
  consent_required_until timestamptz,
  expired_reason text
);
CREATE UNIQUE INDEX subscriptions_external ON subscriptions (provider, environment, external_id);
CREATE INDEX subscriptions_user ON subscriptions (user_id);
CREATE INDEX subscriptions_plan ON subscriptions (plan);
CREATE INDEX subscriptions_next_plan ON subscriptions (next_plan);
CREATE INDEX subscriptions_billing_key ON subscriptions (billing_key_id);
CREATE INDEX subscriptions_superseded_by ON subscriptions (superseded_by);
CREATE INDEX subscriptions_renewing ON subscriptions (ends_at) WHERE provider = 'toss' AND auto_renew;
CREATE INDEX subscriptions_ends ON subscriptions (ends_at);

-- Whose it was from when on. The first owner's begins with the purchase.
CREATE TABLE subscription_owners (
  subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  from_at timestamptz NOT NULL,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (subscription_id, from_at)
);
CREATE INDEX subscription_owners_user ON subscription_owners (user_id);

-- What a provider has said about one period, by the provider's time. All of it is kept, so that no order of arrival matters.
CREATE TABLE period_facts (
  subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  ref text NOT NULL, -- App Store: the transaction id. Google Play: the order id. Toss: the period's number
  fact_at timestamptz NOT NULL,
  event_id text NOT NULL,
  kind period_kind,
  plan text REFERENCES plans (code),
  starts_at timestamptz,
  ends_at timestamptz, -- NULL where the fact says nothing about the bounds
  amount_won int,
  currency text,
  is_family boolean NOT NULL DEFAULT false,
  is_upgraded boolean NOT NULL DEFAULT false,
  tells_revocation boolean NOT NULL, -- whether revoked_at NULL means that it is not revoked
  revoked_at timestamptz,
  revoked_share real, -- how much of the amount is given back, from 0 to 1
  PRIMARY KEY (subscription_id, ref, fact_at, event_id, tells_revocation)
);
CREATE INDEX period_facts_plan ON period_facts (plan);

-- What a provider has said about how a subscription goes on.
CREATE TABLE renewal_facts (
  subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  fact_at timestamptz NOT NULL,
  event_id text NOT NULL,
  auto_renew boolean NOT NULL,
  next_plan text REFERENCES plans (code),
  grace_ends_at timestamptz,
  is_on_hold boolean NOT NULL DEFAULT false,
  is_paused boolean NOT NULL DEFAULT false,
  paused_until timestamptz,
  is_pending boolean NOT NULL DEFAULT false,
  consent_required_until timestamptz,
  expired_reason text,
  PRIMARY KEY (subscription_id, fact_at, event_id)
);
CREATE INDEX renewal_facts_next_plan ON renewal_facts (next_plan);

ALTER TABLE premium_periods ADD subscription_id uuid REFERENCES subscriptions (id) ON DELETE CASCADE, ADD ref text;
CREATE UNIQUE INDEX premium_periods_ref ON premium_periods (subscription_id, ref, user_id);

-- Purchase tokens of Google Play, which the API wants whole.
CREATE TABLE store_tokens (
  token_hash text PRIMARY KEY,
  token text NOT NULL,
  product_id text NOT NULL,
  subscription_id uuid REFERENCES subscriptions (id) ON DELETE CASCADE, -- NULL for goods
  linked_hash text,
  is_acknowledged boolean NOT NULL DEFAULT false,
  is_bound boolean NOT NULL DEFAULT false, -- to somebody here. Nothing else is acknowledged
  is_gone boolean NOT NULL DEFAULT false, -- Google has forgotten it
  bought_at timestamptz NOT NULL,
  next_at timestamptz, -- when it is to be acknowledged (again)
  read_at timestamptz
);
CREATE INDEX store_tokens_subscription ON store_tokens (subscription_id);
CREATE INDEX store_tokens_due ON store_tokens (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX store_tokens_unacknowledged ON store_tokens (bought_at) WHERE NOT is_acknowledged AND NOT is_gone;

CREATE TABLE orders (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{6,64}$'),
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  person_ref uuid NOT NULL,
  product_id text NOT NULL REFERENCES products (id),
  amount_won int NOT NULL CHECK (amount_won > 0),
  state order_state NOT NULL DEFAULT 'open',
  payment_key text,
  secret text, -- Toss repeats it in its webhooks
  decline_code text,
  lease_until timestamptz,
  next_at timestamptz, -- when an unknown outcome is asked for again
  tries int NOT NULL DEFAULT 0,
  request_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  settled_at timestamptz
);
CREATE UNIQUE INDEX orders_payment_key ON orders (payment_key);
CREATE INDEX orders_user ON orders (user_id, created_at);
CREATE INDEX orders_product ON orders (product_id);
CREATE INDEX orders_age ON orders USING brin (created_at);
CREATE INDEX orders_due ON orders (next_at) WHERE state IN ('sending', 'unknown');

CREATE TABLE charges (
  subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  period_no int NOT NULL,
  order_id text NOT NULL,
  plan text NOT NULL REFERENCES plans (code),
  amount_won int NOT NULL CHECK (amount_won > 0),
  from_month int NOT NULL, -- since the anchor
  to_month int NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  has_grace boolean NOT NULL, -- a first charge without a trial has none
  state charge_state NOT NULL DEFAULT 'due',
  attempt int NOT NULL DEFAULT 0,
  idempotency_key text,
  lease_until timestamptz,
  next_at timestamptz, -- when it is to be sent (again)
  dispatched_until timestamptz, -- its message is on the way
  tries int NOT NULL DEFAULT 0, -- of the attempt whose outcome is unknown
  first_sent_at timestamptz, -- of the attempt
  sent_at timestamptz,
  settled_at timestamptz,
  payment_key text,
  receipt_url text,
  decline_code text,
  -- The card of the attempt, because whatever is sent again under the same idempotency key must be the same request.
  billing_key_id uuid REFERENCES billing_keys (id) ON DELETE SET NULL,
  PRIMARY KEY (subscription_id, period_no)
);
CREATE UNIQUE INDEX charges_order_id ON charges (order_id);
CREATE UNIQUE INDEX charges_payment_key ON charges (payment_key);
CREATE INDEX charges_plan ON charges (plan);
CREATE INDEX charges_due ON charges (next_at) WHERE state IN ('due', 'declined', 'unknown', 'sending');
CREATE INDEX charges_given_up ON charges (settled_at) WHERE state = 'given_up';
CREATE INDEX charges_billing_key ON charges (billing_key_id);
CREATE INDEX charges_declined ON charges (starts_at) WHERE state = 'declined';

CREATE TABLE charge_attempts (
  order_id text NOT NULL REFERENCES charges (order_id) ON UPDATE CASCADE ON DELETE CASCADE, -- an order may get another id
  attempt int NOT NULL,
  sent_at timestamptz NOT NULL,
  outcome text,
  code text,
  trace_id text,
  PRIMARY KEY (order_id, attempt)
);

CREATE TABLE provider_events (
  provider payment_provider NOT NULL,
  event_id text NOT NULL,
  environment purchase_environment NOT NULL,
  type text NOT NULL,
  external_id text,
  provider_at timestamptz,
  received_at timestamptz NOT NULL,
  body jsonb, -- NULL once it is too old to be looked at
  outcome event_outcome,
  applied_at timestamptz,
  error text,
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX provider_events_external ON provider_events (provider, external_id);
CREATE INDEX provider_events_open ON provider_events (received_at) WHERE outcome IS NULL OR outcome IN ('parked', 'dead');
CREATE INDEX provider_events_received ON provider_events (received_at) WHERE body IS NOT NULL;
CREATE INDEX provider_events_age ON provider_events USING brin (received_at);

-- The ledger. Rows are only added, and outlive the account.
CREATE TABLE payments (
  provider payment_provider NOT NULL,
  transaction_id text NOT NULL,
  kind payment_kind NOT NULL,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  person_ref uuid,
  subscription_id uuid REFERENCES subscriptions (id) ON DELETE SET NULL,
  order_id text,
  product_id text NOT NULL REFERENCES products (id),
  amount_won int NOT NULL, -- what was given back is negative
  currency text NOT NULL,
  method text,
  at timestamptz NOT NULL,
  receipt_url text,
  source_event text NOT NULL,
  PRIMARY KEY (provider, transaction_id, kind)
);
CREATE INDEX payments_user ON payments (user_id, at);
CREATE INDEX payments_at ON payments (at);
CREATE INDEX payments_subscription ON payments (subscription_id);
CREATE INDEX payments_order ON payments (order_id);
CREATE INDEX payments_product ON payments (product_id);

CREATE TABLE payment_consents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  person_ref uuid NOT NULL,
  subscription_id uuid NOT NULL REFERENCES subscriptions (id) ON DELETE CASCADE,
  kind payment_consent_kind NOT NULL,
  is_agreed boolean NOT NULL,
  plan text NOT NULL REFERENCES plans (code),
  document_version text NOT NULL,
  price_before int,
  price_after int NOT NULL,
  charge_at timestamptz, -- NULL for every renewal
  method text NOT NULL,
  agreed_at timestamptz NOT NULL
);
CREATE INDEX payment_consents_user ON payment_consents (user_id);
CREATE INDEX payment_consents_subscription ON payment_consents (subscription_id, kind, agreed_at);
CREATE INDEX payment_consents_plan ON payment_consents (plan);

CREATE TABLE refunds (
  id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  payment_key text NOT NULL,
  order_id text NOT NULL,
  subscription_id uuid REFERENCES subscriptions (id) ON DELETE SET NULL,
  period_no int,
  amount_won int NOT NULL CHECK (amount_won > 0),
  left_won int, -- of the payment when it was first sent, because every try is the same request
  reason text NOT NULL,
  basis refund_basis NOT NULL,
  state refund_state NOT NULL DEFAULT 'due',
  lease_until timestamptz,
  next_at timestamptz,
  dispatched_until timestamptz,
  tries int NOT NULL DEFAULT 0,
  code text,
  created_at timestamptz NOT NULL,
  settled_at timestamptz
);
CREATE INDEX refunds_user ON refunds (user_id);
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_subscription ON refunds (subscription_id);
CREATE INDEX refunds_age ON refunds USING brin (created_at);
CREATE INDEX refunds_due ON refunds (next_at) WHERE state IN ('due', 'sending', 'unknown');
CREATE INDEX refunds_refused ON refunds (settled_at) WHERE state = 'refused';

-- Who has had a trial, by keyed hashes of logins, cards and store accounts. It outlives the account, because a trial is for once in a life.
CREATE TABLE trial_uses (
  key_hash bytea PRIMARY KEY,
  used_at timestamptz NOT NULL,
  subscription_id uuid REFERENCES subscriptions (id) ON DELETE SET NULL
);
CREATE INDEX trial_uses_subscription ON trial_uses (subscription_id);

-- Goods that are bought once. `fact_at` is the provider's time of what the row says.
CREATE TABLE purchases (
  provider payment_provider NOT NULL,
  environment purchase_environment NOT NULL,
  ref text NOT NULL, -- App Store: the transaction id. Google Play: the order id. Toss: the order id
  product_id text NOT NULL REFERENCES products (id),
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  person_ref uuid,
  account_token uuid,
  granted_at timestamptz NOT NULL,
  revoked_at timestamptz,
  transferred_at timestamptz,
  fact_at timestamptz NOT NULL,
  PRIMARY KEY (provider, environment, ref)
);
CREATE INDEX purchases_user ON purchases (user_id, product_id);
CREATE INDEX purchases_product ON purchases (product_id);

-- Where the reading of a provider's list goes on.
CREATE TABLE provider_cursors (
  name text PRIMARY KEY,
  read_until timestamptz NOT NULL
);

-- Where a provider and we did not agree, and that it was mended.
CREATE TABLE payment_differences (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  provider payment_provider NOT NULL,
  external_id text NOT NULL,
  what text NOT NULL,
  ours jsonb,
  theirs jsonb,
  found_at timestamptz NOT NULL,
  event_id text NOT NULL
);
CREATE UNIQUE INDEX payment_differences_event ON payment_differences (provider, event_id);
CREATE INDEX payment_differences_found ON payment_differences (found_at);
