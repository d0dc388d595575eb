-- Code sets shared by the locations of a database: read-only for them, replaced as a whole by an operator.

create table reference.code (
    system text not null,
    code text not null,
    description text not null,
    billable boolean not null default true,
    from_day date,
    until_day date,
    primary key (system, code)
);

grant select on reference.code to location_any;
