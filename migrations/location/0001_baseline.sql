-- One location: everything a clinic keeps. {location} is the schema, {role} the role that may use it; both are generated names.
-- Forward only. Kept compatible with Citus: no triggers, no DEFERRABLE, no foreign keys across schemas, ids and times made by the
-- application. The comment on each table states its retention class: clinical, financial, operational, audit or technical.

create schema {location};

create table {location}.schema_version (
    version int primary key,
    name text not null,
    applied_at timestamptz not null
);
comment on table {location}.schema_version is 'retention=technical';

-- Audit trail (L3). Append-only by grant. An entry is unsealed until a batch in audit_seal names it.
create table {location}.audit_entry (
    id uuid primary key,
    at timestamptz not null,
    actor_kind text not null,
    actor_id uuid,
    actor_name text,
    on_behalf_of uuid,
    session_id uuid,
    request_id uuid not null,
    source text,
    action text not null,
    object_kind text,
    object_id uuid,
    objects uuid[] not null default '{}',
    patients uuid[] not null default '{}',
    result text not null default 'ok',
    reason_code text,
    reason_text text,
    changed text[] not null default '{}'
);
create index audit_entry_at on {location}.audit_entry (at, id);
create index audit_entry_patients on {location}.audit_entry using gin (patients) with (fastupdate = on);
comment on table {location}.audit_entry is 'retention=audit';

create table {location}.audit_unsealed (
    id uuid primary key
);
comment on table {location}.audit_unsealed is 'retention=technical';

create table {location}.audit_seal (
    batch bigint primary key,
    ids uuid[] not null,
    digests bytea not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    hash bytea not null,
    previous bytea not null,
    sealed_at timestamptz not null
);
comment on table {location}.audit_seal is 'retention=audit';

-- Effects that must happen once: answers of creating requests (72 h), and steps of jobs.
create table {location}.idempotency_key (
    actor uuid not null,
    route text not null,
    key text not null,
    body_hash bytea not null,
    status int not null,
    answer bytea not null,
    etag text,
    created_at timestamptz not null,
    primary key (actor, route, key)
);
create index idempotency_key_created on {location}.idempotency_key (created_at);
comment on table {location}.idempotency_key is 'retention=technical';

create table {location}.job_receipt (
    job uuid not null,
    step text not null,
    at timestamptz not null,
    primary key (job, step)
);
comment on table {location}.job_receipt is 'retention=technical';

-- Settings of this location (the registry of names, types and defaults is in code).
create table {location}.setting (
    id uuid primary key,
    name text not null,
    value jsonb not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint setting_name unique (name)
);
comment on table {location}.setting is 'retention=operational';

create table {location}.external_reference (
    id uuid primary key,
    system text not null,
    kind text not null,
    value text not null,
    target uuid not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint external_reference_value unique (system, kind, value)
);
create index external_reference_target on {location}.external_reference (target);
comment on table {location}.external_reference is 'retention=operational';

-- Bytes live in the object store, sealed under key_id.
create table {location}.file (
    id uuid primary key,
    sha256 bytea not null,
    size bigint not null check (size >= 0),
    media_type text not null,
    scan_state text not null default 'unscanned',
    retention text not null,
    key_id text not null,
    created_at timestamptz not null,
    created_by uuid not null
);
comment on table {location}.file is 'retention=clinical';

