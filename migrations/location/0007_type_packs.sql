-- Where an appointment type comes from: the entry of which pack of the organization, in which version it was applied, which attributes it leaves
-- to the location, and what it said then. What differs from that was changed here. Forward only.
alter table {location}.appointment_type
    add column pack_id uuid,
    add column pack_entry text,
    add column pack_version int,
    add column pack_overridable text[],
    add column pack_template jsonb,
    add constraint appointment_type_inherited check (
        num_nonnulls(pack_id, pack_entry, pack_version, pack_overridable, pack_template) in (0, 5)
    );
create unique index appointment_type_pack on {location}.appointment_type (pack_id, pack_entry) where pack_id is not null;
