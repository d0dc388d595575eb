-- One day of 20 providers with 30 appointments each, in the past, so that nothing booked later can meet it; at the location `place`.
\set ON_ERROR_STOP on
set search_path = :place, pg_catalog;
truncate appointment, occupancy cascade;
insert into appointment (id, patient_id, type_id, provider_id, resource_ids, starts_at, ends_at, time_zone, wall_day, wall_time, status, note,
    created_at, created_by, updated_at, updated_by)
select ('01900000-' || substr(r, 1, 4) || '-7' || substr(r, 5, 3) || '-8' || substr(r, 8, 3) || '-' || substr(r, 11, 12))::uuid, patient.id, type.id,
    provider.id, array[(select id from resource where kind = 'room' order by name limit 1)], begins, begins + interval '15 minutes', 'America/New_York',
    (begins at time zone 'America/New_York')::date, (begins at time zone 'America/New_York')::time, 'booked', 'Follow-up; results to be discussed.',
    begins, '00000000-0000-0000-0000-000000000000', begins, '00000000-0000-0000-0000-000000000000'
from (select id, row_number() over () as number from provider) as provider, generate_series(0, 29) as slot, generate_series(0, :days - 1) as day,
    lateral (select '2026-03-02T13:00:00Z'::timestamptz + slot * interval '15 minutes' + day * interval '1 day' as begins) as time,
    lateral (select md5(random()::text || provider.id || slot || day) as r) as random,
    lateral (select id from appointment_type limit 1) as type,
    lateral (select id from (select id, row_number() over (order by chart_number) as n from patient) as p where n = 1 + (provider.number * 30 + slot) % 1000) as patient;
analyze appointment;
