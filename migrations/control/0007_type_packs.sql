-- Appointment types for many locations: a pack's entries are templates, as JSON checked by the product. A deposit is in minor units of currency.
create table control.type_pack (
    id uuid primary key,
    organization_id uuid not null references control.organization,
    name text not null,
    currency text,
    entries jsonb not null check (jsonb_typeof(entries) = 'array'),
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint type_pack_name unique (organization_id, name)
);
comment on table control.type_pack is 'retention=operational';

-- One application of a pack, location by location: each has a job of its own. refused: entries that could not be applied there, and why.
create table control.type_pack_part (
    application_id uuid not null,
    organization_id uuid not null references control.organization,
    pack_id uuid not null references control.type_pack,
    location_id uuid not null references control.location_directory,
    job_id uuid not null,
    adopt boolean not null,
    created_at timestamptz not null,
    created_by uuid not null,
    applied_version int,
    applied_at timestamptz,
    refused jsonb not null default '[]',
    primary key (application_id, location_id)
);
create index type_pack_part_location on control.type_pack_part (pack_id, location_id) where applied_at is not null;
comment on table control.type_pack_part is 'retention=operational';

alter table control.type_pack enable row level security, force row level security;
create policy organization on control.type_pack to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
alter table control.type_pack_part enable row level security, force row level security;
create policy organization on control.type_pack_part to control_organization using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
grant select, insert, update on control.type_pack to control_organization;
grant select, insert, update (applied_version, applied_at, refused) on control.type_pack_part to control_organization;
