-- An appointment at another location of the organization that is given up with a claim: named on the waitlist by whoever may cancel it there, and what
-- became of it in the ledger of recovered time. Ids of another location's rows, hence no foreign keys. Forward only.
alter table {location}.waitlist_entry
    add column elsewhere_location_id uuid,
    add column elsewhere_appointment_id uuid,
    add column elsewhere_by_kind text,
    add column elsewhere_by uuid,
    add constraint waitlist_entry_elsewhere check (
        num_nonnulls(elsewhere_location_id, elsewhere_appointment_id, elsewhere_by_kind, elsewhere_by) in (0, 4)
        and coalesce(elsewhere_by_kind, 'staff') in ('staff', 'key')
    );
alter table {location}.freed_slot
    add column elsewhere_location_id uuid,
    add column elsewhere_appointment_id uuid,
    add column elsewhere_status text,
    add column elsewhere_reason text,
    add constraint freed_slot_elsewhere check (
        num_nonnulls(elsewhere_location_id, elsewhere_appointment_id, elsewhere_status) in (0, 3)
        and coalesce(elsewhere_status, 'pending') in ('pending', 'released', 'failed')
        and (elsewhere_reason is not null) = (coalesce(elsewhere_status, '') = 'failed')
    );
create index freed_slot_elsewhere on {location}.freed_slot (elsewhere_status, created_at, id) where elsewhere_status is not null;
