-- Who may come in and what they may do: accounts, sessions, keys, staff, roles, grants, guess counters; and the organization's audit trail.
-- An account is a sign-in; a staff member is its membership in one organization. Accounts, sessions and counters belong to no
-- organization: only control_sign_in may touch them. The rest carries organization_id and stands under row-level security.

-- email_key is the address trimmed and in lower case. totp_last_step is the newest step a code was taken from: a code works once.
create table control.account (
    id uuid primary key,
    email text not null,
    email_key text not null,
    password_hash text not null,
    totp_secret bytea not null,
    totp_last_step bigint not null default 0,
    platform_operator boolean not null default false,
    state text not null default 'active' check (state in ('active', 'suspended')),
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint account_email unique (email_key)
);
comment on table control.account is 'retention=operational';

-- Tokens are never stored, only their SHA-256. expires_at is the absolute end; last_used_at is written at most once a minute.
create table control.session (
    id uuid primary key,
    account_id uuid not null references control.account,
    token_hash bytea not null,
    created_at timestamptz not null,
    last_used_at timestamptz not null,
    expires_at timestamptz not null,
    step_up_at timestamptz,
    source text,
    user_agent text,
    ended_at timestamptz,
    ended_why text check (ended_why in ('signed_out', 'ended', 'replaced', 'credentials_changed')),
    constraint session_token unique (token_hash)
);
create index session_account on control.session (account_id, created_at);
create index session_expires on control.session (expires_at);
comment on table control.session is 'retention=technical';

-- Failures to sign in, by keyed hash of what was tried. An attempt is counted before it is judged and taken back when it was right.
create table control.guess_counter (
    kind text not null check (kind in ('account', 'known', 'source', 'global')),
    subject bytea not null,
    failures int not null,
    window_start timestamptz not null,
    blocked_until timestamptz not null,
    primary key (kind, subject)
);
create index guess_counter_blocked on control.guess_counter (blocked_until);
comment on table control.guess_counter is 'retention=technical';

create table control.staff (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    account_id uuid references control.account,
    email text not null,
    email_key text not null,
    name text not null,
    state text not null check (state in ('invited', 'active', 'suspended')),
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint staff_email unique (organization_id, email_key),
    constraint staff_account unique (organization_id, account_id),
    constraint staff_organization unique (id, organization_id),
    constraint staff_joined check (state <> 'active' or account_id is not null)
);
create index staff_of_account on control.staff (account_id);
comment on table control.staff is 'retention=operational';

create table control.invitation (
    staff_id uuid primary key,
    organization_id uuid not null,
    token_hash bytea not null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    created_by uuid not null,
    constraint invitation_token unique (token_hash),
    foreign key (staff_id, organization_id) references control.staff (id, organization_id)
);
comment on table control.invitation is 'retention=technical';

-- Roles an organization makes; the built-in ones are in code.
create table control.role (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    name text not null,
    permissions text[] not null,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint role_organization unique (id, organization_id)
);
create unique index role_name on control.role (organization_id, lower(name));
comment on table control.role is 'retention=operational';

-- What a staff member may or (deny beats allow) may not do; location_id null is the whole organization. A grant is never edited: it is
-- made and taken back, and the trail keeps both.
create table control.staff_grant (
    id uuid primary key,
    organization_id uuid not null,
    staff_id uuid not null,
    effect text not null check (effect in ('allow', 'deny')),
    built_in text,
    role_id uuid,
    permission text,
    location_id uuid references control.location_directory,
    until timestamptz,
    created_at timestamptz not null,
    created_by uuid not null,
    constraint staff_grant_what check (num_nonnulls(built_in, role_id, permission) = 1),
    foreign key (staff_id, organization_id) references control.staff (id, organization_id),
    constraint staff_grant_role foreign key (role_id, organization_id) references control.role (id, organization_id)
);
create index staff_grant_staff on control.staff_grant (staff_id);
create index staff_grant_of_role on control.staff_grant (role_id) where role_id is not null;
create index staff_grant_owner on control.staff_grant (organization_id) where built_in = 'owner';
comment on table control.staff_grant is 'retention=operational';

-- Emergency access: one person, one patient, one location, to look only, until expires_at. The row is also the task to review it. It is never
-- removed, and of what was granted nothing changes but that it ended early.
create table control.break_glass (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    location_id uuid not null references control.location_directory,
    staff_id uuid not null,
    staff_name text not null,
    patient_id uuid not null,
    reason_code text not null,
    reason_text text not null,
    started_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    review text not null default 'open' check (review in ('open', 'closed')),
    reviewed_at timestamptz,
    reviewed_by uuid,
    review_note text,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint break_glass_hour check (expires_at > started_at and expires_at <= started_at + interval '60 minutes'),
    constraint break_glass_review check ((review = 'closed') = (reviewed_by is not null and reviewed_by <> staff_id and review_note is not null)),
    foreign key (staff_id, organization_id) references control.staff (id, organization_id)
);
create index break_glass_staff on control.break_glass (staff_id, expires_at);
create index break_glass_started on control.break_glass (organization_id, started_at, id);
create index break_glass_open on control.break_glass (organization_id, started_at, id) where review = 'open';
comment on table control.break_glass is 'retention=audit';

-- A program's way in: scopes are permissions, locations null is the whole organization.
create table control.api_key (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    name text not null,
    token_hash bytea not null,
    scopes text[] not null,
    locations uuid[],
    expires_at timestamptz not null,
    revoked_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint api_key_token unique (token_hash)
);
create index api_key_organization on control.api_key (organization_id, id);
comment on table control.api_key is 'retention=operational';

