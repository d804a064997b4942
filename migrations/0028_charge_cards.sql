-- A charge remembers which card it was sent with, and keeps its attempts when its order gets another id.
SET LOCAL lock_timeout = '5s';

-- Whatever is sent again under the same idempotency key must be the same request, so also of the same card.
ALTER TABLE charges ADD billing_key_id uuid REFERENCES billing_keys (id) ON DELETE SET NULL;
CREATE INDEX charges_billing_key ON charges (billing_key_id);
CREATE INDEX charges_declined ON charges (starts_at) WHERE state = 'declined';

ALTER TABLE charge_attempts DROP CONSTRAINT charge_attempts_order_id_fkey;
ALTER TABLE charge_attempts
  ADD CONSTRAINT charge_attempts_order_id_fkey FOREIGN KEY (order_id) REFERENCES charges (order_id) ON UPDATE CASCADE ON DELETE CASCADE;
