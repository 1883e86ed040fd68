-- Keys of writes that were done, so that a request which is sent again is not done again. Kept for 24 hours.

create table retries (
    -- SHA-256 of the key and of whose it is.
    name bytea primary key
        constraint retries_name_length check (length(name) = 32),
    -- SHA-256 of the request.
    request bytea not null
        constraint retries_request_length check (length(request) = 32),
    -- The identifier the write replied; null only while the write is being done.
    reply bigint,
    created_at bigint not null
);

-- Finds the keys to forget.
create index retries_created on retries (created_at);
