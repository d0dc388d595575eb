-- A trace that comes again is a duplicate only when what it decides is the same: content is a hash over that (see PaymentContent). Null was
-- recorded before; nothing is known to be the same as that.
alter table control.remittance add column content bytea;

-- Since when a billing entity has its NPI, when it was given another one after it was made; null is since created_at. Among several
-- organizations that name one NPI, a payment of unknown claims is never shown to the one that came later.
alter table control.billing_entity add column npi_since timestamptz;
grant select (created_at, npi_since) on control.billing_entity to queue_worker;
