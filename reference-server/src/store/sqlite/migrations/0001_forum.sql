-- The forum: members, their log-ins, questions and answers.
--
-- Every table is STRICT, so that a column holds what it says. Moments are whole milliseconds since 1970 in UTC.
-- A CHECK repeats a rule of the domain by name; the program translates that name into the error a client sees.

create table users (
    id integer primary key,
    name text not null
        constraint users_name_format check (
            length(name) between 3 and 30
            and name not glob '*[^a-z0-9_-]*'
        ),
    display_name text not null
        constraint users_display_name_length check (length(display_name) between 1 and 60),
    about text not null default ''
        constraint users_about_length check (length(about) <= 2000),
    -- A PHC string. NULL: nobody can log in as this member.
    password_hash text,
    -- Grows with each change of the profile, for If-Match.
    version integer not null default 1,
    created_at integer not null
) strict;

-- Is the check for "name taken", and finds the member who logs in.
create unique index users_name_unique on users (name);

create table sessions (
    id integer primary key,
    user_id integer not null references users (id) on delete cascade,
    -- SHA-256 of the token; the token itself is not kept.
    token_hash blob not null
        constraint sessions_token_hash_length check (length(token_hash) = 32),
    created_at integer not null,
    expires_at integer not null
) strict;

-- Finds who is calling, once for every request with a token.
create unique index sessions_token_hash_unique on sessions (token_hash);

-- Lists, bounds and ends the log-ins of one member.
create index sessions_user on sessions (user_id, id);

create table questions (
    -- Grows with time, so that the primary key serves the list of the newest questions and no other index is needed.
    id integer primary key,
    author_id integer not null references users (id),
    created_at integer not null,
    -- When it was last asked, edited, answered or commented on: the order of the list of active questions.
    active_at integer not null default 0,
    -- Grows with each edit, for If-Match.
    version integer not null default 1,
    edited_at integer,
    -- Kept with the question, so that a list need not count.
    score integer not null default 0,
    answer_count integer not null default 0
        constraint questions_answer_count_positive check (answer_count >= 0),
    comment_count integer not null default 0
        constraint questions_comment_count_positive check (comment_count >= 0),
    accepted_answer_id integer,
    -- Set: nobody is shown it any more, and it can be brought back.
    deleted_at integer,
    -- A JSON array of the names of its tags, so that a list need not join.
    tags text not null default '[]',
    title text not null
        constraint questions_title_length check (length(title) between 10 and 150),
    -- Last, because a long one continues on overflow pages and the columns after it would be behind them.
    body text not null
        constraint questions_body_length check (octet_length(body) between 1 and 30000)
) strict;

create table answers (
    id integer primary key,
    question_id integer not null references questions (id),
    author_id integer not null references users (id),
    created_at integer not null,
    -- Grows with each edit, for If-Match.
    version integer not null default 1,
    edited_at integer,
    score integer not null default 0,
    comment_count integer not null default 0
        constraint answers_comment_count_positive check (comment_count >= 0),
    deleted_at integer,
    body text not null
        constraint answers_body_length check (octet_length(body) between 1 and 30000)
) strict;

-- Reads one page of the answers to a question, oldest first.
create index answers_question on answers (question_id, id);
