-- Fills every location of a database that has no patients yet: 1,000 patients, 20 providers with a room each, and one type of appointment.
-- Ids are of version 7 and a fixed time, so that a replay knows them from those made while it was recorded.
\set ON_ERROR_STOP on
create or replace function pg_temp.id() returns uuid language sql volatile as $$
    select ('01900000-' || substr(r, 1, 4) || '-7' || substr(r, 5, 3) || '-8' || substr(r, 8, 3) || '-' || substr(r, 11, 12))::uuid
    from (select md5(random()::text || clock_timestamp()::text) as r offset 0) as one
$$;
create or replace procedure pg_temp.fill(place text, how_many int) language plpgsql as $fill$
declare
    born timestamptz := '2024-06-10T12:00:00Z';
    nobody uuid := '00000000-0000-0000-0000-000000000000';
    givens text[] := array['Ada', 'Benno', 'Clara', 'Darius', 'Elena', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Luis', 'Mara', 'Nils',
        'Olga', 'Pablo', 'Quinn', 'Rosa', 'Sami', 'Tessa'];
    families text[] := array['Abernathy', 'Bergstrom', 'Castellan', 'Duvernay', 'Eriksson', 'Fontaine', 'Gallagher', 'Hernandez', 'Ivanovich',
        'Jorgensen', 'Kowalczyk', 'Lindqvist', 'Montgomery', 'Nakamura', 'Oyelaran', 'Papadakis', 'Quigley', 'Rosenthal', 'Sorensen', 'Thornbury'];
begin
    execute format('set local search_path = %I, pg_catalog', place);
    create temp table made on commit drop as
        select n, pg_temp.id() as patient, pg_temp.id() as person, givens[1 + n % 20] as given, families[1 + n / 20 % 20] as family
        from generate_series(1, how_many) as n;
    insert into person (id, given_name, middle_name, family_name, preferred_name, birth_date, sex, phone, phone_reversed, email, street, city, region,
        postal_code, country, created_at, created_by, updated_at, updated_by)
    select person, given, 'Maria', family, given, date '1950-01-01' + n * 13 % 25000, 'female', '+1518555' || lpad((n % 10000)::text, 4, '0'),
        reverse('+1518555' || lpad((n % 10000)::text, 4, '0')), lower(given) || n || '@mail.example', n || ' Harbour Row', 'Albany', 'NY', '12207', 'US',
        born, nobody, born, nobody from made;
    insert into patient (id, chart_number, kind, person_id, search_key, sort_key, note, created_at, created_by, updated_at, updated_by)
    select patient, 'C' || lpad(n::text, 8, '0'), 'person', person, lower(given || ' maria ' || family), lower(family || ' ' || given),
        'Prefers appointments in the morning; brings a relative to longer visits. Asks for written instructions in large print, and for a call on the '
            || 'day before. Allergic to latex gloves: use nitrile. Pays by card at the desk; statements by post. Speaks Portuguese at home; '
            || 'an interpreter is not needed. Parking permit for the yard was given.',
        born, nobody, born, nobody from made;
    create temp table staff on commit drop as
        select n, pg_temp.id() as provider, pg_temp.id() as room from generate_series(1, 20) as n;
    insert into resource (id, kind, name, created_at, created_by, updated_at, updated_by)
    select provider, 'provider', givens[n] || ' ' || families[n], born, nobody, born, nobody from staff
    union all select room, 'room', 'Room ' || n, born, nobody, born, nobody from staff;
    insert into provider (id, given_name, family_name, npi, created_at, created_by, updated_at, updated_by)
    select provider, givens[n], families[n], (1000000000 + n)::text, born, nobody, born, nobody from staff;
    insert into appointment_type (id, name, minutes, needs, created_at, created_by, updated_at, updated_by)
    values (pg_temp.id(), 'Visit', 5, '{provider,room}', born, nobody, born, nobody);
    drop table made, staff;
end $fill$;
-- {location} has no rows until its turn; each is one transaction.
select format('begin; call pg_temp.fill(%L, %s); commit;', nspname, :patients) from pg_namespace
where to_regclass(format('%I.patient', nspname)) is not null and not (xpath('//c/text()', query_to_xml(format('select count(*) as c from (select 1 from %I.patient limit 1) as one', nspname), true, true, '')))[1]::text::int > 0
\gexec
