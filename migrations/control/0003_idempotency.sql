-- Answers of requests that made something of an organization, for 72 hours: the same request with the same key gets the same answer.
-- Locations keep theirs in their own schema.
create table control.idempotency (
    organization_id uuid not null references control.organization,
    actor uuid not null,
    route text not null,
    key text not null,
    body_hash bytea not null,
    status int not null,
    answer bytea not null,
    etag text,
    created_at timestamptz not null,
    primary key (organization_id, actor, route, key)
);
create index idempotency_created on control.idempotency (organization_id, created_at);
comment on table control.idempotency is 'retention=technical';

alter table control.idempotency enable row level security, force row level security;
create policy organization on control.idempotency to control_organization
    using (organization_id = nullif(current_setting('app.organization', true), '')::uuid);
grant select, insert, delete on control.idempotency to control_organization;
