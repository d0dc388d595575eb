-- The control database: who the organizations are, where their locations live, and what belongs to the organization as a whole.
-- Organization data carries organization_id and is reached only with app.organization set, by role control_organization (L1).
-- The roles are made by `polyclinic install` before this runs.

create table control.organization (
    id uuid primary key,
    name text not null,
    kind text not null check (kind in ('medical', 'dental', 'optometry', 'veterinary')),
    state text not null default 'active' check (state in ('active', 'suspended')),
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create unique index organization_name on control.organization (lower(name));

-- Which database holds which location. role_name is also the name of its schema.
create table control.location_directory (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    name text not null,
    kind text not null check (kind in ('medical', 'dental', 'optometry', 'veterinary')),
    time_zone text not null,
    currency text not null,
    database text not null,
    role_name text not null,
    state text not null check (state in ('provisioning', 'active', 'moving', 'suspended', 'removing', 'removed')),
    -- While a move is under way: where to, since when, and, once it is there, where it has still to be cleared away.
    moving_to text,
    moving_since timestamptz,
    moved_from text,
    schema_version int not null default 0,
    migration_failure text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint location_role unique (role_name)
);
create unique index location_name on control.location_directory (organization_id, lower(name)) where state <> 'removed';
create index location_behind on control.location_directory (schema_version) where state in ('active', 'suspended');

-- Steps of provisioning, move and removal, so that each is safe to repeat and a killed one is resumed.
create table control.location_step (
    location_id uuid not null references control.location_directory,
    step text not null,
    done_at timestamptz not null,
    primary key (location_id, step)
);

-- Who bills: tax id, group NPI, submitter. Belongs to the organization, serves one or more locations.
create table control.billing_entity (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    name text not null,
    npi text not null,
    tax_id bytea not null,
    tax_id_tail text not null,
    taxonomy text,
    street text not null,
    city text not null,
    region text not null,
    postal_code text not null,
    contact_name text not null,
    contact_phone text not null,
    submitter_id text not null,
    receiver_id text not null,
    receiver_name text not null,
    test_mode boolean not null default true,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint billing_entity_name unique (organization_id, name)
);

create table control.billing_entity_location (
    organization_id uuid not null references control.organization,
    billing_entity_id uuid not null references control.billing_entity,
    location_id uuid not null references control.location_directory,
    primary key (location_id)
);

-- ISA13 is unique per sender and receiver for ever: numbers are leased here in blocks, gaps are allowed.
create table control.control_number (
    sender text not null,
    receiver text not null,
    next_number bigint not null check (next_number between 1 and 1000000000),
    primary key (sender, receiver)
);

-- Claim number → location. Opaque: says nothing about the patient.
create table control.claim_route (
    claim_number text primary key,
    organization_id uuid not null references control.organization,
    location_id uuid not null references control.location_directory,
    billing_entity_id uuid not null
);

-- One payment of an 835: balanced whole, then posted in parts. No names. The file itself is sealed in the object store.
create table control.remittance (
    id uuid primary key,
    organization_id uuid references control.organization,
    billing_entity_id uuid references control.billing_entity,
    file_sha256 bytea not null,
    file_name text not null,
    file_reference text not null,
    ordinal int not null,
    sender text,
    interchange text,
    payer_code text,
    trace text,
    day date,
    amount bigint,
    adjustments bigint,
    claims int not null default 0,
    state text not null check (state in ('held', 'duplicate', 'posting', 'partially_posted', 'posted')),
    reasons jsonb not null default '[]',
    provider_adjustments jsonb not null default '[]',
    unmatched_claims int not null default 0,
    unmatched_amount bigint not null default 0,
    unmatched jsonb not null default '[]',
    duplicate_of uuid references control.remittance,
    duplicates int not null default 0,
    received_at timestamptz not null,
    posted_at timestamptz,
    -- A file that fits nobody: the operator who dealt with it, and how.
    dismissed_at timestamptz,
    dismissed_by text,
    dismissed_why text,
    version int not null default 1,
    constraint remittance_file unique nulls not distinct (organization_id, file_sha256, ordinal)
);
-- The same payment under another interchange is the same payment.
create unique index remittance_payment on control.remittance (organization_id, payer_code, trace, day, amount) nulls not distinct
    where state in ('posting', 'partially_posted', 'posted');
create index remittance_organization on control.remittance (organization_id, received_at, id);

create table control.remittance_part (
    remittance_id uuid not null references control.remittance,
    organization_id uuid not null references control.organization,
    location_id uuid not null references control.location_directory,
    ordinals int[] not null,
    amount bigint not null,
    state text not null default 'waiting' check (state in ('waiting', 'posted')),
    held int not null default 0,
    posted_at timestamptz,
    primary key (remittance_id, location_id)
);

-- A resource shared by locations is divided here; a location books only inside its own allotment (L7).
create table control.allotment (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    resource uuid not null,
    span tstzrange not null,
    location_id uuid not null references control.location_directory,
    created_at timestamptz not null,
    created_by uuid not null,
    constraint allotment_free exclude using gist (resource with =, span with &&)
);

-- Settings of platform (organization_id null) and organization; the registry is in code.
create table control.setting (
    id uuid primary key,
    organization_id uuid references control.organization,
    name text not null,
    value jsonb not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create unique index setting_name on control.setting (organization_id, name) nulls not distinct;

-- Reporting facts: one row per location and day, recomputed from the location's own rows by the analytics job.
create table control.daily_fact (
    organization_id uuid not null references control.organization,
    location_id uuid not null references control.location_directory,
    day date not null,
    visits int not null default 0,
    no_shows int not null default 0,
    booked int not null default 0,
    charges bigint not null default 0,
    payments bigint not null default 0,
    adjustments bigint not null default 0,
    receivables_change bigint not null default 0,
    computed_at timestamptz not null,
    primary key (location_id, day)
);
create index daily_fact_organization on control.daily_fact (organization_id, day);

create table control.job_receipt (
    job uuid not null,
    step text not null,
    organization_id uuid,
    at timestamptz not null,
    primary key (job, step)
);

-- Rights.
grant usage on schema control to control_organization, control_sign_in;
grant select on control.organization, control.location_directory to control_sign_in;
grant select on control.location_directory to control_organization;
grant select, update (name, version, updated_at, updated_by) on control.organization to control_organization;
grant select, insert, update on control.billing_entity, control.remittance, control.remittance_part, control.setting, control.daily_fact to control_organization;
grant select, insert, delete on control.billing_entity_location, control.allotment to control_organization;
grant delete on control.setting, control.job_receipt to control_organization;
grant select, insert, update, delete on control.setting to control_sign_in;
grant select, insert on control.claim_route, control.job_receipt to control_organization;
-- A worker files an 835 before it is known whose it is: it may find the billing entity and keep what fits nobody.
grant usage on schema control to queue_worker;
grant select (id, organization_id, npi, submitter_id, receiver_id) on control.billing_entity to queue_worker;
grant select, insert, update (dismissed_at, dismissed_by, dismissed_why) on control.remittance to queue_worker;
grant select, insert, update on control.control_number to control_organization;

-- The rows of an organization are seen only with its id set for the transaction; the owner is bound too (FORCE).
alter table control.organization enable row level security, force row level security;
create policy organization on control.organization to control_organization using (id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.location_directory enable row level security, force row level security;
create policy organization on control.location_directory to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.billing_entity enable row level security, force row level security;
create policy organization on control.billing_entity to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.billing_entity_location enable row level security, force row level security;
create policy organization on control.billing_entity_location to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.claim_route enable row level security, force row level security;
create policy organization on control.claim_route to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.remittance enable row level security, force row level security;
create policy organization on control.remittance to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.remittance_part enable row level security, force row level security;
create policy organization on control.remittance_part to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.allotment enable row level security, force row level security;
create policy organization on control.allotment to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.setting enable row level security, force row level security;
create policy organization on control.setting to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.daily_fact enable row level security, force row level security;
create policy organization on control.daily_fact to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.job_receipt enable row level security, force row level security;
create policy organization on control.job_receipt to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid or organization_id is null);
-- What the platform sets holds for every organization, which may see it.
create policy platform on control.setting for select to control_organization using (organization_id is null);
create policy operator on control.setting to control_sign_in using (organization_id is null);
-- Sign-in, the directory and provisioning look across organizations, by name of a role of their own.
create policy sign_in on control.organization to control_sign_in using (true);
create policy sign_in on control.location_directory to control_sign_in using (true);
create policy clearing on control.billing_entity to queue_worker using (true);
create policy clearing on control.remittance to queue_worker using (organization_id is null);
create policy provisioning on control.organization to current_user using (true);
create policy provisioning on control.location_directory to current_user using (true);
-- A location that is removed takes these rows along; a restored one brings some back.
create policy provisioning on control.billing_entity_location to current_user using (true);
create policy provisioning on control.claim_route to current_user using (true);
create policy provisioning on control.remittance_part to current_user using (true);
create policy provisioning on control.allotment to current_user using (true);
create policy provisioning on control.daily_fact to current_user using (true);
