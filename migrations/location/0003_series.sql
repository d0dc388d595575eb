-- Series of appointments, calendar feeds. Forward only.

-- A series as it was asked for. Its occurrences are appointments of their own; the rule is kept to say what was asked, and is not read again.
create table {location}.series (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    type_id uuid not null references {location}.appointment_type,
    provider_id uuid not null references {location}.provider,
    resource_ids uuid[] not null default '{}',
    rule text not null,
    start_day date not null,
    wall_time time not null,
    minutes int not null check (minutes between 5 and 1440),
    exceptions date[] not null default '{}',
    extra_days date[] not null default '{}',
    time_zone text not null,
    choice text not null check (choice in ('all_or_nothing', 'skip', 'shift')),
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create index series_patient on {location}.series (patient_id, start_day);
comment on table {location}.series is 'retention=clinical';

-- Which appointment each day of a series became; append-only by grant. One that was skipped has none.
create table {location}.series_occurrence (
    series_id uuid not null references {location}.series,
    ordinal int not null check (ordinal > 0),
    original_day date not null,
    outcome text not null check (outcome in ('booked', 'shifted', 'skipped')),
    appointment_id uuid references {location}.appointment,
    primary key (series_id, ordinal),
    constraint series_occurrence_appointment unique (appointment_id),
    constraint series_occurrence_outcome check ((outcome = 'skipped') = (appointment_id is null))
);
comment on table {location}.series_occurrence is 'retention=clinical';

-- A calendar that somebody subscribes to with a link. Of the link only a hash is kept.
create table {location}.calendar_feed (
    id uuid primary key,
    provider_id uuid references {location}.provider,
    patient_id uuid references {location}.patient,
    token_hash bytea not null,
    revoked_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint calendar_feed_token unique (token_hash),
    constraint calendar_feed_whose check ((provider_id is null) <> (patient_id is null))
);
create index calendar_feed_list on {location}.calendar_feed (created_at, id);
comment on table {location}.calendar_feed is 'retention=operational';

grant select, insert, update on {location}.series, {location}.calendar_feed to {role};
grant select, insert on {location}.series_occurrence to {role};
