-- Patients whom a repair moved and who were asked whether that suits them. Of a link only a hash is kept. Forward only.
create table {location}.repair_question (
    id uuid primary key,
    appointment_id uuid not null references {location}.appointment,
    patient_id uuid not null references {location}.patient,
    previous_provider_id uuid not null references {location}.provider,
    previous_span tstzrange not null,
    provider_id uuid not null references {location}.provider,
    span tstzrange not null,
    answer_by timestamptz not null,
    token_hash bytea,
    status text not null default 'open' check (status in ('open', 'accepted', 'declined', 'lapsed', 'withdrawn')),
    answered_at timestamptz,
    version int not null default 1,
    created_at timestamptz not null,
    created_by uuid not null,
    updated_at timestamptz not null,
    updated_by uuid not null,
    constraint repair_question_token unique (token_hash),
    constraint repair_question_answered check ((status in ('accepted', 'declined')) = (answered_at is not null))
);
create unique index repair_question_open on {location}.repair_question (appointment_id) where status = 'open';
create index repair_question_status on {location}.repair_question (status, created_at, id);
create index repair_question_patient on {location}.repair_question (patient_id);
comment on table {location}.repair_question is 'retention=clinical';

grant select, insert, update on {location}.repair_question to {role};
