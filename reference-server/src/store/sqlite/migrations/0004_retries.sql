-- Keys of writes that were done, so that a request which is sent again is not done again. Kept for 24 hours.

create table retries (
    -- SHA-256 of the key and of whose it is.
    name blob primary key
        constraint retries_name_length check (length(name) = 32),
    -- SHA-256 of the request.
    request blob not null
        constraint retries_request_length check (length(request) = 32),
    -- The identifier the write replied.
    reply integer not null,
    created_at integer not null
) strict, without rowid;

-- Finds the keys to forget.
create index retries_created on retries (created_at);
