-- The diary of the location `place`: 20 providers who work from 8 to 16 every day, each in a room. Of the days from `first` on, counted from today:
-- `weeks` * 7 days in which six of ten slots of 15 minutes are taken; then one day with 30 appointments for each provider. Besides, six of ten slots
-- of `before` days that are over, and of `after` days behind all that. Each appointment takes the time of its provider, room and patient.
-- They lie in the order in which they were booked, up to four weeks ahead, as a clinic's do.
\set ON_ERROR_STOP on
set search_path = :place, ext, pg_catalog;
begin;
truncate appointment, occupancy, weekly_hours, dated_hours, block cascade;
insert into weekly_hours (id, resource_id, weekday, from_minute, until_minute, from_day, created_at, created_by, updated_at, updated_by)
select gen_random_uuid(), provider.id, weekday, 480, 960, '2020-01-01', now(), '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000'
from provider, generate_series(1, 7) as weekday;
create temp table staff on commit drop as
    select provider.id as provider, room.id as room, provider.n - 1 as n
    from (select id, row_number() over (order by id) as n from resource where kind = 'provider') as provider
    join (select id, row_number() over (order by id) as n from resource where kind = 'room') as room using (n)
    where n <= 20;
create temp table people on commit drop as select id, row_number() over (order by chart_number) - 1 as n from (select id, chart_number from patient order by chart_number limit 1000) as one;
create temp table made on commit drop as
    select ('01900000-' || substr(r, 1, 4) || '-7' || substr(r, 5, 3) || '-8' || substr(r, 8, 3) || '-' || substr(r, 11, 12))::uuid as id,
        provider, room, people.id as patient, day, make_time(8 + slot / 4, slot % 4 * 15, 0) as at,
        day - ('x' || substr(r, 13, 7))::bit(28)::int % 28 as booked
    from staff, generate_series(0, 31) as slot,
        lateral (
            select n as day from generate_series(-:before, -1) as n
            union all select :first + n from generate_series(0, :weeks * 7 + :after) as n
        ) as days,
        lateral (select md5(staff.n || ' ' || day || ' ' || slot) as r) as random,
        lateral (select case when day = :first + :weeks * 7 then slot < 30 else ('x' || substr(r, 20, 7))::bit(28)::int % 100 < 60 end as taken) as chance,
        -- Twenty who follow each other, another twenty in each slot: nobody is in two places.
        people
    where taken and people.n = ((day + 10000) * 577 + slot * 31 + staff.n) % 1000;
insert into appointment (id, patient_id, type_id, provider_id, resource_ids, starts_at, ends_at, time_zone, wall_day, wall_time, status, note,
    created_at, created_by, updated_at, updated_by)
select made.id, patient, (select id from appointment_type order by id limit 1), provider, array[room], begins, begins + interval '15 minutes', 'America/New_York',
    today + day, at, case when day < 0 then 'completed' else 'booked' end, 'Follow-up; results to be discussed.',
    now(), '00000000-0000-0000-0000-000000000000', now(), '00000000-0000-0000-0000-000000000000'
from made, lateral (select (now() at time zone 'America/New_York')::date as today) as clock,
    lateral (select (today + day + at) at time zone 'America/New_York' as begins) as time
order by booked;
insert into occupancy (appointment_id, resource, lanes, span, type_id)
select appointment.id, holder, int4range(0, null), tstzrange(starts_at, ends_at), type_id
from appointment join made using (id), unnest(array[provider_id, resource_ids[1], patient_id]) as holder
order by booked, appointment.id;
commit;
vacuum analyze appointment, occupancy, weekly_hours;
