-- Who was shown what, before the answer is given (DESIGN L3): one INSERT a few milliseconds long for the answers of all locations. A location's rows
-- wait here until somebody looks into its trail or seals it; then they move there.
create table queue.audit_intake (
    id uuid primary key,
    location name not null,
    entry jsonb not null check (jsonb_typeof(entry) = 'object')
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index audit_intake_location on queue.audit_intake (location, id);

grant usage on schema queue to audit_intake;
grant insert on queue.audit_intake to audit_intake;
grant select, delete on queue.audit_intake to location_any;

-- A location that was moved away or removed takes no more: its schema is closed to its role first, and whoever clears up then waits for those
-- under way.
alter table queue.audit_intake enable row level security;
create policy intake on queue.audit_intake for insert to audit_intake
    with check (pg_catalog.has_schema_privilege(location, location::text, 'usage'));
create policy location on queue.audit_intake to location_any using (location = current_user);
