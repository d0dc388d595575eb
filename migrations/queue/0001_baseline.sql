-- The queue of one database (DESIGN L4, L13): what happened, and what is to be done. Ids only. Readers take rows by state; no order of ids
-- means anything. The roles are made by `polyclinic install` before this runs; statements are schema-qualified because search_path is empty.

-- Nobody can write these two defaults (column grants leave the columns out), so a row names its writer: the role of a location, or in the
-- control database the organization whose id the transaction had set.
create table queue.event (
    id uuid primary key,
    location name not null default current_user,
    organization_id uuid default nullif(current_setting('app.organization', true), '')::uuid,
    name text not null check (length(name) between 1 and 100),
    version int not null check (version > 0),
    members jsonb not null check (jsonb_typeof(members) = 'object'),
    request uuid not null,
    actor_kind text not null,
    actor_id uuid not null,
    account_id uuid,
    state text not null default 'new' check (state in ('new', 'relayed')),
    created_at timestamptz not null default now(),
    relayed_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index event_new on queue.event (location, name, created_at) where state = 'new';
create index event_relayed on queue.event (relayed_at) where state = 'relayed';

-- attempt counts claims and is the fencing token: what is written about a run names it. spent counts the tries that failed; handing back and
-- snoozing cost none. A cron slot is the unique key of its job, held for ever; other unique keys are held until the job is finished.
create table queue.job (
    id uuid primary key,
    location name not null default current_user,
    organization_id uuid default nullif(current_setting('app.organization', true), '')::uuid,
    kind text not null check (length(kind) between 1 and 100),
    parameters jsonb not null check (jsonb_typeof(parameters) = 'object'),
    unique_key text check (length(unique_key) <= 300),
    cron text,
    event_id uuid,
    subscriber text,
    request uuid not null,
    actor_kind text not null,
    actor_id uuid not null,
    account_id uuid,
    state text not null default 'ready' check (state in ('ready', 'running', 'done', 'discarded', 'dead')),
    run_at timestamptz not null default now(),
    attempt int not null default 0,
    spent int not null default 0,
    worker uuid,
    claimed_at timestamptz,
    deadline timestamptz,
    reason text,
    progress_done int,
    progress_total int,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    check ((state = 'running') = (worker is not null)),
    check ((event_id is null) = (subscriber is null))
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
create index job_ready on queue.job (location, kind, run_at) where state = 'ready';
create index job_running on queue.job (worker) where state = 'running';
create index job_dead on queue.job (finished_at) where state in ('dead', 'discarded');
create index job_done on queue.job (finished_at) where state = 'done' and cron is null;
create index job_cron_done on queue.job (finished_at) where state = 'done' and cron is not null;
create unique index job_unique_key on queue.job (location, organization_id, unique_key) nulls not distinct
    where unique_key is not null and (cron is not null or state in ('ready', 'running'));
create index job_cron on queue.job (location, cron, created_at) where cron is not null;
create unique index job_subscriber on queue.job (event_id, subscriber) where event_id is not null;

-- A live worker process. Its lease is the lease of every job it runs, prolonged by one statement; the database's clock decides.
create table queue.worker (
    id uuid primary key,
    name text not null,
    started_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    lease_until timestamptz not null
);

-- Kinds or locations that are not to be claimed for now; null stands for all.
create table queue.pause (
    id uuid primary key,
    location name,
    kind text,
    paused_by text not null,
    reason text not null,
    paused_at timestamptz not null default now(),
    constraint pause_once unique nulls not distinct (location, kind)
);

grant usage on schema queue to location_any, control_organization, queue_worker;
grant insert (id, name, version, members, request, actor_kind, actor_id, account_id) on queue.event to location_any, control_organization;
grant insert (id, kind, parameters, unique_key, run_at, request, actor_kind, actor_id, account_id) on queue.job to location_any, control_organization;
grant select on queue.event, queue.job to location_any, control_organization;
grant select, insert, update, delete on queue.event, queue.job, queue.worker, queue.pause to queue_worker;

-- A location sees its own rows, an organization its own. The owner is not bound: it removes the rows of a removed location.
alter table queue.event enable row level security;
alter table queue.job enable row level security;
create policy worker on queue.event to queue_worker using (true);
create policy worker on queue.job to queue_worker using (true);
create policy location on queue.event to location_any using (location = current_user);
create policy location on queue.job to location_any using (location = current_user);
create policy organization on queue.event to control_organization
    using (location = current_user and organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy organization on queue.job to control_organization
    using (location = current_user and organization_id = nullif(current_setting('app.organization', true), '')::uuid);
