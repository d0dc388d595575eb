-- The waitlist: who would come sooner, what became free, to whom it was offered. Forward only.

-- windows: days and times the patient could come, as JSON checked by the product; none is any time.
create table {location}.waitlist_entry (
    id uuid primary key,
    patient_id uuid not null references {location}.patient,
    type_ids uuid[] not null check (cardinality(type_ids) between 1 and 10),
    provider_ids uuid[] not null default '{}',
    windows jsonb not null default '[]' check (jsonb_typeof(windows) = 'array'),
    urgency int not null default 3 check (urgency between 1 and 5),
    release_later boolean not null default true,
    note text,
    status text not null default 'waiting' check (status in ('waiting', 'booked', 'removed')),
    appointment_id uuid references {location}.appointment,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null
);
create index waitlist_entry_waiting on {location}.waitlist_entry (urgency, created_at, id) where status = 'waiting';
create index waitlist_entry_patient on {location}.waitlist_entry (patient_id);
comment on table {location}.waitlist_entry is 'retention=clinical';

-- Time that a cancellation or a move left, one row for each such change, and who has it now: the ledger of recovered time.
create table {location}.freed_slot (
    id uuid primary key,
    cause_id uuid not null references {location}.appointment_change,
    appointment_id uuid not null references {location}.appointment,
    type_id uuid not null references {location}.appointment_type,
    provider_id uuid not null references {location}.provider,
    resource_ids uuid[] not null default '{}',
    span tstzrange not null,
    status text not null default 'offered' check (status in ('offered', 'taken', 'lapsed')),
    waves int not null default 0,
    patient_id uuid references {location}.patient,
    taken_appointment_id uuid references {location}.appointment,
    taken_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint freed_slot_cause unique (cause_id),
    constraint freed_slot_taken check ((status = 'taken') = (taken_appointment_id is not null))
);
create index freed_slot_ledger on {location}.freed_slot (created_at, id);
comment on table {location}.freed_slot is 'retention=clinical';

-- To whom freed time was offered, and why to them. Of a link only a hash is kept.
create table {location}.waitlist_offer (
    id uuid primary key,
    slot_id uuid not null references {location}.freed_slot,
    entry_id uuid not null references {location}.waitlist_entry,
    patient_id uuid not null references {location}.patient,
    type_id uuid not null references {location}.appointment_type,
    wave int not null check (wave > 0),
    place int not null check (place > 0),
    reasons text[] not null default '{}',
    span tstzrange not null,
    expires_at timestamptz not null,
    token_hash bytea,
    status text not null default 'open' check (status in ('open', 'claimed', 'taken', 'expired')),
    claimed_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint waitlist_offer_once unique (slot_id, entry_id),
    constraint waitlist_offer_token unique (token_hash)
);
create index waitlist_offer_entry on {location}.waitlist_offer (entry_id);
comment on table {location}.waitlist_offer is 'retention=clinical';

grant select, insert, update on {location}.waitlist_entry, {location}.freed_slot, {location}.waitlist_offer to {role};
