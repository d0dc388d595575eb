-- The counters carry no organization, because two may bill under one submitter and must not share a number. An organization meets those of
-- its own billing entities only, whose rows are under the organization's policy themselves.
alter table control.control_number enable row level security, force row level security;
create policy organization on control.control_number to control_organization
    using (exists (select from control.billing_entity where submitter_id = control_number.sender and receiver_id = control_number.receiver));
