-- A seal that the program cannot read would hold up whoever comes across it; nobody but a superuser writes one now. Entries have no such constraint:
-- PostgreSQL parses a CHECK anew for every INSERT statement, and each read is one. What cannot be read is named by verification. NOT VALID: what
-- stands there already is verification's to judge, and nothing is scanned under the lock.
alter table control.audit_seal add constraint audit_seal_readable check (
    least(first_at, last_at, sealed_at) >= '1800-01-01 00:00:00+00'
    and greatest(first_at, last_at, sealed_at) <= '2500-01-01 00:00:00+00'
    and coalesce(array_ndims(ids), 1) = 1 and array_position(ids, null) is null
    and octet_length(hash) = 32
) not valid;