-- Refusals: the first ten a minute of one actor are entries of the trail, all are counted here.
create table control.refusal_count (
    organization_id uuid not null references control.organization,
    actor_id uuid not null,
    minute timestamptz not null,
    refusals int not null,
    primary key (organization_id, actor_id, minute)
);
create index refusal_count_minute on control.refusal_count (minute);
comment on table control.refusal_count is 'retention=technical';

-- The organization's trail (L3): append-only by grant, one chain of seals per organization.
create table control.audit_entry (
    id uuid primary key,
    organization_id uuid not null references control.organization,
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
create index audit_entry_at on control.audit_entry (organization_id, at, id);
create index audit_entry_patients on control.audit_entry using gin (patients) with (fastupdate = on);
comment on table control.audit_entry is 'retention=audit';

create table control.audit_unsealed (
    id uuid primary key,
    organization_id uuid not null
);
create index audit_unsealed_organization on control.audit_unsealed (organization_id, id);
comment on table control.audit_unsealed is 'retention=technical';

-- digests holds 32 bytes for each of ids, so that verification can name the row.
create table control.audit_seal (
    organization_id uuid not null references control.organization,
    batch bigint not null,
    ids uuid[] not null,
    digests bytea not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    hash bytea not null,
    previous bytea not null,
    sealed_at timestamptz not null,
    primary key (organization_id, batch)
);
comment on table control.audit_seal is 'retention=audit';

-- Signed heads of chains, as exported; location_id null is the organization's own chain.
create table control.audit_checkpoint (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    location_id uuid references control.location_directory,
    batch bigint not null,
    hash bytea not null,
    made_at timestamptz not null,
    signature bytea not null
);
create index audit_checkpoint_chain on control.audit_checkpoint (organization_id, location_id, batch);
comment on table control.audit_checkpoint is 'retention=audit';

-- Rights. Nobody may change or delete an audit entry, a seal or a checkpoint.
grant select, insert on control.account to control_sign_in;
grant update (password_hash, totp_secret, totp_last_step, state, version, updated_at, updated_by) on control.account to control_sign_in;
grant select, insert, delete on control.session to control_sign_in;
grant update (last_used_at, ended_at, ended_why) on control.session to control_sign_in;
grant select, insert, update, delete on control.guess_counter to control_sign_in;
grant select on control.staff, control.role, control.staff_grant, control.api_key, control.invitation to control_sign_in;
grant update (account_id, state, version, updated_at, updated_by) on control.staff to control_sign_in;
grant delete on control.invitation to control_sign_in;
grant select, delete on control.refusal_count to control_sign_in;
grant insert on control.audit_entry, control.audit_unsealed to control_sign_in;

grant select, insert on control.staff to control_organization;
grant update (name, state, version, updated_at, updated_by) on control.staff to control_organization;
grant select (staff_id, organization_id, expires_at, created_at, created_by), insert, delete on control.invitation to control_organization;
grant select, insert, delete on control.role to control_organization;
grant update (name, permissions, version, updated_at, updated_by) on control.role to control_organization;
grant select, insert, delete on control.staff_grant to control_organization;
grant select (id, organization_id, name, scopes, locations, expires_at, revoked_at, version, created_at, created_by, updated_at, updated_by), insert
    on control.api_key to control_organization;
grant update (revoked_at, version, updated_at, updated_by) on control.api_key to control_organization;
grant select, insert on control.break_glass to control_organization;
grant update (ended_at, review, reviewed_at, reviewed_by, review_note, version, updated_at, updated_by) on control.break_glass to control_organization;
grant select, insert on control.refusal_count to control_organization;
grant update (refusals) on control.refusal_count to control_organization;
grant select, insert on control.audit_entry, control.audit_seal, control.audit_checkpoint to control_organization;
grant select, insert, delete on control.audit_unsealed to control_organization;

alter table control.staff enable row level security, force row level security;
create policy organization on control.staff to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.staff to control_sign_in using (true);
alter table control.invitation enable row level security, force row level security;
create policy organization on control.invitation to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.invitation to control_sign_in using (true);
alter table control.role enable row level security, force row level security;
create policy organization on control.role to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.role for select to control_sign_in using (true);
alter table control.staff_grant enable row level security, force row level security;
create policy organization on control.staff_grant to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.staff_grant for select to control_sign_in using (true);
alter table control.api_key enable row level security, force row level security;
create policy organization on control.api_key to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.api_key for select to control_sign_in using (true);
alter table control.break_glass enable row level security, force row level security;
create policy organization on control.break_glass to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.refusal_count enable row level security, force row level security;
create policy organization on control.refusal_count to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.refusal_count to control_sign_in using (true);
alter table control.audit_entry enable row level security, force row level security;
create policy organization on control.audit_entry to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.audit_entry for insert to control_sign_in with check (true);
-- The owner moves old sealed entries into signed files, one organization at a time.
create policy archive on control.audit_entry to current_user using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.audit_unsealed enable row level security, force row level security;
create policy organization on control.audit_unsealed to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
create policy sign_in on control.audit_unsealed for insert to control_sign_in with check (true);
alter table control.audit_seal enable row level security, force row level security;
create policy organization on control.audit_seal to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.audit_checkpoint enable row level security, force row level security;
create policy organization on control.audit_checkpoint to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
-- A removed location is nobody's to work at.
create policy provisioning on control.staff_grant to current_user using (true);
create policy provisioning on control.api_key to current_user using (true);
