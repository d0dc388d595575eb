-- Brings the location `place` to `factor` times a thousand patients, by copies of those it has. Safe to repeat.
\set ON_ERROR_STOP on
set search_path = :place, pg_catalog;
begin;
create temp table copies on commit drop as
    select patient.id as original, copy, ('01900000-' || substr(a, 1, 4) || '-7' || substr(a, 5, 3) || '-8' || substr(a, 8, 3) || '-' || substr(a, 11, 12))::uuid as patient_id,
        ('01900000-' || substr(b, 1, 4) || '-7' || substr(b, 5, 3) || '-8' || substr(b, 8, 3) || '-' || substr(b, 11, 12))::uuid as person_id
    from patient, generate_series(1, :factor - 1) as copy, lateral (select md5(random()::text || patient.id || copy) as a, md5(copy || random()::text || patient.id) as b) as r
    where (select count(*) from patient) = 1000;
insert into person (id, given_name, middle_name, family_name, preferred_name, birth_date, sex, phone, phone_reversed, email, street, city, region, postal_code,
    country, created_at, created_by, updated_at, updated_by)
select copies.person_id, given_name, middle_name, family_name, preferred_name, birth_date, sex, phone, phone_reversed, email, street, city, region, postal_code,
    country, person.created_at, person.created_by, person.updated_at, person.updated_by
from copies join patient on patient.id = original join person on person.id = patient.person_id;
insert into patient (id, chart_number, kind, person_id, search_key, sort_key, note, created_at, created_by, updated_at, updated_by)
select copies.patient_id, chart_number || '-' || copy, kind, copies.person_id, search_key, sort_key, note, created_at, created_by, updated_at, updated_by
from copies join patient on patient.id = original;
commit;
vacuum analyze person, patient;