-- People and patients. An account, a staff member and a person are three things.
create table {location}.person (
    id uuid primary key,
    given_name text not null,
    middle_name text,
    family_name text not null,
    preferred_name text,
    birth_date date,
    sex text not null default 'unknown' check (sex in ('female', 'male', 'other', 'unknown')),
    phone text,
    phone_reversed text,
    email text,
    street text,
    street2 text,
    city text,
    region text,
    postal_code text,
    country text,
    government_id bytea,
    government_id_digest bytea,
    link uuid,
    extra jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create index person_phone on {location}.person (phone_reversed text_pattern_ops) where phone_reversed is not null;
create index person_name_birth on {location}.person (birth_date, family_name);
comment on table {location}.person is 'retention=clinical';

create table {location}.patient (
    id uuid primary key,
    chart_number text not null,
    kind text not null check (kind in ('person', 'animal')),
    person_id uuid references {location}.person,
    animal_name text,
    species text,
    breed text,
    animal_birth_date date,
    animal_sex text check (animal_sex in ('female', 'male', 'female_neutered', 'male_neutered', 'unknown')),
    search_key text not null,
    sort_key text not null,
    status text not null default 'active' check (status in ('active', 'inactive', 'deceased')),
    merged_into uuid references {location}.patient,
    preferred_language text not null default 'en',
    contact_preference text not null default 'none' check (contact_preference in ('none', 'sms', 'email', 'phone', 'mail')),
    note text,
    extra jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint patient_chart_number unique (chart_number),
    constraint patient_is_person_or_animal check ((kind = 'person') = (person_id is not null) and (kind = 'animal') = (animal_name is not null and species is not null))
);
create index patient_search on {location}.patient using gin (search_key ext.gin_trgm_ops);
create index patient_sort on {location}.patient (sort_key, id) where merged_into is null;
create unique index patient_person on {location}.patient (person_id) where merged_into is null and person_id is not null;
comment on table {location}.patient is 'retention=clinical';

create table {location}.relationship (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    person_id uuid not null references {location}.person,
    kind text not null check (kind in ('guarantor', 'owner', 'guardian', 'subscriber', 'emergency_contact')),
    share int not null default 100 check (share between 1 and 100),
    from_day date not null,
    until_day date,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint relationship_once unique (patient_id, person_id, kind, from_day)
);
create index relationship_person on {location}.relationship (person_id);
comment on table {location}.relationship is 'retention=clinical';

-- Scheduling. A provider is a resource with an NPI; rooms, chairs and devices are resources too.
create table {location}.resource (
    id uuid primary key,
    kind text not null check (kind in ('provider', 'room', 'chair', 'device')),
    name text not null,
    lanes int not null default 1 check (lanes between 1 and 100),
    shared boolean not null default false,
    active boolean not null default true,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create unique index resource_name on {location}.resource (kind, name) where active and kind <> 'provider';
create index resource_order on {location}.resource (name, id);
comment on table {location}.resource is 'retention=operational';

create table {location}.provider (
    id uuid primary key references {location}.resource,
    given_name text not null,
    family_name text not null,
    npi text,
    taxonomy text,
    staff_id uuid,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint provider_npi unique (npi)
);
comment on table {location}.provider is 'retention=operational';

create table {location}.appointment_type (
    id uuid primary key,
    name text not null,
    minutes int not null check (minutes between 5 and 1440),
    buffer_before int not null default 0 check (buffer_before between 0 and 240),
    buffer_after int not null default 0 check (buffer_after between 0 and 240),
    needs text[] not null default '{provider}',
    fee_code text,
    active boolean not null default true,
    extra jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create unique index appointment_type_name on {location}.appointment_type (name) where active;
comment on table {location}.appointment_type is 'retention=operational';

create table {location}.appointment (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    type_id uuid not null references {location}.appointment_type,
    provider_id uuid not null references {location}.provider,
    resource_ids uuid[] not null default '{}',
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    time_zone text not null,
    wall_day date not null,
    wall_time time not null,
    status text not null check (status in ('booked', 'confirmed', 'arrived', 'roomed', 'in_session', 'checking_out', 'completed', 'cancelled', 'no_show')),
    note text,
    cancel_reason text,
    cancel_note text,
    cancelled_late boolean,
    arrived_at timestamptz,
    completed_at timestamptz,
    closed_at timestamptz,
    external_reference text,
    extra jsonb not null default '{}',
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint appointment_span check (starts_at < ends_at)
);
create index appointment_day on {location}.appointment (starts_at, id);
create index appointment_patient on {location}.appointment (patient_id, starts_at);
create index appointment_provider on {location}.appointment (provider_id, starts_at);
comment on table {location}.appointment is 'retention=clinical';

-- Who and what is taken when (L7): one row per provider, room, device and patient; `resource` is a resource's or a patient's id.
create table {location}.occupancy (
    appointment_id uuid not null,
    resource uuid not null,
    lanes int4range not null,
    span tstzrange not null,
    expires_at timestamptz,
    primary key (appointment_id, resource),
    constraint occupancy_free exclude using gist (resource with =, lanes with &&, span with &&)
);
create index occupancy_expiry on {location}.occupancy (expires_at) where expires_at is not null;
comment on table {location}.occupancy is 'retention=operational';

create table {location}.encounter (
    id uuid primary key,
    appointment_id uuid references {location}.appointment,
    patient_id uuid not null references {location}.patient,
    provider_id uuid not null references {location}.provider,
    service_day date not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    diagnoses text[] not null default '{}',
    procedures jsonb not null default '[]',
    entered_in_error text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint encounter_appointment unique (appointment_id)
);
create index encounter_patient on {location}.encounter (patient_id, service_day);
create index encounter_day on {location}.encounter (service_day, id);
comment on table {location}.encounter is 'retention=clinical';

-- Billing. Amounts are minor units of the location's currency.
create table {location}.fee_schedule (
    id uuid primary key,
    name text not null,
    from_day date not null,
    until_day date,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint fee_schedule_name unique (name)
);
comment on table {location}.fee_schedule is 'retention=financial';

create table {location}.fee (
    schedule_id uuid not null references {location}.fee_schedule,
    code text not null,
    description text not null,
    amount bigint not null check (amount >= 0),
    primary key (schedule_id, code)
);
comment on table {location}.fee is 'retention=financial';

create table {location}.charge (
    id uuid primary key,
    encounter_id uuid not null references {location}.encounter,
    ordinal int not null check (ordinal between 1 and 50),
    patient_id uuid not null references {location}.patient,
    provider_id uuid not null references {location}.provider,
    service_day date not null,
    code text not null,
    modifiers text[] not null default '{}',
    diagnosis_pointers int[] not null default '{}',
    units int not null check (units between 1 and 9999),
    amount bigint not null check (amount >= 0),
    entered_in_error text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint charge_once unique (encounter_id, ordinal)
);
create index charge_day on {location}.charge (service_day, id);
create index charge_patient on {location}.charge (patient_id, service_day);
comment on table {location}.charge is 'retention=financial';

-- The ledger (L5): an entry is a set of transfers. Append-only by grant; corrections are new entries that name what they reverse.
create table {location}.ledger_entry (
    id uuid primary key,
    kind text not null,
    day date not null,
    source_kind text not null,
    source_id uuid not null,
    source_ordinal int not null default 0,
    reverses uuid references {location}.ledger_entry,
    reason_code text,
    posted_at timestamptz not null,
    posted_by uuid not null,
    constraint ledger_entry_once unique (kind, source_kind, source_id, source_ordinal)
);
create unique index ledger_entry_reversed_once on {location}.ledger_entry (reverses) where reverses is not null;
create index ledger_entry_day on {location}.ledger_entry (day, id);
comment on table {location}.ledger_entry is 'retention=financial';

create table {location}.ledger_line (
    entry_id uuid not null references {location}.ledger_entry,
    ordinal int not null,
    debit text not null,
    credit text not null,
    amount bigint not null check (amount > 0),
    patient_id uuid references {location}.patient,
    charge_id uuid references {location}.charge,
    claim_id uuid,
    payer_id uuid,
    primary key (entry_id, ordinal),
    constraint ledger_line_moves check (debit <> credit)
);
create index ledger_line_patient on {location}.ledger_line (patient_id) where patient_id is not null;
create index ledger_line_charge on {location}.ledger_line (charge_id) where charge_id is not null;
create index ledger_line_claim on {location}.ledger_line (claim_id) where claim_id is not null;
comment on table {location}.ledger_line is 'retention=financial';

create table {location}.invoice (
    id uuid primary key,
    number text not null,
    patient_id uuid not null references {location}.patient,
    encounter_id uuid not null references {location}.encounter,
    period text not null,
    day date not null,
    total bigint not null check (total >= 0),
    created_at timestamptz not null,
    created_by uuid not null,
    constraint invoice_number unique (number),
    constraint invoice_once unique (encounter_id, period)
);
create index invoice_patient on {location}.invoice (patient_id, day);
comment on table {location}.invoice is 'retention=financial';

create table {location}.invoice_line (
    invoice_id uuid not null references {location}.invoice,
    ordinal int not null,
    charge_id uuid not null references {location}.charge,
    amount bigint not null,
    primary key (invoice_id, ordinal),
    constraint invoice_line_charge unique (charge_id)
);
comment on table {location}.invoice_line is 'retention=financial';

create table {location}.payment (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    day date not null,
    method text not null check (method in ('cash', 'check', 'card', 'other')),
    amount bigint not null check (amount > 0),
    provider_event text,
    created_at timestamptz not null,
    created_by uuid not null,
    constraint payment_event unique (provider_event)
);
create index payment_patient on {location}.payment (patient_id, day);
create index payment_day on {location}.payment (day, id);
comment on table {location}.payment is 'retention=financial';

-- Claims.
create table {location}.payer (
    id uuid primary key,
    name text not null,
    code text not null,
    filing_indicator text not null default 'CI',
    street text,
    city text,
    region text,
    postal_code text,
    active boolean not null default true,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint payer_code unique (code)
);
comment on table {location}.payer is 'retention=financial';

create table {location}.coverage (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    payer_id uuid not null references {location}.payer,
    priority int not null default 1 check (priority between 1 and 9),
    member_id bytea not null,
    member_id_digest bytea not null,
    member_id_tail text not null,
    group_number text,
    subscriber_id uuid not null references {location}.person,
    relationship text not null default 'self' check (relationship in ('self', 'spouse', 'child', 'other')),
    from_day date not null,
    until_day date,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint coverage_priority unique (patient_id, priority, from_day)
);
create index coverage_member on {location}.coverage (member_id_digest);
comment on table {location}.coverage is 'retention=financial';

create table {location}.billing_run (
    id uuid primary key,
    from_day date not null,
    until_day date not null,
    state text not null default 'waiting' check (state in ('waiting', 'making', 'held', 'filing', 'finished')),
    job_id uuid,
    encounters int not null default 0,
    seen int not null default 0,
    seen_day date,
    seen_encounter uuid,
    invoices int not null default 0,
    claims int not null default 0,
    total bigint not null default 0,
    problem_count int not null default 0,
    problems jsonb not null default '[]',
    held_reasons jsonb not null default '[]',
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint billing_run_span check (from_day < until_day)
);
create index billing_run_created on {location}.billing_run (created_at, id);
comment on table {location}.billing_run is 'retention=financial';

create table {location}.claim_file (
    id uuid primary key,
    billing_run_id uuid not null references {location}.billing_run,
    billing_entity_id uuid not null,
    payer_id uuid not null references {location}.payer,
    interchange_control bigint not null,
    file_id uuid references {location}.file,
    name text not null,
    state text not null default 'planned' check (state in ('planned', 'made', 'written', 'accepted', 'rejected', 'empty')),
    claims int not null,
    total bigint not null,
    created_at timestamptz not null,
    created_by uuid not null,
    constraint claim_file_once unique (billing_entity_id, interchange_control)
);
comment on table {location}.claim_file is 'retention=financial';

create table {location}.claim (
    id uuid primary key,
    number text not null,
    patient_id uuid not null references {location}.patient,
    encounter_id uuid not null references {location}.encounter,
    coverage_id uuid not null references {location}.coverage,
    payer_id uuid not null references {location}.payer,
    billing_entity_id uuid not null,
    billing_run_id uuid not null references {location}.billing_run,
    claim_file_id uuid references {location}.claim_file,
    payer_order int not null default 1,
    frequency text not null default '1',
    state text not null check (state in ('ready', 'filed', 'sent', 'rejected', 'paid', 'partial', 'denied', 'reversed', 'closed')),
    total bigint not null check (total >= 0),
    paid bigint not null default 0,
    patient_owes bigint not null default 0,
    payer_control text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint claim_number unique (number),
    constraint claim_once unique (encounter_id, payer_order, frequency)
);
create index claim_run on {location}.claim (billing_run_id);
create index claim_file_claims on {location}.claim (claim_file_id, id);
create index claim_unfiled on {location}.claim (billing_entity_id, payer_id, id) where state = 'ready' and claim_file_id is null;
create index claim_patient on {location}.claim (patient_id);
create index claim_state on {location}.claim (state, created_at);
comment on table {location}.claim is 'retention=financial';

create table {location}.claim_line (
    claim_id uuid not null references {location}.claim,
    ordinal int not null check (ordinal between 1 and 50),
    charge_id uuid not null references {location}.charge,
    control_number text not null,
    amount bigint not null,
    primary key (claim_id, ordinal),
    constraint claim_line_control unique (control_number)
);
create index claim_line_charge on {location}.claim_line (charge_id);
comment on table {location}.claim_line is 'retention=financial';

-- This location's part of a remittance: one row per claim payment, unique by trace, claim number and ordinal in the file.
create table {location}.remittance_claim (
    id uuid primary key,
    remittance_id uuid not null,
    trace text not null,
    claim_number text not null,
    ordinal int not null,
    claim_id uuid references {location}.claim,
    status_code text not null,
    charged bigint not null,
    paid bigint not null,
    patient_owes bigint not null,
    payer_control text,
    detail jsonb not null,
    state text not null check (state in ('posted', 'held')),
    hold_reason text,
    reverses uuid references {location}.remittance_claim,
    posted_at timestamptz not null,
    constraint remittance_claim_known unique (remittance_id, claim_number, ordinal)
);
-- A trace is used once: what comes under it again, in another payment, is held.
create unique index remittance_claim_once on {location}.remittance_claim (trace, claim_number, ordinal) where state = 'posted';
create index remittance_claim_claim on {location}.remittance_claim (claim_id);
create unique index remittance_claim_reversed_once on {location}.remittance_claim (reverses) where reverses is not null;
create index remittance_claim_latest on {location}.remittance_claim (posted_at, id);
create index remittance_claim_file on {location}.remittance_claim (remittance_id);
comment on table {location}.remittance_claim is 'retention=financial';

-- Rights: each table is named (ON ALL TABLES scans the whole catalog). What must not change has no UPDATE and no DELETE.
grant usage on schema {location} to {role};
grant select on {location}.schema_version to {role};
grant select, insert on
    {location}.audit_entry, {location}.audit_seal,
    {location}.ledger_entry, {location}.ledger_line, {location}.invoice, {location}.invoice_line, {location}.payment,
    {location}.remittance_claim
to {role};
grant select, insert, delete on {location}.audit_unsealed, {location}.idempotency_key, {location}.job_receipt to {role};
grant select, insert, update on
    {location}.external_reference, {location}.file, {location}.person, {location}.patient, {location}.relationship,
    {location}.resource, {location}.provider, {location}.appointment_type, {location}.appointment, {location}.encounter,
    {location}.fee_schedule, {location}.charge, {location}.payer, {location}.coverage, {location}.billing_run, {location}.claim_file,
    {location}.claim, {location}.claim_line
to {role};
grant select, insert, update, delete on {location}.setting, {location}.occupancy, {location}.fee to {role};
grant update (state, hold_reason, claim_id, posted_at) on {location}.remittance_claim to {role};
