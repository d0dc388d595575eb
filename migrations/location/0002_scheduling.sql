-- Scheduling that knows when clinics and their resources work. Forward only; nothing that exists changes its meaning: where no hours are set,
-- any hour can be booked as before.

-- When a resource works, or (resource_id null) when the location is open, by weekday; a break is the time between two rows. Minutes since
-- midnight on the location's clocks; 1440 is the end of the day. until_day is the first day on which the row holds no more.
create table {location}.weekly_hours (
    id uuid primary key,
    resource_id uuid references {location}.resource,
    weekday int not null check (weekday between 1 and 7),
    from_minute int not null,
    until_minute int not null,
    from_day date not null,
    until_day date,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint weekly_hours_minutes check (0 <= from_minute and from_minute < until_minute and until_minute <= 1440),
    constraint weekly_hours_days check (until_day is null or from_day < until_day),
    constraint weekly_hours_overlap exclude using gist (
        (coalesce(resource_id, '00000000-0000-0000-0000-000000000000')) with =, weekday with =,
        int4range(from_minute, until_minute) with &&, daterange(from_day, until_day) with &&
    )
);
comment on table {location}.weekly_hours is 'retention=operational';

-- Hours of single days, instead of the weekly ones: `minutes` are pairs of from and until; none is a day off, or a closure of the location.
create table {location}.dated_hours (
    id uuid primary key,
    resource_id uuid references {location}.resource,
    from_day date not null,
    until_day date not null,
    minutes int[] not null default '{}',
    reason text not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint dated_hours_days check (from_day < until_day),
    constraint dated_hours_overlap exclude using gist (
        (coalesce(resource_id, '00000000-0000-0000-0000-000000000000')) with =, daterange(from_day, until_day) with &&
    )
);
comment on table {location}.dated_hours is 'retention=operational';

-- Time in which a resource, or (resource_id null) everything at the location, cannot be booked. What is booked already stays.
create table {location}.block (
    id uuid primary key,
    resource_id uuid references {location}.resource,
    span tstzrange not null,
    reason_code text not null,
    reason_text text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint block_span check (not isempty(span) and not lower_inf(span) and not upper_inf(span))
);
create index block_time on {location}.block using gist (span);
comment on table {location}.block is 'retention=operational';

-- performers: the providers who may; none means all. lanes: how many of this type a provider takes at once; seats: of a group, together.
alter table {location}.appointment_type
    add column lead_minutes int not null default 0 check (lead_minutes between 0 and 527040),
    add column horizon_days int check (horizon_days between 1 and 1830),
    add column online boolean not null default false,
    add column patients text not null default 'any' check (patients in ('any', 'new', 'returning')),
    add column performers uuid[] not null default '{}',
    add column colour text,
    add column deposit bigint check (deposit > 0),
    add column preparation text,
    add column forms text[] not null default '{}',
    add column double_booking text not null default 'forbid' check (double_booking in ('forbid', 'with_reason', 'lanes')),
    add column lanes int not null default 1 check (lanes between 1 and 100),
    add column seats int not null default 1 check (seats between 1 and 100);

-- When each step was taken; which rules were set aside for it, and why.
alter table {location}.appointment
    add column confirmed_at timestamptz,
    add column roomed_at timestamptz,
    add column started_at timestamptz,
    add column checked_out_at timestamptz,
    add column overridden text[] not null default '{}',
    add column override_code text,
    add column override_text text;

-- What happened to an appointment, one row a change; append-only by grant. `previous` holds what it was before.
create table {location}.appointment_change (
    id uuid primary key,
    appointment_id uuid not null references {location}.appointment,
    at timestamptz not null,
    actor_id uuid not null,
    step text not null,
    from_status text,
    to_status text not null,
    changed text[] not null default '{}',
    previous jsonb not null default '{}'
);
create index appointment_change_of on {location}.appointment_change (appointment_id, at, id);
comment on table {location}.appointment_change is 'retention=clinical';

-- An opening kept for somebody for some minutes. Its time is in occupancy under the hold's id, which becomes the appointment's.
create table {location}.hold (
    id uuid primary key,
    type_id uuid not null references {location}.appointment_type,
    patient_id uuid references {location}.patient,
    provider_id uuid not null references {location}.provider,
    resource_ids uuid[] not null default '{}',
    span tstzrange not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null,
    created_by uuid not null
);
create index hold_expiry on {location}.hold (expires_at);
comment on table {location}.hold is 'retention=operational';

-- A group shares its time with nobody but itself.
alter table {location}.occupancy add column type_id uuid;

grant select, insert, update, delete on {location}.weekly_hours, {location}.dated_hours, {location}.block, {location}.hold to {role};
grant select, insert on {location}.appointment_change to {role};
