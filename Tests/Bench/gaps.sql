-- The openings of so many minutes ($1) that a plain query finds: what is taken and the time between working hours, in order for each provider; an
-- opening is every quarter of an hour from which the next is far enough. The first twenty, and how many there are. It looks at providers only, and
-- at weekly hours only.
with hours as (
    select resource_id as resource, (day + from_minute * interval '1 minute') at time zone 'America/New_York' as opens,
        (day + until_minute * interval '1 minute') at time zone 'America/New_York' as closes
    from generate_series('{first}'::timestamp, '{last}'::timestamp, interval '1 day') as day
    join {place}.weekly_hours on weekday = extract(isodow from day) and from_day <= day and (until_day is null or until_day > day)
    where resource_id is not null
), taken as (
    select resource, lower(span) as begins, upper(span) as ends from {place}.occupancy
    where resource = any(array(select id from {place}.provider)) and span && tstzrange(
        '{first}'::timestamp at time zone 'America/New_York', ('{last}'::timestamp + interval '1 day') at time zone 'America/New_York')
    union all
    select resource, lag(closes, 1, '-infinity') over (partition by resource order by opens), opens from hours
    union all
    select resource, max(closes), 'infinity' from hours group by resource
), gap as (
    select resource, max(ends) over (partition by resource order by begins rows unbounded preceding) as begins,
        lead(begins) over (partition by resource order by begins) as ends
    from taken
)
select resource, starts_at, count(*) over () as total
from gap, generate_series(begins, ends - make_interval(mins => $1), interval '15 minutes') as starts_at
order by starts_at, resource limit 20
