-- What a patient was last told of an appointment: a change that is undone before the notice leaves sends nothing. Forward only.
create table {location}.appointment_notice (
    appointment_id uuid primary key references {location}.appointment,
    stands boolean not null,
    starts_at timestamptz not null,
    provider_id uuid not null references {location}.provider,
    told_at timestamptz not null
);
comment on table {location}.appointment_notice is 'retention=clinical';

grant select, insert, update on {location}.appointment_notice to {role};
